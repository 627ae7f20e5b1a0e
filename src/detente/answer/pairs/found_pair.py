"""What is found of any two economies at once: the lines, similar pairs, partners; and its exits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from detente._notebook import as_html
from detente.answer.facts import Facts
from detente.answer.pairs.lanes import Lane, lanes
from detente.economies import is_current
from detente.outlook.people import PeopleBetween, people_between
from detente.outlook.states_at_risk import FIRST, LISTED_UNTIL
from detente.panel import Panel
from detente.run.what_next import outlook_of


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar pair and its own worst fall."""

    origin: str
    destination: str
    start: int
    end: int
    own: float


@dataclass(frozen=True, slots=True)
class Partner:
    """Who else an economy trades with: what it sold there in the last year, and its share of all it sold."""

    economy: str
    usd_mn: float
    share: float


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """Two economies on a panel, computed at once; nobody has looked at the result.

    Attributes
    ----------
    origin, destination : ISO alpha-3 codes; the first is the seller that is shown first.
    base : first and last year of those that say how close the two usually are.
    facts : what the first screen shows.
    similar : by direction, the pairs nearest in size with their own worst falls.
    partners : by economy, whom else it sells to, largest first.
    flows_of : the panel it was computed on.
    """

    origin: str
    destination: str
    base: tuple[int, int]
    facts: Facts
    similar: tuple[tuple[Similar, ...], tuple[Similar, ...]]
    partners: tuple[tuple[Partner, ...], tuple[Partner, ...]]
    flows_of: Panel

    @property
    def panel(self) -> str:
        """Name of the panel."""
        return self.flows_of.name

    def people(self) -> PeopleBetween:
        """What is known of the people between the two: counts, why they moved, how many next, what if."""
        if not (is_current(self.origin) and is_current(self.destination)):  # a bloc is no country that people come from
            return PeopleBetween(self.origin, self.destination, (), (), (), (), (), ())
        return people_between(self.origin, self.destination)

    def relation(self) -> tuple[Lane, ...]:
        """What the lists that ship say of envoys, the border and measures on trade, from 1990 to the day they were read to."""
        return lanes(self.origin, self.destination, FIRST, LISTED_UNTIL.year)

    def outlook(self) -> pl.DataFrame:
        """What next, each with its score (the columns of a run's table ``outlook``): ranges of trade from the panel's
        last year, odds of a break or a return from the last day to which the list of breaks was read."""
        return outlook_of(self.flows_of, (self.origin, self.destination), day=LISTED_UNTIL.isoformat())

    def to_frame(self) -> pl.DataFrame:
        """Columns origin, destination, year, sold_usd_mn, expected_usd_mn; a year without a figure is null."""
        rows = [
            (flow.origin, flow.destination, year, flow.sold.get(year), flow.expected.get(year))
            for flow in self.facts.flows
            for year in sorted({*flow.sold, *flow.expected})
        ]
        names = {"origin": pl.String, "destination": pl.String, "year": pl.Int64, "sold_usd_mn": pl.Float64,
                 "expected_usd_mn": pl.Float64}  # fmt: skip
        return pl.DataFrame(rows, schema=names, orient="row")

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values, as ``detente pair --json`` prints it."""
        return {
            "origin": self.origin, "destination": self.destination, "base": list(self.base), "panel": self.panel,
            "flows": [
                {
                    "origin": flow.origin, "destination": flow.destination,
                    "sold_usd_mn": {str(y): v for y, v in flow.sold.items()},
                    "expected_usd_mn": {str(y): v for y, v in flow.expected.items()},
                    "worst": None if not flow.falls else asdict(flow.falls[0]),
                }
                for flow in self.facts.flows
            ],
            "similar": [[asdict(one) for one in side] for side in self.similar],
            "partners": [[asdict(one) for one in side] for side in self.partners],
            "outlook": self.outlook().to_dicts(),
            "people": self.people().to_dict(),
            "relation": [
                {"side": lane.ident, "now": lane.segments[-1].state, "acts": [asdict(act) for act in lane.acts]}
                for lane in self.relation()
            ],
        }  # fmt: skip

    def _repr_html_(self) -> str:
        """In a notebook: whom it is about, and what each sold the other."""
        return as_html(repr(self), self.to_frame())

    def __repr__(self) -> str:
        return f"Pair({self.origin}, {self.destination}; {self.panel})"
