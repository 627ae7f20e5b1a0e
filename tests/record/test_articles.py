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


def test_changes_over_different_years_are_not_set_against_each_other(tmp_path):
    (tmp_path / "sources.csv").write_text("source_id,title,publisher,date,kind\nA,a,A,2024,press\nB,b,B,2024,press\n")
    (tmp_path / "events.csv").write_text("event_id,date,title,kind,direction,source_ids\n")
    (tmp_path / "series.csv").write_text("figure_id,series,period,value,unit,basis,kind,status,source_id\n"
                                         "F,trade.total,2016,1,usd_mn,-,flow,reported,A\n")  # fmt: skip
    head = "claim_id,source_id,claim,type,date,value,unit,state,test,target,options,why_not\n"
    rows = [
        f"{name},{source},c,quantity,,,,{way},change,trade.total,from={start};to={end};measure=direction,\n"
        for name, source, way, start, end in (
            ("A1", "A", "down", 2016, 2019), ("B1", "B", "up", 2021, 2023), ("B2", "B", "up", 2016, 2019),
        )
    ]  # fmt: skip
    (tmp_path / "claims.csv").write_text(head + "".join(rows))
    table = Ledger.read(tmp_path).compare_articles("A", "B")
    pairs = table.filter(table["claim_a"] == "A1", table["claim_b"] != "").select("claim_b", "relation")
    assert pairs.rows() == [("B2", "contradict")]
