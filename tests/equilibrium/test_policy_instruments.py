"""Tariffs, points, retaliation, export taxes, labour supply and what is done with revenue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.equilibrium import Economy, SectorEconomy, Shock, nash_tariffs, sensitivity, solve
from detente.errors import InvalidShock, NotConverged, SpecificationError

NAMES, SECTORS = ("COL", "VEN", "ROW"), ("oil", "goods")
RULES = ("additive", "multiplicative", "universal", "balanced")


def build(seed: int = 0, tariffs: bool = True) -> SectorEconomy:
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(0, 0.7, (2, 3, 3))) + 8 * np.eye(3)
    return SectorEconomy.from_arrays(
        NAMES,
        SECTORS,
        flows,
        theta=rng.uniform(2, 8, 2),
        tariff=rng.uniform(0, 0.3, (2, 3, 3)) * (1 - np.eye(3)) * tariffs,
        value_added=rng.uniform(0.6, 0.9, (2, 3)),
        inputs=_shares(rng),
    )


def _shares(rng: np.random.Generator) -> np.ndarray:
    inputs = rng.uniform(0.2, 1, (2, 2, 3))
    return inputs / inputs.sum(axis=0)


def levels(eco, tariff, levy, theta, kappa, tax_cut, scale=0.0):
    """The same world written out in levels and cleared by scipy: an independent solution, additive deficits.

    Unknowns are log wages, prices and spending; money is fixed by world value added.
    """
    from scipy.optimize import root

    s, n = 2, 3
    spend0 = eco.spending
    taste = eco.flows * (1 + eco.tariff) / spend0[:, None, :]
    revenue0 = eco.revenue

    def unpack(x):
        return x[:n], x[n : n + s * n].reshape(s, n), np.exp(x[n + s * n :].reshape(s, n)) * spend0

    def world(x):
        labour = np.zeros(n)
        if scale and tax_cut:  # costs depend on employment, that on the tax cut, that on costs
            for _ in range(40):
                labour = at(x, labour)[-1]
        elif scale:
            w, log_p, _ = unpack(x)
            labour = kappa * (w - (eco.final * log_p).sum(axis=0))
        return at(x, labour)

    def at(x, employed):
        w, log_p, spend = unpack(x)
        able = w - scale * employed
        cost = eco.value_added * able + (1 - eco.value_added) * np.einsum("ski,si->ki", eco.inputs, log_p)
        price = cost[:, :, None] + np.log((1 + tariff) * (1 + levy) / (1 + eco.tariff))
        weight = taste * np.exp(-theta[:, None, None] * price)
        index = weight.sum(axis=1)
        gross = weight / index[:, None, :] * spend[:, None, :]
        customs = gross / (1 + tariff)
        net = customs / (1 + levy)
        revenue = (gross - customs).sum(axis=(0, 1)) + (customs - net).sum(axis=(0, 2))
        real = w - (eco.final * log_p).sum(axis=0)
        labour = np.zeros(n)
        for _ in range(500):  # employment and the labour tax depend on each other
            rate = revenue / (eco.wages * np.exp(w + labour)) if tax_cut else 0.0
            old = revenue0 / eco.wages if tax_cut else 0.0
            last, labour = labour, 0.5 * labour + 0.5 * kappa * (real + np.log1p(rate) - np.log1p(old))
            if np.abs(labour - last).max() < 1e-16:
                break
        paid = eco.wages * np.exp(w + labour)
        income = paid + revenue + eco.deficit * paid.sum() / eco.wages.sum()
        return w, log_p, spend, index, net, paid, income, real, labour

    def gaps(x):
        _, log_p, spend, index, net, paid, income, _, _ = world(x)
        sales = net.sum(axis=2)
        uses = np.einsum("ski,ki->si", eco.inputs, (1 - eco.value_added) * sales) + eco.final * income
        labour = np.log((eco.value_added * sales).sum(axis=0) / paid)
        labour[-1] = np.log(paid.sum() / eco.wages.sum())
        return np.concatenate([labour, (log_p + np.log(index) / theta[:, None]).ravel(), np.log(uses / spend).ravel()])

    found = root(gaps, np.zeros(n + 2 * s * n), tol=1e-13)
    assert np.abs(found.fun).max() < 1e-9
    return world(found.x)


@pytest.mark.oracle
@pytest.mark.parametrize("kappa", [0.0, 0.6])
@pytest.mark.parametrize("use", ["lump-sum", "income-tax"])
@pytest.mark.parametrize("export_tax", [0.0, 0.25, -0.1])
def test_against_the_same_world_in_levels(kappa, use, export_tax):
    eco = build()
    shock = Shock(tariff_points={("*", "COL"): 0.1, ("COL", "VEN", "oil"): 0.3})
    levy = np.zeros((2, 3, 3))
    if export_tax:
        shock = shock + Shock(export_tax={("VEN", "*"): export_tax})
        levy[:, 1, :] = export_tax
        levy[:, 1, 1] = 0.0
    rate = np.array(eco.tariff)
    rate[:, 1:, 0] += 0.1
    rate[0, 0, 1] += 0.3
    out = solve(eco, shock, deficits="additive", supply_elasticity=kappa, revenue=use)
    w, _, _, _, net, _, income, real, labour = levels(eco, rate, levy, eco.theta, kappa, use == "income-tax")
    np.testing.assert_allclose(out.flows, net, rtol=1e-8)  # scipy's own tolerance leaves about 1e-10
    np.testing.assert_allclose(out.wage_hat, np.exp(w), rtol=1e-8)
    np.testing.assert_allclose(out.labour_hat, np.exp(labour), rtol=1e-8)
    np.testing.assert_allclose(out.welfare_hat, income / eco.income * np.exp(real - w), rtol=1e-8)


@pytest.mark.oracle
@pytest.mark.parametrize("use", ["lump-sum", "income-tax"])
def test_scale_with_tariffs_against_the_same_world_in_levels(use):
    """Productivity rises with employment to the power 0.3, employment with the real wage to the power 0.6."""
    eco = build()
    shock = Shock(tariff_points={("*", "COL"): 0.1})
    rate = np.array(eco.tariff)
    rate[:, 1:, 0] += 0.1
    out = solve(eco, shock, deficits="additive", supply_elasticity=0.6, scale=0.3, revenue=use)
    w, _, _, _, net, _, income, real, labour = levels(eco, rate, 0.0 * rate, eco.theta, 0.6, use == "income-tax", 0.3)
    np.testing.assert_allclose(out.flows, net, rtol=1e-8)  # scipy's own tolerance leaves about 1e-10
    np.testing.assert_allclose(out.wage_hat, np.exp(w), rtol=1e-8)
    np.testing.assert_allclose(out.labour_hat, np.exp(labour), rtol=1e-8)
    np.testing.assert_allclose(out.welfare_hat, income / eco.income * np.exp(real - w), rtol=1e-8)
    assert np.abs(np.log(out.labour_hat)).max() > 1e-3


@pytest.mark.oracle
@pytest.mark.parametrize("share", [0.0, 0.25, 0.8])
@pytest.mark.parametrize("kappa", [0.0, 0.6])
def test_incomplete_pass_through_against_the_same_world_in_levels(share, kappa):
    """The buyer's price rises by the tariff to the power of the share; exporters take the rest off their income."""
    eco = build()
    shock = Shock(tariff={("ROW", "COL"): 0.5, ("COL", "VEN", "oil"): 0.0}, certain=True)
    rate = np.array(eco.tariff)
    rate[:, 2, 0], rate[0, 0, 1] = 0.5, 0.0
    levy = ((1 + rate) / (1 + eco.tariff)) ** (share - 1) - 1
    out = solve(eco, shock, deficits="additive", supply_elasticity=kappa, pass_through=share)
    w, _, _, _, net, _, income, real, _ = levels(eco, rate, levy, eco.theta, kappa, False)
    np.testing.assert_allclose(out.flows, net, rtol=1e-8)
    np.testing.assert_allclose(out.welfare_hat, income / eco.income * np.exp(real - w), rtol=1e-8)
    assert out.absorbed_usd_mn[2] > 0  # who is taxed more bears a part
    duty = (net * (1 + levy) * rate).sum(axis=(0, 1))
    np.testing.assert_allclose(out.revenue, duty, rtol=1e-8)
    assert out.to_frame()["absorbed_usd_mn"].to_list() == out.absorbed_usd_mn.tolist()


