"""The verdict on an event: what happened, who did it and when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from detente.language import Day, Joined, Number, Text
from detente.record.reading import split_list
from detente.record.rows import Claim, Event
from detente.record.verdicts.citing import cite_event, days_off
from detente.record.verdicts.claim_test import ClaimTest, anything, ids_in, register, unknown
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.kinds.what import mismatch, recognised, unrelated
from detente.record.verdicts.verdict import Verdict, not_checkable, pending

WORST_FIRST = ("contradicted", "outcome pending", "not checkable", "imprecise", "reported correctly", "confirmed")


def event(claim: Claim, evidence: Evidence) -> Verdict:
    """An event, what it was and its date: confirmed inside the claimed period, imprecise where only announced then.

    Options: ``actor`` (who did it; the event's actors must include it), ``kind`` and
    ``direction`` (what it was), several accepted words separated by ``|``; the claim's
    ``state`` names what it set. Without them the claim's words must not say the opposite of
    the event's, and share some with them. Several targets must all hold.
    """
    names = split_list(claim.target)
    if not all(name in evidence.events for name in names):
        return not_checkable(Text("reason.no_event"), Text("rule.event"))
    verdicts = [_one(claim, evidence.events[name], evidence) for name in names]
    worst = min(verdicts, key=lambda v: WORST_FIRST.index(v.verdict))
    if len(verdicts) == 1 or worst.verdict in ("not checkable", "outcome pending"):
        return worst
    sources = tuple(dict.fromkeys(s for v in verdicts for s in v.evidence_source_ids))
    text = Joined("; ", parts=(v.evidence for v in verdicts))
    reason = worst.reason
    if worst.verdict == "confirmed" and claim.date:
        reason = Text("reason.all_dated", n=len(verdicts), claimed=Day(claim.date))
    marks = tuple(dict.fromkeys(m for v in verdicts for m in v.marks))
    return replace(worst, evidence=text, evidence_source_ids=sources, reason=reason, marks=marks)


def _one(claim: Claim, found: Event, evidence: Evidence) -> Verdict:
    free, named = evidence.sources_of(found, claim), evidence.named_sources_of(found, claim)
    sources = free or named
    if not sources:
        return not_checkable(Text("reason.own_source"), Text("rule.event"))
    if not evidence.reached(found, sources):
        newest = Day(evidence.newest)
        return pending(Text("reason.not_yet", newest=newest), Text("rule.event"), cite_event(found, announced=True))
    verdict = _what(claim, found, sources) or _when(claim, found, sources)
    if not free:
        held = verdict.verdict == "confirmed"
        rule = Text("rule.as_reported", rule=verdict.rule)
        verdict = replace(verdict, verdict="reported correctly" if held else verdict.verdict, rule=rule)
    held = verdict.verdict in ("confirmed", "imprecise", "reported correctly")
    return verdict.marked(*_marks(claim, found, evidence)) if held else verdict


def _marks(claim: Claim, found: Event, evidence: Evidence) -> Iterable[str]:
    said = evidence.said_on(claim)
    if said and found.date.first > said.last and claim.type != "prediction":
        yield "hindsight"
    if claim.type in ("attribution", "stance"):
        yield "quotation"
    elif not recognised(claim, found):
        yield "day only"


def _what(claim: Claim, found: Event, sources: tuple[str, ...]) -> Verdict | None:
    """A verdict where the event is another than the claim speaks of, or someone else's."""
    text = cite_event(found, announced=True)
    if reason := mismatch(claim, found):
        return Verdict("contradicted", text, sources, "", Text("rule.event_what"), reason)
    if unrelated(claim, found):
        return not_checkable(Text("reason.unrelated", event=text), Text("rule.event_what"))
    actor = claim.option("actor")
    if actor and not any(_same_actor(actor, a) for a in found.actors):
        names = ", ".join(found.actors) or Text("reason.no_one")
        reason = Text("reason.other_actor", names=names, actor=actor)
        if found.actors and not any(_is_code(a) == _is_code(actor) for a in found.actors):
            return not_checkable(reason, Text("rule.event_actor"))
        return Verdict("contradicted", text, sources, "", Text("rule.event_actor"), reason)
    return None


def _is_code(name: str) -> bool:
    """Whether an actor is an economy's code; persons and economies cannot be held against each other."""
    return bool(re.fullmatch(r"[A-Z]{3}", name))


def _same_actor(a: str, b: str) -> bool:
    """Whether two names mean one actor: alike but for accents, or one is the surname of the other."""
    if _is_code(a) or _is_code(b):
        return a == b
    first, second = _words(a), _words(b)
    return bool(first) and (first == second or first == second[-len(first) :] or second == first[-len(second) :])


def _words(name: str) -> list[str]:
    folded = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.findall(r"\w+", folded.casefold())


def _when(claim: Claim, found: Event, sources: tuple[str, ...]) -> Verdict:
    text = cite_event(found, announced=True)
    if claim.date is None:
        return Verdict("confirmed", text, sources, "", Text("rule.event_happened"), Text("reason.on_record"))
    dated, when = Text("rule.event_date"), {"date": Day(found.date), "claimed": Day(claim.date)}
    if claim.date.holds(found.date):
        return Verdict("confirmed", text, sources, days_off(0), dated, Text("reason.dated", **when))
    gap = claim.date.gap(found.date)
    if claim.date.overlaps(found.date):
        return Verdict("imprecise", text, sources, days_off(0), dated, Text("reason.part_of", **when))
    if found.announced and claim.date.overlaps(found.announced):
        off = Number(f"{abs(gap):,}")
        reason = Text("reason.announced", announced=Day(found.announced), date=Day(found.date), off=off)
        return Verdict("imprecise", text, sources, days_off(gap), Text("rule.event_announced"), reason)
    return Verdict("contradicted", text, sources, days_off(gap), dated, Text("reason.other_date", **when))


register(
    ClaimTest(
        "event",
        event,
        target=lambda claim, known: unknown("event", split_list(claim.target), known),
        options={"actor": anything, "kind": anything, "direction": anything},
        rows_named={"events": ids_in},
    )
)
