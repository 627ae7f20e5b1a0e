from __future__ import annotations

import pytest

from detente.record.draft.language.dates import find_dates

WEDNESDAY = "2031-05-14"


def read(text: str, language: str = "en", published: str = WEDNESDAY) -> list[str]:
    return [d.date for d in find_dates(text, language, published)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("on 23 February 2029", "2029-02-23"),
        ("Feb. 23, 2029", "2029-02-23"),
        ("the 23rd of February", "2031-02-23"),
        ("2029-02-23", "2029-02-23"),
        ("23/02/2029", "2029-02-23"),
        ("in February 2029", "2029-02"),
        ("in 2029", "2029"),
        ("the 1990s", "1990/1999"),
        ("Q3 2030", "2030-07/2030-09"),
        ("the first eight months of 2030", "2030-01/2030-08"),
        ("the second half of last year", "2030-07/2030-12"),
        ("2015-19", "2015/2019"),
        ("from 2015 to 2019", "2015/2019"),
        ("between 2015 and 2019", "2015/2019"),
        ("January to August 2030", "2030-01/2030-08"),
        ("3-5 May 2031", "2031-05-03/2031-05-05"),
        ("May 3-5", "2031-05-03/2031-05-05"),
        ("Tuesday, May 13", "2031-05-13"),
        ("yesterday", "2031-05-13"),
        ("today", "2031-05-14"),
        ("last week", "2031-05-05/2031-05-11"),
        ("this month", "2031-05"),
        ("last year", "2030"),
        ("next year", "2032"),
        ("two years ago", "2029"),
        ("three months ago", "2031-02"),
        ("a week ago", "2031-05-05/2031-05-11"),
        ("ten days ago", "2031-05-04"),
        ("last weekend", "2031-05-10/2031-05-11"),
        ("on Tuesday", "2031-05-13"),
        ("on Wednesday", "2031-05-14"),
        ("last Wednesday", "2031-05-07"),
        ("next Wednesday", "2031-05-21"),
        ("June last year", "2030-06"),
        ("14 June last year", "2030-06-14"),
        ("Friday, June 14 of last year", "2030-06-14"),
        ("the 14th of June this year", "2031-06-14"),
        ("in June", "2030-06"),
        ("in April", "2031-04"),
        ("next March", "2032-03"),
        ("it will meet on Friday", "2031-05-16"),
        ("it will open in June", "2031-06"),
        ("on 29 February 2032", "2032-02-29"),
    ],
)
def test_english_dates(text: str, date: str) -> None:
    assert read(text) == [date]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("el 23 de febrero de 2029", "2029-02-23"),
        ("en febrero de 2029", "2029-02"),
        ("el martes 13 de mayo", "2031-05-13"),
        ("los años noventa", "1990/1999"),
        ("la década de 1990", "1990/1999"),
        ("el primer trimestre de 2030", "2030-01/2030-03"),
        ("los primeros ocho meses de 2030", "2030-01/2030-08"),
        ("entre 2015 y 2019", "2015/2019"),
        ("de 2015 a 2019", "2015/2019"),
        ("ayer", "2031-05-13"),
        ("hoy", "2031-05-14"),
        ("mañana", "2031-05-15"),
        ("el mes pasado", "2031-04"),
        ("la semana pasada", "2031-05-05/2031-05-11"),
        ("el año pasado", "2030"),
        ("el próximo año", "2032"),
        ("hace dos años", "2029"),
        ("hace tres meses", "2031-02"),
        ("junio del año pasado", "2030-06"),
        ("el 14 de junio del año pasado", "2030-06-14"),
        ("14 de junio de este año", "2031-06-14"),
        ("el 14 de junio del año 2018", "2018-06-14"),
        ("el pasado mes de marzo", "2031-03"),
        ("el próximo lunes", "2031-05-19"),
        ("se reunirán el viernes", "2031-05-16"),
        ("abrirá en septiembre", "2031-09"),
        ("entre enero y octubre del año pasado", "2030-01/2030-10"),
        ("del 3 al 5 de mayo", "2031-05-03/2031-05-05"),
        ("1 de septiembre de 2030", "2030-09-01"),
    ],
)
def test_spanish_dates(text: str, date: str) -> None:
    assert read(text, "es") == [date]


