"""Bounds between series: a part cannot exceed its whole, a flow its capacity, a stock here the stock everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detente.language import Number, Text
from detente.record.rows import Figure
from detente.record.verdicts.amounts import convert
from detente.record.verdicts.reconciling.explanation import ConflictExplanation, rounding_half

SLACK = 0.02
"""Figures of two sources differ by rounding and valuation; a bound is broken beyond 2%."""
BASES = ("-", "unspecified")
"""Bases that say nothing, and so are comparable with any."""


@dataclass(frozen=True, slots=True)
class BrokenBound:
    """A figure that exceeds the one that bounds it.

    Attributes
    ----------
    inner, outer : Figure
    explanation : Explanation
        Why the one cannot exceed the other.
    """

    inner: Figure
    outer: Figure
    explanation: ConflictExplanation


def bounding_series(series: str) -> Iterator[tuple[str, str]]:
    """The series that bound a series from above, each with the reason, by how they are named.

    Examples
    --------
    >>> list(bounding_series("trade.exports@cucuta"))
    [('trade.exports', 'part of whole'), ('trade.total@cucuta', 'part of whole')]
    >>> list(bounding_series("gas.flow"))
    [('gas.capacity', 'capacity')]
    >>> list(bounding_series("migration.ven_in_col"))
    [('migration.ven_abroad', 'total abroad')]
    >>> list(bounding_series("trade.exports.hs27"))
    [('trade.exports', 'part of whole')]
    """
    name, at, place = series.partition("@")
    if place:
        yield name, "part of whole"
    family, _, flow = name.rpartition(".")
    if family and flow in ("exports", "imports"):
        yield f"{family}.total{at}{place}", "part of whole"
    if re.fullmatch(r"hs\d{2,6}|sitc\w+|isic\w+", flow):
        yield f"{family}{at}{place}", "part of whole"
    if family and flow in ("flow", "flown", "volume"):
        yield f"{family}.capacity{at}{place}", "capacity"
    if found := re.fullmatch(r"([a-z]+)_in_[a-z]+", flow):
        yield f"{family}.{found[1]}_abroad{at}{place}", "total abroad"


def broken_bounds(figures: Sequence[Figure]) -> Iterator[BrokenBound]:
    """The reference figures of a record that exceed what bounds them in the same period.

    A capacity or a stock without a figure for the very period is taken from the newest
    earlier one; other bounds speak of their own period only.
    """
    by_series: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.kind != "index":
            by_series.setdefault(figure.series, []).append(figure)
    for group in by_series.values():
        group.sort(key=lambda f: f.period)
    for figure in figures:
        for name, reason in bounding_series(figure.series):
            outer = _bound_of(figure, by_series.get(name, ()), lasting=reason != "part of whole")
            if outer is not None and _exceeds(figure, outer):
                yield BrokenBound(figure, outer, _explained(figure, outer, reason))


def _bound_of(figure: Figure, bounds: Iterable[Figure], *, lasting: bool) -> Figure | None:
    held = [b for b in bounds if b.basis == figure.basis or b.basis in BASES or figure.basis in BASES]
    same = [b for b in held if b.period == figure.period]
    if same or not lasting:
        return same[0] if same else None
    return max((b for b in held if b.period.first <= figure.period.first), key=lambda b: b.period, default=None)


def _exceeds(inner: Figure, outer: Figure) -> bool:
    limit = convert(outer.value if outer.status != "bound" else max(outer.value, outer.high), outer.unit, inner.unit)
    slack = max(SLACK * abs(limit), rounding_half(inner) + convert(rounding_half(outer), outer.unit, inner.unit))
    return inner.value > limit + slack  # false where the units measure different things


def _explained(inner: Figure, outer: Figure, reason: str) -> ConflictExplanation:
    limit = convert(outer.value, outer.unit, inner.unit)
    text = Text(
        f"arithmetic.{reason.replace(' ', '_')}", inner=Number(f"{inner.value:,g}"), id=inner.id,
        outer=Number(f"{limit:,g}"), other=outer.id,
    )  # fmt: skip
    misfit = inner.value / limit - 1 if limit > 0 else inner.value
    return ConflictExplanation(reason, text, misfit, (outer.id,))