@pytest.mark.property
def test_a_tariff_that_exporters_absorb_wholly_is_a_transfer():
    """No buyer sees it: what it brings in is what the exporter pays, as a change of deficits of that size would."""
    eco = build(tariffs=False)
    none = solve(eco, Shock(tariff={("ROW", "COL"): 0.5}), deficits="additive", pass_through=0.0)
    paid = none.absorbed_usd_mn[2] * eco.wages.sum() / (none.labour_hat * none.wage_hat * eco.wages).sum()
    moved = dict(zip(NAMES, eco.deficit + np.array([paid, 0.0, -paid])))
    transfer = solve(eco, Shock(deficit=moved), deficits="additive")
    np.testing.assert_allclose(none.welfare_hat, transfer.welfare_hat, rtol=1e-11)
    np.testing.assert_allclose(none.flows, transfer.flows, rtol=1e-11)
    full = solve(eco, Shock(tariff={("ROW", "COL"): 0.5}), deficits="additive")
    assert none.welfare_pct["COL"] > full.welfare_pct["COL"] + 1


def test_an_export_tax_on_top_of_an_absorbed_tariff_is_public_money_and_the_rest_is_not():
    eco = build()
    shock = Shock(tariff={("ROW", "COL"): 0.5}, export_tax={("ROW", "COL"): 0.1})
    out = solve(eco, shock, deficits="additive", pass_through=0.5)
    np.testing.assert_allclose(out.wage_hat * eco.wages + out.revenue - out.absorbed_usd_mn + eco.deficit,
                               out.income_hat * eco.income, rtol=1e-10)  # fmt: skip
    margin = out.flows[:, 2, 0] * ((1.5 / (1 + eco.tariff[:, 2, 0])) ** -0.5 - 1)
    assert out.absorbed_usd_mn[2] == pytest.approx(-margin.sum(), rel=1e-12)
    with pytest.raises(SpecificationError, match="cannot be a baseline"):
        out.economy  # noqa: B018  (it raises)


