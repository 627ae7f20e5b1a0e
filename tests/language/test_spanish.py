"""Kinds of faults that a Spanish reader meets where values are put into sentences, and that the catalogue keeps out."""

from __future__ import annotations

import re

import pytest

from detente.answer.people.sentences import pair_people_sentences
from detente.economies import in_text, lookup
from detente.language import Catalogue
from detente.outlook.people import people_between

SPANISH = Catalogue("es")
STRINGS = SPANISH.strings()
RANGES = ("range", "span", "income", "ends")
"""Blanks that hold "de X a Y"."""


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2030-05-01", "desde el 1 may. 2030"),
        ("2026-09-11", "desde el 11 sept. 2026"),
        ("2026-09", "desde sept. 2026"),
        ("2026", "desde 2026"),
    ],
)
def test_a_day_has_its_article_and_a_month_none(day, said):
    assert SPANISH("answer.since", day=SPANISH.date(day)) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2030-03-01", "desde el primero de marzo de dos mil treinta"),
        ("2030-03-31", "desde el treinta y uno de marzo de dos mil treinta"),
        ("2030-03", "desde marzo de dos mil treinta"),
        ("2030", "desde dos mil treinta"),
    ],
)
def test_nor_has_a_spoken_month(day, said):
    spoken = Catalogue("es", spoken=True)
    assert spoken("answer.since", day=spoken.date(day)) == said


@pytest.mark.parametrize(("day", "said"), [("2026-11-30", "del 30 nov. 2026."), ("2026-11", "de nov. 2026.")])
def test_of_a_month_there_is_no_article_either(day, said):
    assert SPANISH("edition.nothing", day=SPANISH.date(day)).endswith(said)


def test_prepositions_meet_the_articles_of_countries():
    words = Catalogue("es", {"answer.of": "las ventas de {a} a {b}, y las de {b} a {a}"})
    ends = {"a": in_text("GBR", "es"), "b": in_text("NLD", "es")}
    assert words("answer.of", **ends) == (
        "las ventas del Reino Unido a los Países Bajos, y las de los Países Bajos al Reino Unido"
    )
    assert words("answer.of", a=in_text("SLV", "es"), b=in_text("BES", "es")) == (
        "las ventas de El Salvador al Caribe neerlandés, y las del Caribe neerlandés a El Salvador"
    )


def test_a_rise_ends_at_a_value_between_two():
    between = SPANISH("answer.between", low="US$470 millones", high="US$480 millones")
    assert SPANISH("answer.move_rise", before="US$210 millones", after=between) == (
        "suben de US$210 millones a un valor de entre US$470 millones y US$480 millones"
    )


def test_no_sentence_says_of_before_a_range_that_says_it_itself():
    ends = SPANISH("number.range", low="1", high="2")
    told = {
        key: text.replace("{" + name + "}", ends)
        for key, text in STRINGS.items()
        for name in RANGES
        if "{" + name + "}" in text
    }
    assert len(told) > 10
    assert [text for text in told.values() if re.search(r"\b(de|a|entre) de 1 a 2", text)] == []


def test_a_unit_of_money_is_millions_of_dollars_and_a_percent_has_its_article():
    assert [key for key, text in STRINGS.items() if re.search(r"US\$ mill", text)] == []
    bare = re.compile(r"\b(?:es|fue|era) de \{(?:chance|share|held|base)\}")
    assert [key for key, text in STRINGS.items() if bare.search(text)] == []


@pytest.mark.parametrize(
    ("language", "said"), [("en", "In 2017 and 2018 most of"), ("es", "En 2017 y 2018 la mayoría de")]
)
def test_several_years_are_listed_as_words_are(language, said):
    sentences = pair_people_sentences(people_between("VEN", "COL"), Catalogue(language))
    assert [text for text in sentences if text.startswith(said)]


@pytest.mark.parametrize(
    ("code", "name"), [("HKG", "Hong Kong"), ("MAC", "Macao"), ("CIV", "Costa de Marfil"), ("MMR", "Myanmar")]
)
def test_names_are_as_short_as_a_sentence_bears_and_the_long_ones_are_understood(code, name):
    assert in_text(code, "es") == name
    assert {lookup(word) for word in ("RAE de Hong Kong (China)", "Hong Kong")} == {"HKG"}


def test_no_text_of_the_catalogue_spans_years_with_a_hyphen():
    spans = re.compile(r"\b(?:19|20)\d\d-\d\d(?:\d\d)?\b(?!-)")
    assert [key for key, text in STRINGS.items() if spans.search(text)] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_spoken_range_ends_before_the_next_year_or_what_it_starts_from(language):
    """Without a pause "to two billion and one billion" is heard as one sum."""
    words = Catalogue(language, spoken=True)
    year = words("answer.next_year", middle="MIDDLE", year="YEAR", low="LOW", high="HIGH")
    both = words("answer.and", first=year, last=year)
    assert year.endswith("HIGH,")
    for key in ("next_trade", "next_trade_season", "next_trade_reopened", "next_trade_ruptured"):
        blanks = dict.fromkeys(("who", "last", "last_year", "held", "gain", "gain_last"), "X")
        told = words(f"answer.{key}", years=both, n=3, **blanks)
        assert ",," not in told
        assert told.count("HIGH, ") == 2
