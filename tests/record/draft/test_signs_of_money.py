"""Money in every currency, by sign, code and name, and the measures of trade bulletins."""

from __future__ import annotations

import pytest

from detente.record.draft.language.figures import find_figures
from detente.record.draft.language.signs import CODES, LARGE, SIGNS


def read(text: str, language: str = "en") -> list[tuple[float, str]]:
    return [(f.value, f.unit.partition("/")[0]) for f in find_figures(text, language)]


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_is_its_money_before_millions_with_a_space_or_without(sign):
    for text in (f"Exports were worth {sign}5.2 million.", f"Exports were worth {sign} 5.2 million."):
        assert read(text) == [(5.2e6, SIGNS[sign])]


@pytest.mark.parametrize("sign", [s for s in SIGNS if (len(s) > 1 or not s.isalpha()) and s != "Ft"])
def test_every_sign_but_one_letter_and_feet_may_stand_after_its_millions(sign):
    assert read(f"Exports of 5.2 million {sign}, and more.") == [(5.2e6, SIGNS[sign])]


@pytest.mark.parametrize("sign", sorted(LARGE))
def test_a_sign_that_is_a_word_elsewhere_is_money_only_before_millions(sign):
    assert read(f"Road {sign}5 leads to the port.") == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_its_money(code):
    for text in (f"{code} 5.2 million", f"{code}5.2 million", f"5.2 million {code}"):
        assert read(text) == [(5.2e6, code.lower())]


def test_a_sign_between_two_numbers_is_that_of_the_second():
    assert read("Of 5 million, US$3 million came back.") == [(3e6, "usd")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("dólares jamaicanos", "jmd"), ("dólares de Trinidad y Tobago", "ttd"), ("dólares guyaneses", "gyd"), ("rupias indonesias", "idr"),
        ("rupias nepalíes", "npr"), ("chelines kenianos", "kes"), ("chelines ugandeses", "ugx"), ("libras sirias", "syp"),
        ("francos congoleños", "cdf"), ("dírhams marroquíes", "mad"), ("dinares libios", "lyd"), ("riales omaníes", "omr"),
        ("wons surcoreanos", "krw"), ("tengues kazajos", "kzt"), ("zlotys polacos", "pln"), ("leus rumanos", "ron"),
        ("rublos bielorrusos", "byn"), ("meticales", "mzn"), ("kuachas zambianos", "zmw"), ("bolívares", "ves"),
        ("pesos mexicanos", "mxn"), ("coronas suecas", "sek"), ("grivnas", "uah"), ("nairas", "ngn"),
    ],
)  # fmt: skip
def test_money_has_its_name_in_spanish(words, code):
    assert read(f"Sumó 5,2 millones de {words}.", "es") == [(5.2e6, code)]


@pytest.mark.parametrize("words", ["leones", "top exporters", "marks"])
def test_words_that_are_money_only_with_their_country_are_counted(words):
    assert read(f"There were 5,200 {words}.")[0][1] not in {code.lower() for code in CODES}


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("12 lakh tonnes", "en", (1.2e6, "t")),
        ("Rs. 2,500 crores", "en", (2.5e10, "inr")),
        ("Tk 520 crore", "en", (5.2e9, "bdt")),
        ("25,000 metric tonnes", "en", (25e3, "t")),
        ("250,000 b/d", "en", (25e4, "bbl")),
        ("250,000 bopd", "en", (25e4, "bbl")),
        ("5 bcfd of gas", "en", (5e9, "ft3")),
        ("500 MMcf/d", "en", (5e8, "ft3")),
        ("5.2 Tcf", "en", (5.2e12, "ft3")),
        ("500 MMBtu", "en", (500, "mmbtu")),
        ("500,000 TEUs", "en", (5e5, "teu")),
        ("US$5.2 bil", "en", (5.2e9, "usd")),
        ("520 mmdd", "es", (5.2e11, "usd")),
        ("520 mdp", "es", (5.2e8, "mxn")),
        ("5.200 millones de US$", "es", (5.2e9, "usd")),
        ("250.000 tn", "es", (25e4, "t")),
        ("5 hm3", "es", (5e6, "m3")),
    ],
)
def test_measures_of_trade_bulletins(text, language, found):
    assert read(f"Exports came to {text} in all.", language)[0] == pytest.approx(found)
