from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.extract import extract, own_date_lines
from detente.record.draft.language.entities import actors_in, economies_in
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.tying.quantities import study_unit


@pytest.mark.parametrize(
    "line",
    [
        "By Ana Paz, 14 May 2031",
        "Published: 14 May 2031, 10:30",
        "OPINION | 21 September 2029",
        "The Morning Brief · 3 March 2030",
        "Por Elvira Santos, 12 de agosto de 2028",
        "12 de agosto de 2028",
        "Issue 112 | Friday, 6 February 2032",
    ],
)
def test_a_line_that_only_says_when_is_the_articles_own_date(line: str) -> None:
    language = "es" if " de " in line else "en"
    assert own_date_lines(line, language) == [(0, len(line))]
    assert extract(Article("", line, "", language)).article.published


@pytest.mark.parametrize(
    "line", ["PORTO SOL, May 14 (NAN) - Trade fell.", "Porto Sol (ABC), 14 May 2031 — Trade fell."]
)
def test_a_dateline_ends_at_its_dash(line: str) -> None:
    ((start, end),) = own_date_lines(line, "en")
    assert line[end:] == "Trade fell."
    assert start == 0


@pytest.mark.parametrize(
    "line",
    [
        "Trade in 2030",
        "By Monday the queue was 3 km.",
        "The treaty of 12 May 2031 ended it.",
        "In May 2031 — the worst month — trade fell.",
        "By 2040 it will be 9 million people.",
        "On 12 May the ferry sank",
    ],
)
def test_dates_of_the_story_are_not_taken_for_its_own(line: str) -> None:
    assert own_date_lines(line, "en") == []


def test_the_dateline_settles_relative_dates() -> None:
    found = extract(Article("", "14 May 2031\n\nThey met on Tuesday.", "", "en"))
    assert [d.date for d in found.dates] == ["2031-05-13"]


def test_a_given_date_goes_before_the_found_one() -> None:
    found = extract(Article("", "14 May 2031\n\nThey met on Tuesday.", "2031-06-04", "en"))
    assert [d.date for d in found.dates] == ["2031-06-03"]


def test_the_day_of_the_saying_is_not_the_day_of_the_figure() -> None:
    article = Article("", "The bank said on Tuesday that prices rose 4% in April.", "2031-05-14", "en")
    (row,) = draft_claims(article, "S").rows
    assert (row.cells["date"], row.cells["attributed_to"], row.confidence) == ("2031-04", "The bank", "high")


def test_what_is_to_come_is_a_prediction_and_a_dated_act_an_event() -> None:
    text = "The border will reopen on 3 June. It closed on 5 May. Critics say it is theatre. Nothing else."
    kinds = [r.cells["type"] for r in draft_claims(Article("", text, "2031-05-14", "en"), "S").rows]
    assert kinds == ["prediction", "event", "attribution"]


def test_a_vague_number_leaves_the_value_empty() -> None:
    (row,) = draft_claims(Article("", "Dozens of countries agreed in 2019.", "", "en"), "S").rows
    assert (row.cells["value"], row.cells["unit"], row.confidence) == ("", "countries", "low")
    assert row.cells["note"] == "the article names no number"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (7.2e9, "usd", ("7200", "usd_mn")),
        (32.95, "usd", ("32.95", "usd")),
        (1.8e6, "eur", ("1.8", "eur_mn")),
        (2.5e6, "Venezuelan migrants", ("2500000", "persons")),
        (1400, "miles", ("1400", "mi")),
        (7e5, "bbl/day", ("700000", "bbl/day")),
    ],
)
def test_units_of_the_study_format(value: float, unit: str, expected: tuple[str, str]) -> None:
    assert study_unit(FigureMention(0, 1, "x", value, unit)) == expected


def test_economies_and_actors_are_linked() -> None:
    assert economies_in("Colombia, Venezuela y Estados Unidos; Turkey") == ["COL", "VEN", "USA", "TUR"]
    assert economies_in("the Columbians of Indiana") == []
    assert actors_in("On Tuesday Gustavo Silva met the World Bank in Peru.") == ["PER", "World Bank", "Gustavo Silva"]
