"""The flagship figures on the full BACI panel: computed before this code existed, by another program."""

from __future__ import annotations

import time

import numpy as np
import pytest

from detente.attribution import attribute
from detente.attribution.comparison.placebos import choose, mean_change, stand
from detente.attribution.residuals import residuals
from detente.attribution.sample import Sample

pytestmark = [pytest.mark.oracle, pytest.mark.oracle, pytest.mark.shared]

PATH_2005_2020 = [-.15, -.16, .18, .10, -.19, -1.35, -1.65, -1.42, -1.31, -1.13, -1.16, -.99, -1.37, -1.39,
                  -1.28, -1.17]  # fmt: skip
PRINTED = 0.006  #: two printed digits, and a rounding of the input
SHARE = 0.0015  #: three printed digits of a share; one placebo more or less is 0.0008


@pytest.fixture(scope="module")
def baci(shared_data):
    import polars as pl

    frame = pl.read_parquet(shared_data / "baci/bilateral_2000_2020.parquet")
    codes = sorted(set(frame["exporter"]) | set(frame["importer"]))
    at = {c: k for k, c in enumerate(codes)}
    flows = np.zeros((21, len(codes), len(codes)))
    origin, destination = ([at[c] for c in frame[side]] for side in ("exporter", "importer"))
    flows[frame["year"].to_numpy() - 2000, origin, destination] = frame["value_kusd"].to_numpy() / 1000
    return flows, tuple(codes), tuple(range(2000, 2021))


@pytest.fixture(scope="module")
def found(baci):
    episodes = [(2008, 2010), (2012, 2020), (2014, 2020), (2008, 2020)]
    return attribute(baci, "COL", "VEN", episodes, [(2000, 2004)], "size")


def test_path(found) -> None:
    path = found.residuals().filter(origin="COL")["log_ratio"].to_list()[5:]
    assert path == pytest.approx(PATH_2005_2020, abs=PRINTED)


@pytest.mark.parametrize(
    ("k", "dyad_part", "share"), [(0, -1.45, 0.006), (1, 0.25, 0.825), (2, -0.04, 0.463), (3, -1.27, 0.054)]
)
def test_episodes(found, k: int, dyad_part: float, share: float) -> None:
    finding = found.findings[k]
    assert finding.split.dyad_part == pytest.approx(dyad_part, abs=PRINTED)
    assert finding.standing.share == pytest.approx(share, abs=SHARE)
    assert abs(finding.standing.n - 1251) <= 3


def test_fall_since_2008_splits_37_to_63(found) -> None:
    finding = found.findings[3]
    assert finding.split.log_change == pytest.approx(-3.46, abs=PRINTED)
    assert finding.split.supply_demand_part == pytest.approx(-2.19, abs=PRINTED)
    assert finding.split.dyad_pct == pytest.approx(37, abs=0.5)


def test_shift_share_of_the_freeze_is_80_to_20(found) -> None:
    split = found.findings[0].split
    assert split.share_part / split.log_change == pytest.approx(0.80, abs=0.005)


def test_level_in_2020(found) -> None:
    row = found.residuals().filter(origin="COL", year=2020).row(0, named=True)
    assert row["placebo_share"] == pytest.approx(0.074, abs=SHARE)


def test_means_of_years_after_the_closure(baci) -> None:
    """Mean of 2016-20 less mean of 2012-14: +0.04, 57% of placebos below."""
    sample = Sample.of(baci)
    i, j = sample.economy("COL"), sample.economy("VEN")
    fit = residuals(sample.flows, slice(0, 5), [(i, j), (j, i)])
    means = mean_change(fit.log_ratio, slice(12, 15), slice(16, 21))
    standing = stand(float(means[i, j]), means[choose(fit.base_mean, i, j).chosen])
    assert means[i, j] == pytest.approx(0.04, abs=PRINTED)
    assert standing.share == pytest.approx(0.57, abs=0.015)  # near the middle one placebo in 70 lies within 0.01


def test_thousands_of_placebos_take_seconds(baci) -> None:
    begin = time.perf_counter()
    found = attribute(baci, "COL", "VEN", [(2008, 2010)], [(2000, 2004)], "size")
    assert sum(f.standing.n for f in found.findings) > 2000
    assert time.perf_counter() - begin < 10
