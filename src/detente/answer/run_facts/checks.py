"""Of the other specifications of a change, how many call it unusual: one rule for the first screen and the curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from detente.attribution.words.strength import tail_of

UNUSUAL = 0.05  # a share of comparable pairs at or below which a change is called unusual
FEWEST = 19  # comparable pairs below which no share can be that small


def can_tell(row: Mapping[str, Any]) -> bool:
    """Whether a row of the table ``specifications`` was compared with enough pairs to call anything unusual."""
    return row["placebo_share"] is not None and (row["n_placebos"] or 0) >= FEWEST


def calls_unusual(row: Mapping[str, Any], *, gained: bool) -> bool:
    """Whether a specification that can tell has few pairs with as large a loss or, of a gain, as large a gain."""
    smallest = 1 / (1 + (row["n_placebos"] or 0))
    return can_tell(row) and tail_of(row["placebo_share"], smallest, 1.0 if gained else -1.0) <= UNUSUAL


def counted(rows: Iterable[Mapping[str, Any]], *, gained: bool) -> tuple[int, int] | None:
    """How many of the specifications that can tell call a change unusual, and how many there are; None without one."""
    able = [row for row in rows if can_tell(row)]
    return (sum(calls_unusual(row, gained=gained) for row in able), len(able)) if able else None
