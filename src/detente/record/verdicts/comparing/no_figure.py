"""Why no figure of the record speaks of what a claim speaks of."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detente.language import Day, Text
from detente.record.period import Period
from detente.record.rows import Claim
from detente.record.verdicts.amounts import convert, currency_of
from detente.record.verdicts.citing import series_name
from detente.record.verdicts.comparing.matching import comparable
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.parts import are_changes, lacking
from detente.record.verdicts.verdict import Verdict, not_checkable, pending


def no_figure(claim: Claim, evidence: Evidence, n_own: int) -> Verdict:
    """The verdict where nothing can be held against a claim's number: of its own side, not yet, or in another unit."""
    rule = Text("word.quantity")
    own = comparable(evidence.series(claim.target), claim)
    if n_own and own:
        return not_checkable(Text("reason.own_figures"), rule)
    other = [f for f in evidence.series(claim.target) if claim.date is None or f.period == claim.date]
    units = sorted({f.unit for f in other if math.isnan(convert(f.value, f.unit, claim.unit or f.unit))})
    when = Day(claim.date) if claim.date else Text("reason.any_time")
    facts = {"series": series_name(claim.target), "when": when}
    if units and len(units) == len({f.unit for f in other}):
        money = currency_of(claim.unit) and all(map(currency_of, units))
        key = "reason.other_currency" if money else "reason.other_unit"
        return not_checkable(Text(key, units=", ".join(units), unit=claim.unit, **facts), rule)
    if later := not_yet(claim.date, claim, evidence, rule):
        return later
    return not_checkable(_without_whole(claim, evidence) or Text("reason.no_figure", **facts), rule)


def _without_whole(claim: Claim, evidence: Evidence) -> Text | None:
    """Why the shorter figures of a period do not make one of the whole, where there are such."""
    if claim.date is None:
        return None
    parts = [f for f in evidence.series(claim.target) if claim.date.holds(f.period)]
    if any(are_changes(f) for f in parts):
        return Text("reason.not_averaged", series=series_name(claim.target), when=Day(claim.date))
    missing = lacking(parts, claim.date)
    if not missing:
        return None
    return gaps(missing)


def gaps(missing: Sequence[Period]) -> Text:
    """That some periods are missing, the first of them named."""
    shown = ", ".join(map(str, missing[:5])) + (" ..." if len(missing) > 5 else "")
    return Text("reason.gaps", n=len(missing), periods=shown)


def not_yet(period: Period | None, claim: Claim, evidence: Evidence, rule: str) -> Verdict | None:
    """An open outcome where the claim was made before the end of a period that the record has nothing of."""
    said = evidence.said_on(claim)
    if period is None or said is None or period.last <= said.last:
        return None
    return pending(Text("reason.period_open", when=Day(period)), rule)