@pytest.mark.property
def test_a_tax_on_all_exports_is_a_tariff_on_all_imports():
    """Lerner (1936): the same real outcome, if trade is balanced."""
    eco = solve(build(tariffs=False), {}, deficits="balanced").baseline
    one = solve(eco, Shock(tariff={("*", "COL"): 0.3}), deficits="balanced")
    other = solve(eco, Shock(export_tax={("COL", "*"): 0.3}), deficits="balanced")
    np.testing.assert_allclose(one.welfare_hat, other.welfare_hat, rtol=1e-11)
    assert one.welfare_pct["COL"] != pytest.approx(0.0, abs=1e-3)


@pytest.mark.property
@pytest.mark.parametrize("deficits", RULES)
def test_one_sector_labour_supply_is_the_supply_elasticity(deficits):
    """Without tariffs, labour that answers the real wage is psi of Allen, Arkolakis and Takahashi (2020)."""
    flows = np.array([[90.0, 4.0, 8.0], [1.0, 50.0, 6.0], [14.0, 3.0, 900.0]])
    plain, many = Economy.from_arrays(NAMES, flows), SectorEconomy.of(Economy.from_arrays(NAMES, flows), theta=4.0)
    shock = Shock({("COL", "VEN"): -1.0}, labour_hat={"ROW": 1.1})
    for psi in (0.0, 1.24):
        able = Shock(productivity_hat={"VEN": 0.9})
        as_labour = Shock(productivity_hat={"VEN": 0.9 ** (1 / (1 + psi))})  # the real wage rises with it as well
        one = solve(plain, shock + able, theta=4.0, supply_elasticity=psi, deficits=deficits)
        other = solve(many, shock + as_labour, supply_elasticity=psi, deficits=deficits)
        np.testing.assert_allclose(other.welfare_hat, one.welfare_hat, rtol=1e-9)
        np.testing.assert_allclose(other.flows[0], one.flows, rtol=1e-9)


@pytest.mark.parametrize(("use", "levy"), [("lump-sum", 0.0), ("income-tax", 0.0), ("income-tax", 0.2)])
def test_derivatives_with_labour_supply_and_export_taxes_against_solving_again(use, levy):
    eco, step = build(), 1e-5
    base = Shock(tariff={("COL", "VEN", "oil"): 0.4})
    base = base + Shock(export_tax={("VEN", "ROW"): levy}) if levy else base
    options = {"deficits": "additive", "supply_elasticity": 0.7, "revenue": use}
    at = solve(eco, base, **options)
    found = sensitivity(at, "VEN")

    def log_welfare(shock):
        return np.log(solve(eco, shock, **options).welfare_hat[1])

    up, down = (base + Shock({("ROW", "VEN", "goods"): h}) for h in (step, -step))
    slope = (log_welfare(up) - log_welfare(down)) / (2 * step)
    assert found.partial_effect[1, 2, 1] == pytest.approx(slope, rel=1e-6)
    up, down = (base + Shock(tariff_points={("COL", "VEN", "oil"): h * 1.4}) for h in (step, -step))
    slope = (log_welfare(up) - log_welfare(down)) / (2 * step)
    assert found.tariff[0, 0, 1] == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("deficits", ["additive", "multiplicative"])
