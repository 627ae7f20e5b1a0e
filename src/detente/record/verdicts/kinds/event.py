"""The verdict on an event: what happened, who did it and when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from detente.economies import code_meant
from detente.language import Day, Joined, Number, Text
from detente.record.reading import split_list
from detente.record.rows import Claim, Event
from detente.record.verdicts.citing import cite_event, days_off
from detente.record.verdicts.claim_test import ClaimTest, anything, ids_in, register, unknown
from detente.record.verdicts.comparing.same_event import mismatch, recognised, unrelated
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.independence.names import same_name, words_of
from detente.record.verdicts.independence.organisations import Register
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
        return not_checkable(Text("reason.no_event"), Text("word.event"))
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
        return not_checkable(Text("reason.own_source"), Text("word.event"))
    if not evidence.reached(found, sources):
        newest = Day(evidence.newest)
        return pending(Text("reason.not_yet", newest=newest), Text("word.event"), cite_event(found, announced=True))
    verdict = _what(claim, found, sources, evidence.dependence.register) or _when(claim, found, sources)
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


def _what(claim: Claim, found: Event, sources: tuple[str, ...], register: Register) -> Verdict | None:
    """A verdict where the event is another than the claim speaks of, or someone else's."""
    text = cite_event(found, announced=True)
    if reason := mismatch(claim, found):
        return Verdict("contradicted", text, sources, "", Text("rule.event_what"), reason)
    if unrelated(claim, found):
        return not_checkable(Text("reason.unrelated", event=text), Text("rule.event_what"))
    actor = claim.option("actor")
    if actor and not any(_same_actor(actor, a, register) for a in found.actors):
        names = ", ".join(found.actors) or Text("reason.no_one")
        reason = Text("reason.other_actor", names=names, actor=actor)
        if found.actors and not any(bool(code_meant(a)) == bool(code_meant(actor)) for a in found.actors):
            return not_checkable(reason, Text("rule.event_actor"))
        return Verdict("contradicted", text, sources, "", Text("rule.event_actor"), reason)
    return None


def _same_actor(a: str, b: str, register: Register) -> bool:
    """Whether two names mean one actor: one economy, one organisation, or names of a person that do not differ."""
    if code_meant(a) or code_meant(b):
        return code_meant(a) == code_meant(b)
    houses = [{h for h in register.houses(name) if not h.startswith("~")} for name in (a, b)]
    if houses[0] and houses[1]:
        return bool(houses[0] & houses[1])
    few, many = sorted((_words(a), _words(b)), key=len)
    spelt = [f"~{' '.join(words_of(name))}" for name in (a, b)]
    return bool(few) and (_runs_in(few, many) or _without_title(few, many) or same_name(*spelt))


def _runs_in(few: list[str], many: list[str]) -> bool:
    """Whether words stand in order among others, each in full or by its first letter, and one of them in full."""
    rest = iter(many)
    return any(word in many for word in few) and all(
        any(word == other or (len(word) == 1 and other.startswith(word)) for other in rest) for word in few
    )


def _without_title(few: list[str], many: list[str]) -> bool:
    """Whether two names end in one surname and the shorter has but one word before it, an office (*President Rojas*)."""
    return len(few) == 2 and few[-1] in many and few[0] in _OFFICES


_OFFICES = frozenset((
    *("president", "presidente", "presidenta", "minister", "ministro", "ministra", "king", "queen", "rey", "reina"),
    *("general", "secretary", "secretario", "chancellor", "canciller", "mr", "mrs", "ms", "senor", "senora"),
))  # fmt: skip


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
