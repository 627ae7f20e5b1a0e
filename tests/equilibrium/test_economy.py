"""The baseline: what it takes, and how it says no."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from detente.equilibrium import Economy, internal_trade, solve
from detente.errors import (
    AmbiguousColumn,
    DataError,
    DuplicateRows,
    EmptySample,
    InvalidFlow,
    MissingInternalTrade,
    SpecificationError,
    UnbalancedAccounts,
    UnknownColumn,
    UnknownEconomy,
    UnreadableFile,
)

ROWS = {
    "exporter": ["COL", "COL", "VEN", "VEN"],
    "importer": ["COL", "VEN", "COL", "VEN"],
    "trade": [90.0, 2.0, 1.0, 50.0],
}


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame, pa.table])
def test_any_frame_gives_the_same_economy(make):
    eco = Economy.from_flows(make(ROWS))
    assert eco.economies == ("COL", "VEN")
    np.testing.assert_array_equal(eco.flows, [[90, 2], [1, 50]])
    assert type(eco.to_frame()) is type(make(ROWS))
    assert type(solve(eco, {}).to_frame("flows")) is type(make(ROWS))


def test_csv_and_parquet_paths(tmp_path):
    pl.DataFrame(ROWS).write_csv(tmp_path / "flows.csv")
    pl.DataFrame(ROWS).write_parquet(tmp_path / "flows.parquet")
    for name in ("flows.csv", "flows.parquet"):
        assert Economy.from_flows(tmp_path / name).flow("COL", "VEN") == 2.0


def test_units_are_converted_or_kept_as_a_label():
    kusd = pl.DataFrame(ROWS).rename({"trade": "value_kusd"})
    assert Economy.from_flows(kusd).flow("COL", "VEN") == pytest.approx(0.002)
    assert Economy.from_flows(pl.DataFrame(ROWS), unit="usd_bn").flow("COL", "VEN") == 2000.0
    assert Economy.from_flows(pl.DataFrame(ROWS), unit="gbp").unit == "gbp"
    with pytest.raises(SpecificationError, match="usd_mn"):
        Economy.from_flows(pl.DataFrame(ROWS), unit="usd_m")


def test_several_years_need_a_choice():
    two = pl.concat([pl.DataFrame(ROWS).with_columns(year=pl.lit(y)) for y in (2000, 2001)])
    with pytest.raises(EmptySample, match="year=2001"):
        Economy.from_flows(two)
    assert Economy.from_flows(two, year=2000).year == 2000
    with pytest.raises(EmptySample, match="no rows for year 1990"):
        Economy.from_flows(two, year=1990)


def test_absent_dyads_are_counted_and_missing_values_refused():
    three = {k: v[:] for k, v in ROWS.items()}
    for key, more in zip(three, (["ROW", "ROW", "COL"], ["ROW", "COL", "ROW"], [900.0, 9.0, 8.0])):
        three[key] += more
    eco = Economy.from_flows(pl.DataFrame(three))
    assert eco.n_filled == 2
    assert "2 absent dyads" in repr(eco)
    three["trade"][1] = None
    with pytest.raises(InvalidFlow, match="COL -> VEN"):
        Economy.from_flows(pl.DataFrame(three))


def test_columns_that_cannot_be_resolved():
    with pytest.raises(AmbiguousColumn, match="origin"):
        Economy.from_flows(pl.DataFrame(ROWS).with_columns(iso_o=pl.col("exporter")))
    with pytest.raises(UnknownColumn, match="importer"):
        Economy.from_flows(pl.DataFrame(ROWS), destination="importr")
    with pytest.raises(UnknownColumn, match="value"):
        Economy.from_flows(pl.DataFrame(ROWS).rename({"trade": "x"}))


def test_rows_that_cannot_stand():
    with pytest.raises(DuplicateRows, match="COL -> COL"):
        Economy.from_flows(pl.concat([pl.DataFrame(ROWS), pl.DataFrame(ROWS)[:1]]))
    with pytest.raises(DataError, match="numbers are needed"):
        Economy.from_flows(pl.DataFrame({**ROWS, "trade": ["a", "b", "c", "d"]}))
    with pytest.raises(EmptySample):
        Economy.from_flows(pl.DataFrame(ROWS)[:0])
    with pytest.raises(EmptySample):
        Economy.from_flows(pl.DataFrame(ROWS), drop=["COL", "VEN"])
    with pytest.raises(UnreadableFile):
        Economy.from_flows("nowhere.csv")
    with pytest.raises(DataError):
        Economy.from_flows([1, 2, 3])


@pytest.mark.parametrize(
    ("flows", "error", "named"),
    [
        ([[0.0, 2.0], [1.0, 50.0]], MissingInternalTrade, "A"),
        ([[90.0, 2.0], [0.0, 50.0]], UnbalancedAccounts, "no imports for A"),
        ([[90.0, 0.0], [1.0, 50.0]], UnbalancedAccounts, "no imports for B"),
        ([[0.0, 0.0], [1.0, 50.0]], UnbalancedAccounts, "Output is zero for A"),
        ([[90.0, -2.0], [1.0, 50.0]], InvalidFlow, "A -> B"),
        ([[90.0, np.nan], [1.0, 50.0]], InvalidFlow, "A -> B"),
        ([[90.0, 2.0]], UnbalancedAccounts, "2 x 2"),
    ],
)
def test_accounts_that_cannot_stand_name_the_economy(flows, error, named):
    with pytest.raises(error, match=named):
        Economy.from_arrays(["A", "B"], flows)


@pytest.mark.parametrize("flows", [[["a", 1.0], [1.0, 1.0]], [[1.0], [1.0, 2.0]], object()])
def test_what_is_no_array_of_numbers_is_refused(flows):
    with pytest.raises(InvalidFlow, match="flows cannot be read as numbers"):
        Economy.from_arrays(["A", "B"], flows)
    with pytest.raises(InvalidFlow, match="gdp"):
        internal_trade(["x"], [1.0])


def test_totals_given_are_checked_with_the_gap():
    flows = [[90.0, 2.0], [1.0, 50.0]]
    Economy.from_arrays(["A", "B"], flows, output={"A": 92.0}, expenditure={"B": 52.0})
    with pytest.raises(UnbalancedAccounts, match="A by 8"):
        Economy.from_arrays(["A", "B"], flows, output={"A": 100.0})


def test_unknown_economy_is_told_what_is_close():
    eco = Economy.from_arrays(["COL", "VEN"], [[90.0, 2.0], [1.0, 50.0]])
    with pytest.raises(UnknownEconomy, match="Did you mean 'COL'"):
        eco.flow("COLO", "VEN")


def test_arrays_are_read_only():
    eco = Economy.from_arrays(["COL", "VEN"], [[90.0, 2.0], [1.0, 50.0]])
    with pytest.raises(ValueError, match="read-only"):
        eco.flows[0, 0] = 1.0


def test_internal_trade_names_the_economy_and_the_ratio_it_needs():
    np.testing.assert_allclose(internal_trade([100.0, 50.0], [30.0, 60.0], ratio=2.0), [170.0, 40.0])
    with pytest.raises(MissingInternalTrade, match=r"SGP \(needs a ratio above 1\.200\)"):
        internal_trade([100.0, 50.0], [30.0, 60.0], economies=["COL", "SGP"])
    with pytest.raises(UnbalancedAccounts, match="GDP of VEN"):
        internal_trade([100.0, np.nan], [30.0, 60.0], economies=["COL", "VEN"])
    with pytest.raises(UnbalancedAccounts, match="length"):
        internal_trade([100.0], [30.0, 60.0])


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_a_square_table_with_labels_is_read(tmp_path, order):
    """First column origins, the others destinations, in any order."""
    import polars as pl

    codes = ["COL", "VEN", "ROW"]
    flows = np.array([[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    wide = pl.DataFrame({"country": codes, **{codes[k]: flows[:, k] for k in order}})
    wide.write_csv(tmp_path / "wide.csv")
    for source in (wide, wide.to_pandas(), tmp_path / "wide.csv"):
        eco = Economy.from_flows(source)
        assert eco.flow("COL", "ROW") == 8.0
        assert eco.flow("ROW", "COL") == 9.0
        assert len(eco) == 3


@pytest.mark.parametrize("name", ["flows.dta", "flows.dlm", "flows.txt", "itpd.csv"])
def test_files_that_people_have_are_read(tmp_path, name):
    """Stata's, a delimited one, and the column names of ITPD-E."""
    import polars as pl

    frame = pl.DataFrame(
        {"iso_o": ["A", "A", "B", "B"], "iso_d": ["A", "B", "A", "B"], "flow": [9.0, 1.0, 2.0, 8.0], "year": [2006] * 4}
    )
    path = tmp_path / name
    if name.endswith("dta"):
        frame.to_pandas().to_stata(path, write_index=False)
    elif name.endswith("csv"):
        names = {"iso_o": "exporter_iso3", "iso_d": "importer_iso3", "flow": "trade"}
        frame.rename(names).write_csv(path)
    else:
        frame.write_csv(path, separator=";" if name.endswith("txt") else ",")
    eco = Economy.from_flows(path)
    assert eco.flow("A", "B") == 1.0
    assert eco.year == 2006


def test_an_economy_whose_rows_are_all_gone_is_missed_where_it_is_expected():
    """gegravity's issue 13: thirty rows dropped unnoticed, and 29 economies solved."""
    import polars as pl

    frame = pl.DataFrame(
        {"origin": ["A", "A", "B", "B"], "destination": ["A", "B", "A", "B"], "value": [9.0, 1.0, 2.0, 8.0]}
    )
    assert len(Economy.from_flows(frame, expected=["A", "B"])) == 2
    with pytest.raises(UnknownEconomy, match="no row of ZAF"):
        Economy.from_flows(frame, expected=["A", "B", "ZAF"])
