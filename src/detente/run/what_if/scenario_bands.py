"""Bands around a scenario: many exact draws of what is uncertain. The report and the app's desk both draw here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.equilibrium import CLOSED, Coefficients, Economy, Ensemble, LogNormal, SectorEconomy, Shock, ensemble
from detente.run.schema import TableSchema, number, text, whole
from detente.run.what_if.baseline import Baseline
from detente.run.what_if.scenarios import TableOfStudy
from detente.run.what_if.shocks import ResidualAt, effects, heals_nothing, supply_elasticity, tariffs_of
from detente.study.spec import Ends, Scenario, Spec, both_ways

DRAWS = 200
SEED = 20220926
THETA_LOG_SD = 0.25  # around the central elasticity: half of the draws within 17% of it
FLOW_ERROR = 0.10  # log standard deviation of a recorded flow; mirror reports differ by more
ENDS = (0.05, 0.5, 0.95)

Floats = NDArray[np.float64]
_POINTS = tuple(zip(("p05", "p50", "p95"), ("5% point of", "median of", "95% point of")))
BANDS = TableSchema(
    "bands",
    "One row per scenario and economy of the pair, on the newest baseline year: points of the draws, around the middle "
    "case that `scenarios` has; a scenario on one sector on the study's input-output table. Drawn are the elasticity "
    "(log-normal; on a table one factor on every sector's), the deficit rule, the error of recorded flows (10%), the "
    "baseline (GDP range, ratio of output to GDP) and, where the scenario moves the pair's residual, where it ends up: "
    "as widely as ordinary pairs' residuals lie where it is healed, in proportion where it is moved less far; a tariff is "
    "levied as stated. Empty in a quick run, and without a scenario whose ordinary pairs may stop trading altogether, "
    "which gives its draws no width.",
    (
        text("scenario", "id of the scenario in `study.toml`"),
        text("title", "its title"),
        whole("year", "baseline year"),
        text("economy", "which of the two"),
        *(number(f"welfare_pct_{p}", f"{what} the change in real income", "percent") for p, what in _POINTS),
        *(number(f"exports_usd_mn_{p}", f"{what} the economy's exports to the other one, after", "US$ million")
          for p, what in _POINTS),
        whole("draws", "how many draws"),
        whole("failed", "how many of them had no solution"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """An effect on the pair's trade.

    Attributes
    ----------
    name : to tell it from the others.
    size : log points; minus infinity closes the border.
    sd : standard deviation of the size, log points.
    directions : the flows it acts on, a sector's as (origin, destination, sector).
    """

    name: str
    size: float
    sd: float
    directions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Draws that have a solution.

    Attributes
    ----------
    welfare_pct : economy of the pair to (k,) array
        Change in real income, percent.
    exports_usd_mn : economy to (k,) array
        Its exports to the other one, after; million US$.
    draws, failed : how many were drawn, and how many of them have no solution.
    """

    welfare_pct: Mapping[str, Floats]
    exports_usd_mn: Mapping[str, Floats]
    draws: int
    failed: int

    def points(self, values: Floats) -> tuple[float | None, ...]:
        """5%, 50% and 95% points; None where no draw has a solution."""
        return tuple(map(float, np.quantile(values, ENDS))) if values.size else (None,) * len(ENDS)


def pair_moves(
    shock: Mapping[Ends, float], year: int, residual: ResidualAt, spread: ResidualAt
) -> tuple[Move, ...] | None:
    """Effects by direction as moves of the pair's residual, with how uncertain it is where they end.

    Healing, a move by the whole residual, ends as widely spread as ordinary dyads' residuals are; a smaller move in
    proportion, so that nothing moved is certain.

    Parameters
    ----------
    shock : log points by direction.
    residual, spread : of a direction and year, on the headline base window.

    Returns
    -------
    The moves; None where one of them has no known spread, because ordinary dyads may stop trading altogether.
    """
    moves = []
    for ends, size in shock.items():
        if size == CLOSED:
            moves.append(Move(">".join(ends), CLOSED, 0.0, (ends,)))
            continue
        if size == 0.0:
            continue
        wide, now = spread(ends[0], ends[1], year), residual(ends[0], ends[1], year)
        if wide is None:
            return None
        moves.append(Move(">".join(ends), size, wide * (min(1.0, abs(size / now)) if now else 1.0), (ends,)))
    return tuple(moves)


def draw(
    pool: Sequence[Baseline], dyad: Ends, moves: Iterable[Move], *, theta: float, deficits: Sequence[str],
    psi: float = 0.0, tariffs: Shock | None = None, pass_through: float = 1.0, draws: int = DRAWS, seed: int = SEED,
) -> Drawn:  # fmt: skip
    """Solve exactly on draws of what is uncertain.

    Parameters
    ----------
    pool : baselines of one year, equally many draws each.
    dyad : the pair.
    moves : what the scenario does; one that closes the border stays closed in every draw.
    theta : median of the trade elasticity, drawn log-normal around it.
    deficits : rules, equally likely.
    psi : supply elasticity.
    tariffs, pass_through : tariffs levied beside, and the share of them that reaches buyers; each baseline is then one
        sector with a place for the revenue.
    """
    economies: list[Economy | SectorEconomy] = [base.economy for base in pool]
    if tariffs is not None:
        economies = [SectorEconomy.of(base.economy, theta=theta) for base in pool]
    each = math.ceil(draws / len(pool))
    solved = [
        drawn_on(
            economy, dyad, moves, theta=theta, deficits=deficits, psi=psi, tariffs=tariffs, pass_through=pass_through,
            draws=each, seed=seed + k,
        )
        for k, economy in enumerate(economies)
    ]  # fmt: skip
    return of_pair(solved, dyad)


