"""One CSV file of a record, row by row as it was written: what is not touched stays byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from detente.errors import UnreadableFile


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes
    ----------
    cells : column to text.
    raw : the row as it stands in the file, line end included.
    """

    cells: Mapping[str, str]
    raw: str

    @property
    def digest(self) -> str:
        """What an editor was shown, to be compared with what stands there when it saves."""
        return sha256(self.raw.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A header and its rows.

    Attributes
    ----------
    header : columns in the file's order.
    head : the header as it stands in the file, byte-order mark and line end included.
    rows : in the file's order; blank lines belong to the row before them.
    """

    header: tuple[str, ...]
    head: str
    rows: tuple[Row, ...]

    @classmethod
    def parse(cls, text: str, name: str) -> RecordFile:
        """Read a file's text.

        Raises
        ------
        UnreadableFile
            It is not well-formed CSV.

        Examples
        --------
        >>> file = RecordFile.parse('id,note\\n1,"a\\nb"\\n2,c\\n', "x.csv")
        >>> [row.raw for row in file.rows]
        ['1,"a\\nb"\\n', '2,c\\n']
        """
        lines = text.splitlines(keepends=True)
        reader = csv.reader(iter(lines), strict=True)
        chunks: list[tuple[list[str], str]] = []
        start = 0
        try:
            for cells in reader:
                raw = "".join(lines[start : reader.line_num])
                start = reader.line_num
                if cells or not chunks:
                    chunks.append((cells, raw))
                else:
                    chunks[-1] = (chunks[-1][0], chunks[-1][1] + raw)
        except csv.Error as error:
            raise UnreadableFile(f"{name} is not well-formed CSV: {error}.", fix="Fix it with a text editor.") from None
        if not chunks:
            raise UnreadableFile(f"{name} is empty.", fix="Write its header first.")
        header = tuple(c.strip().removeprefix("\ufeff") for c in chunks[0][0])
        rows = tuple(Row(dict(zip(header, (c.strip() for c in cells))), raw) for cells, raw in chunks[1:])
        return cls(header, chunks[0][1], rows)

    def text(self) -> str:
        return self.head + "".join(row.raw for row in self.rows)

    def find(self, key: str, value: str) -> Row | None:
        """The first row whose column ``key`` is ``value``."""
        return next((row for row in self.rows if row.cells.get(key) == value), None)

    def row_of(self, raw: str) -> Row:
        """A row of this file from its text."""
        cells = next(csv.reader(raw.splitlines(keepends=True)), [])
        return Row(dict(zip(self.header, (c.strip() for c in cells))), raw)

    def written(self, cells: Mapping[str, str]) -> Row:
        """A row in this file's columns and line ends."""
        out = io.StringIO()
        csv.writer(out, lineterminator=self._line_end()).writerow([cells.get(c, "") for c in self.header])
        return Row(dict(cells), out.getvalue())

    def with_rows(self, rows: Sequence[Row], added: Sequence[Row] = ()) -> RecordFile:
        """The file with these rows, and ``added`` at their end, each on a line of its own."""
        head, rows = self.head, list(rows)
        last = rows[-1].raw if rows else head
        if added and not last.endswith(("\n", "\r")):
            if rows:
                rows[-1] = Row(rows[-1].cells, last + self._line_end())
            else:
                head += self._line_end()
        return replace(self, head=head, rows=(*rows, *added))

    def with_row_at(self, place: int, row: Row) -> RecordFile:
        """The file with ``row`` back at its place, or at the end where the file has become shorter."""
        if place >= len(self.rows):
            return self.with_rows(self.rows, [row])
        return self.with_rows([*self.rows[:place], row, *self.rows[place:]])

    def with_columns(self, columns: tuple[str, ...]) -> RecordFile:
        """The file with further columns at the right, empty so far; unchanged if it has them."""
        absent = [c for c in columns if c not in self.header]
        if not absent:
            return self
        wider = RecordFile((*self.header, *absent), "", ())
        end = self._line_end()
        head = ",".join((*self.header, *absent)) + end
        rows = tuple(Row(r.cells, wider.written(r.cells).raw.replace("\n", end)) for r in self.rows)
        return RecordFile(wider.header, head, rows)

    def _line_end(self) -> str:
        return "\r\n" if self.head.endswith("\r\n") else "\n"
