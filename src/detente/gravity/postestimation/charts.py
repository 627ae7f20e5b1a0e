"""Coefficients and event studies as charts in the house's grammar: the title is the finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from detente.charts.chart import NARROW, WIDE, Chart, Spec, rule, values
from detente.charts.palette import shade
from detente.errors import UsageError
from detente.gravity.estimates import Estimates
from detente.gravity.postestimation.adoption.cohorts import Extended
from detente.gravity.postestimation.adoption.imputed import Staggered
from detente.gravity.postestimation.bias_correction.correcting import BiasCorrection
from detente.gravity.postestimation.hypotheses import places, quantile
from detente.panel.frames import read_table

TONES = ("origin", "destination", "accent", "lowers", "raises", "expected")
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")


def coefficient_chart(
    *fits: Estimates | BiasCorrection,
    names: Sequence[str] | None = None,
    terms: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Chart:
    """Coefficients of one or several fits with their intervals, one line a term.

    Parameters
    ----------
    fits : results with ``coef`` and ``se``; names : what to call them, "(1)", "(2)"... if None
    terms : which terms, in this order; labels : what to call them; level : of the intervals

    Returns
    -------
    Chart : ``data`` has fit, term, estimate, low, high; :func:`detente.charts.svg.draw` draws ``spec``

    Examples
    --------
    >>> import polars as pl
    >>> from detente.gravity import fit_ppml
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 0, 0, 1]})
    >>> coefficient_chart(fit_ppml(flows, "trade ~ near | o")).title
    'near: +0.619 log points, 95% interval +0.174 to +1.064'
    """
    if not fits:
        raise UsageError("coefficient_chart takes fits, one after the other.")
    headers = list(names) if names else [f"({k})" for k in range(1, len(fits) + 1)]
    if len(headers) != len(fits):
        raise UsageError(f"There are {len(fits)} fits and {len(headers)} names.")
    known = list(dict.fromkeys(term for fit in fits for term in fit.names))
    wanted = known if terms is None else list(terms)
    places(known, wanted)
    z, called = quantile(level), labels or {}
    rows = [
        {"fit": header, "term": called.get(term, term), "estimate": fit.coef[term],
         "low": fit.coef[term] - z * fit.se[term], "high": fit.coef[term] + z * fit.se[term]}
        for term in wanted for header, fit in zip(headers, fits) if term in fit.coef
    ]  # fmt: skip
    if not rows:
        raise UsageError("None of the fits has a coefficient to draw.")
    first = rows[0]
    title = (
        f"{first['term']}: {first['estimate']:+.3f} log points, {100 * level:g}% interval "
        f"{first['low']:+.3f} to {first['high']:+.3f}"
    )
    if len(rows) > 1:
        away = sum(row["low"] > 0 or row["high"] < 0 for row in rows)
        title = f"{away} of {len(rows)} estimates lie away from zero"
    order = [called.get(term, term) for term in wanted]
    return Chart(
        slug="coefficients",
        title=title,
        subtitle=f"Coefficients with {100 * level:g}% intervals, log points",
        source="; ".join(dict.fromkeys(_formula(fit) for fit in fits)),
        alt=f"{title}. " + "; ".join(_told(row) for row in rows),
        data=pl.DataFrame(rows),
        spec=_lines(rows, order, headers, WIDE),
        compact=_lines(rows, order, headers, NARROW),
    )


def event_chart(result: Staggered | Extended) -> Chart:
    """Effects by time since the treatment started, with intervals.

    Returns
    -------
    Chart : ``data`` has event_time, effect, low, high (log points), n_rows
    """
    frame = read_table(result.effects("event_time"))
    groups = [str(group) for group in frame.series("group").to_list()]
    timed = [k for k, group in enumerate(groups) if group.lstrip("-").isdigit()]
    columns = {name: frame.numbers(name) for name in ("effect", "ci_low", "ci_high", "n_rows")}
    rows = [
        {"event_time": int(groups[k]), "effect": columns["effect"][k], "low": columns["ci_low"][k],
         "high": columns["ci_high"][k], "n_rows": int(columns["n_rows"][k])}
        for k in timed if np.isfinite(columns["effect"][k])
    ]  # fmt: skip
    if not rows:
        raise UsageError("There is no effect with a known time since its start to draw.")
    last = max(rows, key=lambda row: row["event_time"])
    when = "in the first period" if last["event_time"] == 0 else f"after {last['event_time']} periods"
    title = f"The effect is {100 * np.expm1(last['effect']):+.0f}% {when} ({last['effect']:+.2f} log points)"
    return Chart(
        slug="event-study",
        title=title,
        subtitle="Effect by periods since the treatment started, log points, with 95% intervals",
        source=_formula(result),
        alt=f"{title}. " + "; ".join(f"{row['event_time']}: {row['effect']:+.3f}" for row in rows),
        data=pl.DataFrame(rows),
        spec=_events(rows, WIDE),
        compact=_events(rows, NARROW),
    )


def _formula(result: Any) -> str:
    return str(result.formula if hasattr(result, "formula") else result.fit.formula)


def _told(row: dict[str, Any]) -> str:
    return f"{row['term']} {row['fit']}: {row['estimate']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"


def _lines(rows: list[dict[str, Any]], order: list[str], headers: list[str], width: int) -> Spec:
    several = len(headers) > 1
    y = {"field": "term", "type": "nominal", "sort": order, "axis": {"title": None, "labelLimit": 180}}
    apart = {"yOffset": {"field": "fit", "sort": headers}} if several else {}
    scale = {"domain": headers, "range": [shade(TONES[k % len(TONES)]) for k in range(len(headers))]}
    colour = {"field": "fit", "type": "nominal", "scale": scale,
              "legend": {"title": None, "orient": "top"} if several else None}  # fmt: skip
    shape = {"field": "fit", "type": "nominal", "legend": None,
             "scale": {"domain": headers, "range": [SHAPES[k % len(SHAPES)] for k in range(len(headers))]}}  # fmt: skip
    axis = {"title": "log points", "tickCount": 6}
    x = {"field": "estimate", "type": "quantitative", "axis": axis}
    span = {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour, **apart}
    return {
        "width": width, "height": {"step": max(18, 14 * len(headers))}, "data": values(rows),
        "layer": [
            {"data": values([{"zero": 0}]), "mark": rule("axis"), "encoding": {"x": {**x, "field": "zero"}}},
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": span},
            {"mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
             "encoding": {"x": x, "y": y, "color": colour, "shape": shape, **apart}},
        ],
    }  # fmt: skip


def _events(rows: list[dict[str, Any]], width: int) -> Spec:
    x = {"field": "event_time", "type": "quantitative",
         "axis": {"title": "periods since the start", "tickMinStep": 1, "format": "d"}}  # fmt: skip
    y = {"field": "effect", "type": "quantitative", "axis": {"title": "log points", "tickCount": 5}}
    return {
        "width": width, "height": 240, "data": values(rows),
        "layer": [
            {"data": values([{"zero": 0}]), "mark": rule("axis"), "encoding": {"y": {**y, "field": "zero"}}},
            {"mark": {"type": "rule", "strokeWidth": 2, "color": shade("origin")},
             "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 60, "color": shade("origin"), "opacity": 1},
             "encoding": {"x": x, "y": y}},
        ],
    }  # fmt: skip
