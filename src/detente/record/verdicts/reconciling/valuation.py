"""Figures that differ by freight and insurance, or by what a compiler makes of both sides' reports."""

from __future__ import annotations

import math
from collections.abc import Iterator

from detente.language import Number, Text
from detente.record.rows import Figure
from detente.record.verdicts.reconciling.explanation import (
    FIT,
    ConflictExplanation,
    basis_of,
    beside,
    circular,
    misfit_of,
    named,
    plain,
)
from detente.record.verdicts.reconciling.figure_context import FigureContext, family_of

CIF_LIKE = frozenset({"cif", "fob+cif", "importer-side"})
COMPILED = frozenset({"baci", "mirror", "comtrade", "importer-side"})
"""Bases of figures that a compiler made from both sides' reports, or took from the other side's."""
CIF_OVER_FOB = (1.0, 1.20)
"""Ratio of imports valued CIF to the same imports FOB; customs data cluster at 1.06 to 1.12."""
USUAL_CIF = 1.12
"""Up to here a ratio of CIF to FOB needs no further belief."""
EXACT = 0.002
"""Misfit up to which a sum is taken for the very one that was done."""
UNSHOWN = 0.01
"""Added to the misfit where two bases differ by name but no parts show the sum."""


def by_valuation(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """Exports FOB with imports FOB against exports FOB with imports CIF."""
    high, low = (odd, other) if odd.value > other.value else (other, odd)
    flow = family_of(odd)[1]
    if flow == "total":
        yield from _implied_total(high, low, context)
        for x in beside(odd, other, context, "exports"):
            if x.basis in CIF_LIKE or x.status == "approximate":
                continue
            imports = [m for m in beside(odd, other, context, "imports") if not circular(x, m, odd, other)]
            for cif in (m for m in imports if m.basis in CIF_LIKE):
                for fob in (m for m in imports if m.basis not in CIF_LIKE and m.status != "approximate"):
                    if not CIF_OVER_FOB[0] < cif.value / fob.value <= CIF_OVER_FOB[1]:
                        continue
                    misfit = max(misfit_of(x.value + cif.value, high), misfit_of(x.value + fob.value, low))
                    if misfit <= FIT:
                        arithmetic = Text(
                            "arithmetic.valuation", exports=named(x), cif=named(cif), fob=named(fob),
                            with_cif=Number(f"{x.value + cif.value:,.0f}"),
                            with_fob=Number(f"{x.value + fob.value:,.0f}"),
                        )  # fmt: skip
                        yield ConflictExplanation("valuation", arithmetic, misfit, (x.id, cif.id, fob.id))
    ratio = high.value / low.value if low.value > 0 else math.inf
    told_apart = high.basis in CIF_LIKE and low.basis not in CIF_LIKE
    if told_apart and 1 < ratio <= CIF_OVER_FOB[1]:
        arithmetic = Text(
            "arithmetic.over", high_basis=basis_of(high), low_basis=basis_of(low), high=plain(high.value),
            low=plain(low.value), ratio=Number(f"{ratio:.3f}"),
        )  # fmt: skip
        yield ConflictExplanation("valuation", arithmetic, max(0.0, ratio - USUAL_CIF) + UNSHOWN)


def _implied_total(high: Figure, low: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The higher total is exports and imports CIF to the digit; the lower leaves for the imports what FOB would be."""
    for x, m in of_freight(high, low, context):
        implied = low.value - x.value
        ratio = m.value / implied if implied > 0 else math.inf
        misfit = misfit_of(x.value + m.value, high)
        if misfit <= EXACT and CIF_OVER_FOB[0] < ratio <= USUAL_CIF:
            arithmetic = Text(
                "arithmetic.implied_total", exports=named(x), cif=named(m), with_cif=Number(f"{x.value + m.value:,.0f}"),
                low=plain(low.value), implied=Number(f"{implied:,.1f}"), ratio=Number(f"{ratio:.3f}"),
            )  # fmt: skip
            yield ConflictExplanation("valuation", arithmetic, misfit + UNSHOWN, (x.id, m.id))


def of_freight(odd: Figure, other: Figure, context: FigureContext) -> Iterator[tuple[Figure, Figure]]:
    """Exports valued FOB with imports valued CIF, neither of them about."""
    for x in beside(odd, other, context, "exports"):
        for m in beside(odd, other, context, "imports"):
            firm = x.status != "approximate" and m.status != "approximate" and not circular(x, m, odd, other)
            if firm and x.basis not in CIF_LIKE and m.basis in CIF_LIKE:
                yield x, m


def by_compiler(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """Mirror data or a compiler's own harmonisation of the two reports."""
    bases = {odd.basis, other.basis}
    if len(bases) == 2 and bases & COMPILED:
        ratio = max(odd.value, other.value) / max(min(odd.value, other.value), 1e-12)
        if ratio <= CIF_OVER_FOB[1]:
            arithmetic = Text(
                "arithmetic.ratio", a=plain(odd.value), a_basis=basis_of(odd), b=plain(other.value),
                b_basis=basis_of(other), ratio=Number(f"{ratio:.3f}"),
            )  # fmt: skip
            yield ConflictExplanation("compiler", arithmetic, ratio - 1)
