"""A known artefact of reporting: what Venezuela itself reported to have exported after 2008."""

from __future__ import annotations

import numpy as np
import pytest

from detente.attribution.sample import Sample
from detente.attribution.words.cautions import cautions, collapse_years

pytestmark = [pytest.mark.oracle, pytest.mark.oracle, pytest.mark.shared]


@pytest.fixture(scope="module")
def reported(shared_data) -> Sample:
    """Exports as reported by the exporter, every four years 1964-2016 (the penppml panel)."""
    import polars as pl

    frame = pl.read_parquet(shared_data / "peer_examples/penppml_1964_2016.parquet").filter(pl.col("time") >= 1996)
    codes, years = sorted({*frame["exp"], *frame["imp"]}), sorted(set(frame["time"]))
    flows = np.full((len(years), len(codes), len(codes)), np.nan)
    where = [codes.index(c) for c in frame["exp"]], [codes.index(c) for c in frame["imp"]]
    flows[[years.index(y) for y in frame["time"]], *where] = frame["export"].to_numpy() / 1e6
    return Sample.of((flows, codes, years))


def test_venezuelan_reports_collapse_with_all_partners_in_2012(reported) -> None:
    found = [reported.years[t] for t in collapse_years(reported.flows, reported.economy("VEN"))]
    assert found == [2012]
    text = " ".join(cautions(reported, reported.economy("VEN"), reported.economy("COL")))
    assert "Exports of Venezuela collapse with nearly all partners at once in 2012" in text
    assert "mirror artefact" in text


@pytest.mark.parametrize("code", ["COL", "BRA", "MEX", "USA", "DEU", "CHN", "PER", "ECU"])
def test_ordinary_reporters_are_left_in_peace(reported, code: str) -> None:
    for exports in (True, False):
        assert collapse_years(reported.flows, reported.economy(code), exports=exports) == ()


def test_partners_reports_of_the_same_flow_do_not_collapse(shared_data) -> None:
    """BACI reconciles both sides: the artefact is gone, so it was the reporter's."""
    import detente as dt

    baci = Sample.of(dt.read_panel(shared_data / "baci/bilateral_2000_2020.parquet"))
    assert collapse_years(baci.flows, baci.economy("VEN")) == ()
