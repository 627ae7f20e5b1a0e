"""A panel written as a table and read again is the same panel: what is missing stays missing, what is zero stays zero."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente.panel import Panel, read_panel

CODES = ("BRA", "COL", "DEU", "USA", "VEN")
PERIODS = {"year": (2010, 2011, 2013), "quarter": (20104, 20111), "month": (201012, 201101, 201102)}
# gas, whose size nothing is compared with
CELLS = st.sampled_from([np.nan, np.nan, 0.0, 0.001, 3.0, 125.5])


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Any mixture of missing, zero and positive flows, by year, quarter or month."""
    kind = draw(st.sampled_from(sorted(PERIODS)))
    codes = CODES[: draw(st.integers(2, len(CODES)))]
    shape = (len(PERIODS[kind]), len(codes), len(codes))
    flows = np.array(draw(st.lists(CELLS, min_size=int(np.prod(shape)), max_size=int(np.prod(shape)))))
    flows = flows.reshape(shape)
    flows[:, np.arange(len(codes)), np.arange(len(codes))] = np.nan
    return Panel(codes, PERIODS[kind], flows, period=kind, kind="energy", unit="gwh")


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(panels(), st.sampled_from([None, "zero", "missing"]), st.booleans())
def test_what_is_written_is_what_is_read(tmp_path_factory, panel, absent, through_a_file):
    frame = panel.to_frame()
    data = frame
    if through_a_file:
        data = tmp_path_factory.mktemp("trip") / "panel.csv"
        frame.write_csv(data)
    again = read_panel(data, unit="gwh", absent=absent)
    assert (again.economies, again.years, again.period) == (panel.economies, panel.years, panel.period)
    np.testing.assert_array_equal(again.flows, panel.flows)


def test_every_dyad_and_year_has_its_row():
    flows = np.array([[[np.nan, 1.0], [np.nan, np.nan]]])
    frame = Panel(("COL", "VEN"), (2010,), flows).to_frame()
    assert frame.rows() == [("COL", "VEN", 2010, 1.0), ("VEN", "COL", 2010, None)]


def test_trade_of_economies_with_themselves_has_rows_where_the_panel_has_it():
    flows = np.array([[[5.0, 1.0], [2.0, 7.0]]])
    frame = Panel(("COL", "VEN"), (2010,), flows).to_frame()
    assert frame.rows() == [
        (a, b, 2010, v) for (a, b), v in zip(product(["COL", "VEN"], repeat=2), (5.0, 1.0, 2.0, 7.0))
    ]
    again = read_panel(frame, unit="usd_mn")
    np.testing.assert_array_equal(again.flows, flows)


def test_the_world_panel_comes_back_with_its_gaps():
    world = dt.world()
    frame = world.to_frame()
    now = frame.filter(~pl.col("exporter").is_in(["ANT", "SCG"]), ~pl.col("importer").is_in(["ANT", "SCG"]))
    again = read_panel(now, unit="usd_mn")
    keep = [world.index(code) for code in again.economies]
    np.testing.assert_array_equal(again.flows, world.flows[:, keep][:, :, keep])
    t = again.year_index(2023)
    assert np.isnan(again.flows[t, again.index("KOR"), again.index("VNM")]), "not reported in the release of 2023"
    assert again.flows[again.year_index(2021), again.index("KOR"), again.index("VNM")] > 50_000