@pytest.mark.parametrize(("share", "levy"), [(1.0, 0.0), (1.0, 0.2), (0.6, 0.0), (0.4, 0.2), (0.0, 0.0)])
def test_derivatives_at_any_pass_through_against_solving_again(deficits, share, levy):
    """By tariffs and export taxes of every kind of dyad, by a partial effect and by the elasticity."""
    eco, step = build(), 1e-5
    base = Shock(tariff={("COL", "VEN", "oil"): 0.4, ("ROW", "COL"): 0.15})
    base = base + Shock(export_tax={("VEN", "ROW"): levy}) if levy else base
    options = {"deficits": deficits, "supply_elasticity": 0.3, "pass_through": share, "tolerance": 1e-13}
    found = sensitivity(solve(eco, base, **options), "VEN")

    def slope(change, economy=lambda _: eco):
        ends = (np.log(solve(economy(h), change(h), **options).welfare_hat[1]) for h in (step, -step))
        return -np.subtract(*reversed(list(ends))) / (2 * step)

    def tariff(h, dyad, sector, rate):
        return base + Shock(tariff_points={(*dyad, sector): h * (1 + rate)})

    for dyad, rate in ((("COL", "VEN"), 0.4), (("VEN", "COL"), None), (("ROW", "COL"), 0.15)):
        i, j = NAMES.index(dyad[0]), NAMES.index(dyad[1])
        rate = float(eco.tariff[0, i, j]) if rate is None else rate
        wanted = slope(lambda h, dyad=dyad, rate=rate: tariff(h, dyad, "oil", rate))
        assert found.tariff[0, i, j] == pytest.approx(wanted, rel=2e-6, abs=1e-9)

    def taxed(h):
        of_goods = {("VEN", "ROW", "oil"): levy, ("VEN", "ROW", "goods"): (1 + levy) * np.exp(h) - 1}
        return Shock(base.partial, base.tariff, export_tax=of_goods)

    s = eco.sectors.index("goods")
    assert found.export_tax[s, 1, 2] == pytest.approx(slope(taxed), rel=2e-6, abs=1e-9)
    effect = slope(lambda h: base + Shock({("ROW", "VEN", "goods"): h}))
    assert found.partial_effect[s, 2, 1] == pytest.approx(effect, rel=2e-6)

    def elastic(h):
        return replace(eco, theta=eco.theta + h * (np.arange(len(eco.sectors)) == 0))

    assert found.theta[0] == pytest.approx(slope(lambda _: base, elastic), rel=2e-5)


@pytest.mark.parametrize("share", [1.0, 0.85])
def test_best_answers_at_incomplete_pass_through_are_best_on_a_grid(share):
    """Nobody gains by moving its rate a little either way; what exporters absorb makes tariffs worth more."""
    eco = build()
    options = {"deficits": "additive", "pass_through": share}
    game = nash_tariffs(eco, ["COL", "VEN"], **options)

    def welfare(code, rates):
        levied = {("*", setter): rate for setter, rate in rates.items()}
        return solve(eco, Shock(tariff=levied), **options).welfare_pct[code]

    for code in game.rates:
        here = welfare(code, game.rates)
        for move in (-0.03, 0.03):
            assert welfare(code, game.rates | {code: game.rates[code] + move}) < here
    full = nash_tariffs(eco, ["COL", "VEN"], deficits="additive")
    assert share == 1.0 or all(game.rates[code] > full.rates[code] for code in full.rates)
    with pytest.raises(NotConverged, match=r"best tariff of .* above 1,000%"):
        nash_tariffs(eco, ["COL", "VEN"], deficits="additive", pass_through=0.3)


def test_points_come_on_top_of_the_rates_in_force_and_retaliation_is_one_word():
    eco = build()
    out = solve(eco, Shock.tariffs("COL", on="VEN", points=0.1, retaliation=True), deficits="additive")
    np.testing.assert_allclose(out.tariff[:, 1, 0], eco.tariff[:, 1, 0] + 0.1)
    np.testing.assert_allclose(out.tariff[:, 0, 1], eco.tariff[:, 0, 1] + 0.1)
    np.testing.assert_allclose(out.tariff[:, 2, 0], eco.tariff[:, 2, 0])


