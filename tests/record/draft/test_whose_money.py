"""Whose money an amount is in, where its sign or noun leaves that open."""

from __future__ import annotations

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims


def units(text: str, language: str = "en") -> list[tuple[str, str]]:
    rows = draft_claims(Article("", text, "2022-05-14", language), "N1").rows
    return [(row.cells["unit"], row.confidence) for row in rows if row.cells.get("value")]


@pytest.mark.parametrize(
    ("office", "unit"),
    [
        ("Stats NZ", "nzd_mn"),
        ("Statistics Canada", "cad_mn"),
        ("the Australian Bureau of Statistics", "aud_mn"),
        ("the ministry", "usd_mn"),
    ],
)
def test_the_dollar_of_a_statistics_office_is_its_country_s(office, unit):
    found = units(f"Exports were $4.2 million in 2021, {office} said.")
    assert [u for u, _ in found] == [unit]
    assert unit == "usd_mn" or found[0][1] == "low"


@pytest.mark.parametrize("dollar", ["US$4.2 million", "4.2 million US dollars", "USD 4.2 million"])
def test_a_dollar_that_says_whose_it_is_stays(dollar):
    assert [u for u, _ in units(f"Exports were {dollar} in 2021, Stats NZ said.")] == ["usd_mn"]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Danish exports were 80.1 billion kroner in 2021.", "dkk_mn"),
        ("Norway sold goods for 80.1 billion kroner in 2021.", "nok_mn"),
        ("Swedish exports were 80.1 billion kronor in 2021.", "sek_mn"),
        ("Exports were 80.1 billion kroner in 2021.", "kroner_mn"),
        ("Bahrain sold goods for 80.1 million dinars in 2021.", "bhd_mn"),
        ("Jordanian exports were 80.1 million dinars in 2021.", "jod_mn"),
    ],
)
def test_a_shared_noun_is_the_money_of_the_one_economy_spoken_of(text, unit):
    assert [u for u, _ in units(text)] == [unit]


@pytest.mark.parametrize(
    "amount",
    [
        "175.8 billion fcfa",
        "CFAF 175.8 billion",
        "FCFA 175.8 billion",
        "175.8 billion CFA francs",
        "175.8 billion F CFA",
    ],
)
def test_the_cfa_franc_has_many_spellings(amount):
    assert [u for u, _ in units(f"Trade was {amount} in 2021.")] == ["xof_mn"]


@pytest.mark.parametrize("sign", ["u$s", "U$S", "US$", "US $", "U$D"])
def test_the_dollar_has_many_signs(sign):
    assert [u for u, _ in units(f"Las ventas fueron de {sign} 155 millones en 2021.", "es")] == ["usd_mn"]


def test_peoples_in_is_are_counted():
    text = "Qatar took in 37,358 Nepalis, 2,100 Israelis and 900 Pakistanis in 2021."
    assert [u for u, _ in units(text)] == ["persons"] * 3


def test_a_count_said_again_with_a_shorter_noun_is_one_row():
    text = "In 2021 some 24,410 migrant workers came. It took 24,410 workers in 2021."
    assert len(units(text)) == 1


@pytest.mark.parametrize(
    ("country", "unit"), [("New Zealand", "nzd_mn"), ("Canada", "cad_mn"), ("Singapore", "sgd_mn")]
)
def test_an_amount_with_its_us_dollars_in_brackets_is_in_the_other_dollar(country, unit):
    found = units(f"Exports of {country} were $20 billion (US$13.1 billion) in 2021.")
    assert [u for u, _ in found] == [unit, "usd_mn"]
    assert found[0][1] == "low"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Zambia had a surplus of 1.1 billion kwacha in 2021.", "zmw_mn"),
        ("Malawi had a surplus of 1.1 billion kwacha in 2021.", "mwk_mn"),
        ("South Korea sold goods for 4.1 trillion won in 2021.", "krw_mn"),
        ("Azerbaijan sold goods for 4.1 billion manats in 2021.", "azn_mn"),
        ("Romania sold goods for 4.1 billion lei in 2021.", "ron_mn"),
        ("It earned K9.7 billion in 2021.", "zmw_mn"),
        ("It earned L9.7 billion in 2021.", "hnl_mn"),
        ("It earned Q9.7 billion in 2021.", "gtq_mn"),
    ],
)
def test_nouns_and_letters_of_money(text, unit):
    assert [u for u, _ in units(text)] == [unit]


@pytest.mark.parametrize(
    "text", ["She won 12 prizes in 2021.", "They climbed K2 in 2021.", "The Q5 and L3 were sold in 2021."]
)
def test_letters_and_verbs_that_are_no_money(text):
    assert not {u for u, _ in units(text)} & {"won", "zmw", "gtq", "hnl", "krw"}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Cameroon sold goods for FCFA 25.1 billion in 2021.", "xaf_mn"),
        ("Exports of Senegal were 25.1 billion CFA francs in 2021.", "xof_mn"),
        ("Exports of Ivory Coast to Gabon were 25.1 billion CFA in 2021.", "xof_mn"),
        ("Exports were 25.1 billion CFA francs in 2021.", "xof_mn"),
    ],
)
def test_a_cfa_franc_is_that_of_the_first_economy_that_has_one(text, unit):
    assert [u for u, _ in units(text)] == [unit]


@pytest.mark.parametrize("economy", ["Samoa", "Tonga", "Fiji"])
def test_a_plain_dollar_may_be_any_money_that_is_written_so(economy):
    (found,) = units(f"Exports of {economy} were $4.2 million in 2021.")
    assert found[1] != "high"


def test_a_plain_dollar_beside_us_dollars_is_the_one_peso_of_a_spanish_text():
    text = "Los turistas de Chile gastaron US$ 13 millones en 2021. Las ventas fueron de $ 8 mil millones en 2021."
    assert [u for u, _ in units(text, "es")] == ["usd_mn", "clp_mn"]
    assert [u for u, _ in units(text.replace("Chile", "Chile y México"), "es")] == ["usd_mn", "usd_mn"]
    assert all(confidence != "high" for _, confidence in units(text, "es")[1:])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The price in Kenya may go up from Sh5,400 to Sh5,900.", ["kes", "kes"]),
        ("Kenya bought goods worth Shs66.1bn from Uganda.", ["shillings_mn"]),
        ("Kenya bought goods worth Shs66.1bn from Uganda, Bank of Uganda figures show.", ["ugx_mn"]),
        ("Se pagaron ventas de entre los 20.000 y 25.000 dólares.", ["usd", "usd"]),
        ("They shopped for NOK 1682 on average.", ["nok"]),
        ("Las ventas sumaron USD FOB 1.673,1 millones y US$ CIF 12 millones.", ["usd_mn", "usd_mn"]),
        ("Exports were 142 billion baht, an average of 11.8 billion per month.", ["thb_mn", "thb_mn"]),
    ],
)
def test_signs_of_several_currencies_and_what_stands_between_sign_and_number(text, found):
    language = "es" if "ventas" in text else "en"
    assert [unit.partition("/")[0] for unit, _ in units(text, language)] == found


def test_what_is_held_against_a_year_is_of_the_year_before_it_or_none():
    text = "In January 2019 sales were $3m. In 2018 they were $35m in all, up from $29m."
    rows = draft_claims(Article("", text, "2019-03-05", "en"), "N1").rows
    assert [row.cells["date"] for row in rows][:2] == ["2019-01", "2018"]
    assert rows[2].cells["date"] in ("", "2017")
