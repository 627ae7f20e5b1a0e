"""The fan and the specification curve against their definitions written out, and against what a run's tables say."""

from __future__ import annotations

import numpy as np
import pytest

from detente.attribution import attribute, robustness
from detente.attribution.comparison.fan import MOST_PATHS, PICKED, QUANTILES, curve, fan, other_windows
from detente.attribution.comparison.similar import SIMILAR
from detente.attribution.fits import DyadFits
from detente.errors import TooFewDonors

N, FIRST, LAST = 14, 2000, 2011
CODES = tuple(f"E{k:02d}" for k in range(N))
EXACT = 1e-12  # the same arrays, indexed in another way


@pytest.fixture(scope="module")
def fits() -> DyadFits:
    rng = np.random.default_rng(7)
    size = rng.lognormal(3.0, 0.3, size=(1, N, N))
    flows = size * rng.lognormal(sigma=0.2, size=(LAST - FIRST + 1, N, N))
    flows[8:, 0, 1] *= 0.2
    flows[5, 2, 3] = 0.0
    flows[9:, 6, 7] = np.nan
    return DyadFits.of((flows, CODES, range(FIRST, LAST + 1)), "E00", "E01")


def test_the_bands_are_the_order_statistics_of_the_dyads_compared_with(fits: DyadFits) -> None:
    found = fan(fits, "E00", "E01", (2000, 2004), "size")
    residual = fits.on((2000, 2004))
    mean = residual.base_mean
    near = {
        (a, b)
        for a in range(N)
        for b in range(N)
        if a != b and {a, b} != {0, 1} and mean[0, 1] / 3 <= mean[a, b] <= mean[0, 1] * 3
    }
    assert found.n == len(near)
    assert found.years == tuple(range(FIRST, LAST + 1))
    assert found.path == pytest.approx(residual.log_ratio[:, 0, 1], abs=EXACT)
    for t, bands in enumerate(found.bands):
        values = sorted(v for a, b in near if not np.isnan(v := residual.log_ratio[t, a, b]))
        wanted = [values[max(int(np.ceil(q * len(values))) - 1, 0)] for q in QUANTILES]
        assert bands.tolist() == wanted


def test_single_placebos_are_those_compared_with_from_lowest_to_highest(fits: DyadFits) -> None:
    found = fan(fits, "E00", "E01", (2000, 2004), "size")
    assert 2 < found.placebos.shape[1] <= MOST_PATHS
    assert np.isfinite(found.placebos).all()
    assert (np.diff(found.placebos[-1]) >= 0).all()
    everyone = fits.on((2000, 2004)).log_ratio.reshape(LAST - FIRST + 1, -1)
    for path in found.placebos.T:
        assert (np.abs(everyone - path[:, None]).max(axis=0) == 0).any()


def test_the_reverse_has_its_own_fan_and_picked_dyads_are_those_named(fits: DyadFits) -> None:
    named = tuple((CODES[a], CODES[a + 1]) for a in range(2, 13))
    back = fan(fits, "E01", "E00", (2000, 2004), PICKED, named)
    assert back.n == len(named)
    assert back.path == pytest.approx(fits.on((2000, 2004)).log_ratio[:, 1, 0], abs=EXACT)
    with pytest.raises(TooFewDonors):
        fan(fits, "E00", "E01", (2000, 2004), PICKED, named[:9])


@pytest.mark.parametrize("kind", ["size", "origin", "destination"])
def test_the_curve_says_what_the_specifications_and_the_findings_say(fits: DyadFits, kind: str) -> None:
    """One number for one question, whichever of the three is asked."""
    windows = ((2000, 2004), (2000, 2006))
    points = {(p.base, p.placebos): p for p in curve(fits, "E00", "E01", (2007, 2010), windows, ("size", kind))}
    table = robustness(fits, "E00", "E01", (2007, 2010), base_windows=windows, placebos=(kind,))
    rows = {tuple(map(int, s.base.split("-"))): s for s in table.specifications if s.sample == "all"}
    for base in windows:
        found = attribute(fits, "E00", "E01", [(2007, 2010)], [base], kind).findings[0]
        assert found.standing is not None
        if found.standing.n < 10:
            assert (base, kind) not in points
            continue
        point = points[base, kind]
        assert point.value == pytest.approx(found.split.dyad_part, abs=1e-9)
        assert (point.test.p, point.test.n) == (found.standing.p, found.standing.n)
        assert (point.test.p, point.test.n) == (rows[base].placebo_share, rows[base].n_placebos)
        assert point.value == rows[base].dyad_part


def test_the_curve_rises_and_leaves_out_what_cannot_be_told(fits: DyadFits) -> None:
    windows = other_windows(range(FIRST, LAST + 1), (2000, 2004), 2007)
    points = curve(fits, "E00", "E01", (2007, 2010), windows, (SIMILAR, "size", "origin", "destination"))
    assert [p.value for p in points] == sorted(p.value for p in points)
    assert {p.base for p in points} == set(windows)
    assert all(p.test.n >= 10 for p in points)
    silent = np.full((4, 5, 5), 2.0)
    silent[:2, 0, 1] = 0.0
    none = DyadFits.of((silent, CODES[:5], range(2000, 2004)), "E00", "E01")
    assert curve(none, "E00", "E01", (2001, 2003), [(2000, 2001)], ("size",)) == ()


def test_other_windows_begin_with_the_one_asked_for_and_end_before_the_episode() -> None:
    for base, start in (((2000, 2004), 2008), ((2003, 2010), 2008), ((2000, 2001), 2002)):
        found = other_windows(range(2000, 2012), base, start)
        assert found[0] == base
        assert len(set(found)) == len(found) <= 4
        assert all(a >= 2000 and b <= max(start, base[1]) for a, b in found)
