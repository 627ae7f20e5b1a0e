"""The verdict on a quantity: a number against the independent figures of a series."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import timedelta

from detente.language import Day, Joined, Number, Text, Word
from detente.record.rows import Claim, Figure
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.reconcile import CIF_OVER_FOB, FIT, explain
from detente.record.verdicts.verdict import NEAR, Verdict, convert, gap, not_checkable, say

STOCK_AGE = 366
"""Days for which the newest earlier figure of a stock may stand for a later day."""
STRONG = ("reported", "derived")


def quantity(claim: Claim, evidence: Evidence) -> Verdict:
    """A number against the independent figures of a series for the same period.

    Reported and derived figures decide; approximate ones only where there are no others.
    The study's preferred figure speaks first. Figures that fall outside what the claim
    allows while others fall inside must be explained (:mod:`detente.record.verdicts.reconcile`);
    where they cannot be, the conflict is left unresolved. Where every figure falls
    outside, exports and imports of one valuation are added up before the claim is given up.
    """
    free, barred = evidence.independent(claim.target, claim)
    figures = _comparable(free, claim)
    if not figures:
        return _nothing(claim, evidence, barred)
    strong = [f for f in figures if f.status in STRONG]
    points = strong or [f for f in figures if f.status == "approximate"]
    bounds = [f for f in figures if f.status == "bound"]
    if bounds and not strong:
        verdict = _against_bound(claim, bounds[0])
        if verdict.verdict != "not checkable" or not points:
            return verdict
    strong = points
    inside = [f for f in strong if claim.wording.allows(_value(f, claim))]
    outside = [f for f in strong if f not in inside]
    if not inside:
        parts = _composed(claim, evidence)
        if parts is not None and all(_other_valuation(f, parts) for f in outside):
            return _by_composition(claim, parts, outside)
        return _none_allowed(claim, outside)
    chosen = _first_choice(inside, claim)
    word = claim.wording.word(_value(chosen, claim), exact=chosen.status in STRONG)
    context = _context(claim, evidence)
    unexplained = [f for f in outside if not any(_explained(f, g, context) for g in inside)]
    if unexplained:
        return _conflict(claim, chosen, unexplained)
    reason = _within(claim, chosen)
    if outside:
        reason = Text("reason.others_differ", reason=reason, figures=_listed(outside))
    elif len(inside) > 1:
        n = len(inside) - 1
        reason = Text("reason.one_more" if n == 1 else "reason.more", reason=reason, n=n)
    return _verdict(claim, word, chosen, reason, sources=[chosen, *[f for f in inside if f is not chosen]])


def _comparable(figures: Sequence[Figure], claim: Claim) -> list[Figure]:
    """Figures of the claim's period, unit and basis; for a stock, the newest not after it."""
    basis = claim.option("basis")
    fitting = [
        f
        for f in figures
        if f.status != "forecast" and (not basis or f.basis == basis) and not math.isnan(_value(f, claim))
    ]
    if not fitting or claim.date is None:
        return fitting
    if fitting[0].kind in ("flow", "rate", "index"):
        same = [f for f in fitting if f.period == claim.date]
        return same or [f for f in fitting if fitting[0].kind != "flow" and claim.date.holds(f.period)]
    age = int(claim.option("age", str(STOCK_AGE)))
    earliest = claim.date.first - timedelta(days=age)
    past = [f for f in fitting if f.period.first <= claim.date.last and f.period.last >= earliest]
    strong = [f for f in past if f.status in STRONG] or past
    if not strong:
        return []
    newest = max(f.period.first for f in strong)
    return [f for f in strong if f.period.first == newest]


def _value(figure: Figure, claim: Claim) -> float:
    return convert(figure.value, figure.unit, claim.unit or figure.unit)


def _first_choice(figures: Sequence[Figure], claim: Claim) -> Figure:
    """The preferred figure, else the nearest to the claim of the best status."""
    preferred = [f for f in figures if f.preferred]
    if preferred:
        return preferred[0]
    target = claim.wording.number if claim.value else 0.0
    rank = {"reported": 0, "derived": 1, "approximate": 2, "bound": 3}
    return min(figures, key=lambda f: (rank[f.status], abs(_value(f, claim) - target)))


def _against_bound(claim: Claim, bound: Figure) -> Verdict:
    """A figure known only as more or less than something decides where no value of it could do otherwise."""
    low = convert(bound.low, bound.unit, claim.unit) if not math.isnan(bound.low) else -math.inf
    high = convert(bound.high, bound.unit, claim.unit) if not math.isnan(bound.high) else math.inf
    floor, ceiling = claim.wording.bounds
    shown = Text("allowed.more_than" if math.isinf(high) else "allowed.less_than", amount=cite(bound))
    if floor <= low and high <= ceiling:
        reason = Text("reason.bound_allowed", bound=shown)
        return _verdict(claim, "confirmed", bound, reason, sources=[bound])
    if high < floor or low > ceiling:
        reason = Text("reason.bound_ruled_out", bound=shown)
        return _verdict(claim, "contradicted", bound, reason, sources=[bound])
    return not_checkable(Text("reason.bound_open", bound=shown), Text("rule.quantity"))


def _none_allowed(claim: Claim, outside: Sequence[Figure]) -> Verdict:
    chosen = _first_choice(outside, claim)
    off = [claim.wording.distance(_value(f, claim)) for f in outside]
    if min(off) <= NEAR < max(off) and not chosen.preferred:
        return _conflict(claim, chosen, [f for f in outside if f is not chosen])
    word = claim.wording.word(_value(chosen, claim), exact=True)
    reason = Text("reason.outside", figure=cite(chosen), allowed=claim.wording.text(claim.unit))
    return _verdict(claim, word, chosen, reason, sources=outside)


