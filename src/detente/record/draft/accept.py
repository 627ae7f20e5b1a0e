"""Accepted rows of a draft file into a study's record: checked first, written in one step, or not at all."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from detente._atomic import home_of, lock, write_file
from detente._foreign import TABLE, read_bytes
from detente.errors import EmptySample, OutputError, Problem, RecordError, UnreadableFile
from detente.language.catalogue import Catalogue
from detente.record.draft.row import CONFIDENCE, OWN, fingerprint
from detente.record.exchange.trial import check_with
from detente.record.reading import FIRST_ROW, problems_where, read_table
from detente.record.schema import CLAIMS, EVENTS, FIGURES, RecordTable

QUOTED = "in the source's own words"
TOO_LONG = 20_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an acceptance did.

    Attributes
    ----------
    ids : tuple of str
        The ids of the rows that entered.
    left : int
        Rows of the draft that did not.
    what : str
        ``claim``, ``event`` or ``figure``.
    """

    ids: tuple[str, ...]
    left: int
    what: str = "claim"

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The ids of the claims that entered."""
        return self.ids if self.what == "claim" else ()

    def summary(self, language: str = "en") -> str:
        """One line."""
        return Catalogue(language)(f"accepted.{self.what}", n=len(self.ids), left=self.left)


def accept(draft: Path, record: Path, *, keep_wording: bool = False) -> Accepted:
    """Append the rows marked ``accept=yes`` to ``claims.csv``, ``events.csv`` or ``series.csv`` of a record.

    Parameters
    ----------
    draft : Path
        The draft file a person has worked on; its columns say of which table it is.
    record : Path
        The study's record folder; the article's row must stand in its ``sources.csv``.
    keep_wording : bool
        Let claims through that are still the article's own sentences, marked as quotations.

    Raises
    ------
    RecordError
        With every problem of the accepted rows, by row and column of the draft; nothing has been written.
    EmptySample
        No row is marked.
    """
    table = table_of(draft)
    rows, numbers, left = _marked(draft, table)
    problems = [] if keep_wording or table is not CLAIMS else _unchanged(rows, numbers, draft)
    file = record / table.file
    before = _existing(file)
    entering = [_as_claim(row, keep_wording) if table is CLAIMS else _as_evidence(row, table) for row in rows]
    combined, old = append_rows(before, entering, table)
    problems += _checked(record, combined, old, numbers, draft, table)
    if problems:
        raise RecordError(problems)
    with lock(home_of(record)):
        if _existing(file) != before:
            raise OutputError(f"{file} changed while the draft was being checked.", fix="Accept again.")
        write_file(file, combined)
    return Accepted(tuple(row[table.key] for row in rows), left, table.key.removesuffix("_id"))


def table_of(draft: Path) -> RecordTable:
    """The table of a record that a draft file's rows are for, by the id that its header names."""
    if not draft.is_file():
        raise UnreadableFile(f"There is no file {draft}.", fix="Draft one with: detente draft ARTICLE --study DIR")
    with draft.open("rb") as handle:
        header = handle.readline(10_000).decode("utf-8", "replace").split(",")
    names = {cell.strip().strip('"') for cell in header}
    return next((table for table in (EVENTS, FIGURES) if table.key in names), CLAIMS)


def draft_table(path: Path, table: RecordTable = CLAIMS) -> RecordTable:
    """The table a draft file must follow: its own columns and those of ``claims.csv``, or of the evidence it is for."""
    words = {**(table.words or {}), "accept": ("yes", "no"), "confidence": CONFIDENCE}
    if table is CLAIMS:
        needed, columns = ("accept", "wording", *CLAIMS.needed), (*OWN, *CLAIMS.columns)
    else:
        own = [name for name in OWN[:3] if name not in table.columns]
        needed, columns = ("accept", *table.needed), (*own, *table.columns)
    return replace(table, file=path.name, needed=needed, columns=columns, words=words)


