"""The verdict on a state of the dyad on a day or through a period."""

from __future__ import annotations

from dataclasses import replace

from detente.language import Day, Joined, Number, Text, Word
from detente.record.period import Period
from detente.record.rows import Claim
from detente.record.states import Spell
from detente.record.verdicts.citing import cite_spell, state_name
from detente.record.verdicts.claim_test import ClaimTest, one_of, register, unknown
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.verdict import Verdict, not_checkable, pending


def state(claim: Claim, evidence: Evidence) -> Verdict:
    """A state on a day or through a period: confirmed if it held throughout.

    Several accepted values are separated by ``|``. Options: ``when=any`` asks for one day
    of the period only. A state that held for part of the period is imprecise. What lies
    after the record's newest source is open, whatever the last event set.
    """
    facts = {"state": state_name(claim.target), "when": Day(claim.when)}
    rule, newest = Text("word.state"), Day(evidence.newest)
    spells = evidence.states.over(claim.target, claim.when)
    if not spells:
        return not_checkable(Text("reason.state_unset", **facts), rule)
    if claim.when.first > evidence.newest:
        return pending(Text("reason.beyond", newest=newest, when=Day(claim.when)), rule)
    seen = Period(claim.when.first, min(claim.when.last, evidence.newest))
    spells = evidence.states.over(claim.target, seen)
    verdict = _over(claim, evidence, seen, spells, facts)
    if seen == claim.when or verdict.verdict == "not checkable":
        return verdict
    if _settled(claim, evidence, seen):
        return verdict
    return pending(Text("reason.so_far", reason=verdict.reason, newest=newest), rule, verdict.evidence)


def _settled(claim: Claim, evidence: Evidence, seen: Period) -> bool:
    """Whether the days still to come cannot change the verdict."""
    share = evidence.states.share(claim.target, _wanted(claim), seen) or 0.0
    return share > 0 if claim.option("when") == "any" else 0 < share < 1


def _over(
    claim: Claim, evidence: Evidence, period: Period, spells: tuple[Spell, ...], facts: dict[str, str]
) -> Verdict:
    rule = Text("word.state")
    free = [spell_sources(s, evidence, claim) for s in spells]
    named = [a or evidence.named_sources_of(evidence.events[s.event_id], claim) for a, s in zip(free, spells)]
    if not spells or not all(named):
        return not_checkable(Text("reason.own_source" if spells else "reason.state_unset", **facts), rule)
    share = evidence.states.share(claim.target, _wanted(claim), period)
    if share is None:
        return not_checkable(Text("reason.state_unknown", **facts), rule)
    values = [Word(value.replace("_", " "), group="state_value") for value in sorted(_wanted(claim))]
    facts = facts | {"value": Joined(Text("reason.or"), parts=values), "share": Number(f"{100 * share:.0f}")}
    reason = Text("reason.state_share", **facts)
    if claim.when.precision == "day":
        reason = Text("reason.state_day" if share else "reason.state_not_day", **facts)
    if share == 1 or (share > 0 and claim.option("when") == "any"):
        word = "confirmed"
    else:
        word = "imprecise" if share > 0 else "contradicted"
    text = Joined("; ", parts=map(cite_spell, spells))
    sources = tuple(dict.fromkeys(x for ids in named for x in ids))
    verdict = Verdict(word, text, sources, Text("amount.of_days", share=facts["share"]), rule, reason)
    if not all(free):
        reported = "reported correctly" if word == "confirmed" else word
        return replace(verdict, verdict=reported, rule=Text("rule.as_reported", rule=rule))
    said = evidence.said_on(claim)
    return verdict.marked("hindsight") if said and claim.when.first > said.last else verdict


def _wanted(claim: Claim) -> set[str]:
    return {value.strip() for value in claim.state.split("|")}


def spell_sources(spell: Spell, evidence: Evidence, claim: Claim) -> tuple[str, ...]:
    """The sources of the event that began a spell, as far as they may test the claim."""
    return evidence.sources_of(evidence.events[spell.event_id], claim)


register(
    ClaimTest(
        "state",
        state,
        target=lambda claim, known: unknown("state", [claim.target], known),
        needs=lambda claim: ("date", "state"),
        options={"when": one_of("word for when", ("any",))},
    )
)
