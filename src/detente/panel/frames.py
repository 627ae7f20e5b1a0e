"""The edge: any data frame or file in, the same kind of frame out.

Inside, columns are polars series and numpy arrays. A path gives polars back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from detente.data.tables.any_file import read_file
from detente.data.tables.streams import Stream, stream_of
from detente.errors import DataError, UnknownColumn, first_five
from detente.language import Text


@dataclass(frozen=True, slots=True)
class Table:
    """A frame of any kind behind one face; columns convert one at a time.

    ``frame`` is a narwhals data frame, ``name`` says in messages where it came from, ``notes`` what reading it took for
    granted, ``above`` how many lines of the file stand above its header.
    """

    frame: Any
    name: str = "the data"
    notes: tuple[Text, ...] = ()
    above: int = 0

    @property
    def columns(self) -> list[str]:
        return list(self.frame.columns)

    def __len__(self) -> int:
        return len(self.frame)

    def series(self, column: str) -> pl.Series:
        """One column as a polars series."""
        if column not in self.frame.columns:
            raise UnknownColumn.named(column, self.columns, where=self.name)
        series = self.frame[column]
        try:
            return series.to_polars()
        except (ImportError, ModuleNotFoundError):  # pandas strings without pyarrow
            return pl.Series(column, series.to_list())
        except NotImplementedError:  # complex numbers and other things that no table holds
            raise DataError(
                f"Column '{column}' in {self.name} holds {getattr(self.frame.to_native()[column], 'dtype', 'objects')}, "
                "and numbers or labels are needed.",
                fix="Convert it first, or leave it out.",
            ) from None

    def numbers(self, column: str) -> np.ndarray:
        """One column as float64, with nan where it is null."""
        series = self.series(column)
        if not (series.dtype.is_numeric() or series.dtype == pl.Boolean or series.dtype == pl.Null):
            where, fix = words_among(series)
            raise DataError(
                f"Column '{column}' in {self.name} holds {series.dtype}, and numbers are needed.", where=where, fix=fix
            )
        numbers = series.cast(pl.Float64)
        return (numbers.fill_null(float("nan")) if numbers.null_count() else numbers).to_numpy()

    def codes(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Integer codes [n] and the sorted levels of one column; a null has code -1."""
        return factorize(self.series(column))

    def emptied(self) -> Table:
        """A table without rows or columns that still knows which kind of frame came in."""
        return Table(None if self.frame is None else self.frame.select([]).head(0), self.name)

    def like(self, data: Mapping[str, Any]) -> Any:
        """A new frame of the caller's own kind from columns."""
        return self.of_same_kind(pl.DataFrame(dict(data)))

    def of_same_kind(self, frame: pl.DataFrame) -> Any:
        """``frame`` as the kind of frame the caller gave."""
        if self.frame is None:  # columns alone came in
            return frame
        kind = self.frame.implementation
        if kind.is_pandas():
            return _to_pandas(frame)
        if kind.is_pyarrow():
            return frame.to_arrow()
        return frame


def words_among(series: pl.Series) -> tuple[str, str]:
    """Which cells of a column that should be numbers are words, and what to do; both for an error."""
    otherwise = "", "Convert it to numbers first."
    if series.dtype != pl.String:
        return otherwise
    words = (series.is_not_null() & series.cast(pl.Float64, strict=False).is_null()).arg_true()
    if not len(words):
        return otherwise
    first = series[words[0]]
    where = (
        f"{len(words)} of its {len(series)} cells are words, the first '{first}' in row {words[0]} (counted from 0)."
    )
    if len(words) < len(series) / 2 and series.gather(words).n_unique() == 1:
        return where, "If that means missing, write it as an empty cell (in R, na = '')."
    return where, otherwise[1]


