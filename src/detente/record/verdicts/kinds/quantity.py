"""The verdict on a quantity: a number against the independent figures of a series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from detente.language import Day, Number, Text
from detente.language.digits import times
from detente.record.rows import Claim, Figure
from detente.record.verdicts.amounts import convert, gap, say
from detente.record.verdicts.citing import aside_said, cite, early_said, listed, plain, series_name, sources_of
from detente.record.verdicts.claim_test import NUMBER, ClaimTest, anything, number, register, unknown, whole_number
from detente.record.verdicts.comparing.direction import is_balance, other_way, signed, worded
from detente.record.verdicts.comparing.matching import (
    composed,
    in_claims_currency,
    latest_comparable,
    other_valuation,
    together,
    value_of,
)
from detente.record.verdicts.comparing.no_figure import no_figure
from detente.record.verdicts.evidence import STRONG, Evidence
from detente.record.verdicts.numbers import NEAR, WORD_RANGES, Wording
from detente.record.verdicts.reconciling.figure_context import FigureContext
from detente.record.verdicts.reconciling.reconcile import well_explained
from detente.record.verdicts.reconciling.valuation import CIF_OVER_FOB, COMPILED
from detente.record.verdicts.verdict import Verdict, not_checkable


def quantity(claim: Claim, evidence: Evidence) -> Verdict:
    """A number against the independent figures of a series for the same period.

    Reported and derived figures decide; approximate ones only where there are no others.
    The study's preferred figure speaks first. Figures that fall outside what the claim
    allows while others fall inside must be explained (:mod:`detente.record.verdicts.reconciling.reconcile`)
    or come from sources of less standing; where they cannot be, the conflict is left
    unresolved. The same holds of figures more than a tenth off while others are nearer.
    Where every figure falls outside, exports and imports of one valuation are
    added up before the claim is given up. Figures of whom the article names show only that
    it was reported correctly.
    """
    split = evidence.split(claim.target, claim)
    for convert_first in (False, True):
        figures = _usable(split.independent, claim, evidence, convert_first)
        if figures:
            verdict = early_said(_decide(claim, figures, evidence), figures, evidence)
            others = [f for f in (*split.aside, *split.independent) if f.period == claim.date]
            verdict = aside_said(verdict, others, figures, evidence)
            return _hindsight(verdict, figures, claim, evidence)
        named = _usable(split.named, claim, evidence, convert_first)
        if named:
            return early_said(_as_reported(claim, named), named, evidence)
    return no_figure(claim, evidence, split.n_own)


def _usable(figures: Sequence[Figure], claim: Claim, evidence: Evidence, convert_first: bool) -> list[Figure]:
    if convert_first:
        figures = in_claims_currency(figures, claim, evidence)
    return latest_comparable(figures, claim, evidence)


def _decide(claim: Claim, figures: Sequence[Figure], evidence: Evidence) -> Verdict:
    strong = [f for f in figures if f.status in STRONG]
    points = strong or [f for f in figures if f.status == "approximate"]
    bounds = [f for f in figures if f.status == "bound"]
    if bounds and not strong:
        verdict = _against_bound(claim, bounds[0])
        if verdict.verdict != "not checkable" or not points:
            return verdict
    inside = [f for f in points if _allowed(claim, f)]
    outside = [f for f in points if f not in inside]
    if not inside:
        if _whose_balance(claim, outside):
            reason = Text("reason.whose_balance", figure=cite(_first_choice(outside, claim)))
            return not_checkable(reason, Text("word.quantity"))
        parts = composed(claim, evidence)
        if parts is not None and all(other_valuation(f, parts, claim) for f in outside):
            return _by_composition(claim, parts, outside)
        return _none_allowed(claim, outside, evidence)
    unexplained, weight = _against(claim, inside, outside, evidence)
    if unexplained and weight == 0:
        return _conflict(claim, _first_choice(inside, claim), unexplained)
    if unexplained and weight > 0:
        return _none_allowed(claim, unexplained, evidence, weaker=inside)
    return _holds(claim, inside, outside, weaker=unexplained)


def _against(
    claim: Claim, nearer: Sequence[Figure], farther: Sequence[Figure], evidence: Evidence
) -> tuple[list[Figure], int]:
    """The farther figures that no nearer one explains, and by how much their best source outweighs the nearer ones'."""
    context = _context(claim, evidence)
    unexplained = [f for f in farther if not any(well_explained(f, g, context) for g in nearer)]
    return unexplained, _weight(nearer, evidence) - _weight(unexplained, evidence) if unexplained else 0


def _holds(claim: Claim, inside: list[Figure], outside: list[Figure], weaker: list[Figure]) -> Verdict:
    chosen = _first_choice(inside, claim)
    reason = _within(claim, chosen)
    explained = [f for f in outside if f not in weaker]
    if explained:
        reason = Text("reason.others_differ", reason=reason, figures=listed(explained))
    elif len(inside) > 1 and not weaker:
        reason = Text("reason.more", reason=reason, n=len(inside) - 1)
    if weaker:
        reason = Text("reason.weaker_differ", reason=reason, figures=listed(weaker))
    word = _word(claim, chosen)
    return _verdict(claim, word, chosen, reason, sources=[chosen, *[f for f in inside if f is not chosen]])


