"""The two articles beside each other, against the pairs that reading found."""

from __future__ import annotations

from importlib.resources import files

import pytest

from detente.record import Ledger


@pytest.fixture(scope="module")
def table():
    ledger = Ledger.read(str(files("detente").joinpath("studies/colombia_venezuela/record")))
    return ledger.compare_articles("S0", "S4")


def relation(table, a: str, b: str) -> str:
    return table.filter((table["claim_a"] == a) & (table["claim_b"] == b))["relation"].item()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("S0-20", "S4-2.1", "agree"),  # US$7.2bn in both
        ("S0-2", "S4-12", "agree"),  # about three years; three years
        ("S0-14", "S4-14.1", "differ in precision"),  # dozens; sixty
        ("S0-15", "S4-15", "agree"),
        ("S0-18", "S4-10a.1", "differ in precision"),  # in September; later in September
        ("S0-13", "S4-7.3", "complement"),
    ],
)
def test_pairs_that_reading_found(table, a, b, expected):
    assert relation(table, a, b) == expected


def test_the_articles_do_not_contradict_each_other(table):
    assert "contradict" not in set(table["relation"])


def test_every_claim_but_those_on_form_stands_somewhere(table):
    seen = set(table["claim_a"]) | set(table["claim_b"])
    assert {"S0-21", "S0-7.1", "S4-16", "S4-27.1"} <= seen
    only = table.filter(table["relation"] == "only the second")
    assert "S4-16" in set(only["claim_b"])
