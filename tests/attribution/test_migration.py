"""Why people moved: the published split of the flagship, calibrated tails on masked flows, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.attribution import attribute_migration, shipped_migration
from detente.errors import DataError, NotIdentified, SpecificationError, UnknownEconomy
from detente.gravity import impute
from detente.panel import people

BATCH = 40  # masked at once among 26,000 flows: none moves another's prediction by more than rounding


@pytest.mark.oracle
def test_the_flagship_is_split_as_published():
    """METHODS B3: 1.735m recorded, 1.047m from everyone else's migration; of 2.55, 1.92 shared and 0.63 own (.945)."""
    found = attribute_migration("VEN", "COL")
    assert found.moved == pytest.approx(1_735_164, rel=5e-4)
    assert found.expected == pytest.approx(1_047_001, rel=5e-4)  # four digits of the inputs
    assert (found.log_change, found.shared, found.own) == pytest.approx((2.55, 1.92, 0.63), abs=0.005)
    assert found.placebo_share == pytest.approx(0.945, abs=0.005)  # states that were not there are missing, not zero
    assert found.unusual is False


@pytest.mark.oracle
@pytest.mark.shared
def test_the_published_placebo_share_on_the_unrounded_table(shared_data):
    table = pl.read_csv(shared_data / "undesa/abel_cohen_flows.csv.gz").select(
        exporter="origin", importer="dest", year="period_start", trade=pl.col("da_pb_closed").fill_null(0)
    )
    row = impute(table, [("VEN", "COL", 2015)], both_directions=False).to_frame().filter(year=2015).row(0, named=True)
    assert row["counterfactual"] == pytest.approx(1_047_001, rel=1e-5)
    assert round(row["placebo_share"], 3) == 0.945
    assert row["n_placebos"] == 416


def test_the_parts_add_up():
    for ends in (("VEN", "COL"), ("IND", "PAK"), ("SYR", "TUR"), ("MMR", "BGD"), ("CUB", "USA"), ("UKR", "POL")):
        found = attribute_migration(*ends)
        assert found.shared + found.own == pytest.approx(found.log_change, abs=1e-12)
        assert found.log_ratio == pytest.approx(np.log(found.moved / found.expected), abs=1e-9)


def test_the_expulsion_of_2017_is_the_pairs_own_and_unusual():
    found = attribute_migration("MMR", "BGD")
    assert found.unusual
    assert found.own > 2 > abs(found.shared)
    assert found.n_more == 0


@pytest.mark.oracle
@pytest.mark.parametrize("period", [2010, 2015])
def test_the_tails_hold_on_four_hundred_masked_flows(period):
    """Tails at a nominal 5% between 2.5 and 8%, the middle 80% between 75 and 85%; four standard errors of 400 are 4%."""
    panel = people("movers")
    panel = panel.only([year for year in panel.years if year <= period])
    flows = panel.flows
    there = np.argwhere((flows[-2] >= 500) & np.isfinite(flows[-1]))
    cells = there[np.random.default_rng(period).permutation(len(there))[:400]]
    shares = []
    for start in range(0, len(cells), BATCH):
        masked = [(panel.economies[i], panel.economies[j], period, period) for i, j in cells[start : start + BATCH]]
        shares += [path.placebo_share()[0][-1] for path in impute(panel, masked, both_directions=False).paths]
    shares = np.array(shares)[np.isfinite(shares)]
    assert len(shares) >= 390
    low, high = (shares <= 0.05).mean(), (shares >= 0.95).mean()
    assert 0.025 <= low <= 0.08
    assert 0.025 <= high <= 0.08
    assert 0.75 <= ((shares > 0.10) & (shares < 0.90)).mean() <= 0.85


@pytest.mark.recovery
def test_a_planted_surge_is_found_and_a_common_one_is_shared():
    """A pair whose flow is doubled on top of its origin's doubling: half of the rise is the pair's own."""
    rng = np.random.default_rng(0)
    n, years = 30, (2000, 2005, 2010, 2015)
    size = np.exp(rng.normal(size=(n, n)) + 8)
    flows = np.array([size * np.exp(0.02 * rng.normal(size=(n, n))) for _ in years])
    flows[-1, 0] *= 2
    flows[-1, 0, 1] *= 2
    flows[:, np.arange(n), np.arange(n)] = np.nan
    codes = tuple(sorted(dt.people().economies))[:n]
    panel = dt.Panel(codes, years, np.round(flows), kind="persons", unit="persons", period="five years")
    found = attribute_migration(codes[0], codes[1], panel=panel)
    assert found.shared == pytest.approx(np.log(2), abs=0.1)  # five standard deviations of the noise
    assert found.own == pytest.approx(np.log(2), abs=0.1)
    assert found.n_more == 0


@pytest.mark.parametrize(
    ("ends", "period", "error", "words"),
    [
        (("VEN", "VEN"), None, SpecificationError, "two different"),
        (("VEN", "COL"), 1990, SpecificationError, "first period"),
        (("VEN", "COL"), 2012, DataError, "no year 2012"),
        (("SSD", "UGA"), 2010, UnknownEconomy, "did not exist"),
        (("VEN", "Atlantis"), None, UnknownEconomy, "Atlantis"),
        (("TKL", "SMR"), None, (NotIdentified, UnknownEconomy), "on record|not among"),
    ],
)
def test_what_cannot_be_answered_is_named(ends, period, error, words):
    with pytest.raises(error, match=words):
        attribute_migration(*ends, period=period)


def test_stocks_and_goods_are_refused():
    with pytest.raises(SpecificationError, match="stocks, not flows"):
        attribute_migration("VEN", "COL", panel=people("protected"))
    with pytest.raises(SpecificationError, match="holds goods"):
        attribute_migration("VEN", "COL", panel=dt.world())


def test_an_unanswerable_pair_is_none_for_whoever_shows_any_pair():
    assert shipped_migration("NRU", "SMR") is None


def test_the_answer_is_of_what_was_known_then():
    """What came later does not move the split of an earlier period."""
    panel = people("movers")
    altered = np.array(panel.flows)
    altered[-1] *= 3
    for one in (panel, replace(panel, flows=altered)):
        found = attribute_migration("VEN", "COL", period=2010, panel=one)
        assert found.expected == pytest.approx(attribute_migration("VEN", "COL", period=2010).expected, rel=1e-9)
