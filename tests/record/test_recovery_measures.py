"""A state of the record as a regressor: a planted effect of a closed border is found again."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.record import Ledger
from detente.record.states import measures

pytestmark = pytest.mark.recovery

EFFECT = -0.9


def test_fit_ppml_recovers_the_effect_of_days_closed():
    states = Ledger.read(str(files("detente").joinpath("studies/colombia_venezuela/record"))).states()
    years = range(2010, 2025)
    closed = measures(states, years, "COL", "VEN").select(
        "exporter", "importer", "year", closed=pl.col("border_goods_tachira_closed")
    )
    assert closed["closed"].n_unique() > 4  # whole years, part years and open ones
    rng = np.random.default_rng(20150819)
    codes = ["COL", "VEN", "BRA", "USA", "PER", "ECU", "CHN", "MEX"]
    size = {c: rng.normal(3, 0.5) for c in codes}
    drift = {(c, y): rng.normal(0, 0.2) for c in codes for y in years}
    rows = [
        (a, b, y, size[a] + size[b] + drift[a, y] + drift[b, y]) for a in codes for b in codes if a != b for y in years
    ]
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "year", "log_mean"], orient="row")
    frame = frame.join(closed, on=["exporter", "importer", "year"], how="left").with_columns(
        pl.col("closed").fill_null(0)
    )
    mean = np.exp(frame["log_mean"].to_numpy() + EFFECT * frame["closed"].to_numpy())
    frame = frame.with_columns(trade=mean * rng.lognormal(-0.005, 0.1, frame.height))
    fit = dt.fit_ppml(
        frame,
        "trade ~ closed | exporter^year + importer^year + exporter^importer",
        cluster="exporter^importer",
    )
    # 30 observations of the dyad with 10% noise: the standard error of the planted effect is near 0.05
    assert fit.coef["closed"] == pytest.approx(EFFECT, abs=0.15)
