"""One chart: what it shows, in words and as a picture, with the numbers behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from detente.charts.palette import shade
from detente.language import Catalogue

Spec = dict[str, Any]
WIDE, NARROW = 680, 260  # plot widths in pixels, without axes and line labels


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and everything a reader needs to trust it.

    Parameters
    ----------
    slug : short name, used in ids and file names.
    title : the finding, as a sentence.
    subtitle : what is drawn, with its unit.
    source : where the numbers come from.
    alt : what the picture shows, for a reader who does not see it.
    data : the rows that are drawn; offered as CSV and as a table.
    spec, compact : Vega-Lite specifications for a desk and for a phone.
    key : numbered notes beside the picture.
    headline : one number and what it is, for the top of the page; only the few charts that answer the study.
    hidden : columns of ``data`` that only the download has.
    """

    slug: str
    title: str
    subtitle: str
    source: str
    alt: str
    data: pl.DataFrame
    spec: Spec
    compact: Spec
    key: Sequence[str] = field(default=())
    headline: tuple[str, str] | None = None
    hidden: Sequence[str] = field(default=())


def values(rows: Iterable[dict[str, Any]] | pl.DataFrame) -> Spec:
    """Inline data."""
    return {"values": rows.to_dicts() if isinstance(rows, pl.DataFrame) else list(rows)}


def year_axis(domain: tuple[float, float], compact: bool, **axis: Any) -> Spec:
    """A horizontal axis of years, true to scale for dates between them."""
    step = next(step for step in (1, 2, 5, 10, 20, 50) if (domain[1] - domain[0]) / step <= (5 if compact else 10))
    first = -int(-domain[0] // step) * step
    return {
        "type": "quantitative",
        "scale": {"domain": list(domain), "nice": False},
        "axis": {
            "format": "d",
            "title": None,
            "values": list(range(first, int(domain[1]) + 1, step)),
            **axis,
        },
    }


def percent_sign(words: Catalogue) -> str:
    """What stands after a number of percent, for an expression of an axis."""
    return words("number.percent", value="")


def percent_below(words: Catalogue) -> str:
    """Labels of an axis in log points, with the percent change they are below; a factor from eleven times on."""
    digits = "datum.value < -5 ? '+.2f' : datum.value ? '+,.0f' : '.0f'"  # -99.75% is not everything
    percent = f"format(100 * (exp(datum.value) - 1), {digits}) + '{percent_sign(words)}'"
    nearly_all = f"format(-0.9999 * 100, '+.2f') + '{percent_sign(words)}'"
    factor = "'×' + format(exp(datum.value), ',.2~r')"
    below = f"datum.value < -9.2 ? '< ' + {nearly_all} : datum.value > 2.4 ? {factor} : {percent}"
    return f"[datum.label, {below}]"


def rule(colour: str, **mark: Any) -> Spec:
    return {"type": "rule", "color": shade(colour), **mark}


def haloed(mark: Spec, encoding: Spec, colour: str = "ink") -> list[Spec]:
    """Text that stays readable over lines: first a thick outline in the page's colour, then the letters."""
    outline = {"stroke": shade("paper"), "strokeWidth": 4, "strokeJoin": "round", "color": shade("paper")}
    return [
        {"mark": {"type": "text", **mark, **style}, "encoding": encoding}
        for style in (outline, {"color": shade(colour)})
    ]


def hits(encoding: Spec, *, name: str = "hit", size: int = 170, data: Spec | None = None) -> Spec:
    """Unseen marks that carry ``tip``, the words shown when a reader points at them or steps to them."""
    layer: Spec = {
        "name": name,
        "mark": {"type": "point", "filled": True, "opacity": 0, "size": size, "shape": "circle"},
        "encoding": {**encoding, "description": {"field": "tip"}},
    }
    return layer if data is None else {"data": data, **layer}


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Move labels apart until neighbours stand at least ``gap`` from each other, lowest first.

    >>> spread([100.0, 20.0, 30.0], gap=40)
    [100.0, 20.0, 60.0]
    """
    placed = [0.0] * len(wanted)
    floor = float("-inf")
    for index in sorted(range(len(wanted)), key=wanted.__getitem__):
        placed[index] = max(wanted[index], floor)
        floor = placed[index] + gap
    return placed
