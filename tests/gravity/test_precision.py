"""The single-precision head start: hard panels end where double precision alone ends, or without it."""

import numpy as np
import polars as pl
import pytest

from detente.errors import NotIdentified
from detente.gravity import fit_ppml
from detente.gravity.engines import tensor_engine
from detente.gravity.engines.row_projection import Block, RowProjector

EFFECTS = "exporter^year + importer^year + exporter^importer"
AGREEMENT = 1e-8
"""Relative difference of coefficients between the engines that is held for any panel."""
REPAIRED = 1e-5
"""The same of errors whose covariance lost a negative eigenvalue: what is left is small beside what cancelled."""


def panel(seed=0, n=14, years=6):
    r = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    index = r.normal(size=(years, n))[t, i] + r.normal(size=(years, n))[t, j] + r.normal(0, 2, (n, n))[i, j]
    x = r.normal(size=len(i))
    flow = np.exp(index - 0.3 * x) * r.gamma(1, 1, len(i)) * (r.random(len(i)) > 0.3)
    return pl.DataFrame({"exporter": i, "importer": j, "year": t, "x": x, "v": r.normal(size=len(i)), "trade": flow})


def both(data, formula=f"trade ~ x + v | {EFFECTS}", **options):
    """Coefficients [k] by the tensor and by rows alone."""
    fits = [fit_ppml(data, formula, engine=engine, **options) for engine in ("tensor", "irls")]
    return [np.array([fit.coef[name] for name in fit.names]) for fit in fits]


@pytest.mark.parametrize(
    "change",
    {
        "flows in billionths": pl.col("trade") * 1e-9,
        "flows of 1e15": pl.col("trade") * 1e15,
        "flows over twelve orders of magnitude": pl.col("trade") ** 2,
        "a regressor far from zero": pl.col("x") + 1e7,
        "a regressor of 1e12": pl.col("x") * 1e12,
        "a regressor of 1e-12": pl.col("x") * 1e-12,
        "a regressor with one outlier": pl.when(pl.int_range(pl.len()) == 7)
        .then(40.0)
        .otherwise(pl.col("x"))
        .alias("x"),
    }.items(),
    ids=lambda change: change[0],
)
def test_hard_units(change):
    tensor, rows = both(panel().with_columns(change[1]))
    np.testing.assert_allclose(tensor, rows, rtol=AGREEMENT)


def test_weights_offset_sectors_and_missing_cells():
    r = np.random.default_rng(3)
    data = pl.concat([panel(s).with_columns(sector=pl.lit(s)) for s in (1, 2)])
    data = data.with_columns(w=pl.Series(r.uniform(0.1, 3, data.height)), o=pl.Series(r.normal(size=data.height)))
    data = data.filter(pl.Series(r.random(data.height) > 0.2))
    formula = "trade ~ x | sector^exporter^year + sector^importer^year + sector^exporter^importer"
    tensor, rows = both(data, formula, weights="w", offset="o")
    np.testing.assert_allclose(tensor, rows, rtol=AGREEMENT)


def test_a_regressor_far_from_zero_changes_the_effects_by_a_constant_only():
    data = panel()
    near, far = (fit_ppml(data.with_columns(x), f"trade ~ x + v | {EFFECTS}") for x in (pl.col("x"), pl.col("x") + 1e6))
    assert far.coef["x"] == pytest.approx(near.coef["x"], rel=1e-7)  # x has lost 6 of its 16 digits
    assert far.se["x"] == pytest.approx(near.se["x"], rel=1e-7)
    gap = sum(np.nanmean(level) for level in far.raw.effects()) - sum(np.nanmean(level) for level in near.raw.effects())
    assert gap == pytest.approx(-1e6 * near.coef["x"], rel=1e-6)


def test_where_single_precision_fails_double_takes_over(monkeypatch):
    data = panel()
    expected = both(data)[0]
    monkeypatch.setattr(tensor_engine, "climb_in_single", lambda parts, coef, most: None)
    np.testing.assert_allclose(both(data)[0], expected, rtol=AGREEMENT)


def test_nearly_collinear_regressors_are_left_to_double_precision():
    data = panel().with_columns(v=pl.col("x") + 3e-4 * pl.col("v"))
    tensor, rows = both(data)
    np.testing.assert_allclose(tensor, rows, rtol=1e-5)  # the pair is ill-conditioned: 1e7 times a rounding of 1e-12


@pytest.mark.parametrize("gap", [1e-1, 1e-2, 2e-3, 5e-4])
@pytest.mark.parametrize("regressors", ["x + v", "x + u + v"])
@pytest.mark.parametrize("seed", range(4))
def test_a_converged_fit_meets_its_first_order_conditions_however_collinear(seed, regressors, gap):
    """What rounding leaves of the scores is multiplied by the condition number; the scores themselves are zero."""
    u = pl.lit(pl.Series(np.random.default_rng(seed + 100).normal(size=panel(seed).height)))
    others = pl.col("x") + u if "u" in regressors else pl.col("x")
    data = panel(seed).with_columns(u=u, v=others + gap * pl.col("v"))
    fits = [fit_ppml(data, f"trade ~ {regressors} | {EFFECTS}", engine=engine) for engine in ("tensor", "rows", "irls")]
    for fit in fits:
        y, mu, tilde = fit.design.y, fit.raw.mu, fit.raw.tilde
        assert not fit.dropped
        assert fit.iterations < 40
        np.testing.assert_allclose(tilde @ (y - mu) / np.sqrt(tilde**2 @ y), 0, atol=1e-10)
        for name in fit.names:
            assert (fit.coef[name] - fits[0].coef[name]) / fit.se[name] == pytest.approx(0, abs=1e-7)


