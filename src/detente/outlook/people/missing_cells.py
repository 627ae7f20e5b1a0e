"""A count that is not there yet, from its own last value and from everybody else's of the same year.

Shrunk, because the three-way fit alone loses on stocks (error 1.6 to 2.1 times the last value's) and gains little on
flows (METHODS B3): for flows the geometric mean of the last value and the imputation, for residents by birth the last
value times a quarter (in logs) of what the origin's people elsewhere did, for the protected the last value, which nothing
beats; each moved by the median error that it makes on other pairs' cells of the year. Scores: ``people_cards()``.
"""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.words.sentences import named
from detente.economies import lookup, name_of
from detente.errors import NotIdentified, SpecificationError
from detente.gravity import impute
from detente.language import Number, Text, Word
from detente.outlook.people.definitions import changed_between
from detente.outlook.people.score_cards import nowcast_card
from detente.outlook.score_card import ScoreCard
from detente.panel import Panel, people
from detente.panel.persons import require_existed

Array = NDArray[np.float64]
LEAST = 1000.0
LAST_SHARE = 0.5
"""Weight of the last value beside the imputation, in logs."""
ELSEWHERE = {"foreign_born": 0.25, "protected": 0.0}
"""Weight in logs of what the origin's people elsewhere did, by stock."""
BATCH = 40
"""Cells masked at once: few enough among tens of thousands to change each other's prediction by nothing."""
DRAWN = 400


