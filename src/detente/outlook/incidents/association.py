"""What goes with a break of relations in counts of incidents: an association, never its effect.

Poisson regression of the counts on the periods around breaks, with an effect of each series and, with several series, of
each period (Santos Silva & Tenreyro 2006; errors by series). Incidents may cause a break as well as follow it, so the year
of the break runs both ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import numpy as np
import polars as pl

from detente.errors import NotIdentified
from detente.gravity import fit_ppml
from detente.outlook.incidents.counts import IncidentCounts, place_of
from detente.record.period import Period

WINDOW = (-2, -1, 0, 1, 2)
"""Years from a break; the others are what they are compared with."""
FEWEST = 5
"""Breaks below which nothing is told."""
NORMAL_90 = 1.6449


@dataclass(frozen=True, slots=True)
class AroundBreaks:
    """Incidents around breaks as multiples of those of other times.

    Attributes
    ----------
    years : tuple of int
        From the break: -2 and -1 before it, 0 the year that begins with it, 1 and 2 after.
    times, low, high : tuple of float
        The multiple and its 90% interval, errors by series.
    n_breaks, n_series : int
    """

    years: tuple[int, ...]
    times: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n_breaks: int
    n_series: int

    def summary(self) -> str:
        """Two sentences: the multiples, and what they are not."""
        said = [f"{year:+d}: {x:.1f} [{a:.1f}, {b:.1f}]"
                for year, x, a, b in zip(self.years, self.times, self.low, self.high)]  # fmt: skip
        return (
            f"Incidents around {self.n_breaks} breaks in {self.n_series} series, times those of other years, by year from the "
            f"break: {'; '.join(said)} (90%). This is an association: incidents may bring a break about as well as follow it."
        )

    def to_frame(self) -> pl.DataFrame:
        """Columns ``year, times, low, high``."""
        return pl.DataFrame({"year": self.years, "times": self.times, "low": self.low, "high": self.high})


def around_breaks(counts: IncidentCounts, breaks: Mapping[str, list[str]]) -> AroundBreaks:
    """How many times as many incidents there are around breaks of relations.

    Parameters
    ----------
    counts : of several series.
    breaks : dates of breaks by series; series without one are compared with.

    Raises
    ------
    NotIdentified
        Fewer than five breaks inside the span: no association could be told from chance.
    """
    frame, n = _rows(counts, breaks)
    if n < FEWEST:
        raise NotIdentified(
            f"{n} breaks lie within the counts.",
            why=f"From fewer than {FEWEST} no association can be told from chance.",
            fix="Give counts of more pairs, with the breaks of each (`detente library --breaks`).",
        )
    names = [_column(year) for year in WINDOW]
    effects = "series + period" if len(counts.names) > 1 else "series"
    fit = fit_ppml(frame, f"incidents ~ {' + '.join(names)} | {effects}", cluster="series")
    known = [(year, name) for year, name in zip(WINDOW, names) if name in fit.coef]
    middle, errors = [fit.coef[name] for _, name in known], [fit.se[name] for _, name in known]
    return AroundBreaks(
        tuple(year for year, _ in known), tuple(exp(b) for b in middle),
        tuple(exp(b - NORMAL_90 * s) for b, s in zip(middle, errors)),
        tuple(exp(b + NORMAL_90 * s) for b, s in zip(middle, errors)), n, len(counts.names),
    )  # fmt: skip


def _column(year: int) -> str:
    return f"before{-year}" if year < 0 else f"after{year}"


def _rows(counts: IncidentCounts, breaks: Mapping[str, list[str]]) -> tuple[pl.DataFrame, int]:
    """A row a series and period with a share of one in each year around a break; and how many breaks lie inside."""
    first, n = place_of(counts.periods[0], counts.every), 0
    blocks = []
    for k, name in enumerate(counts.names):
        around = np.zeros((len(counts.periods), len(WINDOW)))
        for text in breaks.get(name, []):
            day = Period.parse(text).first
            at = day.year * counts.a_year + (day.month - 1) * counts.a_year // 12 - first
            n += 0 <= at < len(counts.periods)
            for column, year in enumerate(WINDOW):
                start = at + year * counts.a_year
                around[max(start, 0) : max(start + counts.a_year, 0), column] = 1.0
        blocks.append(
            pl.DataFrame({"series": [name] * len(counts.periods), "period": counts.periods, "incidents": counts.counts[:, k],
                          **{_column(year): around[:, c] for c, year in enumerate(WINDOW)}})
        )  # fmt: skip
    return pl.concat(blocks), n
