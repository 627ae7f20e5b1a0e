"""From a claim to its verdict: one pure function per kind of test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from detente.language import Text
from detente.record.frames import Frames
from detente.record.rows import Claim
from detente.record.schema import TESTS
from detente.record.verdicts import kinds
from detente.record.verdicts.claim_test import ClaimTest
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.verdict import VERDICTS, Verdict, not_checkable

COLUMNS: dict[str, pl.DataType] = dict.fromkeys(
    (
        *("claim_id", "source_id", "source_title", "paragraph", "claim", "type", "subsystem", "attributed_to"),
        *("test", "verdict", "evidence", "evidence_source_ids", "difference", "rule", "reason", "marks"),
    ),
    pl.String(),
)
"""Columns of the ``claims`` table with their types, in order."""
REGISTERED = kinds.MODULES


def judge(claim: Claim, evidence: Evidence) -> Verdict:
    """The verdict on one claim.

    The claim row says what to compare, this code compares; no verdict is ever read.
    """
    if not claim.test:
        return not_checkable(claim.why_not or Text("reason.untested"))
    test: ClaimTest = TESTS[claim.test]
    verdict = test.rule(claim, evidence)
    if claim.option("mark") and verdict.verdict not in ("not checkable", "outcome pending"):
        verdict = verdict.marked(*claim.option("mark").split("|"))
    return verdict.because(Text("reason.read_as", reason=verdict.reason, note=claim.note)) if claim.note else verdict


def verdict_table(ledger: Frames, findings: Iterable[Mapping[str, Any]] = ()) -> pl.DataFrame:
    """Verdicts on all claims, with the columns of ``claims`` in ``docs/results.md``."""
    return verdict_frame(verdict_rows(ledger, findings))


def verdict_frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    """The rows of :func:`verdict_rows` as a frame."""
    return pl.DataFrame(rows, schema=COLUMNS)


def verdict_rows(ledger: Frames, findings: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, str]]:
    """One row a claim, its own and the verdict's words as texts for any language."""
    evidence = Evidence.of(ledger, findings)
    return [_row(claim, evidence) for claim in map(Claim.from_row, ledger.claims.iter_rows(named=True))]


def _row(claim: Claim, evidence: Evidence) -> dict[str, str]:
    verdict = judge(claim, evidence)
    return {
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
        "marks": ";".join(verdict.marks),
    }


INDEPENDENT = "independently confirmed"
"""What a claim counts as that holds by a check without a mark."""
SOFT = "confirmed, not independently"
"""What a claim counts as that holds by a check with a mark (:data:`detente.record.verdicts.verdict.MARKS`)."""


def standing(verdict: str, marks: str) -> str:
    """What a verdict counts as: a confirmation without a mark is independent, one with a mark is told apart.

    Examples
    --------
    >>> standing("confirmed within rounding", ""), standing("confirmed", "hindsight"), standing("imprecise", "")
    ('independently confirmed', 'confirmed, not independently', 'imprecise')
    """
    if not VERDICTS[verdict].holds:
        return verdict
    return SOFT if marks else INDEPENDENT


def tally(claims: pl.DataFrame) -> dict[str, int]:
    """How many claims count as what, in the order of the vocabulary; remarks on an article's form are left out.

    Parameters
    ----------
    claims : polars.DataFrame
        The table of :func:`verdict_table`; one of an older run without ``marks`` counts as unmarked.
    """
    examined = claims.filter(pl.col("type") != "form")
    marks = examined["marks"].fill_null("") if "marks" in examined.columns else [""] * examined.height
    counted = [standing(verdict, mark) for verdict, mark in zip(examined["verdict"], marks)]
    order = dict.fromkeys(
        s for word in VERDICTS for s in ((standing(word, ""), SOFT) if VERDICTS[word].holds else (word,))
    )
    return {name: counted.count(name) for name in order if name in counted}
