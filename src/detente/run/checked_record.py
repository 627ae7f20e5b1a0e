"""What the record's own claims, figures and articles come to: tables, and the texts in them for any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import polars as pl

from detente.language import own
from detente.record import Ledger
from detente.record.schema import TABLES as RECORD
from detente.record.verdicts.articles import article_rows
from detente.record.verdicts.judge import verdict_frame, verdict_rows
from detente.record.verdicts.reconciling.conflicts import conflict_frame, conflict_rows
from detente.record.verdicts.verdict import MARKS
from detente.run.schema import Column, TableSchema, number, text

CLAIMS = TableSchema(
    "claims",
    "One row a claim of the record, with the verdict on it.",
    (
        text("claim_id", "which claim"),
        text("source_id", "who made it"),
        text("source_title", "title of that source"),
        text("paragraph", "where in the source it stands"),
        text("claim", "the claim in the study's own words", sentence=True),
        text("type", "kind of claim"),
        text("subsystem", "part of the relation it is about"),
        text("attributed_to", "whom the source names for it"),
        text("test", "the comparison the claim row asks for; empty when none is possible"),
        text("verdict", "its word: confirmed, contradicted and the others of the study format's table of verdicts"),
        text("evidence", "the figure, event or state it was compared with, with unit and date", sentence=True),
        text("evidence_source_ids", "where that evidence comes from; never the claim's own source"),
        text("difference", "claim against evidence, with unit", sentence=True),
        text("rule", "the rule that gave the verdict", sentence=True),
        text("reason", "one sentence for a reader", sentence=True),
        text("marks", f"what sets the check apart: {', '.join(MARKS)}; empty for none"),
    ),
)
CONFLICTS = TableSchema(
    "conflicts",
    "Figures of one series and period that disagree with the preferred one, with the explanations that fit. "
    "Nothing is averaged.",
    (
        text("series", "which series"),
        text("period", "which period"),
        text("figure_id", "the figure that disagrees"),
        number("value", "its value, in `unit`"),
        text("unit", "of both values"),
        text("basis", "how the figure was valued"),
        text("source_id", "who published it"),
        text("against_id", "the preferred figure"),
        number("against", "its value, in `unit`"),
        number("gap_pct", "the figure against the preferred one", "percent"),
        text("explanation", "the best explanation, or `none found`"),
        text("arithmetic", "how that explanation turns one figure into the other", sentence=True),
        number("misfit", "what the explanation leaves, relative; 0 is exact", "share"),
        text("other", "further explanations that fit"),
    ),
)
ARTICLES = TableSchema(
    "articles",
    "Claims of two sources side by side.",
    (
        text("first", "one source"),
        text("second", "the other source"),
        text("subsystem", "part of the relation"),
        text("claim_a", "the first source's claim; empty where only the second speaks to it"),
        text("claim_b", "the second source's claim; empty where only the first speaks to it"),
        text(
            "relation",
            "agree, agree within rounding, differ in precision, complement, contradict, only the first, only the second",
        ),
        text("how", "what the two say, beside each other", sentence=True),
    ),
)
_AS_WRITTEN = "as in [study format](study-format.md)"
_NUMBERS = {"figures": ("value", "low", "high"), "forecasts": ("low", "high")}
_WHOLE = {"events": "severity", "figures": "preferred"}
_SENTENCES = {"events": "title", "forecasts": "target"}
_SCORE = (
    number("outcome", "what came, in the forecast's unit; computed from the figures named, never typed"),
    number("error", "mid-point of the forecast, or its bound, less the outcome"),
    number("ratio", "mid-point or bound over the outcome"),
    text("result", "hit, near, miss or pending"),
)


def _own(name: str, meaning: str, *score: Column) -> TableSchema:
    """A file of the record as a table: its columns are those of the record's own schema, and more may follow."""
    columns = [
        Column(
            column,
            "number" if column in _NUMBERS.get(name, ()) else "whole" if column == _WHOLE.get(name) else "text",
            _AS_WRITTEN,
            sentence=column == _SENTENCES.get(name),
        )
        for column in RECORD[name].allowed
    ]
    return TableSchema(name, meaning, (*columns, *score), make=lambda run: _rows(run.ledger, name), more=True)


def _rows(ledger: Ledger, name: str) -> pl.DataFrame:
    """The record keeps text; readers of a run get a coded column as integers."""
    if name == "forecasts":
        return ledger.scoreboard()
    frame: pl.DataFrame = getattr(ledger, name)
    coded = _WHOLE.get(name)
    return frame if coded is None else frame.with_columns(pl.col(coded).cast(pl.Float64).cast(pl.Int64))


EVENTS = _own("events", "The record's events, with the states they set.")
FIGURES = _own("figures", "The record's figures.")
FORECASTS = _own("forecasts", "The record's forecasts, with their score.", *_SCORE)
SOURCES = _own("sources", "The record's sources.")


@dataclass(frozen=True, slots=True)
class CheckedRecord:
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


def check_record(ledger: Ledger, findings: Iterable[Mapping[str, Any]]) -> CheckedRecord:
    """Judge all claims and compare all figures and articles of a record.

    Parameters
    ----------
    findings : iterable of mappings
        Rows of the attribution table, for claims about causes.
    """
    verdicts, conflicts, pairs = verdict_rows(ledger, findings), conflict_rows(ledger), _pairs(ledger)
    titles = [own(row, "title") for row in ledger.events.iter_rows(named=True)]
    texts = (verdicts, conflicts, pairs, titles)
    return CheckedRecord(verdict_frame(verdicts), conflict_frame(conflicts), ARTICLES.of_rows(pairs), texts)


def _pairs(ledger: Ledger) -> list[tuple[str, ...]]:
    """Every two sources whose claims are on record, side by side."""
    names = ledger.claims["source_id"].unique(maintain_order=True)
    return [(a, b, *row) for a, b in combinations(names, 2) for row in article_rows(ledger, a, b)]
