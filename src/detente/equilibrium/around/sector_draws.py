"""Uncertainty of a counterfactual with sectors: draws of elasticities, effects, flows and deficit rules, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.equilibrium.around.priors import Coefficients, Prior
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.shock import Shock
from detente.equilibrium.solving import solve
from detente.errors import NoEquilibrium, NotConverged


def draw_sectors(
    economy: SectorEconomy,
    shock: Shock,
    *,
    draws: int,
    coefficients: Coefficients | None,
    theta: Prior,
    psi: Prior,
    flow_error: float,
    rules: Sequence[str],
    seed: int,
    options: Mapping[str, Any],
) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Changes of real income (draws, n) in percent, the parameters drawn, and market gaps (draws,).

    ``theta`` is a factor on every sector's elasticity; ``flow_error`` the standard deviation of the log error of
    international flows. A draw without an equilibrium is not-a-number.
    """
    names = () if coefficients is None else tuple(coefficients.design)
    welfare, gaps = np.full((draws, len(economy)), np.nan), np.full(draws, np.inf)
    factors, supplies, picks, effects = np.empty(draws), np.empty(draws), [], np.empty((draws, len(names)))
    for k in range(draws):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(4, k)))
        u, z = rng.random(2), rng.standard_normal(len(names))
        rule = rules[int(rng.integers(len(rules)))]
        factors[k], supplies[k] = float(theta.quantile(u[:1])[0]), float(psi.quantile(u[1:])[0])
        picks.append(rule)
        drawn = _with_noise(economy, factors[k], flow_error, rng)
        now = shock
        if coefficients is not None:
            effects[k] = coefficients.draw(z)
            for name, b in zip(names, effects[k]):
                now = now + Shock({dyad: float(b) * x for dyad, x in coefficients.design[name].items()})
        try:
            out = solve(drawn, now, supply_elasticity=supplies[k], deficits=rule, **options)
        except (NoEquilibrium, NotConverged):
            continue
        welfare[k] = 100 * (out.welfare_hat - 1)
        gaps[k] = out.report.gap if out.report.gap is not None else np.nan
    parameters = {"theta_factor": factors, "supply_elasticity": supplies, "deficits": np.array(picks)}
    return welfare, parameters | {name: effects[:, k] for k, name in enumerate(names)}, gaps


def _with_noise(economy: SectorEconomy, factor: float, error: float, rng: np.random.Generator) -> SectorEconomy:
    """The economy with elasticities times ``factor`` and international flows off by a log error of mean one."""
    flows = np.array(economy.flows)
    if error:
        z = rng.standard_normal(flows.shape) * (1 - np.eye(len(economy)))
        flows = flows * np.exp(error * z - error**2 / 2 * (1 - np.eye(len(economy))))
    inputs = np.where(economy.inputs.sum(axis=0) > 0, economy.inputs, np.eye(len(economy.sectors))[:, :, None])
    return SectorEconomy.from_arrays(
        economy.economies, economy.sectors, flows, theta=factor * economy.theta, tariff=economy.tariff,
        value_added=economy.value_added, inputs=inputs, truncate=bool(error or economy.n_truncated),
    )  # fmt: skip
