"""The verdict on a quantity: a number against the independent figures of a series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from detente.record.evidence import Evidence
from detente.record.reconcile import explain
from detente.record.rows import Claim, Figure
from detente.record.verdict import (
    NEAR,
    OPERATORS,
    Verdict,
    allows,
    claimed_range,
    convert,
    distance,
    not_checkable,
    say,
    word_for,
)

STOCK_AGE = 366
"""Days for which the newest earlier figure of a stock may stand for a later day."""
STRONG = ("reported", "derived")


def quantity(claim: Claim, evidence: Evidence) -> Verdict:
    """A number against the independent figures of a series for the same period.

    Reported and derived figures decide; approximate ones only where there are no others.
    The study's preferred figure speaks first. Figures that fall outside what the claim
    allows while others fall inside must be explained (:mod:`detente.record.reconcile`);
    where they cannot be, the conflict is left unresolved. Where every figure falls
    outside, exports and imports of one valuation are added up before the claim is given up.
    """
    figures, barred = evidence.independent(claim.target, claim)
    figures = _comparable(figures, claim)
    if not figures:
        return _nothing(claim, evidence, barred)
    operator = claim.option("op")
    strong = [f for f in figures if f.status in STRONG]
    points = strong or [f for f in figures if f.status == "approximate"]
    bounds = [f for f in figures if f.status == "bound"]
    if bounds and not strong:
        verdict = _against_bound(claim, operator, bounds[0])
        if verdict.verdict != "not checkable" or not points:
            return verdict
    strong = points
    inside = [f for f in strong if _allowed(claim, operator, f)]
    outside = [f for f in strong if f not in inside]
    if not inside:
        composed = _composed(claim, evidence, operator)
        if composed is not None and all(_explained(f, composed, evidence) for f in outside):
            return _by_composition(claim, operator, composed, outside)
        return _none_allowed(claim, operator, outside)
    chosen = _first_choice(inside, claim)
    word = word_for(claim.value or "0", operator, _value(chosen, claim), exact=chosen.status in STRONG)
    unexplained = [f for f in outside if not any(_explained(f, g, evidence) for g in inside)]
    if unexplained:
        return _conflict(claim, chosen, unexplained)
    reason = _within(claim, operator, chosen)
    if outside:
        reason += " Other figures differ by valuation, compiler or label: " + "; ".join(map(cite, outside)) + "."
    elif len(inside) > 1:
        reason += f" {_count(len(inside) - 1, 'further independent figure')} within the same rounding."
    return _verdict(claim, word, chosen, reason, sources=[chosen, *[f for f in inside if f is not chosen]])


def _comparable(figures: Sequence[Figure], claim: Claim) -> list[Figure]:
    """Figures of the claim's period, unit and basis; for a stock, the newest not after it."""
    basis = claim.option("basis")
    fitting = [
        f
        for f in figures
        if f.status != "forecast"
        and (not basis or f.basis == basis)
        and convert(f.value, f.unit, claim.unit or f.unit) is not None
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


def _allowed(claim: Claim, operator: str, figure: Figure) -> bool:
    return allows(claim.value or "0", operator, _value(figure, claim))


def _first_choice(figures: Sequence[Figure], claim: Claim) -> Figure:
    """The preferred figure, else the nearest to the claim of the best status."""
    preferred = [f for f in figures if f.preferred]
    if preferred:
        return preferred[0]
    target = float(claim.value) if claim.value else 0.0
    rank = {"reported": 0, "derived": 1, "approximate": 2, "bound": 3}
    return min(figures, key=lambda f: (rank[f.status], abs(_value(f, claim) - target)))


def _against_bound(claim: Claim, operator: str, bound: Figure) -> Verdict:
    """A figure known only as more or less than something decides where no value of it could do otherwise."""
    low = convert(bound.low, bound.unit, claim.unit) if not math.isnan(bound.low) else -math.inf
    high = convert(bound.high, bound.unit, claim.unit) if not math.isnan(bound.high) else math.inf
    floor, ceiling = claimed_range(claim.value or "0", operator)
    shown = f"{'more' if math.isinf(high) else 'less'} than {cite(bound)}"
    if floor <= low and high <= ceiling:
        reason = f"The record has {shown}: whatever the exact number, the claim allows it."
        return _verdict(claim, "confirmed", bound, reason, sources=[bound])
    if high < floor or low > ceiling:
        reason = f"The record has {shown}, which the claim rules out."
        return _verdict(claim, "contradicted", bound, reason, sources=[bound])
    return not_checkable(f"The record has only a bound, {shown}, which fits the claim and others as well.", "quantity")


def _none_allowed(claim: Claim, operator: str, outside: Sequence[Figure]) -> Verdict:
    chosen = _first_choice(outside, claim)
    off = [distance(claim.value or "0", operator, _value(f, claim)) for f in outside]
    if min(off) <= NEAR < max(off) and not chosen.preferred:
        return _conflict(claim, chosen, [f for f in outside if f is not chosen])
    word = word_for(claim.value or "0", operator, _value(chosen, claim), exact=True)
    reason = f"{cite(chosen)} lies outside what the claim allows ({_range_text(claim, operator)})."
    return _verdict(claim, word, chosen, reason, sources=outside)


def _conflict(claim: Claim, chosen: Figure, others: Sequence[Figure]) -> Verdict:
    reason = (
        f"Independent figures stand on both sides of the claim and no explanation was found: "
        f"{'; '.join(map(cite, [chosen, *others]))}."
    )
    return _verdict(claim, "unresolved conflict", chosen, reason, sources=[chosen, *others])


def _composed(claim: Claim, evidence: Evidence, operator: str) -> list[Figure] | None:
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
    return [x, m] if allows(claim.value, operator, x.value + sign * m.value) else None


def _by_composition(claim: Claim, operator: str, parts: list[Figure], outside: Sequence[Figure]) -> Verdict:
    x, m = parts
    sign = 1 if claim.target.partition("@")[0].endswith("total") else -1
    total = x.value + sign * m.value
    text = f"exports {x.value:,g} ({x.basis}) {'+' if sign > 0 else '-'} imports {m.value:,g} ({m.basis}) = "
    text += f"{say(round(total, 1), x.unit)} ({x.period})"
    others = "; ".join(map(cite, outside))
    reason = (
        f"Both directions valued FOB add up to {say(round(total, 1), x.unit)}, within the claim's rounding "
        f"({_range_text(claim, operator)}); other valuations and compilers give {others}."
    )
    difference = say(round(float(claim.value) - total, 1), x.unit)
    rule = "quantity: exports plus imports on one valuation"
    return Verdict("confirmed within rounding", text, sources_of([x, m, *outside]), difference, rule, reason)


def _explained(odd: Figure, other: Figure | list[Figure], evidence: Evidence) -> bool:
    """Whether the two differ by something better than being wrong."""
    if isinstance(other, list):  # a sum of parts: only the valuation or the compiler can differ
        total = sum(f.value for f in other)
        return bool(total) and 1 / 1.2 <= odd.value / total <= 1.2
    family = odd.series.partition("@")[0].rpartition(".")[0]
    context = [f for flow in ("exports", "imports", "balance", "total") for f in evidence.series(f"{family}.{flow}")]
    kinds = {e.kind for e in explain(odd, other, context)}
    return bool(kinds - {"power of ten", "other period"})


def _verdict(claim: Claim, word: str, chosen: Figure, reason: str, *, sources: Sequence[Figure]) -> Verdict:
    number = _value(chosen, claim)
    unit = claim.unit or chosen.unit
    difference = say(float(f"{float(claim.value) - number:.6g}"), unit) if claim.value else ""
    text = cite(chosen)
    if unit != chosen.unit:
        text += f" = {say(round(number, 1), unit)}"
    return Verdict(word, text, sources_of(sources), difference, f"quantity: {claim.target}", reason)


def _nothing(claim: Claim, evidence: Evidence, barred: int) -> Verdict:
    own = _comparable(evidence.series(claim.target), claim)
    if barred and own:
        return not_checkable(
            "The record's only figures come from the claim's own source, one citing it or the agency named.",
            "quantity",
        )
    return not_checkable(f"The record has no figure of {claim.target} for {claim.date}.", "quantity")


def _within(claim: Claim, operator: str, figure: Figure) -> str:
    return f"{cite(figure)} lies within what the claim allows ({_range_text(claim, operator)})."


def _range_text(claim: Claim, operator: str) -> str:
    low, high = claimed_range(claim.value or "0", operator)
    unit = claim.unit
    if not claim.value:
        return OPERATORS[operator]
    if math.isinf(high):
        return f"{operator} {say(low, unit)}"
    if math.isinf(low):
        return f"{operator} {say(high, unit)}"
    return f"{say(low, unit)} to {say(high, unit)}"


def cite(figure: Figure) -> str:
    basis = "" if figure.basis in ("-", "unspecified") else f", {figure.basis}"
    return f"{say(figure.value, figure.unit)} ({figure.period}{basis}, {figure.id})"


def sources_of(figures: Sequence[Figure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.source_id for f in figures))


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n != 1 else ''}"
