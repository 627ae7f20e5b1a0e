"""Accepted rows of a draft file into a study's ``claims.csv``: checked first, written in one step, or not at all."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from detente._atomic import lock, write_file
from detente._foreign import TABLE, read_bytes
from detente.errors import EmptySample, OutputError, Problem, RecordError, UnreadableFile
from detente.record.check import problems_where
from detente.record.draft.row import CONFIDENCE, OWN, fingerprint
from detente.record.ledger import Ledger
from detente.record.reading import FIRST_ROW, read_table
from detente.record.schema import CLAIMS, RecordTable

QUOTED = "in the source's own words"
TOO_LONG = 20_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an acceptance did.

    Attributes
    ----------
    claim_ids : tuple of str
        The ids that entered ``claims.csv``.
    left : int
        Rows of the draft that did not.
    """

    claim_ids: tuple[str, ...]
    left: int

    def summary(self) -> str:
        """One line."""
        n = len(self.claim_ids)
        return f"{n} claim{'' if n == 1 else 's'} accepted, {self.left} left in the draft."


def accept(draft: Path, record: Path, *, keep_wording: bool = False) -> Accepted:
    """Append the rows marked ``accept=yes`` to ``record/claims.csv``.

    Parameters
    ----------
    draft : Path
        The draft file a person has worked on.
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
    rows, numbers, left = _marked(draft)
    problems = [] if keep_wording else _unchanged(rows, numbers, draft)
    claims = record / CLAIMS.file
    before = _existing(claims)
    combined, old = append_claims(before, [_as_claim(row, keep_wording) for row in rows])
    problems += _checked(record, combined, old, numbers, draft)
    if problems:
        raise RecordError(problems)
    with lock(record.parent):
        if _existing(claims) != before:
            raise OutputError(f"{claims} changed while the draft was being checked.", fix="Accept again.")
        write_file(claims, combined)
    return Accepted(tuple(row["claim_id"] for row in rows), left)


def draft_table(path: Path) -> RecordTable:
    """The table a draft file must follow: its own columns and those of ``claims.csv``."""
    words = {**(CLAIMS.words or {}), "accept": ("yes", "no"), "confidence": CONFIDENCE}
    needed, columns = ("accept", "wording", *CLAIMS.needed), (*OWN, *CLAIMS.columns)
    return replace(CLAIMS, file=path.name, needed=needed, columns=columns, words=words)


def _marked(path: Path) -> tuple[list[dict[str, str]], list[int], int]:
    """Rows marked *yes*, their row numbers in the file, and how many others there are."""
    import polars as pl

    if not path.is_file():
        raise UnreadableFile(f"There is no file {path}.", fix="Draft one with: detente draft ARTICLE --study DIR")
    if path.stat().st_size > TOO_LONG:
        raise UnreadableFile(f"{path} is too large for a draft file ({path.stat().st_size / 1e6:.0f} MB).")
    table = draft_table(path)
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


def _existing(claims: Path) -> bytes:
    return read_bytes(claims, TABLE, inside=claims.parent) if claims.exists() else b""


def append_claims(before: bytes, rows: list[dict[str, str]]) -> tuple[bytes, int]:
    """The new bytes of a claims file and how many rows it had; what stood there stays as it was.

    >>> append_claims(b"claim_id,claim\\nA,old\\n", [{"claim_id": "B", "claim": "new"}])
    (b'claim_id,claim\\nA,old\\nB,new\\n', 1)
    """
    text = before.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    header = [name.strip() for name in lines[0]] if lines and any(lines[0]) else []
    filled = {name for row in rows for name, cell in row.items() if cell}
    missing = [name for name in CLAIMS.allowed if name in filled and name not in header]
    end = "\r\n" if "\r\n" in text else "\n"
    out = io.StringIO()
    if not header:
        header, kept = list(CLAIMS.allowed), b""
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


def _checked(record: Path, claims: bytes, old: int, numbers: list[int], draft: Path) -> list[Problem]:
    """Problems of the record as it would be; those of the new rows point into the draft."""
    if not record.is_dir():
        return [Problem(str(record), None, None, "There is no such folder.", "Give the study's folder.")]
    with tempfile.TemporaryDirectory() as aside:
        for file in record.glob("*.csv"):
            shutil.copy(file, aside)
        (Path(aside) / CLAIMS.file).write_bytes(claims)
        found = Ledger.check(aside)
    first_new = old + FIRST_ROW
    return [
        replace(p, file=draft.name, row=numbers[p.row - first_new])
        if p.file == CLAIMS.file and p.row is not None and p.row >= first_new
        else p
        for p in found
    ]
