"""How uncertain a setting of the desk is: the same equilibrium solved exactly on draws of its inputs.

Drawn are the trade elasticity (log-normal around the one chosen, as wide as the study's own list of
elasticities) and the size of each effect (normal, as wide as its lever says; for the pair's own residual as the
residuals of comparable pairs are). A border closed outright stays closed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.equilibrium import Coefficients, LogNormal, ensemble
from detente.web.desk.levers import CLOSED, levers
from detente.web.desk.settings import Setting
from detente.web.desk.solver_cache import Bench

N_DRAWS = 200
LEVELS = (0.05, 0.95)
SEED = 20220926


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """5% and 95% points over the draws that were solved.

    Attributes
    ----------
    flow : (2, 2) US$ million; direction, end.
    income : economy to both ends, percent.
    n : draws solved.
    """

    flow: NDArray[np.float64]
    income: dict[str, tuple[float, float]]
    n: int


def bands(bench: Bench, setting: Setting, n: int = N_DRAWS) -> Bands:
    """The bands of a setting around its central path; the same setting gives the same bands."""
    base = bench.baseline(setting).economy
    there, back = bench.dyad, bench.dyad[::-1]
    spread = float(np.log(bench.study.spec.equilibrium.theta).std())
    theta = LogNormal(setting.theta, spread) if spread else setting.theta
    closed = dict.fromkeys((there, back), CLOSED) if setting.closed else {}
    out = ensemble(
        base, closed, draws=n, coefficients=None if closed else effects(bench, setting), theta=theta,
        supply_elasticity=setting.psi, deficits=setting.deficits, track=(there, back), seed=SEED,
    )  # fmt: skip
    good = ~out.failed
    flow = np.array([np.quantile(out.tracked[d][good], LEVELS) for d in (there, back)])
    low, high = (out.quantile(q) for q in LEVELS)
    return Bands(flow, {code: (low[code], high[code]) for code in bench.dyad}, int(good.sum()))


def effects(bench: Bench, setting: Setting) -> Coefficients | None:
    """The levers that are moved, as coefficients with their standard errors; None where nothing is moved."""
    there, back = bench.dyad, bench.dyad[::-1]
    design, mean, error = {}, {}, []
    for lever in levers():
        size = setting.effects.get(lever.id, 0.0)
        if size:
            design[lever.id], mean[lever.id] = {there: 1.0, back: 1.0}, size
            error.append(lever.error(size))
    spreads = bench.spread(setting.year)
    for name, size, dyad, spread in zip(("there", "back"), (setting.there, setting.back), (there, back), spreads):
        if size:
            residual = bench.residual(*dyad, setting.year)
            design[name], mean[name] = {dyad: 1.0}, size
            error.append(spread * (min(1.0, abs(size / residual)) if residual else 1.0))
    return Coefficients(design, mean, np.diag(np.square(error))) if design else None
