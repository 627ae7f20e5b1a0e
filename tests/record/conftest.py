"""A record of a few rows, written from what differs from usual ones, for tests that need just those."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from detente.record import Ledger
from detente.record.schema import TABLES
from detente.record.verdicts.verdict import Verdict

STORY = {
    "source_id": "story",
    "title": "A story",
    "publisher": "The Daily Post",
    "date": "2023-06-01",
    "kind": "article",
}
OFFICE = {
    "source_id": "office", "title": "A bulletin", "publisher": "Statistics Office", "date": "2023-03-01",
    "kind": "official",
}  # fmt: skip
FIGURE = {
    "figure_id": "T1", "series": "trade.total", "period": "2021", "value": "100", "unit": "usd_mn", "basis": "-",
    "kind": "flow", "status": "reported", "source_id": "office",
}  # fmt: skip
EVENT = {"event_id": "E1", "date": "2020-03-02", "title": "The bridge closes", "kind": "border closure",
         "direction": "+", "source_ids": "office"}  # fmt: skip
CLAIM = {"claim_id": "C1", "source_id": "story", "claim": "A claim", "type": "quantity"}
Row = Mapping[str, str]


def write_record(
    folder: Path,
    *,
    sources: Iterable[Row] = (),
    figures: Iterable[Row] = (),
    events: Iterable[Row] = (),
    claims: Iterable[Row] = (),
) -> Path:
    """Write a record; each row is given by what differs from a usual one."""
    own = list(sources)
    given = {row["source_id"] for row in own}
    rows = {
        "sources": [*own, *(row for row in (STORY, OFFICE) if row["source_id"] not in given)],
        "figures": [FIGURE | {"figure_id": f"T{n}"} | dict(row) for n, row in enumerate(figures, 1)],
        "events": [EVENT | {"event_id": f"E{n}"} | dict(row) for n, row in enumerate(events, 1)],
        "claims": [CLAIM | {"claim_id": f"C{n}"} | dict(row) for n, row in enumerate(claims, 1)],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, held in rows.items():
        with (folder / TABLES[name].file).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, TABLES[name].allowed, restval="")
            writer.writeheader()
            writer.writerows(held)
    return folder


@dataclass(frozen=True)
class Small:
    """A small record in a folder of its own."""

    folder: Path

    def write(self, **rows: Iterable[Row]) -> Path:
        """Write the record."""
        return write_record(self.folder, **rows)

    def ledger(self, **rows: Iterable[Row]) -> Ledger:
        """Write and read the record."""
        return Ledger.read(self.write(**rows))

    def verdict(self, claim: Row, **rows: Iterable[Row]) -> Verdict:
        """The verdict on one claim beside some rows."""
        return self.ledger(claims=[claim], **rows).verdict("C1")

    def quantity(self, value: str, **more: str) -> dict[str, str]:
        """A claim of a number in 2021."""
        return {"value": value, "unit": "usd_mn", "date": "2021", "test": "quantity", "target": "trade.total"} | more


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """A record of a few rows: ``small.verdict(claim, figures=[...], events=[...], sources=[...])``."""
    return Small(tmp_path / "record")
