"""Sentences on people: the same figures as the tables, in both languages, for a study and for any pair."""

from __future__ import annotations

import re

import pytest

from detente.answer.people import pair_people_sentences, people_sentences, people_tables
from detente.economies import in_text
from detente.language import Catalogue
from detente.outlook.people import people_between
from detente.run.further.people import people_frames

PAIRS = [("IND", "PAK"), ("TUR", "SYR"), ("UKR", "POL"), ("BGD", "MMR"), ("CUB", "USA"), ("VEN", "COL"), ("ARE", "QAT"),
         ("GBR", "USA")]  # fmt: skip


@pytest.mark.oracle
def test_the_flagship_says_the_published_split():
    said = " ".join(pair_people_sentences(people_between("COL", "VEN"), Catalogue("en")))
    assert "1.74 million people moved from Venezuela to Colombia from 2015 to 2019" in said  # 1,735,164
    assert "would lead one to expect 1.05 million people" in said  # 1,047,001
    assert "(×6.8); the recorded change was ×13, which leaves +87% specific to the pair" in said  # 2.55 = 1.92 + 0.63
    assert "24 of 419 pairs of similar size" in said
    assert "which repeats UNHCR's count of the end of 2019" in said
    assert "17% fewer people would move to Colombia" in said
    assert "No estimate exists" in said


@pytest.mark.parametrize("pair", PAIRS)
def test_both_languages_say_as_much_with_the_same_numbers(pair):
    found = people_between(*pair)
    english, spanish = (pair_people_sentences(found, Catalogue(code)) for code in ("en", "es"))
    assert len(english) == len(spanish) > 4
    for one, other in zip(english, spanish):
        digits = [
            sorted(re.findall(r"\d+", text.replace(",", "").replace(".", "").replace("\xa0", "")))
            for text in (one, other)
        ]
        assert digits[0] == digits[1], (one, other)
        for text in (one, other):
            assert not re.search(r"\bNone\b(?! of)", text)  # a missing value, not a count of none
            assert "nan" not in text.split()
            assert "{" not in text
            assert "_" not in text
            assert text[0].upper() == text[0]
            assert text.endswith(".")


def test_a_pair_of_which_nothing_is_known_says_nothing():
    assert pair_people_sentences(people_between("GUF", "REU"), Catalogue("en")) == ()
    visas_alone = pair_people_sentences(people_between("NRU", "SMR"), Catalogue("en"))
    assert [text.partition(" one enters")[0] for text in visas_alone] == [
        "With a passport of Nauru",
        "With a passport of San Marino",
    ]


def test_visas_are_told_with_the_reading_that_says_so():
    """The collection: visa required from 2019 on, 90 days from the reading of 3 August 2024; a ban from 2020 to 2021."""
    said = pair_people_sentences(people_between("TUR", "SYR"), Catalogue("en"))
    assert "With a passport of Türkiye one enters Syria without a visa" in said[-2]
    assert (
        "this has been so since the reading of 3 Aug 2024; before it, only with a visa obtained before travel"
        in said[-2]
    )
    said = pair_people_sentences(people_between("UKR", "POL"), Catalogue("es"))
    assert "Con pasaporte de Ucrania se entra en Polonia sin visa" in said[-2]
    assert "en lecturas del 19 nov. 2020 al 24 sept. 2021 no se dejaba entrar a la mayoría" in said[-2]
    assert "no se dejaba" not in said[-1]


def test_a_forecast_that_counts_have_overtaken_is_not_told():
    """A million Ukrainians are protected in Poland: the moves of 2020-24 were not those of the five years before."""
    said = " ".join(pair_people_sentences(people_between("UKR", "POL"), Catalogue("en")))
    assert "would move from Ukraine to Poland" not in said
    assert "would move from Poland to Ukraine from 2020 to 2024" in said


def test_a_run_answers_with_people_beside_goods(flagship_quick):
    answer = flagship_quick.answer
    assert answer.people == people_sentences(
        flagship_quick.frames, Catalogue("en"), lambda c: {"COL": "Colombia", "VEN": "Venezuela"}[c],
        lambda s: dict(flagship_quick.frames["sources"].select("source_id", "publisher").iter_rows()).get(s, s),
    )  # fmt: skip
    assert "2.85 million by the country's own count of Feb 2024" in answer.people[0]
    assert answer.people_tables[0].title == "Counts of people"
    assert "people moved from Venezuela to Colombia" in flagship_quick.summary(width=200)


def test_every_number_of_a_forecast_stands_beside_its_score(flagship_quick):
    frame = flagship_quick.frames["people_next"]
    assert frame["n_scored"].null_count() == 0
    assert frame["skill_pct"].null_count() == 0
    ranges = frame.filter(frame["target"] != "surge")
    assert (ranges["low"] <= ranges["middle"]).all()
    assert (ranges["middle"] <= ranges["high"]).all()
    assert ranges["coverage_80"].is_between(0.75, 0.90).all()


def test_a_count_that_fell_to_next_to_nothing_is_told_with_its_peak_and_nothing_is_foreseen_from_it():
    """1.276 million Ukrainians counted in Russia at the end of 2022, 1.228 of 2023 and 7,043 of 2024: UNHCR's own."""
    said = pair_people_sentences(people_between("RUS", "UKR"), Catalogue("en"))
    assert said[0].startswith("People from Ukraine in Russia")  # whom more fled or moved: not the larger stock by birth
    assert said[1].startswith("1.28 million people from Ukraine were protected in Russia at the end of 2022")
    assert "does not say whether people went home" in said[1]
    assert not any(text.startswith("Protected people from Ukraine in Russia") for text in said)
    assert not any("corridor" in text for text in said)


def test_a_peak_that_ebbed_away_is_told_and_still_foreseen():
    """From 2.14 million in Iran at most to a third of them in some years: no step of a tenth."""
    found = people_between("SRB", "DEU")
    said = " ".join(pair_people_sentences(found, Catalogue("en")))
    assert "the most on record" in said
    assert "So steep a fall" not in said


@pytest.mark.parametrize("pair", [("BOL", "CHL"), ("VEN", "ESP"), ("NPL", "IND")])
def test_an_effect_lies_inside_the_range_that_is_said_to_be_its_own(pair):
    """The main estimate may be the largest of all: its own range stands beside it, the other estimates apart."""
    said = " ".join(pair_people_sentences(people_between(*pair), Catalogue("en")))
    found = re.search(r"(\d+)% fewer people would move to \w+ \((\d+)% to (\d+)%, nine times in ten", said)
    assert found is not None, said
    middle, low, high = map(int, found.groups())
    assert low <= middle <= high


@pytest.mark.parametrize(
    ("language", "named"), [("en", "North Korea → United States"), ("es", "Corea del Norte → Estados Unidos")]
)
def test_tables_name_places_without_the_article_of_a_sentence(language, named):
    found, words = people_between("PRK", "USA"), Catalogue(language)
    told = people_tables(people_frames(found), words, lambda code: in_text(code, language), str)
    firsts = {row[0] for table in told for row in table.rows}
    assert named in firsts
    assert not [first for first in firsts if first[0].islower() or "→ the " in first]
