"""The verdict on a cause, from the attribution of the change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from detente.language import Joined, Number, Text
from detente.record.reading import split_list
from detente.record.rows import Claim
from detente.record.verdicts.claim_test import ClaimTest, Issue, Known, anything, register
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.verdict import Verdict, not_checkable

RARE = 0.05
"""Placebo share up to which a fall is outside what comparable pairs show."""
_EPISODES = re.compile(r"\d{4}-\d{4}(\|\d{4}-\d{4})*")
ENDS = (("origin", "exporter"), ("destination", "importer"))
"""What the attribution table calls the two ends of a flow, now and in runs of an older schema."""


def cause(claim: Claim, evidence: Evidence) -> Verdict:
    """A cause against the attribution of the change: does the pair-specific component carry the fall?

    Target: ``CAN>USA``; options: ``episodes`` (``2008-2010|2012-2020``). An episode supports
    the claim where the pair-specific component is negative, at least half of the fall, and
    outside the placebos (share up to 5%). Of a fall to a recorded zero both are bounds: the
    component is at most the one given, so its part of the fall is at least the one computed.
    All episodes supporting confirms; some makes the claim imprecise, since it holds for part
    of the story; none contradicts it.
    """
    origin, _, destination = (part.strip() for part in claim.target.partition(">"))
    wanted = claim.option("episodes").split("|")
    rows = [r for r in evidence.findings if (_end(r, 0), _end(r, 1)) == (origin, destination)]
    chosen = []
    for name in wanted:
        years = tuple(int(y) for y in name.split("-"))
        chosen += [r for r in rows if (int(r["from_year"]), int(r["to_year"])) == years][:1]
    if len(chosen) < len(wanted):
        return not_checkable(Text("reason.no_attribution"), Text("word.cause"))
    if any(row["placebo_share"] is None or row["dyad_part"] is None for row in chosen):
        return not_checkable(Text("reason.no_placebos"), Text("word.cause"))
    support = [_supports(row) for row in chosen]
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
    text = Joined("; ", parts=map(_finding, chosen))
    return Verdict(word, text, _sources(claim), share, Text("rule.cause_attribution"), reason)


def _end(row: Mapping[str, Any], which: int) -> str:
    new, old = ENDS[which]
    return row[new] if new in row else row[old]


def _supports(row: Mapping[str, Any]) -> bool:
    part, change, _ = _parts(row)
    return change < 0 and part < 0 and part / change >= 0.5 and float(row["placebo_share"]) <= RARE


def _parts(row: Mapping[str, Any]) -> tuple[float, float, bool]:
    """Pair-specific component and whole change in log points, and whether they are upper bounds: a fall to zero."""
    part = float(row["dyad_part"])
    if row["log_change"] is None:
        return part, part + float(row["supply_demand_part"]), True
    return part, float(row["log_change"]), False


def _finding(row: Mapping[str, Any]) -> str:
    (part, change, bound), share = _parts(row), float(row["placebo_share"])
    return Text(
        "evidence.finding_to_zero" if bound else "evidence.finding", exporter=_end(row, 0), importer=_end(row, 1), start=row["from_year"],
        end=row["to_year"], change=Number(f"{change:+.2f}"), part=Number(f"{part:+.2f}"),
        share=Number(f"{share:.3f}"),
    )  # fmt: skip


def _sources(claim: Claim) -> tuple[str, ...]:
    """Source ids that the claim's options name for findings computed outside the record."""
    return tuple(split_list(claim.option("panel_source").replace("|", ";")))


def _target(claim: Claim, known: Known) -> Iterator[Issue]:
    if not re.fullmatch(r"[A-Z]{3}>[A-Z]{3}", claim.target):
        yield "target", f"'{claim.target}' does not read as ORIGIN>DESTINATION.", "For example CAN>USA."


def _more(claim: Claim) -> Iterator[Issue]:
    if not _EPISODES.fullmatch(claim.option("episodes")):
        what = f"'{claim.option('episodes')}' does not read as episodes."
        yield "options", what, "For example 2008-2010|2012-2020."


register(
    ClaimTest(
        "cause", cause, target=_target, options={"episodes": anything, "panel_source": anything}, more=_more,
    )
)  # fmt: skip
