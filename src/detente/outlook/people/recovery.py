"""What if the origin's economy recovers: how many fewer leave, how many return, and what nobody can say.

Elasticities of migration to the origin's GDP per head by Poisson pseudo-maximum likelihood with destination-year and
pair effects, standard errors by origin, on what ships (METHODS B3; findings/flows.md 2.6). The range over specifications
is the answer, not one number; that GDP improves no forecast (see the displaced) is said beside it. For permits and
reopened borders there are too few cases for any number.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from math import expm1, log1p
from typing import Any

import numpy as np
import polars as pl

from detente.attribution.library import cases
from detente.data import circumstances
from detente.economies import lookup, name_of
from detente.errors import SpecificationError
from detente.gravity import fit_ppml
from detente.outlook.people.alarm import OFFSET, land_borders
from detente.panel import Panel, people

Z90 = 1.6449
EFFECTS = " | destination^year + origin^destination"
SINCE = 2000
ENOUGH = 500.0
"""Persons at the start from which a closure or a reopening says something about them."""
LARGEST_PCT = 100.0
"""Growth above which elasticities of decades of ordinary years say nothing."""


@dataclass(frozen=True, slots=True)
class MigrationElasticity:
    """One specification.

    Attributes
    ----------
    outcome : ``moves`` (five-year flows), ``arrivals`` or ``departures`` (rises and falls of UNHCR's counts).
    variant : ``all``, ``neighbours``, ``without the origin``, ``origins at peace``, ``income of the year before``.
    elasticity, se : of the flow to the origin's GDP per head, with the standard error by origin.
    n : rows used.
    """

    outcome: str
    variant: str
    elasticity: float
    se: float
    n: int

    def effect_pct(self, growth_pct: float) -> tuple[float, float, float]:
        """Change of the flow in percent with the ends of its 90% interval: low, middle, high."""
        step = log1p(growth_pct / 100)
        ends = (self.elasticity - Z90 * self.se, self.elasticity, self.elasticity + Z90 * self.se)
        low, middle, high = sorted(100 * expm1(e * step) for e in ends)
        return low, middle, high


@dataclass(frozen=True, slots=True)
class OriginRecovery:
    """What a richer origin does to the people who leave it for one destination.

    Attributes
    ----------
    origin, destination : codes.
    growth_pct : assumed rise of the origin's GDP per head, percent.
    neighbours : whether the two share a land border, for which the elasticity is larger.
    elasticities : every specification.
    low, middle, high : change of the outflow, percent: lowest and highest middle over the specifications of moves and
        arrivals, and the main one (that of neighbours where they are).
    interval : 90% of the main specification alone, percent.
    returns : change of departures from the destination, percent, 90%: low, middle, high.
    n_closures, n_reopenings : closed and reopened land borders of the library with 500 and more protected people of
        the pair at the start. So few that no effect of permits or of a reopened border is given.
    """

    origin: str
    destination: str
    growth_pct: float
    neighbours: bool
    elasticities: tuple[MigrationElasticity, ...]
    low: float
    middle: float
    high: float
    interval: tuple[float, float]
    returns: tuple[float, float, float]
    n_closures: int
    n_reopenings: int

    @property
    def returns_detectable(self) -> bool:
        """Whether the interval of returns leaves zero out."""
        return not self.returns[0] < 0 < self.returns[2]

    def to_frame(self) -> pl.DataFrame:
        """One row a specification: outcome, variant, elasticity, se, n, and the effect in percent with its 90%."""
        rows = [{**asdict(e), **dict(zip(("low_pct", "middle_pct", "high_pct"), e.effect_pct(self.growth_pct)))}
                for e in self.elasticities]  # fmt: skip
        return pl.DataFrame(rows)

    def summary(self) -> str:
        """Three sentences: who leaves, who returns, what is not known."""
        low, middle, high = (f"{v:+.0f}" for v in (self.low, self.middle, self.high))
        ends = [f"{v:+.0f}" for v in self.returns]
        own = [f"{v:+.0f}" for v in self.interval]
        found = "changes" if self.returns_detectable else "no detectable change of"
        return (
            f"{name_of(self.origin)}'s income per head {self.growth_pct:+.0f}%: moves to {name_of(self.destination)} "
            f"{middle}% [{own[0]}, {own[1]}]; {low}% to {high}% over all specifications.\n"
            f"Returns: {found} departures, {ends[1]}% [{ends[0]}, {ends[2]}].\n"
            f"Permits and a reopened border: no estimate exists ({self.n_closures} closures and {self.n_reopenings} "
            f"reopenings with enough people)."
        )

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values."""
        return asdict(self)

    def __repr__(self) -> str:
        return f"OriginRecovery({self.origin}→{self.destination}: {self.low:.0f}% to {self.high:.0f}%)"


def origin_recovers(origin: str, destination: str, *, growth_pct: float = 20.0) -> OriginRecovery:
    """What if the origin's GDP per head rises: moves to the destination, and returns from it.

    Parameters
    ----------
    origin, destination : codes or names.
    growth_pct : rise of the origin's GDP per head, percent, between -50 and 100.

    Raises
    ------
    SpecificationError : a change outside these ends, or one country twice.
    UnknownEconomy

    Examples
    --------
    >>> found = origin_recovers("VEN", "PER")
    >>> -20 < found.low < found.high < -5, found.returns_detectable
    (True, False)
    """
    a, b = lookup(origin), lookup(destination)
    if a == b:
        raise SpecificationError(f"{a} was named twice.", fix="Name two different economies.")
    if not -50 <= growth_pct <= LARGEST_PCT or growth_pct == 0:
        raise SpecificationError(
            f"A change of {growth_pct:g}% was not seen often enough to be learnt from.",
            fix=f"Ask for one between -50 and {LARGEST_PCT:.0f} percent that is not zero.",
        )
    near = _neighbours(a, b)
    found = shipped_elasticities(a)
    outflow = [e for e in found if e.outcome != "departures"]
    main = next(e for e in outflow if e.variant == ("neighbours" if near else "all"))
    middles = [e.effect_pct(growth_pct)[1] for e in outflow if near or e.variant != "neighbours"]
    low, middle, high = main.effect_pct(growth_pct)
    returns = next(e for e in found if e.outcome == "departures").effect_pct(growth_pct)
    closures, reopenings = counted_cases()
    return OriginRecovery(
        a, b, growth_pct, near, found, min(middles), middle, max(middles), (low, high), returns, closures, reopenings
    )


def shipped_elasticities(origin: str) -> tuple[MigrationElasticity, ...]:
    """What :func:`estimate_elasticities` gave when ``benchmarks/people.py`` last wrote it (elasticities.csv).

    Examples
    --------
    >>> [(e.variant, round(e.elasticity, 1)) for e in shipped_elasticities("VEN")][:2]
    [('all', -0.7), ('neighbours', -1.0)]
    """
    return tuple(e for of, e in _shipped_rows() if of in ("", origin))


@lru_cache(maxsize=1)
def _shipped_rows() -> tuple[tuple[str, MigrationElasticity], ...]:
    text = (files("detente.outlook.people") / "elasticities.csv").read_text(encoding="utf-8")
    return tuple(
        (
            r["origin"],
            MigrationElasticity(r["outcome"], r["variant"], float(r["elasticity"]), float(r["se"]), int(r["n"])),
        )
        for r in csv.DictReader(text.splitlines())
    )


def estimate_elasticities(origin: str) -> tuple[MigrationElasticity, ...]:
    """Every specification, fitted on the shipped panels; ``origin`` is the country that one of them leaves out.

    Raises
    ------
    NotConverged : a fit did not.
    """
    return (*_common(), without(origin))


def without(origin: str) -> MigrationElasticity:
    """The main specification without one origin."""
    rows = _moves().filter(pl.col("origin") != origin)
    return _fit(rows, "moves", "without the origin", "income + conflict")


@lru_cache(maxsize=1)
def _common() -> tuple[MigrationElasticity, ...]:
    """The specifications that no origin changes."""
    moves = _moves()
    arrivals, departures = _yearly()
    both, with_stock = "income + conflict", "income + conflict + log_stock"
    return (
        _fit(moves, "moves", "all", both),
        _fit(moves, "moves", "neighbours", "income + conflict + income_near", near=True),
        _fit(moves.filter(pl.col("conflict") == 0), "moves", "origins at peace", "income"),
        _fit(_moves(lag=True), "moves", "income of the year before", both),
        _fit(arrivals, "arrivals", "all", with_stock),
        _fit(departures, "departures", "all", with_stock),
    )


def _fit(rows: pl.DataFrame, outcome: str, variant: str, terms: str, *, near: bool = False) -> MigrationElasticity:
    fit = fit_ppml(rows, f"persons ~ {terms}{EFFECTS}", cluster="origin")
    if not near:
        return MigrationElasticity(outcome, variant, float(fit.coef["income"]), float(fit.se["income"]), fit.n_used)
    names = list(fit.coef)
    k = [names.index(name) for name in ("income", "income_near")]
    spread = np.asarray(fit.vcov())[np.ix_(k, k)].sum()
    total = float(fit.coef["income"] + fit.coef["income_near"])
    return MigrationElasticity(outcome, variant, total, float(np.sqrt(spread)), fit.n_used)


@lru_cache(maxsize=2)
def _moves(lag: bool = False) -> pl.DataFrame:
    """Five-year flows with the origin's income and conflict in the same years, or in the year before them."""
    panel = people("movers")
    flows = np.nan_to_num(panel.flows)
    rows = _long(panel, list(range(len(panel.years))), flows, (flows > 0).any(axis=0))
    parts = []
    for year in panel.years:
        span = (year - 1, year - 1) if lag else (year, year + 4)
        frame = circumstances().filter(pl.col("year").is_between(*span)).group_by("economy").agg(
            pl.col("gdp_per_head").log().mean().alias("income"), pl.col("conflict").max())  # fmt: skip
        parts.append(frame.with_columns(year=pl.lit(year, pl.Int64)))
    return _with_origin(rows, pl.concat(parts), panel)


@lru_cache(maxsize=1)
def _yearly() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rises and falls of the protected by year since 2000, of pairs that had 500 or more in one of the years.

    Beside them the log of the count before, and the origin's circumstances: of the year before for those who arrive
    (who left meanwhile), of the same year for those who go.
    """
    panel = people("protected")
    stock = np.nan_to_num(panel.flows)
    places = [t for t, year in enumerate(panel.years) if year >= SINCE]
    large = (stock[places] >= ENOUGH).any(axis=0)
    before = np.zeros_like(stock)
    before[1:] = stock[:-1]
    log_stock = _long(panel, places, np.log(before + OFFSET), large)["persons"].alias("log_stock")
    known = circumstances().rename({"gdp_per_head": "income"}).with_columns(pl.col("income").log())
    found = []
    for sign, lag in ((1, 1), (-1, 0)):
        moved = _long(panel, places, np.maximum(sign * (stock - before), 0), large).with_columns(log_stock)
        found.append(_with_origin(moved, known.with_columns(pl.col("year") + lag), panel))
    return found[0], found[1]


def _long(panel: Panel, places: list[int], values: np.ndarray, chosen: np.ndarray) -> pl.DataFrame:
    """Rows origin, destination, year, persons of the chosen pairs ``[i, j]``."""
    i, j = np.nonzero(chosen)
    codes = np.array(panel.economies)
    return pl.DataFrame({
        "origin": np.tile(codes[i], len(places)), "destination": np.tile(codes[j], len(places)),
        "year": np.repeat(np.array(panel.years, dtype=np.int64)[places], len(i)),
        "persons": values[places][:, i, j].ravel(),
    })  # fmt: skip


def _with_origin(rows: pl.DataFrame, known: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    land = land_borders(panel.economies)
    codes = panel.economies
    near = pl.DataFrame([(codes[i], codes[j], 1.0) for i, j in np.argwhere(land)],
                        schema=["origin", "destination", "near"], orient="row")  # fmt: skip
    rows = rows.join(known, left_on=["origin", "year"], right_on=["economy", "year"]).drop_nulls("income")
    rows = rows.join(near, on=["origin", "destination"], how="left").with_columns(pl.col("near").fill_null(0.0))
    return rows.with_columns(income_near=pl.col("income") * pl.col("near"))


def _neighbours(a: str, b: str) -> bool:
    return bool(land_borders((a, b))[0, 1])


@lru_cache(maxsize=1)
def counted_cases() -> tuple[int, int]:
    """Closures, and reopenings, of land borders in the library with 500 and more protected people of the pair then.

    Examples
    --------
    >>> closures, reopenings = counted_cases()
    >>> closures < 10, reopenings < 10    # too few for an estimate
    (True, True)
    """
    closed, opened = set(), set()
    for case, pair in _closures():
        if _protected(pair, case.start_year) >= ENOUGH:
            closed.add((pair, case.start_year))
        if case.reopened_year is not None and _protected(pair, case.reopened_year) >= ENOUGH:
            opened.add((pair, case.reopened_year))
    return len(closed), len(opened)


def _closures() -> Iterator[tuple[Any, tuple[str, str]]]:
    for case in cases():
        first, second = sorted((case.origin, case.destination))
        if "closure" in case.instrument and _neighbours(first, second):
            yield case, (first, second)


def _protected(pair: tuple[str, str], year: int) -> float:
    """Protected people of either in the other at the end of the year."""
    panel = people("protected")
    if year not in panel.years or not set(pair) <= set(panel.economies):
        return 0.0
    t = panel.year_index(year)
    a, b = pair
    return float(np.nan_to_num(panel.flow(a, b)[t]) + np.nan_to_num(panel.flow(b, a)[t]))
