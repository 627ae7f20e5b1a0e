"""A world with known effects: the true loss comes back, and nothing comes back where nothing was done."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from vl_convert import vegalite_to_svg

from detente.attribution import attribute
from detente.attribution.comparison.breaks import find_breaks
from detente.attribution.comparison.methods import infer
from detente.attribution.nesting.splitting import nested
from detente.attribution.specifications.specifying import robustness

pytestmark = pytest.mark.recovery

YEARS = tuple(range(2000, 2021))
CODES = tuple(f"E{k:02d}" for k in range(40))
NOISE = 0.15  #: standard deviation of log noise
LOSS = -1.2


def world(seed: int, loss: float = LOSS, supplier_loss: float = 0.0, economies: int = len(CODES)) -> np.ndarray:
    """Exporter and importer walks, fixed pairs, noise; E00 -> E01 loses from 2010 on."""
    rng = np.random.default_rng(seed)
    t, n = len(YEARS), economies
    exporter, importer = (rng.normal(scale=0.1, size=(t, n)).cumsum(0) for _ in range(2))
    importer[10:, 1] -= 1.0  # the importer shrinks as well
    flows = np.exp(
        4 + exporter[:, :, None] + importer[:, None, :] + rng.normal(size=(n, n))
        + rng.normal(scale=NOISE, size=(t, n, n))
    )  # fmt: skip
    flows[:, 0, 1] = np.exp(4 + exporter[:, 0] + importer[:, 1] + rng.normal(scale=NOISE, size=t))
    flows[10:, 0, 1] *= np.exp(loss)
    flows[10:, 2:8, 1] *= np.exp(supplier_loss)
    flows[:, range(n), range(n)] = np.nan
    return flows


@pytest.mark.parametrize("seed", range(3))
def test_loss_and_demand_are_told_apart(seed: int) -> None:
    found = attribute((world(seed), CODES, YEARS), "E00", "E01", [(2009, 2012)], [(2000, 2008)]).findings[0]
    assert found.split.dyad_part == pytest.approx(LOSS, abs=3 * NOISE)
    assert found.split.destination_part == pytest.approx(-1.0, abs=4 * NOISE)
    assert found.standing.share <= 0.05
    assert "strong evidence of a loss specific to this pair" in found.sentence


def test_no_loss_is_unusual_one_time_in_twenty() -> None:
    """Among twenty economies, whose 380 dyads leave 95 similar ones to rank among."""
    shares = [
        attribute((world(s, loss=0.0, economies=20), CODES[:20], YEARS), "E00", "E01", [(2009, 2012)], [(2000, 2008)])
        .findings[0].standing.share
        for s in range(60)
    ]  # fmt: skip
    assert sum(s <= 0.05 for s in shares) <= 8  # binomial(60, 0.05) exceeds 8 once in 700 worlds
    assert 0.3 < np.mean(shares) < 0.7


def test_every_method_finds_the_loss() -> None:
    found = infer((world(1), CODES, YEARS), "E00", "E01", (2009, 2014), (2000, 2008))
    assert not found.refused
    assert found.synthetic.effect == pytest.approx(LOSS, abs=3 * NOISE)
    assert found.completed.effect == pytest.approx(LOSS, abs=3 * NOISE)
    assert found.conformal.low < LOSS < found.conformal.high
    assert found.conformal.p_zero <= 0.1
    frame = found.to_frame()
    assert frame["method"].to_list() == [
        "placebo", "placebo, means", "synthetic control", "matrix completion", "conformal",
    ]  # fmt: skip
    assert found.means == pytest.approx(LOSS, abs=2 * NOISE)
    assert found.means_placebo.share <= 0.05


def test_the_break_is_dated_and_meets_its_event() -> None:
    found = find_breaks(
        (world(2), CODES, YEARS), "E00", "E01", events=[("closure", 2010), ("speech", 2005), ("later", 2020)]
    )
    assert [b.year for b in found.found] == [2010]
    assert found.found[0].events == ("closure",)
    assert found.silent == (("speech", 2005),)
    assert found.outside == (("later", 2020),)


def test_a_loss_shared_by_suppliers_is_not_the_pairs_alone() -> None:
    """Over six worlds: one change has a standard deviation of about 0.25, their mean of 0.1."""
    beyond = []
    for seed in range(6):
        flows = world(seed, supplier_loss=LOSS)
        suppliers = [f"E{k:02d}" for k in range(2, 8)]
        found = nested((flows, CODES, YEARS), "E00", "E01", [(2009, 2012)], [(2000, 2008)], suppliers=suppliers)
        own = found.to_frame().filter(origin="E00", part="beyond comparable suppliers")
        beyond.append(own["log_points"].item())
        assert any("beyond comparable suppliers" in text for text in found.sentences)
    assert np.mean(beyond) == pytest.approx(0.0, abs=0.3)


def test_each_attribution_adds_up_to_the_same_change() -> None:
    flows = world(4)
    frame = nested(
        (flows, CODES, YEARS), "E00", "E01", [(2009, 2012)], [(2000, 2008)],
        states=pl.DataFrame({"year": list(range(2010, 2021)), "closed": [1.0] * 11}),
        respond=lambda exporter, importer, b: 0.9 * b,
    ).to_frame().filter(origin="E00")  # fmt: skip
    total = np.log(flows[12, 0, 1] / flows[9, 0, 1])
    money = flows[12, 0, 1] - flows[9, 0, 1]
    sums = frame.group_by("attribution").agg(pl.col("log_points", "usd_mn").sum())
    assert sorted(sums["attribution"]) == [
        "markets", "measures", "shift-share", "suppliers", "third countries", "three-way",
    ]  # fmt: skip
    assert sums["log_points"].to_list() == pytest.approx([total] * 6, abs=1e-9)
    assert sums["usd_mn"].to_list() == pytest.approx([money] * 6, abs=1e-6)
    back = frame.filter(part="came back through third countries")["log_points"].item()
    direct = frame.filter(part="direct")["log_points"].item()
    assert back == pytest.approx(-0.1 * direct, abs=1e-9)


def test_robustness_keeps_the_sign_and_the_prior_moves_it_up() -> None:
    found = robustness(
        (world(5), CODES, YEARS), "E00", "E01", (2009, 2012), base_windows=[(2000, 2004), (2000, 2008)],
        placebos=("size", "importer"), unrecorded=(0.0, 0.5, 0.75),
    )  # fmt: skip
    assert len(found.specifications) == 4 * 2 * 2
    assert (found.estimates < -0.7).all()
    assert found.unrecorded[1] > found.estimates[-1]
    assert "specifications" in found.summary()
    assert len(found.curve()["data"]["values"]) == len(found.estimates)
    assert vegalite_to_svg(found.curve()).startswith("<svg")
