"""Live comparison with pyfixest and statsmodels on the same rows."""

import numpy as np
import pandas as pd
import pytest

from detente.gravity import fit_ppml

pyfixest = pytest.importorskip("pyfixest")

COEFFICIENTS = 1e-6
"""pyfixest stops when the deviance moves by less than 1e-8 of itself."""
ERRORS = 2e-5
"""Relative; the same stop seen through the standard error."""

pytestmark = [pytest.mark.oracle, pytest.mark.oracle]


@pytest.fixture(scope="module")
def panel():
    """15 economies, 6 years, zeros, an unbalanced tenth left out, prior weights."""
    rng = np.random.default_rng(20)
    i, j, t = (a.ravel() for a in np.meshgrid(*[np.arange(k) for k in (15, 15, 6)], indexing="ij"))
    keep = (i != j) & (rng.random(len(i)) > 0.1)
    i, j, t = i[keep], j[keep], t[keep]
    start = rng.integers(0, 12, (15, 15))
    x = rng.normal(size=len(i))
    rta = (t >= start[i, j]).astype(float)
    index = rng.normal(size=(6, 15))[t, i] + rng.normal(size=(6, 15))[t, j] + rng.normal(size=(15, 15))[i, j]
    flow = np.exp(index + 0.5 * rta - 0.2 * x) * rng.gamma(1, 1, len(i)) * (rng.random(len(i)) > 0.2)
    return pd.DataFrame(
        {
            "exporter": i,
            "importer": j,
            "year": t,
            "trade": flow,
            "rta": rta,
            "x": x,
            "w": rng.uniform(0.5, 2, len(i)),
        }
    )


SSC = {
    "stata": {"k_adj": False, "G_adj": True, "G_df": "conventional"},
    "fixest": {"k_adj": True, "k_fixef": "nonnested", "G_adj": True, "G_df": "min"},
    "none": {"k_adj": False, "G_adj": False},
}
SETS = {
    "three-way": "exporter^year + importer^year + exporter^importer",
    "two-way": "exporter^year + importer^year",
    "one each": "exporter + importer + year",
}


CASES = [("three-way", "stata"), ("three-way", "none"), *((effects, "fixest") for effects in SETS)]


@pytest.mark.parametrize(("effects", "ssc"), CASES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pyfixest(panel, effects, ssc):
    data = panel.assign(pair=panel.exporter * 100 + panel.importer)
    formula = f"trade ~ rta + x | {SETS[effects]}"
    peer = pyfixest.fepois(formula, data, ssc=pyfixest.ssc(**SSC[ssc]), fixef_tol=1e-10, iwls_tol=1e-11)
    clusters = {"exporter^importer": "pair", "exporter + importer": "exporter + importer", None: None}
    for cluster, theirs in clusters.items():
        peer.vcov("hetero" if theirs is None else {"CRV1": theirs})
        ours = fit_ppml(panel, formula, cluster=cluster, ssc=ssc)
        np.testing.assert_allclose(list(ours.coef.values()), peer.coef(), atol=COEFFICIENTS)
        se = np.array(list(ours.se.values()))
        if cluster is None and ssc == "stata":
            se *= np.sqrt(1 - 1 / ours.n_used)  # Stata's n/(n-1) is not among pyfixest's options
        np.testing.assert_allclose(se, peer.se(), rtol=ERRORS)


def test_statsmodels_with_weights_offset_and_intercept(panel):
    import statsmodels.api as sm

    X = sm.add_constant(panel[["rta", "x"]])
    family = sm.families.Poisson()
    peer = sm.GLM(panel.trade, X, family=family, freq_weights=panel.w, offset=0.1 * panel.x).fit()
    ours = fit_ppml(panel.assign(o=0.1 * panel.x), "trade ~ rta + x", weights="w", offset="o")
    np.testing.assert_allclose(list(ours.coef.values()), peer.params, rtol=1e-8)
    assert ours.deviance == pytest.approx(peer.deviance, rel=1e-9)


def test_weights_on_both_engines(panel):
    formula = f"trade ~ rta + x | {SETS['three-way']}"
    tensor, rows = (fit_ppml(panel, formula, weights="w", engine=e) for e in ("tensor", "rows"))
    np.testing.assert_allclose(list(tensor.coef.values()), list(rows.coef.values()), atol=1e-8)
    np.testing.assert_allclose(tensor.cov, rows.cov, rtol=1e-6)
