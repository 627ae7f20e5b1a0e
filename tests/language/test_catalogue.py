"""Catalogues hold the same keys with the same blanks, and numbers and dates follow the language."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from detente.attribution import library
from detente.language import LANGUAGES, Catalogue, spelt
from detente.language.registry import language_of


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [code for code in LANGUAGES if language_of(code).complete])
def test_same_keys_and_blanks(language):
    english, other = Catalogue("en").strings(), Catalogue(language).strings()
    assert set(other) == set(english)
    assert {key: blanks(text) for key, text in other.items()} == {key: blanks(text) for key, text in english.items()}


def test_numbers():
    en, es = Catalogue("en"), Catalogue("es")
    assert en.number(-1234.56, 1) == "−1,234.6"
    assert es.number(-1234.56, 1) == "−1.234,6"
    assert en.number(-0.004, 2) == "0.00"
    assert en.number(None) == en.number(float("nan")) == en.number(float("inf")) == ""
    assert [en.significant(x) for x in (-0.0226, 0.227, 3.4, 195.4, 0.0)] == [
        "−0.023",
        "0.23",
        "3.4",
        "195",
        "0",
    ]
    assert en.money(394) == "US$394 million"
    assert en.money(1170) == "US$1.17 billion"
    assert en.money(7200) == "US$7.2 billion"
    assert es.money(7200) == "US$7.200 millones"
    assert (en.money(585_000), en.money(385_760), en.money(7000)) == (
        "US$585 billion", "US$385.8 billion", "US$7.0 billion",
    )  # fmt: skip
    assert (es.money(385_760), es.money(1523)) == ("US$385.800 millones", "US$1.523 millones"), "as many digits in both"
    assert [en.significant(x, 4) for x in (0.035, 0.119, -0.024, 0.058)] == ["0.035", "0.119", "−0.024", "0.058"]
    assert en.log_percent(-3.46) == "−97%"


def test_dates():
    en, es = Catalogue("en"), Catalogue("es")
    assert en.date("2019-02-23") == "23 Feb 2019"
    assert es.date("2019-02-23") == "23 feb. 2019"
    assert en.date("2019-02") == "Feb 2019"
    assert en.date("2015-07/2026-03") == "Jul 2015–Mar 2026"
    assert en.date("n.d.") == "n.d."
    assert en.date("") == en.date(None) == ""


def test_every_rupture_of_the_library_has_a_spanish_title():
    titles = {case.title for case in library.cases()}
    assert not [title for title in titles if f"rupture.{title.replace(' ', '_')}" not in Catalogue("es").strings()]


def test_small_words_of_a_code_are_no_initials_in_any_language():
    for language in ("en", "es"):
        said = spelt(Catalogue(language), "series_name", "food.share_by_land_on_year_in_use")
        assert re.search("BY|ON|IN", said) is None


def test_an_economy_as_a_place_goes_by_its_name():
    assert [spelt(Catalogue(code), "place", "dnk") for code in ("en", "es")] == ["Denmark", "Dinamarca"]
    assert spelt(Catalogue("en"), "place", "kehl") == "Kehl"


def test_what_arithmetic_leaves_of_nothing_is_nothing():
    words = Catalogue("en")
    assert [words.significant(value) for value in (3e-16, -2e-9, 0.00012)] == ["0", "0", "0.00012"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.03, 8.13, "−0.03 to +8.13"),  # in two digits it would read "0.0 to +8.1", without the sign of its lower end
        (-2.65, -0.67, "−2.6 to −0.7"),
        (0.0, 5.2, "0.0 to +5.2"),
        (-0.0001, 8.0, "0 to +8"),  # too small to show beside the other
    ],
)
def test_no_end_of_a_range_reads_as_nothing_unless_it_is(low, high, said):
    assert Catalogue("en").span(low, high) == said


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_dash_joins_years_wherever_they_are_said(language):
    """No hyphen between two years in one sentence and a dash in the next."""
    words = Catalogue(language)
    assert words.years(2013, 2014) == words.periods(2013, 2014) == "2013–2014"
    assert [
        key for key, text in words.strings().items() if re.search(r"\{(start|from|first)\}-\{(end|to|last)\}", text)
    ] == []


def test_spanish_spells_a_word_one_way():
    """``período`` and ``periodo`` are both right; one page has one."""
    assert [
        key for key, text in Catalogue("es").strings().items() if re.search(r"\bperiodo", text, re.IGNORECASE)
    ] == []
