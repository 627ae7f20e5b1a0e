"""Adjoint derivatives against re-solving, and against the published linear system."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import CLOSED, Economy, Shock, sensitivity, solve
from detente.equilibrium.around.sensitivity import first_order_pct
from detente.errors import SpecificationError, UnknownEconomy

NAMES = ("COL", "VEN", "ECU", "ROW")
FLOWS = np.array([[90.0, 2.0, 1.5, 8.0], [1.0, 50.0, 0.3, 6.0], [0.7, 0.2, 30.0, 4.0], [9.0, 3.0, 4.0, 900.0]])
ECO = Economy.from_arrays(NAMES, FLOWS)
SHOCK = {("COL", "VEN"): -0.8, ("ECU", "COL"): CLOSED, ("ROW", "VEN"): 0.3}
RULES = ("multiplicative", "additive", "universal", "balanced")


def log_welfare(code, shock, **options):
    return np.log(solve(ECO, shock, tolerance=1e-14, **options).welfare_hat[ECO.index(code)])


def central(f, step=1e-4):
    return (f(step) - f(-step)) / (2 * step)


@pytest.mark.parametrize("deficits", RULES)
@pytest.mark.parametrize("psi", [0.0, 0.8])
def test_every_dyad_against_solving_again(deficits, psi):
    options = {"theta": 4.0, "supply_elasticity": psi, "deficits": deficits}
    found = sensitivity(solve(ECO, SHOCK, tolerance=1e-14, **options), "VEN")
    for i, a in enumerate(NAMES):
        for j, b in enumerate(NAMES):
            if (a, b) == ("ECU", "COL"):
                assert found.partial_effect[i, j] == 0.0
                continue
            base = SHOCK.get((a, b), 0.0)
            slope = central(lambda h, a=a, b=b, base=base: log_welfare("VEN", SHOCK | {(a, b): base + h}, **options))
            # central differences with step 1e-4: truncation near 1e-9
            assert found.partial_effect[i, j] == pytest.approx(slope, abs=2e-8)


@pytest.mark.parametrize("deficits", ["multiplicative", "additive", "universal"])
def test_elasticities_and_productivity_against_solving_again(deficits):
    options = {"theta": 4.0, "supply_elasticity": 0.8, "deficits": deficits}
    found = sensitivity(solve(ECO, SHOCK, tolerance=1e-14, **options), "COL")
    by_theta = central(lambda h: log_welfare("COL", SHOCK, **options | {"theta": 4.0 + h}))
    by_psi = central(lambda h: log_welfare("COL", SHOCK, **options | {"supply_elasticity": 0.8 + h}))
    assert found.theta == pytest.approx(by_theta, abs=2e-8)
    assert found.supply_elasticity == pytest.approx(by_psi, abs=2e-8)
    for k, code in enumerate(NAMES):
        shock = Shock(SHOCK)
        slope = central(
            lambda h, code=code, shock=shock: log_welfare(
                "COL", shock + Shock(productivity_hat={code: float(np.exp(h))}), **options
            )
        )
        assert found.productivity[k] == pytest.approx(slope, abs=2e-8)


def test_against_the_linear_system_of_the_literature():
    """Local comparative statics written out apart: Allen, Arkolakis and Takahashi (2020), balanced trade."""
    theta, psi = 5.0, 0.7
    base = solve(ECO, {}, theta=theta, supply_elasticity=psi, deficits="balanced").baseline
    s = base.flows / base.output[:, None]
    pi = base.import_shares
    found = sensitivity(base, "VEN", theta=theta, supply_elasticity=psi, deficits="balanced")
    eye, n = np.eye(4), 4
    left = (1 + psi + theta) * eye - psi * pi.T - s @ ((1 + psi) * eye + (theta - psi) * pi.T)
    for i, j in ((0, 1), (3, 1), (2, 0)):
        b = np.zeros((n, n))
        b[i, j] = 1.0
        h = (pi * b).sum(axis=0) / theta
        right = (s * b).sum(axis=1) - psi * h - s @ ((theta - psi) * h)
        p = np.linalg.lstsq(np.vstack([left, base.output]), np.append(right, 0.0), rcond=None)[0]
        slope = (1 + psi) * (p - pi.T @ p + h)[1]
        assert found.partial_effect[i, j] == pytest.approx(slope, abs=1e-10)


def test_weighted_sum_is_the_sum():
    one = [sensitivity(ECO, code).partial_effect for code in ("COL", "VEN")]
    both = sensitivity(ECO, {"COL": 0.25, "VEN": 0.75}).partial_effect
    np.testing.assert_allclose(both, 0.25 * one[0] + 0.75 * one[1], atol=1e-13)


def test_frame_ranks_borders():
    frame = sensitivity(ECO, "VEN").to_frame()
    assert frame.height == 12
    assert frame["trade_cost"].abs().is_sorted(descending=True)
    assert (frame["origin"] != frame["destination"]).all()
    assert "most to" in repr(sensitivity(ECO, "VEN"))


def test_first_order_only_on_request_and_never_for_closures():
    exact = solve(ECO, {("COL", "VEN"): -0.01}).welfare_pct["VEN"]
    assert first_order_pct(ECO, {("COL", "VEN"): -0.01}, "VEN") == pytest.approx(exact, rel=0.02)
    for value in (CLOSED, -2.0):
        with pytest.raises(SpecificationError, match="meaningless"):
            first_order_pct(ECO, {("COL", "VEN"): value}, "VEN")


def test_refusals():
    with pytest.raises(UnknownEconomy):
        sensitivity(ECO, "XXX")
    with pytest.raises(SpecificationError, match="exact"):
        sensitivity(solve(ECO, {("COL", "VEN"): -0.1}, mode="published"), "COL")
