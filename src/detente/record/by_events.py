"""Verdicts from events and states: happened, held, lasted, how many, came true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from detente.record.check import split_list
from detente.record.date import Period
from detente.record.evidence import Evidence
from detente.record.rows import Claim, Event
from detente.record.states import FOREVER, Spell
from detente.record.verdict import Verdict, Wording, gap, half_digit, not_checkable

_DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.436875, "years": 365.2425}
_UNKNOWN = "The record, as it stood on that day, does not hold the event."
_OWN = "The record knows this only from the claim's own source, one that cites it or the agency it names."


def event(claim: Claim, evidence: Evidence) -> Verdict:
    """An event and its date: confirmed inside the claimed period, imprecise where only announced then.

    Options: ``actor`` (the claim names who did it; the event's actors must include it),
    ``state`` is not used. Several targets must all hold.
    """
    names = split_list(claim.target)
    if not all(name in evidence.events for name in names):
        return not_checkable(_UNKNOWN, "event")
    verdicts = [_one_event(claim, evidence.events[name], evidence) for name in names]
    order = ("contradicted", "imprecise", "not checkable", "confirmed")
    worst = min(verdicts, key=lambda v: order.index(v.verdict))
    if len(verdicts) == 1 or worst.verdict == "not checkable":
        return worst
    sources = tuple(dict.fromkeys(s for v in verdicts for s in v.evidence_source_ids))
    text = "; ".join(v.evidence for v in verdicts)
    reason = worst.reason
    if worst.verdict == "confirmed" and claim.date:
        reason = f"All {len(verdicts)} events are dated inside the claimed {claim.date}."
    return replace(worst, evidence=text, evidence_source_ids=sources, reason=reason)


def _one_event(claim: Claim, found: Event, evidence: Evidence) -> Verdict:
    sources = evidence.sources_of(found, claim)
    if not sources:
        return not_checkable(_OWN, "event")
    text = f"{found.title} ({found.id}, {found.date}" + (f"; announced {found.announced})" if found.announced else ")")
    actor = claim.option("actor")
    if actor and actor not in found.actors:
        reason = f"The record names {', '.join(found.actors) or 'no one'} for this event, not {actor}."
        return Verdict("contradicted", text, sources, "", "event: actor", reason)
    if claim.date is None:
        return Verdict("confirmed", text, sources, "", "event: happened", "The event is on record.")
    if claim.date.holds(found.date):
        reason = f"The event is dated {found.date}, inside the claimed {claim.date}."
        return Verdict("confirmed", text, sources, "0 days", "event: date", reason)
    gap = claim.date.gap(found.date)
    days = f"{gap:+,d} days"
    if claim.date.overlaps(found.date):
        reason = f"The event ran {found.date}; the claim covers only part of it."
        return Verdict("imprecise", text, sources, "0 days", "event: date", reason)
    if found.announced and claim.date.overlaps(found.announced):
        reason = f"Announced {found.announced}, it took effect on {found.date}, {abs(gap):,} days off."
        return Verdict("imprecise", text, sources, days, "event: announced, not in effect", reason)
    reason = f"The event is dated {found.date}, not {claim.date}."
    return Verdict("contradicted", text, sources, days, "event: date", reason)


def state(claim: Claim, evidence: Evidence) -> Verdict:
    """A state on a day or through a period: confirmed if it held throughout.

    Several accepted values are separated by ``|``. Options: ``when=any`` asks for one day
    of the period only. A state that held for part of the period is imprecise.
    """
    spells = [(s, _event_sources(s, evidence, claim)) for s in evidence.states.over(claim.target, claim.when)]
    if not spells:
        return not_checkable(f"No event of the record sets {claim.target} by {claim.when}.", "state")
    if not all(sources for _, sources in spells):
        return not_checkable(_OWN, "state")
    wanted = {v.strip() for v in claim.state.split("|")}
    share = evidence.states.share(claim.target, wanted, claim.when)
    text = "; ".join(f"{s.name} {s.value} {_span(s)} ({s.event_id})" for s, _ in spells)
    sources = tuple(dict.fromkeys(x for _, ids in spells for x in ids))
    if share is None:
        return not_checkable(f"The record does not cover {claim.target} for all of {claim.when}.", "state")
    value = " or ".join(sorted(wanted)).replace("_", " ")
    held = f"{claim.target} was {value} on {share:.0%} of the days of {claim.when}."
    if claim.when.precision == "day":
        held = f"On {claim.when} {claim.target} was {'' if share else 'not '}{value}."
    if share == 1 or (share > 0 and claim.option("when") == "any"):
        word = "confirmed"
    elif share > 0:
        word = "imprecise"
    else:
        word = "contradicted"
    return Verdict(word, text, sources, f"{share:.0%} of days", "state", held)


def duration(claim: Claim, evidence: Evidence) -> Verdict:
    """Time between two events (target ``E1..E2``), against a number of days, months or years.

    A span in whole units may be counted in completed units or rounded: three years are
    2.5 to just under 4 years.
    """
    names = [name.strip() for name in claim.target.split("..")]
    if not all(name in evidence.events for name in names):
        return not_checkable(_UNKNOWN, "duration")
    start, end = (evidence.events[name] for name in names)
    sources = tuple(dict.fromkeys((*evidence.sources_of(start, claim), *evidence.sources_of(end, claim))))
    if not evidence.sources_of(start, claim) or not evidence.sources_of(end, claim):
        return not_checkable(_OWN, "duration")
    days = (end.date.first - start.date.first).days
    if claim.date and not claim.date.overlaps(Period(start.date.first, end.date.last)):
        reason = f"The span ran from {start.date} to {end.date}, not in {claim.date}."
        return Verdict("contradicted", f"{days:,} days", sources, "", "duration: period", reason)
    number = days / _DAYS[claim.unit]
    completed = half_digit(claim.value) == 0.5 and int(number) == claim.wording.number
    word = claim.wording.word(number, exact=False)
    if completed and not claim.option("op"):
        word = "confirmed within rounding"
    text = f"{start.date} ({start.id}) to {end.date} ({end.id}): {days:,} days, {number:.1f} {claim.unit}"
    difference = f"{claim.wording.number - number:+.1f} {claim.unit}"
    reason = f"From {start.date} to {end.date} is {number:.1f} {claim.unit}; the claim says {claim.value}."
    return Verdict(word, text, sources, difference, "duration", reason)


def count(claim: Claim, evidence: Evidence) -> Verdict:
    """How many events of a kind, subsystem, direction or actor fall in the claimed period.

    Target: ``kind=border closure`` and the like, separated by ``;``; ``op=at least`` and
    the other operators apply; without a value at least two are asked for.
    """
    wanted = {name.strip(): value.strip() for name, _, value in (p.partition("=") for p in split_list(claim.target))}
    found = [
        e
        for e in evidence.events.values()
        if (claim.date is None or claim.date.holds(e.date)) and _matches(e, wanted) and evidence.sources_of(e, claim)
    ]
    sources = tuple(dict.fromkeys(s for e in found for s in evidence.sources_of(e, claim)))
    text = f"{len(found)} events: " + "; ".join(f"{e.id} ({e.date})" for e in found[:8])
    wording = claim.wording if claim.value else Wording("2", "at least")
    word = wording.word(len(found), exact=True)
    needs = f"{wording.operator} {wording.value}".strip()
    reason = f"The record has {len(found)} such events in {claim.date}; the claim needs {needs}."
    return Verdict(word, text, sources, gap(wording.number - len(found), "events"), "count", reason)


def prediction(claim: Claim, evidence: Evidence) -> Verdict:
    """A prediction or promise against the outcome by its horizon (``date``).

    Target: an event id, or ``state=value``. Without a date, or before it has passed, the
    outcome is pending.
    """
    outcome = _outcome(claim, evidence)
    horizon = claim.date
    if outcome is None:
        if horizon is None or horizon.last > evidence.newest:
            until = f" by {evidence.newest}, the newest source of the record"
            return Verdict(
                "outcome pending",
                "no such event" + until,
                (),
                "",
                "prediction",
                f"It had not happened{until}.",
            )
        reason = f"It had not happened by {horizon.last}."
        return Verdict("contradicted", "no such event on record", _cover(evidence, claim), "", "prediction", reason)
    day, text, sources = outcome
    if not sources:
        return not_checkable(_OWN, "prediction")
    if horizon is None or horizon.first <= day <= horizon.last:
        reason = f"It happened on {day}."
        return Verdict("confirmed", text, sources, "0 days", "prediction", reason)
    late = (day - horizon.last).days if day > horizon.last else (day - horizon.first).days
    when = "after" if late > 0 else "before"
    reason = f"It happened on {day}, {abs(late):,} days {when} the period predicted."
    return Verdict("contradicted", text, sources, f"{late:+,d} days", "prediction", reason)


def _outcome(claim: Claim, evidence: Evidence) -> tuple[date, str, tuple[str, ...]] | None:
    if "=" not in claim.target:
        found = evidence.events.get(claim.target)
        if found is None:
            return None
        return (
            found.date.first,
            f"{found.title} ({found.id}, {found.date})",
            evidence.sources_of(found, claim),
        )
    name, _, value = (part.strip() for part in claim.target.partition("="))
    said = evidence.dependence.sources[claim.source_id].date
    for spell in evidence.states.spells.get(name, ()):
        if spell.value in value.split("|") and (said is None or spell.last >= said.first):
            start = max(spell.first, said.first) if said else spell.first
            return (
                start,
                f"{name} {spell.value} from {spell.first} ({spell.event_id})",
                _event_sources(spell, evidence, claim),
            )
    return None


def _cover(evidence: Evidence, claim: Claim) -> tuple[str, ...]:
    """Sources that show the state's course where the predicted value never came."""
    spells = evidence.states.spells.get(claim.target.partition("=")[0].strip(), ())
    return tuple(dict.fromkeys(s for spell in spells for s in _event_sources(spell, evidence, claim)))


def _event_sources(spell: Spell, evidence: Evidence, claim: Claim) -> tuple[str, ...]:
    return evidence.sources_of(evidence.events[spell.event_id], claim)


def _matches(found: Event, wanted: dict[str, str]) -> bool:
    have = {
        "kind": (found.kind,),
        "direction": (found.direction,),
        "subsystem": found.subsystems,
        "actor": found.actors,
    }
    return all(set(value.split("|")) & set(have[name]) for name, value in wanted.items())


def _span(spell: Spell) -> str:
    return f"since {spell.first}" if spell.last == FOREVER else f"{spell.first} to {spell.last}"