def test_a_column_at_its_floor_does_not_end_the_projection_of_the_others():
    """Rounding bounds what is left of a column of 1e9; the one beside it is projected as if it were alone."""
    r = np.random.default_rng(7)
    x = r.normal(size=(400, 2))
    projector = RowProjector([Block(r.integers(0, 20, 400), 20) for _ in range(3)])
    projector.weigh(r.gamma(0.2, 1, 400))
    alone, start = projector.effects(x[:, 1:], tol=1e-10)
    _, far = projector.effects(x[:, :1] * 1e9, tol=1e-10)
    beside, _ = projector.effects(x * [1e9, 1], np.hstack([far, np.zeros_like(start)]), tol=1e-10)
    np.testing.assert_allclose(beside[:, 1], alone[:, 0], atol=1e-9)


@pytest.mark.parametrize("unit", [1e-9, 1e6, 1e12])
@pytest.mark.parametrize("cluster", [None, "exporter^importer", "exporter + importer"])
def test_errors_do_not_depend_on_the_unit_of_a_regressor(unit, cluster):
    data, formula = panel(), f"trade ~ x + v | {EFFECTS}"
    one, other = (fit_ppml(d, formula, cluster=cluster) for d in (data, data.with_columns(pl.col("x") * unit)))
    assert other.se["x"] * unit == pytest.approx(one.se["x"], rel=AGREEMENT)
    assert other.se["v"] == pytest.approx(one.se["v"], rel=AGREEMENT)


def test_a_repaired_covariance_beside_regressors_in_other_units():
    """Five economies and eight regressors: three-way clusters have a negative eigenvalue."""
    r = np.random.default_rng(5)
    data = panel(n=5, years=6)
    names = [f"z{k}" for k in range(8)]
    data = data.with_columns(**{name: pl.Series(r.normal(size=data.height)) for name in names})
    formula = f"trade ~ {' + '.join(names)} | exporter^year + importer"
    options = {"cluster": "exporter + importer + year"}
    fits = [
        fit_ppml(data.with_columns(pl.col("z3") * unit), formula, engine=engine, **options)
        for unit, engine in [(1e7, "tensor"), (1e9, "tensor"), (1e9, "irls")]
    ]
    assert all(fit.cov_repaired for fit in fits)
    for fit in fits[1:]:
        for name in names:
            unit = 100.0 if name == "z3" else 1.0
            assert fit.se[name] * unit == pytest.approx(fits[0].se[name], rel=REPAIRED)
    near = fit_ppml(data, formula, **options)  # in the regressors' own units, as the peers do it
    assert near.cov_repaired
    assert np.linalg.eigvalsh(near.cov)[0] > -1e-12 * near.cov.max()


def test_steps_that_overflow_are_not_a_crash():
    """The singular values of what is not finite raise; the engines look for nan."""
    from detente.gravity.collinear import scaled_solve

    assert np.isnan(scaled_solve(np.array([[1e-300, 1e300], [1e300, 1e-300]]), np.ones(2))).all()


def test_a_collinear_regressor_is_seen_beside_one_in_other_units():
    data = panel().with_columns(pl.col("x") * 1e9, twice=2 * pl.col("v"))
    fit = fit_ppml(data, f"trade ~ x + v + twice | {EFFECTS}")
    assert fit.names == ("x", "v")
    assert "combination" in fit.dropped["twice"]


@pytest.mark.parametrize("engine", ["tensor", "irls"])
def test_a_regressor_that_rough_projections_do_not_see_through(engine):
    """As many effects as rows: the tensor used to report 0 with an error of 0."""
    data = pl.DataFrame(
        {
            "trade": [1.19278534, 5.6737372, 0.14967678, 0.63680225],
            "x": [0.15745956, 1.64800101, -0.24340831, 0.3005011],
            "exporter": [0, 1, 3, 2],
            "importer": [0, 3, 1, 2],
            "year": [0, 0, 1, 1],
        }
    )
    with pytest.raises(NotIdentified, match="'x' does not vary beyond"):
        fit_ppml(data, f"trade ~ x | {EFFECTS}", engine=engine, singletons="keep", separation="levels")


@pytest.mark.parametrize("weights", ["w", None])
def test_rows_of_weight_zero_are_as_if_they_were_not_there(weights):
    r = np.random.default_rng(4)
    data = panel().with_columns(w=pl.Series(np.where(r.random(panel().height) < 0.3, 0.0, 2.0)))
    formula, cluster = f"trade ~ x + v | {EFFECTS}", "exporter^importer"
    fit = fit_ppml(data, formula, cluster=cluster, weights="w")
    without = fit_ppml(data.filter(pl.col("w") > 0), formula, cluster=cluster, weights=weights)  # constant weights
    assert fit.n_missing == (data["w"] == 0).sum()
    assert (fit.n_used, fit.n_clusters) == (without.n_used, without.n_clusters)
    np.testing.assert_allclose(list(fit.se.values()), list(without.se.values()), rtol=1e-7)
