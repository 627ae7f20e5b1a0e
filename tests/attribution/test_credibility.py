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
