"""What rests on a row: everything that would change with it, and nothing else."""

from __future__ import annotations

from detente.record.references import Resting, resting_on


def test_a_figure_decides_claims_and_a_source_carries_figures(small):
    ledger = small.ledger(figures=[{}, {"period": "2020"}], claims=[small.quantity("100"), small.quantity("50")])
    verdicts = ledger.verdicts()
    on_figure = resting_on(ledger, verdicts, "figures", "T1")
    assert [(r.how, r.id, r.verdict) for r in on_figure] == [
        ("evidence", "C1", "confirmed"),
        ("evidence", "C2", "contradicted"),
    ]
    assert resting_on(ledger, verdicts, "figures", "T2") == ()
    on_office = resting_on(ledger, verdicts, "sources", "office")
    assert [(r.how, r.table, r.id) for r in on_office] == [
        ("evidence", "claims", "C1"), ("evidence", "claims", "C2"), ("named", "figures", "T1"), ("named", "figures", "T2"),
    ]  # fmt: skip
    assert on_office[2].what == "trade.total 2021: 100 usd_mn"
    on_story = resting_on(ledger, verdicts, "sources", "story")
    assert [(r.how, r.id) for r in on_story] == [("named", "C1"), ("named", "C2")]


def test_an_event_carries_its_states_and_the_claims_that_name_it(small):
    claim = {"type": "event", "claim": "The bridge was closed", "date": "2020-03", "test": "event", "target": "E1"}
    ledger = small.ledger(events=[{"sets": "border.goods@bridge=closed"}, {"date": "2021-01-01"}], claims=[claim])
    found = resting_on(ledger, ledger.verdicts(), "events", "E1")
    assert found == (
        Resting("evidence", "claims", "C1", "The bridge was closed", "confirmed"),
        Resting("state", "states", "border.goods@bridge", "closed from 2020-03-02"),
    )
    assert resting_on(ledger, ledger.verdicts(), "events", "E2") == ()


def test_an_id_inside_a_longer_one_is_not_meant(small):
    ledger = small.ledger(
        figures=[{"figure_id": "T10"}, {"figure_id": "T1", "period": "2019"}], claims=[small.quantity("100")]
    )
    assert resting_on(ledger, ledger.verdicts(), "figures", "T1") == ()
