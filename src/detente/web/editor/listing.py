"""A page of a table's rows as they are listed: found by words and kind, in columns, so that a long record is quick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl

from detente._atomic import settle
from detente._foreign import TABLE, read_bytes
from detente.errors import DetenteError
from detente.record.schema import TABLES
from detente.study import Study
from detente.web.editor.editor import read_file


@dataclass(frozen=True, slots=True)
class Listing:
    """One page.

    Attributes
    ----------
    rows : column to text, as many as a page has.
    total, fitting : rows of the table, and of them those that fit what is searched for.
    page, pages : from 1.
    kinds : the words of the table's facet with their counts, most frequent first.
    """

    rows: Sequence[Mapping[str, str]]
    total: int
    fitting: int
    page: int
    pages: int
    kinds: Sequence[tuple[str, int]]


def listed(study: Study, table: str, find: str, facet: str, chosen: str, page: int, size: int) -> Listing:
    """The page of a table's rows that fit.

    Parameters
    ----------
    find : words that all stand somewhere in a row, in any case.
    facet, chosen : a column and the word it must have; any where that is empty.
    page, size : which page, taken to the nearest there is, and its rows.

    Raises
    ------
    UnreadableFile
    """
    settle(study.folder)
    frame = _frame(study.record / TABLES[table].file, study.folder)
    if frame is None or TABLES[table].key not in frame.columns:
        rows = [dict(row.cells) for row in read_file(study, table).rows]
        frame = pl.DataFrame({c: [row.get(c, "") for row in rows] for c in {c: None for row in rows for c in row}})
    kinds = Counter(frame[facet].to_list()) if facet in frame.columns else Counter[str]()
    fitting = frame
    if chosen:
        fitting = fitting.filter(pl.col(facet) == chosen) if facet in frame.columns else frame.head(0)
    for word in find.casefold().split():
        whole = pl.concat_str(pl.all(), separator=" ").str.to_lowercase()
        fitting = fitting.filter(whole.str.contains(word, literal=True))
    pages = max(1, -(-fitting.height // size))
    page = min(max(page, 1), pages)
    shown = fitting.slice((page - 1) * size, size).to_dicts()
    return Listing(shown, frame.height, fitting.height, page, pages, [kind for kind in kinds.most_common() if kind[0]])


def _frame(path: Path, home: Path) -> pl.DataFrame | None:
    """The file as columns of stripped text; None where it has to be read row by row (odd quotes, uneven rows, no file)."""
    try:
        raw = read_bytes(path, TABLE, inside=home)
        frame = pl.read_csv(BytesIO(raw), infer_schema=False)
    except (DetenteError, pl.exceptions.PolarsError):
        return None
    names = [name.strip().removeprefix("\ufeff") for name in frame.columns]
    if len(names) < 2 or len(set(names)) != len(names):
        return None
    frame = frame.rename(dict(zip(frame.columns, names))).with_columns(pl.all().fill_null("").str.strip_chars())
    blank = pl.all_horizontal(pl.all() == "")
    return frame.filter(~blank)
