"""A made-up world: what is known to be true is confirmed, what is known to be false is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.record import Ledger

pytestmark = pytest.mark.recovery

N = 300


def rounded(number: float, digits: int) -> str:
    """A number with so many significant digits, as a writer gives it."""
    return format(float(f"{number:.{digits - 1}e}"), "g")


def write(folder: Path, truth: np.ndarray, claims: list[str]) -> None:
    (folder / "sources.csv").write_text(
        "source_id,title,publisher,date,kind\nstory,A story,A Paper,2020,article\noffice,A bulletin,An Office,2021,official\n"
    )
    (folder / "events.csv").write_text("event_id,date,title,kind,direction,source_ids\n")
    n = len(truth)
    pl.DataFrame(
        {
            "figure_id": [f"T{i}" for i in range(n)],
            "series": [f"x.s{i}" for i in range(n)],
            "period": "2019",
            "value": truth,
            "unit": "usd_mn",
            "basis": "-",
            "kind": "flow",
            "status": "reported",
            "source_id": "office",
        }
    ).write_csv(folder / "series.csv")
    pl.DataFrame(
        {
            "claim_id": [f"C{i}" for i in range(n)],
            "source_id": "story",
            "claim": "A claim",
            "type": "quantity",
            "date": "2019",
            "value": claims,
            "unit": "usd_mn",
            "test": "quantity",
            "target": [f"x.s{i}" for i in range(n)],
        }
    ).write_csv(folder / "claims.csv")


def test_rounded_truths_are_confirmed_and_false_numbers_are_not(tmp_path):
    rng = np.random.default_rng(19820713)
    truth = np.round(np.exp(rng.uniform(1, 9, N)), 3)
    digits = rng.integers(2, 5, N)  # one digit alone may round by more than the twentieth that counts as rounding
    true = np.arange(N) % 2 == 0
    # a false claim is off by 15% to 60% and given with at least three digits, so that rounding cannot save it
    factor = rng.choice([-1, 1], N) * rng.uniform(0.15, 0.6, N) + 1
    said = [rounded(t, d) if ok else rounded(t * f, max(d, 3)) for t, d, ok, f in zip(truth, digits, true, factor)]
    write(tmp_path, truth, said)
    verdicts = np.array(Ledger.read(tmp_path).verdicts()["verdict"])
    right = np.isin(verdicts, ["confirmed", "confirmed within rounding"])
    assert right[true].all()
    assert set(verdicts[~true]) <= {"contradicted", "imprecise"}
    off = np.array([abs(float(s) / t - 1) for s, t in zip(said, truth)])
    assert (verdicts[~true & (off > 0.11)] == "contradicted").all()