def _marked(path: Path, of: RecordTable) -> tuple[list[dict[str, str]], list[int], int]:
    """Rows marked *yes*, their row numbers in the file, and how many others there are."""
    if path.stat().st_size > TOO_LONG:
        raise UnreadableFile(f"{path} is too large for a draft file ({path.stat().st_size / 1e6:.0f} MB).")
    table = draft_table(path, of)
    frame, problems = read_table(path, table)
    if problems:
        raise RecordError(problems)
    frame = frame.with_columns(pl.col("accept").str.to_lowercase())
    wrong = frame["accept"].is_not_null() & ~frame["accept"].is_in(["yes", "no"])
    if wrong.any():
        what = "'{}' is neither yes nor no."
        raise RecordError(
            problems_where(frame, table, wrong, "accept", what.format, "Write yes, no, or leave it empty.")
        )
    marked = frame.with_row_index("row_", offset=FIRST_ROW).filter(pl.col("accept") == "yes")
    if marked.is_empty():
        raise EmptySample(
            f"No row of {path.name} is marked, so nothing was accepted.",
            fix="Write yes in the column 'accept' of the rows to take over.",
        )
    rows = [{k: v or "" for k, v in row.items()} for row in marked.drop("row_").iter_rows(named=True)]
    return rows, marked["row_"].to_list(), frame.height - marked.height


def _unchanged(rows: list[dict[str, str]], numbers: list[int], draft: Path) -> list[Problem]:
    fix = "Put it in your own words, or give --keep-wording to enter it as a quotation."
    return [
        Problem(draft.name, number, "claim", "The claim is still the article's own sentence.", fix)
        for row, number in zip(rows, numbers)
        if row["claim"] and fingerprint(row["claim"]) == row["wording"]
    ]


def _as_claim(row: dict[str, str], keep_wording: bool) -> dict[str, str]:
    """The columns of ``claims.csv``, with a quotation marked as one."""
    claim = {name: cell for name, cell in row.items() if name not in OWN}
    if claim["claim"][:2] in ("'=", "'+", "'-", "'@"):
        claim["claim"] = claim["claim"][1:]
    if keep_wording and fingerprint(row["claim"]) == row["wording"]:
        claim["note"] = "; ".join(part for part in (claim["note"], QUOTED) if part)
    return claim


def _as_evidence(row: dict[str, str], table: RecordTable) -> dict[str, str]:
    """The columns of the table alone."""
    return {name: row.get(name, "") for name in table.allowed}


def _existing(claims: Path) -> bytes:
    return read_bytes(claims, TABLE, inside=claims.parent) if claims.exists() else b""


def append_rows(before: bytes, rows: list[dict[str, str]], table: RecordTable = CLAIMS) -> tuple[bytes, int]:
    """The new bytes of a record's file and how many rows it had; what stood there stays as it was.

    >>> append_rows(b"claim_id,claim\\nA,old\\n", [{"claim_id": "B", "claim": "new"}])
    (b'claim_id,claim\\nA,old\\nB,new\\n', 1)
    """
    text = before.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    header = [name.strip() for name in lines[0]] if lines and any(lines[0]) else []
    filled = {name for row in rows for name, cell in row.items() if cell}
    missing = [name for name in table.allowed if name in filled and name not in header]
    end = "\r\n" if "\r\n" in text else "\n"
    out = io.StringIO()
    if not header:
        header, kept = list(table.allowed), b""
        csv.writer(out, lineterminator=end).writerow(header)
    elif missing:  # the file lacks a column that is needed now: its rows are written again with it
        header, kept = [*header, *missing], b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
        csv.writer(out, lineterminator=end).writerows(
            [header, *([*line, *[""] * len(missing)] for line in lines[1:] if line)]
        )
    else:
        kept = before if before.endswith(b"\n") else before + end.encode()
    csv.DictWriter(out, header, extrasaction="ignore", lineterminator=end).writerows(rows)
    return kept + out.getvalue().encode(), sum(1 for line in lines[1:] if line)


def _checked(record: Path, text: bytes, old: int, numbers: list[int], draft: Path, table: RecordTable) -> list[Problem]:
    """Problems of the record as it would be; those of the new rows point into the draft."""
    if not record.is_dir():
        return [Problem(str(record), None, None, "There is no such folder.", "Give the study's folder.")]
    first_new = old + FIRST_ROW
    return [
        replace(p, file=draft.name, row=numbers[p.row - first_new])
        if p.file == table.file and p.row is not None and p.row >= first_new
        else p
        for p in check_with(record, {table.file: text})
    ]
