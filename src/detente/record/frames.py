"""The five tables of a record as frames: what everything that looks at a record is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from detente.errors import UnknownColumn, did_you_mean
from detente.record.period import Period
from detente.record.rows import Claim, Event, Figure, Source
from detente.record.schema import TABLES
from detente.record.states import States, build_states


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """The rows of a record.

    Attributes
    ----------
    sources, events, figures, claims, forecasts : polars.DataFrame
        The rows of the files, columns as in ``docs/study-format.md``. Text throughout,
        except ``value``, ``low`` and ``high`` of figures and ``low`` and ``high`` of
        forecasts (Float64). Claims keep ``value`` as written: its digits matter.
    folder : str
        Where it was read from.
    """

    sources: pl.DataFrame
    events: pl.DataFrame
    figures: pl.DataFrame
    claims: pl.DataFrame
    forecasts: pl.DataFrame
    folder: str = ""

    def source(self, source_id: str) -> Source:
        """One source by id."""
        return Source.from_row(self._row("sources", source_id))

    def event(self, event_id: str) -> Event:
        """One event by id."""
        return Event.from_row(self._row("events", event_id))

    def figure(self, figure_id: str) -> Figure:
        """One figure by id."""
        return Figure.from_row(self._row("figures", figure_id))

    def claim(self, claim_id: str) -> Claim:
        """One claim by id."""
        return Claim.from_row(self._row("claims", claim_id))

    def states(self) -> States:
        """States of the dyad by day."""
        return build_states(self.events)[0]

    def __repr__(self) -> str:
        counts = ", ".join(f"{getattr(self, name).height} {name}" for name in TABLES)
        return f"{type(self).__name__}({counts})"

    def _row(self, name: str, key: str) -> dict[str, Any]:
        frame = getattr(self, name)
        found = frame.filter(frame[TABLES[name].key] == key)
        if found.is_empty():
            raise UnknownColumn(
                f"There is no row '{key}' in {TABLES[name].file}.{did_you_mean(key, frame[TABLES[name].key])}"
            )
        return found.row(0, named=True)


def spans(cells: pl.Series) -> pl.DataFrame:
    """Columns ``first`` and ``last`` (Date) of a column of periods; null stays null."""
    distinct = cells.drop_nulls().unique()
    periods = [Period.parse(text) for text in distinct]
    table = pl.DataFrame(
        {"cell": distinct, "first": [p.first for p in periods], "last": [p.last for p in periods]},
        schema={"cell": pl.String, "first": pl.Date, "last": pl.Date},
    )
    return cells.rename("cell").to_frame().join(table, on="cell", how="left", maintain_order="left").drop("cell")
