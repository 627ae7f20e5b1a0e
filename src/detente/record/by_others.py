"""Verdicts from what others found: another source's claim, or the attribution of a change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from detente.record.check import split_list
from detente.record.evidence import Evidence
from detente.record.rows import Claim
from detente.record.verdict import WORD_RANGES, Verdict, convert, not_checkable

RARE = 0.05
"""Placebo share up to which a fall is outside what comparable dyads show."""


def agreement(claim: Claim, evidence: Evidence) -> Verdict:
    """A claim against another source's claim of the same thing (target: its id)."""
    if claim.target not in evidence.ledger.claims["claim_id"]:
        return not_checkable("The record, as it stood on that day, does not hold the other claim.", "agreement")
    other = evidence.ledger.claim(claim.target)
    barred = evidence.dependence.barred(claim)
    if other.source_id in barred:
        return not_checkable("The other claim comes from the same source or one that depends on it.", "agreement")
    title = evidence.dependence.sources[other.source_id].title
    relation, how = compare(claim, other)
    text = f"{other.id}: {other.text} ({title})"
    word = {
        "agree": "confirmed",
        "agree within rounding": "confirmed within rounding",
        "differ in precision": "imprecise",
        "contradict": "contradicted",
    }.get(relation)
    if word is None:
        return not_checkable("The two claims share no number, date or state to compare.", "agreement")
    return Verdict(word, text, (other.source_id,), how, "agreement", f"Another source says the same thing: {how}.")


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
        return ("agree" if a.state == b.state else "contradict"), f"{a.state} beside {b.state}"
    if a.date and b.date and a.target == b.target:
        if a.date == b.date:
            return "agree", f"both {a.date}"
        if a.date.holds(b.date) or b.date.holds(a.date):
            return "differ in precision", f"{a.date} beside {b.date}"
        if not a.date.overlaps(b.date):
            return "contradict", f"{a.date} beside {b.date}"
        return "differ in precision", f"{a.date} beside {b.date}"
    return "complement", ""


def _compare_numbers(a: Claim, b: Claim) -> tuple[str, str]:
    how = f"{_words(a)} beside {_words(b)}"
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
    return " ".join(filter(None, (claim.option("op"), claim.value, claim.unit.replace("_", " "))))


def cause(claim: Claim, evidence: Evidence) -> Verdict:
    """A cause against the attribution of the change: does the dyad's own part carry the fall?

    Target: ``COL>VEN``; options: ``episodes`` (``2008-2010|2012-2020``). An episode supports
    the claim where the dyad's own part is negative, at least half of the fall, and outside
    the placebos (share up to 5%). All episodes supporting confirms; some makes the claim
    imprecise, since it holds for part of the story; none contradicts it.
    """
    exporter, _, importer = (part.strip() for part in claim.target.partition(">"))
    wanted = claim.option("episodes").split("|")
    rows = [r for r in evidence.findings if (r["exporter"], r["importer"]) == (exporter, importer)]
    chosen = []
    for name in wanted:
        years = tuple(int(y) for y in name.split("-"))
        match = [r for r in rows if (int(r["from_year"]), int(r["to_year"])) == years]
        if match:
            chosen.append(match[0])
    if len(chosen) < len(wanted):
        return not_checkable("The attribution of these episodes was not handed to the record.", "cause")
    if any(row["placebo_share"] is None or row["dyad_part"] is None for row in chosen):
        return not_checkable("The attribution came without placebos or without a dyad part.", "cause")
    support = [_supports(row) for row in chosen]
    text = "; ".join(_finding(row) for row in chosen)
    held = [name for name, yes in zip(wanted, support) if yes]
    failed = [name for name, yes in zip(wanted, support) if not yes]
    word = "confirmed" if not failed else "imprecise" if held else "contradicted"
    parts = []
    if held:
        parts.append(f"supported for {' and '.join(held)}")
    if failed:
        parts.append(f"not supported for {' and '.join(failed)}")
    reason = f"The dyad's own part, beyond what both economies did with everyone else: {'; '.join(parts)}."
    return Verdict(
        word,
        text,
        split_sources(claim),
        f"{len(held)} of {len(wanted)} episodes",
        "cause: attribution",
        reason,
    )


def _supports(row: Mapping[str, Any]) -> bool:
    part, change = float(row["dyad_part"]), float(row["log_change"])
    return change < 0 and part < 0 and part / change >= 0.5 and float(row["placebo_share"]) <= RARE


def _finding(row: Mapping[str, Any]) -> str:
    change, part, share = (float(row[name]) for name in ("log_change", "dyad_part", "placebo_share"))
    return (
        f"{row['exporter']} to {row['importer']} {row['from_year']}-{row['to_year']}: change {change:+.2f}, "
        f"dyad's own part {part:+.2f} log points, placebo share {share:.3f}"
    )


def split_sources(claim: Claim) -> tuple[str, ...]:
    """Source ids that the claim's options name for findings computed outside the record."""
    return tuple(split_list(claim.option("panel_source").replace("|", ";")))
