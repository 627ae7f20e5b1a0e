"""What one does with a fit: resampling, resistances, tariffs, RESET, tables, many fits."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import polars as pl
import pytest

from detente.errors import (
    InvalidFlow,
    MissingInternalTrade,
    OutputError,
    SpecificationError,
    UnknownColumn,
    UsageError,
)
from detente.gravity import (
    bias_correct,
    bootstrap,
    compare,
    fit_many,
    fit_ppml,
    jackknife,
    multilateral_resistance,
    reset_test,
    tariff_equivalents,
    trade_costs,
)
from detente.gravity.engines import tensor_engine

THREE_WAY = "exporter^year + importer^year + exporter^importer"


def panel(seed=0, n=10, years=4, internal=False):
    r = np.random.default_rng(seed)
    i, j, t = np.array([c for c in product(range(n), range(n), range(years)) if internal or c[0] != c[1]]).T
    x = r.normal(size=len(i))
    index = r.normal(size=(n, years))[i, t] + r.normal(size=(n, years))[j, t] + r.normal(size=(n, n))[i, j]
    flow = np.exp(index + 0.5 * x) * r.gamma(2, 0.5, len(i))
    names = np.array([f"E{k}" for k in range(n)])
    return pl.DataFrame({"exporter": names[i], "importer": names[j], "year": t, "x": x, "trade": flow})


@pytest.mark.parametrize("effects", [THREE_WAY, "exporter + importer + year"])
def test_a_bootstrap_draw_is_the_fit_with_that_many_copies(effects):
    data = panel()
    fit = fit_ppml(data, f"trade ~ x | {effects}", cluster="exporter^importer", singletons="keep")
    draws = bootstrap(fit, n=2, seed=5).draws[:, 0]
    codes, groups = fit.design.codes(("exporter", "importer"))
    rng = np.random.default_rng(5)
    for draw in draws:
        copies = rng.multinomial(groups, np.full(groups, 1 / groups))[codes]
        weighted = data.with_columns(w=pl.Series(copies)).filter(pl.col("w") > 0)
        again = fit_ppml(weighted, f"trade ~ x | {effects}", weights="w", singletons="keep")
        assert draw == pytest.approx(again.coef["x"], abs=1e-6)


@pytest.mark.parametrize("holds", [True, False])
def test_draws_are_made_in_single_precision_where_it_holds_the_margins(holds, monkeypatch):
    fit = fit_ppml(panel(), f"trade ~ x | {THREE_WAY}", cluster="exporter^importer", singletons="keep")
    made, cells = [], tensor_engine.sectors_of
    monkeypatch.setattr(tensor_engine, "sectors_of", lambda d, l, units=None: made.append(units) or cells(d, l, units))
    if not holds:
        monkeypatch.setattr(tensor_engine.SectorTensors, "settled", property(lambda work: not work.single))
    found = bootstrap(fit, n=2, seed=5).draws[:, 0]
    assert [units is None for units in made] == ([False] if holds else [False, True])  # None is double precision
    monkeypatch.undo()
    np.testing.assert_allclose(found, bootstrap(fit, n=2, seed=5).draws[:, 0], atol=1e-6)


def test_both_bootstraps_and_the_sandwich_agree_on_a_regular_sample():
    data = panel(n=30, years=3)
    noise = np.random.default_rng(4).gamma(2, 0.5, data.height)
    data = data.with_columns(trade=(0.5 * pl.col("x")).exp() * noise)
    fit = fit_ppml(data, "trade ~ x | exporter^year + importer^year", cluster="exporter^importer")
    refit, score = bootstrap(fit, n=300), bootstrap(fit, n=300, method="score")
    assert refit.se["x"] == pytest.approx(fit.se["x"], rel=0.15)  # 300 draws: 4% of noise
    assert score.se["x"] == pytest.approx(refit.se["x"], rel=0.15)


def test_the_jackknife_is_its_definition():
    data = panel()
    fit = fit_ppml(data, f"trade ~ x | {THREE_WAY}")
    names = np.array(sorted(set(data["exporter"])))
    first = set(names[np.random.default_rng(3).permutation(10)[:5]].tolist())
    sides = [pl.col("exporter").is_in(first), pl.col("importer").is_in(first)]
    coef = lambda part: fit_ppml(data.filter(part), f"trade ~ x | {THREE_WAY}", singletons="keep").coef["x"]  # noqa: E731
    quadrants = [coef(a & b) for a in (sides[0], ~sides[0]) for b in (sides[1], ~sides[1])]
    halves = [coef(p) for side in sides for p in (side, ~side)]
    quadrant = jackknife(fit, splits=1, seed=3).coef["x"]
    assert quadrant == pytest.approx(2 * fit.coef["x"] - np.mean(quadrants), abs=1e-7)
    half = jackknife(fit, kind="half", splits=1, seed=3).coef["x"]
    assert half == pytest.approx(3 * fit.coef["x"] - 2 * np.mean(halves), abs=1e-7)


def test_resistances_solve_the_structural_system():
    fit = fit_ppml(panel(internal=True), f"trade ~ x | {THREE_WAY}")
    sigma = 5.0
    table = multilateral_resistance(fit, sigma, "E0").filter(pl.col("period") == 2)
    cost = trade_costs(fit, sigma).with_columns(fit.table.frame.to_native().select("exporter", "importer", "year"))
    cost = cost.filter(pl.col("year") == 2).sort("exporter", "importer")["cost"].to_numpy().reshape(10, 10)
    table = table.sort("economy")
    P, Pi, Y, E = (table[c].to_numpy() for c in ("inward", "outward", "output", "expenditure"))
    assert P[0] == pytest.approx(1)
    inward = ((cost / Pi[:, None]) ** (1 - sigma) * Y[:, None] / Y.sum()).sum(0)
    outward = ((cost / P) ** (1 - sigma) * E / Y.sum()).sum(1)
    np.testing.assert_allclose(P ** (1 - sigma), inward, rtol=1e-7)
    np.testing.assert_allclose(Pi ** (1 - sigma), outward, rtol=1e-7)


def test_resistances_need_internal_trade():
    with pytest.raises(MissingInternalTrade):
        multilateral_resistance(fit_ppml(panel(), f"trade ~ x | {THREE_WAY}"), 5.0, "E0")


def test_tariff_equivalents_and_their_errors():
    fit = fit_ppml(panel(), f"trade ~ x | {THREE_WAY}")
    row = tariff_equivalents(fit, theta=4.0).row(0, named=True)
    b, step = fit.coef["x"], 1e-6
    assert row["tariff_pct"] == pytest.approx(100 * (np.exp(-b / 4) - 1))
    slope = (np.exp(-(b + step) / 4) - np.exp(-(b - step) / 4)) / (2 * step)
    assert row["tariff_pct_se"] == pytest.approx(100 * abs(slope) * fit.se["x"], rel=1e-6)
    with pytest.raises(UsageError):
        tariff_equivalents(fit, theta=0)


def test_reset_rejects_the_wrong_form_and_not_the_right_one():
    r = np.random.default_rng(8)
    x = r.normal(size=4000)
    data = pl.DataFrame({"x": x, "g": r.integers(0, 20, 4000), "right": np.exp(0.5 * x) * r.gamma(4, 0.25, 4000)})
    data = data.with_columns(wrong=pl.Series((2 + x).clip(0) ** 3))
    assert reset_test(fit_ppml(data, "right ~ x | g")).p_value > 0.01
    assert reset_test(fit_ppml(data, "wrong ~ x | g")).p_value < 1e-6


def test_a_comparison_in_every_format(tmp_path):
    from docx import Document

    data = panel()
    fits = [fit_ppml(data, f"trade ~ x | {e}") for e in ("exporter + importer", THREE_WAY)]
    table = compare(*fits, names=["pooled", "three-way"])
    shown = f"{fits[1].coef['x']:.3f}***"
    assert shown in table.summary()
    assert shown in table.to_html()
    assert "0." in table.to_latex()
    cells = Document(str(table.to_word(tmp_path / "table.docx"))).tables[0].rows[1].cells
    assert [c.text for c in cells] == list(table.rows[0])
    assert cells[1].paragraphs[0].alignment == 1
    assert table.to_frame().columns == ["", "pooled", "three-way"]
    with pytest.raises(UsageError):
        compare(*fits, names=["one"])
    with pytest.raises(UsageError, match=r"compare\(a, b\), not list"):
        compare(fits)
    with pytest.raises(OutputError, match="cannot be written"):
        table.to_word(tmp_path / "nowhere" / "table.docx")


def test_what_has_not_converged_says_so_wherever_it_is_shown():
    half = fit_ppml(panel(), f"trade ~ x | {THREE_WAY}", max_iterations=1, throw=False)
    assert "NOT CONVERGED after" in half.summary()
    done = fit_ppml(panel(), f"trade ~ x | {THREE_WAY}")
    assert "CONVERGED" not in done.summary()
    assert compare(done, half).note.endswith("Not converged: (2).")


@pytest.mark.parametrize(
    ("call", "option"), [(bootstrap, {"n": 1}), (bootstrap, {"n": "a"}), (jackknife, {"splits": 0})]
)
def test_resampling_counts(call, option):
    fit = fit_ppml(panel(), f"trade ~ x | {THREE_WAY}", cluster="exporter^importer")
    with pytest.raises(UsageError, match="counts"):
        call(fit, **option)


def test_nothing_to_correct_is_named():
    with pytest.raises(SpecificationError, match="no regressors"):
        bias_correct(fit_ppml(panel(), f"trade ~ 1 | {THREE_WAY}"))


def test_what_no_level_can_have_is_raised_once():
    data = panel().with_columns(sector=pl.lit("food"))
    with pytest.raises(UnknownColumn, match="'nope'"):
        fit_many(data, f"trade ~ x | {THREE_WAY}", by="sector", cluster="nope")
    with pytest.raises(UnknownColumn, match="Did you mean 'x'"):
        fit_many(data, f"trade ~ xx | {THREE_WAY}", by="sector")
    with pytest.raises(UsageError, match=r"'fod' is not a level of 'sector'\. Did you mean 'food'"):
        fit_many(data, f"trade ~ x | {THREE_WAY}", by="sector")["fod"]


def test_many_fits_keep_failures_with_their_reason():
    good, bad = panel(1).with_columns(sector=pl.lit("a")), panel(2).with_columns(sector=pl.lit("b"))
    bad = bad.with_columns(trade=-pl.col("trade"))
    seen = []
    fits = fit_many(pl.concat([good, bad]), f"trade ~ x | {THREE_WAY}", by="sector", progress=lambda *p: seen.append(p))
    assert list(fits) == ["a"]
    assert fits["a"].coef["x"] == pytest.approx(fit_ppml(good, f"trade ~ x | {THREE_WAY}").coef["x"])
    assert "negative" in fits.to_frame().filter(pl.col("sector") == "b")["reason"][0]
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(InvalidFlow):
        fits["b"]
    with pytest.raises(UnknownColumn, match="Did you mean 'sector'"):
        fit_many(good, f"trade ~ x | {THREE_WAY}", by="sectr")


def test_many_fits_by_worker_processes_need_no_main_guard(tmp_path):
    """A fresh process usually runs the caller's script again, and would start processes of its own without end."""
    script = tmp_path / "many.py"
    script.write_text(
        "import numpy as np, polars as pl, detente as dt\n"
        "r = np.random.default_rng(1)\n"
        "o, d, t, s = (a.ravel() for a in np.meshgrid(range(9), range(9), range(5), range(4)))\n"
        "y = r.gamma(1, 1, len(o))\n"
        "data = pl.DataFrame({'o': o, 'd': d, 't': t, 's': s, 'x': r.normal(size=len(o)), 'y': y})\n"
        "data.group_by('o').agg(pl.col('y').sum())\n"
        "fits = dt.fit_many(data, 'y ~ x | o^t + d^t + o^d', by='s', workers=2)\n"
        "print(data.height, len(fits), len(fits.failures))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=240)
    assert done.stdout.split() == ["1620", "4", "0"], done.stderr


def test_fit_ppml_makes_one_fit_and_says_how_to_make_many():
    with pytest.raises(UsageError, match=r"dt\.fit_many\(frame, formula, by='sector'\)"):
        fit_ppml(panel(), f"trade ~ x | {THREE_WAY}", by="sector")


def test_many_fits_on_any_executor_and_one_after_the_other():
    data = pl.concat([panel(k).with_columns(sector=pl.lit(k)) for k in range(3)])
    with ThreadPoolExecutor(2) as pool:
        fits = fit_many(data, f"trade ~ x | {THREE_WAY}", by="sector", executor=pool)
    again = fit_many(data, f"trade ~ x | {THREE_WAY}", by="sector", workers=1)
    assert [fits[k].coef["x"] for k in range(3)] == [again[k].coef["x"] for k in range(3)]


@pytest.mark.parametrize("effects", [THREE_WAY, "exporter + importer + year"])
def test_a_fit_survives_the_way_to_another_process(effects):
    fit = fit_ppml(panel(), f"trade ~ x | {effects}")
    back = pickle.loads(pickle.dumps(fit))
    assert back.summary() == fit.summary()
    np.testing.assert_allclose(back.raw.effects()[0], fit.raw.effects()[0])


def test_bias_correction_of_pooled_sectors_is_the_sum_over_sectors():
    """Two copies of one sector hold the same coefficients; the bias is that of one, the variance half of it."""
    one = panel(n=9, years=4)
    both = pl.concat([one.with_columns(sector=pl.lit(s)) for s in ("food", "fuel")])
    effects = "exporter^year^sector + importer^year^sector + exporter^importer^sector"
    alone = bias_correct(fit_ppml(one, f"trade ~ x | {THREE_WAY}"))
    pooled = bias_correct(fit_ppml(both, f"trade ~ x | {effects}"))
    assert pooled.bias["x"] == pytest.approx(alone.bias["x"], rel=1e-8)
    n = alone.n_pairs
    factor = np.sqrt(2 * n / (2 * n - 1) / (n / (n - 1)) / 2)  # of twice the sample
    # the coefficient's own leverage, some 1/n a pair, halves with the sample as well
    assert pooled.se["x"] == pytest.approx(alone.se["x"] * factor, rel=2 / n)


@pytest.mark.parametrize("effects", ["exporter^importer + year", "exporter^year + importer", "exporter + year"])
def test_effects_that_are_not_gravity_are_not_corrected(effects):
    with pytest.raises(SpecificationError, match="two sides must be the economies"):
        bias_correct(fit_ppml(panel(), f"trade ~ x | {effects}"))