def _weight(figures: Sequence[Figure], evidence: Evidence) -> int:
    """Standing of the best source of some figures; 0 is best."""
    return min(evidence.standing(f.source_id) for f in figures)


def wording_of(claim: Claim, figure: Figure) -> Wording:
    """The claim's number with the sign its words give it ("shrank 3.4%" beside a figure of -3.4)."""
    return worded(claim, value_of(figure, claim))


def _allowed(claim: Claim, figure: Figure) -> bool:
    if other_way(claim, value_of(figure, claim)):
        return False
    wording = wording_of(claim, figure)
    return wording.allows(value_of(figure, claim)) or wording.meets(*_range(claim, figure))


def _range(claim: Claim, figure: Figure) -> tuple[float, float]:
    unit = claim.unit or figure.unit
    return convert(figure.low, figure.unit, unit), convert(figure.high, figure.unit, unit)


def _word(claim: Claim, figure: Figure) -> str:
    if other_way(claim, value_of(figure, claim)):
        return "contradicted"
    low, high = _range(claim, figure)
    exact = figure.status in STRONG
    return wording_of(claim, figure).word(value_of(figure, claim), exact=exact, low=low, high=high)


def _whose_balance(claim: Claim, outside: Sequence[Figure]) -> bool:
    """Whether an amount without a sign is that of a balance, but for whose deficit or surplus it is."""
    if not is_balance(claim) or signed(claim):
        return False
    size = claim.wording
    return any(size.allows(-found) or size.turned.allows(-found) for found in (value_of(f, claim) for f in outside))


def _compiled_apart(claim: Claim, figure: Figure) -> bool:
    """Whether no more lies between claim and figure than between a side's own report and what compilers make of both."""
    if figure.kind != "flow" or figure.basis not in COMPILED or claim.option("basis") or not claim.value:
        return False
    claimed, found = wording_of(claim, figure).number, value_of(figure, claim)
    return claimed > 0 and found > 0 and max(claimed, found) / min(claimed, found) <= CIF_OVER_FOB[1]


def _first_choice(figures: Sequence[Figure], claim: Claim) -> Figure:
    """The preferred figure, else the nearest to the claim of the best status."""
    preferred = [f for f in figures if f.preferred]
    if preferred:
        return preferred[0]
    target = claim.wording.number if claim.value else 0.0
    rank = {"reported": 0, "derived": 1, "approximate": 2, "bound": 3}
    return min(figures, key=lambda f: (rank[f.status], abs(value_of(f, claim) - target)))


def _against_bound(claim: Claim, bound: Figure) -> Verdict:
    """A figure known only as more or less than something decides where no value of it could do otherwise."""
    low = convert(bound.low, bound.unit, claim.unit) if not math.isnan(bound.low) else -math.inf
    high = convert(bound.high, bound.unit, claim.unit) if not math.isnan(bound.high) else math.inf
    floor, ceiling = claim.wording.bounds
    shown = Text("allowed.more_than" if math.isinf(high) else "allowed.less_than", amount=cite(bound))
    if floor <= low and high <= ceiling:
        edge = low if math.isinf(high) else high
        if (factor := claim.wording.far_off(edge)) > 1:
            reason = Text("reason.far_off", figure=cite(bound), factor=Number(times(factor)))
            return _verdict(claim, "imprecise", bound, reason, sources=[bound])
        return _verdict(claim, "confirmed", bound, Text("reason.bound_allowed", bound=shown), sources=[bound])
    if high < floor or low > ceiling:
        return _verdict(claim, "contradicted", bound, Text("reason.bound_ruled_out", bound=shown), sources=[bound])
    return not_checkable(Text("reason.bound_open", bound=shown), Text("word.quantity"))


def _none_allowed(
    claim: Claim, outside: Sequence[Figure], evidence: Evidence, weaker: Sequence[Figure] = ()
) -> Verdict:
    """Every figure lies outside: how far off is said by those of the claim's own kind.

    A claim that names no valuation is of the kind of the figures within a tenth of it. Figures farther off are set
    aside where another valuation or compiler explains them, and weighed by their sources where nothing does. A
    compiler's flow alone does not contradict what it may differ from by its making.
    """
    own_kind = [f for f in outside if f.basis not in COMPILED] or outside
    chosen, aside = _first_choice(own_kind if not any(f.preferred for f in outside) else outside, claim), []
    near = [f for f in outside if wording_of(claim, f).distance(value_of(f, claim)) <= NEAR]
    far = [f for f in outside if f not in near]
    if near and far and not chosen.preferred:
        unexplained, weight = _against(claim, near, far, evidence)
        if unexplained and weight == 0:
            return _conflict(claim, chosen, [f for f in outside if f is not chosen])
        if unexplained and weight > 0:
            chosen, weaker = _first_choice(unexplained, claim), [*near, *weaker]
        else:
            chosen, weaker = _first_choice(near, claim), [*unexplained, *weaker]
        aside = [f for f in far if f not in unexplained]
    reason = Text("reason.outside", figure=cite(chosen), allowed=wording_of(claim, chosen).text(claim.unit))
    if aside:
        reason = Text("reason.others_differ", reason=reason, figures=listed(aside))
    if weaker:
        reason = Text("reason.weaker_differ", reason=reason, figures=listed(weaker))
    word = _word(claim, chosen)
    if word == "contradicted" and _compiled_apart(claim, chosen):
        word, reason = "imprecise", Text("reason.compiled", reason=reason)
    return _verdict(claim, word, chosen, reason, sources=[f for f in outside if f not in weaker])


