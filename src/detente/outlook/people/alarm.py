"""The alarm: odds that a protected population doubles and gains 50,000 within two years.

A ridge logit on the size (and its square: what is large seldom doubles) and last growth of the corridor's own count, on
those of the origin's count elsewhere, and a land border; learnt each year on outcomes known by then (METHODS B3). GDP,
conflict and democracy add nothing.
"""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data import circumstances
from detente.economies import lookup, name_of
from detente.errors import NotIdentified
from detente.outlook.people.definitions import changed_steps
from detente.outlook.people.score_cards import people_card
from detente.outlook.ridge_logit import fit_ridge_logit
from detente.outlook.score_card import ScoreCard
from detente.panel import Panel, people
from detente.panel.persons import require_existed

Array = NDArray[np.float64]
AHEAD = 2
GAIN, TIMES = 50_000.0, 2.0
WATCHED = 1000.0
"""Persons from which a corridor without a land border is watched."""
OFFSET = 50.0
LARGEST_STEP = 2.0
PENALTY = 1.0
SHRINK = 2.0
FEATURES = ("log_own", "log_own_squared", "own_growth", "log_elsewhere", "elsewhere_growth", "land")
WARS = 3
"""Intensities of conflict (none, minor, war), which with the land border make the strata of the base rate."""
FEWEST = 10
"""Surges known below which nothing is learnt."""


