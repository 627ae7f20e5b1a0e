"""solve: options, shocks, results and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import CLOSED, Economy, Shock, Status, solve
from detente.equilibrium.armington import Armington
from detente.equilibrium.assembly import one_sector
from detente.errors import InvalidShock, NoEquilibrium, NotConverged, SpecificationError

NAMES = ("COL", "VEN", "ECU", "ROW")
FLOWS = np.array([[90.0, 2.0, 1.5, 8.0], [1.0, 50.0, 0.3, 6.0], [0.7, 0.2, 30.0, 4.0], [9.0, 3.0, 4.0, 900.0]])
RULES = ("multiplicative", "additive", "universal", "balanced")


@pytest.fixture
def eco():
    return Economy.from_arrays(NAMES, FLOWS)


@pytest.mark.parametrize("deficits", RULES)
@pytest.mark.parametrize("psi", [0.0, 1.24])
def test_no_shock_changes_nothing(eco, deficits, psi):
    out = solve(eco, {}, deficits=deficits, supply_elasticity=psi)
    np.testing.assert_allclose(out.welfare_hat, 1.0, atol=1e-12)
    np.testing.assert_allclose(out.flows, out.baseline.flows, rtol=1e-11)


@pytest.mark.parametrize("deficits", RULES)
def test_a_closed_border_has_exactly_no_flow_and_is_the_limit_of_large_effects(eco, deficits):
    out = solve(eco, {("COL", "VEN"): CLOSED}, deficits=deficits)
    assert out.flow("COL", "VEN") == 0.0
    assert out.flow("VEN", "COL") > 0.0
    near = solve(eco, {("COL", "VEN"): -40.0}, deficits=deficits)
    np.testing.assert_allclose(out.welfare_hat, near.welfare_hat, rtol=1e-10)


@pytest.mark.parametrize("deficits", RULES)
def test_jacobian_against_finite_differences(eco, deficits):
    model = one_sector(eco, Shock.read({("COL", "VEN"): -0.7}), 4.0, 0.6, deficits)
    u = np.random.default_rng(3).normal(0, 0.05, (1, 4))
    step = 1e-6
    columns = [
        (model.residual(u + step * e) - model.residual(u - step * e))[0] / (2 * step) for e in np.eye(4)[:, None]
    ]
    # central differences of values near 1e3 US$ million: relative error about 1e-9
    np.testing.assert_allclose(model.jacobian(u)[0], np.transpose(columns), rtol=1e-6, atol=1e-6)


def test_jacobian_annihilates_the_price_level(eco):
    model = one_sector(eco, Shock(), 4.0, 0.6, "additive")
    jacobian = model.jacobian(np.full((1, 4), 0.03))[0]
    np.testing.assert_allclose(jacobian.sum(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(jacobian.sum(axis=1), 0.0, atol=1e-9)


def test_newton_alone_finds_the_same_prices(eco):
    from detente.equilibrium.solver import fixed_point, newton

    model = one_sector(eco, Shock.read({("COL", "VEN"): CLOSED}), 5.0, 0.0, "additive")
    start = np.zeros((1, 4))
    np.testing.assert_allclose(newton(model, start).u, fixed_point(model, start).u, atol=1e-12)


def test_draws_side_by_side_equal_draws_alone(eco):
    shocks = [{("COL", "VEN"): b} for b in (0.5, -0.5, CLOSED)]
    single = [one_sector(eco, Shock.read(s), 5.0, 0.0, "multiplicative") for s in shocks]
    stacked = Armington(*(np.concatenate([getattr(m, k) for m in single]) for k in Armington.__slots__))
    from detente.equilibrium.solver import solve_model

    together = solve_model(stacked, np.zeros((3, 4)), tolerance=1e-13, max_steps=500)
    for row, model in enumerate(single):
        alone = solve_model(model, np.zeros((1, 4)), tolerance=1e-13, max_steps=500)
        np.testing.assert_allclose(together.u[row], alone.u[0], atol=1e-13)


def test_certificate_in_us_dollars(eco):
    out = solve(eco, {("COL", "VEN"): -1.0})
    assert out.report.status is Status.CONVERGED
    assert out.report.residual == np.abs(out.report.residuals).max() < 1e-9
    np.testing.assert_allclose(out.flows.sum(axis=1), out.baseline.output * out.output_hat, rtol=1e-11)
    assert abs(out.report.walras) < 1e-9
    assert "converged" in repr(out)
    assert out.report.acr_gap < 1e-13
    assert "real income" in out.summary()


def test_failure_raises_or_is_returned_with_its_state(eco):
    with pytest.raises(NotConverged, match="largest unbalanced market") as caught:
        solve(eco, {("COL", "VEN"): CLOSED}, max_steps=1, theta=0.3)
    assert caught.value.state.report.status is Status.MAX_STEPS
    out = solve(eco, {("COL", "VEN"): CLOSED}, max_steps=1, theta=0.3, throw=False)
    assert not out.report.ok
    assert np.isfinite(out.welfare_hat).all()


def test_negative_expenditure_names_the_economy():
    flows = [[1.0, 5.0, 4.0], [0.5, 50.0, 1.0], [0.5, 1.0, 60.0]]
    oil = Economy.from_arrays(["OIL", "A", "B"], flows)
    shock = {("OIL", "A"): -3.0, ("OIL", "B"): -3.0}
    with pytest.raises(NoEquilibrium, match="negative for OIL"):
        solve(oil, shock, deficits="additive")
    assert solve(oil, shock, deficits="additive", throw=False).report.status is Status.NEGATIVE_EXPENDITURE


@pytest.mark.parametrize(
    ("shock", "message"),
    [
        ({("COL", "VNE"): -1.0}, "Did you mean 'VEN'"),
        ({("COL", "VEN"): float("nan")}, "log points"),
        ({("COL", "VEN"): float("inf")}, "log points"),
        ({("COL", "VEN"): -5000.0}, "CLOSED for a closed border"),
        ({"COL": -1.0}, "origin, destination"),
        ({("COL", "COL"): CLOSED}, "trade with itself"),
        ({("COL", ("VEN", "ECU", "ROW")): CLOSED}, "isolates COL"),
        ({(("VEN", "ECU", "ROW"), "COL"): CLOSED}, "isolates COL"),
        (Shock(productivity_hat={"COL": -1.0}), "above zero"),
        (Shock(labour_hat={"COL": None}), "above zero"),
        (Shock(deficit={"COL": 5.0}), "additive"),
        (Shock(tariff={("COL", "VEN"): 0.1}), "no tariffs"),
        ([1, 2], "not a shock"),
    ],
)
def test_shocks_that_make_no_sense(eco, shock, message):
    with pytest.raises(InvalidShock, match=message):
        solve(eco, shock)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"theta": 0.0}, "theta"),
        ({"theta": float("nan")}, "theta"),
        ({"theta": "five"}, "not a number"),
        ({"supply_elasticity": -1.0}, "supply elasticity"),
        ({"deficits": "aditive"}, "Did you mean 'additive'"),
        ({"mode": "approximate"}, "mode"),
    ],
)
def test_options_out_of_their_domain(eco, options, message):
    with pytest.raises(SpecificationError, match=message):
        solve(eco, {}, **options)


def test_shocks_compose_over_blocs_and_directions(eco):
    bloc = Shock.between(("COL", "VEN", "ECU"), effect=0.1)
    spelled = {(a, b): 0.1 for a in NAMES[:3] for b in NAMES[:3] if a != b}
    np.testing.assert_allclose(solve(eco, bloc).welfare_hat, solve(eco, spelled).welfare_hat)
    twice = Shock({("COL", "VEN"): 0.2}) + Shock({("COL", "VEN"): CLOSED})
    assert twice.partial[("COL", "VEN")] == CLOSED
    with pytest.raises(InvalidShock, match="Two shocks"):
        Shock(deficit={"COL": 1.0}) + Shock(deficit={"COL": 2.0})


def test_labour_moves_prices_like_productivity_but_welfare_is_per_head(eco):
    able = solve(eco, Shock(productivity_hat={"VEN": 0.5}))
    fewer = solve(eco, Shock(labour_hat={"VEN": 0.5}))
    np.testing.assert_allclose(able.flows, fewer.flows)
    assert able.welfare_pct["VEN"] < -40.0
    assert fewer.welfare_pct["VEN"] > 0.0  # scarcer labour sells dearer
    np.testing.assert_allclose(fewer.welfare_hat[1] * 0.5, able.welfare_hat[1])


def test_a_transfer_moves_spending(eco):
    base = dict(zip(NAMES, eco.deficit))
    out = solve(eco, Shock(deficit={"VEN": base["VEN"] + 1, "ROW": base["ROW"] - 1}), deficits="additive")
    moved = out.flows.sum(axis=0) - out.flows.sum(axis=1)
    np.testing.assert_allclose(moved - eco.deficit, [0, 1, 0, -1], atol=1e-9)
    assert out.welfare_pct["VEN"] > 0 > out.welfare_pct["ROW"]
    with pytest.raises(InvalidShock, match="sum to"):
        solve(eco, Shock(deficit={"VEN": 7.0}), deficits="additive")


def test_frames_and_diversion(eco):
    out = solve(eco, {("COL", "VEN"): CLOSED})
    assert out.to_frame().columns[:2] == ["economy", "welfare_pct"]
    flows = out.to_frame("flows")
    assert flows.height == 16
    assert set(out.diversion("COL", "VEN")) == {"ECU", "ROW"}
    assert out.exports_pct["COL"] < 0


@pytest.mark.parametrize(
    ("shock", "options"),
    [
        ({("COL", "VEN"): CLOSED}, {}),
        ({("COL", "VEN"): -0.1}, {"deficits": "additive"}),
        ({("COL", "VEN"): -0.1}, {"supply_elasticity": 1.0}),
        (Shock(labour_hat={"COL": 1.1}), {}),
    ],
)
def test_the_published_recipe_refuses_what_it_does_not_know(eco, shock, options):
    with pytest.raises(SpecificationError, match="published recipe"):
        solve(eco, shock, mode="published", **options)


def test_condition_number_warns_of_an_economy_hardly_connected(eco):
    others = ("COL", "ECU", "ROW")
    loose = {("VEN", others): -9.0, (others, "VEN"): -9.0}
    near, far = (solve(eco, shock, deficits="balanced").condition() for shock in ({}, loose))
    assert 1.0 < near < far / 100
    assert "condition" in solve(eco, {}).summary()


def test_something_that_is_no_economy_is_named():
    from detente.equilibrium import SectorEconomy, accumulate, bargain, ensemble, migrate, sensitivity

    sectors = SectorEconomy.from_arrays(NAMES, ["all"], FLOWS[None], theta=4.0)
    for verb in (accumulate, lambda e: migrate(e, FLOWS), lambda e: bargain(e, "COL", "VEN")):
        with pytest.raises(SpecificationError, match="one sector"):
            verb(sectors)
    with pytest.raises(SpecificationError, match="one sector"):
        sensitivity(sectors, "COL")
    for verb in (solve, ensemble):
        with pytest.raises(SpecificationError, match=r"from_flows"):
            verb(FLOWS)


@pytest.mark.parametrize("shock", [{(0, 1): -0.5}, {"AB": -0.5}, {("A", None): -0.5}, {("A", "B"): [-0.5, 1.0]}])
def test_keys_and_values_of_the_wrong_kind_are_named(shock):
    """Economies of one letter must not make a text of two a dyad."""
    flows = np.array([[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    with pytest.raises(InvalidShock):
        solve(Economy.from_arrays(["A", "B", "C"], flows), shock)


@pytest.mark.parametrize("deficits", RULES)
def test_an_effect_on_internal_trade_is_a_change_of_its_cost(deficits):
    """The same effect on all trade, one's own included, lowers every price alike and moves nothing else."""
    flows = np.array([[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    eco = Economy.from_arrays(["A", "B", "C"], flows)
    out = solve(eco, {(a, b): 0.3 for a in "ABC" for b in "ABC"}, theta=4.0, deficits=deficits)
    np.testing.assert_allclose(out.welfare_hat, np.exp(0.3 / 4.0), rtol=1e-10)
    np.testing.assert_allclose(out.flows, out.baseline.flows, rtol=1e-9)
    assert out.report.acr_gap < 1e-12
