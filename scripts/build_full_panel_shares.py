"""Compute the placebo shares that the built-in study shows beside those of the embedded panel.

    python scripts/build_full_panel_shares.py BACI

BACI is read as by scripts/build_embedded_panel.py. Writes full_panel.csv in the
built-in study: one row per direction, episode and base window.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from detente.attribution import attribute
from detente.panel import read_panel
from detente.study import open_study

COLUMNS = ("exporter", "importer", "episode", "base_from", "base_to", "dyad_part", "placebo_share", "n_placebos")


def shares(path: Path) -> pl.DataFrame:
    study, panel = open_study("colombia-venezuela"), read_panel(path, absent="zero")
    found = attribute(
        panel, study.origin, study.destination, [(e.id, e.from_year, e.to_year) for e in study.episodes],
        study.spec.attribution.base_windows,
    )  # fmt: skip
    name = f"the full BACI panel of {len(panel.economies)} economies"
    return found.to_frame().rename({"origin": "exporter", "destination": "importer"}).select(COLUMNS).with_columns(
        pl.col("dyad_part").round(3), pl.col("placebo_share").round(4), panel=pl.lit(name)
    )  # fmt: skip


if __name__ == "__main__":
    target = Path(__file__).resolve().parents[1] / "src/detente/studies/colombia_venezuela/full_panel.csv"
    shares(Path(sys.argv[1])).write_csv(target)
