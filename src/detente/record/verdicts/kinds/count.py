"""The verdict on how many events of a sort there were."""

from __future__ import annotations

from collections.abc import Iterator

from detente.language import Day, Joined, Text
from detente.record.reading import split_list
from detente.record.rows import Claim, Event
from detente.record.verdicts.claim_test import NUMBER, ClaimTest, Issue, Known, register
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.numbers import Wording, gap
from detente.record.verdicts.verdict import Verdict

LABELS = ("kind", "subsystem", "direction")
"""What the record's own coder decided: a count by these tests the labels as much as the world."""


def count(claim: Claim, evidence: Evidence) -> Verdict:
    """How many events of a kind, subsystem, direction or actor fall in the claimed period.

    Target: ``kind=border closure`` and the like, separated by ``;``; ``op=at least`` and
    the other operators apply; without a value at least two are asked for. Events that the
    record has no source for after their day are not counted.
    """
    wanted = {name.strip(): value.strip() for name, _, value in (p.partition("=") for p in split_list(claim.target))}
    found = [
        e
        for e in evidence.events.values()
        if (claim.date is None or claim.date.holds(e.date))
        and _matches(e, wanted)
        and evidence.reached(e, evidence.sources_of(e, claim))
    ]
    sources = tuple(dict.fromkeys(s for e in found for s in evidence.sources_of(e, claim)))
    listed = Joined("; ", parts=(Text("evidence.dated", id=e.id, date=Day(e.date)) for e in found[:8]))
    text = Text("evidence.count", n=len(found), events=listed)
    wording = claim.wording if claim.value else Wording("2", "at least")
    word = wording.word(len(found), exact=True)
    if not claim.value and wording.allows(len(found)):
        word = "confirmed"
    when = Day(claim.date) if claim.date else Text("reason.any_time")
    reason = Text("reason.count", n=len(found), when=when, needs=wording.words())
    verdict = Verdict(word, text, sources, gap(wording.number - len(found), "events"), Text("rule.count"), reason)
    return verdict.marked("own label") if {"kind", "direction"} & set(wanted) else verdict


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
