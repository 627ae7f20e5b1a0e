"""The verdict on how many events of a sort there were."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from detente.language import Day, Joined, Number, Text
from detente.language.digits import times
from detente.record.period import Period
from detente.record.reading import split_list
from detente.record.rows import Claim, Event
from detente.record.verdicts.amounts import gap
from detente.record.verdicts.claim_test import NUMBER, ClaimTest, Issue, Known, register
from detente.record.verdicts.evidence import UNSOURCED, Evidence
from detente.record.verdicts.numbers import Wording
from detente.record.verdicts.verdict import Verdict, not_checkable, pending

LABELS = ("kind", "subsystem", "direction")
"""What the record's own coder decided: a count by these tests the labels as much as the world."""


def count(claim: Claim, evidence: Evidence) -> Verdict:
    """How many events of a kind, subsystem, direction or actor fall in the claimed period.

    Target: ``kind=border closure`` and the like, separated by ``;``; ``op=at least`` and
    the other operators apply; without a value at least two are asked for. Events that the
    record has no source for after their day are not counted. Where those that only the
    claim's own side tells of would make the difference, nothing is decided; where those of
    whom the article names would, it was reported correctly. A period that the record does
    not reach to its end is open as long as further events could change the verdict.
    """
    wanted = {name.strip(): value.strip() for name, _, value in (p.partition("=") for p in split_list(claim.target))}
    alike = [
        e for e in evidence.events.values() if (claim.date is None or claim.date.holds(e.date)) and _matches(e, wanted)
    ]
    free = {e.id: evidence.sources_of(e, claim) for e in alike}
    named = {e.id: free[e.id] or evidence.named_sources_of(e, claim) for e in alike}
    verdict = _of([e for e in alike if evidence.reached(e, free[e.id])], free, claim, evidence)
    if not _holds(verdict):
        reported = _of([e for e in alike if evidence.reached(e, named[e.id])], named, claim, evidence)
        told = _of([e for e in alike if evidence.reached(e, {*e.source_ids} - {UNSOURCED})], free, claim, evidence)
        if _holds(reported):
            rule = Text("rule.as_reported", rule=reported.rule)
            verdict = replace(reported, verdict="reported correctly", rule=rule)
        elif _holds(told):
            return not_checkable(Text("reason.own_source"), Text("word.count"))
    return verdict.marked("own label") if {"kind", "direction"} & set(wanted) and verdict.evidence else verdict


def _holds(verdict: Verdict) -> bool:
    return verdict.verdict in ("confirmed", "confirmed within rounding")


def _of(found: Sequence[Event], of: Mapping[str, tuple[str, ...]], claim: Claim, evidence: Evidence) -> Verdict:
    """The verdict by some events, each with the sources that count for it."""
    sources = tuple(dict.fromkeys(s for e in found for s in of[e.id]))
    listed = Joined("; ", parts=(Text("evidence.dated", id=e.id, date=Day(e.date)) for e in found[:8]))
    text = Text("evidence.count", n=len(found), events=listed)
    wording = claim.wording if claim.value else Wording("2", "at least")
    word = wording.word(len(found), exact=True)
    if not claim.value and wording.allows(len(found)):
        word = "confirmed"
    when = Day(claim.date) if claim.date else Text("reason.any_time")
    reason = Text("reason.count", n=len(found), when=when, needs=wording.words())
    if claim.date and _end(claim, claim.date, evidence) > evidence.newest and not _settled(wording, len(found)):
        return pending(Text("reason.so_far", reason=reason, newest=Day(evidence.newest)), Text("word.count"))
    if word == "imprecise" and (factor := wording.far_off(len(found))) > 1:
        reason = Text("reason.far_off", figure=Number(f"{len(found):,}"), factor=Number(times(factor)))
    return Verdict(word, text, sources, gap(wording.number - len(found), "events"), Text("word.count"), reason)


def _end(claim: Claim, period: Period, evidence: Evidence) -> date:
    """The last day that a claim speaks of: the day it was made, unless it looks ahead."""
    said = evidence.said_on(claim)
    return (
        min(period.last, said.last)
        if said and period.first <= said.last and claim.type != "prediction"
        else period.last
    )


def _settled(wording: Wording, n: int) -> bool:
    """Whether more events than ``n`` cannot change the verdict."""
    low, high = wording.bounds
    return n > high or (n >= low and math.isinf(high) and wording.allows(n))


def _matches(found: Event, wanted: dict[str, str]) -> bool:
    have = {
        "kind": (found.kind,),
        "direction": (found.direction,),
        "subsystem": found.subsystems,
        "actor": found.actors,
    }
    return all(set(value.split("|")) & set(have[name]) for name, value in wanted.items())


def _target(claim: Claim, known: Known) -> Iterator[Issue]:
    for part in split_list(claim.target):
        if part.partition("=")[0].strip() not in (*LABELS, "actor"):
            yield "target", f"'{part}' does not read as kind=, subsystem=, direction= or actor=.", ""


register(ClaimTest("count", count, target=_target, options=NUMBER))
