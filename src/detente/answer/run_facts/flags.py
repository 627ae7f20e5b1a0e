"""Dated events as flags at a chart: the gravest of the record, each in two or three words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.answer.facts import Flagged, spread_flags
from detente.answer.run_facts.run_tables import RunTables
from detente.charts.gap import Flag
from detente.language import Catalogue

FLAG_KINDS = (
    "diplomatic break", "trade restriction", "border closure", "border opening", "reconciliation", "bloc exit",
    "bloc entry", "agreement", "war", "sanctions", "sanctions relief",
)  # fmt: skip


FROM_OUTSIDE = ("agreement", "sanctions", "sanctions relief")  # often between others: only where there is room


def flags_of(run: RunTables, reach: tuple[float, float]) -> list[Flag]:
    """The gravest events between the two, far enough apart for their words."""
    if run.frames["events"].is_empty():
        return []
    rows = []
    for row in run.frames["events"].iter_rows(named=True):
        x = decimal_year(row["date"])
        if x is not None and row["kind"] in FLAG_KINDS and reach[0] <= x <= reach[1]:
            when = run.words.date("-".join(str(row["date"]).split("/")[0].split("-")[:2]))
            rank = (
                row["kind"] in FROM_OUTSIDE or _of_people_only(row),
                -int(row["severity"] or 1),
                not row.get("sets"),
                x,
            )
            rows.append(Flagged(rank, Flag(x, when, _flag_words(row, run.words))))
    return spread_flags(rows)


def _of_people_only(row: Mapping[str, Any]) -> bool:
    """Whether an event at a border changed it for people alone, which says little beside a line of goods."""
    parts = [part.strip() for part in str(row.get("sets") or "").split(";")]
    borders = [part for part in parts if part.startswith("border.")]
    return row["kind"].startswith("border ") and bool(borders) and all(b.startswith("border.people") for b in borders)


def _flag_words(row: Mapping[str, Any], words: Catalogue) -> str:
    """What an event did in two words: the level to which it brought relations, or for whom the border, else its kind."""
    if _of_people_only(row) and words.has(f"flag.{row['kind'].replace(' ', '_')}"):
        return words(f"flag.{row['kind'].replace(' ', '_')}")
    set_to = next(
        (part.strip() for part in str(row.get("sets") or "").split(";") if part.strip().startswith("relations=")), ""
    )
    level = set_to.partition("=")[2]
    if row["kind"] == "diplomatic break" and words.has(f"flag.{level}"):
        return words(f"flag.{level}")
    if row["kind"] == "reconciliation" and level:  # a meeting alone restores nothing
        return words("flag.restored")
    return words.known("event_kind", row["kind"])


def decimal_year(date: str) -> float | None:
    """``2019-07-02`` as 2019.5; the first day of a range or of a coarse date.

    >>> decimal_year("2019-07"), decimal_year("2019/2020"), decimal_year("n.d.")
    (2019.5, 2019.0, None)
    """
    parts = str(date or "").split("/")[0].split("-")
    if not parts[0].isdigit() or not all(part.isdigit() for part in parts):
        return None
    month = int(parts[1]) if len(parts) > 1 else 1
    day = int(parts[2]) if len(parts) > 2 else 1
    return round(int(parts[0]) + (month - 1) / 12 + (day - 1) / 365.25, 4)
