"""Which event a claim speaks of: opposites in further words, and who did it under any of their names."""

from __future__ import annotations

import pytest

CLAIM = {"type": "event", "test": "event", "target": "E1", "date": "2020-03"}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The ambassador was expelled", "The ambassador returns"),
        ("The duty was raised on cars", "The duty on cars is lowered"),
        ("Kenya banned maize from Uganda", "Kenya allows maize from Uganda again"),
        ("They signed the treaty", "They withdraw from the treaty"),
        ("Troops withdrew from the border", "Troops deploy to the border"),
        ("Gas deliveries were cut off", "Gas deliveries restart"),
        ("The tariff was cut", "The tariff is increased"),
        ("The visa ban was scrapped", "Visa ban introduced"),
        ("Se firmó el tratado", "Se retiran del tratado"),
        ("Subieron los aranceles al acero", "Se reducen los aranceles al acero"),
        ("Prohibieron el maíz de Uganda", "Permiten de nuevo el maíz de Uganda"),
    ],
)
def test_the_opposite_is_no_confirmation(small, text, title):
    event = {"title": title, "kind": "agreement", "direction": "0"}
    for said, told in ((text, title), (title, text)):
        given = small.verdict(CLAIM | {"claim": said}, events=[event | {"title": told}])
        assert given.verdict == "contradicted"
    assert small.verdict(CLAIM | {"claim": text}, events=[event | {"title": text}]).verdict == "confirmed"


def test_less_of_the_goods_is_not_less_of_the_duty(small):
    event = {"title": "Kenya raises the duty on maize", "kind": "trade restriction"}
    assert small.verdict(CLAIM | {"claim": "Kenya cut its maize imports"}, events=[event]).verdict == "confirmed"


@pytest.mark.parametrize(
    ("actor", "on_record"),
    [
        ("Ana Rojas", "Ana Rojas Moros"),
        ("Ana Rojas Moros", "Ána Rojas"),
        ("A. Rojas", "Ana Rojas"),
        ("President Rojas", "Ana Rojas"),
        ("Kenya", "KEN"),
        ("KEN", "Kenya"),
        ("Estados Unidos", "USA"),
        ("the United States", "USA"),
        ("the United Nations", "UN"),
        ("UNHCR", "ACNUR"),
        ("Foreign Ministry", "Ministry of Foreign Affairs"),
        ("ABC", "Association of Border Communities"),
    ],
)
def test_one_actor_under_two_names(small, actor, on_record):
    given = small.verdict(
        CLAIM | {"claim": "The bridge was closed", "options": f"actor={actor}"}, events=[{"actors": on_record}]
    )
    assert given.verdict == "confirmed"


@pytest.mark.parametrize(
    ("actor", "on_record", "verdict"),
    [
        ("Uganda", "KEN", "contradicted"),
        ("Berta Flores", "Ana Rojas", "contradicted"),
        ("B. Rojas", "Ana Rojas", "contradicted"),
        ("President Flores", "Ana Rojas", "contradicted"),
        ("UNHCR", "WHO", "contradicted"),
        ("Ana Rojas", "KEN", "not checkable"),
    ],
)
def test_two_actors(small, actor, on_record, verdict):
    given = small.verdict(
        CLAIM | {"claim": "The bridge was closed", "options": f"actor={actor}"}, events=[{"actors": on_record}]
    )
    assert given.verdict == verdict
