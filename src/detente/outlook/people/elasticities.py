"""How moves between two countries follow the origin's income: elasticities, estimated and as shipped."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import expm1, log1p

import numpy as np
import polars as pl

from detente.data import circumstances
from detente.gravity import fit_ppml
from detente.outlook.people.alarm import OFFSET, land_borders
from detente.panel import Panel, people

Z90 = 1.6449


EFFECTS = " | destination^year + origin^destination"


SINCE = 2000
ENOUGH = 500.0
"""Persons at the start from which a closure or a reopening says something about them."""


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


def are_neighbours(a: str, b: str) -> bool:
    return bool(land_borders((a, b))[0, 1])
