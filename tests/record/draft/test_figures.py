from __future__ import annotations

import pytest

from detente.record.draft.language.figures import find_figures
from detente.record.draft.language.numbers.numerals import find_numerals


def read(text: str, language: str = "en") -> list[tuple[float, str]]:
    return [(f.value, f.unit) for f in find_figures(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("worth US$7.2bn", [(7.2e9, "usd")]),
        ("about 2.5m people", [(2.5e6, "people")]),
        ("62% or 62 per cent or 62 percent", [(62, "pct")] * 3),
        ("a 2,200-km border, 1,400 miles", [(2200, "km"), (1400, "miles")]),
        ("240+ political prisoners", [(240, "political prisoners")]),
        ("dozens of countries", [(12, "countries")]),
        ("half a million tonnes", [(5e5, "t")]),
        ("between 200 and 300 trucks", [(200, "trucks"), (300, "trucks")]),
        ("US$2-3bn", [(2e9, "usd"), (3e9, "usd")]),
        ("from 500,000 to 1 million barrels", [(5e5, "bbl"), (1e6, "bbl")]),
        ("a three-year break", [(3, "years")]),
        ("12 of the 15 provinces", [(12, "provinces"), (15, "provinces")]),
        ("200m from the gate", [(200, "m")]),
        ("COP 300bn and EUR 20 million", [(3e11, "cop"), (2e7, "eur")]),
        ("3.2 billion crowns", [(3.2e9, "crowns")]),
        ("700,000 barrels a day", [(7e5, "bbl/day")]),
        ("twenty-five thousand square kilometres", [(25000, "km2")]),
    ],
)
def test_english_figures(text: str, expected: list) -> None:
    assert read(text) == [(pytest.approx(v), u) for v, u in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7.200 millones de dólares", [(7.2e9, "usd")]),
        ("2,5 millones de personas", [(2.5e6, "personas")]),
        ("un 18,4 % y 12 por ciento", [(18.4, "pct"), (12, "pct")]),
        ("3 mil millones de euros", [(3e9, "eur")]),
        ("45 mil toneladas", [(45000, "t")]),
        ("entre 20 y 30 camiones", [(20, "camiones"), (30, "camiones")]),
        ("tres años, 90 días", [(3, "years"), (90, "days")]),
        ("decenas de miles de familias", [(1e4, "familias")]),
        ("2,5 puntos porcentuales", [(2.5, "pp")]),
        ("700.000 barriles diarios", [(7e5, "bbl/day")]),
    ],
)
def test_spanish_figures(text: str, expected: list) -> None:
    assert read(text, "es") == [(pytest.approx(v), u) for v, u in expected]


@pytest.mark.parametrize(
    "text",
    [
        "the two countries",
        "54-year-old Ruiz",
        "aged 54, he",
        "at 8:30 a.m.",
        "Resolution 14 of the council",
        "the third attempt",
        "one truck",
        "Route 7 traffic",
        "two-thirds of exports",
        "three times more",
        "one in five farmers",
        "rose to 14",
        "the 21st century",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "text", ["los dos países", "Ana Ruiz, de 54 años, dijo", "la Ley 30", "tres de cada cuatro familias", "a las 6:30"]
)
def test_what_is_no_figure_in_spanish(text: str) -> None:
    assert read(text, "es") == []


@pytest.mark.parametrize("before", ["según Antonio", "de José E.", "indicó Ana"])
@pytest.mark.parametrize("surname", ["Santos", "Anjos", "Ramos"])
def test_a_surname_counts_nothing(before: str, surname: str) -> None:
    assert read(f"{before} dos {surname}, de la cámara", "es") == []
    assert read(f"el señor Dos {surname} viajó", "es") == []
    assert read(f"{before} con dos {surname.lower()}", "es") == [(2, surname.lower())]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("more than 240 trucks", "at least"),
        ("240+ trucks", "at least"),
        ("up to 15%", "at most"),
        ("nearly 40 km", "about"),
        ("hundreds of families", "vague"),
        ("240 trucks", ""),
    ],
)
def test_bounds(text: str, bound: str) -> None:
    assert [f.bound for f in find_figures(text, "en")] == [bound]


def test_a_number_inside_a_date_is_no_figure() -> None:
    text = "three years ago it was 3 years"
    assert [f.text for f in find_figures(text, "en", taken=[(0, 15)])] == ["3 years"]


def test_the_place_is_the_place_in_the_text() -> None:
    text = "They sold US$7.2bn of grain and 14 km of pipe."
    assert [text[f.start : f.end] for f in find_figures(text, "en")] == ["US$7.2bn", "14 km"]


def test_separators_follow_the_language() -> None:
    assert [n.value for n in find_numerals("7.290", "es")] == [7290]
    assert [n.value for n in find_numerals("7.290", "en")] == [7.29]
    assert [n.value for n in find_numerals("1.234.567,8", "es")] == [1234567.8]
    assert [n.value for n in find_numerals("1,234,567.8", "en")] == [1234567.8]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("300 Kenyan shillings", "kes"),
        ("300 million Indian rupees", "inr"),
        ("300 Pakistani rupees", "pkr"),
        ("300 Swedish kronor", "sek"),
        ("300 rand", "zar"),
        ("300 Egyptian pounds", "egp"),
        ("FJ$300", "fjd"),
        ("Kč300m", "czk"),
        ("PLN 300m", "pln"),
        ("300 rupees", "rupees"),
    ],
)
def test_a_currency_that_several_countries_share_needs_its_country(text: str, unit: str) -> None:
    ((_, found),) = read(text)
    assert found == unit


@pytest.mark.parametrize("text", ["3 real reasons", "12 all told", "3,000 Afghanistan veterans"])
def test_words_that_look_like_currencies_are_none(text: str) -> None:
    assert not {unit for _, unit in read(text)} & {"brl", "all", "afn"}


