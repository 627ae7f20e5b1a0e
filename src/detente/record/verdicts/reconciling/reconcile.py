"""Why two figures for one thing differ: the explanations that reporters' numbers really have.

Each explanation is tried, its arithmetic is shown, and those that work are ranked by how
well they fit. Figures are never averaged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator

from detente.language import Day, Number, Text
from detente.record.rows import Figure
from detente.record.verdicts.amounts import say
from detente.record.verdicts.reconciling.explanation import (
    FIT,
    ConflictExplanation,
    agree,
    named,
    off,
    plain,
)
from detente.record.verdicts.reconciling.figure_context import FigureContext
from detente.record.verdicts.reconciling.totals import as_mislabelled, as_sum_of_parts
from detente.record.verdicts.reconciling.valuation import by_compiler, by_valuation

SLIP = 0.15
"""A slip of a power of ten is recognised within 15%, since slipped figures are round ones."""


def explain(odd: Figure, other: Figure, context: FigureContext | Iterable[Figure]) -> list[ConflictExplanation]:
    """Explanations of ``odd`` beside ``other``, best first.

    Parameters
    ----------
    odd, other : Figure
        Two figures of one series and period.
    context : FigureContext or iterable of Figure
        Figures to do the arithmetic with: the same dyad's exports, imports, balances
        and totals, of the same and neighbouring periods.
    """
    context = context if isinstance(context, FigureContext) else FigureContext.of(context)
    found: list[ConflictExplanation] = []
    for rule in _RULES:
        found += [e for e in rule(odd, other, context) if math.isfinite(e.misfit)]
    best: dict[str, ConflictExplanation] = {}
    for explanation in found:
        held = best.get(explanation.kind)
        if held is None or explanation.misfit < held.misfit:
            best[explanation.kind] = explanation
    return sorted(best.values(), key=lambda e: (_cost(e), e.kind))


def well_explained(odd: Figure, other: Figure, context: FigureContext) -> bool:
    """Whether the two differ by something better than being wrong."""
    return bool({e.kind for e in explain(odd, other, context)} - {"power of ten", "other period"})


def _cost(explanation: ConflictExplanation) -> float:
    """Rank: the misfit, plus what an explanation asks one to believe."""
    belief = {"rounding": 0.0, "valuation": 0.002, "compiler": 0.02, "power of ten": 0.03}
    return explanation.misfit + belief.get(explanation.kind, 0.004)


def _rounding(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    if agree(odd, other):
        arithmetic = Text("arithmetic.rounding", a=say(odd.value, odd.unit), b=say(other.value, other.unit))
        yield ConflictExplanation("rounding", arithmetic, 0.0)


def _other_period(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The figure of a neighbouring or partial period quoted for this one."""
    for f in context.nearest_of_other_periods(odd, other):
        if off(odd.value, f.value) <= 0.005:
            arithmetic = Text("arithmetic.period", n=plain(f.value), period=Day(f.period), id=f.id)
            yield ConflictExplanation("other period", arithmetic, off(odd.value, f.value), (f.id,))


_PRICES_OF = re.compile(r"(?:constant|real|prices of|deflated)\D{0,25}(\d{4})", re.IGNORECASE)


def _constant_money(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """A figure in the prices of another year, where its note names the year and the record has an index."""
    priced = _PRICES_OF.search(f"{odd.basis} {odd.note}")
    if not priced:
        return
    index = {f.period.first.year: f for f in context.prices}
    year, base = odd.period.first.year, int(priced.group(1))
    if year in index and base in index and index[year].value > 0:
        computed = other.value * index[base].value / index[year].value
        if off(odd.value, computed) <= FIT:
            arithmetic = Text(
                "arithmetic.prices", n=plain(other.value), top=named(index[base]), bottom=named(index[year]),
                result=Number(f"{computed:,.1f}"), base=base,
            )  # fmt: skip
            yield ConflictExplanation(
                "constant money", arithmetic, off(odd.value, computed), (index[base].id, index[year].id)
            )


def _power_of_ten(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    if odd.value <= 0 or other.value <= 0:
        return
    power = round(math.log10(odd.value / other.value))
    if power and abs(power) <= 6:
        shifted = odd.value / 10.0**power
        misfit = off(shifted, other.value)
        if misfit <= SLIP:
            arithmetic = Text(
                "arithmetic.ten", n=plain(odd.value), power=plain(10.0**power), result=plain(shifted),
                other=plain(other.value),
            )  # fmt: skip
            yield ConflictExplanation("power of ten", arithmetic, misfit)


_RULES: tuple[Callable[[Figure, Figure, FigureContext], Iterator[ConflictExplanation]], ...] = (
    _rounding,
    as_mislabelled,
    by_valuation,
    by_compiler,
    _other_period,
    as_sum_of_parts,
    _constant_money,
    _power_of_ten,
)
