"""`complete` adds zeros where rows are absent, and says how many."""

import pandas as pd
import polars as pl
import pytest

import detente as dt
from detente.errors import DuplicateRows

FLOWS = pl.DataFrame(
    {"exporter": ["A", "B", "C"], "importer": ["B", "C", "A"], "year": [1, 1, 2], "trade": [1.0, None, 2.0]}
)


def test_every_dyad_and_year_gets_a_row_and_the_missing_flow_stays_missing():
    done = dt.complete(FLOWS)
    frame = done.to_frame()
    assert (done.n_rows, done.n_added, frame.height) == (3, 9, 12)
    assert frame["trade"].null_count() == 1
    assert frame["trade"].sum() == 3.0
    assert (frame["exporter"] != frame["importer"]).all()


def test_internal_trade_is_completed_where_there_is_any():
    home = pl.DataFrame({"exporter": ["A"], "importer": ["A"], "year": [1], "trade": [5.0]})
    assert dt.complete(pl.concat([FLOWS, home])).to_frame().height == 18
    assert dt.complete(FLOWS, internal=True).to_frame().height == 18


def test_sectors_and_kinds_of_frame():
    data = pl.concat([FLOWS.with_columns(sector=pl.lit(s)) for s in "xy"])
    assert dt.complete(data, sector="sector").n_added == 18
    assert isinstance(dt.complete(FLOWS.to_pandas()).to_frame(), pd.DataFrame)


def test_doubled_rows_are_named():
    with pytest.raises(DuplicateRows, match="A-B-1"):
        dt.complete(pl.concat([FLOWS, FLOWS]))


def test_a_completed_table_goes_straight_into_a_fit():
    flows = pl.DataFrame({"exporter": list("AABBCCDD"), "importer": list("BCACABAB"), "year": [1] * 8})
    flows = flows.with_columns(trade=pl.Series([3.0, 1, 4, 1, 5, 9, 2, 6]))
    fit = dt.fit_ppml(dt.complete(flows), "trade ~ 1 | exporter + importer")
    assert (fit.n_rows, fit.n_separated) == (12, 3)
