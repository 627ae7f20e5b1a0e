"""Figures in brackets with a period of their own, beside a figure outside with its own."""

from __future__ import annotations

import itertools

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims

SAID = {
    "en": ("Exports were {outer} {bracket} in {year}.", "In {year} exports were {outer} {bracket}.",
           "Exports of {outer} {bracket} were recorded in {year}."),
    "es": ("Las exportaciones sumaron {outer} {bracket} en {year}.", "En {year} las exportaciones sumaron {outer} {bracket}."),
}  # fmt: skip
BRACKETS = {
    "en": ("({base}: {inner})", "({inner} in {base})", "(against {inner} in {base})", "(after {inner} in {base})",
           "(compared with {inner} in {base})", "[{base}: {inner}]"),
    "es": ("({base}: {inner})", "({inner} en {base})", "(frente a {inner} en {base})", "(en {base}, {inner})"),
}  # fmt: skip
AMOUNTS = {
    "en": [("$4m", "$6m", "4", "6"), ("US$1,234 million", "US$1,100 million", "1234", "1100")],
    "es": [("4 millones de dólares", "6 millones de dólares", "4", "6"),
           ("1.234 millones de dólares", "1.100 millones de dólares", "1234", "1100")],
}  # fmt: skip


def periods(text: str, language: str = "en") -> list[tuple[str, str]]:
    rows = draft_claims(Article("", text, "2023-11-03", language), "N").rows
    return [(row.cells["value"], row.cells["date"]) for row in rows if row.cells.get("value")]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("year", "base"), [("2021", "2020"), ("2018", "2017"), ("2020", "2015")])
def test_the_bracket_has_its_period_and_the_rest_its_own(language, year, base):
    for said, bracket, (outer, inner, big, small) in itertools.product(
        SAID[language], BRACKETS[language], AMOUNTS[language]
    ):
        text = said.format(outer=outer, bracket=bracket.format(base=base, inner=inner), year=year)
        assert periods(text, language) == [(big, year), (small, base)], text


def test_several_in_one_bracket_each_have_their_own():
    for inside in ("2019: $5m; 2020: $6m", "$5m in 2019, $6m in 2020", "2019: $5m, 2020: $6m"):
        assert periods(f"Exports were $4m ({inside}) in 2021.") == [("4", "2021"), ("5", "2019"), ("6", "2020")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Exports rose 5% (2020: 4%) in 2021.", [("5", "2021"), ("4", "2020")]),
        ("Exports in May 2021 were $4m (May 2020: $6m).", [("4", "2021-05"), ("6", "2020-05")]),
        ("Exports were $4m (£3m in 2021).", [("4", "2021"), ("3", "2021")]),
        ("Exports were $4m (2020: $6m).", [("4", ""), ("6", "2020")]),
        ("In 2021 exports were $4m (2020: $6m) and imports $7m (2020: $9m).",
         [("4", "2021"), ("6", "2020"), ("7", "2021"), ("9", "2020")]),
    ],
)  # fmt: skip
def test_neither_takes_what_is_the_others(text, found):
    assert periods(text) == found


def test_the_text_goes_on_about_the_period_outside():
    told = periods("Aid was $4m (against $6m in 2020) in 2021. Grants were $3m.")
    assert told == [("4", "2021"), ("6", "2020"), ("3", "2021")]
