"""Results as data frames, in the columns of docs/results.md."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.attribution.words.sentences import unseen_loss_pct

if TYPE_CHECKING:
    from detente.attribution.attributing import Attribution, Finding, Level
    from detente.attribution.comparison.placebos import Standing

NO_BASE = "no base trade"  #: status of a residual that cannot be identified

_F, _I, _S = pl.Float64, pl.Int64, pl.String

ATTRIBUTION = {
    "exporter": _S, "importer": _S, "episode": _S, "from_year": _I, "to_year": _I, "base_from": _I,
    "base_to": _I, "panel": _S, "flow_from_usd_mn": _F, "flow_to_usd_mn": _F, "log_change": _F,
    "share_part": _F, "demand_part": _F, "supply_demand_part": _F, "dyad_part": _F, "dyad_pct": _F,
    "placebo_share": _F, "n_placebos": _I, "smallest_share": _F, "band_low": _F, "band_high": _F,
    "unseen_loss_pct": _F, "exporter_others": _F, "importer_others": _F, "full_panel_placebo_share": _F, "full_panel": _S, "sentence": _S,
}  # fmt: skip

RESIDUALS = {
    "exporter": _S, "importer": _S, "year": _I, "base_from": _I, "base_to": _I, "actual_usd_mn": _F,
    "counterfactual_usd_mn": _F, "log_ratio": _F, "placebo_share": _F, "n_placebos": _I, "band_low": _F,
    "band_high": _F, "panel": _S, "status": _S,
}  # fmt: skip


def known(value: float) -> float | None:
    """A finite number, or nothing: an empty cell is "not available", never zero."""
    return float(value) if isfinite(value) else None


def attribution_frame(found: Attribution) -> pl.DataFrame:
    """One row per direction, episode and base window."""
    rows = [_finding_row(f, found.panel) for f in found.findings]
    return pl.DataFrame(rows, schema=ATTRIBUTION, orient="row")


def residual_frame(found: Attribution) -> pl.DataFrame:
    """One row per direction, base window and year."""
    rows = [_level_row(level, found.panel) for level in found.levels]
    return pl.DataFrame(rows, schema=RESIDUALS, orient="row")


def _place(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {}
    return {
        "placebo_share": known(standing.share), "n_placebos": standing.n, "smallest_share": standing.smallest,
        "band_low": known(standing.low), "band_high": known(standing.high),
    }  # fmt: skip


def _finding_row(f: Finding, panel: str) -> dict[str, Any]:
    s = f.split
    row = dict.fromkeys(ATTRIBUTION) | {
        "exporter": f.exporter, "importer": f.importer, "episode": str(f.episode),
        "from_year": f.episode.from_year, "to_year": f.episode.to_year,
        "base_from": f.base[0], "base_to": f.base[1], "panel": panel,
        "flow_from_usd_mn": known(f.flow_from), "flow_to_usd_mn": known(f.flow_to),
        "log_change": known(s.log_change), "share_part": known(s.share_part),
        "demand_part": known(s.demand_part), "supply_demand_part": known(s.supply_demand_part),
        "dyad_part": known(s.dyad_part), "dyad_pct": known(s.dyad_pct), "sentence": f.sentence,
    }  # fmt: skip
    if f.standing is not None:
        row["unseen_loss_pct"] = known(unseen_loss_pct(f.standing))
    if f.company is not None:
        row |= {"exporter_others": known(f.company.exporter), "importer_others": known(f.company.importer)}
    return row | _place(f.standing)


def _level_row(level: Level, panel: str) -> dict[str, Any]:
    row = dict.fromkeys(RESIDUALS) | {
        "exporter": level.exporter, "importer": level.importer, "year": level.year,
        "base_from": level.base[0], "base_to": level.base[1], "actual_usd_mn": known(level.actual),
        "counterfactual_usd_mn": known(level.counterfactual), "log_ratio": known(level.log_ratio),
        "panel": panel, "status": NO_BASE if level.refusal else "computed",
    }  # fmt: skip
    place = _place(level.standing)
    place.pop("smallest_share", None)
    return row | place
