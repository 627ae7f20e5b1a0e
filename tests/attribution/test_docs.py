"""Numbers in the docs' tables are the measured ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.attribution.comparison.measured_sizes import shipped_sizes
from detente.attribution.library import score

DOCS = Path(__file__).resolve().parents[2] / "docs"


def rows(page: str, first_cell: str = "") -> list[list[str]]:
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    return [[c.strip() for c in line.split("|")[1:-1]] for line in lines if line.startswith("| " + first_cell)]


def test_size_table() -> None:
    shown = {(row[0], row[1]): dict(zip((1, 3, 5), row[3:6])) for row in rows("attribution.md")}
    for s in (s for s in shipped_sizes() if s.group.startswith(("size", "neighbours", "same"))):
        assert shown[s.test, s.group][s.horizon] == f"{100 * s.rejected:.1f}%"


def test_power_table() -> None:
    shown = {(row[0].split(" (")[0], row[1]): row[2:] for row in rows("attribution.md") if len(row) == 5}
    for s in (s for s in shipped_sizes() if s.group.startswith(("50", "simulated"))):
        cells = shown[s.test, s.group]
        assert cells[0] == str(s.n)
        assert cells[1 if s.loss_pct == 0 else 2] == f"{100 * s.rejected:.1f}%"


@pytest.mark.parametrize("kind", ["rupture", "reopening"])
def test_score_table(kind: str) -> None:
    (row,) = rows("library.md", f"{kind} |")
    s = score(kind)
    assert row[1:5] == [str(s.n), str(s.n_cases), str(s.n_regions), f"{s.crps:.2f}"]
    assert row[5:8] == [f"{s.baselines[b]:.2f}" for b in ("no change", "zero", "minus one")]
    assert row[8] == f"{s.pooled:.2f}"
    assert row[9] == f"{100 * s.gain:.0f}% ({100 * s.gain_low:.0f}-{100 * s.gain_high:.0f})"
    low, high = s.coverage_interval[0.8]
    assert row[11] == f"{100 * s.coverage[0.8]:.0f}% ({100 * low:.0f}-{100 * high:.0f})"