def test_a_list_does_not_run_into_the_next_number() -> None:
    assert read("90 crowns and four months") == [(90, "crowns"), (4, "months")]


def test_an_amount_in_millions_takes_the_currency_of_the_one_before():
    text = (
        "Las exportaciones bajaron a 1.685 millones de dólares, mientras que las importaciones sumaron 1.365 millones."
    )
    assert [(f.value, f.unit) for f in find_figures(text, "es")] == [(1.685e9, "usd"), (1.365e9, "usd")]
    assert len(find_figures("It cost $3 million. There are 2 million.", "en")) == 1
    assert [f.unit for f in find_figures("It cost $3 million and reached 2 million people.", "en")] == ["usd", "people"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "The number of asylum applications in the EU increased to 923,991 in 2022.",
            "en",
            [(923991, "asylum applications")],
        ),
        ("The number of migrants fell to 226,467.", "en", [(226467, "migrants")]),
        ("Visitor numbers were up sharply to 193,300.", "en", [(193300, "visitors")]),
        ("Tourist arrivals fell, hitting a new low of 36,600 in May.", "en", [(36600, "arrivals")]),
        ("Migrants numbered few; exports rose to 193,300 tonnes.", "en", [(193300, "t")]),
        ("El número de refugiados en el país ha alcanzado los 150.000 en 2022.", "es", [(150000, "refugiados")]),
        ("La cantidad de turistas llegó a 12.500.", "es", [(12500, "turistas")]),
        ("The number of migrants who paid $5 in fees rose.", "en", [(5, "usd")]),
        ("The number of the house is 12,500 Oak Street.", "en", []),
    ],
)
def test_a_bare_number_is_of_what_is_numbered(text, language, expected):
    assert read(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "Llegaron 1.368.083 de visitantes y 1.135.102 de turistas.",
            "es",
            [(1368083, "visitantes"), (1135102, "turistas")],
        ),
        ("Los 10 principales países", "es", [(10, "países")]),
        ("35 US states and 1.7 million US jobs", "en", [(35, "US states"), (1.7e6, "US jobs")]),
        ("two of Canada’s exports", "en", []),
        ("2.28 MnT, 3 MMT, 400 KT and 5 mln t", "en", [(2.28e6, "t"), (3e6, "t"), (4e5, "t"), (5e6, "t")]),
        ("37,358 Nepalis and 12 buses", "en", [(37358, "Nepalis"), (12, "buses")]),
        ("4.66 million 90-kilogramme bags and 60-kg bags", "en", [(4.66e6, "bags"), (60, "kg")]),
        ("63.837 citizens and 1.234 tonnes", "en", [(63837, "citizens"), (1.234, "t")]),
        ("entre el 117 y el 120 por ciento", "es", [(117, "pct"), (120, "pct")]),
    ],
)
def test_counts_as_offices_and_bulletins_write_them(text, language, expected):
    assert read(text, language) == [(pytest.approx(v), u) for v, u in expected]


ONE = "Las ventas sumaron 5 millones de {}. {}Su principal socio fue China, mercado que generó 1,2 millones, seguido de Europa."


@pytest.mark.parametrize(("money", "unit"), [("dólares", "usd"), ("euros", "eur"), ("soles", "pen")])
def test_a_text_of_one_currency_lends_it_to_its_bare_millions(money, unit):
    assert read(ONE.format(money, ""), "es") == [(5e6, unit), (1.2e6, unit)]
    assert read(ONE.format(money, "Hace un año eran 4 millones de yuanes. "), "es")[-1] == (4e6, "cny")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Finns in the north numbered 38,364 in 2012.", "en", [(38364, "Finns")]),
        ("It had a total population of 5,426,674 in 2012.", "en", [(5426674, "people")]),
        ("Some 48,783 visitors came, up from 40,112 in 2019.", "en", [(48783, "visitors"), (40112, "visitors")]),
        (
            "Some 50,000 people moved, compared to an average of between 29,000 and 36,000.",
            "en",
            [(50000, "people"), (29000, "people"), (36000, "people")],
        ),
        ("Llegaron 48.783 turistas, frente a 40.112 en 2019.", "es", [(48783, "turistas"), (40112, "turistas")]),
        ("Vendió 200.000 toneladas, mientras que antes fueron 274.000.", "es", [(200000, "t"), (274000, "t")]),
        (
            "Exports were €29.2 billion. Imports fell from 43 billion to 29 billion.",
            "en",
            [(29.2e9, "eur"), (43e9, "eur"), (29e9, "eur")],
        ),
        ("La franja entre 25 y 29 años es la mayor.", "es", []),
        ("They paid $5 in fees, up from 40,112 others.", "en", [(5, "usd"), (40112, "others")]),
    ],
)
def test_a_bare_number_takes_what_it_is_held_against(text, language, expected):
    assert [(v, u) for v, u in read(text, language) if u != "others"] == [(v, u) for v, u in expected if u != "others"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("in the first 10 months of the budget year", "en", []),
        ("en los primeros 10 meses del ejercicio", "es", []),
        ("The truce held for 10 months.", "en", [(10, "months")]),
        ("a population of 5,426,674 including 2,666,622 men", "en", [(5426674, "people"), (2666622, "men")]),
        (
            "It was €9 billion. A drop – from 43 billion to 29 billion – came.",
            "en",
            [(9e9, "eur"), (43e9, "eur"), (29e9, "eur")],
        ),
        ("over 140 billion Lankan rupees", "en", [(140e9, "lkr")]),
    ],
)
def test_which_months_and_what_comes_before_a_dash(text, language, expected):
    assert read(text, language) == expected
