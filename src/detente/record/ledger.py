"""The ledger: sources, events, figures, claims and forecasts of one record, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import Problem, RecordError, UnknownColumn, did_you_mean
from detente.record.check import check_tables
from detente.record.period import Period
from detente.record.reading import read_table
from detente.record.rows import Claim, Event, Figure, Source
from detente.record.schema import TABLES
from detente.record.states import States, build_states
from detente.record.vocabulary import Vocabulary, vocabulary_of

if TYPE_CHECKING:
    import polars as pl

    from detente.record.verdicts.verdict import Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
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

    sources: pl.DataFrame
    events: pl.DataFrame
    figures: pl.DataFrame
    claims: pl.DataFrame
    forecasts: pl.DataFrame
    folder: str = ""

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

    def source(self, source_id: str) -> Source:
        """One source by id."""
        return Source.from_row(self._row("sources", source_id))

    def event(self, event_id: str) -> Event:
        """One event by id."""
        return Event.from_row(self._row("events", event_id))

    def figure(self, figure_id: str) -> Figure:
        """One figure by id."""
        return Figure.from_row(self._row("figures", figure_id))

    def claim(self, claim_id: str) -> Claim:
        """One claim by id."""
        return Claim.from_row(self._row("claims", claim_id))

    def states(self) -> States:
        """States of the dyad by day."""
        return build_states(self.events)[0]

    def verdict(self, claim_id: str, findings: Iterable[Mapping[str, Any]] = ()) -> Verdict:
        """The verdict on one claim."""
        from detente.record.verdicts.evidence import Evidence
        from detente.record.verdicts.judge import judge

        return judge(self.claim(claim_id), Evidence(self, findings))

    def verdicts(self, findings: Iterable[Mapping[str, Any]] = ()) -> pl.DataFrame:
        """The verdict on every claim: the ``claims`` table of ``docs/results.md``.

        Parameters
        ----------
        findings : iterable of mappings
            Rows of the ``attribution`` table, handed in for claims about causes.
        """
        from detente.record.verdicts.judge import verdict_table

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
        from detente.record.as_of import as_of

        return as_of(self, day, known_by)

    def diff(self, a: str | date, b: str | date) -> pl.DataFrame:
        """Rows known on ``b`` and not on ``a``: columns table, id, what."""
        from detente.record.as_of import diff

        return diff(self, a, b)

    def conflicts(self) -> pl.DataFrame:
        """Figures that disagree, each with its best explanation; never averaged."""
        from detente.record.verdicts.conflicts import conflicts

        return conflicts(self)

    def scoreboard(self) -> pl.DataFrame:
        """The forecasts with the columns outcome, error, ratio and result."""
        from detente.record.verdicts.scoreboard import scoreboard

        return scoreboard(self)

    def compare_articles(self, first: str, second: str) -> pl.DataFrame:
        """Claims of two sources side by side: agree, differ, complement or contradict."""
        from detente.record.verdicts.articles import compare_articles

        return compare_articles(self, first, second)

    def __repr__(self) -> str:
        counts = ", ".join(f"{getattr(self, name).height} {name}" for name in TABLES)
        return f"Ledger({counts})"

    def _row(self, name: str, key: str) -> dict[str, Any]:
        frame = getattr(self, name)
        found = frame.filter(frame[TABLES[name].key] == key)
        if found.is_empty():
            raise UnknownColumn(
                f"There is no row '{key}' in {TABLES[name].file}.{did_you_mean(key, frame[TABLES[name].key])}"
            )
        return found.row(0, named=True)


def spans(cells: pl.Series) -> pl.DataFrame:
    """Columns ``first`` and ``last`` (Date) of a column of periods; null stays null."""
    import polars as pl

    distinct = cells.drop_nulls().unique()
    periods = [Period.parse(text) for text in distinct]
    table = pl.DataFrame(
        {"cell": distinct, "first": [p.first for p in periods], "last": [p.last for p in periods]},
        schema={"cell": pl.String, "first": pl.Date, "last": pl.Date},
    )
    return cells.rename("cell").to_frame().join(table, on="cell", how="left", maintain_order="left").drop("cell")


def _read_all(folder: Path, vocabulary: Vocabulary | None) -> tuple[dict[str, pl.DataFrame], list[Problem]]:
    if not folder.is_dir():
        return {}, [Problem(str(folder), None, None, "There is no such folder.", "Give the record's folder.")]
    own, problems = vocabulary_of(folder)
    vocabulary = vocabulary or own
    tables = {}
    for name, table in TABLES.items():
        tables[name], found = read_table(folder / table.file, table)
        problems += found
    unreadable = {p.file for p in problems}
    problems += [p for p in check_tables(tables, vocabulary) if not _follows(p, unreadable)]
    if not problems:
        problems += build_states(tables["events"])[1]
    if not problems and not tables["claims"].is_empty():
        from detente.record.verdicts.options import check_targets

        problems += check_targets(tables)
    return tables, problems


def _follows(problem: Problem, unreadable: set[str]) -> bool:
    """A link into a file that could not be read is no second problem."""
    return any(f"Add it to {file}" in problem.fix for file in unreadable)


def _typed(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    import polars as pl

    numbers = {"figures": ("value", "low", "high"), "forecasts": ("low", "high")}
    return {
        name: frame.with_columns(pl.col(c).cast(pl.Float64) for c in numbers.get(name, ()))
        for name, frame in tables.items()
    }
