"""The table ``partners``: with whom the two economies trade, by the panel's newest year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.run.tables import COLUMNS

if TYPE_CHECKING:
    import polars as pl

    from detente.panel import Panel


def partners(panel: Panel, dyad: tuple[str, str]) -> pl.DataFrame:
    """Exports, imports and share of trade by partner for each economy of the dyad, newest year of the panel."""
    import polars as pl

    year, rows = panel.years[-1], []
    for economy in dyad:
        k = panel.index(economy)
        out, back = panel.flows[-1, k], panel.flows[-1, :, k]
        abroad = np.arange(len(panel.economies)) != k
        total = np.nansum(out[abroad] + back[abroad])
        for j in np.flatnonzero(abroad & np.isfinite(out) & np.isfinite(back)):
            share = float((out[j] + back[j]) / total) if total > 0 else None
            rows.append((economy, panel.economies[j], year, float(out[j]), float(back[j]), share))
    types = {"economy": pl.String, "partner": pl.String, "year": pl.Int64}
    return pl.DataFrame(rows, schema={c: types.get(c, pl.Float64) for c in COLUMNS["partners"]}, orient="row")
