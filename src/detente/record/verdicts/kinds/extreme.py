"""The verdict on a peak or a low of a series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from detente.language import Day, Joined, Number, Text, Word
from detente.record.period import Period
from detente.record.rows import Claim, Figure
from detente.record.verdicts.citing import aside_said, cite, early_said, sources_of
from detente.record.verdicts.claim_test import ClaimTest, period, register, unknown
from detente.record.verdicts.comparing.matching import COUNTED, in_unit
from detente.record.verdicts.comparing.no_figure import gaps, not_yet
from detente.record.verdicts.evidence import STRONG, Evidence
from detente.record.verdicts.parts import made_of, steps_of
from detente.record.verdicts.verdict import Verdict, not_checkable

FEWEST = 3
"""Fewer periods than this make no course."""


def extreme(claim: Claim, evidence: Evidence) -> Verdict:
    """The period of the highest (``state`` = ``max``) or lowest (``min``) value of a series.

    Options: ``from`` and ``to`` bound the periods spoken of. Each basis is looked at by
    itself, since a change of basis can make a false peak. A basis confirms only where it
    has every period spoken of, or, without bounds, every one between its first and last;
    one period beyond the claimed one contradicts it on any basis. Shorter flows are added
    up to periods as long as the claimed one, and a stock stands for a period by its highest
    or lowest there. A flow's figure published before its period had ended makes no low.
    Where two periods share the extreme, naming one of them is imprecise.
    """
    split = evidence.split(claim.target, claim)
    low = claim.state == "min"
    free, told = ([f for f in own if not (low and evidence.early(f))] for own in (split.independent, split.named))
    held, courses = _held(claim, free, evidence)
    if held:
        best = _best(claim, held).values()
        verdict = early_said(_verdict(claim, held), best, evidence)
        verdict = aside_said(verdict, (f for f in (*split.aside, *free) if f.period == claim.when), best, evidence)
        said = evidence.said_on(claim)
        late = said is not None and claim.when.first > said.last and claim.type != "prediction"
        return verdict.marked("hindsight") if late else verdict
    named, _ = _held(claim, told, evidence)
    if named:
        verdict = _verdict(claim, named)
        word = "reported correctly" if verdict.verdict == "confirmed" else verdict.verdict
        return replace(verdict, verdict=word, rule=Text("rule.as_reported", rule=verdict.rule))
    return _open(claim, courses, evidence)


def _held(
    claim: Claim, figures: Iterable[Figure], evidence: Evidence
) -> tuple[dict[str, list[Figure]], dict[str, list[Figure]]]:
    """The courses that decide the claim, and all there are, by basis."""
    courses = _courses(claim, figures, evidence)
    whole = {basis: own for basis, own in courses.items() if not _missing(own, claim)}
    refuting = {basis: own for basis, own in courses.items() if claim.when not in _bests(own, claim)}
    held = whole | refuting
    if len(held) > 1:
        held.pop("unspecified", None)  # a mixture of bases, used only where there is nothing better
    return held, courses


def _courses(claim: Claim, figures: Iterable[Figure], evidence: Evidence) -> dict[str, list[Figure]]:
    """The figures of periods as long as the claimed one, by basis, in one unit."""
    window = Period.parse(f"{claim.option('from', '1000')}/{claim.option('to', '2999')}")
    strong = [f for f in figures if f.status in STRONG and window.holds(f.period)]
    courses: dict[str, list[Figure]] = {}
    for basis in sorted({f.basis for f in strong}):
        own = [f for f in strong if f.basis == basis]
        alike = [in_unit(f, own[0].unit) for f in own]
        course = _of_length(claim, [f for f in alike if f.value == f.value], evidence)
        if len({f.period for f in course}) >= FEWEST and any(f.period == claim.when for f in course):
            courses[basis] = course
    return courses


def _of_length(claim: Claim, figures: Sequence[Figure], evidence: Evidence) -> list[Figure]:
    when = claim.when
    around = timedelta(days=when.days)  # so that a year begun is among the steps
    span = Period(min(f.period.first for f in figures) - around, max(f.period.last for f in figures) + around)
    steps = list(steps_of(when, span))
    whole = _of_steps([f for f in figures if not evidence.early(f)], steps)
    early = _of_steps(figures, steps)
    shorter = [f for f in figures if f.period.days < when.days and f.kind in COUNTED]
    counted = _counted(shorter, steps, claim.state)
    return [f for step in steps for f in whole[step] or early[step] or counted.get(step, ())]


def _of_steps(figures: Sequence[Figure], steps: Sequence[Period]) -> dict[Period, list[Figure]]:
    """For each period the figures of it, or else those that shorter ones make."""
    own: dict[Period, list[Figure]] = {}
    for f in figures:
        own.setdefault(f.period, []).append(f)
    shorter = [f for f in figures if f.period.days < steps[0].days] if steps else []
    return {step: own.get(step) or made_of(shorter, step) for step in steps}


def _counted(stocks: Sequence[Figure], steps: Sequence[Period], state: str) -> dict[Period, list[Figure]]:
    """The highest or lowest that each source counted within each period.

    A period in which a source counted less often than in others stands only where it lies beyond those.
    """
    pick, found = (max if state == "max" else min), {}
    for source in dict.fromkeys(f.source_id for f in stocks):
        inside = {step: [f for f in stocks if f.source_id == source and step.holds(f.period)] for step in steps}
        best = {step: pick(own, key=lambda f: f.value) for step, own in inside.items() if own}
        often = max((len(inside[step]) for step in best), default=0)
        edge = pick((f.value for step, f in best.items() if len(inside[step]) == often), default=0.0)
        for step, f in best.items():
            if len(inside[step]) == often or pick(f.value, edge) != edge:
                found.setdefault(step, []).append(replace(f, period=step))
    return found


def _missing(own: Sequence[Figure], claim: Claim) -> list[Period]:
    """The periods from ``from`` to ``to``, or from the course's own first to its last, that a course lacks."""
    have = {f.period for f in own}
    first = Period.parse(claim.option("from")).first if claim.option("from") else min(have).first
    last = Period.parse(claim.option("to")).last if claim.option("to") else max(have).last
    return [p for p in steps_of(claim.when, Period(first, last)) if p not in have]


def _bests(own: Sequence[Figure], claim: Claim) -> list[Period]:
    best = (max if claim.state == "max" else min)(f.value for f in own)
    return [f.period for f in own if f.value == best]


def _open(claim: Claim, courses: dict[str, list[Figure]], evidence: Evidence) -> Verdict:
    rule = Text("rule.extreme")
    end = Period.parse(claim.option("to")) if claim.option("to") else claim.when
    if later := not_yet(end, claim, evidence, rule):
        return later
    if not courses:
        return not_checkable(Text("reason.no_course"), rule)
    return not_checkable(gaps(min((_missing(own, claim) for own in courses.values()), key=len)), rule)


def _best(claim: Claim, held: dict[str, list[Figure]]) -> dict[str, Figure]:
    return {b: (max if claim.state == "max" else min)(own, key=lambda f: f.value) for b, own in held.items()}


def _verdict(claim: Claim, held: dict[str, list[Figure]]) -> Verdict:
    kind = Word("peak" if claim.state == "max" else "low", group="extreme")
    best = _best(claim, held)
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