def drawn_on(
    economy: Economy | SectorEconomy, dyad: Ends, moves: Iterable[Move], *, theta: float, deficits: Sequence[str],
    psi: float = 0.0, tariffs: Shock | None = None, pass_through: float = 1.0, draws: int = DRAWS, seed: int = SEED,
) -> Ensemble:  # fmt: skip
    """The draws on one economy; parameters as in :func:`draw`. One by sector carries its elasticities: ``theta`` is not used."""
    moves = tuple(moves)
    closed = {ends: CLOSED for m in moves if m.size == CLOSED for ends in m.directions}
    uncertain = [m for m in moves if m.size != CLOSED]
    coefficients = None
    if uncertain:
        coefficients = Coefficients(
            design={m.name: dict.fromkeys(m.directions, 1.0) for m in uncertain},
            mean={m.name: m.size for m in uncertain},
            covariance=np.diag([m.sd**2 for m in uncertain]),
        )
    by_sector = isinstance(economy, SectorEconomy)
    more = {"pass_through": pass_through} if by_sector else {}
    return ensemble(
        economy, Shock(closed) + (tariffs or Shock()), draws=draws, coefficients=coefficients,
        theta=LogNormal(1.0 if by_sector else theta, THETA_LOG_SD), supply_elasticity=psi, flow_error=FLOW_ERROR,
        deficits=tuple(deficits), track=both_ways(dyad), seed=seed, **more,
    )  # fmt: skip


def scenario_moves(
    scenario: Scenario, spec: Spec, year: int, residual: ResidualAt, spread: ResidualAt
) -> tuple[Move, ...] | None:
    """What a scenario moves beside tariffs, with how uncertain that is; None where nothing can be drawn.

    A stated effect on one sector is certain: no residual of a sector is known.
    """
    if scenario.tariff is not None:
        return ()
    if heals_nothing(scenario, spec.dyad, year, residual):
        return None
    shock = effects(scenario, spec.dyad, year, residual)
    if scenario.sector:
        return tuple(Move(">".join(ends), size, 0.0, ((*ends, scenario.sector),)) for ends, size in shock.items())
    return pair_moves(shock, year, residual, spread)


def scenario_bands(
    spec: Spec, plan: Sequence[Baseline], residual: ResidualAt, spread: ResidualAt, *, seed: int = SEED,
    table: TableOfStudy | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The table :data:`BANDS`.

    Parameters
    ----------
    plan : baselines; the newest year's are pooled.
    residual : of a direction and year on a base window, log points.
    spread : standard deviation of that residual among comparable pairs, log points.
    table : the study's input-output table, for scenarios on one sector.
    """
    newest = max((b.year for b in plan), default=None)
    pool = [b for b in plan if b.year == newest]
    if not pool:
        return BANDS.empty()
    rows: list[dict[str, object]] = []
    for scenario in spec.scenarios:
        moves = scenario_moves(scenario, spec, pool[0].year, residual, spread)
        if moves is not None and scenario.sector and table is not None:
            drawn, year = table_draws(table, scenario, spec, moves, seed), table.year
            rows += _rows(scenario, spec, year, of_pair([drawn], spec.dyad))
        elif moves is not None and not scenario.sector:
            rows += _rows(scenario, spec, pool[0].year, _pooled(scenario, spec, pool, moves, seed))
    return BANDS.of_rows(rows)


def table_draws(table: TableOfStudy, scenario: Scenario, spec: Spec, moves: Iterable[Move], seed: int) -> Ensemble:
    """The draws of a scenario on the study's input-output table."""
    return drawn_on(
        table.economy, spec.dyad, moves, theta=1.0, deficits=spec.equilibrium.deficits,
        psi=supply_elasticity(scenario), tariffs=tariffs_of(scenario, spec.dyad), pass_through=scenario.pass_through,
        seed=seed,
    )  # fmt: skip


def _pooled(scenario: Scenario, spec: Spec, pool: list[Baseline], moves: tuple[Move, ...], seed: int) -> Drawn:
    return draw(
        pool, spec.dyad, moves, theta=spec.equilibrium.central_theta, deficits=spec.equilibrium.deficits,
        psi=supply_elasticity(scenario), pass_through=scenario.pass_through,
        tariffs=tariffs_of(scenario, spec.dyad) if scenario.tariff is not None else None, seed=seed,
    )  # fmt: skip


def of_pair(solved: Sequence[Ensemble], dyad: Ends) -> Drawn:
    """The draws of several ensembles, pooled, of the pair alone."""
    ways = both_ways(dyad)
    return Drawn(
        {a: np.concatenate([e.draws_pct[~e.failed][:, e.economies.index(a)] for e in solved]) for a, _ in ways},
        {a: np.concatenate([e.tracked[a, b][~e.failed] for e in solved]) for a, b in ways},
        sum(len(e.draws_pct) for e in solved),
        sum(e.n_failed for e in solved),
    )


def _rows(scenario: Scenario, spec: Spec, year: int, drawn: Drawn) -> list[dict[str, object]]:
    rows = []
    for code in spec.dyad:
        row: dict[str, object] = {"scenario": scenario.id, "title": scenario.title, "year": year, "economy": code}
        for name, values in (("welfare_pct", drawn.welfare_pct[code]), ("exports_usd_mn", drawn.exports_usd_mn[code])):
            row |= dict(zip((f"{name}_p05", f"{name}_p50", f"{name}_p95"), drawn.points(values)))
        rows.append(row | {"draws": drawn.draws, "failed": drawn.failed})
    return rows
