"""Forecasts against outcomes: hit or miss, bias, ratio and a proper score, by forecaster."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import polars as pl

from detente.record.frames import Frames
from detente.record.verdicts.numbers import NEAR

CAUTION = (
    "The forecasts are not independent draws: one forecaster may appear several times, forecasts of one year "
    "share its shocks, and bold numbers are quoted more often than cautious ones."
)
HIT = 0.05
"""A point forecast within 5% of the outcome is a hit; within 10% (``NEAR``) it is near."""
NO_RATIO = ("pct", "pp", "days", "years", "indicator")
_OUTCOMES: dict[str, Callable[[list[float]], float]] = {
    "value": lambda v: v[0],
    "sum": sum,
    "max": max,
    "min": min,
    "difference": lambda v: v[-1] - v[0],
    "pct_change": lambda v: 100 * (v[-1] / v[0] - 1),
}


def crps(low: float, high: float, outcome: float) -> float:
    """Continuous ranked probability score of a forecast spread evenly over ``low`` to ``high``.

    A point (``low == high``) scores its absolute error. In the unit of the forecast; smaller
    is better. Closed form of Gneiting & Raftery (2007), equation 20, for the uniform law.

    Examples
    --------
    >>> crps(1.0, 1.0, 4.0), round(crps(0.0, 3.0, 1.5), 9)
    (3.0, 0.25)
    """
    if high == low:
        return abs(outcome - low)
    nearest = min(max(outcome, low), high)
    z = (nearest - low) / (high - low)
    return abs(outcome - nearest) + (high - low) * (z * z - z + 1 / 3)


def scoreboard(ledger: Frames) -> pl.DataFrame:
    """The forecasts with the columns outcome, error, ratio and result.

    ``outcome`` is computed from the figures named, never typed; ``error`` is the mid-point
    (or the bound) less the outcome, ``ratio`` the one over the other; ``result`` is ``hit``
    inside the range or within 5% of a point, ``near`` within 10%, ``miss``
    otherwise, and ``pending`` without an outcome.
    """
    values = dict(zip(ledger.figures["figure_id"], ledger.figures["value"]))
    rows = [_score(row, values) for row in ledger.forecasts.iter_rows(named=True)]
    schema = {"outcome": pl.Float64, "error": pl.Float64, "ratio": pl.Float64, "result": pl.String}
    return ledger.forecasts.hstack(pl.DataFrame(rows, schema=schema, orient="row"))


def score_by_forecaster(ledger: Frames) -> pl.DataFrame:
    """By forecaster: forecasts, scored, hits, mean ratio (geometric), mean CRPS as a share of the outcome.

    Columns forecaster, n, n_scored, n_hits, n_above, geometric_ratio, crps_share; sorted by ``n``.
    """
    return by_forecaster(scoreboard(ledger))


def by_forecaster(scored: pl.DataFrame) -> pl.DataFrame:
    """The rows of :func:`scoreboard` gathered by forecaster; see :func:`score_by_forecaster`."""
    groups: dict[str, list[dict]] = {}
    for row in scored.iter_rows(named=True):
        groups.setdefault(row["forecaster"], []).append(row)
    rows = []
    for name, own in groups.items():
        settled = [r for r in own if r["result"] != "pending"]
        ratios = [r["ratio"] for r in settled if r["ratio"] and r["ratio"] > 0]
        shares = [share for share in map(_crps_share, settled) if share is not None]
        rows.append(
            (
                name,
                len(own),
                len(settled),
                sum(r["result"] == "hit" for r in settled),
                sum((r["error"] or 0) > 0 for r in settled),
                math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None,
                sum(shares) / len(shares) if shares else None,
            )
        )
    schema = {
        "forecaster": pl.String,
        "n": pl.Int64,
        "n_scored": pl.Int64,
        "n_hits": pl.Int64,
        "n_above": pl.Int64,
        "geometric_ratio": pl.Float64,
        "crps_share": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort(["n", "forecaster"], descending=[True, False])


def _score(row: dict, values: dict[str, float]) -> tuple[float | None, float | None, float | None, str]:
    ids = [part.strip() for part in (row["outcome_figure_ids"] or "").split(";") if part.strip()]
    if not ids:
        return None, None, None, "pending"
    outcome = float(_OUTCOMES[row["outcome_op"] or "value"]([values[i] for i in ids]))
    low, high = _bounds(row)
    middle = _middle(low, high)
    ratio = middle / outcome if outcome and row["unit"] not in NO_RATIO else None
    return outcome, middle - outcome, ratio, _result(row["kind"], low, high, outcome)


def _bounds(row: dict) -> tuple[float, float]:
    low = -math.inf if row["low"] is None else row["low"]
    high = math.inf if row["high"] is None else row["high"]
    return low, high


def _middle(low: float, high: float) -> float:
    if math.isinf(low):
        return high
    return low if math.isinf(high) else (low + high) / 2


def _result(kind: str, low: float, high: float, outcome: float) -> str:
    margin = HIT * abs(outcome) if kind == "point" else 0.0
    if low - margin <= outcome <= high + margin:
        return "hit"
    edge = low if outcome < low else high
    return "near" if outcome and abs(edge - outcome) <= NEAR * abs(outcome) else "miss"


def _crps_share(row: dict) -> float | None:
    if row["kind"] not in ("point", "range") or not row["outcome"]:
        return None
    return crps(row["low"], row["high"], row["outcome"]) / abs(row["outcome"])


def summary(scored: Sequence[dict]) -> dict[str, float]:
    """Count, how many lie above the outcome, median and geometric mean ratio of scored rows."""
    ratios = sorted(r["ratio"] for r in scored if r["ratio"] and r["ratio"] > 0)
    middle = len(ratios) // 2
    median = ratios[middle] if len(ratios) % 2 else (ratios[middle - 1] + ratios[middle]) / 2
    return {
        "n": len(scored),
        "n_above": sum(r["error"] > 0 for r in scored),
        "median_ratio": median,
        "geometric_ratio": math.exp(sum(map(math.log, ratios)) / len(ratios)),
    }
