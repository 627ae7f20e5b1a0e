"""Verdicts from the course of a series: a change between two periods, an extreme."""

from __future__ import annotations

import math

from detente.language import Day, Joined, Number, Text, Word
from detente.record.period import Period
from detente.record.rows import Claim, Figure
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.quantities import STRONG, cite, sources_of
from detente.record.verdicts.verdict import Verdict, gap, not_checkable, say


def change(claim: Claim, evidence: Evidence) -> Verdict:
    """A change of a series between two periods, in percent, as a ratio, a difference or a direction.

    Options: ``from`` and ``to`` (periods), ``measure`` (``pct``, ``ratio``, ``difference``
    or ``direction``). For a direction the claim's ``state`` says ``up`` or ``down``.
    Both figures are taken from one basis, and from one source where one gives both.
    """
    pair = _pair(claim, evidence)
    if pair is None:
        return not_checkable(Text("reason.no_pair"), Text("rule.change"))
    before, after = pair
    measure = claim.option("measure", "pct")
    change_by = after.value - before.value
    number, unit = {
        "pct": (100 * change_by / before.value if before.value else math.inf, "pct"),
        "ratio": (after.value / before.value if before.value else math.inf, "times"),
        "difference": (change_by, before.unit),
        "direction": (change_by, before.unit),
    }[measure]
    shown = gap(round(number, 1), unit) if measure in ("difference", "direction") else say(round(number, 1), unit)
    text = Text("evidence.change", before=cite(before), after=cite(after), change=shown)
    ends = {"start": Day(before.period), "end": Day(after.period)}
    sources = sources_of([before, after])
    if measure == "direction":
        found = "up" if change_by > 0 else "down" if change_by < 0 else "flat"
        word = "confirmed" if found == claim.state else "contradicted"
        ways = {"found": Word(found, group="way"), "claimed": Word(claim.state, group="way")}
        reason = Text("reason.direction", **ends, **ways)
        return Verdict(word, text, sources, shown, Text("rule.change_direction"), reason)
    word = claim.wording.word(float(f"{number:.4g}"), exact=False)
    difference = gap(round(claim.wording.number - number, 2), unit)
    reason = Text("reason.change", change=shown, **ends)
    return Verdict(word, text, sources, difference, Text(f"rule.change_{measure}"), reason)


def extreme(claim: Claim, evidence: Evidence) -> Verdict:
    """The period of the highest (``state`` = ``max``) or lowest (``min``) value of a series.

    Options: ``from`` and ``to`` bound the periods looked at. Each basis is looked at by
    itself, since a change of basis can make a false peak; bases with fewer than three
    periods or without the claimed one are no evidence.
    """
    free, _ = evidence.independent(claim.target, claim)
    window = Period.parse(f"{claim.option('from', '1000')}/{claim.option('to', '2999')}")
    figures = [
        f for f in free if f.status in STRONG and window.holds(f.period) and f.period.precision == claim.when.precision
    ]
    best: dict[str, Figure] = {}
    sizes: dict[str, int] = {}
    for basis in sorted({f.basis for f in figures}):
        own = [f for f in figures if f.basis == basis]
        if len({f.period for f in own}) < 3 or not any(f.period == claim.when for f in own):
            continue
        best[basis] = (max if claim.state == "max" else min)(own, key=lambda f: f.value)
        sizes[basis] = len({f.period for f in own})
    if len(best) > 1:
        best.pop("unspecified", None)  # a mixture of bases, used only where there is nothing better
    if not best:
        return not_checkable(Text("reason.no_course"), Text("rule.extreme"))
    kind = Word("peak" if claim.state == "max" else "low", group="extreme")
    agree = {basis: f for basis, f in best.items() if f.period == claim.when}
    text = Joined("; ", parts=(
        Text("evidence.extreme", kind=kind, n=sizes[b], basis=Word(b, group="basis"), figure=cite(f))
        for b, f in sorted(best.items())
    ))  # fmt: skip
    facts = {"kind": kind, "when": Day(claim.when)}
    sources = sources_of(best.values())
    if len(agree) == len(best):
        return Verdict("confirmed", text, sources, _years(0), Text("rule.extreme"), Text("reason.every_basis", **facts))
    if agree:
        return Verdict(
            "unresolved conflict", text, sources, "", Text("rule.extreme"), Text("reason.bases_disagree", **facts)
        )
    years = sorted(f.period.first.year - claim.when.first.year for f in best.values())
    return Verdict(
        "contradicted", text, sources, _years(years[0]), Text("rule.extreme"), Text("reason.no_basis", **facts)
    )


def _years(n: int) -> str:
    return Text("amount.years", n=Number(f"{n:+d}" if n else "0"))


def _pair(claim: Claim, evidence: Evidence) -> tuple[Figure, Figure] | None:
    """Figures of the two periods on one basis, best first: one source, preferred, reported."""
    free, _ = evidence.independent(claim.target, claim)
    start, end = Period.parse(claim.option("from")), Period.parse(claim.option("to"))
    usable = [f for f in free if f.status in (*STRONG, "approximate")]
    pairs = [
        (a, b)
        for a in usable
        for b in usable
        if a.period == start and b.period == end and a.basis == b.basis and a.unit == b.unit
    ]
    return min(pairs, key=_pair_rank, default=None)


def _pair_rank(pair: tuple[Figure, Figure]) -> tuple[bool, bool, bool, str]:
    a, b = pair
    return a.source_id != b.source_id, not b.preferred, "approximate" in (a.status, b.status), a.id + b.id