def _conflict(claim: Claim, chosen: Figure, others: Sequence[Figure]) -> Verdict:
    reason = Text("reason.both_sides", figures=listed([chosen, *others]))
    return _verdict(claim, "unresolved conflict", chosen, reason, sources=[chosen, *others])


def _as_reported(claim: Claim, named: Sequence[Figure]) -> Verdict:
    """Whether the source that the article names says so: never a confirmation."""
    inside = [f for f in named if _allowed(claim, f)]
    chosen = _first_choice(inside or named, claim)
    if chosen.status == "bound":
        return not_checkable(Text("reason.own_figures"), Text("word.quantity"))
    word = _word(claim, chosen)
    if inside and word != "imprecise":
        word = "reported correctly"
    key = "reason.reported" if inside else "reason.misreported"
    rule = Text("rule.as_reported", rule=Text("rule.quantity_of", series=series_name(claim.target)))
    return replace(_verdict(claim, word, chosen, Text(key, figure=cite(chosen)), sources=[chosen]), rule=rule)


def _by_composition(claim: Claim, parts: Sequence[Figure], outside: Sequence[Figure]) -> Verdict:
    x, m = parts
    total = together(claim, parts)
    shown = say(round(total, 1), claim.unit)
    text = Text(
        "evidence.sum" if claim.target.partition("@")[0].endswith("total") else "evidence.difference",
        exports=plain(value_of(x, claim)), exports_basis=x.basis, imports=plain(value_of(m, claim)),
        imports_basis=m.basis, total=shown, period=Day(x.period),
    )  # fmt: skip
    reason = Text("reason.composed", total=shown, allowed=claim.wording.text(claim.unit), others=listed(outside))
    difference = gap(round(claim.wording.number - total, 1), claim.unit)
    sources = sources_of([x, m, *outside])
    return Verdict("confirmed within rounding", text, sources, difference, Text("rule.composed"), reason)


def _context(claim: Claim, evidence: Evidence) -> FigureContext:
    """Independent figures to do arithmetic with: all flows of the claim's family."""
    family = claim.target.partition("@")[0].rpartition(".")[0]
    flows = (f"{family}.{flow}" for flow in ("exports", "imports", "balance", "total"))
    return FigureContext.of(f for series in flows for f in evidence.independent(series, claim))


def _verdict(claim: Claim, word: str, chosen: Figure, reason: str, *, sources: Sequence[Figure]) -> Verdict:
    found, unit = value_of(chosen, claim), claim.unit or chosen.unit
    wording = wording_of(claim, chosen)
    difference = gap(wording.number - found, unit) if claim.value else ""
    text = cite(chosen)
    if unit != chosen.unit:
        text = Text("evidence.converted", figure=text, amount=say(round(found, 1), unit))
    far = wording.far_off(found) if wording.allows(found) else 1.0
    if far > 1 and word == "imprecise":
        reason = Text("reason.far_off", figure=cite(chosen), factor=Number(times(far)))
    rule = Text("rule.quantity_of", series=series_name(claim.target))
    return Verdict(word, text, sources_of(sources), difference, rule, reason)


def _hindsight(verdict: Verdict, figures: Sequence[Figure], claim: Claim, evidence: Evidence) -> Verdict:
    said = evidence.said_on(claim)
    later = said is not None and all(f.period.first > said.last for f in figures)
    return verdict.marked("hindsight") if later and claim.type != "prediction" else verdict


def _within(claim: Claim, figure: Figure) -> str:
    wording = wording_of(claim, figure)
    if wording.equals(value_of(figure, claim)):
        return Text("reason.equal", figure=cite(figure))
    if not wording.allows(value_of(figure, claim)):
        span = Text("number.range", low=say(figure.low, figure.unit), high=say(figure.high, figure.unit))
        return Text("reason.in_range", figure=cite(figure), span=span)
    return Text("reason.inside", figure=cite(figure), allowed=wording.text(claim.unit))


register(
    ClaimTest(
        "quantity",
        quantity,
        target=lambda claim, known: unknown("series", [claim.target], known),
        needs=lambda claim: ("unit", "date", *(() if claim.option("op") in WORD_RANGES else ("value",))),
        options={**NUMBER, "basis": anything, "age": whole_number("days"), "rate": number},
    )
)
