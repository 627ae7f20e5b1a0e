"""The verdict on a peak or a low of a series."""

from __future__ import annotations

from collections.abc import Sequence

from detente.language import Day, Joined, Number, Text, Word
from detente.record.period import Period
from detente.record.rows import Claim, Figure
from detente.record.verdicts.citing import cite, sources_of
from detente.record.verdicts.claim_test import ClaimTest, period, register, unknown
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.kinds.matching import STRONG
from detente.record.verdicts.verdict import Verdict, not_checkable

FEWEST = 3
"""Fewer periods than this make no course."""


def extreme(claim: Claim, evidence: Evidence) -> Verdict:
    """The period of the highest (``state`` = ``max``) or lowest (``min``) value of a series.

    Options: ``from`` and ``to`` bound the periods spoken of. Each basis is looked at by
    itself, since a change of basis can make a false peak. A basis confirms only where it
    has every period spoken of, or, without bounds, every one between its first and last;
    one period beyond the claimed one contradicts it on any basis. Where two periods share
    the extreme, naming one of them is imprecise.
    """
    window = Period.parse(f"{claim.option('from', '1000')}/{claim.option('to', '2999')}")
    figures = [
        f
        for f in evidence.independent(claim.target, claim)
        if f.status in STRONG and window.holds(f.period) and f.period.precision == claim.when.precision
    ]
    courses: dict[str, list[Figure]] = {}
    for basis in sorted({f.basis for f in figures}):
        own = [f for f in figures if f.basis == basis]
        if len({f.period for f in own}) >= FEWEST and any(f.period == claim.when for f in own):
            courses[basis] = own
    whole = {basis: own for basis, own in courses.items() if _covers(own, claim)}
    refuting = {basis: own for basis, own in courses.items() if claim.when not in _bests(own, claim)}
    held = whole | refuting
    if len(held) > 1:
        held.pop("unspecified", None)  # a mixture of bases, used only where there is nothing better
    if not held:
        return _open(claim, courses)
    return _verdict(claim, held)


def _covers(own: Sequence[Figure], claim: Claim) -> bool:
    """Whether a course has every period from ``from`` to ``to``, or from its own first to its last."""
    return not _missing(own, claim)


def _missing(own: Sequence[Figure], claim: Claim) -> list[str]:
    have = {f.period for f in own}
    first = Period.parse(claim.option("from")).first if claim.option("from") else min(have).first
    last = Period.parse(claim.option("to")).last if claim.option("to") else max(have).last
    precision = claim.when.precision
    if precision == "year":
        wanted = [Period.parse(str(year)) for year in range(first.year, last.year + 1)]
    elif precision == "month":
        months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
        wanted = [Period.parse(f"{m // 12}-{m % 12 + 1:02d}") for m in months]
    else:
        wanted = []
    return [str(p) for p in wanted if p not in have]


def _bests(own: Sequence[Figure], claim: Claim) -> list[Period]:
    best = (max if claim.state == "max" else min)(f.value for f in own)
    return [f.period for f in own if f.value == best]


def _open(claim: Claim, courses: dict[str, list[Figure]]) -> Verdict:
    rule = Text("rule.extreme")
    if not courses:
        return not_checkable(Text("reason.no_course"), rule)
    missing = min((_missing(own, claim) for own in courses.values()), key=len)
    shown = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "")
    return not_checkable(Text("reason.gaps", n=len(missing), periods=shown), rule)


def _verdict(claim: Claim, held: dict[str, list[Figure]]) -> Verdict:
    kind = Word("peak" if claim.state == "max" else "low", group="extreme")
    best = {b: (max if claim.state == "max" else min)(own, key=lambda f: f.value) for b, own in held.items()}
    text = Joined("; ", parts=(
        Text("evidence.extreme", kind=kind, n=len({f.period for f in held[b]}), basis=Word(b, group="basis"),
             figure=cite(f))
        for b, f in sorted(best.items())
    ))  # fmt: skip
    facts, sources, rule = {"kind": kind, "when": Day(claim.when)}, sources_of(best.values()), Text("rule.extreme")
    periods = {basis: _bests(own, claim) for basis, own in held.items()}
    agree = [basis for basis, found in periods.items() if claim.when in found]
    if len(agree) == len(held):
        shared = sorted({str(p) for found in periods.values() for p in found if p != claim.when})
        if shared and all(len(found) > 1 for found in periods.values()):
            reason = Text("reason.shared_extreme", others=", ".join(shared), **facts)
            return Verdict("imprecise", text, sources, _years(0), rule, reason)
        return Verdict("confirmed", text, sources, _years(0), rule, Text("reason.every_basis", **facts))
    if agree:
        return Verdict("unresolved conflict", text, sources, "", rule, Text("reason.bases_disagree", **facts))
    years = sorted(f.period.first.year - claim.when.first.year for f in best.values())
    return Verdict("contradicted", text, sources, _years(years[0]), rule, Text("reason.no_basis", **facts))


def _years(n: int) -> str:
    return Text("amount.years", n=Number(f"{n:+d}" if n else "0"))


register(
    ClaimTest(
        "extreme",
        extreme,
        target=lambda claim, known: unknown("series", [claim.target], known),
        needs=lambda claim: ("date", "state"),
        options={"from": period, "to": period},
        words={"state": lambda claim: ("max", "min")},
    )
)
