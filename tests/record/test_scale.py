"""100,000 events and 1,000,000 figures load, check and answer ``as_of`` in under 2 GB; benchmarks/record.py times it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.record import Ledger

MEASURE = """
import resource, sys
from detente.record import Ledger
ledger = Ledger.read(sys.argv[1])
then = ledger.as_of("2010-06-30")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
print(ledger.events.height, ledger.figures.height, then.events.height, then.figures.height)
"""


def write_record(folder: Path, n_events: int, n_figures: int) -> None:
    rng = np.random.default_rng(1)
    n_sources = 2000
    sources = pl.DataFrame(
        {
            "source_id": [f"s{i}" for i in range(n_sources)],
            "title": "A title",
            "publisher": "A publisher",
            "date": [f"{1995 + i % 30}-{1 + i % 12:02d}" for i in range(n_sources)],
            "kind": "press",
        }
    )
    sources.write_csv(folder / "sources.csv")
    days = np.datetime64("1995-01-01") + rng.integers(0, 11_000, n_events)
    events = pl.DataFrame(
        {
            "event_id": [f"E{i}" for i in range(n_events)],
            "date": days.astype(str),
            "title": "Something happened",
            "kind": "cooperation",
            "direction": "-",
            "source_ids": [f"s{a};s{b}" for a, b in rng.integers(0, n_sources, (n_events, 2))],
        }
    )
    events.write_csv(folder / "events.csv")
    figures = pl.DataFrame(
        {
            "figure_id": [f"T{i}" for i in range(n_figures)],
            "series": [f"trade.flow{i}" for i in rng.integers(0, 5000, n_figures)],
            "period": [f"{y}-{m:02d}" for y, m in rng.integers((1995, 1), (2025, 13), (n_figures, 2))],
            "value": rng.uniform(1, 1e4, n_figures).round(1),
            "unit": "usd_mn",
            "basis": "fob",
            "kind": "flow",
            "status": "reported",
            "source_id": [f"s{i}" for i in rng.integers(0, n_sources, n_figures)],
        }
    )
    figures.write_csv(folder / "series.csv")


@pytest.mark.slow
def test_a_large_record_is_read_checked_and_cut_back_in_time(tmp_path):
    write_record(tmp_path, 100_000, 1_000_000)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")},
    )
    gigabytes, counts = done.stdout.splitlines()
    n_events, n_figures, then_events, then_figures = map(int, counts.split())
    assert (n_events, n_figures) == (100_000, 1_000_000)
    assert 0 < then_events < n_events
    assert 0 < then_figures < n_figures
    assert float(gigabytes) < 2


@pytest.mark.slow
def test_a_thousand_claims_beside_a_million_figures_are_judged_in_five_seconds(tmp_path):
    """Seconds of processor time, so that a busy machine does not matter."""
    write_record(tmp_path, 1000, 1_000_000)
    picked = pl.read_csv(tmp_path / "series.csv", infer_schema=False).sample(1000, seed=1)
    claims = {
        "claim_id": [f"C{i}" for i in range(1000)], "source_id": [f"s{i}" for i in range(1000)], "claim": "A claim",
        "type": "quantity", "date": picked["period"], "value": picked["value"], "unit": "usd_mn", "test": "quantity",
        "target": picked["series"], "attributed_to": [("", "Reuters", "the Statistics Office")[i % 3] for i in range(1000)],
    }  # fmt: skip
    pl.DataFrame(claims).write_csv(tmp_path / "claims.csv")
    ledger = Ledger.read(tmp_path)
    started = time.process_time()
    table = ledger.verdicts()
    assert time.process_time() - started < 5
    assert table["verdict"].n_unique() > 3


@pytest.mark.slow
def test_conflicts_take_time_in_proportion_to_the_figures(tmp_path):
    """25,000 figures of 625 series of one family; quadratic work would take sixteen times as long for four times as many."""
    write_record(tmp_path, 10, 10)
    ledger = Ledger.read(tmp_path)
    rng, seconds = np.random.default_rng(2), []
    for n in (6250, 25_000):
        place = np.arange(n)
        figures = {
            "figure_id": [f"T{i}" for i in place], "series": [f"trade.hs{i // 40:04d}" for i in place],
            "period": [str(2000 + i % 20) for i in place], "value": rng.uniform(1, 1e4, n).round(1), "unit": "usd_mn",
            "basis": "fob", "kind": "flow", "status": "reported", "source_id": [f"s{i // 20 % 2}" for i in place],
        }  # fmt: skip
        frame = pl.concat([ledger.figures.clear(), pl.DataFrame(figures)], how="diagonal")
        started = time.process_time()
        found = replace(ledger, figures=frame.select(ledger.figures.columns)).conflicts()
        seconds.append(time.process_time() - started)
        assert found.height == pytest.approx(n / 2, rel=0.01)
    assert seconds[1] < 5
    assert seconds[1] < 9 * seconds[0]
