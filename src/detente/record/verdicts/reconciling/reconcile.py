"""Why two figures for one thing differ: the explanations that reporters' numbers really have.

Each explanation is tried, its arithmetic is shown, and those that work are ranked by how
well they fit. Figures are never averaged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from detente.language import Day, Joined, Number, Text, Word
from detente.record.rows import Figure
from detente.record.verdicts.amounts import say
from detente.record.verdicts.numbers import AS_WRITTEN, rounding
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
FIT = 0.02
"""Arithmetic that comes within 2% of the other figure, or within rounding, counts as an explanation."""
SLIP = 0.15
"""A slip of a power of ten is recognised within 15%, since slipped figures are round ones."""


@dataclass(frozen=True, slots=True)
class ConflictExplanation:
    """One way in which two figures can both be right, or one a slip.

    Attributes
    ----------
    kind : str
        ``rounding``, ``balance as total``, ``exports as total``, ``imports as total``,
        ``valuation``, ``compiler``, ``other period``, ``sum of parts``, ``constant money``,
        ``power of ten``.
    arithmetic : str
        The sum done, in numbers.
    misfit : float
        What the arithmetic leaves, as a share of the figure it should give; 0 fits exactly.
    figure_ids : tuple of str
        Figures used besides the two.
    """

    kind: str
    arithmetic: str
    misfit: float
    figure_ids: tuple[str, ...] = ()


def rounding_half(figure: Figure) -> float:
    """Half of the last digit a figure states; its own range where the source gives one."""
    if not math.isnan(figure.low) and not math.isnan(figure.high):
        return max(figure.value - figure.low, figure.high - figure.value)
    return rounding(figure.text, as_written=figure.unit in AS_WRITTEN)


def agree(a: Figure, b: Figure) -> bool:
    """Whether two figures are the same number within the rounding of both.

    Only an approximate figure counts its zeros as rounding; a reported 7,290 is 7,290.
    """
    half = sum(rounding_half(f) if f.status == "approximate" else _last_digit(f) for f in (a, b))
    return abs(a.value - b.value) <= half * (1 + 1e-9)


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


def _cost(explanation: ConflictExplanation) -> float:
    """Rank: the misfit, plus what an explanation asks one to believe."""
    belief = {"rounding": 0.0, "valuation": 0.002, "compiler": 0.02, "power of ten": 0.03}
    return explanation.misfit + belief.get(explanation.kind, 0.004)


def _last_digit(figure: Figure) -> float:
    """Half a unit of the last digit written, zeros before the point counting as digits."""
    decimals = len(figure.text.partition(".")[2])
    return 0.5 * 10.0**-decimals


def _beside(figure: Figure, other: Figure, context: FigureContext, flow: str) -> Iterator[Figure]:
    """Figures of another flow beside the two that are explained, and neither of them."""
    return (f for f in context.of_flow(figure, flow) if f.id not in (figure.id, other.id))


def _off(a: float, b: float) -> float:
    return abs(a - b) / abs(b) if b else math.inf


def _rounding(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    if agree(odd, other):
        arithmetic = Text("arithmetic.rounding", a=say(odd.value, odd.unit), b=say(other.value, other.unit))
        yield ConflictExplanation("rounding", arithmetic, 0.0)


def _mislabelled(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """A total that is really the balance, the exports or the imports."""
    if family_of(odd)[1] != "total" or odd.value >= other.value:
        return
    for flow in ("exports", "imports"):
        for part in _beside(odd, other, context, flow):
            if _off(odd.value, part.value) <= FIT and part.source_id != odd.source_id:
                arithmetic = Text("arithmetic.alone", flow=_flow(flow), part=_named(part))
                yield ConflictExplanation(f"{flow} as total", arithmetic, _off(odd.value, part.value), (part.id,))
    exports = (other.value + odd.value) / 2
    imports = (other.value - odd.value) / 2
    solved = Text(
        "arithmetic.solved", balance=_plain(odd.value), total=_plain(other.value),
        exports=Number(f"{exports:,.1f}"), imports=Number(f"{imports:,.1f}"),
    )  # fmt: skip
    for flow, implied in (("exports", exports), ("imports", imports)):
        for part in _beside(odd, other, context, flow):
            if part.status != "derived" and _off(part.value, implied) <= max(FIT, rounding_half(part) / implied):
                arithmetic = Text("arithmetic.apart", solved=solved, flow=_flow(flow), part=_named(part))
                yield ConflictExplanation("balance as total", arithmetic, _off(part.value, implied), (part.id,))
    for x in _beside(odd, other, context, "exports"):
        for m in _beside(odd, other, context, "imports"):
            gap = x.value - m.value
            if gap > 0 and _off(odd.value, gap) <= FIT and not _circular(x, m, odd, other):
                difference = Number(f"{gap:,.1f}")
                arithmetic = Text("arithmetic.minus", a=_named(x), b=_named(m), result=difference)
                yield ConflictExplanation("balance as total", arithmetic, _off(odd.value, gap), (x.id, m.id))
    yield from _implied_balance(odd, other, context)
    for b in _beside(odd, other, context, "balance"):
        if _off(odd.value, b.value) <= FIT and b.source_id != odd.source_id:
            arithmetic = Text("arithmetic.balance", part=_named(b))
            yield ConflictExplanation("balance as total", arithmetic, _off(odd.value, b.value), (b.id,))


def _of_freight(odd: Figure, other: Figure, context: FigureContext) -> Iterator[tuple[Figure, Figure]]:
    """Exports valued FOB with imports valued CIF, neither of them about."""
    for x in _beside(odd, other, context, "exports"):
        for m in _beside(odd, other, context, "imports"):
            firm = x.status != "approximate" and m.status != "approximate" and not _circular(x, m, odd, other)
            if firm and x.basis not in CIF_LIKE and m.basis in CIF_LIKE:
                yield x, m


def _implied_balance(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The total has its imports CIF, and the balance quoted for it the same imports FOB."""
    for x, m in _of_freight(odd, other, context):
        implied = x.value - odd.value
        ratio = m.value / implied if implied > 0 else math.inf
        if _fit(x.value + m.value, other) <= EXACT and CIF_OVER_FOB[0] < ratio <= USUAL_CIF:
            arithmetic = Text(
                "arithmetic.implied_balance", exports=_named(x), cif=_named(m), total=_plain(other.value),
                odd=_plain(odd.value), implied=Number(f"{implied:,.1f}"), ratio=Number(f"{ratio:.3f}"),
            )  # fmt: skip
            yield ConflictExplanation("balance as total", arithmetic, UNSHOWN, (x.id, m.id))