@pytest.mark.parametrize(
    ("shock", "message"),
    [
        (Shock(tariff={("COL", "VEN"): 25}), "Was 25% meant"),
        (Shock(tariff_points={("COL", "VEN"): 25}), "Was 25% meant"),
        (Shock(export_tax={("COL", "VEN"): -1.5}), "above -1"),
        (Shock({("COL", ("VEN", "ROW")): -0.5, ("COL", "VEN"): -0.1}), "names the same trade twice"),
        (Shock({("COL", "*"): -0.5, ("COL", "VEN"): -0.1}), "names the same trade twice"),
        (Shock({("COL", "VEN", "oil"): -0.5, ("COL", "VEN"): -0.1}), "names the same trade twice"),
    ],
)
def test_traps_are_asked_about(shock, message):
    with pytest.raises(InvalidShock, match=message):
        solve(build(), shock, deficits="additive")


def test_an_effect_of_minus_fifty_is_asked_about():
    plain = Economy.from_arrays(NAMES, [[90.0, 4.0, 8.0], [1.0, 50.0, 6.0], [14.0, 3.0, 900.0]])
    with pytest.raises(InvalidShock, match="Was -50% meant") as caught:
        solve(plain, {("COL", "VEN"): -50})
    assert "-0.693" in str(caught.value)
    with pytest.raises(InvalidShock, match="Was -60% meant"):
        solve(plain, Shock.between("COL", "VEN", effect=-60.0))
    with pytest.warns(UserWarning, match="Was -60% meant"):  # of a bloc it may be a limit that is asked for
        solve(plain, Shock.between("VEN", ("COL", "ROW"), effect=-60.0))
    sure = solve(plain, Shock({("COL", "VEN"): -60.0}, certain=True))
    assert sure.report.ok


def test_overlaps_add_up_where_shocks_are_joined_on_purpose():
    plain = Economy.from_arrays(NAMES, [[90.0, 4.0, 8.0], [1.0, 50.0, 6.0], [14.0, 3.0, 900.0]])
    joined = solve(plain, Shock({("COL", "*"): -0.5}) + Shock({("COL", "VEN"): -0.1}))
    apart = solve(plain, {("COL", "VEN"): -0.6, ("COL", "ROW"): -0.5})
    np.testing.assert_allclose(joined.welfare_hat, apart.welfare_hat, rtol=1e-12)


def test_what_the_options_know():
    with pytest.raises(SpecificationError, match="revenue"):
        solve(build(), {}, deficits="additive", revenue="burnt")
    for wrong in ({"scale": -0.1}, {"pass_through": 1.2}, {"pass_through": float("nan")}, {"scale": "much"}):
        with pytest.raises(SpecificationError, match=next(iter(wrong))):
            solve(build(), {}, deficits="additive", **wrong)
    with pytest.raises(SpecificationError, match="without end"):
        solve(build(), {}, deficits="additive", supply_elasticity=2.0, scale=0.5)
    with pytest.raises(SpecificationError, match="lump sum"):
        solve(build(), {}, deficits="additive", pass_through=0.5, revenue="income-tax")
    with pytest.raises(SpecificationError, match=r"SectorEconomy\.of"):
        solve(Economy.from_arrays(NAMES, build().flows.sum(axis=0)), {}, pass_through=0.5)
    with pytest.raises(SpecificationError, match="published recipe"):
        solve(build(), {}, deficits="additive", mode="published", pass_through=0.5)
    with pytest.raises(SpecificationError, match="cannot be a baseline"):
        solve(build(), Shock(export_tax={("COL", "VEN"): 0.1}), deficits="additive").economy  # noqa: B018  (it raises)
    with pytest.raises(InvalidShock, match="either a new rate or points"):
        Shock.tariffs("COL", on="VEN")


def test_a_summary_says_what_the_deficit_rule_can_do_to_a_tariff():
    flows = np.array([[90.0, 4.0, 8.0], [1.0, 50.0, 6.0], [24.0, 3.0, 900.0]])
    eco = SectorEconomy.of(Economy.from_arrays(NAMES, flows), theta=4.0)
    shock = Shock.tariffs("COL", rate=0.2)
    assert "Look at more than one" in solve(eco, shock).summary()
    assert "Look at more than one" not in solve(eco, shock, deficits="additive").summary()
