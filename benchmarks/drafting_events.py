"""Score the events that drafting proposes on the texts of ``drafting.toml`` that have a ``pair`` and ``events``;
those under ``told`` have nothing else.

    python benchmarks/drafting_events.py FOLDER [--set N] [--faults]

``FOLDER`` is that of ``drafting.py``. An event is found if a proposed row has its day (or month, or year, as labelled), and
found whole if kind and direction are those of the label, too.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drafting import asked, labelled

from detente.record.draft.clean import article_of
from detente.record.draft.drafting import draft_claims
from detente.record.draft.suggest import KnownRecord


@dataclass
class Found:
    """How many events a set has, how many have their day, all of it, and how many rows were proposed and labelled."""

    events: int = 0
    day: int = 0
    whole: int = 0
    proposed: int = 0
    labelled: int = 0


def proposed(text: Mapping, words: str) -> list[Mapping[str, str]]:
    """The rows for ``events.csv`` that drafting proposes for a text about its pair."""
    article = article_of(words, text["published"], text["language"])
    return [row.cells for row in draft_claims(article, "N1", known=KnownRecord(tuple(text["pair"]))).events]


def score(text: Mapping, words: str, found: Found) -> list[str]:
    """Add a text; the events that no row has, and the rows that no event has."""
    rows = proposed(text, words)
    faults, days = [], set()
    for event in text["events"]:
        date, kind, direction = event.removeprefix("?").split("|")
        days |= set(date.split("~"))
        same = [row for row in rows if row["date"] in date.split("~")]
        if event.startswith("?"):
            continue
        found.events, found.day = found.events + 1, found.day + bool(same)
        found.whole += any(
            kind == "*" or row["kind"] in kind.split("~") for row in same if direction in ("*", row["direction"])
        )
        if not same:
            faults.append(f"not proposed: {event}")
    found.proposed += len(rows)
    found.labelled += sum(row["date"] in days for row in rows)
    return faults + [
        f"not labelled: {row['date']}|{row['kind']}|{row['direction']}" for row in rows if row["date"] not in days
    ]


def main(folder: Path, only: str, show: bool) -> None:
    """One line a set."""
    sets: dict[str, Found] = {}
    for place, text, words in labelled(folder, "events", only):
        faults = score(text, words, sets.setdefault(text["set"], Found()))
        if show:
            print(f"{place}  {text['address']}", *faults, sep="\n    ")
    for name, found in sets.items():
        print(
            f"{name}: {found.events} events, {found.day} with their day, {found.whole} whole; "
            f"{found.labelled} of {found.proposed} proposed are labelled"
        )


if __name__ == "__main__":
    main(*asked(sys.argv[1:]))
