"""Speakers over whole kinds of sentence: who speaks, by which words, and where in the sentence; and two in one sentence."""

from __future__ import annotations

import re
from itertools import product

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims
from detente.record.draft.language.credits import find_credits

SAID = {
    "en": "exports rose 4% to $30 million in 2020",
    "es": "las exportaciones crecieron un 4% hasta los 30 millones de dólares en 2020",
}
# who, and the part of it that must be found
WHO = {
    "en": {
        "Ana Paz": "Ana Paz", "the finance ministry": "finance ministry", "Trade Minister Ana Paz": "Ana Paz", "an official": "official",
        "Ana Paz, the trade minister": "Ana Paz", "the head of the Customs Service, Ana Paz": "Ana Paz", "Mr. Paz": "Mr. Paz",
        "the National Bureau of Statistics (NBS)": "Bureau of Statistics", "H.E. Ana Paz": "Ana Paz", "Dr. J. Paz": "J. Paz",
        "the U.S. Census Bureau": "U.S. Census Bureau", "Statistics Norway": "Statistics Norway",
        "the Ministry of Commerce, Industry and Trade": "Ministry of Commerce, Industry and Trade", "Reuters": "Reuters",
        "Kenya's ambassador in Rome": "ambassador in Rome", "Ana Paz, whose firm sells 4,000 tonnes a year": "Ana Paz",
    },
    "es": {
        "Ana Paz": "Ana Paz", "el ministerio de Hacienda": "ministerio de Hacienda", "la ministra Ana Paz": "Ana Paz",
        "el Instituto Nacional de Estadística (INE)": "Instituto Nacional", "la Dra. Ana Paz": "Ana Paz", "el Sr. Paz": "Sr. Paz",
        "la Secretaría de Industria, Comercio y Turismo": "Secretaría de Industria, Comercio y Turismo", "la CEPAL": "CEPAL",
        "Ana Paz, directora de la cámara": "Ana Paz", "el embajador de Chile en Lima, Luis Ro": "Luis Ro", "Reuters": "Reuters",
        "el presidente de la patronal, Luis Ro": "Luis Ro", "fuentes oficiales": "fuentes oficiales", "Prom Perú": "Prom Perú",
    },
}  # fmt: skip
PLACES = {
    "en": [
        "{who} said {said}.", "{who} told reporters on Tuesday that {said}.", "{said}, {who} said.", "“{said},” {who} said.",
        "{said}, according to {who}.", "According to {who}, {said}.", "Speaking in Rome, {who} said {said}.",
        "As reported by {who}, {said}.",
        "{who} was quoted as saying that {said}.", "{who} pointed out that {said}.",
    ],
    "es": [
        "{who} dijo que {said}.", "{said}, dijo {who}.", "{said}, informó este lunes {who}.", "Según {who}, {said}.",
        "{said}, de acuerdo con {who}.", "{who} dio a conocer que {said}.", "{said}, así lo informó {who}.", "A juicio de {who}, {said}.",
        "{said}, ha detallado {who}.", "Así lo señaló {who}: {said}.",
    ],
}  # fmt: skip
OFFICES = {
    "en": [
        "the Customs Service", "Eurostat", "the Bureau of Statistics (BS)", "UN Comtrade", "Statistics Norway", "the U.S. Census Bureau",
        "the Ministry of Commerce, Industry and Trade",
    ],
    "es": ["Aduanas", "la Cámara de Comercio", "la Secretaría de Industria, Comercio y Turismo", "la CEPAL"],
}  # fmt: skip
DATA = {
    "en": [
        "Data from {who} show that {said}.", "{said}, data from {who} showed.", "Figures published on Monday by {who} showed {said}.",
        "{said}, based on data from {who}.", "{said}, per {who}.", "Statistics compiled by {who} show {said}.", "{said} (data from {who}).",
        "The numbers, released by {who}, show that {said}.", "{said}, says a report by {who}.", "{said}, with reference to {who}.",
        "According to figures released last week by {who}, {said}.", "{said}, according to data that were published by {who}.",
    ],
    "es": [
        "Datos de {who} muestran que {said}.", "{said}, según datos publicados este lunes por {who}.", "{said} (datos de {who}).",
        "{said}, con base en cifras de {who}.", "{said}, según las cifras que publicó {who}.", "{said}, citando a {who}.",
        "Según el informe difundido por {who}, {said}.", "{said}, según los datos dados a conocer este jueves por {who}.",
    ],
}  # fmt: skip


