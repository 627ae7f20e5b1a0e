"""What happened over whole kinds of sentence: acts of every kind, before and behind days told in every way."""

from __future__ import annotations

from itertools import product

import pytest

from detente.record.draft.language.dates import find_dates
from detente.record.draft.language.happenings import happenings

TODAY = "2021-05-14"  # a Friday
DAYS = {
    "en": {
        "on Monday": "2021-05-10", "on 3 March 2021": "2021-03-03",
        "last month": "2021-04", "yesterday": "2021-05-13", "in 2019": "2019",
        "two days ago": "2021-05-12", "last week": "2021-05-03/2021-05-09", "on Tuesday, May 11": "2021-05-11",
        "in March last year": "2020-03",
        "on May 3": "2021-05-03", "late last month": "2021-04", "last Monday": "2021-05-10",
    },
    "es": {
        "el lunes": "2021-05-10", "el pasado lunes": "2021-05-10", "ayer": "2021-05-13", "la semana pasada": "2021-05-03/2021-05-09",
        "el 3 de marzo de 2021": "2021-03-03", "en marzo": "2021-03", "hace dos días": "2021-05-12", "en 2019": "2019",
        "el pasado 3 de mayo": "2021-05-03", "este martes": "2021-05-11", "el mes pasado": "2021-04",
    },
}  # fmt: skip
ACTS = {
    "en": {
        "Kenya closed its border with Somalia": "border closure+", "Kenya reopened the border": "border opening-",
        "Kenya imposed a 10% tariff on goods": "trade restriction+", "Tariffs on steel went into effect": "trade restriction+",
        "The ban on onion exports came into force": "trade restriction+", "Kenya banned tomatoes": "trade restriction+",
        "The ban was reversed": "trade restriction-", "Kenya resumed imports of beef": "trade restriction-",
        "Kenya launched an anti-dumping investigation": "trade restriction+", "The free trade agreement entered into force": "agreement-",
        "The two countries signed a document": "agreement-", "Mexico and Chile renewed their agreement": "agreement-",
        "Kenya withdrew from the pact": "agreement+", "Kenya announced its withdrawal from the initiative": "agreement+",
        "Talks on a free trade deal were launched": "agreement-", "Kenya shut its embassy": "diplomatic break+",
        "Kenya established diplomatic relations with Somalia": "reconciliation-", "Gas supplies began": "energy cooperation-",
        "Russia halted gas deliveries": "energy cut+", "The bridge became operational": "infrastructure-",
        "Kenya scrapped visas for Somalis": "migration policy-", "The ministry announced the closure of the border": "border closure+",
        "The signing of the agreement took place": "agreement-",
    },
    "es": {
        "Kenia cerró su frontera con Somalia": "border closure+", "El arancel entró en vigor": "trade restriction+",
        "Kenia prohibió la importación de leche": "trade restriction+", "El tratado de libre comercio entró en vigor": "agreement-",
        "Los países suscribieron un memorando": "agreement-", "La firma del acuerdo tuvo lugar": "agreement-",
        "El ministerio anunció el cierre de la frontera": "border closure+", "Kenia rompió relaciones con Somalia": "diplomatic break+",
        "Kenia abrió una investigación antidumping": "trade restriction+", "Se reanudaron las importaciones de carne": "trade restriction-",
        "Perú exigió visas a los chilenos": "migration policy+",
    },
}  # fmt: skip
PLACES = {
    "en": ["{act} {day}.", "{Day}, {act}.", "{act} {day}, and trade fell."],
    "es": ["{act} {day}.", "{Day}, {act}.", "{act} {day}, y el comercio cayó."],
}


def told(text: str, language: str) -> list[str]:
    found = happenings(text, 0, len(text), find_dates(text, language, TODAY), language, TODAY)
    return [f"{one.date.date} {one.kind}{one.direction}" for one in found]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_act_on_every_day(language: str) -> None:
    missed = []
    cases = list(product(ACTS[language].items(), DAYS[language].items(), PLACES[language]))
    for (act, kind), (day, date), place in cases:
        later = (
            act[0].lower() + act[1:]
            if act.split()[0] in ("The", "El", "La", "Los", "Se", "Tariffs", "Gas", "Talks")
            else act
        )
        text = place.format(act=later if place.startswith("{Day}") else act, day=day, Day=day[0].upper() + day[1:])
        if f"{date} {kind}" not in told(text, language):
            missed.append((text, told(text, language)))
    assert len(missed) <= len(cases) / 100, missed


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("The treaty was renewed in 2002, 2008, and 2013.", ["2002 agreement-", "2008 agreement-", "2013 agreement-"]),
        ("The ban, introduced in 2019, was reversed in two stages — the first in December 2020 and the second in April 2021.",
         ["2019 trade restriction+", "2020-12 trade restriction-", "2021-04 trade restriction-"]),
        ("The border, closed in February 2019, reopened for trucks in April 2021.", ["2019-02 border closure+", "2021-04 border opening-"]),
        ("Trade fell after the closure of the border in August 2019.", ["2019-08 border closure+"]),
        ("The 2018 closure of the border hurt.", ["2018 border closure+"]),
        ("In March, restrictions on milk, butter, cheese, eggs, maize, wheat, rice and other foods of the country were removed.",
         ["2021-03 trade restriction-"]),
        ("April 2, 2021: Peru imposes a tariff of 4% on Chilean goods.", ["2021-04-02 trade restriction+"]),
        ("On July 6, 2020, Peru lifts the ban.", ["2020-07-06 trade restriction-"]),
        ("Kenya called for the closure of the border in 2019.", []),
        ("The tariff imposes a cost in 2020.", []),
        ("After the closure of the border, trade fell by 4% of its value in 2021.", []),
    ],
)  # fmt: skip
def test_lists_nouns_and_the_historic_present(text: str, events: list[str]) -> None:
    assert told(text, "en") == events


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        ("Peru made the decision on August 21 to close the border with Chile.", "2015-09-01", ("border closure", "+", "2015-08-21")),
        ("Peru decided on August 21 to suspend imports of beef from Chile.", "2015-09-01", ("trade restriction", "+", "2015-08-21")),
        ("The suspension took effect Tuesday, Feb. 17.", "2026-02-19", ("trade restriction", "+", "2026-02-17")),
        ("Peru on Wednesday signed a power agreement that will bring 20 MW from Chile by the end of May 2019.", "2018-08-10",
         ("agreement", "-", "2018-08-08")),
    ],
)  # fmt: skip
def test_what_was_decided_took_effect_or_was_signed_has_its_day(text, published, expected):
    dates = find_dates(text, "en", published)
    found = [(h.kind, h.direction, h.date.date) for h in happenings(text, 0, len(text), dates, "en", published)]
    assert expected in found


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("20 de diciembre de 2020: Perú expulsa al embajador de Chile.", ["2020-12-20 diplomatic break+"]),
        ("El 6 de julio de 2020, Perú cierra la frontera con Chile.", ["2020-07-06 border closure+"]),
        ("1º de marzo de 2020 – Perú y Chile restablecen relaciones.", ["2020-03-01 reconciliation-"]),
        ("6 de julio de 2020: Perú suspende los vuelos a Chile.", ["2020-07-06 air service+"]),
        ("El embajador que Perú retira cada año volvió el 6 de julio de 2020.", []),
    ],
)  # fmt: skip
def test_the_historic_present_is_read_in_spanish_too(text: str, events: list[str]) -> None:
    assert told(text, "es") == events
