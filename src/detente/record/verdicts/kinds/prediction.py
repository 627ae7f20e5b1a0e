"""The verdict on a prediction or promise: what came of it by its horizon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from detente.language import Day, Number, Text
from detente.record.period import Period
from detente.record.rows import Claim
from detente.record.verdicts.citing import cite_event, days_off, state_facts
from detente.record.verdicts.claim_test import ClaimTest, Issue, Known, ids_in, register, unknown
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.kinds.state import spell_sources
from detente.record.verdicts.verdict import Verdict, not_checkable, pending


def prediction(claim: Claim, evidence: Evidence) -> Verdict:
    """A prediction or promise against the outcome by its horizon (``date``).

    Target: an event id, or ``state=value``. An event dated so coarsely that it may have come inside the horizon or not
    is imprecise. Without a date, or before it has passed, the
    outcome is pending; so it is where the record holds the event only as announced, from
    sources older than its day.
    """
    outcome, horizon, rule = _outcome(claim, evidence), claim.date, Text("word.prediction")
    if outcome is None:
        if horizon is None or horizon.last > evidence.newest:
            newest = Day(evidence.newest)
            return pending(Text("reason.not_yet", newest=newest), rule, Text("evidence.not_yet", newest=newest))
        proof, reason = Text("evidence.no_event"), Text("reason.not_happened", day=Day(horizon.last))
        return Verdict("contradicted", proof, _cover(evidence, claim), "", rule, reason)
    day, text, sources = outcome
    if not sources:
        return not_checkable(Text("reason.own_source"), rule)
    across = horizon is not None and _across(claim, evidence, horizon)
    if horizon is None or (horizon.first <= day <= horizon.last and not across):
        verdict = Verdict("confirmed", text, sources, days_off(0), rule, Text("reason.happened", day=Day(day)))
    elif across:
        reason = Text("reason.part_of", date=Day(evidence.events[claim.target].date), claimed=Day(horizon))
        verdict = Verdict("imprecise", text, sources, days_off(0), rule, reason)
    else:
        late = (day - horizon.last).days if day > horizon.last else (day - horizon.first).days
        key = "reason.happened_after" if late > 0 else "reason.happened_before"
        reason = Text(key, day=Day(day), off=Number(f"{abs(late):,}"))
        verdict = Verdict("contradicted", text, sources, days_off(late), rule, reason)
    said = evidence.said_on(claim)
    later = claim.type != "prediction" and said is not None and day > said.last
    return verdict.marked("hindsight") if later else verdict


def _across(claim: Claim, evidence: Evidence, horizon: Period) -> bool:
    """Whether an event ran into the horizon, or is dated to a month or year that lies in it only in part."""
    if "=" in claim.target:
        return False
    when = evidence.events[claim.target].date
    if not horizon.overlaps(when) or horizon.holds(when):
        return False
    return when.precision in ("month", "year") or when.first < horizon.first


def _outcome(claim: Claim, evidence: Evidence) -> tuple[date, str, tuple[str, ...]] | None:
    if "=" not in claim.target:
        found = evidence.events.get(claim.target)
        if found is None:
            return None
        sources = evidence.sources_of(found, claim)
        if sources and not evidence.reached(found, sources):
            return None
        return found.date.first, cite_event(found), sources
    name, _, value = (part.strip() for part in claim.target.partition("="))
    said = evidence.said_on(claim)
    for spell in evidence.states.spells.get(name, ()):
        if spell.value in value.split("|") and (said is None or spell.last >= said.first):
            event, sources = evidence.events[spell.event_id], spell_sources(spell, evidence, claim)
            if sources and not evidence.reached(event, sources):
                continue
            start = max(spell.first, said.first) if said else spell.first
            return start, Text("evidence.state_from", start=Day(spell.first), **state_facts(spell)), sources
    return None


def _cover(evidence: Evidence, claim: Claim) -> tuple[str, ...]:
    """Sources that show the state's course where the predicted value never came."""
    spells = evidence.states.spells.get(claim.target.partition("=")[0].strip(), ())
    return tuple(dict.fromkeys(s for spell in spells for s in spell_sources(spell, evidence, claim)))


def _target(claim: Claim, known: Known) -> Iterator[Issue]:
    name, equals, _ = claim.target.partition("=")
    yield from unknown("state" if equals else "event", [name.strip()], known)


register(ClaimTest("prediction", prediction, target=_target, rows_named={"events": ids_in}))
