"""How many move in the next five years: as many as in the last, with the interval that earlier periods give.

Nothing beats the last value by 2% (METHODS B3: the mean of the past, shares of the origin's outflow and mixtures all
score worse), so the last value it is, with the errors that it made before. With six periods the interval itself is
uncertain by seven points either way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.economies import lookup, name_of
from detente.errors import NotIdentified
from detente.outlook.people.people_forecast import PeopleForecast
from detente.outlook.people.score_cards import people_card
from detente.panel import Panel, people
from detente.panel.persons import require_existed

LEAST = 100.0
OFFSET = 10.0
YEARS = 5
TAU = np.arange(1, 100) / 100


@dataclass(frozen=True, slots=True, repr=False)
class MoveForecast(PeopleForecast):
    """Persons who move in the next five years; see :class:`~detente.outlook.people.people_forecast.PeopleForecast`."""

    @property
    def period(self) -> int:
        """The first of the five years."""
        return self.year

    def summary(self) -> str:
        """One sentence with the score beside it."""
        who = f"{name_of(self.origin)} to {name_of(self.destination)}, {self.period} to {self.period + YEARS - 1}"
        return self.said(who, "in the five years before")

    def __repr__(self) -> str:
        return f"MoveForecast({self.origin}→{self.destination} {self.period}: {self.middle:,.0f})"


def past_errors(panel: Panel, known: int) -> NDArray[np.float64]:
    """Log errors (n,) of the last value on every pair and period up to position ``known``."""
    flows = np.nan_to_num(panel.flows)
    parts = []
    for t in range(known):
        there = flows[t] >= LEAST
        parts.append(np.log(flows[t + 1][there] + OFFSET) - np.log(flows[t][there] + OFFSET))
    return np.concatenate(parts)


def forecast_moves(origin: str, destination: str, *, as_of: int | None = None) -> MoveForecast:
    """Persons who move from one country to another in the next five years.

    Parameters
    ----------
    origin, destination : codes or names.
    as_of : first year of the last period known; the newest unless given.

    Raises
    ------
    NotIdentified : fewer than 100 persons in that period, or no period before it.
    UnknownEconomy, DataError

    Examples
    --------
    >>> found = forecast_moves("COL", "VEN")
    >>> found.period, found.low < found.last < found.high
    (2020, True)
    """
    a, b = lookup(origin), lookup(destination)
    panel = people("movers")
    day = panel.years[-1] if as_of is None else as_of
    t = panel.year_index(day)
    for code in (a, b):
        require_existed(code, day)
    last = float(np.nan_to_num(panel.flow(a, b)[t]))
    if last < LEAST or t == 0:
        raise NotIdentified(
            f"{last:,.0f} persons moved from {name_of(a)} to {name_of(b)} in the five years from {day}.",
            why=f"Flows below {LEAST:,.0f} and first periods were not scored.",
        )
    errors = np.quantile(past_errors(panel, t), (0.1, 0.5, 0.9))
    low, middle, high = (max(float((last + OFFSET) * np.exp(e)) - OFFSET, 0.0) for e in (errors[0], 0.0, errors[2]))
    return MoveForecast(a, b, day, day + YEARS, last, low, middle, high, people_card("moved", YEARS))
