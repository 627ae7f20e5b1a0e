"""What the record's own claims, figures and articles come to: tables, and the texts in them for any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from detente.language import own

if TYPE_CHECKING:
    import polars as pl

    from detente.record import Ledger


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts, conflicts of figures and articles side by side.

    Attributes
    ----------
    claims, conflicts, articles : polars.DataFrame
        The tables of ``docs/results.md``.
    texts : tuple
        Their rows, and the titles of the events, as texts for any language.
    """

    claims: pl.DataFrame
    conflicts: pl.DataFrame
    articles: pl.DataFrame
    texts: tuple[Any, ...]


def judged(ledger: Ledger, findings: Iterable[Mapping[str, Any]]) -> Judged:
    """Judge all claims and compare all figures and articles of a record.

    Parameters
    ----------
    findings : iterable of mappings
        Rows of the attribution table, for claims about causes.
    """
    from detente.record.verdicts.conflicts import conflict_frame, conflict_rows
    from detente.record.verdicts.judge import verdict_frame, verdict_rows

    verdicts, conflicts, pairs = verdict_rows(ledger, findings), conflict_rows(ledger), _pairs(ledger)
    titles = [own(row, "title") for row in ledger.events.iter_rows(named=True)]
    texts = (verdicts, conflicts, pairs, titles)
    return Judged(verdict_frame(verdicts), conflict_frame(conflicts), _frame(pairs), texts)


def _pairs(ledger: Ledger) -> list[tuple[str, ...]]:
    """Every two sources whose claims are on record, side by side."""
    from detente.record.verdicts.articles import article_rows

    names = ledger.claims["source_id"].unique(maintain_order=True)
    return [(a, b, *row) for a, b in combinations(names, 2) for row in article_rows(ledger, a, b)]


def _frame(pairs: list[tuple[str, ...]]) -> pl.DataFrame:
    import polars as pl

    from detente.run.tables import COLUMNS

    return pl.DataFrame(pairs, schema=dict.fromkeys(COLUMNS["articles"], pl.String), orient="row")
