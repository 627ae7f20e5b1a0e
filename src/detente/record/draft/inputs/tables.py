"""Tables of figures as sentences that drafting reads: a row's name, the number with the table's unit, and its period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

FEWEST = 2
"""Rows, the header among them, from which lines in columns are a table."""
CELLS = 3000
"""Cells that are told at most."""
_GAP = re.compile(r"\t+|\s*\|\s*|\s{2,}|\s*;\s*(?=\S)")
_NUMBER = re.compile(r"[-−]?(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:[.,]\d+)?%?")
_RULE = re.compile(r"\s*[|:=+-][\s|:=+-]*")
_PERIOD = re.compile(
    r"(?:(?:Q[1-4]|H[12]|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?)\s)?(?:1[89]|20|21)\d\d"
)
_UNIT = re.compile(
    r"(?P<sign>US\$|USD|EUR|€|\$|£|[A-Z]{1,3}\$)\s?(?P<scale>millions?|billions?|mn|bn|m|thousands?|millones|miles de millones)?\b"
    r"|(?P<scaled>(?:million|billion|thousand|millones de|miles de)s?)\s(?:of\s)?(?P<thing>(?:US\s|U\.S\.\s)?[a-záéíóú]+)"
    r"|(?P<percent>%|per ?cent|por ?ciento)|(?P<plain>tonnes|tons|toneladas|persons|people|personas|euros|dollars|dólares)",
    re.IGNORECASE,
)


def tables_told(text: str) -> str:
    """A text with its tables of figures by period told in sentences; everything else is left.

    Columns stand apart by tabs, bars, semicolons or two spaces. The unit is looked for in the
    header and in the line before.

    Examples
    --------
    >>> print(tables_told("Trade, US$ million\\n          2019   2020\\nExports to Fiji   7.5   8\\nImports from Fiji   1   2"))
    Trade, US$ million
    <BLANKLINE>
    Exports to Fiji: US$7.5 million in 2019.
    <BLANKLINE>
    Exports to Fiji: US$8 million in 2020.
    <BLANKLINE>
    Imports from Fiji: US$1 million in 2019.
    <BLANKLINE>
    Imports from Fiji: US$2 million in 2020.
    """
    lines = text.split("\n")
    kept: list[str] = []
    n = n_told = 0
    while n < len(lines):
        block = _block(lines, n)
        caption = next((line for line in reversed(kept) if line.strip()), "")
        told = list(table_told(block, caption)) if len(block) >= FEWEST else []
        n_told += len(told)
        if told:
            kept += ["", "\n\n".join(told), ""]
            n += _length(lines, n, len(block))
        else:
            kept.append(lines[n])
            n += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).rstrip("\n") if n_told else text


def html_tables(page: str) -> list[str]:
    """The figures of a page's tables, told in sentences."""
    parser = _Tables()
    parser.feed(page)
    return [sentence for caption, rows in parser.tables for sentence in table_told(rows, caption)]


def _block(lines: Sequence[str], start: int) -> list[list[str]]:
    """The rows in columns that begin at a line: a header that names periods, or a first row that does."""
    rows: list[list[str]] = []
    for line in lines[start:]:
        cells = _cells(line)
        if rows and line.strip() and _RULE.fullmatch(line):
            continue  # a rule below the header
        if len(cells) < 2 or not line.strip():
            break
        rows.append(cells)
    return rows


def _length(lines: Sequence[str], start: int, n_rows: int) -> int:
    """Lines that a block takes, the rules between its rows included."""
    taken = rows = 0
    for line in lines[start:]:
        rows += not _RULE.fullmatch(line)
        if rows > n_rows:
            break
        taken += 1
    return taken


def _cells(line: str) -> list[str]:
    indented = line[:1] in (" ", "\t") and line.strip()
    cells = [cell.strip() for cell in _GAP.split(line.strip().strip("|").strip())]
    return ["", *cells] if indented and len(cells) > 1 and all(_PERIOD.fullmatch(c) for c in cells) else cells


def table_told(rows: Sequence[Sequence[str]], caption: str) -> Iterator[str]:
    """A sentence a figure, where the header or the first column names periods."""
    if len(rows) < FEWEST:
        return
    header, body = list(rows[0]), rows[1:]
    width = max(map(len, body))
    if len(header) == width - 1 and all(_PERIOD.fullmatch(cell) for cell in header):
        header = ["", *header]
    across = {k for k, cell in enumerate(header) if _PERIOD.fullmatch(cell)}
    down = all(_PERIOD.fullmatch(row[0]) for row in body) and not across
    told = 0
    for row in body:
        for k, cell in enumerate(row[1:], 1):
            if k >= len(header) or not _NUMBER.fullmatch(cell) or told >= CELLS:
                continue
            if down or k in across:
                period, name = (row[0], header[k]) if down else (header[k], row[0])
                unit = _unit(name) or _unit(header[0]) or _unit(caption)
                if name and (unit or cell.endswith("%")):
                    told += 1
                    yield f"{_UNIT.sub('', name).strip(' (),')}: {_with_unit(cell, unit)} in {period}."


def _unit(text: str) -> re.Match[str] | None:
    return _UNIT.search(text)


def _with_unit(cell: str, unit: re.Match[str] | None) -> str:
    if unit is None or cell.endswith("%"):
        return cell
    if unit["sign"]:
        sign = {"USD": "US$", "EUR": "€"}.get(unit["sign"].upper(), unit["sign"])
        return f"{sign}{cell} {unit['scale'] or ''}".strip()
    if unit["percent"]:
        return f"{cell}%"
    return f"{cell} {unit['scaled'] or ''} {unit['thing'] or unit['plain'] or ''}".replace("  ", " ").strip()


class _Tables(HTMLParser):
    """Captions and rows of a page's tables, those inside others left out."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._depth = 0
        self._into = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append(("", []))
        elif self._depth == 1:
            rows = self.tables[-1][1]
            if tag == "tr":
                rows.append([])
            elif tag in ("td", "th"):
                rows[-1:] = [[*rows[-1], ""]] if rows else [[""]]
            self._into = tag if tag in ("td", "th", "caption") else self._into

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._depth = max(0, self._depth - 1)
        if tag in ("td", "th", "caption", "table"):
            self._into = ""

    def handle_data(self, data: str) -> None:
        if self._depth != 1 or not self._into:
            return
        caption, rows = self.tables[-1]
        if self._into == "caption":
            self.tables[-1] = (f"{caption} {data.strip()}".strip(), rows)
        elif rows and rows[-1]:
            rows[-1][-1] = f"{rows[-1][-1]} {data.strip()}".strip()
