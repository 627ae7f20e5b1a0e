"""Forecasts: outcomes computed, the case's own count of misses reproduced, a proper score."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from detente.record import Ledger
from detente.record.verdicts.scoreboard import CAUTION, by_forecaster, crps, score_by_forecaster, scoreboard, summary


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.read(str(files("detente").joinpath("studies/colombia_venezuela/record")))


@pytest.fixture(scope="module")
def rows(ledger) -> list[dict]:
    return scoreboard(ledger).to_dicts()


@pytest.mark.parametrize(
    ("forecast_id", "outcome", "result"),
    [
        ("F02", 4139.2, "hit"),
        ("F04", -36.1, "miss"),
        ("F08", 3088.9, "hit"),
        ("F17", 791.0, "miss"),
        ("F26", None, "pending"),
        ("F31", 515.0, "miss"),
        ("F38", 1170.0, "hit"),
    ],
)
def test_outcomes_come_from_the_figures(rows, forecast_id, outcome, result):
    row = next(r for r in rows if r["forecast_id"] == forecast_id)
    assert row["result"] == result
    assert row["outcome"] == (None if outcome is None else pytest.approx(outcome, abs=0.1))


def test_forecasters_were_too_optimistic_by_the_factor_the_case_reports(rows):
    """Case notes, finding 8: of 20, 18 above; median ratio 1.48, geometric mean 1.7; no range hit.

    0.02 on the median: the notes take 775 for an outcome that the record puts at 788.9.
    """
    recent = [
        r
        for r in rows
        if r["date"] >= "2022-06"
        and r["target"].startswith("trade.")
        and r["result"] != "pending"
        and r["forecast_id"] != "F36"
    ]
    found = summary(recent)
    assert (found["n"], found["n_above"]) == (20, 18)
    assert found["median_ratio"] == pytest.approx(1.48, abs=0.02)
    assert found["geometric_ratio"] == pytest.approx(1.7, abs=0.05)
    assert not [r for r in recent if r["kind"] == "range" and r["result"] == "hit"]


@pytest.mark.shared
def test_outcomes_agree_with_the_notes(rows, shared_case):
    """Where the notes give a number; F14 and F22 use another reading of the first twelve months, F02 an older BACI."""
    with (shared_case / "forecasts.csv").open(encoding="utf-8") as file:
        notes = {r["row_id"]: r for r in csv.DictReader(file)}
    seen = 0
    for row in rows:
        note, outcome = notes[row["forecast_id"]], row["outcome"]
        if row["forecast_id"] in ("F02", "F14", "F22", "F24") or outcome is None:
            continue
        try:
            told = float(note["outcome"])
        except ValueError:
            continue
        scale = 1e6 if note["unit"] == "million" else 1.0
        assert outcome == pytest.approx(told * scale, rel=0.005), row["forecast_id"]
        seen += 1
    assert seen >= 30


@pytest.mark.oracle
def test_the_score_is_that_of_the_definition():
    """CRPS as the integral of (F - step)^2, Gneiting & Raftery (2007), eq. 20, by quadrature."""
    grid = np.linspace(-10, 30, 400_001)
    for low, high, outcome in [(0, 3, 1.5), (2, 5, 9), (2, 5, -4), (1, 8, 2)]:
        cdf = np.clip((grid - low) / (high - low), 0, 1)
        integral = np.trapezoid((cdf - (grid >= outcome)) ** 2, grid)
        assert crps(low, high, outcome) == pytest.approx(integral, abs=2e-4)


def test_by_forecaster(ledger):
    table = score_by_forecaster(ledger)
    benedetti = table.filter(table["forecaster"] == "Ambassador Benedetti").row(0, named=True)
    assert (benedetti["n"], benedetti["n_above"]) == (5, 5)
    assert table["n"].sum() == ledger.forecasts.height
    assert "not independent draws" in CAUTION


def test_the_score_of_a_point_is_its_distance():
    assert crps(3.0, 3.0, 5.0) == 2.0
    assert crps(3.0, 3.0, -1.0) == 4.0


def test_a_forecasters_row_by_hand():
    """One hit, one near, one miss and one pending: ratios 2 and 4 have the geometric mean 8 ** 0.5."""
    blank = {"forecaster": "A", "kind": "point", "low": 1.0, "high": 1.0, "outcome": 1.0, "error": 0.0, "ratio": None}
    rows = [
        blank | {"result": "hit"}, blank | {"result": "near", "error": 1.0, "ratio": 2.0},
        blank | {"result": "miss", "error": -1.0, "ratio": 4.0}, blank | {"result": "pending", "outcome": None},
    ]  # fmt: skip
    row = by_forecaster(pl.DataFrame(rows)).row(0, named=True)
    assert (row["n"], row["n_scored"], row["n_hits"], row["n_above"]) == (4, 3, 1, 1)
    assert row["geometric_ratio"] == pytest.approx(8**0.5)
