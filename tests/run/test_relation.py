"""The tables of the relation: strips by month, and recognition with conflicting counts kept."""

from __future__ import annotations

import polars as pl
import pytest

from detente.panel import world
from detente.run.further.relation import RECOGNITION, STRIPS, recognition, relation_strips
from detente.run.trade import timeline
from detente.study import open_study


def test_recognition_keeps_every_count_and_every_spell():
    ledger = open_study("colombia-venezuela").ledger()
    found = recognition(ledger.events, ledger.figures)
    assert found.columns == list(RECOGNITION.names)
    counts = found.filter(kind="count", what="recognition.states_guaido")
    assert set(counts["states"]) == {
        40,
        50,
        57,
        60,
    }  # 40 and more, 50 and more (twice), a list of 57, and the article's
    assert counts.height == 5
    assert counts["source_ids"].null_count() == 0
    spells = found.filter(what="recognition.government").sort("date")
    assert spells["value"].to_list() == ["incumbent", "none", "guaido", "incumbent"]
    assert spells["date"].to_list()[2] == "2019-01-23"
    assert spells.row(2, named=True)["until"] == "2022-08-27"


def test_the_articles_claims_on_recognition_are_decided():
    verdicts = open_study("colombia-venezuela").ledger().verdicts()
    frame = verdicts if isinstance(verdicts, pl.DataFrame) else verdicts.to_frame()
    found = dict(frame.select("claim_id", "verdict").iter_rows())
    for claim in ("S0-13", "S0-14", "S4-7.3", "S4-13", "S4-14.1", "S4-14.2"):
        assert found[claim] not in ("not checkable", "outcome pending"), claim


def test_strips_begin_where_a_strip_is_known_and_end_with_the_record():
    events = open_study("colombia-venezuela").ledger().events
    found = relation_strips(events)
    assert found.columns == list(STRIPS.names)
    assert found["month"][0] < "2004"
    assert found["month"][-1] >= "2026-01"
    told = found.select(pl.any_horizontal(pl.col("diplomatic", "border", "mobility", "economic").is_not_null()))
    assert told.to_series().all()


def test_a_record_without_events_has_empty_tables():
    ledger = open_study("colombia-venezuela").ledger()
    assert relation_strips(ledger.events.clear()).is_empty()
    assert recognition(ledger.events.clear(), ledger.figures.clear()).is_empty()


def test_one_preferred_figure_leaves_the_panel_s_line_for_the_other_years():
    panel = world().only([2008, 2009, 2010])
    figures = pl.DataFrame({
        "series": ["trade.total"], "unit": ["usd_mn"], "period": ["2010"], "value": [930.0], "basis": ["unspecified"],
        "status": ["reported"], "source_id": ["S"], "preferred": ["1"],
    })  # fmt: skip
    drawn = timeline(figures, panel, "KEN", "TZA").filter(pl.col("flow") == "total", pl.col("preferred"))
    assert drawn.select("year", "source_id").rows() == [(2008, "panel"), (2009, "panel"), (2010, "S")]


@pytest.mark.oracle
@pytest.mark.shared
@pytest.mark.parametrize(
    ("study", "months", "correlation"),
    [("india-pakistan", 61, 0.06), ("qatar-saudi-arabia", 74, 0.55), ("algeria-morocco", 74, 0.49)],
)
def test_the_index_beside_gdelt_is_as_the_docs_say(shared_data, study, months, correlation):
    """docs/people.md: rank correlation of the index with GDELT's score a day; none for India and Pakistan."""
    opened = open_study(study)
    a, b = sorted(opened.spec.dyad)
    gdelt = pl.read_parquet(shared_data / "gdelt/dyad_month_2018_2024.parquet").filter(a=a, b=b)
    both = relation_strips(opened.ledger().events).join(gdelt, on="month").drop_nulls("index")
    assert both.height == months
    score = both.with_columns(score=pl.col("score_sum") / pl.col("days"))
    assert score.select(pl.corr("index", "score", method="spearman")).item() == pytest.approx(correlation, abs=0.02)