def sources(text: str, language: str) -> list[str]:
    return [credit.source for credit in find_credits(text[:1].upper() + text[1:], language)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_speaker_at_every_place(language: str) -> None:
    for (who, core), place in product(WHO[language].items(), PLACES[language]):
        described = "," in who and not re.search(r", \w+ (?:and|y) ", who)
        comma = "," if described and re.search(r"{who} \w", place) else ""
        text = place.format(who=who + comma, said=SAID[language])
        found = sources(text, language)
        assert len(found) == 1, (text, found)
        assert core.casefold() in found[0].casefold(), (text, found)


@pytest.mark.parametrize("language", ["en", "es"])
def test_data_are_those_of_their_office(language: str) -> None:
    for who, place in product(OFFICES[language], DATA[language]):
        text = place.format(who=who, said=SAID[language])
        core = who.removeprefix("the ").partition(" (")[0]
        assert any(core in source for source in sources(text, language)), (text, sources(text, language))


@pytest.mark.parametrize(
    "verb",
    [
        "mencionó",
        "acotó",
        "especificó",
        "comunicó",
        "notificó",
        "prosiguió",
        "ha_destacado",
        "ha_subrayado",
        "ha_detallado",
        "ha_expuesto",
        "ha_mencionado",
        "había_indicado",
    ],
)
def test_spanish_verbs_before_and_behind(verb: str) -> None:
    verb = verb.replace("_", " ")
    for text in (
        f"Ana Paz {verb} que {SAID['es']}.",
        f"{SAID['es']}, {verb} Ana Paz.",
        f"“{SAID['es']}”, {verb} Ana Paz.",
    ):
        assert sources(text, "es") == ["Ana Paz"], text


@pytest.mark.parametrize(
    "verb", ["specified", "clarified", "affirmed", "elaborated", "communicated", "detailed", "outlined", "posted"]
)
def test_english_verbs_before_and_behind(verb: str) -> None:
    for text in (f"Ana Paz {verb} that {SAID['en']}.", f"“{SAID['en']},” {verb} Ana Paz."):
        assert sources(text, "en") == ["Ana Paz"], text


@pytest.mark.parametrize(
    ("language", "text", "speakers"),
    [
        ("en", "According to the ministry, exports rose 4% in 2020, while the bank said imports fell 3%.", ["the ministry", "the bank"]),
        ("en", "The ministry said exports rose 4%, but the bank put the rise at 6%.", ["The ministry", "the bank"]),
        ("en", "The minister said exports rose 4%, while imports fell 3%, according to the bank.", ["The minister", "the bank"]),
        ("en", "Exports rose 4%, the ministry said, and imports fell 3%, according to the bank.", ["the ministry", "the bank"]),
        ("en", "Exports rose 4% in 2020, the ministry said, adding that imports fell 3%.", ["the ministry"] * 2),
        ("en", "Although exports rose 4% in 2020, the ministry said the year was poor.", [""]),
        ("en", "While exports rose 4% in 2020, the ministry said that imports fell 3%.", ["", "the ministry"]),
        ("en", "Despite a rise of 4% in 2020, the ministry said the year was poor.", [""]),
        ("en", "‘Exports rose 4% in 2020. Imports fell 3%,’ Ana Paz said.", ["Ana Paz"] * 2),
        ("en", "Minister Paz said: ‘There are many links. In 2016, exports reached €980 million.’", ["Minister Paz"]),
        ("en", "Ana Paz said: 'Exports rose 4% in 2020. Imports fell 3%.' The 'Ring' grew 2%.", ["Ana Paz", "Ana Paz", ""]),
        ("en", "The country recorded exports of $4 million.", [""]),
        ("en", "The exporters’ association, Afrex, reported exports of $4 million.", ["The exporters’ association, Afrex"]),
        ("es", "Según el ministerio, las ventas subieron 4 % en 2020, mientras que el banco dijo que las compras cayeron 3 %.",
         ["el ministerio", "el banco"]),
        ("es", "Aunque las ventas subieron 4 % en 2020, el ministerio dijo que el año fue malo.", [""]),
        ("es", "Las ventas subieron 4 % en 2020, dijo Ana Paz, y agregó que las compras cayeron 3 %.", ["Ana Paz"] * 2),
    ],
)  # fmt: skip
def test_each_figure_has_its_own_speaker(language: str, text: str, speakers: list[str]) -> None:
    rows = [row.as_row() for row in draft_claims(Article("", text, "2021-06-01", language), "N1").rows]
    assert [row["attributed_to"] for row in rows if row["value"]] == speakers


def test_a_day_may_stand_between_a_verb_and_what_it_says():
    for day in ("today", "today, Tuesday", "on Monday"):
        text = f"Data from the customs office showed {day}, an increase in trade to $4m in 2020."
        assert [c.source for c in find_credits(text, "en")] in (
            ["Data from the customs office"],
            ["the customs office"],
        )


def test_what_is_counted_credits_nothing():
    for what in ("The population of Egypt", "The price of tea", "The number of visits"):
        assert find_credits(f"{what} recorded 105 million in 2020.", "en") == []
