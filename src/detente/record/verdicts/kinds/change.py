"""The verdict on a change of a series between two periods."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from detente.language import Day, Number, Text, Word
from detente.language.digits import short_of_all, times
from detente.record.period import Period
from detente.record.rows import Claim, Figure
from detente.record.verdicts.amounts import convert, gap, say
from detente.record.verdicts.citing import cite, early_said, sources_of
from detente.record.verdicts.claim_test import NUMBER, ClaimTest, Issue, one_of, period, register, unknown
from detente.record.verdicts.comparing.direction import DOWN, UNTOLD, direction_of, size_of
from detente.record.verdicts.comparing.matching import counted_in, in_unit
from detente.record.verdicts.comparing.no_figure import not_yet
from detente.record.verdicts.evidence import STRONG, Evidence
from detente.record.verdicts.parts import of_period
from detente.record.verdicts.verdict import Verdict, not_checkable

MEASURES = ("pct", "ratio", "difference", "direction")
MONTH = 31
"""Days by which the moments at which a stock was counted in two periods may lie apart within them."""


def change(claim: Claim, evidence: Evidence) -> Verdict:
    """A change of a series between two periods, in percent, as a ratio, a difference or a direction.

    Options: ``from`` and ``to`` (periods), ``measure`` (``pct``, ``ratio``, ``difference``
    or ``direction``). For a direction the claim's ``state`` says ``up`` or ``down``; for a
    percentage or a difference it gives the sign where the value has none, else the claim's
    words do. Both figures are taken from one basis, and from one source where one gives both;
    those of a stock from the same time of both periods, the latest on record.
    A base of zero or below has no percentage and no ratio.
    """
    split = evidence.split(claim.target, claim)
    pair = _pair(claim, split.independent, evidence)
    named = None if pair else _pair(claim, split.named, evidence)
    found = pair or named
    if found is None:
        rule, end = Text("word.change"), Period.parse(claim.option("to"))
        return not_yet(end, claim, evidence, rule) or not_checkable(Text("reason.no_pair"), rule)
    before, after = found
    measure = claim.option("measure", "pct")
    if measure in ("pct", "ratio") and before.value <= 0:
        return not_checkable(Text("reason.no_base", figure=cite(before)), Text(f"rule.change_{measure}"))
    verdict = (_way if measure == "direction" else _size)(claim, before, after, measure)
    verdict = early_said(verdict, found, evidence)
    if pair is None:
        held = verdict.verdict in ("confirmed", "confirmed within rounding")
        rule = Text("rule.as_reported", rule=verdict.rule)
        return replace(verdict, verdict="reported correctly" if held else verdict.verdict, rule=rule)
    said = evidence.said_on(claim)
    late = said is not None and after.period.first > said.last and claim.type != "prediction"
    return verdict.marked("hindsight") if late else verdict


def _way(claim: Claim, before: Figure, after: Figure, measure: str) -> Verdict:
    change_by = after.value - before.value
    shown = gap(round(change_by, 1), before.unit)
    found = "up" if change_by > 0 else "down" if change_by < 0 else "flat"
    word = "confirmed" if found == claim.state else "contradicted"
    ways = {"found": Word(found, group="way"), "claimed": Word(claim.state, group="way")}
    reason = Text("reason.direction", **_ends(before, after), **ways)
    return Verdict(
        word, _text(before, after, shown), sources_of([before, after]), shown, Text("rule.change_direction"), reason
    )


def _size(claim: Claim, before: Figure, after: Figure, measure: str) -> Verdict:
    number, unit = {
        "pct": lambda: (100 * (after.value - before.value) / before.value, "pct"),
        "ratio": lambda: (after.value / before.value, "times"),
        "difference": lambda: _difference(claim, before, after),
    }[measure]()
    digits = short_of_all(number, 1) if unit == "pct" else 1
    shown = gap(round(number, 1), unit) if measure == "difference" else say(round(number, digits), unit)
    text, sources, rule = _text(before, after, shown), sources_of([before, after]), Text(f"rule.change_{measure}")
    reason = Text("reason.change", change=shown, **_ends(before, after))
    number = float(f"{number:.10g}")
    wording = replace(size_of(claim), unit=unit)
    if measure == "ratio" and 0 < number < 1 < wording.number and direction_of(claim) == DOWN:
        number = 1 / number  # to fall threefold is to fall to a third
    way = 1 if measure == "ratio" else direction_of(claim)
    if way == UNTOLD:
        word = wording.word(number, exact=False)
        if word != wording.word(-number, exact=False) and wording.word(-number, exact=False).startswith("confirmed"):
            return not_checkable(Text("reason.no_direction", reason=reason), rule)
        way = 1
    else:
        word = wording.word(way * number, exact=False)
        if way * number < 0 and wording.number > 0:
            word = "contradicted"  # it went the other way
    difference = gap(round(way * wording.number - number, 2), unit)
    if word == "imprecise" and (factor := wording.far_off(way * number)) > 1:
        reason = Text("reason.far_off", figure=shown, factor=Number(times(factor)))
    return Verdict(word, text, sources, difference, rule, reason)


def _difference(claim: Claim, before: Figure, after: Figure) -> tuple[float, str]:
    """The difference in the claim's unit; where that measures something else, in the figures' own."""
    there = [convert(f.value, f.unit, claim.unit or f.unit) for f in (after, before)]
    if any(map(math.isnan, there)):
        return after.value - before.value, before.unit
    return there[0] - there[1], claim.unit or before.unit


def _ends(before: Figure, after: Figure) -> dict[str, str]:
    return {"start": Day(before.period), "end": Day(after.period)}


def _text(before: Figure, after: Figure, shown: str) -> str:
    return Text("evidence.change", before=cite(before), after=cite(after), change=shown)


def _pair(claim: Claim, figures: Sequence[Figure], evidence: Evidence) -> tuple[Figure, Figure] | None:
    """Figures of the two periods, where there are such from those published once these had ended."""
    return _best_pair(claim, [f for f in figures if not evidence.early(f)]) or _best_pair(claim, figures)


def _best_pair(claim: Claim, figures: Sequence[Figure]) -> tuple[Figure, Figure] | None:
    """Figures of the two periods on one basis, best first: one source, the latest, preferred, reported."""
    usable = [f for f in figures if f.status in (*STRONG, "approximate")]
    first, last = (Period.parse(claim.option(end)) for end in ("from", "to"))
    starts, ends = (of_period(usable, p) or counted_in(usable, p) for p in (first, last))
    pairs = [(a, in_unit(b, a.unit)) for a in starts for b in ends if a.basis == b.basis]
    pairs = [(a, b) for a, b in pairs if not math.isnan(b.value)]
    pairs = [(a, b) for a, b in pairs if abs(_left(a, first) - _left(b, last)) <= MONTH]
    return min(pairs, key=lambda pair: _pair_rank(pair, last), default=None)


def _left(figure: Figure, period: Period) -> int:
    """Days of a period that are left where a figure ends."""
    return (period.last - figure.period.last).days


def _pair_rank(pair: tuple[Figure, Figure], last: Period) -> tuple[bool, int, int, bool, str]:
    a, b = pair
    approximate = "approximate" in (a.status, b.status)
    return a.source_id != b.source_id, _left(b, last), -(a.preferred + b.preferred), approximate, a.id + b.id


def _needs(claim: Claim) -> tuple[str, ...]:
    measure = claim.option("measure", "pct")
    return ("state",) if measure == "direction" else ("value",) if measure in MEASURES else ()


def _states(claim: Claim) -> tuple[str, ...]:
    return ("up", "down", "flat") if claim.option("measure") == "direction" else ("up", "down")


def _more(claim: Claim) -> Iterator[Issue]:
    if not (claim.option("from") and claim.option("to")):
        yield "options", "The test 'change' needs the options from= and to=.", ""


register(
    ClaimTest(
        "change",
        change,
        target=lambda claim, known: unknown("series", [claim.target], known),
        needs=_needs,
        options={**NUMBER, "from": period, "to": period, "measure": one_of("measure", MEASURES)},
        words={"state": _states},
        more=_more,
    )
)
