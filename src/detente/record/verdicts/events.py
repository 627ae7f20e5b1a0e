"""Verdicts from events and states: happened, held, lasted, how many, came true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from detente.language import Day, Joined, Number, Text, Word
from detente.record.check import split_list
from detente.record.period import Period
from detente.record.rows import Claim, Event
from detente.record.states import FOREVER, Spell
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.verdict import Verdict, Wording, gap, half_digit, not_checkable

_DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.436875, "years": 365.2425}


def event(claim: Claim, evidence: Evidence) -> Verdict:
    """An event and its date: confirmed inside the claimed period, imprecise where only announced then.

    Options: ``actor`` (the claim names who did it; the event's actors must include it),
    ``state`` is not used. Several targets must all hold.
    """
    names = split_list(claim.target)
    if not all(name in evidence.events for name in names):
        return not_checkable(Text("reason.no_event"), Text("rule.event"))
    verdicts = [_one_event(claim, evidence.events[name], evidence) for name in names]
    order = ("contradicted", "imprecise", "not checkable", "confirmed")
    worst = min(verdicts, key=lambda v: order.index(v.verdict))
    if len(verdicts) == 1 or worst.verdict == "not checkable":
        return worst
    sources = tuple(dict.fromkeys(s for v in verdicts for s in v.evidence_source_ids))
    text = Joined("; ", parts=(v.evidence for v in verdicts))
    reason = worst.reason
    if worst.verdict == "confirmed" and claim.date:
        reason = Text("reason.all_dated", n=len(verdicts), claimed=Day(claim.date))
    return replace(worst, evidence=text, evidence_source_ids=sources, reason=reason)


def _one_event(claim: Claim, found: Event, evidence: Evidence) -> Verdict:
    sources = evidence.sources_of(found, claim)
    if not sources:
        return not_checkable(Text("reason.own_source"), Text("rule.event"))
    text = _cited(found, announced=True)
    actor = claim.option("actor")
    if actor and actor not in found.actors:
        names = ", ".join(found.actors) or Text("reason.no_one")
        reason = Text("reason.other_actor", names=names, actor=actor)
        return Verdict("contradicted", text, sources, "", Text("rule.event_actor"), reason)
    if claim.date is None:
        return Verdict("confirmed", text, sources, "", Text("rule.event_happened"), Text("reason.on_record"))
    dated, when = Text("rule.event_date"), {"date": Day(found.date), "claimed": Day(claim.date)}
    if claim.date.holds(found.date):
        return Verdict("confirmed", text, sources, _days(0), dated, Text("reason.dated", **when))
    gap = claim.date.gap(found.date)
    if claim.date.overlaps(found.date):
        return Verdict("imprecise", text, sources, _days(0), dated, Text("reason.part_of", **when))
    if found.announced and claim.date.overlaps(found.announced):
        off = Number(f"{abs(gap):,}")
        reason = Text("reason.announced", announced=Day(found.announced), date=Day(found.date), off=off)
        return Verdict("imprecise", text, sources, _days(gap), Text("rule.event_announced"), reason)
    return Verdict("contradicted", text, sources, _days(gap), dated, Text("reason.other_date", **when))


def _cited(found: Event, *, announced: bool = False) -> str:
    """An event with its id and date, as evidence."""
    facts = {"title": found.title, "id": found.id, "date": Day(found.date)}
    if announced and found.announced:
        return Text("evidence.event_announced", announced=Day(found.announced), **facts)
    return Text("evidence.event", **facts)


def _days(n: int) -> str:
    return Text("amount.days", n=Number(f"{n:+,d}" if n else "0"))


def state(claim: Claim, evidence: Evidence) -> Verdict:
    """A state on a day or through a period: confirmed if it held throughout.

    Several accepted values are separated by ``|``. Options: ``when=any`` asks for one day
    of the period only. A state that held for part of the period is imprecise.
    """
    spells = [(s, _event_sources(s, evidence, claim)) for s in evidence.states.over(claim.target, claim.when)]
    facts = {"state": state_name(claim.target), "when": Day(claim.when)}
    if not spells:
        return not_checkable(Text("reason.state_unset", **facts), Text("rule.state"))
    if not all(sources for _, sources in spells):
        return not_checkable(Text("reason.own_source"), Text("rule.state"))
    wanted = {v.strip() for v in claim.state.split("|")}
    share = evidence.states.share(claim.target, wanted, claim.when)
    text = Joined("; ", parts=(_spell(s) for s, _ in spells))
    sources = tuple(dict.fromkeys(x for _, ids in spells for x in ids))
    if share is None:
        return not_checkable(Text("reason.state_unknown", **facts), Text("rule.state"))
    values = [Word(value.replace("_", " "), group="state_value") for value in sorted(wanted)]
    facts |= {"value": Joined(Text("reason.or"), parts=values), "share": Number(f"{100 * share:.0f}")}
    held = Text("reason.state_share", **facts)
    if claim.when.precision == "day":
        held = Text("reason.state_day" if share else "reason.state_not_day", **facts)
    if share == 1 or (share > 0 and claim.option("when") == "any"):
        word = "confirmed"
    elif share > 0:
        word = "imprecise"
    else:
        word = "contradicted"
    return Verdict(word, text, sources, Text("amount.of_days", share=facts["share"]), Text("rule.state"), held)


def duration(claim: Claim, evidence: Evidence) -> Verdict:
    """Time between two events (target ``E1..E2``), against a number of days, months or years.

    A span in whole units may be counted in completed units or rounded: three years are
    2.5 to just under 4 years.
    """
    names = [name.strip() for name in claim.target.split("..")]
    if not all(name in evidence.events for name in names):
        return not_checkable(Text("reason.no_event"), Text("rule.duration"))
    start, end = (evidence.events[name] for name in names)
    sources = tuple(dict.fromkeys((*evidence.sources_of(start, claim), *evidence.sources_of(end, claim))))
    if not evidence.sources_of(start, claim) or not evidence.sources_of(end, claim):
        return not_checkable(Text("reason.own_source"), Text("rule.duration"))
    days = (end.date.first - start.date.first).days
    if claim.date and not claim.date.overlaps(Period(start.date.first, end.date.last)):
        reason = Text("reason.other_span", start=Day(start.date), end=Day(end.date), claimed=Day(claim.date))
        length = Text("amount.days", n=Number(f"{days:,}"))
        return Verdict("contradicted", length, sources, "", Text("rule.duration_period"), reason)
    number = days / _DAYS[claim.unit]
    completed = half_digit(claim.value) == 0.5 and int(number) == claim.wording.number
    word = claim.wording.word(number, exact=False)
    if completed and not claim.option("op"):
        word = "confirmed within rounding"
    facts = {"start": Day(start.date), "end": Day(end.date), "n": Number(f"{number:.1f}"),
             "unit": Word(claim.unit, group="unit")}  # fmt: skip
    text = Text("evidence.span", start_id=start.id, end_id=end.id, days=Number(f"{days:,}"), **facts)
    off = Text("amount.other", n=Number(f"{claim.wording.number - number:+.1f}"), unit=facts["unit"])
    reason = Text("reason.span", claimed=Number(claim.value), **facts)
    return Verdict(word, text, sources, off, Text("rule.duration"), reason)


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
    listed = Joined("; ", parts=(Text("evidence.dated", id=e.id, date=Day(e.date)) for e in found[:8]))
    text = Text("evidence.count", n=len(found), events=listed)
    wording = claim.wording if claim.value else Wording("2", "at least")
    word = wording.word(len(found), exact=True)
    when = Day(claim.date) if claim.date else Text("reason.any_time")
    reason = Text("reason.count", n=len(found), when=when, needs=wording.words())
    return Verdict(word, text, sources, gap(wording.number - len(found), "events"), Text("rule.count"), reason)


def prediction(claim: Claim, evidence: Evidence) -> Verdict:
    """A prediction or promise against the outcome by its horizon (``date``).

    Target: an event id, or ``state=value``. Without a date, or before it has passed, the
    outcome is pending.
    """
    outcome = _outcome(claim, evidence)
    horizon = claim.date
    if outcome is None:
        if horizon is None or horizon.last > evidence.newest:
            newest = Day(evidence.newest)
            proof, reason = Text("evidence.not_yet", newest=newest), Text("reason.not_yet", newest=newest)
            return Verdict("outcome pending", proof, (), "", Text("rule.prediction"), reason)
        proof, reason = Text("evidence.no_event"), Text("reason.not_happened", day=Day(horizon.last))
        return Verdict("contradicted", proof, _cover(evidence, claim), "", Text("rule.prediction"), reason)
    day, text, sources = outcome
    if not sources:
        return not_checkable(Text("reason.own_source"), Text("rule.prediction"))
    if horizon is None or horizon.first <= day <= horizon.last:
        reason = Text("reason.happened", day=Day(day))
        return Verdict("confirmed", text, sources, _days(0), Text("rule.prediction"), reason)
    late = (day - horizon.last).days if day > horizon.last else (day - horizon.first).days
    key = "reason.happened_after" if late > 0 else "reason.happened_before"
    reason = Text(key, day=Day(day), off=Number(f"{abs(late):,}"))
    return Verdict("contradicted", text, sources, _days(late), Text("rule.prediction"), reason)


def _outcome(claim: Claim, evidence: Evidence) -> tuple[date, str, tuple[str, ...]] | None:
    if "=" not in claim.target:
        found = evidence.events.get(claim.target)
        if found is None:
            return None
        return (
            found.date.first,
            _cited(found),
            evidence.sources_of(found, claim),
        )
    name, _, value = (part.strip() for part in claim.target.partition("="))
    said = evidence.dependence.sources[claim.source_id].date
    for spell in evidence.states.spells.get(name, ()):
        if spell.value in value.split("|") and (said is None or spell.last >= said.first):
            start = max(spell.first, said.first) if said else spell.first
            return (
                start,
                Text("evidence.state_from", start=Day(spell.first), **_state(spell)),
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


def state_name(state: str) -> str:
    """A state as the record names it; other languages say what it is."""
    name, _, place = state.partition("@")
    known = Word(name, group="state_name")
    return Text("evidence.at", what=known, place=Word(place, group="place")) if place else known


def _state(spell: Spell) -> dict[str, str]:
    value = Word(spell.value, group="state_value")
    return {"state": state_name(spell.name), "value": value, "id": spell.event_id}


def _spell(spell: Spell) -> str:
    if spell.last == FOREVER:
        return Text("evidence.state_since", start=Day(spell.first), **_state(spell))
    return Text("evidence.state_span", start=Day(spell.first), end=Day(spell.last), **_state(spell))
