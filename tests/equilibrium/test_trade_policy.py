"""Optimal and Nash tariffs against their formulas and against grids; quotas against their quantities; coalitions."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import (
    CLOSED,
    Economy,
    SectorEconomy,
    Shock,
    coalitions,
    nash_tariffs,
    optimal_tariff,
    quota,
    solve,
)
from detente.errors import InvalidShock, SpecificationError

THREE = Economy.from_arrays(["A", "B", "C"], [[90.0, 4.0, 8.0], [4.0, 50.0, 6.0], [8.0, 6.0, 200.0]])


@pytest.mark.oracle
@pytest.mark.parametrize("theta", [2.0, 4.0, 8.0])
def test_the_optimal_tariff_is_that_of_gros(theta):
    """One over theta times the share of its sales that the rest makes at home, at the optimum (Gros 1987)."""
    eco = Economy.from_arrays(["HOM", "ROW"], [[80.0, 20.0], [20.0, 60.0]])
    best = optimal_tariff(SectorEconomy.of(eco, theta=theta), "HOM")
    out = best.outcome
    share = out.flows[0, 1, 1] / out.flows[0, 1].sum()
    assert best.rates["HOM"] == pytest.approx(1 / (theta * share), rel=1e-6)
    small = Economy.from_arrays(["HOM", "ROW"], [[80.0, 20.0], [20.0, 1e7]])
    assert optimal_tariff(SectorEconomy.of(small, theta=theta), "HOM").rates["HOM"] == pytest.approx(
        1 / theta, rel=1e-4
    )


@pytest.mark.oracle
def test_mutual_best_answers_of_two_like_economies_solve_the_formula():
    """At a symmetric Nash equilibrium t = 1 / (theta x share), the share at tariffs t written out by hand."""
    from scipy.optimize import brentq

    theta, own = 4.0, 0.8
    game = nash_tariffs(
        SectorEconomy.of(Economy.from_arrays(["A", "B"], [[80.0, 20.0], [20.0, 80.0]]), theta=theta), ["A", "B"]
    )

    def share(t):  # of sales at home in all sales; spending is output plus revenue
        spent = own / (own + (1 - own) * (1 + t) ** -theta)
        return spent / (1 - t * (1 - spent) / (1 + t))

    rate = brentq(lambda t: t - 1 / (theta * share(t)), 0.01, 2)
    assert game.rates["A"] == pytest.approx(rate, rel=1e-6)
    assert game.rates["B"] == pytest.approx(rate, rel=1e-6)
    assert max(game.outcome.welfare_pct.values()) < 0  # a war costs both


@pytest.mark.parametrize("deficits", ["balanced", "additive", "multiplicative"])
def test_no_setter_gains_by_moving_off_its_nash_tariff(deficits):
    eco = SectorEconomy.from_arrays(
        ["A", "B", "C"], ["x", "y"], np.stack([0.4 * THREE.flows, 0.6 * THREE.flows]), theta=[3.0, 6.0], value_added=0.6
    )
    game = nash_tariffs(eco, ["A", "B", "C"], deficits=deficits)
    assert game.slope < 1e-8
    assert game.to_frame().height == 3
    for code in "ABC":
        for step in (-0.02, 0.02):
            moved = dict(game.rates) | {code: game.rates[code] + step}
            shock = Shock(tariff={("*", c): r for c, r in moved.items()})
            out = solve(eco, shock, deficits=deficits)
            assert out.welfare_pct[code] < game.outcome.welfare_pct[code]


def test_what_makes_no_game():
    with pytest.raises(SpecificationError, match=r"SectorEconomy\.of"):
        optimal_tariff(THREE, "A")
    with pytest.raises(InvalidShock, match="once"):
        nash_tariffs(SectorEconomy.of(THREE), ["A", "A"])


@pytest.mark.parametrize("rents", ["importer", "exporter"])
def test_quotas_hold_quantities_and_rents_go_where_they_are_said_to(rents):
    eco = SectorEconomy.of(THREE, theta=4.0)
    found = quota(eco, {("A", "B"): 0.5, ("C", "B"): 0.9}, rents=rents)
    out = found.outcome
    for (i, j), share in {("A", "B"): 0.5, ("C", "B"): 0.9}.items():
        i, j = eco.index(i), eco.index(j)
        assert out.flows[0, i, j] / out.cost_hat[0, i] == pytest.approx(share * eco.flows[0, i, j], rel=1e-9)
    gains = dict(zip(out.economies, out.revenue))
    assert (gains["B"] > 0) == (rents == "importer")
    assert (gains["A"] > 0) == (rents == "exporter")
    other = quota(eco, {("A", "B"): 0.5, ("C", "B"): 0.9}, rents="exporter" if rents == "importer" else "importer")
    better = out if rents == "importer" else other.outcome
    worse = other.outcome if rents == "importer" else out
    assert better.welfare_pct["B"] > worse.welfare_pct["B"]


def test_a_quota_that_does_not_bind_is_no_tariff():
    eco = SectorEconomy.of(THREE, theta=4.0)
    assert quota(eco, {("A", "B"): 1.0}).equivalents["A", "B"] == 0.0
    with pytest.raises(InvalidShock, match="above 0"):
        quota(eco, {("A", "B"): 1.5})


def test_each_coalition_is_a_single_solve_and_the_cheapest_is_the_cheapest():
    world = Economy.from_arrays([*"ABCT"], [[80.0, 2, 2, 5], [2, 50, 1, 4], [2, 1, 60, 1], [5, 4, 1, 30]])
    found = coalitions(world, "T", ["A", "B", "C"], theta=4.0)
    assert len(found.subsets) == 7
    for k, subset in enumerate(found.subsets):
        out = solve(world, Shock.between("T", subset, effect=CLOSED), theta=4.0)
        assert found.target_pct[k] == pytest.approx(out.welfare_pct["T"], abs=1e-9)
        np.testing.assert_allclose(found.member_pct[k], [out.welfare_pct[c] for c in "ABC"], atol=1e-9)
    frame = found.to_frame()
    harm = 1.5
    enough = frame.filter(-frame["T_pct"] >= harm).sort("cost_usd_mn")
    assert ", ".join(found.cheapest(harm)) == enough["coalition"][0]
    with pytest.raises(InvalidShock, match="No coalition costs T"):
        found.cheapest(99.0)
    paid = found.transfers_usd_mn(("A", "B"))
    assert sum(paid.values()) == pytest.approx(0.0, abs=1e-12)
    k = found.subsets.index(("A", "B"))
    losses = [found.member_pct[k, m] + 100 * paid[c] / found.spending[c] for m, c in enumerate("AB")]
    assert losses[0] == pytest.approx(losses[1], abs=1e-12)


@pytest.mark.property
def test_a_larger_coalition_hurts_the_target_more():
    rng = np.random.default_rng(3)
    flows = np.exp(rng.normal(0, 1, (6, 6))) + 30 * np.eye(6)
    found = coalitions(Economy.from_arrays([*"ABCDET"], flows), "T", [*"ABCD"], effect=-2.0)
    harm = {frozenset(s): -p for s, p in zip(found.subsets, found.target_pct)}
    assert all(harm[a] < harm[b] for a in harm for b in harm if a < b)
