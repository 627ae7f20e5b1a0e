"""Trade by quarter or month: the season's last value and the last year's level, with the spread of such forecasts.

The middle is a weighted mean, in logs, of the same season's last value and of the mean of the last year with the season's
usual distance from it. Weight and spread were learnt from monthly customs data to the end of 2012, the spread by how
unsteady a flow's changes on the year were, and scored on the ten years after (``seasons.csv`` and ``season_scores.csv``, by
``benchmarks/seasons.py``). Nothing is learnt from the panel asked about, so that one pair is enough.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from detente.outlook.score_card import ScoreCard, cards_in

Floats = NDArray[np.float64]
STEPS = {"quarter": 4, "month": 12}
"""Periods a year."""
REACH = {"quarter": 12, "month": 12}
"""Periods ahead that were scored."""
GROUP = "no event known, by {period}"
SEASONS_TAKEN = 3
"""Years whose median says how far a season usually lies from the year's mean: one year with a break in it changes nothing."""
LEARNT_UNTIL = 2012


@dataclass(frozen=True, slots=True)
class SeasonTerms:
    """What a flow's next periods are foreseen from; nan where too little is on record.

    Attributes
    ----------
    last : (D,) array
        Log flow of the same season, the last one on record.
    level : (D,) array
        Mean log flow of the last year, with the season's usual distance from such a mean.
    unrest : (D,) array
        Root mean square of the changes on the year over the last year, log points.
    """

    last: Floats
    level: Floats
    unrest: Floats


@dataclass(frozen=True, slots=True)
class SeasonSpread:
    """What was learnt for one period ahead.

    Attributes
    ----------
    weight : float
        Of the level beside the season's last value.
    edges : (K - 1,) array
        Of unrest, between its K parts.
    levels : (K, 5) array
        10, 25, 50, 75 and 90% of the log error in each part.
    n : int
        Outcomes learnt from.
    """

    weight: float
    edges: Floats
    levels: Floats
    n: int

    def quantiles(self, terms: SeasonTerms) -> Floats:
        """Log flow (D, 5) at the five levels."""
        middle = (1 - self.weight) * terms.last + self.weight * terms.level
        return middle[:, None] + self.levels[np.digitize(terms.unrest, self.edges)]


def season_terms(log_flows: Floats, season: int, at: int, ahead: int) -> SeasonTerms:
    """The terms of ``ahead`` periods after position ``at``.

    Parameters
    ----------
    log_flows : (T, D), consecutive periods; nan where a flow is zero or missing.
    season : periods a year.
    at : the last position known, at least two years from the first.
    """
    base = at + ahead - season * -(-ahead // season)
    usual = [log_flows[t] - _year_mean(log_flows, t, season) for t in range(base, season - 2, -season)]
    change = log_flows[at - season + 1 : at + 1] - log_flows[at - 2 * season + 1 : at - season + 1]
    return SeasonTerms(
        log_flows[base],
        _year_mean(log_flows, at, season) + _median(np.array(usual[:SEASONS_TAKEN])),
        np.sqrt(_mean(change**2, season // 2)),
    )


def _year_mean(log_flows: Floats, at: int, season: int) -> Floats:
    return _mean(log_flows[at - season + 1 : at + 1], season // 2)


def _mean(values: Floats, least: int) -> Floats:
    """Mean (D,) of what is known of (n, D); nan where fewer than ``least`` are."""
    known = np.isfinite(values)
    n = known.sum(0)
    return np.where(n >= least, np.where(known, values, 0.0).sum(0) / np.maximum(n, 1), np.nan)


def _median(values: Floats) -> Floats:
    """Median (D,) of what is known of (n, D); nan where nothing is."""
    ordered = np.sort(values, axis=0)  # nan last
    n = np.isfinite(values).sum(0)
    low, high = (np.take_along_axis(ordered, k[None], axis=0)[0] for k in (np.maximum(n - 1, 0) // 2, n // 2))
    return np.where(n > 0, (low + high) / 2, np.nan)


@cache
def season_spreads() -> dict[tuple[str, int], SeasonSpread]:
    """By period (``quarter`` or ``month``) and periods ahead."""
    found: dict[tuple[str, int], list[dict[str, str]]] = {}
    for row in csv.DictReader(_text("seasons.csv")):
        found.setdefault((row["period"], int(row["ahead"])), []).append(row)
    levels = ("p10", "p25", "p50", "p75", "p90")
    return {
        key: SeasonSpread(
            float(rows[0]["weight"]), np.array([float(row["until_unrest"]) for row in rows[:-1]]),
            np.array([[float(row[name]) for name in levels] for row in rows]), int(rows[0]["n"]),
        )
        for key, rows in found.items()
    }  # fmt: skip


@cache
def season_cards() -> tuple[ScoreCard, ...]:
    """The scores of such ranges on the ten years after those learnt from."""
    return cards_in("\n".join(_text("season_scores.csv")))


def season_card(period: str, ahead: int) -> ScoreCard:
    """The card of a period and how many of them ahead."""
    group, months = GROUP.format(period=period), ahead * 12 // STEPS[period]
    return next(c for c in season_cards() if (c.group, c.months, c.test) == (group, months, "later years"))


def _text(name: str) -> list[str]:
    return (files("detente.outlook.trade") / name).read_text(encoding="utf-8").splitlines()
