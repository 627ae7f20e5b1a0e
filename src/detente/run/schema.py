"""What a table of a run is: its columns with name, type, unit and meaning, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from detente._notebook import as_html
from detente.errors import DataError, first_five, how_many
from detente.outlook.score_card import ScoreCard
from detente.panel import Panel
from detente.record import Ledger
from detente.study.study import Study

Kind = Literal["text", "whole", "number", "flag"]
TYPES: Mapping[Kind, type[pl.DataType]] = {
    "text": pl.String, "whole": pl.Int64, "number": pl.Float64, "flag": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : as it stands in frames, CSV files and ``results.json``.
    type : ``text``, ``whole`` (a whole number), ``number`` or ``flag`` (true or false).
    meaning : one phrase for a reader.
    unit : ``US$ million``, ``log points``, ``percent``, ``share`` ...; empty where there is none.
    sentence : whether its cells are sentences, which a run can say in other languages too.
    added : whether it came when runs of the present schema had been written: empty where a run lacks it.
    """

    name: str
    type: Kind
    meaning: str
    unit: str = ""
    sentence: bool = False
    added: bool = False

    @property
    def dtype(self) -> type[pl.DataType]:
        return TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Computed:
    """What a run has at hand when a table is made: its inputs, and the tables that come before it.

    Attributes
    ----------
    study, panel, ledger : what was run, on which flows (None where a study has no panel), with which record.
    frames : tables by name: those of the run's stages, then those made so far, in the order of ``run/tables.py``.
    quick : whether placebos and draws are skipped.
    seed : for whatever draws.
    """

    study: Study
    panel: Panel | None
    ledger: Ledger
    frames: Mapping[str, pl.DataFrame]
    quick: bool
    seed: int


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One kind of table of a run.

    Attributes
    ----------
    name : the table's name: ``run.<name>``, ``<name>.csv``.
    meaning : what a row is, in one or two sentences.
    columns : in their order.
    make : from what a run has computed so far to the table's rows; None where a stage of the run makes it.
    more : whether further columns may follow, as in the record's own files.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    make: Callable[[Computed], pl.DataFrame] | None = None
    more: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The columns whose cells are sentences."""
        return tuple(c.name for c in self.columns if c.sentence)

    def dtypes(self) -> dict[str, type[pl.DataType]]:
        return {c.name: c.dtype for c in self.columns}

    def empty(self) -> pl.DataFrame:
        """The table without rows, with the types it always has."""
        return pl.DataFrame(schema=self.dtypes())

    def of_rows(self, rows: Iterable[Any]) -> pl.DataFrame:
        """The table from rows: mappings (an absent column is empty) or tuples in the columns' order."""
        rows = list(rows)
        if rows and isinstance(rows[0], Mapping):
            rows = [tuple(row.get(name) for name in self.names) for row in rows]
        return pl.DataFrame(rows, schema=self.dtypes(), orient="row")

    def fitted(self, frame: pl.DataFrame, *, fill: bool = False) -> pl.DataFrame:
        """``frame`` with these columns, in this order and of these types.

        Parameters
        ----------
        fill : take a column that the frame lacks as empty, as for a run of an earlier version.

        Raises
        ------
        DataError
            A column is absent, or holds what its type does not allow.
        """
        absent = [c for c in self.columns if c.name not in frame.columns]
        if not fill and (needed := [c.name for c in absent if not c.added]):
            raise DataError(f"The table '{self.name}' lacks the columns {first_five(needed)}.")
        kept = [*self.names, *(c for c in frame.columns if self.more and c not in self.names)]
        if absent or frame.columns != kept:
            frame = frame.with_columns(pl.lit(None, c.dtype).alias(c.name) for c in absent).select(kept)
        held = frame.schema
        wrong = {c.name: c.dtype for c in self.columns if held[c.name] != c.dtype}
        if not wrong:
            return frame
        try:
            return frame.with_columns(pl.col(name).cast(dtype) for name, dtype in wrong.items())
        except pl.exceptions.PolarsError as error:
            raise DataError(f"The table '{self.name}' holds what its columns do not allow: {error}.") from None


