"""The ledger: sources, events, figures, claims and forecasts of one record, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from detente._atomic import settle_around
from detente.errors import Problem, RecordError
from detente.record.as_of import as_of, diff
from detente.record.check import check_tables
from detente.record.frames import Frames
from detente.record.reading import once, read_table
from detente.record.schema import TABLES
from detente.record.states import build_states
from detente.record.states.vocabulary import Vocabulary, vocabulary_of
from detente.record.verdicts.articles import compare_articles
from detente.record.verdicts.claim_test import check_claims
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.independence.organisations import organisations_of
from detente.record.verdicts.judge import judge, verdict_table
from detente.record.verdicts.reconciling.conflicts import conflicts
from detente.record.verdicts.scoreboard import scoreboard
from detente.record.verdicts.verdict import Verdict


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ledger(Frames):
    """One record, read and checked.

    Attributes
    ----------
    sources, events, figures, claims, forecasts : polars.DataFrame
        The rows of the files, columns as in ``docs/study-format.md``. Text throughout,
        except ``value``, ``low`` and ``high`` of figures and ``low`` and ``high`` of
        forecasts (Float64). Claims keep ``value`` as written: its digits matter.
    folder : str
        Where it was read from.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> head = "source_id,title,publisher,date,kind"
    >>> _ = (folder / "sources.csv").write_text(head + chr(10) + "S1,A report,An office,2020,official")
    >>> _ = (folder / "events.csv").write_text("event_id,date,title,kind,direction,source_ids")
    >>> head = "figure_id,series,period,value,unit,basis,kind,status,source_id" + chr(10)
    >>> _ = (folder / "series.csv").write_text(head + "T1,trade.total,2019,240,usd_mn,fob,flow,reported,S1")
    >>> Ledger.read(folder).figure("T1").value
    240.0
    """

    @classmethod
    def read(cls, folder: str | Path, *, vocabulary: Vocabulary | None = None) -> Ledger:
        """Read and check a record folder.

        Raises
        ------
        RecordError
            With every problem of every file.
        """
        tables, problems = _read_all(Path(folder), vocabulary)
        if problems:
            raise RecordError(problems)
        return cls(**_typed(tables), folder=str(folder))

    @classmethod
    def check(cls, folder: str | Path, *, vocabulary: Vocabulary | None = None) -> list[Problem]:
        """Every problem of a record folder; an empty list when there is none."""
        return _read_all(Path(folder), vocabulary)[1]

    def verdict(self, claim_id: str, findings: Iterable[Mapping[str, Any]] = ()) -> Verdict:
        """The verdict on one claim."""
        return judge(self.claim(claim_id), Evidence.of(self, findings))

    def verdicts(self, findings: Iterable[Mapping[str, Any]] = ()) -> pl.DataFrame:
        """The verdict on every claim: the ``claims`` table of ``docs/results.md``.

        Parameters
        ----------
        findings : iterable of mappings
            Rows of the ``attribution`` table, handed in for claims about causes.
        """
        return verdict_table(self, findings)

    def as_of(self, day: str | date, *, known_by: str | date | None = None) -> Ledger:
        """The record as it stood on a day: what had happened, from what was published.

        Parameters
        ----------
        day : str or date
            Events in effect or announced by then, and figures whose period had ended.
        known_by : str or date, optional
            Only from sources published by then (default: ``day``). Sources without a
            date are left out.
        """
        return as_of(self, day, known_by)

    def diff(self, a: str | date, b: str | date) -> pl.DataFrame:
        """Rows known on ``b`` and not on ``a``: columns table, id, what."""
        return diff(self, a, b)

    def conflicts(self) -> pl.DataFrame:
        """Figures that disagree, each with its best explanation; never averaged."""
        return conflicts(self)

    def scoreboard(self) -> pl.DataFrame:
        """The forecasts with the columns outcome, error, ratio and result."""
        return scoreboard(self)

    def compare_articles(self, first: str, second: str) -> pl.DataFrame:
        """Claims of two sources side by side: agree, differ, complement or contradict."""
        return compare_articles(self, first, second)


def _read_all(folder: Path, vocabulary: Vocabulary | None) -> tuple[dict[str, pl.DataFrame], list[Problem]]:
    if not folder.is_dir():
        return {}, [Problem(str(folder), None, None, "There is no such folder.", "Give the record's folder.")]
    settle_around(folder)
    own, problems = vocabulary_of(folder)
    problems += organisations_of(folder)[1]
    vocabulary = vocabulary or own
    tables = {}
    for name, table in TABLES.items():
        tables[name], found = read_table(folder / table.file, table)
        problems += found
    unreadable = {p.file for p in problems}
    problems += [p for p in check_tables(tables, vocabulary) if not _follows(p, unreadable)]
    if not problems:
        problems += once(_contradictions, tables["events"])
    if not problems and not tables["claims"].is_empty():
        problems += check_claims(tables)
    return tables, problems


def _contradictions(events: pl.DataFrame) -> list[Problem]:
    return build_states(events)[1]


def _follows(problem: Problem, unreadable: set[str]) -> bool:
    """A link into a file that could not be read is no second problem."""
    return any(f"Add it to {file}" in problem.fix for file in unreadable)


def _typed(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    numbers = {"figures": ("value", "low", "high"), "forecasts": ("low", "high")}
    return {
        name: frame.with_columns(pl.col(c).cast(pl.Float64) for c in numbers.get(name, ()))
        for name, frame in tables.items()
    }
