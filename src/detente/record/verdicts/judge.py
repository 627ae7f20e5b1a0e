"""From a claim to its verdict: one pure function per kind of test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from detente.language import Text
from detente.record.rows import Claim
from detente.record.verdicts import agreement, changes, events, quantities
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.verdict import Verdict, not_checkable

if TYPE_CHECKING:
    import polars as pl

    from detente.record.ledger import Ledger

RULES: dict[str, Callable[[Claim, Evidence], Verdict]] = {
    "quantity": quantities.quantity,
    "change": changes.change,
    "extreme": changes.extreme,
    "event": events.event,
    "state": events.state,
    "duration": events.duration,
    "count": events.count,
    "prediction": events.prediction,
    "agreement": agreement.agreement,
    "cause": agreement.cause,
}


def judge(claim: Claim, evidence: Evidence) -> Verdict:
    """The verdict on one claim.

    The claim row says what to compare, this code compares; no verdict is ever read.
    """
    if not claim.test:
        return not_checkable(claim.why_not or Text("reason.untested"))
    verdict = RULES[claim.test](claim, evidence)
    return verdict.because(Text("reason.read_as", reason=verdict.reason, note=claim.note)) if claim.note else verdict


def verdict_table(ledger: Ledger, findings: Iterable[Mapping[str, Any]] = ()) -> pl.DataFrame:
    """Verdicts on all claims, with the columns of ``claims`` in ``docs/results.md``."""
    return verdict_frame(verdict_rows(ledger, findings))


def verdict_frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    """The rows of :func:`verdict_rows` as a frame."""
    import polars as pl

    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def verdict_rows(ledger: Ledger, findings: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, str]]:
    """One row a claim, its own and the verdict's words as texts for any language."""
    evidence = Evidence(ledger, findings)
    rows = []
    for row in ledger.claims.iter_rows(named=True):
        claim = Claim.from_row(row)
        verdict = judge(claim, evidence)
        rows.append(
            {
                "claim_id": claim.id,
                "source_id": claim.source_id,
                "source_title": evidence.dependence.sources[claim.source_id].title,
                "paragraph": claim.paragraph,
                "claim": claim.text,
                "type": claim.type,
                "subsystem": claim.subsystem,
                "attributed_to": claim.attributed_to,
                "test": claim.test,
                "verdict": verdict.verdict,
                "evidence": verdict.evidence,
                "evidence_source_ids": ";".join(verdict.evidence_source_ids),
                "difference": verdict.difference,
                "rule": verdict.rule,
                "reason": verdict.reason,
            }
        )
    return rows


COLUMNS = (
    *("claim_id", "source_id", "source_title", "paragraph", "claim", "type", "subsystem", "attributed_to"),
    *("test", "verdict", "evidence", "evidence_source_ids", "difference", "rule", "reason"),
)