@dataclass(frozen=True, slots=True, repr=False)
class RunTable:
    """One table of a run, by name."""

    name: str
    frame: pl.DataFrame

    @property
    def schema(self) -> TableSchema:
        """What its columns are."""
        return schema_of(self.name)

    def to_frame(self) -> pl.DataFrame:
        """The rows as a polars frame."""
        return self.frame

    def summary(self) -> str:
        """Name, number of rows and columns."""
        return f"{self.name}: {how_many(self.frame.height, 'row')}, columns {', '.join(self.frame.columns)}"

    def __len__(self) -> int:
        return self.frame.height

    def _repr_html_(self) -> str:
        """In a notebook: its size and its first rows."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        return f"RunTable({self.summary()})"


_REGISTRY: dict[str, TableSchema] = {}


def register(schema: TableSchema) -> TableSchema:
    """Make a kind of table part of every run from now on: written, read, exported and documented like the others.

    Raises
    ------
    DataError
        Another table has the name, or a column appears twice.
    """
    if schema.name in _REGISTRY:
        raise DataError(f"There is already a table '{schema.name}'.", fix="Give the new one another name.")
    twice = {name for name in schema.names if schema.names.count(name) > 1}
    if twice:
        raise DataError(f"The table '{schema.name}' has the columns {first_five(sorted(twice))} twice.")
    _REGISTRY[schema.name] = schema
    return schema


def forget(name: str) -> None:
    """Take a table out of the registry again; what was not there stays away."""
    _REGISTRY.pop(name, None)


def registered() -> Iterator[TableSchema]:
    """Every kind of table of a run, in order."""
    return iter(tuple(_REGISTRY.values()))


def schema_of(name: str) -> TableSchema:
    """A table's schema by its name.

    Raises
    ------
    DataError
        There is no such table.
    """
    if name not in _REGISTRY:
        raise DataError(f"A run has no table '{name}'.", fix=f"It has: {', '.join(_REGISTRY)}.")
    return _REGISTRY[name]


def text(name: str, meaning: str, *, sentence: bool = False) -> Column:
    return Column(name, "text", meaning, sentence=sentence)


def whole(name: str, meaning: str, unit: str = "", *, added: bool = False) -> Column:
    return Column(name, "whole", meaning, unit, added=added)


def number(name: str, meaning: str, unit: str = "", *, added: bool = False) -> Column:
    return Column(name, "number", meaning, unit, added=added)


def gain(meaning: str) -> tuple[Column, ...]:
    """The columns of what scored forecasts gain over a naive one: ``skill_pct`` and its 5% and 95% points."""
    return (
        number("skill_pct", meaning, "percent"),
        number("skill_low", "5% point of the gain", "percent"),
        number("skill_high", "95% point of the gain", "percent"),
    )


def gained(card: ScoreCard) -> dict[str, float | None]:
    """The cells of :func:`gain` from a score card."""
    return {"skill_pct": card.skill_pct, "skill_low": card.low, "skill_high": card.high}


def flag(name: str, meaning: str) -> Column:
    return Column(name, "flag", meaning)


DIRECTION = (text("origin", "where the flow begins"), text("destination", "where it ends"))
"""The two columns that name a direction."""
EPISODE = text("episode", "id of the episode in `study.toml`")
BASE = (whole("base_from", "first of the years that fix what is normal"), whole("base_to", "last of them"))
YEAR = whole("year", "calendar year")


def directed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with ``origin`` and ``destination`` where it had exporter and importer, alone or within a name."""
    names = {"exporter": "origin", "importer": "destination"}
    new = {f"{old}{rest}": f"{now}{rest}" for old, now in names.items() for rest in ("", "_others")}
    return frame.rename({old: now for old, now in new.items() if old in frame.columns})
