"""The verdict on the time between two events."""

from __future__ import annotations

from detente.language import Day, Number, Text, Word
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
    2.5 to just under 4 years. Days may count the first and the last as well.
    """
    names, rule = _names(claim.target), Text("rule.duration")
    if not all(name in evidence.events for name in names):
        return not_checkable(Text("reason.no_event"), rule)
    start, end = (evidence.events[name] for name in names)
    of_start, of_end = evidence.sources_of(start, claim), evidence.sources_of(end, claim)
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
    return Verdict(_word(claim, number), text, sources, off, rule, reason)


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
