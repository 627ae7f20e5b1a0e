"""A page of a table's rows as they are listed: found by words, kind, year and verdict, in columns, so that a long record is quick."""

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
from detente.web.editor.judging import record_with_verdicts

DATED = {"events": "date", "figures": "period", "sources": "date"}  # the column that a row's year is read from
VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to.

    Attributes
    ----------
    find : words that all stand somewhere in a row, in any case.
    kind : the word that the table's facet must have; any where empty, and so below.
    year : four digits with which the row's date begins.
    verdict : of a claim, as the record itself decides it.
    page : from 1, taken to the nearest there is.
    """

    find: str = ""
    kind: str = ""
    year: str = ""
    verdict: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """One page.

    Attributes
    ----------
    rows : column to text, as many as a page has.
    total, fitting : rows of the table, and of them those that fit what is asked.
    page, pages : from 1.
    kinds, years, verdicts : the words that rows have, with their counts; years newest first, the others most frequent first.
    """

    rows: Sequence[Mapping[str, str]]
    total: int
    fitting: int
    page: int
    pages: int
    kinds: Sequence[tuple[str, int]]
    years: Sequence[tuple[str, int]]
    verdicts: Sequence[tuple[str, int]]


def listed(study: Study, table: str, facet: str, asked: Asked, size: int) -> Listing:
    """The page of a table's rows that fit, ``size`` rows of them; ``facet`` is the column of ``asked.kind``.

    Raises
    ------
    UnreadableFile
    """
    frame = _table(study, table)
    named = {"kind": facet, "year": "_year", "verdict": VERDICT}
    frame = (
        frame.with_columns(_year=pl.col(DATED[table]).str.slice(0, 4)) if DATED.get(table) in frame.columns else frame
    )
    if table == "claims" and "claim_id" in frame.columns:
        known = _verdicts(study)
        frame = frame.with_columns(
            pl.col("claim_id").replace_strict(known, default="", return_dtype=pl.String).alias(VERDICT)
        )
    counts = {
        part: Counter(frame[column].to_list()) if column in frame.columns else Counter[str]()
        for part, column in named.items()
    }
    fitting = frame
    for part, column in named.items():
        wanted = getattr(asked, part)
        if wanted:
            fitting = fitting.filter(pl.col(column) == wanted) if column in frame.columns else fitting.head(0)
    for word in asked.find.casefold().split():
        whole = pl.concat_str(pl.exclude("_year"), separator=" ").str.to_lowercase()
        fitting = fitting.filter(whole.str.contains(word, literal=True))
    pages = max(1, -(-fitting.height // size))
    page = min(max(asked.page, 1), pages)
    shown = fitting.slice((page - 1) * size, size).select(pl.exclude("_year")).to_dicts()
    kinds, verdicts = ([one for one in counts[part].most_common() if one[0]] for part in ("kind", "verdict"))
    years = sorted((one for one in counts["year"].items() if one[0].isdecimal()), reverse=True)
    return Listing(shown, frame.height, fitting.height, page, pages, kinds, years, verdicts)


def _verdicts(study: Study) -> Mapping[str, str]:
    """Claim to verdict; nothing where the record cannot be read."""
    try:
        _, found = record_with_verdicts(study)
    except DetenteError:
        return {}
    return dict(found.select("claim_id", "verdict").iter_rows())


def _table(study: Study, table: str) -> pl.DataFrame:
    settle(study.folder)
    frame = _frame(study.record / TABLES[table].file, study.folder)
    if frame is not None and TABLES[table].key in frame.columns:
        return frame
    rows = [dict(row.cells) for row in read_file(study, table).rows]
    return pl.DataFrame({c: [row.get(c, "") for row in rows] for c in {c: None for row in rows for c in row}})


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
