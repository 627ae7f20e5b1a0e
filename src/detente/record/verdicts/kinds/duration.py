"""The verdict on the time between two events."""

from __future__ import annotations

from dataclasses import replace

from detente.language import Day, Number, Text, Word
from detente.language.digits import times
from detente.record.period import Period
from detente.record.rows import Claim
from detente.record.verdicts.claim_test import NUMBER, ClaimTest, register, unknown
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.numbers import half_digit
from detente.record.verdicts.verdict import Verdict, not_checkable, pending

DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.436875, "years": 365.2425}


def duration(claim: Claim, evidence: Evidence) -> Verdict:
    """Time between two events (target ``E1..E2``), against a number of days, months or years.

    A span in whole units may be counted in completed units or rounded: three years are
    2.5 to just under 4 years. Days may count the first and the last as well. Between events
    that are dated to a month or a year nothing is decided against a span that their dates allow.
    """
    names, rule = _names(claim.target), Text("word.duration")
    if not all(name in evidence.events for name in names):
        return not_checkable(Text("reason.no_event"), rule)
    start, end = (evidence.events[name] for name in names)
    free = all(evidence.sources_of(e, claim) for e in (start, end))
    of_start, of_end = (evidence.sources_of(e, claim) or evidence.named_sources_of(e, claim) for e in (start, end))
    if not of_start or not of_end:
        return not_checkable(Text("reason.own_source"), rule)
    if not (evidence.reached(start, of_start) and evidence.reached(end, of_end)):
        return pending(Text("reason.not_yet", newest=Day(evidence.newest)), rule)
    sources = tuple(dict.fromkeys((*of_start, *of_end)))
    days = (end.date.first - start.date.first).days
    if claim.date and not claim.date.overlaps(Period(start.date.first, max(start.date.first, end.date.last))):
        reason = Text("reason.other_span", start=Day(start.date), end=Day(end.date), claimed=Day(claim.date))
        length = Text("amount.days", n=Number(f"{days:,}"))
        return Verdict("contradicted", length, sources, "", Text("rule.duration_period"), reason)
    number = days / DAYS[claim.unit]
    facts = {"start": Day(start.date), "end": Day(end.date), "n": Number(f"{number:.1f}"),
             "unit": Word(claim.unit, group="unit")}  # fmt: skip
    text = Text("evidence.span", start_id=start.id, end_id=end.id, days=Number(f"{days:,}"), **facts)
    off = Text("amount.other", n=Number(f"{claim.wording.number - number:+.1f}"), unit=facts["unit"])
    reason = Text("reason.span", claimed=Number(claim.value), **facts)
    word = _word(claim, number)
    if word in ("imprecise", "contradicted") and (span := _coarse(start.date, end.date, claim)):
        return not_checkable(Text("reason.coarse_dates", low=Number(f"{span[0]:.1f}"), high=Number(f"{span[1]:.1f}"),
                                  **facts), rule)  # fmt: skip
    if (factor := claim.wording.far_off(number)) > 1 and claim.wording.allows(number):
        reason = Text("reason.far_off", figure=Text("amount.other", n=facts["n"], unit=facts["unit"]),
                      factor=Number(times(factor)))  # fmt: skip
    verdict = Verdict(word, text, sources, off, rule, reason)
    if free:
        return verdict
    held = word in ("confirmed", "confirmed within rounding")
    rule = Text("rule.as_reported", rule=rule)
    return replace(verdict, verdict="reported correctly" if held else word, rule=rule)


def _coarse(start: Period, end: Period, claim: Claim) -> tuple[float, float] | None:
    """The shortest and the longest span that two dates allow, where the claim may lie between."""
    earliest, latest = (
        ((p.first, p.last) if p.precision in ("month", "year") else (p.first, p.first)) for p in (start, end)
    )
    low, high = ((b - a).days / DAYS[claim.unit] for a, b in ((earliest[1], latest[0]), (earliest[0], latest[1])))
    return (low, high) if low < high and claim.wording.meets(low, high) else None


def _word(claim: Claim, number: float) -> str:
    """A whole number of units is the count of completed ones, or the nearest; days may count both ends."""
    claimed, operator = claim.wording.number, claim.option("op")
    whole = half_digit(claim.value, as_written=True) == 0.5
    if whole and operator in ("", "about") and claimed - 0.5 <= number < claimed + 1:
        return "confirmed within rounding"
    if claim.unit == "days" and whole and operator in ("", "about") and claimed == number + 1:
        return "confirmed within rounding"  # both ends are counted: from the 14th to the 20th are seven days
    return claim.wording.word(number, exact=False)


def _names(target: str) -> list[str]:
    return [name.strip() for name in target.split("..")]


register(
    ClaimTest(
        "duration",
        duration,
        target=lambda claim, known: unknown("event", _names(claim.target), known),
        needs=lambda claim: ("value", "unit"),
        options=NUMBER,
        words={"unit": lambda claim: tuple(DAYS)},
        more=lambda claim: (
            [("target", f"'{claim.target}' does not read as EVENT..EVENT.", "For example E1..E2.")]
            if len(_names(claim.target)) != 2
            else []
        ),
        rows_named={"events": _names},
    )
)
