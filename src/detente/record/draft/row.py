"""One drafted row, the columns of a draft file, and how the wording of the article is recognised again."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from detente.language import Catalogue, Text, said
from detente.record.schema import CLAIMS, RecordTable

OWN = ("accept", "confidence", "hint", "wording")
COLUMNS = (*OWN, *CLAIMS.allowed)
CONFIDENCE = ("high", "medium", "low")
PARAPHRASE = Text("hint.paraphrase")
UNTESTED = "No test has been written for this claim yet."


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A claim as drafted, before anybody has accepted it.

    Attributes
    ----------
    cells : mapping
        Columns of ``claims.csv`` that are filled.
    confidence : str
        ``high``, ``medium`` or ``low``: how sure the extractor is of its reading.
    hints : tuple of str
        What the person should look at, as texts that can be said in any language; never enters the record.
    series : str
        The flow of the study's pair that it speaks of; empty where it is none or unclear.
    """

    cells: Mapping[str, str]
    confidence: str
    hints: tuple[str, ...] = field(default=())
    series: str = ""

    def as_row(self, language: str = "en") -> dict[str, str]:
        """All columns of the draft file, its hints in a language; nothing is accepted yet."""
        sentence = self.cells.get("claim", "")
        own = {"accept": "", "confidence": self.confidence, "hint": told((PARAPHRASE, *self.hints), language)}
        return {
            **dict.fromkeys(COLUMNS, ""),
            **{name: as_data(cell) for name, cell in self.cells.items()},
            **own,
            "wording": fingerprint(sentence),
        }

    def as_evidence(self, table: RecordTable, language: str = "en") -> dict[str, str]:
        """All columns of a draft file of events or figures, its hints in a language; nothing is accepted yet."""
        own = {"accept": "", "confidence": self.confidence, "hint": as_data(told(self.hints, language))}
        cells = {name: as_data(cell) for name, cell in self.cells.items()}
        return {**dict.fromkeys(columns_of(table), ""), **cells, **own}


def told(hints: Iterable[str], language: str) -> str:
    """Hints as one text of a language; what a step of somebody else's says stays as it is."""
    words = Catalogue(language)
    return " ".join(said(hint, words) for hint in hints)


def columns_of(table: RecordTable) -> tuple[str, ...]:
    """Columns of a draft file of events or figures: its own in front of the table's."""
    own = OWN[:3]
    return (*own, *(name for name in table.allowed if name not in own))


def fingerprint(sentence: str) -> str:
    """A short hash of a sentence that ignores case, accents, punctuation and spaces.

    The draft carries it instead of the article, so that a claim still in the
    article's words is recognised when it is accepted.

    >>> fingerprint("Trade fell, he said.") == fingerprint("  trade fell he SAID")
    True
    """
    plain = unicodedata.normalize("NFKD", sentence).encode("ascii", "ignore").decode().casefold()
    return hashlib.sha256(re.sub(r"[^a-z0-9]+", "", plain).encode()).hexdigest()[:16]


def as_data(cell: str) -> str:
    """``cell`` on one line, and with a ``'`` in front where a spreadsheet would run it as a formula.

    >>> as_data("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    """
    cell = re.sub(r"\s+", " ", cell).strip()
    return f"'{cell}" if len(cell) > 1 and cell[0] in "=+-@" and not re.fullmatch(r"-\d[\d.]*", cell) else cell


def write_rows(rows: Iterable[Mapping[str, str]], columns: Iterable[str]) -> str:
    """CSV text with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def grouped(rows: Iterable[DraftRow]) -> list[DraftRow]:
    """Rows that say the same (figure, period, direction and speaker, or sentence) as one, with how often it is said."""
    first: dict[tuple[str, ...], DraftRow] = {}
    times: dict[tuple[str, ...], int] = {}
    for row in rows:
        cells = row.cells
        said = [cells.get(c, "") for c in ("value", "unit", "date", "state", "attributed_to")]
        said[1] = _counted(*said[:2])
        if cells.get("value") and cells.get("date"):
            key = ("figure", *said)
        else:
            key = ("sentence", fingerprint(cells["claim"]), cells["type"], *said)
        times[key] = times.get(key, 0) + 1
        if key not in first or CONFIDENCE.index(row.confidence) < CONFIDENCE.index(first[key].confidence):
            first[key] = row
    return [
        row
        if times[key] == 1
        else DraftRow(row.cells, row.confidence, (*row.hints, Text("hint.times", n=times[key])), row.series)
        for key, row in first.items()
    ]


def _counted(value: str, unit: str) -> str:
    """A unit as rows are compared by it: *migrant workers* and *workers* are one where the number is not a small one."""
    return unit.split()[-1] if len(value.strip("-0.")) >= TELLING and " " in unit else unit


TELLING = 4
"""Digits of a number that hardly come twice by chance."""


def again(row: DraftRow, source_id: str, claims: Sequence[Mapping[str, str | None]]) -> DraftRow:
    """A row with a hint where the record already has its claim from this source."""
    cells = row.cells
    for claim in claims if cells.get("value") else ():
        same = all((claim.get(c) or "") == cells.get(c, "") for c in ("value", "unit", "date"))
        if same and claim.get("source_id") == source_id:
            hint = Text("hint.recorded", id=claim["claim_id"])
            return DraftRow(cells, "low", (hint, *row.hints), row.series)
    return row