def _conflict(claim: Claim, chosen: Figure, others: Sequence[Figure]) -> Verdict:
    reason = Text("reason.both_sides", figures=_listed([chosen, *others]))
    return _verdict(claim, "unresolved conflict", chosen, reason, sources=[chosen, *others])


def _composed(claim: Claim, evidence: Evidence) -> list[Figure] | None:
    """Exports and imports on FOB valuation whose sum (or difference) the claim allows."""
    family, _, flow = claim.target.partition("@")[0].rpartition(".")
    place = claim.target.partition("@")[2]
    sign = {"total": 1, "balance": -1}.get(flow)
    if sign is None:
        return None
    parts = {}
    for name in ("exports", "imports"):
        series = f"{family}.{name}" + (f"@{place}" if place else "")
        free, _ = evidence.independent(series, claim)
        parts[name] = [f for f in _comparable(free, claim) if f.status == "reported" and f.basis in ("fob", "baci")]
    exports = [f for f in parts["exports"] if f.basis == "fob"] or parts["exports"]
    imports = [f for f in parts["imports"] if f.basis == "fob"] or parts["imports"]
    if not exports or not imports:
        return None
    x, m = _first_choice(exports, claim), _first_choice(imports, claim)
    return [x, m] if claim.wording.allows(_value(x, claim) + sign * _value(m, claim)) else None


def _by_composition(claim: Claim, parts: list[Figure], outside: Sequence[Figure]) -> Verdict:
    x, m = parts
    sign = 1 if claim.target.partition("@")[0].endswith("total") else -1
    total = _value(x, claim) + sign * _value(m, claim)
    shown = say(round(total, 1), claim.unit)
    text = Text(
        "evidence.sum" if sign > 0 else "evidence.difference",
        exports=_plain(_value(x, claim)), exports_basis=_basis(x), imports=_plain(_value(m, claim)),
        imports_basis=_basis(m), total=shown, period=Day(x.period),
    )  # fmt: skip
    allowed = claim.wording.text(claim.unit)
    reason = Text("reason.composed", total=shown, allowed=allowed, others=_listed(outside))
    difference = gap(round(claim.wording.number - total, 1), claim.unit)
    sources = sources_of([x, m, *outside])
    return Verdict("confirmed within rounding", text, sources, difference, Text("rule.composed"), reason)


def _context(claim: Claim, evidence: Evidence) -> list[Figure]:
    """Independent figures to do arithmetic with: all flows of the claim's family."""
    family = claim.target.partition("@")[0].rpartition(".")[0]
    flows = (f"{family}.{flow}" for flow in ("exports", "imports", "balance", "total"))
    return [f for series in flows for f in evidence.independent(series, claim)[0]]


def _explained(odd: Figure, other: Figure, context: Sequence[Figure]) -> bool:
    """Whether the two differ by something better than being wrong."""
    return bool({e.kind for e in explain(odd, other, context)} - {"power of ten", "other period"})


def _other_valuation(odd: Figure, parts: Sequence[Figure]) -> bool:
    """Whether a figure on another basis is near enough to a sum of FOB parts to differ by valuation or compiler."""
    total = sum(convert(f.value, f.unit, odd.unit) for f in parts)
    span = FIT if odd.basis in ("fob", "fob+fob") else CIF_OVER_FOB[1] - 1
    return total > 0 and 1 / (1 + span) <= odd.value / total <= 1 + span


def _verdict(claim: Claim, word: str, chosen: Figure, reason: str, *, sources: Sequence[Figure]) -> Verdict:
    number = _value(chosen, claim)
    unit = claim.unit or chosen.unit
    difference = gap(claim.wording.number - number, unit) if claim.value else ""
    text = cite(chosen)
    if unit != chosen.unit:
        text = Text("evidence.converted", figure=text, amount=say(round(number, 1), unit))
    rule = Text("rule.quantity_of", series=series_name(claim.target))
    return Verdict(word, text, sources_of(sources), difference, rule, reason)


def _nothing(claim: Claim, evidence: Evidence, barred: int) -> Verdict:
    own = _comparable(evidence.series(claim.target), claim)
    if barred and own:
        return not_checkable(Text("reason.own_figures"), Text("rule.quantity"))
    when = Day(claim.date) if claim.date else Text("reason.any_time")
    return not_checkable(Text("reason.no_figure", series=series_name(claim.target), when=when), Text("rule.quantity"))


def _within(claim: Claim, figure: Figure) -> str:
    if claim.wording.equals(_value(figure, claim)):
        return Text("reason.equal", figure=cite(figure))
    return Text("reason.inside", figure=cite(figure), allowed=claim.wording.text(claim.unit))


def cite(figure: Figure) -> str:
    """A figure with its period, basis and id."""
    facts = {"amount": say(figure.value, figure.unit), "period": Day(figure.period), "id": figure.id}
    if figure.basis in ("-", "unspecified"):
        return Text("evidence.figure", **facts)
    return Text("evidence.figure_on", basis=_basis(figure), **facts)


def series_name(series: str) -> str:
    """A series as the record names it; other languages say what it is."""
    name, _, place = series.partition("@")
    known = Word(name, group="series_name")
    return Text("evidence.at", what=known, place=Word(place, group="place")) if place else known


def _basis(figure: Figure) -> str:
    return Word(figure.basis, group="basis")


def _listed(figures: Iterable[Figure]) -> str:
    return Joined("; ", parts=map(cite, figures))


def _plain(number: float) -> str:
    return Number(f"{number:,g}")


def sources_of(figures: Iterable[Figure]) -> tuple[str, ...]:
    """Their sources, each once."""
    return tuple(dict.fromkeys(f.source_id for f in figures))
