"""The tables of a run: their columns, and the thin wrapper a reader meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.errors import DataError

if TYPE_CHECKING:
    import polars as pl

COLUMNS: dict[str, tuple[str, ...]] = {
    "claims": (
        "claim_id", "source_id", "source_title", "paragraph", "claim", "type", "subsystem", "attributed_to",
        "test", "verdict", "evidence", "evidence_source_ids", "difference", "rule", "reason",
    ),
    "attribution": (
        "exporter", "importer", "episode", "from_year", "to_year", "base_from", "base_to", "panel",
        "flow_from_usd_mn", "flow_to_usd_mn", "log_change", "share_part", "demand_part", "supply_demand_part",
        "dyad_part", "dyad_pct", "placebo_share", "n_placebos", "smallest_share", "band_low", "band_high",
        "unseen_loss_pct", "exporter_others", "importer_others", "full_panel_placebo_share", "full_panel", "sentence",
    ),
    "parts": (
        "exporter", "importer", "episode", "base_from", "base_to", "attribution", "part", "log_points", "usd_mn",
        "low", "high", "placebo_share", "note",
    ),
    "methods": (
        "exporter", "importer", "episode", "method", "log_points", "low", "high", "share", "n", "measured_size", "note",
    ),
    "breaks": ("exporter", "importer", "year", "shift", "placebo_share", "n_placebos", "events", "what"),
    "specifications": (
        "episode", "panel", "base", "sample", "placebos", "dyad_part", "placebo_share", "n_placebos", "reason",
    ),
    "residuals": (
        "exporter", "importer", "year", "base_from", "base_to", "actual_usd_mn", "counterfactual_usd_mn",
        "log_ratio", "placebo_share", "n_placebos", "band_low", "band_high", "panel", "status",
    ),
    "scenarios": (
        "scenario", "title", "year", "gdp_case", "internal_ratio", "theta", "deficits", "economy", "effect",
        "welfare_pct", "exports_before_usd_mn", "exports_after_usd_mn", "exports_change_usd_mn", "status",
        "residual_usd_mn",
    ),
    "winners": (
        "scenario", "title", "year", "economy", "welfare_pct_low", "welfare_pct_mid", "welfare_pct_high", "n_specifications",
    ),
    "bands": (
        "scenario", "title", "year", "economy", "welfare_pct_p05", "welfare_pct_p50", "welfare_pct_p95",
        "exports_usd_mn_p05", "exports_usd_mn_p50", "exports_usd_mn_p95", "draws", "failed",
    ),
    "partners": ("economy", "partner", "year", "exports_usd_mn", "imports_usd_mn", "share"),
    "conflicts": (
        "series", "period", "figure_id", "value", "unit", "basis", "source_id", "against_id", "against", "gap_pct",
        "explanation", "arithmetic", "misfit", "other",
    ),
    "articles": ("first", "second", "subsystem", "claim_a", "claim_b", "relation", "how"),
    "timeline": (
        "flow", "exporter", "importer", "year", "value_usd_mn", "basis", "status", "source_id", "preferred",
    ),
}  # fmt: skip
"""Columns by table, in order; ``docs/results.md`` documents each."""


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """One table of a run, by name."""

    name: str
    frame: pl.DataFrame

    def __post_init__(self) -> None:
        wanted = COLUMNS.get(self.name)
        if wanted is None:
            return
        absent = [c for c in wanted if c not in self.frame.columns]
        if absent:
            raise DataError(f"The table '{self.name}' lacks the columns {', '.join(absent)}.")
        object.__setattr__(self, "frame", self.frame.select(wanted))

    def to_frame(self) -> pl.DataFrame:
        """The rows as a polars frame."""
        return self.frame

    def summary(self) -> str:
        """Name, number of rows and columns."""
        return f"{self.name}: {self.frame.height} rows, columns {', '.join(self.frame.columns)}"

    def __len__(self) -> int:
        return self.frame.height

    def __repr__(self) -> str:
        return f"Table({self.summary()})"