@dataclass(frozen=True, slots=True)
class SurgeOdds:
    """Odds of a surge, never to be read without the base beside them.

    Attributes
    ----------
    origin, destination : codes; as_of : the last year-end known.
    own : protected persons of the origin in the destination then.
    probability, base_rate : within two years; the base is that of corridors with and without a land border, by
        conflict at the origin.
    rank, n_ranked : place among all corridors watched that year.
    card : how such odds did out of sample.
    """

    origin: str
    destination: str
    as_of: int
    own: float
    probability: float
    base_rate: float
    rank: int
    n_ranked: int
    card: ScoreCard

    @property
    def times_base(self) -> float:
        """Odds relative to the base rate's."""
        return self.probability / (1 - self.probability) / (self.base_rate / (1 - self.base_rate))

    def summary(self) -> str:
        """One sentence."""
        return (
            f"{name_of(self.origin)} to {name_of(self.destination)}, twice as many and 50,000 more by the end of "
            f"{self.as_of + AHEAD}: {100 * self.probability:.1f}%, {self.times_base:.1f} times the base odds "
            f"({100 * self.base_rate:.1f}%); number {self.rank} of {self.n_ranked}. {self.card.sentence()}"
        )

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values."""
        return asdict(self) | {"times_base": self.times_base}

    def __repr__(self) -> str:
        return f"SurgeOdds({self.origin}→{self.destination}: {self.probability:.3f}, base {self.base_rate:.4f})"


@dataclass(frozen=True, slots=True)
class Corridors:
    """Corridors watched in a year, a row each.

    Attributes
    ----------
    year : (n,); origin, destination : (n,) positions.
    features : (n, 6), see :data:`FEATURES`.
    stratum : (n,) of the base rate.
    own : (n,) persons.
    surged : (n,) 1, 0, or NaN where not known yet, or where the count changed its definition on the way.
    """

    year: NDArray[np.int_]
    origin: NDArray[np.intp]
    destination: NDArray[np.intp]
    features: Array
    stratum: NDArray[np.int_]
    own: Array
    surged: Array

    def where(self, mask: NDArray[np.bool_]) -> Corridors:
        """The rows of a mask."""
        return Corridors(*(getattr(self, name)[mask] for name in self.__slots__))


def corridors(panel: Panel) -> Corridors:
    """Every corridor watched in every year of a panel of stocks."""
    stock, changed = np.nan_to_num(panel.flows), changed_steps(panel)
    land, war = land_borders(panel.economies), _conflict(panel)
    parts = []
    for t in range(1, len(panel.years)):
        watched = land | (stock[t] > WATCHED)
        np.fill_diagonal(watched, False)
        i, j = np.nonzero(watched)
        own, before = stock[t, i, j], np.where(changed[t], stock[t], stock[t - 1])  # such a step is no growth
        elsewhere, elsewhere_before = stock[t].sum(1)[i] - own, before.sum(1)[i] - before[i, j]
        grew = [_growth(own, before[i, j]), _growth(elsewhere, elsewhere_before)]
        size = np.log(own + OFFSET)
        features = np.column_stack(
            [size, size**2, grew[0], np.log(elsewhere + OFFSET), grew[1], land[i, j].astype(float)]
        )
        surged = np.full(len(i), np.nan)
        if t + AHEAD < len(panel.years):
            later = stock[t + AHEAD, i, j]
            surged = ((later >= TIMES * np.maximum(own, 1)) & (later - own >= GAIN)).astype(float)
            surged[np.logical_or.reduce(changed[t + 1 : t + AHEAD + 1])[i, j]] = np.nan
        year = np.full(len(i), panel.years[t])
        parts.append((year, i, j, features, (land[i, j] * WARS + war[t, i]).astype(int), own, surged))
    return Corridors(*(np.concatenate(column) for column in zip(*parts)))


@dataclass(frozen=True, slots=True)
class SurgeModel:
    """A fitted alarm: ``beta`` (7,) on features standardised by ``mean`` and ``scale`` (6,); ``base`` (6,) by stratum."""

    beta: Array
    mean: Array
    scale: Array
    base: Array

    def probability(self, features: Array) -> Array:
        """(n,) between zero and one."""
        return 1 / (1 + np.exp(-(self.beta[0] + ((features - self.mean) / self.scale) @ self.beta[1:])))


def fit_surge(rows: Corridors, as_of: int) -> SurgeModel:
    """The alarm learnt from corridors whose outcome was known by the end of ``as_of``.

    Raises
    ------
    NotIdentified : fewer than ten surges were known.
    """
    known = rows.where(np.isfinite(rows.surged) & (rows.year + AHEAD <= as_of))
    if known.surged.sum() < FEWEST:
        raise NotIdentified(f"Only {known.surged.sum():.0f} surges were known by {as_of}.", fix="Ask for a later year.")
    mean, scale = known.features.mean(0), known.features.std(0) + 1e-9
    beta = fit_ridge_logit((known.features - mean) / scale, known.surged, np.ones(len(known.own)), PENALTY)
    rate, size = known.surged.mean(), 2 * WARS
    n, seen = np.bincount(known.stratum, minlength=size), np.bincount(known.stratum, known.surged, size)
    return SurgeModel(beta, mean, scale, (seen + SHRINK * rate) / (n + SHRINK))


@lru_cache(maxsize=1)
def _shipped_corridors() -> Corridors:
    return corridors(people("protected"))


@lru_cache(maxsize=40)
def _shipped_alarm(as_of: int) -> SurgeModel:
    return fit_surge(_shipped_corridors(), as_of)


def surge(origin: str, destination: str, *, as_of: int | None = None) -> SurgeOdds:
    """The odds that the protected people of one country in another double and gain 50,000 within two years.

    Parameters
    ----------
    origin, destination : codes or names.
    as_of : the last year-end known; the newest unless given.

    Raises
    ------
    NotIdentified : neither a land border nor 1,000 persons: such corridors were not scored; or too little was known.
    UnknownEconomy, DataError

    Examples
    --------
    >>> odds = surge("VEN", "COL", as_of=2017)
    >>> odds.probability > 0.03, odds.times_base > 10
    (True, True)
    """
    a, b = lookup(origin), lookup(destination)
    panel = people("protected")
    day = panel.years[-1] if as_of is None else as_of
    panel.year_index(day)
    for code in (a, b):
        require_existed(code, day)
    rows = _shipped_corridors()
    now = rows.where(rows.year == day)
    at = np.flatnonzero((now.origin == panel.index(a)) & (now.destination == panel.index(b)))
    if not len(at):
        raise NotIdentified(
            f"{name_of(a)} to {name_of(b)} is no corridor that was watched in {day}.",
            why="Odds were scored for land neighbours and for corridors of more than 1,000 persons.",
        )
    model = _shipped_alarm(day)
    p, k = model.probability(now.features), int(at[0])
    return SurgeOdds(
        a, b, day, float(now.own[k]), float(p[k]), float(model.base[now.stratum[k]]), int((p > p[k]).sum()) + 1, len(p),
        people_card("surge", AHEAD),
    )  # fmt: skip


def land_borders(economies: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which pairs ``[i, j]`` share a land border (shipped table of 171 states)."""
    place = {code: k for k, code in enumerate(economies)}
    out = np.zeros((len(economies), len(economies)), dtype=bool)
    text = (files("detente.outlook") / "ties.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        if row["tie"] == "land" and row["a"] in place and row["b"] in place:
            i, j = place[row["a"]], place[row["b"]]
            out[i, j] = out[j, i] = True
    return out


def _growth(now: Array, before: Array) -> Array:
    return np.clip(np.log((now + OFFSET) / (before + OFFSET)), -LARGEST_STEP, LARGEST_STEP)


def _conflict(panel: Panel) -> NDArray[np.int_]:
    """Intensity of conflict ``[t, i]``: 0, 1 or 2."""
    place, when = ({v: k for k, v in enumerate(values)} for values in (panel.economies, panel.years))
    out = np.zeros((len(panel.years), len(panel.economies)), dtype=int)
    for economy, year, level in circumstances().select("economy", "year", "conflict").iter_rows():
        if economy in place and year in when:
            out[when[year], place[economy]] = level
    return out
