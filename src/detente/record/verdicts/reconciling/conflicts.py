"""The conflicts table: figures of one thing that disagree, with the best explanation of each."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from detente.language import Joined, Text, Word
from detente.record.frames import Frames
from detente.record.period import Period
from detente.record.rows import Figure
from detente.record.verdicts.reconciling.bounds import broken_bounds
from detente.record.verdicts.reconciling.explanation import ConflictExplanation
from detente.record.verdicts.reconciling.figure_context import FigureContext
from detente.record.verdicts.reconciling.reconcile import explain

_RANK = {"reported": 0, "derived": 1, "approximate": 2}


def conflicts(ledger: Frames) -> pl.DataFrame:
    """Every figure that disagrees with the reference figure of its series and period.

    The reference is the study's preferred figure, else the best reported one. A forecast
    made after its period had ended is no forecast: it is held against the figures too.
    Nothing is averaged. A figure that exceeds what another series allows it (a part more
    than its whole, a flow more than its capacity) is a conflict with that figure.

    Columns series, period, figure_id, value, unit, basis, source_id, against_id, against,
    gap_pct, explanation (``none found`` where there is none), arithmetic, misfit, other.
    """
    return conflict_frame(conflict_rows(ledger))


def conflict_rows(ledger: Frames) -> list[tuple]:
    """The rows of :func:`conflicts`, their arithmetic as texts for any language."""
    figures = [Figure.from_row(row) for row in ledger.figures.iter_rows(named=True)] + late_forecasts(ledger)
    groups: dict[tuple[str, Period, str], list[Figure]] = {}
    for figure in figures:
        if figure.status in _RANK:
            groups.setdefault((figure.series, figure.period, figure.unit), []).append(figure)
    context, references, rows = FigureContext.of(figures), [], []
    for group in groups.values():
        reference = min(group, key=lambda f: (not f.preferred, _RANK[f.status], f.id))
        references.append(reference)
        odds = [f for f in group if f is not reference and not _same(f, reference)]
        rows += [_row(odd, reference, explain(odd, reference, context)) for odd in odds]
    return rows + [_row(b.inner, b.outer, [b.explanation]) for b in broken_bounds(references)]


def conflict_frame(rows: list[tuple]) -> pl.DataFrame:
    """The rows as a frame, sorted by series, period and figure."""
    schema = dict.fromkeys(_COLUMNS, pl.String) | dict.fromkeys(("value", "against", "gap_pct", "misfit"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row").sort("series", "period", "figure_id")


_COLUMNS = (
    *("series", "period", "figure_id", "value", "unit", "basis", "source_id", "against_id", "against"),
    *("gap_pct", "explanation", "arithmetic", "misfit", "other"),
)


def late_forecasts(ledger: Frames) -> list[Figure]:
    """Forecasts made after their period had ended, as the approximate figures they are."""
    series = set(ledger.figures["series"])
    found = []
    for row in ledger.forecasts.iter_rows(named=True):
        if row["target"] not in series or row["horizon"] in (None, "open") or row["kind"] != "point":
            continue
        horizon = Period.parse(row["horizon"])
        if Period.parse(row["date"]).first <= horizon.last:
            continue
        like = ledger.figures.filter(ledger.figures["series"] == row["target"]).row(0, named=True)
        found.append(
            Figure.from_row(
                like
                | {
                    "figure_id": row["forecast_id"],
                    "period": row["horizon"],
                    "value": row["low"],
                    "low": None,
                    "high": None,
                    "unit": row["unit"],
                    "basis": "unspecified",
                    "status": "approximate",
                    "preferred": None,
                    "source_id": row["source_id"],
                    "derivation": None,
                    "note": row["note"],
                }
            )
        )
    return found


def _same(a: Figure, b: Figure) -> bool:
    return a.value == b.value or (a.source_id == b.source_id and a.status == "derived" and a.id in b.derivation)


def _row(odd: Figure, reference: Figure, found: Sequence[ConflictExplanation]) -> tuple:
    best = found[0] if found else None
    gap = 100 * (odd.value / reference.value - 1) if reference.value else None
    return (
        odd.series,
        str(odd.period),
        odd.id,
        odd.value,
        odd.unit,
        odd.basis,
        odd.source_id,
        reference.id,
        reference.value,
        gap,
        best.kind if best else "none found",
        best.arithmetic if best else "",
        best.misfit if best else None,
        Joined(
            "; ",
            parts=(
                Text("arithmetic.other", kind=Word(e.kind, group="explanation"), arithmetic=e.arithmetic)
                for e in found[1:]
            ),
        ),
    )
