"""Bare numbers whose money and magnitude a sentence tells once: *in US$ million*."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.language.figures import find_figures
from detente.record.draft.suggest import KnownRecord


def read(text: str, language: str) -> list[tuple[float, str]]:
    years = [(m, m + 4) for y in ("2021", "2022") for m in range(len(text)) if text.startswith(y, m)]
    return [(f.value, f.unit) for f in find_figures(text, language, taken=years)]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (
            "Trade, in US$ million, was 125,660 in 2021 and 135,980 in 2022.",
            "en",
            [(125.66e9, "usd"), (135.98e9, "usd")],
        ),
        ("Trade (US$ million): 125,660 for 2021; 135,980 for 2022.", "en", [(125.66e9, "usd"), (135.98e9, "usd")]),
        ("Trade stood at 135,980 for 2022 (in US$ million).", "en", [(135.98e9, "usd")]),
        ("Debt, in billions of dollars, rose from 12.5 to 14.1 in 2022.", "en", [(12.5e9, "usd"), (14.1e9, "usd")]),
        ("Sales in millions of euros were 450 in 2022.", "en", [(450e6, "eur")]),
        ("El comercio bilateral (en millones de dólares) fue 135.980 en 2022.", "es", [(135.98e9, "usd")]),
        ("Las ventas, en miles de millones de euros, sumaron 14,1 en 2022.", "es", [(14.1e9, "eur")]),
    ],
)
def test_bare_numbers_are_in_what_the_sentence_says(text, language, found):
    assert read(text, language) == [(pytest.approx(value), unit) for value, unit in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Trade, in US$ million, was 450 in 2021. The village lies at 1,200, in the hills.", [(450e6, "usd")]),
        ("Trade (US$ 4 million) rose by 12 in 2021.", [(4e6, "usd")]),
        ("Trade, in US$ million, was 450 in 2021 and 12,000 people crossed.", [(450e6, "usd"), (12000.0, "people")]),
        ("Trade, in US$ million, rose 12% to 450 in 2021.", [(12.0, "pct"), (450e6, "usd")]),
    ],
)
def test_what_is_counted_and_other_sentences_are_not(text, found):
    assert read(text, "en") == found


def test_such_a_row_is_never_sure_and_says_why():
    text = "India and China have grown closer. Bilateral trade, in US$ million, was 135,980 for 2022."
    known = KnownRecord(("IND", "CHN"), ("trade.total",))
    row = next(
        r for r in draft_claims(Article("", text, "2023-05-03", "en"), "N", known=known).rows if r.cells.get("value")
    )
    assert (row.cells["value"], row.cells["unit"], row.cells["date"]) == ("135980", "usd_mn", "2022")
    assert row.cells["target"] == "trade.total"
    assert row.confidence == "medium"
    assert any(getattr(hint, "key", "") == "hint.labelled" for hint in row.hints)
