"""A period's figure made of its months or quarters: flows are added up, rates and indices averaged."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from detente.language import Number, Text
from detente.record.period import Period
from detente.record.rows import Figure
from detente.record.verdicts.evidence import STRONG

AVERAGED = ("rate", "index")
"""Kinds of figures whose mean over the months is the year's: prices, exchange rates, rates of unemployment."""
SHOWN = 8
"""Significant digits of a mean: more than any of its parts is known to."""
CHANGES = re.compile("(?<!ex)change|growth|inflation")
"""Series whose months have no mean that anybody publishes as the year's."""


def of_period(figures: Iterable[Figure], period: Period) -> list[Figure]:
    """Figures of just a period, or else those that shorter ones make of it."""
    figures = list(figures)
    return [f for f in figures if f.period == period] or made_of(figures, period)


def made_of(figures: Iterable[Figure], period: Period) -> list[Figure]:
    """Sums of flows, and means of rates and indices, that fill a period without gap or overlap.

    Figures are only taken together with others of their source, basis, unit and length
    (months with months, each counting alike); what comes out is a derived figure named by
    its first and last part.
    """
    found = []
    for group in _groups(figures, period):
        parts, day = [], period.first
        while day in group:
            parts.append(group[day])
            day = group[day].period.last + timedelta(days=1)
        if len(parts) > 1 and parts[-1].period.last == period.last:
            found.append(_together(parts, period))
    return found


def lacking(figures: Iterable[Figure], period: Period) -> list[Period]:
    """The months or quarters that the fullest source of some lacks of a period; none where it has none at all."""
    gaps = []
    for group in _groups(figures, period):
        one = next(iter(group.values())).period
        if one.whole_months:
            gaps.append([step for step in steps_of(one, period) if step.first not in group])
    return min(gaps, key=len, default=[])


def observed(figures: Iterable[Figure]) -> list[Figure]:
    """Rates taken now and then, such as polls: no month's follows on another's of its source, and none is a price."""
    own = list(figures)
    ends = {(_alike(f), f.period.last + timedelta(days=1)) for f in own if f.period.whole_months}
    running = {_alike(f) for f in own if (_alike(f), f.period.first) in ends}
    return [f for f in own if not f.period.whole_months or (_alike(f) not in running and not _is_price(f))]


def _is_price(figure: Figure) -> bool:
    return figure.kind == "index" or figure.series.startswith("exchange.")


def are_changes(figure: Figure) -> bool:
    """Whether a rate is one of change, whose months are not averaged."""
    return figure.kind in AVERAGED and bool(CHANGES.search(figure.series))


def steps_of(length: Period, span: Period) -> Iterator[Period]:
    """The periods as long as one, end to end with it, that lie inside a span, in their order."""
    n = -((length.first - span.first).days // length.days) - 2
    while (step := length.shifted(n)).first <= span.last:
        if span.holds(step):
            yield step
        n += 1


def _groups(figures: Iterable[Figure], period: Period) -> list[Mapping]:
    """Shorter figures by what they may be taken together with, each by its first day; a preferred one stands first."""
    groups: dict[tuple[str, str, str, int], dict] = {}
    for f in sorted(figures, key=lambda f: f.preferred):
        taken = f.kind == "flow" or (f.kind in AVERAGED and f.period.whole_months and not are_changes(f))
        if taken and f.status in STRONG and period.holds(f.period) and f.period != period:
            groups.setdefault(_alike(f), {})[f.period.first] = f
    return list(groups.values())


def _alike(figure: Figure) -> tuple[str, str, str, int]:
    """What figures must share to be taken together; their length in months, shorter ones in days."""
    days = figure.period.days
    return figure.source_id, figure.basis, figure.unit, round(days / 30.4) or -days


def _together(parts: Sequence[Figure], period: Period) -> Figure:
    value, id_ = math.fsum(f.value for f in parts), f"{parts[0].id} to {parts[-1].id}"
    if parts[0].kind in AVERAGED:
        value = float(f"{value / len(parts):.{SHOWN}g}")
        id_ = Text("evidence.mean", n=Number(len(parts)), first=parts[0].id, last=parts[-1].id)
    return replace(
        parts[0], id=id_, period=period, value=value, text=format(value, ".12g"),
        low=math.nan, high=math.nan, status="derived", preferred=all(f.preferred for f in parts),
        derivation="; ".join(f.id for f in parts),
    )  # fmt: skip
