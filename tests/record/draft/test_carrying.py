"""The period that a text goes on about, the same months a year before, and what keeps a figure from either."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims


def pairs(text: str, language: str = "en", published: str = "2022-03-10") -> list[tuple[str, str]]:
    rows = draft_claims(Article("", text, published, language), "N1").rows
    return [(r.cells["value"], r.cells["date"]) for r in rows if r.cells.get("value")]


OPENING = "Exports to Chile came to $90m in 2021."


@pytest.mark.parametrize(
    ("then", "value", "date"),
    [
        (" Imports stood at $40m.", "40", "2021"),
        ("\n\nSales of wine fell by 4%.", "-4", "2021"),
        ("\n\nWine made up 30% of exports.", "30", "2021"),
        (" Imports are now $40m.", "40", ""),
        (" Imports could reach $40m.", "40", ""),
        (" A loan of $40m was agreed.", "40", ""),
        (" Imports reached $40m in 2020.", "40", "2020"),
        ("\n\nIn 2019 they had been $80m.\n\nImports stood at $40m.", "40", "2021"),
        (" They had been $80m a year earlier.", "80", "2020"),
        (" The year before, exports were $80m.", "80", "2020"),
        (" Trucks carried 30 containers.", "30", ""),
        (" Wine prices rose from $7m to $40m.", "7", ""),
    ],
)
def test_a_sentence_takes_the_period_of_those_before_unless_it_speaks_of_something_else(then, value, date):
    assert (value, date) in pairs(OPENING + then)


def test_a_period_is_carried_over_six_paragraphs_and_says_so():
    far = OPENING + "\n\n" + "\n\n".join(["Nobody was surprised."] * 7) + "\n\nImports stood at $40m."
    assert ("40", "") in pairs(far)
    rows = draft_claims(Article("", f"{OPENING} Imports stood at $40m.", "2022-03-10", "en"), "N1").rows
    assert rows[1].confidence == "medium"
    assert any("sentences before" in hint for hint in rows[1].hints)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exports were $61m this January, against $109m last year.", [("61", "2022-01"), ("109", "2021-01")]),
        ("Exports in the first half of 2021 were $3m, against $2m in the same period of 2020.",
         [("3", "2021-01/2021-06"), ("2", "2020-01/2020-06")]),
        ("Exports were $3m in May 2021, down from $4m a month earlier.", [("3", "2021-05"), ("4", "2021-04")]),
        ("Trade was $3m in 2019; a year later it was $5m.", [("3", "2019"), ("5", "2020")]),
        ("Trade grew from $3m to $9m between 2015 and 2019.", [("3", "2015"), ("9", "2019")]),
        ("Sales were $3m in 2020, compared with 2019, when they were $5m.", [("3", "2020"), ("5", "2019")]),
        ("In May 2021 imports fell 20% year-on-year to $4m from $5m.",
         [("-20", "2021-05"), ("4", "2021-05"), ("5", "2020-05")]),
        ("In 2021 it bought oil for $5m; tea for $3m; salt for $2m.", [("5", "2021"), ("3", "2021"), ("2", "2021")]),
    ],
)  # fmt: skip
def test_what_a_figure_is_held_against_is_of_its_own_year(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "date"),
    [
        ("Exports were $3m in the first two months.", "en", "2022-01/2022-02"),
        ("Exports were $3m in the six months to June.", "en", "2021-01/2021-06"),
        ("Exports were $3m in the five months to November last year.", "en", "2021-07/2021-11"),
        ("Exports were $3m in the June quarter of 2021.", "en", "2021-04/2021-06"),
        ("Exports were $3m in 9M2021.", "en", "2021-01/2021-09"),
        ("Exports were $3m in 1H 2021.", "en", "2021-01/2021-06"),
        ("Exports have grown to $3m since the beginning of the year.", "en", "2022"),
        ("Exports have grown to $3m since early 2020.", "en", ""),
        ("Las ventas sumaron 3 millones de euros en los siete primeros meses de 2021.", "es", "2021-01/2021-07"),
        ("Las ventas sumaron 3 millones de euros en el octavo mes del año.", "es", "2021-08"),
        ("Las ventas sumaron 3 millones de euros en lo que va del año.", "es", "2022"),
        ("Las ventas sumaron 3 millones de euros en el pasado ejercicio.", "es", "2021"),
    ],
)
def test_months_and_parts_of_a_year_as_news_name_them(text, language, date):
    assert pairs(text, language) == [("3", date)]


def test_months_of_a_budget_year_are_of_no_calendar_year():
    assert ("3", "") in pairs("Exports were $3m in the first five months of the fiscal year.")


@pytest.mark.parametrize(
    ("text", "language", "figure"),
    [
        ("Trade was N1.3 trillion in 2016.", "en", ("1300000", "ngn_mn", "")),
        ("Trade was R 2.6 billion in 2016.", "en", ("2600", "zar_mn", "")),
        ("Trade passed $1billion in 2016.", "en", ("1000", "usd_mn", "")),
        ("Exports grew by 48% or €1.4 billion in 2016.", "en", ("1400", "eur_mn", "up")),
        ("It marked a 4% year-on-year decrease in 2016.", "en", ("-4", "pct", "down")),
        ("Hubo una caída de US$ 188 millones en 2016.", "es", ("-188", "usd_mn", "down")),
        ("Hubo bajas del 37% en las ventas y del 3% en las compras en 2016.", "es", ("-3", "pct", "down")),
        ("Exportaciones: +42,4% en 2016.", "es", ("42.4", "pct", "up")),
    ],
)
def test_money_and_directions_as_news_write_them(text, language, figure):
    rows = [r.cells for r in draft_claims(Article("", text, "2017-03-10", language), "N1").rows]
    assert figure in [(c.get("value"), c.get("unit"), c.get("state", "")) for c in rows]


@pytest.mark.parametrize("text", ["They live on N4 and R5.", "Route R20 is closed.", "Flight P3 left."])
def test_a_letter_is_money_only_before_millions(text):
    assert pairs(text) == []