@dataclass(frozen=True, slots=True)
class Nowcast:
    """A count predicted without itself.

    Attributes
    ----------
    origin, destination, population, year : which.
    last, last_year : the count before, persons.
    low, middle, high : persons; the 10th, 50th and 90th percentile by the errors on other pairs' cells of that year.
    recorded : the count itself, where there is one; it was not used.
    n : pairs whose errors make the interval.
    card : how such counts did on masked cells of other pairs.
    """

    origin: str
    destination: str
    population: str
    year: int
    last: float
    last_year: int
    low: float
    middle: float
    high: float
    recorded: float | None
    n: int
    card: ScoreCard

    def summary(self) -> str:
        """One sentence with the score beside it, in any language."""
        whole = {name: Number(f"{value:,.0f}") for name, value in
                 (("low", self.low), ("middle", self.middle), ("high", self.high), ("last", self.last))}  # fmt: skip
        recorded = "" if self.recorded is None else Text("outlook.recorded", n=Number(f"{self.recorded:,.0f}"))
        return Text(
            "outlook.nowcast", a=named(self.origin), b=named(self.destination), year=str(self.year), **whole,
            population=Word(self.population, group="population"), last_year=str(self.last_year), recorded=recorded,
            score=self.card.sentence(),
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values."""
        return asdict(self)

    def __repr__(self) -> str:
        return f"Nowcast({self.origin}→{self.destination} {self.population} {self.year}: {self.middle:,.0f})"


def nowcast(origin: str, destination: str, year: int | None = None, *, population: str = "foreign_born") -> Nowcast:
    """The count of a year as if it were missing, by shrinkage.

    Parameters
    ----------
    origin, destination : codes or names.
    year : of the panel of the population (the first of five for ``movers``); the newest unless given.
    population : see :func:`detente.people`.

    Raises
    ------
    NotIdentified : fewer than 1,000 persons in the year before: such cells were not scored; or the count changed its
        definition in that year, so that the one before is no guide.
    SpecificationError : the panel's first year.
    UnknownEconomy, DataError, UsageError

    Examples
    --------
    >>> found = nowcast("COL", "VEN", 2015)
    >>> found.last, round(found.middle / found.recorded, 1)
    (929900.0, 1.0)
    """
    a, b = lookup(origin), lookup(destination)
    panel = people(population)
    day = panel.years[-1] if year is None else year
    t = panel.year_index(day)
    if t == 0:
        raise SpecificationError(f"{day} is the first year of {population}.", fix=f"Ask for {panel.years[1]} or later.")
    for code in (a, b):
        require_existed(code, panel.years[t - 1])
    i, j = panel.index(a), panel.index(b)
    last = float(np.nan_to_num(panel.flows[t - 1, i, j]))
    if last < LEAST:
        raise NotIdentified(
            f"{last:,.0f} persons ({population}) of {name_of(a)} in {name_of(b)} in {panel.years[t - 1]}.",
            why=f"Cells below {LEAST:,.0f} were not scored.",
        )
    if population == "protected" and changed_between(a, b, panel.years[t - 1], day):
        raise NotIdentified(
            f"The count of {name_of(a)} in {name_of(b)} changed its definition in {day}.",
            why="The count before is one of other people, and what part of the step is movement nobody published.",
            fix="Ask for another year, or for population='foreign_born'.",
        )
    middle = float(shrunk(panel, t, np.array([[i, j]]))[0])
    if not np.isfinite(middle):
        raise NotIdentified(f"Nothing else is known of {name_of(a)} in {day}.", why="There is nothing to shrink to.")
    quantiles, n = error_quantiles(population, day)
    low, middle, high = np.exp(np.log(middle) + np.array(quantiles))
    recorded = float(panel.flows[t, i, j])
    return Nowcast(
        a, b, population, day, last, panel.years[t - 1], float(low), float(middle), float(high),
        recorded if np.isfinite(recorded) else None, n,
        nowcast_card(population),
    )  # fmt: skip


def shrunk(panel: Panel, t: int, cells: NDArray[np.intp]) -> Array:
    """Persons (n,) that the rule gives for cells (n, 2) of position ``t``, each without itself."""
    i, j = cells.T
    last = panel.flows[t - 1, i, j]
    if panel.stock:
        weight = ELSEWHERE[panel.provenance.population]
        return last * elsewhere_growth(panel, t, cells) ** weight if weight else last
    return np.exp(LAST_SHARE * np.log(last) + (1 - LAST_SHARE) * np.log(imputed(panel, t, cells)))


def elsewhere_growth(panel: Panel, t: int, cells: NDArray[np.intp]) -> Array:
    """Factor (n,) by which the origin's people elsewhere grew from the count before to position ``t``."""
    both = np.isfinite(panel.flows[t]) & np.isfinite(panel.flows[t - 1])
    now, before = (np.where(both, panel.flows[s], 0.0) for s in (t, t - 1))
    i, j = cells.T
    with np.errstate(invalid="ignore", divide="ignore"):
        grew = (now.sum(1)[i] - now[i, j]) / (before.sum(1)[i] - before[i, j])
    return np.where(np.isfinite(grew) & (grew > 0), grew, np.nan)


def imputed(panel: Panel, t: int, cells: NDArray[np.intp]) -> Array:
    """Persons (n,) that everybody else's flows give for the cells, a batch at a time."""
    year, out = panel.years[t], np.full(len(cells), np.nan)
    known = panel.only(panel.years[: t + 1])
    for start in range(0, len(cells), BATCH):
        part = cells[start : start + BATCH]
        masked = [(panel.economies[i], panel.economies[j], year, year) for i, j in part]
        found = impute(known, masked, both_directions=False, placebos=None)
        by_pair = {(p.origin, p.destination): float(p.counterfactual[t]) for p in found.paths}
        out[start : start + BATCH] = [by_pair[panel.economies[i], panel.economies[j]] for i, j in part]
    return np.where(out > 0, out, np.nan)


def scored_cells(panel: Panel, t: int, n: int, seed: int) -> NDArray[np.intp]:
    """Up to ``n`` cells (n, 2) drawn from those of 1,000 and more persons before and a count above zero at ``t``."""
    with np.errstate(invalid="ignore"):
        there = np.argwhere((panel.flows[t - 1] >= LEAST) & (panel.flows[t] > 0))
    chosen = np.random.default_rng(seed).permutation(len(there))[:n]
    return there[np.sort(chosen)]


@lru_cache(maxsize=32)
def error_quantiles(population: str, year: int) -> tuple[tuple[float, float, float], int]:
    """The 10th, 50th and 90th percentile of the rule's log errors on other pairs' cells of a year, and how many these are.

    Those of moves, whose cells take a fit a batch, ship (``nowcast_errors.csv``, by ``benchmarks/people.py``).
    """
    shipped = _shipped_quantiles().get((population, year))
    return shipped if shipped is not None else drawn_quantiles(population, year)


def drawn_quantiles(population: str, year: int) -> tuple[tuple[float, float, float], int]:
    """:func:`error_quantiles` from cells drawn now."""
    panel = people(population)
    t = panel.year_index(year)
    cells = scored_cells(panel, t, DRAWN, seed=year)
    errors = np.log(panel.flows[t, cells[:, 0], cells[:, 1]]) - np.log(shrunk(panel, t, cells))
    errors = errors[np.isfinite(errors)]
    low, middle, high = np.quantile(errors, (0.1, 0.5, 0.9))
    return (float(low), float(middle), float(high)), len(errors)


@lru_cache(maxsize=1)
def _shipped_quantiles() -> dict[tuple[str, int], tuple[tuple[float, float, float], int]]:
    text = (files("detente.outlook.people") / "nowcast_errors.csv").read_text(encoding="utf-8")
    return {
        (row["population"], int(row["year"])): (
            (float(row["p10"]), float(row["p50"]), float(row["p90"])),
            int(row["n"]),
        )
        for row in csv.DictReader(text.splitlines())
    }
