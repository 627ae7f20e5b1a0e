"""Published gravity tables, on the published data."""

import numpy as np
import polars as pl
import pytest

from detente.gravity import bias_correct, fit_ppml

PRINTED = 5e-5
"""The tables print four decimals: half of the last one."""
AUTHORS = 1e-7
"""Weidner & Zylkin's package prints seven or more digits."""

pytestmark = [pytest.mark.oracle, pytest.mark.oracle, pytest.mark.shared]
YEARLY = "exporter^year + importer^year"


@pytest.fixture(scope="module")
def agtpa(shared_data):
    """The Advanced Guide's panel, every fourth year, with the columns its programs make."""
    data = pl.read_parquet(shared_data / "peer_examples" / "agtpa_69c_1986_2006.parquet")
    abroad = pl.col("exporter") != pl.col("importer")
    return data.filter(pl.col("year") % 4 == 2).with_columns(
        pair=pl.min_horizontal("exporter", "importer") + pl.max_horizontal("exporter", "importer"),
        home=pl.when(abroad).then(pl.lit("abroad")).otherwise("exporter"),
        border=abroad.cast(pl.Float64),
        ln_dist=pl.when(abroad).then(pl.col("dist").log()).otherwise(0.0),
        **{c: pl.col(c) * abroad for c in ("cntg", "lang", "clny")},
    )


def test_agtpa_traditional_gravity(agtpa):
    fit = fit_ppml(
        agtpa.filter(pl.col("border") == 1),
        f"trade ~ ln_dist + cntg + lang + clny | {YEARLY}",
        cluster="pair",
    )
    assert (fit.n_used, fit.engine) == (28_152, "tensor")
    published = {"ln_dist": (-0.8409, 0.0317), "cntg": (0.4374, 0.0832), "lang": (0.2475, 0.0765)}
    for term, (coef, se) in {**published, "clny": (-0.2225, 0.1162)}.items():
        assert fit.coef[term] == pytest.approx(coef, abs=PRINTED)
        assert fit.se[term] == pytest.approx(se, abs=PRINTED)


LAGS = "rta + rta_lag4 + rta_lag8 + rta_lag12"


@pytest.mark.parametrize(
    ("formula", "terms", "coef", "se"),
    [
        (f"trade ~ rta + ln_dist + cntg + lang + clny | {YEARLY} + home", ["rta"], 0.4085, 0.0688),
        (f"trade ~ rta | {YEARLY} + pair", ["rta"], 0.5572, 0.1022),
        (f"trade ~ {LAGS} | {YEARLY} + pair", LAGS.split(" + "), 0.9926, 0.0943),
        (f"trade ~ {LAGS} | {YEARLY} + pair + border^year", LAGS.split(" + "), 0.4750, 0.1095),
    ],
)
def test_agtpa_trade_agreements(agtpa, formula, terms, coef, se):
    fit = fit_ppml(agtpa, formula, cluster="pair")
    assert fit.engine == "rows"
    total = fit.combine(dict.fromkeys(terms, 1.0))
    assert total.estimate == pytest.approx(coef, abs=PRINTED)
    assert total.std_error == pytest.approx(se, abs=PRINTED)


@pytest.fixture(scope="module")
def manufactures(shared_data):
    data = pl.read_parquet(shared_data / "peer_examples" / "ppml_fe_bias_65c_1988_2004.parquet")
    return data.filter(pl.col("category") == "MANUF")


THREE_WAY = "trade ~ fta | isoexp^year + isoimp^year + isoexp^isoimp"


@pytest.mark.parametrize("engine", ["tensor", "rows", "irls"])
def test_weidner_zylkin_uncorrected(manufactures, engine):
    fit = fit_ppml(manufactures, THREE_WAY, cluster="isoexp^isoimp", engine=engine)
    assert fit.n_used == 20_600
    assert fit.coef["fta"] == pytest.approx(0.1780290, abs=AUTHORS)
    assert fit.se["fta"] == pytest.approx(0.0350079, abs=AUTHORS)


def test_both_engines_agree(manufactures):
    formula = "trade ~ fta + fta:ln_distw | isoexp^year + isoimp^year + isoexp^isoimp"
    one, other = (fit_ppml(manufactures, formula, engine=e) for e in ("tensor", "irls"))
    np.testing.assert_allclose(list(one.coef.values()), list(other.coef.values()), rtol=0, atol=1e-8)
    np.testing.assert_allclose(one.cov, other.cov, rtol=1e-6)


def test_weidner_zylkin_corrected(manufactures):
    corrected = bias_correct(fit_ppml(manufactures, THREE_WAY, cluster="isoexp^isoimp"))
    assert corrected.bias["fta"] == pytest.approx(0.0076567524, abs=2e-10)
    assert corrected.se["fta"] == pytest.approx(0.0419558558, abs=2e-10)
    assert corrected.coef["fta"] == pytest.approx(0.1780290 - 0.0076568, abs=2 * AUTHORS)