@pytest.mark.parametrize(
    "text",
    [
        "It may close.",
        "They march on.",
        "2000 people",
        "31 February 2029",
        "in recent weeks",
        "worth $2019",
        "Mayor May Lee",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["por la mañana", "cada mañana", "Don Julio", "hoy en día", "2000 camiones"])
def test_what_is_no_date_in_spanish(text: str) -> None:
    assert read(text, "es") == []


def test_without_the_articles_own_date_relative_ones_stay_open() -> None:
    found = find_dates("on Tuesday, in June, last year and in 2029", "en")
    assert [d.date for d in found] == ["", "", "", "2029"]
    assert [d.relative for d in found] == [True, True, True, False]


def test_the_day_of_the_saying_is_past_and_what_was_announced_is_to_come() -> None:
    assert read("She said on Friday that the border will reopen in June.") == ["2031-05-09", "2031-06"]
    assert read("El ministro dijo el viernes que la frontera reabrirá en junio.", "es") == ["2031-05-09", "2031-06"]


def test_the_year_of_a_range_carries_over_its_first_part() -> None:
    assert read("between November and February 2030") == ["2029-11/2030-02"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("in July-March", "2030-07/2031-03"),
        ("in March-May", "2031-03/2031-05"),
        ("from January through April", "2031-01/2031-04"),
        ("the January-to-April period of 2030", "2030-01/2030-04"),
        ("in the January-April period of last year", "2030-01/2030-04"),
        ("in July-March 2029-30", "2029-07/2030-03"),
        ("in January-March (2029-30)", "2030-01/2030-03"),
        ("in July-December FY30", "2029-07/2029-12"),
        ("between mid-September and mid-October", "2030-09/2030-10"),
        ("in the first quarter (January-March) of this year", "2031-01/2031-03"),
        ("in the first eight months (July-February) of the current fiscal year", "2030-07/2031-02"),
        ("in the first half (July-December) of the previous fiscal year", ""),
        ("in the third quarter (Q3) of 2030", "2030-07/2030-09"),
        ("in the three months ended September 30, 2030", "2030-07/2030-09"),
        ("in the year ended 30 June 2030", "2029-07/2030-06"),
        ("in the year to end-March 2030", "2029-04/2030-03"),
        ("in the last three months of 2030", "2030-10/2030-12"),
        ("sales will fall in June-July", "2031-06/2031-07"),
    ],
)
def test_some_months_of_a_year(text: str, date: str) -> None:
    assert read(text) == [date]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("desde enero hasta abril", "2031-01/2031-04"),
        ("de julio a marzo", "2030-07/2031-03"),
        ("entre los meses de enero y agosto de 2030", "2030-01/2030-08"),
        ("en el primer trimestre (enero-marzo) de este año", "2031-01/2031-03"),
        ("en el primer cuatrimestre de 2030", "2030-01/2030-04"),
        ("en el segundo bimestre", "2031-03/2031-04"),
        ("en el III trimestre de 2030", "2030-07/2030-09"),
        ("en el 3T30", "2030-07/2030-09"),
        ("en los doce meses hasta junio de 2030", "2029-07/2030-06"),
        ("en los seis meses terminados en junio de 2030", "2030-01/2030-06"),
        ("en los últimos tres meses de 2030", "2030-10/2030-12"),
    ],
)
def test_some_months_of_a_year_in_spanish(text: str, date: str) -> None:
    assert read(text, "es") == [date]


def test_months_without_a_year_need_the_articles_own_day() -> None:
    assert read("in July-March", published="") == [""]
    assert read("in July-March 2029", published="") == ["2028-07/2029-03"]


@pytest.mark.parametrize(
    ("text", "language", "date"),
    [
        ("in the six months to March 22", "en", "2030-09-23/2031-03-22"),
        ("the six months ended 31 March", "en", "2030-10/2031-03"),
        ("en los seis meses hasta el 22 de marzo", "es", "2030-09-23/2031-03-22"),
        ("the first half of the current calendar year", "en", "2031-01/2031-06"),
        ("It came from the first to the 18 of April", "en", "2031-04-01/2031-04-18"),
        ("shipped between the 1st and the 18th of April", "en", "2031-04-01/2031-04-18"),
        ("entre el 1 y el 18 de abril", "es", "2031-04-01/2031-04-18"),
        ("On the 10th, it opened.", "en", "2031-05-10"),
        ("On the 24th, it opened.", "en", "2031-04-24"),
        ("El día 10, abrió.", "es", "2031-05-10"),
        ("in the second fiscal quarter", "en", ""),
        ("in fiscal Q2 2030", "en", ""),
        ("the September 2030 quarter", "en", "2030-07/2030-09"),
        ("the July 2030 year", "en", "2029-08/2030-07"),
        ("the quarter ended March", "en", "2031-01/2031-03"),
        ("in the year to March", "en", "2030-04/2031-03"),
        ("the latter half of 2030", "en", "2030-07/2030-12"),
        ("the opening quarter of 2030", "en", "2030-01/2030-03"),
        ("year-to-date", "en", "2031"),
        ("en ene-mar 2030", "es", "2030-01/2030-03"),
        ("las ventas acumuladas a marzo", "es", "2031-01/2031-03"),
    ],
)
def test_stretches_up_to_a_day_bare_days_and_named_quarters(text: str, language: str, date: str) -> None:
    assert read(text, language) == [date]


def test_a_bare_day_is_of_the_month_named_before() -> None:
    assert read("In March it fell. On the 24th, a ship came.") == ["2031-03", "2031-03-24"]


@pytest.mark.parametrize(
    "text", ["the first five months of 2015/16", "the first half of 2015-16", "the first half of 2015-2016"]
)
def test_part_of_a_budget_year_whose_country_is_not_told_is_no_date(text):
    assert [(d.text, d.date) for d in find_dates(f"Trade rose in {text}.", "en", "2016-03-19")] == [(text, "")]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("from the beginning of the year to the end of October", "en"),
        ("since the start of this year until October", "en"),
        ("desde el inicio del año hasta el final de octubre", "es"),
        ("desde comienzos de año hasta octubre", "es"),
    ],
)
def test_the_year_up_to_a_month(text, language):
    for published, year in (("2025-11-11", 2025), ("2025-03-01", 2024)):
        dates = [d.date for d in find_dates(f"Trade {text} rose.", language, published)]
        assert dates == [f"{year}-01/{year}-10"]
