"""100,000 events and 1,000,000 figures load, check and answer ``as_of`` in under 2 GB; benchmarks/record.py times it.

Growth is counted in calls of Python functions, which no other work on the machine changes.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.record import Ledger

MEASURE = """
import pathlib, re, resource, sys
from detente.record import Ledger
ledger = Ledger.read(sys.argv[1])
then = ledger.as_of("2010-06-30")
status = pathlib.Path("/proc/self/status")
if status.exists():  # ru_maxrss would count what the process held that started this one
    print(float(re.search(r"VmHWM:\\s*(\\d+) kB", status.read_text())[1]) / 1e6)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9)
print(ledger.events.height, ledger.figures.height, then.events.height, then.figures.height)
"""


def calls(work: Callable[[], pl.DataFrame]) -> tuple[int, pl.DataFrame]:
    """How many functions a piece of work calls, and what it gives."""
    profile = cProfile.Profile()
    found = profile.runcall(work)
    return pstats.Stats(profile).total_calls, found  # type: ignore[attr-defined]  # typeshed leaves it out


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
    drawn = pl.DataFrame(
        {
            "number": np.arange(n_figures),
            "series": rng.integers(0, 5000, n_figures),
            "year": rng.integers(1995, 2025, n_figures),
            "month": rng.integers(1, 13, n_figures),
            "value": rng.uniform(1, 1e4, n_figures).round(1),
            "source": rng.integers(0, n_sources, n_figures),
        }
    )
    figures = drawn.select(
        figure_id=pl.format("T{}", "number"),
        series=pl.format("trade.flow{}", "series"),
        period=pl.format("{}-{}", "year", pl.col("month").cast(pl.String).str.zfill(2)),
        value="value",
        unit=pl.lit("usd_mn"),
        basis=pl.lit("fob"),
        kind=pl.lit("flow"),
        status=pl.lit("reported"),
        source_id=pl.format("s{}", "source"),
    )
    figures.write_csv(folder / "series.csv")


@pytest.mark.slow
def test_a_large_record_is_read_checked_and_cut_back_in_bounded_memory(tmp_path):
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


def judged(folder: Path, n_figures: int) -> Ledger:
    """1,000 claims beside ``n_figures`` figures."""
    folder.mkdir()
    write_record(folder, 1000, n_figures)
    picked = pl.read_csv(folder / "series.csv", infer_schema=False).sample(1000, seed=1)
    claims = {
        "claim_id": [f"C{i}" for i in range(1000)], "source_id": [f"s{i}" for i in range(1000)], "claim": "A claim",
        "type": "quantity", "date": picked["period"], "value": picked["value"], "unit": "usd_mn", "test": "quantity",
        "target": picked["series"], "attributed_to": [("", "Reuters", "the Statistics Office")[i % 3] for i in range(1000)],
    }  # fmt: skip
    pl.DataFrame(claims).write_csv(folder / "claims.csv")
    return Ledger.read(folder)


@pytest.mark.slow
def test_a_thousand_claims_cost_hardly_more_beside_ten_times_the_figures(tmp_path):
    """Ten times the figures in as many series: a claim meets ten times as many of its own, and never the others."""
    few, many = judged(tmp_path / "few", 30_000), judged(tmp_path / "many", 300_000)
    few.verdicts()  # what is read once a process is read
    (few_calls, _), (many_calls, found) = calls(few.verdicts), calls(many.verdicts)
    assert many_calls < 5 * few_calls, (few_calls, many_calls)
    assert found["verdict"].n_unique() > 3


@pytest.mark.slow
def test_conflicts_take_calls_in_proportion_to_the_figures(tmp_path):
    """25,000 figures of 625 series of one family; quadratic work would take sixteen times as many for four times as many."""
    write_record(tmp_path, 10, 10)
    ledger = Ledger.read(tmp_path)
    rng, counts = np.random.default_rng(2), []
    for n in (6250, 25_000):
        place = np.arange(n)
        figures = {
            "figure_id": [f"T{i}" for i in place], "series": [f"trade.hs{i // 40:04d}" for i in place],
            "period": [str(2000 + i % 20) for i in place], "value": rng.uniform(1, 1e4, n).round(1), "unit": "usd_mn",
            "basis": "fob", "kind": "flow", "status": "reported", "source_id": [f"s{i // 20 % 2}" for i in place],
        }  # fmt: skip
        frame = pl.concat([ledger.figures.clear(), pl.DataFrame(figures)], how="diagonal")
        record = replace(ledger, figures=frame.select(ledger.figures.columns))
        count, found = calls(record.conflicts)
        counts.append(count)
        assert found.height == pytest.approx(n / 2, rel=0.01)
    assert counts[1] < 5 * counts[0], counts