def _implied_total(high: Figure, low: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The higher total is exports and imports CIF to the digit; the lower leaves for the imports what FOB would be."""
    for x, m in _of_freight(high, low, context):
        implied = low.value - x.value
        ratio = m.value / implied if implied > 0 else math.inf
        misfit = _fit(x.value + m.value, high)
        if misfit <= EXACT and CIF_OVER_FOB[0] < ratio <= USUAL_CIF:
            arithmetic = Text(
                "arithmetic.implied_total", exports=_named(x), cif=_named(m), with_cif=Number(f"{x.value + m.value:,.0f}"),
                low=_plain(low.value), implied=Number(f"{implied:,.1f}"), ratio=Number(f"{ratio:.3f}"),
            )  # fmt: skip
            yield ConflictExplanation("valuation", arithmetic, misfit + UNSHOWN, (x.id, m.id))


def _circular(x: Figure, m: Figure, *used: Figure) -> bool:
    """Whether a part was itself computed from the figures to be explained."""
    return any(f.id in part.derivation or f.text in part.derivation for part in (x, m) for f in used)


def _valuation(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """Exports FOB with imports FOB against exports FOB with imports CIF."""
    high, low = (odd, other) if odd.value > other.value else (other, odd)
    flow = family_of(odd)[1]
    if flow == "total":
        yield from _implied_total(high, low, context)
        for x in _beside(odd, other, context, "exports"):
            if x.basis in CIF_LIKE or x.status == "approximate":
                continue
            imports = [m for m in _beside(odd, other, context, "imports") if not _circular(x, m, odd, other)]
            for cif in (m for m in imports if m.basis in CIF_LIKE):
                for fob in (m for m in imports if m.basis not in CIF_LIKE and m.status != "approximate"):
                    if not CIF_OVER_FOB[0] < cif.value / fob.value <= CIF_OVER_FOB[1]:
                        continue
                    misfit = max(_fit(x.value + cif.value, high), _fit(x.value + fob.value, low))
                    if misfit <= FIT:
                        arithmetic = Text(
                            "arithmetic.valuation", exports=_named(x), cif=_named(cif), fob=_named(fob),
                            with_cif=Number(f"{x.value + cif.value:,.0f}"),
                            with_fob=Number(f"{x.value + fob.value:,.0f}"),
                        )  # fmt: skip
                        yield ConflictExplanation("valuation", arithmetic, misfit, (x.id, cif.id, fob.id))
    ratio = high.value / low.value if low.value > 0 else math.inf
    named = high.basis in CIF_LIKE and low.basis not in CIF_LIKE
    if named and 1 < ratio <= CIF_OVER_FOB[1]:
        arithmetic = Text(
            "arithmetic.over", high_basis=_basis(high), low_basis=_basis(low), high=_plain(high.value),
            low=_plain(low.value), ratio=Number(f"{ratio:.3f}"),
        )  # fmt: skip
        yield ConflictExplanation("valuation", arithmetic, max(0.0, ratio - USUAL_CIF) + UNSHOWN)


def _fit(computed: float, figure: Figure) -> float:
    """Misfit of a computed number: none within the figure's rounding, else all that is missing."""
    allowed = rounding_half(figure) if figure.status == "approximate" else _last_digit(figure)
    missing = abs(computed - figure.value)
    return 0.0 if missing <= allowed else missing / abs(figure.value)


def _compiler(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """Mirror data or a compiler's own harmonisation of the two reports."""
    bases = {odd.basis, other.basis}
    if len(bases) == 2 and bases & COMPILED:
        ratio = max(odd.value, other.value) / max(min(odd.value, other.value), 1e-12)
        if ratio <= CIF_OVER_FOB[1]:
            arithmetic = Text(
                "arithmetic.ratio", a=_plain(odd.value), a_basis=_basis(odd), b=_plain(other.value),
                b_basis=_basis(other), ratio=Number(f"{ratio:.3f}"),
            )  # fmt: skip
            yield ConflictExplanation("compiler", arithmetic, ratio - 1)


def _other_period(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The figure of a neighbouring or partial period quoted for this one."""
    for f in context.nearest_of_other_periods(odd, other):
        if _off(odd.value, f.value) <= 0.005:
            arithmetic = Text("arithmetic.period", n=_plain(f.value), period=Day(f.period), id=f.id)
            yield ConflictExplanation("other period", arithmetic, _off(odd.value, f.value), (f.id,))


def _sum_of_parts(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """The total of some places quoted for the whole."""
    family, flow, place = family_of(odd)
    parts, total = context.parts.get((family, flow, odd.unit, odd.period), ((), 0.0))
    if not place and len(parts) > 1 and _off(odd.value, total) <= FIT:  # the two themselves have no place either
        arithmetic = Text("arithmetic.sum", terms=Joined(" + ", parts=map(_named, parts)), total=_plain(total))
        ids = tuple(f.id for f in parts)
        yield ConflictExplanation("sum of parts", arithmetic, _off(odd.value, total), ids)


_PRICES_OF = re.compile(r"(?:constant|real|prices of|deflated)\D{0,25}(\d{4})", re.IGNORECASE)


def _constant_money(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    """A figure in the prices of another year, where its note names the year and the record has an index."""
    named = _PRICES_OF.search(f"{odd.basis} {odd.note}")
    if not named:
        return
    index = {f.period.first.year: f for f in context.prices}
    year, base = odd.period.first.year, int(named.group(1))
    if year in index and base in index and index[year].value > 0:
        computed = other.value * index[base].value / index[year].value
        if _off(odd.value, computed) <= FIT:
            arithmetic = Text(
                "arithmetic.prices", n=_plain(other.value), top=_named(index[base]), bottom=_named(index[year]),
                result=Number(f"{computed:,.1f}"), base=base,
            )  # fmt: skip
            yield ConflictExplanation(
                "constant money", arithmetic, _off(odd.value, computed), (index[base].id, index[year].id)
            )


def _power_of_ten(odd: Figure, other: Figure, context: FigureContext) -> Iterator[ConflictExplanation]:
    if odd.value <= 0 or other.value <= 0:
        return
    power = round(math.log10(odd.value / other.value))
    if power and abs(power) <= 6:
        shifted = odd.value / 10.0**power
        misfit = _off(shifted, other.value)
        if misfit <= SLIP:
            arithmetic = Text(
                "arithmetic.ten", n=_plain(odd.value), power=_plain(10.0**power), result=_plain(shifted),
                other=_plain(other.value),
            )  # fmt: skip
            yield ConflictExplanation("power of ten", arithmetic, misfit)


def _plain(number: float) -> str:
    return Number(f"{number:,g}")


def _named(figure: Figure) -> str:
    return Text("arithmetic.figure", n=_plain(figure.value), id=figure.id)


def _basis(figure: Figure) -> str:
    return Word(figure.basis, group="basis")


def _flow(name: str) -> str:
    return Word(name, group="flow")


_RULES: tuple[Callable[[Figure, Figure, FigureContext], Iterator[ConflictExplanation]], ...] = (
    _rounding,
    _mislabelled,
    _valuation,
    _compiler,
    _other_period,
    _sum_of_parts,
    _constant_money,
    _power_of_ten,
)
