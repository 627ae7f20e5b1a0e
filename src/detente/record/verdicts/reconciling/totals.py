"""A total that is something else: the balance, one flow alone, or the sum of some places."""

from __future__ import annotations

import math
from collections.abc import Iterator

from detente.language import Joined, Number, Text
from detente.record.rows import Figure
from detente.record.verdicts.reconciling.explanation import (
    FIT,
    ConflictExplanation,
    beside,
    circular,
    flow_named,
    misfit_of,
    named,
    off,
    plain,
    rounding_half,
)
from detente.record.verdicts.reconciling.figure_context import FigureContext, family_of
from detente.record.verdicts.reconciling.valuation import CIF_OVER_FOB, EXACT, UNSHOWN, USUAL_CIF, of_freight


def as_mislabelled(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """A total that is really the balance, the exports or the imports."""
    if family_of(odd)[1] != "total" or odd.value >= other.value:
        return
    for flow in ("exports", "imports"):
        for part in beside(odd, other, context, flow):
            if off(odd.value, part.value) <= FIT and part.source_id != odd.source_id:
                arithmetic = Text("arithmetic.alone", flow=flow_named(flow), part=named(part))
                yield ConflictExplanation(f"{flow} as total", arithmetic, off(odd.value, part.value), (part.id,))
    exports = (other.value + odd.value) / 2
    imports = (other.value - odd.value) / 2
    solved = Text(
        "arithmetic.solved", balance=plain(odd.value), total=plain(other.value),
        exports=Number(f"{exports:,.1f}"), imports=Number(f"{imports:,.1f}"),
    )  # fmt: skip
    for flow, implied in (("exports", exports), ("imports", imports)):
        for part in beside(odd, other, context, flow):
            if part.status != "derived" and off(part.value, implied) <= max(FIT, rounding_half(part) / implied):
                arithmetic = Text("arithmetic.apart", solved=solved, flow=flow_named(flow), part=named(part))
                yield ConflictExplanation("balance as total", arithmetic, off(part.value, implied), (part.id,))
    for x in beside(odd, other, context, "exports"):
        for m in beside(odd, other, context, "imports"):
            gap = x.value - m.value
            if gap > 0 and off(odd.value, gap) <= FIT and not circular(x, m, odd, other):
                difference = Number(f"{gap:,.1f}")
                arithmetic = Text("arithmetic.minus", a=named(x), b=named(m), result=difference)
                yield ConflictExplanation("balance as total", arithmetic, off(odd.value, gap), (x.id, m.id))
    yield from _implied_balance(odd, other, context)
    for b in beside(odd, other, context, "balance"):
        if off(odd.value, b.value) <= FIT and b.source_id != odd.source_id:
            arithmetic = Text("arithmetic.balance", part=named(b))
            yield ConflictExplanation("balance as total", arithmetic, off(odd.value, b.value), (b.id,))


def _implied_balance(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The total has its imports CIF, and the balance quoted for it the same imports FOB."""
    for x, m in of_freight(odd, other, context):
        implied = x.value - odd.value
        ratio = m.value / implied if implied > 0 else math.inf
        if misfit_of(x.value + m.value, other) <= EXACT and CIF_OVER_FOB[0] < ratio <= USUAL_CIF:
            arithmetic = Text(
                "arithmetic.implied_balance", exports=named(x), cif=named(m), total=plain(other.value),
                odd=plain(odd.value), implied=Number(f"{implied:,.1f}"), ratio=Number(f"{ratio:.3f}"),
            )  # fmt: skip
            yield ConflictExplanation("balance as total", arithmetic, UNSHOWN, (x.id, m.id))


def as_sum_of_parts(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The total of some places quoted for the whole."""
    family, flow, place = family_of(odd)
    parts, total = context.parts.get((family, flow, odd.unit, odd.period), ((), 0.0))
    if not place and len(parts) > 1 and off(odd.value, total) <= FIT:  # the two themselves have no place either
        arithmetic = Text("arithmetic.sum", terms=Joined(" + ", parts=map(named, parts)), total=plain(total))
        ids = tuple(f.id for f in parts)
        yield ConflictExplanation("sum of parts", arithmetic, off(odd.value, total), ids)
