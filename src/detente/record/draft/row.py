"""One drafted row, the columns of a draft file, and how the wording of the article is recognised again."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detente.record.schema import CLAIMS, RecordTable

OWN = ("accept", "confidence", "hint", "wording")
COLUMNS = (*OWN, *CLAIMS.allowed)
CONFIDENCE = ("high", "medium", "low")
PARAPHRASE = "The claim is the article's own sentence: put it in other words before accepting."
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
        What the person should look at; never enters the record.
    series : str
        The flow of the study's pair that it speaks of; empty where it is none or unclear.
    """

    cells: Mapping[str, str]
    confidence: str
    hints: tuple[str, ...] = field(default=())
    series: str = ""

    def as_row(self) -> dict[str, str]:
        """All columns of the draft file; nothing is accepted yet."""
        sentence = self.cells.get("claim", "")
        own = {"accept": "", "confidence": self.confidence, "hint": " ".join((PARAPHRASE, *self.hints))}
        return {
            **dict.fromkeys(COLUMNS, ""),
            **{name: as_data(cell) for name, cell in self.cells.items()},
            **own,
            "wording": fingerprint(sentence),
        }

    def as_evidence(self, table: RecordTable) -> dict[str, str]:
        """All columns of a draft file of events or figures; nothing is accepted yet."""
        own = {"accept": "", "confidence": self.confidence, "hint": as_data(" ".join(self.hints))}
        cells = {name: as_data(cell) for name, cell in self.cells.items()}
        return {**dict.fromkeys(columns_of(table), ""), **cells, **own}


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
