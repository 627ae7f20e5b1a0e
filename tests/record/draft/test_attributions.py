from __future__ import annotations

import pytest

from detente.record.draft.language.credits import find_credits


def read(text: str, language: str = "en") -> list[str]:
    return [a.source for a in find_credits(text, language)]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The Associated Press reported that trade fell.", "The Associated Press"),
        ("Trade fell, according to the customs office.", "the customs office"),
        ('"It hurt," said Ana Paz, a driver.', "Ana Paz, a driver"),
        ("Ana Paz, the trade minister, warned of losses.", "Ana Paz, the trade minister"),
        ("On Monday the ministry said it would pay.", "the ministry"),
        ("Finance Minister Ana Ruiz, who took office in May, said so.", "Finance Minister Ana Ruiz"),
        ("The head of the customs office told reporters so.", "The head of the customs office"),
        ("Critics say the numbers are wrong.", "Critics"),
        ("Data from the statistics office show a rise.", "Data from the statistics office"),
        ("The loss, reported by the chamber, was large.", "the chamber"),
        ("The union's lawyer, quoted by the paper, said the charges were false.", "The union's lawyer"),
        ("The bank expects growth of 3%.", "The bank"),
    ],
)
def test_english_sources(text: str, source: str) -> None:
    assert read(text) == [source]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("El comercio cayó, según el ministerio de Comercio.", "el ministerio de Comercio"),
        ('"Fue duro", dijo Ana Paz, ministra de Transporte.', "Ana Paz, ministra de Transporte"),
        ("El Banco Central informó que subió.", "El Banco Central"),
        ("Cayó 4 %, informó este jueves el Instituto Nacional.", "el Instituto Nacional"),
        ("—No hay paso —afirmó el alcalde.", "el alcalde"),
        ("Las autoridades han dicho que sí.", "Las autoridades"),
        ("Su homólogo, Ramiro Leal, aseguró que no.", "Su homólogo, Ramiro Leal"),
        ('"Es poco", señaló a este diario la economista Rosa Vera.', "la economista Rosa Vera"),
    ],
)
def test_spanish_sources(text: str, source: str) -> None:
    assert read(text, "es") == [source]


@pytest.mark.parametrize(
    "text",
    [
        "She said no.",
        "It was reported on Friday.",
        "He called for calm.",
        "The member states agreed.",
        "The deal added 3% to trade.",
        "Exports expected to rise fell.",
        "Ostana recalled its ambassador.",
        "The neighbour replied in kind.",
        "The bank's estimates were high.",
    ],
)
def test_what_credits_nobody(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["Dijo que no.", "Se informó que habrá paso.", "Para ellos, el paso cuenta mucho."])
def test_what_credits_nobody_in_spanish(text: str) -> None:
    assert read(text, "es") == []


def test_the_stretch_holds_source_and_crediting_word() -> None:
    text = "Exports rose. The chamber of commerce said on Monday that all was well."
    found = find_credits(text, "en")[0]
    assert text[found.start : found.end] == found.text == "The chamber of commerce said"


def test_a_speaker_holds_no_amount() -> None:
    text = "Exports, worth $6.4 billion in 2022 by the Statistical Institute's count, fell."
    assert [c.source for c in find_credits(text, "en")] in ([], ["the Statistical Institute"])


@pytest.mark.parametrize(
    ("text", "language", "source"),
    [
        ("INAC: La cadena de carne pagó 316 millones en aranceles.", "es", ["INAC"]),
        ("Residents of Finland numbered 38,364 at end 2012 - statistics", "en", ["statistics"]),
        ('Kenya suspends exports over "corridor": minister', "en", ["minister"]),
        ("Exports fell 4% in 2020 – World Bank", "en", ["World Bank"]),
        ("Table 1: Exports rose 4% in 2020", "en", []),
        ("Opinion: Trade with Kenya is small", "en", []),
        ("Note: Exports rose 4%", "en", []),
        ("Por este motivo, el ministro de Ganadería, aseguró que son 4.000 toneladas.", "es", ["el ministro de Ganadería"]),
        ("Las ventas subieron 4 %, según informaron este jueves fuentes oficiales.", "es", ["fuentes oficiales"]),
        ("The Statistics Agency Bulletin for October 2022 has revealed that trade fell.", "en", ["The Statistics Agency Bulletin"]),
        ("The Bulletin outlines that exports rose 4%.", "en", ["The Bulletin"]),
        ("Exports rose 4%, according to information reported by ERR.", "en", ["ERR"]),
        ("WAEMU: Trade has halved since 2017 (BCEAO)", "en", ["BCEAO"]),
        ("Zarrabi, said that exports rose 67%.", "en", ["Zarrabi"]),
        ("Recently, said the bank, exports rose.", "en", ["the bank"]),
        ("According to the COMTRADE database on international trade, exports rose.", "en",
         ["the COMTRADE database on international trade"]),
        ("It appears from figures of the statistics agency that trade fell.", "en", ["figures of the statistics agency"]),
    ],
)  # fmt: skip
def test_headlines_and_loose_commas(text: str, language: str, source: list[str]) -> None:
    assert read(text, language) == source
