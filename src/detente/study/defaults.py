"""Which years to ask about, where nobody has said: the sharpest break between the two, and the years before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import DataError
from detente.language.when import per_year
from detente.panel import Panel

LONGEST_BREAK = 3  # steps between two periods of the panel over which a break may spread
LEAST_BEFORE = 3  # periods with data that a base window needs
HEADLINE = 5  # periods of the first base window
SEASONS = 2  # years of it where the panel counts by quarter or month
SMALL = 0.1  # of the most that the two ever traded: changes among smaller flows are not looked at
OTHER_RELEASE = 0.5  # what a change between two releases of a source counts
FLOOR = 0.01  # of that: a zero counts as this much, so that a rupture is larger than a halving and finite


@dataclass(frozen=True, slots=True)
class DefaultYears:
    """Years for a study of two economies.

    Attributes
    ----------
    base_windows : first and last years that say what is normal; the first window is the headline.
    break_years : the two ends of the sharpest break.
    whole : the two ends of the whole span after the base years, from the break on where that is early enough; no base
        window reaches into either.
    """

    base_windows: tuple[tuple[int, int], ...]
    break_years: tuple[int, int]
    whole: tuple[int, int]

    @property
    def episodes(self) -> tuple[tuple[str, tuple[int, int]], ...]:
        """Ids and years of the episodes: the break, and the whole span where it is another."""
        found = {"break": self.break_years, "whole": self.whole}
        return tuple(found.items())[: 1 if self.whole == self.break_years else 2]


def default_years(panel: Panel, origin: str, destination: str) -> DefaultYears:
    """The sharpest change of what the two trade, set against what either trades with everybody else.

    Raises
    ------
    DataError
        The panel records no trade between the two, or too late to have years before a change.
    """
    both = np.array([panel.flow(origin, destination), panel.flow(destination, origin)])
    known = np.isfinite(both).all(0)
    if (np.nan_to_num(both[:, known]).sum(axis=0) > 0).sum() < LEAST_BEFORE:  # one side only is on record
        known = np.isfinite(both).any(0)
    total = np.where(known, np.nansum(np.where(np.isfinite(both), both, 0.0), axis=0), np.nan)
    traded = np.flatnonzero(np.nan_to_num(total) > 0)
    used = np.flatnonzero(known & (np.arange(len(panel.years)) >= (traded[0] if traded.size else len(panel.years))))
    if used.size < LEAST_BEFORE:
        when = " before its last years" if traded.size else ""
        raise DataError(
            f"The panel '{panel.name}' records no trade between {origin} and {destination}{when}.",
            why="A change needs years before it that say what is normal.",
            fix="Give a panel that records their trade, with --data PATH, or choose another pair.",
        )
    years = [panel.years[t] for t in used]
    size = total[used]
    releases = [panel.provenance.release_of(year) for year in years]
    elsewhere, season = _elsewhere(panel, origin, destination)[used], per_year(years[0])
    start, end = sharpest_break(size, elsewhere, releases) if season == 1 else seasonal_break(size, elsewhere, season)
    first = years[0]
    before = max(start, 1) if start >= 1 else 0
    headline = min((HEADLINE if season == 1 else SEASONS * season) - 1, before)
    whole = start if 2 * start < len(years) else min(start, headline + 1)
    last = len(years) - 1 - (len(years) - 1 - whole) % season  # of the same season, so that seasons are no change
    windows = dict.fromkeys([(first, years[headline]), (first, years[min(before, max(whole, headline))])])
    return DefaultYears(tuple(windows), (years[start], years[end]), (years[whole], years[last]))


def sharpest_break(
    size: NDArray[np.float64], elsewhere: NDArray[np.float64], releases: Sequence[str] = ()
) -> tuple[int, int]:
    """Positions of the two ends of the largest change of ``size`` relative to ``elsewhere``.

    Parameters
    ----------
    size : (t,) what the two trade; elsewhere : (t,) the mean of what either trades with others, same unit.
    releases : (t,) of the source: a change between two of them counts half, for part of it may be theirs.

    Returns
    -------
    (first, last), at most ``LONGEST_BREAK`` steps apart, with years before it where there are enough. A change over
    more steps counts less, by the square root of their number.

    Examples
    --------
    >>> sharpest_break(np.array([10.0, 11, 12, 12, 11, 2, 2, 2]), np.full(8, 50.0))
    (4, 5)
    """
    n, most = size.size, float(np.nanmax(size))
    level = np.log(np.maximum(size, FLOOR * most)) - np.log(np.maximum(elsewhere, 1e-9))
    least = min(LEAST_BEFORE - 1, max(n - 2, 0))
    best, found = -1.0, (max(n - 2, 0), n - 1)
    for start in range(least, n - 1):
        for end in range(start + 1, min(start + LONGEST_BREAK, n - 1) + 1):
            if max(size[start], size[end]) < SMALL * most:
                continue
            score = abs(level[end] - level[start]) / np.sqrt(end - start)
            if releases and releases[start] != releases[end]:
                score *= OTHER_RELEASE
            if np.isfinite(score) and score > best + 1e-12:
                best, found = float(score), (start, end)
    return found


def seasonal_break(size: NDArray[np.float64], elsewhere: NDArray[np.float64], season: int) -> tuple[int, int]:
    """Positions of the last period before the sharpest change from one year to the next, and the same season after.

    Parameters
    ----------
    size, elsewhere : as in :func:`sharpest_break`, by quarter or month.
    season : periods in a year.

    Returns
    -------
    (first, last), ``season`` steps apart: the twelve months (four quarters) after ``first`` differ most from those up to
    it. The whole span, where there are not two years.

    Examples
    --------
    >>> seasonal_break(np.r_[np.full(14, 10.0), np.full(14, 2.0)], np.full(28, 50.0), 4)
    (13, 17)
    """
    n, most = size.size, float(np.nanmax(size))
    level = np.log(np.maximum(size, FLOOR * most)) - np.log(np.maximum(elsewhere, 1e-9))
    if n < 2 * season + 1:
        return 0, n - 1
    year = np.convolve(level, np.full(season, 1 / season), "valid")  # mean of the year from each period on
    starts = np.arange(season - 1, n - season)
    change = np.abs(year[starts + 1] - year[starts + 1 - season])
    start = int(starts[np.argmax(change)])
    return start, start + season


def _elsewhere(panel: Panel, origin: str, destination: str) -> NDArray[np.float64]:
    """The geometric mean of what either sells to and buys from everybody but the other, by period."""
    sums = []
    for code, other in ((origin, destination), (destination, origin)):
        k, j = panel.index(code), panel.index(other)
        rest = np.ones(len(panel.economies), bool)
        rest[[k, j]] = False
        sums.append(np.nansum(panel.flows[:, k, rest], axis=1) + np.nansum(panel.flows[:, rest, k], axis=1))
    return np.sqrt(np.maximum(sums[0], 1e-9) * np.maximum(sums[1], 1e-9))
