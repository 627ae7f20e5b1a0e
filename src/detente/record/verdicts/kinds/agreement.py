"""The verdict from another source's claim of the same thing."""

from __future__ import annotations

import math

from detente.language import Day, Text, Word
from detente.record.rows import Claim
from detente.record.verdicts.amounts import convert
from detente.record.verdicts.claim_test import NUMBER, ClaimTest, ids_in, register, unknown
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.numbers import WORD_RANGES
from detente.record.verdicts.verdict import Verdict, not_checkable


def agreement(claim: Claim, evidence: Evidence) -> Verdict:
    """A claim against another source's claim of the same thing (target: its id)."""
    rule = Text("rule.agreement")
    if claim.target not in evidence.ledger.claims["claim_id"]:
        return not_checkable(Text("reason.no_claim"), rule)
    other = evidence.ledger.claim(claim.target)
    sides, theirs = evidence.dependence.sides(claim), evidence.dependence.sides(other)
    if other.source_id in sides.barred or claim.source_id in theirs.barred:
        return not_checkable(Text("reason.same_source"), rule)
    relation, how = compare(claim, other)
    title = evidence.dependence.sources[other.source_id].title
    text = Text("evidence.claim", id=other.id, text=other.text, title=title)
    word = {
        "agree": "confirmed",
        "agree within rounding": "confirmed within rounding",
        "differ in precision": "imprecise",
        "contradict": "contradicted",
    }.get(relation)
    if word is None:
        return not_checkable(Text("reason.nothing_shared"), rule)
    return Verdict(word, text, (other.source_id,), how, rule, Text("reason.another_says", how=how))


def compare(a: Claim, b: Claim) -> tuple[str, str]:
    """How two claims stand to each other, and on what.

    Returns
    -------
    relation : str
        ``agree``, ``agree within rounding``, ``differ in precision``, ``contradict`` or
        ``complement`` (they share nothing to compare).
    how : str
        Number, date or state compared, in words.
    """
    if _has_number(a) and _has_number(b):
        return _compare_numbers(a, b)
    if a.state and b.state:
        values = (Word(c.state, group="state_value") for c in (a, b))
        return ("agree" if a.state == b.state else "contradict"), _beside(*values)
    if a.date and b.date and a.target == b.target:
        if a.date == b.date:
            return "agree", Text("compared.both", what=Day(a.date))
        how = _beside(Day(a.date), Day(b.date))
        return ("differ in precision" if a.date.overlaps(b.date) else "contradict"), how
    return "complement", ""


def _has_number(claim: Claim) -> bool:
    return bool(claim.value) or claim.option("op") in WORD_RANGES


def _compare_numbers(a: Claim, b: Claim) -> tuple[str, str]:
    how = _beside(_words(a), _words(b))
    ranges = [c.wording.bounds for c in (a, b)]
    in_a = [convert(edge, b.unit, a.unit) for edge in ranges[1]]
    if any(map(math.isnan, in_a)):
        return "complement", ""
    if (
        a.value
        and b.value
        and {a.option("op"), b.option("op")} <= {"", "about"}
        and math.isclose(float(a.value), convert(float(b.value), b.unit, a.unit), rel_tol=1e-9)
    ):
        return "agree", how
    low, high = max(ranges[0][0], in_a[0]), min(ranges[0][1], in_a[1])
    if low > high:
        return "contradict", how
    vague = {a.option("op"), b.option("op")} & {*WORD_RANGES, "more than", "at least", "less than", "at most"}
    return ("differ in precision" if vague else "agree within rounding"), how


def _words(claim: Claim) -> str:
    unit = Word(claim.unit.replace("_", " "), group="unit")
    return Text("amount.other", n=claim.wording.words(), unit=unit) if unit else claim.wording.words()


def _beside(a: str, b: str) -> str:
    return Text("compared.beside", a=a, b=b)


register(
    ClaimTest(
        "agreement",
        agreement,
        target=lambda claim, known: unknown("claim", [claim.target], known),
        options=NUMBER,
        rows_named={"claims": ids_in},
    )
)
