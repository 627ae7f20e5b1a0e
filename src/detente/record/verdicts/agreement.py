"""Verdicts from what others found: another source's claim, or the attribution of a change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from detente.language import Day, Joined, Number, Text, Word
from detente.record.check import split_list
from detente.record.rows import Claim
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.verdict import WORD_RANGES, Verdict, convert, not_checkable

RARE = 0.05
"""Placebo share up to which a fall is outside what comparable dyads show."""


def agreement(claim: Claim, evidence: Evidence) -> Verdict:
    """A claim against another source's claim of the same thing (target: its id)."""
    if claim.target not in evidence.ledger.claims["claim_id"]:
        return not_checkable(Text("reason.no_claim"), Text("rule.agreement"))
    other = evidence.ledger.claim(claim.target)
    barred = evidence.dependence.barred(claim)
    if other.source_id in barred:
        return not_checkable(Text("reason.same_source"), Text("rule.agreement"))
    title = evidence.dependence.sources[other.source_id].title
    relation, how = compare(claim, other)
    text = Text("evidence.claim", id=other.id, text=other.text, title=title)
    word = {
        "agree": "confirmed",
        "agree within rounding": "confirmed within rounding",
        "differ in precision": "imprecise",
        "contradict": "contradicted",
    }.get(relation)
    if word is None:
        return not_checkable(Text("reason.nothing_shared"), Text("rule.agreement"))
    return Verdict(word, text, (other.source_id,), how, Text("rule.agreement"), Text("reason.another_says", how=how))


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
    if (a.value or "op=" in a.options) and (b.value or "op=" in b.options):
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
        and float(a.value) == convert(float(b.value), b.unit, a.unit)
    ):
        return "agree", how
    low, high = max(ranges[0][0], in_a[0]), min(ranges[0][1], in_a[1])
    if low > high:
        return "contradict", how
    vague = {a.option("op"), b.option("op")} & {*WORD_RANGES, "more than", "at least"}
    return ("differ in precision" if vague else "agree within rounding"), how


def _words(claim: Claim) -> str:
    unit = Word(claim.unit.replace("_", " "), group="unit")
    return Text("amount.other", n=claim.wording.words(), unit=unit) if unit else claim.wording.words()


def _beside(a: str, b: str) -> str:
    return Text("compared.beside", a=a, b=b)


def cause(claim: Claim, evidence: Evidence) -> Verdict:
    """A cause against the attribution of the change: does the dyad's own part carry the fall?

    Target: ``COL>VEN``; options: ``episodes`` (``2008-2010|2012-2020``). An episode supports
    the claim where the dyad's own part is negative, at least half of the fall, and outside
    the placebos (share up to 5%). All episodes supporting confirms; some makes the claim
    imprecise, since it holds for part of the story; none contradicts it.
    """
    origin, _, destination = (part.strip() for part in claim.target.partition(">"))
    wanted = claim.option("episodes").split("|")
    rows = [r for r in evidence.findings if _ends(r) == (origin, destination)]
    chosen = []
    for name in wanted:
        years = tuple(int(y) for y in name.split("-"))
        match = [r for r in rows if (int(r["from_year"]), int(r["to_year"])) == years]
        if match:
            chosen.append(match[0])
    if len(chosen) < len(wanted):
        return not_checkable(Text("reason.no_attribution"), Text("rule.cause"))
    if any(row["placebo_share"] is None or row["dyad_part"] is None for row in chosen):
        return not_checkable(Text("reason.no_placebos"), Text("rule.cause"))
    support = [_supports(row) for row in chosen]
    text = Joined("; ", parts=map(_finding, chosen))
    held = [name for name, yes in zip(wanted, support) if yes]
    failed = [name for name, yes in zip(wanted, support) if not yes]
    word = "confirmed" if not failed else "imprecise" if held else "contradicted"
    parts = [
        Text(key, episodes=Joined(Text("reason.and"), parts=names))
        for key, names in (("reason.supported", held), ("reason.not_supported", failed))
        if names
    ]
    reason = Text("reason.own_part", parts=Joined("; ", parts=parts))
    share = Text("amount.of_episodes", n=len(held), all=len(wanted))
    return Verdict(word, text, split_sources(claim), share, Text("rule.cause_attribution"), reason)


def _ends(row: Mapping[str, Any]) -> tuple[Any, Any]:
    """Where the flow of a finding begins and ends; rows of an earlier version say exporter and importer."""
    return (row["origin"], row["destination"]) if "origin" in row else (row["exporter"], row["importer"])


def _supports(row: Mapping[str, Any]) -> bool:
    part, change = float(row["dyad_part"]), float(row["log_change"])
    return change < 0 and part < 0 and part / change >= 0.5 and float(row["placebo_share"]) <= RARE


def _finding(row: Mapping[str, Any]) -> str:
    change, part, share = (float(row[name]) for name in ("log_change", "dyad_part", "placebo_share"))
    origin, destination = _ends(row)
    return Text(
        "evidence.finding", exporter=origin, importer=destination, start=row["from_year"],
        end=row["to_year"], change=Number(f"{change:+.2f}"), part=Number(f"{part:+.2f}"),
        share=Number(f"{share:.3f}"),
    )  # fmt: skip


def split_sources(claim: Claim) -> tuple[str, ...]:
    """Source ids that the claim's options name for findings computed outside the record."""
    return tuple(split_list(claim.option("panel_source").replace("|", ";")))