def read_table(data: Any) -> Table:
    """A frame (pandas, polars, pyarrow, anything narwhals knows), a Table, a path to a file, or a stream of batches.

    Raises
    ------
    UnreadableFile : the path is not there, of an unknown kind or broken.
    DataError : ``data`` is no data frame.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, pl.LazyFrame):
        return Table(nw.from_native(data.collect()))
    stream = stream_of(data)
    if stream is not None:
        return table_of(stream, stream.columns)
    if isinstance(data, str | Path):
        read = read_file(Path(data))
        return Table(nw.from_native(read.frame), f"'{data}'", read.notes, read.above)
    if hasattr(data, "to_frame") and not hasattr(data, "__dataframe__"):
        data = data.to_frame()  # one of our own results
    try:
        frame = nw.from_native(data)
    except nw.exceptions.DuplicateError:
        names = [str(c) for c in data.columns]
        raise DataError(
            f"The data have several columns named {first_five(repr(c) for c in {c for c in names if names.count(c) > 1})}.",
            fix="Rename or drop all but one of each.",
        ) from None
    except TypeError:
        raise DataError(
            f"A data frame or a path is needed, not {type(data).__name__}.",
            fix="Give a pandas, polars or pyarrow frame, the path of a CSV, Parquet, Stata or Excel file, or what comes in "
            "batches: a relation of DuckDB (connection.sql(...)), an Arrow dataset, a generator of frames.",
        ) from None
    return Table(frame.collect("polars") if isinstance(frame, nw.LazyFrame) else frame)


def table_of(stream: Stream, columns: Sequence[str]) -> Table:
    """The ``columns`` of a stream as one table.

    Raises
    ------
    DataError : its batches do not have the same kinds of columns.
    """
    parts = [_as_polars(batch, columns) for batch in stream.batches(columns)]
    try:
        whole = pl.concat(parts, how="vertical_relaxed") if parts else pl.DataFrame(schema=list(columns))
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"The batches of {stream.name} do not fit together: {str(error).partition(chr(10))[0]}.",
            fix="Give every batch the same columns of the same types.",
        ) from None
    return Table(nw.from_native(kind_of(stream).of_same_kind(whole)), stream.name)


def kind_of(stream: Stream) -> Table:
    """A table without rows that knows which kind of frame a stream's owner uses."""
    return Table(nw.from_native(pl.DataFrame() if stream.native is None else stream.native), stream.name).emptied()


def _as_polars(batch: Any, columns: Sequence[str]) -> pl.DataFrame:
    if isinstance(batch, pl.DataFrame):
        return batch.select(columns)
    table = Table(nw.from_native(batch, eager_only=True))
    return pl.DataFrame([table.series(column) for column in columns])


def factorize(series: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Integer codes [n] and sorted levels of a polars series; a null (or nan) has code -1."""
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    if series.dtype.is_float():
        series = series.fill_nan(None)
        if (series.drop_nulls() % 1 == 0).all():
            series = series.cast(pl.Int64)
    if series.dtype.is_integer() and len(series) > series.null_count():
        low, high = (int(cast(int, edge)) for edge in (series.min(), series.max()))
        if high - low < 1_000_000:
            return _factorize_small_integers(series, low, high)
    starts = runs_of(series)
    if starts is not None:
        codes, levels = factorize(series.gather(starts))
        return np.repeat(codes, np.diff(starts, append=len(series))), levels
    levels = series.drop_nulls().unique().sort()
    if series.dtype == pl.String:
        codes = series.cast(pl.Enum(levels)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    else:
        place = pl.DataFrame({"level": levels, "code": np.arange(len(levels))})
        codes = pl.DataFrame({"level": series}).join(place, on="level", how="left", maintain_order="left")
        codes = codes["code"].fill_null(-1).to_numpy()
    return codes, levels.to_numpy()


def runs_of(series: pl.Series) -> np.ndarray | None:
    """Where runs of equal values start, in a column so sorted that reading its runs alone saves work."""
    n = len(series)
    if n < 1000:
        return None
    turns = series.head(n - 1).ne_missing(series.tail(n - 1))
    if turns.sum() > n // 8:
        return None
    return np.concatenate([[0], np.flatnonzero(turns.to_numpy()) + 1])


def _factorize_small_integers(series: pl.Series, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    missing = series.is_null().to_numpy() if series.null_count() else None
    values = series.to_numpy() if missing is None else series.fill_null(low).to_numpy()
    codes = np.subtract(values, low, dtype=np.int64, casting="unsafe")
    seen = np.zeros(high - low + 1, bool)
    seen[codes if missing is None else codes[~missing]] = True
    if not seen.all():
        codes = (np.cumsum(seen) - 1)[codes]
    if missing is not None:
        codes[missing] = -1
    return codes, np.flatnonzero(seen) + low


def _to_pandas(frame: pl.DataFrame) -> Any:
    try:
        return frame.to_pandas()
    except (ImportError, ModuleNotFoundError):  # without pyarrow
        import pandas as pd

        return pd.DataFrame({c: frame[c].to_list() for c in frame.columns})
