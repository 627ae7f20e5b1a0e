"""Credibility of one instrument's cases against scipy's analysis of variance and known variances."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f_oneway

from detente.attribution.library.expected_paths import ObservedOutcome
from detente.attribution.library.prediction import predict
from detente.attribution.library.shrinkage import credibility_constant, own_weight


def test_equal_groups_agree_with_the_f_statistic() -> None:
    """With groups of m cases, between / within = (F - 1) / m (one-way analysis of variance)."""
    rng = np.random.default_rng(3)
    groups = rng.normal(size=(5, 12)) + rng.normal(scale=2, size=(5, 1))
    assert credibility_constant(groups) == pytest.approx(12 / (f_oneway(*groups).statistic - 1))


def test_known_variances_are_recovered_from_unequal_groups() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.integers(2, 40, size=3000)
    groups = [rng.normal(rng.normal(scale=1.5), 2.0, size=n) for n in sizes]
    assert credibility_constant(groups) == pytest.approx((2.0 / 1.5) ** 2, rel=0.08)  # 3,000 groups: sd of about 0.04


def test_groups_that_do_not_differ_are_pooled() -> None:
    assert credibility_constant([(1.0, 3.0), (3.0, 1.0)]) == np.inf
    assert credibility_constant([(1.0,), (5.0,)]) == np.inf  # no variance within can be seen
    assert credibility_constant([(1.0, 2.0, 3.0)]) == np.inf
    assert own_weight(10, np.inf) == 0.0
    assert own_weight(10, 10.0) == 0.5


def cases(instrument: str, values: list[float]) -> list[ObservedOutcome]:
    return [ObservedOutcome(f"{instrument}{k}", "rupture", instrument, "here", 1, v, 0.0) for k, v in enumerate(values)]


def test_a_rupture_is_judged_by_its_own_instrument_where_instruments_differ() -> None:
    far = cases("closure", [-4.0, -4.2, -3.8]) + cases("diplomatic quarrel", [0.0, 0.1, -0.1])
    alike = cases("closure", [-2.0, 0.0, 2.0]) + cases("diplomatic quarrel", [-2.1, 0.0, 2.1])
    assert predict("closure", learn_from=far).quantile(0.5) == pytest.approx(-4.0, abs=0.2)
    pooled = [predict(i, learn_from=alike) for i in ("closure", "diplomatic quarrel")]
    assert pooled[0].values == pytest.approx(pooled[1].values)
    assert pooled[0].weights == pytest.approx(pooled[1].weights)


def test_one_instrument_alone_is_enough() -> None:
    assert predict("closure", learn_from=cases("closure", [-1.0, -1.2])).n_other == 0
    assert predict("conflict", learn_from=cases("closure", [-1.0, -1.2])).quantile(0.5) == pytest.approx(-1.1, abs=0.1)


@pytest.mark.recovery
def test_forecasts_of_simulated_ruptures_hold_what_they_promise() -> None:
    """Embargoes cost 4 log points, shut crossings 1, each with a spread of 0.8: told the scope, 80% of new cases fall into
    the central 80%; told the instrument alone, that range is as wide as both together."""
    rng = np.random.default_rng(5)
    middles = {"all trade": -4.0, "land border": -1.0}
    learn = [
        ObservedOutcome(f"{scope[0]}{k}", "rupture", "closure", "here", 2, middle + 0.8 * rng.normal(), 0.0, scope=scope)
        for scope, middle in middles.items() for k in range(60)
    ]  # fmt: skip
    plain = predict("closure", horizon=2, learn_from=learn)
    for scope, middle in middles.items():
        told = predict("closure", horizon=2, scope=scope, learn_from=learn)
        new = middle + 0.8 * rng.normal(size=4000)
        low, high = told.quantile((0.1, 0.9))
        assert ((low <= new) & (new <= high)).mean() == pytest.approx(
            0.82, abs=0.07
        )  # noise of 0.3 widens it by 2 points
        assert told.quantile(0.5) == pytest.approx(middle, abs=0.3)  # 60 cases: three standard errors of a median
        assert high - low < 0.75 * np.ptp(plain.quantile((0.1, 0.9)))


@pytest.mark.recovery
def test_the_gap_left_carries_over_as_simulated() -> None:
    """Outcomes that lie as far above their gap as others do, on the scale of log(1 + gap), are found for any gap."""
    rng = np.random.default_rng(6)
    gaps = -rng.uniform(0.0, 6.0, size=300)
    closed = 0.6  # of log(1 + gap), which a reopening takes away from all alike
    learn = [
        ObservedOutcome(f"C{k}", "reopening", "closure", "here", 1, -np.log1p(-g) + closed + 0.1 * rng.normal(), g)
        for k, g in enumerate(gaps)
    ]  # fmt: skip
    for gap in (-0.5, -2.0, -5.0):
        found = float(predict("closure", "reopening", before=gap, learn_from=learn).quantile(0.5))
        assert found == pytest.approx(-np.log1p(-gap) + closed, abs=0.1)
