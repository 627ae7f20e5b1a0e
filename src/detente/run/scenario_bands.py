"""Bands around the scenarios: many exact draws of what is uncertain, on the newest baseline."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import polars as pl

from detente.equilibrium import Coefficients, Ensemble, LogNormal, ensemble
from detente.run.baseline import Baseline
from detente.run.scenarios import ResidualAt, Window, effects, heals_nothing
from detente.run.schema import TableSchema, number, text, whole
from detente.study.spec import Scenario, Spec

DRAWS = 200
THETA_LOG_SD = 0.25  # around the study's central elasticity: half of the draws within 17% of it
FLOW_ERROR = 0.10  # log standard deviation of a recorded flow; mirror reports differ by more
ENDS = (0.05, 0.5, 0.95)

Spread = Callable[[str, str, int, Window | None], float | None]  # of a direction, year and base window

_DRAWN = ("5% point of", "median of", "95% point of")
BANDS = TableSchema(
    "bands",
    "One row per scenario and economy of the pair, on the newest baseline year, over the draws of the elasticity "
    "(log-normal), the deficit rule, the error of recorded flows (10%), the baseline (GDP range, ratio of output to "
    "GDP) and, where the scenario moves the pair's residual, of where ordinary pairs' residuals lie. Empty in a quick "
    "run, and without a scenario whose ordinary pairs may stop trading altogether, which gives its draws no width.",
    (
        text("scenario", "id of the scenario in `study.toml`"),
        text("title", "its title"),
        whole("year", "baseline year"),
        text("economy", "which of the two"),
        *(number(f"welfare_pct_{p}", f"{what} the change of real income", "percent")
          for p, what in zip(("p05", "p50", "p95"), _DRAWN)),
        *(number(f"exports_usd_mn_{p}", f"{what} the economy's exports to the other one, after", "US$ million")
          for p, what in zip(("p05", "p50", "p95"), _DRAWN)),
        whole("draws", "how many draws"),
        whole("failed", "how many of them had no solution"),
    ),
)  # fmt: skip


def scenario_bands(
    spec: Spec, plan: list[Baseline], residual: ResidualAt, spread: Spread, *, seed: int
) -> pl.DataFrame:
    """The table ``bands``: 5%, 50% and 95% points of welfare and of the dyad's flows, one row a scenario and economy.

    Parameters
    ----------
    plan : baselines; the newest year's are pooled, equally many draws each.
    residual : of a direction and year on a base window, log points.
    spread : standard deviation of that residual among comparable dyads, log points.

    Notes
    -----
    Drawn: the elasticity (log-normal around the study's central one), the deficit rule (equally
    likely), recorded flows (log error of 10%), the baseline (GDP range, ratio of output to GDP), and,
    where a scenario moves the dyad's residual, where it ends up: as spread as ordinary dyads' residuals.
    """
    newest = max((b.year for b in plan), default=None)
    pool = [b for b in plan if b.year == newest]
    rows = [r for s in spec.scenarios for r in _rows(s, spec, pool, residual, spread, seed)] if pool else []
    return BANDS.of_rows(rows)


def _rows(
    scenario: Scenario, spec: Spec, pool: list[Baseline], residual: ResidualAt, spread: Spread, seed: int
) -> list[dict[str, object]]:
    dyads = (spec.dyad, spec.dyad[::-1])
    if not drawable(scenario, spec, pool[0].year, residual, spread):
        return []
    each = math.ceil(DRAWS / len(pool))
    solved = [_draw(b, scenario, spec, residual, spread, each, seed + k) for k, b in enumerate(pool)]
    failed = sum(e.n_failed for e in solved)
    rows = []
    for k, (code, _partner) in enumerate(dyads):
        welfare = np.concatenate([e.draws_pct[~e.failed][:, e.economies.index(code)] for e in solved])
        flow = np.concatenate([e.tracked[dyads[k]][~e.failed] for e in solved])
        w, f = (np.quantile(v, ENDS) if v.size else [None] * 3 for v in (welfare, flow))
        rows.append(
            {
                "scenario": scenario.id, "title": scenario.title, "year": pool[0].year, "economy": code,
                "welfare_pct_p05": w[0], "welfare_pct_p50": w[1], "welfare_pct_p95": w[2],
                "exports_usd_mn_p05": f[0], "exports_usd_mn_p50": f[1], "exports_usd_mn_p95": f[2],
                "draws": each * len(pool), "failed": failed,
            }
        )  # fmt: skip
    return rows


def drawable(scenario: Scenario, spec: Spec, year: int, residual: ResidualAt, spread: Spread) -> bool:
    """Whether a scenario moves something, and it is known how widely ordinary dyads' residuals lie around it."""
    if heals_nothing(scenario, spec.dyad, year, residual):
        return False
    targets = {(t.origin, t.destination): t.base for t in scenario.target}
    moved = effects(scenario, spec.dyad, year, residual) if scenario.healed or targets else {}
    return all(spread(*d, year, targets.get(d)) is not None for d in moved)


def _draw(
    base: Baseline, scenario: Scenario, spec: Spec, residual: ResidualAt, spread: Spread, draws: int, seed: int
) -> Ensemble:
    shock = effects(scenario, spec.dyad, base.year, residual)
    uncertain = shock if scenario.healed or scenario.target else {}
    targets = {(t.origin, t.destination): t.base for t in scenario.target}
    coefficients = None
    if uncertain:
        sd = [spread(*d, base.year, targets.get(d)) for d in uncertain]
        names = [f"{a}>{b}" for a, b in uncertain]
        coefficients = Coefficients(
            design={name: {dyad: 1.0} for name, dyad in zip(names, uncertain)},
            mean=dict(zip(names, uncertain.values())),
            covariance=np.diag(np.square(sd)),
        )
    return ensemble(
        base.economy, {} if uncertain else shock, draws=draws, coefficients=coefficients,
        theta=LogNormal(spec.equilibrium.central_theta, THETA_LOG_SD), flow_error=FLOW_ERROR,
        deficits=spec.equilibrium.deficits, track=(spec.dyad, spec.dyad[::-1]), seed=seed,
    )  # fmt: skip
