"""Comparables, measures, power, synthetic control, completion, conformal limits: checked by hand or exactly."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from detente.attribution.comparison.comparables import comparable_markets, comparable_suppliers
from detente.attribution.comparison.conformal import conformal_interval, p_value
from detente.attribution.comparison.matrix_completion import complete_path, soft_impute
from detente.attribution.comparison.measures import measures_part, states_of
from detente.attribution.comparison.power import power, power_at
from detente.attribution.comparison.synthetic import simplex_weights, synthetic_control
from detente.attribution.nesting.splitting import logarithmic_mean
from detente.errors import NotIdentified, SpecificationError, TooFewDonors, UnknownColumn

EXACT = 1e-9


def test_suppliers_and_markets_use_the_right_side() -> None:
    change = np.zeros((6, 6))
    change[:, 1] = [-2.0, 0, -1.0, -1.2, -0.8, 0.0]  # into 1
    change[0, :] = [0, -2.0, 0.5, 0.4, 0.6, 0.0]  # out of 0
    suppliers = comparable_suppliers(change, np.ones((6, 6)), 0, 1, only=(2, 3, 4))
    markets = comparable_markets(change, np.ones((6, 6)), 0, 1, only=(2, 3, 4))
    assert suppliers.median == pytest.approx(-1.0, abs=EXACT)
    assert suppliers.value == pytest.approx(-1.0, abs=EXACT)
    assert (suppliers.lowest, suppliers.highest) == pytest.approx((-1.1, -0.9), abs=EXACT)
    assert markets.value == pytest.approx(-2.5, abs=EXACT)
    assert markets.members == (2, 3, 4)


def test_too_few_suppliers_is_an_error() -> None:
    with pytest.raises(TooFewDonors, match="Only 1 comparable suppliers"):
        comparable_suppliers(np.zeros((3, 3)), np.ones((3, 3)), 0, 1)


def test_measures_recover_their_effects_and_leave_the_rest() -> None:
    closed = np.array([0, 0, 0, 0, 1, 1, 1, 0, 0, 0.5])
    frozen = np.array([0, 0, 1, 1, 0, 0, 0, 0, 0, 0.0])
    path = 0.2 - 2.0 * closed - 0.5 * frozen
    noise = np.random.default_rng(1).normal(scale=0.1, size=(199, 10))
    part = measures_part(path, {"closed": closed, "frozen": frozen, "never": np.zeros(10)}, 0, 5, noise)
    assert part.effects == pytest.approx([-2.0, -0.5], abs=EXACT)
    assert part.value == pytest.approx(-2.0, abs=EXACT)
    assert part.rest == pytest.approx(0.0, abs=EXACT)
    assert part.standing.share == pytest.approx(1 / 200, abs=EXACT)
    assert part.dropped == ("never",)


def test_measures_that_share_their_dates_are_refused() -> None:
    closed = np.array([0, 0, 1, 1, 1.0])
    with pytest.raises(NotIdentified, match="cannot be told apart"):
        measures_part(np.arange(5.0), {"a": closed, "b": closed}, 0, 4, np.zeros((30, 5)))
    with pytest.raises(SpecificationError, match="No measure changes"):
        measures_part(np.arange(5.0), {"a": np.ones(5)}, 0, 4, np.zeros((30, 5)))
    with pytest.raises(SpecificationError, match="do not cover"):
        measures_part(np.arange(5.0), {"a": np.ones(4)}, 0, 4, np.zeros((30, 5)))


def test_states_by_direction_and_for_both() -> None:
    frame = pl.DataFrame({"exporter": ["A", "B"], "importer": ["B", "A"], "year": [2001, 2002], "closed": [1.0, 0.5]})
    assert states_of(frame, "A", "B", (2000, 2001, 2002))["closed"].tolist() == [0, 1, 0]
    assert states_of(frame.drop("exporter", "importer"), "A", "B", (2000, 2001, 2002))["closed"].tolist() == [0, 1, 0.5]
    with pytest.raises(UnknownColumn, match="year"):
        states_of(frame.drop("year"), "A", "B", (2000,))


def test_power_agrees_with_its_own_simulation() -> None:
    placebos = np.random.default_rng(5).standard_t(4, size=999) * 0.4
    found = power(placebos)
    assert power_at(placebos, found.half_pct + 0.1) == pytest.approx(0.5, abs=0.01)
    assert power_at(placebos, found.most_pct + 0.1) == pytest.approx(0.8, abs=0.01)
    assert power_at(placebos, 0.0) <= 0.05


def test_power_needs_enough_placebos() -> None:
    with pytest.raises(TooFewDonors, match="12 placebos"):
        power(np.zeros(12))


def test_weights_are_exact_when_the_target_is_a_donor_average() -> None:
    donors = np.random.default_rng(2).normal(size=(5, 12))
    truth = np.array([0.1, 0, 0.6, 0.3, 0])
    assert simplex_weights(truth @ donors, donors) == pytest.approx(truth, abs=1e-6)


def test_synthetic_control_reports_who_matters() -> None:
    rng = np.random.default_rng(4)
    factor = rng.normal(size=(2, 16)).cumsum(1) * 0.3
    donors = rng.dirichlet((1, 1), 30) @ factor + rng.normal(scale=0.02, size=(30, 16))
    hit = factor.mean(0) - 1.5 * (np.arange(16) >= 10)
    found = synthetic_control(hit, donors, 10)
    assert found.effect == pytest.approx(-1.5, abs=0.1)
    assert found.share == pytest.approx(1 / 31, abs=EXACT)
    assert found.lowest <= found.effect <= found.highest
    assert found.weights.sum() == pytest.approx(1, abs=EXACT)
    with pytest.raises(TooFewDonors, match="4 donors"):
        synthetic_control(hit, donors[:4], 10)


def test_soft_impute_finds_a_low_rank_matrix() -> None:
    rng = np.random.default_rng(6)
    truth = rng.normal(size=(40, 1)) @ rng.normal(size=(1, 15)) + rng.normal(size=(40, 1)) + rng.normal(size=15)
    known = rng.random(truth.shape) > 0.1
    fitted = soft_impute(np.where(known, truth, 0), known, 0.01, sweeps=3000, tol=1e-8)
    plain = soft_impute(np.where(known, truth, 0), known, np.inf, sweeps=3000, tol=1e-8)
    missed = ~known
    assert np.sqrt(np.mean((fitted - truth)[missed] ** 2)) < 0.1
    assert np.sqrt(np.mean((plain - truth)[missed] ** 2)) > 0.5


def test_completion_recovers_an_effect_with_its_share() -> None:
    rng = np.random.default_rng(7)
    paths = rng.normal(size=(61, 1)) @ rng.normal(size=(1, 18)) + rng.normal(scale=0.1, size=(61, 18))
    paths[0, 12:] -= 1.0
    found = complete_path(paths[0], paths[1:], 12)
    assert found.effect == pytest.approx(-1.0, abs=0.25)
    assert found.standing.share <= 0.05
    assert found.penalty < np.inf


def test_conformal_p_value_is_the_share_of_shifts() -> None:
    """With one clean break the true effect is the least surprising and no effect the most."""
    rng = np.random.default_rng(8)
    donors = rng.normal(scale=0.05, size=(20, 21))
    path = donors.mean(0) + rng.normal(scale=0.05, size=21) - 2.0 * (np.arange(21) >= 17)
    assert p_value(path, donors, 17, 0.0) == pytest.approx(1 / 21, abs=EXACT)
    assert p_value(path, donors, 17, -2.0) > 0.1
    with pytest.raises(SpecificationError, match="smallest p-value"):
        conformal_interval(path, donors, 17, level=0.01)


def test_logarithmic_mean_is_continuous() -> None:
    assert logarithmic_mean(100, 100) == 100
    assert logarithmic_mean(100, 100.001) == pytest.approx(100.0005, abs=1e-3)
    assert np.isnan(logarithmic_mean(0, 5))
