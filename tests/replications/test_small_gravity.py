"""The tables of the Advanced Guide and of Weidner and Zylkin on small aggregates, against pyfixest and statsmodels."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.gravity import fit_ppml

pyfixest = pytest.importorskip("pyfixest")
pytestmark = [pytest.mark.oracle, pytest.mark.oracle, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

COEFFICIENTS = 2e-6
"""pyfixest stops when the deviance moves by less than 1e-8 of itself."""
ERRORS = 2e-5
"""Relative; the same stop seen through the standard error."""
ROOT = Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests" / "fixtures" / "replications"
YEARLY = "exporter^year + importer^year"
LAGS = "rta + rta_lag4 + rta_lag8 + rta_lag12"


@pytest.fixture(scope="module")
def guide():
    """The aggregate with the columns the Guide's programs make, and what pyfixest needs spelt out."""
    abroad = pl.col("exporter") != pl.col("importer")
    return pl.read_csv(SMALL / "advanced_guide.csv").with_columns(
        pair=pl.concat_str(pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer")),
        home=pl.when(abroad).then(pl.lit("abroad")).otherwise("exporter"),
        border=abroad.cast(pl.Float64),
        ln_dist=pl.when(abroad).then(pl.col("dist").log()).otherwise(0.0),
    )


def peer_fit(formula: str, data: pl.DataFrame, cluster: str):
    """pyfixest with Stata's small-sample factor, as the Guide's tables."""
    stata = pyfixest.ssc(k_adj=False, G_adj=True, G_df="conventional")
    options = {"ssc": stata, "fixef_tol": 1e-10, "iwls_tol": 1e-11}
    return pyfixest.fepois(formula, data.to_pandas(), vcov={"CRV1": cluster}, **options)


CASES = {
    "traditional": ("ln_dist + cntg + lang + clny", YEARLY, False),
    "agreement with a domestic dummy each": ("rta + ln_dist + cntg + lang + clny", f"{YEARLY} + home", True),
    "agreement with pair effects": ("rta", f"{YEARLY} + pair", True),
    "phasing in": (LAGS, f"{YEARLY} + pair", True),
    "phasing in and globalisation": (LAGS, f"{YEARLY} + pair + border^year", True),
}


@pytest.mark.parametrize("case", CASES)
def test_tables_of_the_advanced_guide(guide, case):
    terms, effects, internal = CASES[case]
    data = guide if internal else guide.filter(pl.col("border") == 1)
    formula = f"trade ~ {terms} | {effects}"
    ours, peer = fit_ppml(data, formula, cluster="pair"), peer_fit(formula, data, "pair")
    assert list(ours.coef) == list(peer.coef().index)
    np.testing.assert_allclose(list(ours.coef.values()), peer.coef(), atol=COEFFICIENTS)
    np.testing.assert_allclose(list(ours.se.values()), peer.se(), rtol=ERRORS)
    total = ours.combine(dict.fromkeys(terms.split(" + "), 1.0))
    assert total.estimate == pytest.approx(peer.coef().sum(), abs=4 * COEFFICIENTS)
    assert total.std_error == pytest.approx(np.sqrt(np.asarray(peer._vcov).sum()), rel=ERRORS)


def test_the_aggregates_tell_the_specifications_apart(guide):
    """An estimate that ignored its effects would pass nothing above: the columns differ widely."""
    found = [
        sum(fit_ppml(guide, f"trade ~ {terms} | {effects}").coef[t] for t in terms.split(" + ") if "rta" in t)
        for terms, effects, internal in CASES.values()
        if internal
    ]
    assert min(abs(a - b) for k, a in enumerate(found) for b in found[:k]) > 0.02


@pytest.fixture(scope="module")
def manufactures():
    return pl.read_csv(SMALL / "weidner_zylkin.csv").with_columns(pair=pl.concat_str("isoexp", "isoimp"))


def test_weidner_zylkin_before_the_correction(manufactures):
    effects = "isoexp^year + isoimp^year + isoexp^isoimp"
    peer = peer_fit(f"trade ~ fta | {effects}", manufactures, "pair")
    ours = fit_ppml(manufactures, f"trade ~ fta | {effects}", cluster="isoexp^isoimp")
    assert ours.coef["fta"] == pytest.approx(peer.coef()["fta"], abs=COEFFICIENTS)
    assert ours.se["fta"] == pytest.approx(peer.se()["fta"], rel=ERRORS)


@pytest.mark.shared
def test_rebuilt_byte_for_byte(shared_data, tmp_path):
    script = ROOT / "scripts" / "build_replication_fixtures.py"
    subprocess.run([sys.executable, script, shared_data, "--out", tmp_path], check=True)
    made = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    shipped = sorted(p.relative_to(SMALL) for p in SMALL.rglob("*") if p.suffix in (".csv", ".txt"))
    assert made == shipped
    for name in made:
        assert (tmp_path / name).read_bytes() == (SMALL / name).read_bytes(), name
