"""The tables ``timeline``, ``partners`` and ``composition``: trade by year and direction, with whom else, and of what."""

from __future__ import annotations

import numpy as np
import polars as pl

from detente.panel import Panel
from detente.record.schema import PREFERRED
from detente.run.schema import DIRECTION, YEAR, TableSchema, flag, number, text, whole

FLOWS = ("exports", "imports", "total", "balance")
PANEL_SOURCE = "panel"

TIMELINE = TableSchema(
    "timeline",
    "Trade by direction and year, conflicting figures kept: the record's (series `trade.*`) and the panel's own, "
    "seen from the study's first economy.",
    (
        text("flow", "`exports`, `imports`, `total` or `balance`"),
        text("origin", "where the flow begins; empty for total and balance"),
        text("destination", "where it ends; empty for total and balance"),
        whole("year", "calendar year; of a panel by quarter or month, as 20191 or 201901"),
        number("value_usd_mn", "the figure", "US$ million"),
        text(
            "basis", "how it was valued, as the record says (`fob`, `cif`, ...); `baci` or `panel` for the panel's own"
        ),
        text("status", "`reported`, `derived`, `approximate`, `forecast` or `bound`"),
        text("source_id", "who published it; `panel` for the panel's own"),
        flag("preferred", "whether it belongs to the line to draw"),
    ),
    make=lambda run: timeline(run.ledger.figures, run.panel, *run.study.spec.dyad),
)

PARTNERS = TableSchema(
    "partners",
    "One row per economy of the pair and partner, in the newest year in which the panel has both flows of the pair.",
    (
        text("economy", "which of the two"),
        text("partner", "with whom it trades"),
        whole("year", "the panel's newest"),
        number("exports_usd_mn", "the economy's goods exports to the partner", "US$ million"),
        number("imports_usd_mn", "its goods imports from the partner", "US$ million"),
        number("share", "the partner's share of the economy's goods trade", "share"),
    ),
    make=lambda run: PARTNERS.empty() if run.panel is None else partners(run.panel, run.study.spec.dyad),
)


COMPOSITION = TableSchema(
    "composition",
    "One row per direction, year and section of the Harmonised System (or sector of the source), where the panel was "
    "read with `sections = true`; empty otherwise.",
    (
        *DIRECTION,
        YEAR,
        text("section", "the section's Roman numeral, `not specified`, or the source's own sector"),
        number("value_usd_mn", "the flow in it", "US$ million"),
        number("share", "its share of what is on record by section in that direction and year", "share"),
    ),
    make=lambda run: composition(run.panel, run.study.spec.directions),
)


def timeline(figures: pl.DataFrame, panel: Panel | None, origin: str, destination: str) -> pl.DataFrame:
    """The table :data:`TIMELINE`.

    ``preferred`` marks the line to draw: the record's preferred figures, and the panel's in the years for which the
    record has none.
    """
    recorded = _recorded(figures, origin, destination, "year" if panel is None else panel.period)
    drawn = set(recorded.filter(pl.col("preferred")).select("flow", "year").iter_rows())
    measured = TIMELINE.empty() if panel is None else _measured(panel, origin, destination, drawn)
    return pl.concat([recorded, measured]).sort("flow", "year", "preferred", descending=[False, False, True])


FORMS = {"month": r"^\d{4}-\d{2}$", "quarter": r"^\d{4}-\d{2}/\d{4}-\d{2}$"}  # a quarter is its first and last month


def _recorded(figures: pl.DataFrame, origin: str, destination: str, period: str) -> pl.DataFrame:
    """The record's figures of the panel's own kind of period; a month beside years would be no point of their line."""
    if figures.is_empty():
        return TIMELINE.empty()
    flow = pl.col("series").str.strip_prefix("trade.")
    rows = figures.filter(
        pl.col("series").is_in([f"trade.{f}" for f in FLOWS])
        & (pl.col("unit") == "usd_mn")
        & pl.col("period").cast(pl.String).str.contains(FORMS.get(period, r"^\d{4}$"))
    )
    whole = [_number(cell, period) for cell in rows["period"].cast(pl.String)]
    rows = rows.with_columns(pl.Series("year", whole, pl.Int64)).drop_nulls("year")

    def side(first: str, second: str) -> pl.Expr:
        return pl.when(flow == "exports").then(pl.lit(first)).when(flow == "imports").then(pl.lit(second))

    return rows.select(
        flow.alias("flow"),
        side(origin, destination).alias("origin"),
        side(destination, origin).alias("destination"),
        "year",
        pl.col("value").cast(pl.Float64).alias("value_usd_mn"),
        "basis",
        "status",
        "source_id",
        PREFERRED.alias("preferred"),
    )


def _number(cell: str, period: str) -> int | None:
    """A period as the panel numbers it; None for three months that are no quarter."""
    first, _, last = cell.partition("/")
    if period != "quarter":
        return int(first.replace("-", ""))
    year, month = int(first[:4]), int(first[5:])
    whole = last == f"{year}-{month + 2:02d}" and month % 3 == 1
    return 10 * year + (month + 2) // 3 if whole else None


def _measured(panel: Panel, origin: str, destination: str, drawn: set[tuple[str, int]]) -> pl.DataFrame:
    out, back = panel.flow(origin, destination), panel.flow(destination, origin)
    flows = {"exports": out, "imports": back, "total": out + back, "balance": out - back}
    ends = {"exports": (origin, destination), "imports": (destination, origin)}
    basis = "baci" if panel.provenance.source == "baci" else "panel"
    return TIMELINE.of_rows(
        (flow, *ends.get(flow, (None, None)), year, float(value), basis,
         "reported" if flow in ends else "derived", PANEL_SOURCE, (flow, year) not in drawn)
        for flow, values in flows.items()
        for year, value in zip(panel.years, values)
        if np.isfinite(value)
    )  # fmt: skip


def newest_known(panel: Panel, dyad: tuple[str, str]) -> int:
    """The newest year of which the panel says what both sold each other, zero or not; its last year where it never does."""
    known = np.flatnonzero(np.isfinite(panel.flow(*dyad) + panel.flow(*dyad[::-1])))
    return panel.years[int(known[-1]) if known.size else -1]


def partners(panel: Panel, dyad: tuple[str, str]) -> pl.DataFrame:
    """The table :data:`PARTNERS`; a partner with which a flow is missing has no row."""
    year, rows = newest_known(panel, dyad), []
    t = panel.years.index(year)
    for economy in dyad:
        k = panel.index(economy)
        out, back = panel.flows[t, k], panel.flows[t, :, k]
        abroad = np.arange(len(panel.economies)) != k
        total = np.nansum(out[abroad] + back[abroad])
        for j in np.flatnonzero(abroad & np.isfinite(out) & np.isfinite(back)):
            share = float((out[j] + back[j]) / total) if total > 0 else None
            rows.append((economy, panel.economies[j], year, float(out[j]), float(back[j]), share))
    return PARTNERS.of_rows(rows)


def composition(panel: Panel | None, directions: tuple[tuple[str, str], ...]) -> pl.DataFrame:
    """The table :data:`COMPOSITION`."""
    if panel is None or panel.composition is None or panel.unit != "usd_mn":
        return COMPOSITION.empty()
    return COMPOSITION.of_rows(
        (origin, destination, *row) for origin, destination in directions
        for row in panel.composition.of(origin, destination).iter_rows()
    )  # fmt: skip
