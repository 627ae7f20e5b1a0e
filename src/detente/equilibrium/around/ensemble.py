"""Uncertainty of a counterfactual: many draws solved side by side, and where the spread comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from detente.equilibrium.around.drawn import Ensemble
from detente.equilibrium.around.one_sector_draws import (
    LAYERS,
    Draws,
    drawn_setting,
    parameters,
    solve_draws,
    variance_shares,
)
from detente.equilibrium.around.priors import Coefficients, as_prior
from detente.equilibrium.around.sector_draws import SectorPlan, draw_sectors
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.shocks.shock import Shock
from detente.errors import EmptySample, SpecificationError


def ensemble(
    economy: Economy | SectorEconomy,
    shock: Shock | Mapping[tuple, float] | None = None,
    *,
    draws: int = 1000,
    coefficients: Coefficients | None = None,
    theta: Any = None,
    supply_elasticity: Any = 0.0,
    flow_error: float | np.ndarray = 0.0,
    deficits: str | Sequence[str] = "multiplicative",
    track: Sequence[tuple[str, str]] = (),
    decompose: int = 0,
    seed: int = 0,
    executor: Executor | None = None,
    tolerance: float = 1e-9,
    max_steps: int = 1000,
    **options: Any,
) -> Ensemble:
    """Solve a counterfactual over draws of what is uncertain.

    Parameters
    ----------
    economy, shock
        As in ``solve``; partial effects of ``shock`` hold for certain.
    draws : int
    coefficients : Coefficients, optional
        Estimates with covariance whose effects are added to the shock.
    theta, supply_elasticity : number, list of values, or prior
        For example ``LogNormal(4.5, 0.25)``; 5 unless given. With sectors ``theta`` is a factor on every sector's
        elasticity, such as ``LogNormal(1, 0.2)``, and one unless given.
    flow_error : float or (n, n) array
        Standard deviation of the log measurement error of recorded flows (internal trade is left alone);
        errors have mean one.
    deficits : rule or several, equally likely
        ``multiplicative``, ``additive``, ``universal``; ``balanced`` alone or among them.
    track : dyads whose flow to record (with sectors, over all of them)
    decompose : int
        Draws for the variance decomposition by layer (0: none). Costs two solves per draw and layer.
    seed : int
        The same seed gives the same draws whatever the executor or its number of workers.
    executor : concurrent.futures.Executor, optional
        Where draws are solved, with sectors and without, instead of here; also ``distributed.Client.get_executor()``.
    **options
        With sectors, what ``solve`` takes beside: ``revenue``, ``scale``, ``pass_through``.

    Notes
    -----
    Where the economy was built from an array of torch, CuPy or another library of the array API standard, draws are
    solved side by side on that array's device and the result's arrays are of that kind. What is drawn does not depend on
    the library.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> from detente.equilibrium import LogNormal
    >>> band = ensemble(eco, {("COL", "VEN"): -0.5}, draws=200, theta=LogNormal(5, 0.2))
    >>> band.quantile(0.05)["VEN"] < band.quantile(0.95)["VEN"] < 0
    True
    """
    rules = (deficits,) if isinstance(deficits, str) else tuple(deficits)
    if draws < 1:
        raise EmptySample(f"draws={draws}: at least one is needed.")
    psi = as_prior(supply_elasticity, "supply_elasticity")
    if isinstance(economy, SectorEconomy):
        if decompose or np.ndim(flow_error):
            raise SpecificationError(
                "With sectors, draws are solved one by one: no decompose or errors by dyad.",
                fix="Leave them out.",
            )
        plan = SectorPlan(
            draws, seed, coefficients, as_prior(1.0 if theta is None else theta, "theta"), psi,
            float(np.asarray(flow_error)), rules, tuple(track),
            {"tolerance": tolerance, "max_steps": max_steps, **options},
        )  # fmt: skip
        return _of_sectors(economy, Shock.read(shock), plan, executor)
    if options:
        raise SpecificationError(
            f"{next(iter(options))} belongs to an economy that carries tariffs.",
            fix="Give SectorEconomy.of(economy, theta=5.0), and theta=LogNormal(1, 0.2) as a factor.",
        )
    one_sector_only(economy, "ensemble")
    spec = drawn_setting(
        economy, Shock.read(shock), coefficients, as_prior(5.0 if theta is None else theta, "theta"), psi, flow_error,
        rules, track, seed, tolerance, max_steps,
    )  # fmt: skip
    return _of_one_sector(economy, spec, draws, decompose, executor)


def _of_one_sector(economy: Economy, spec: Draws, draws: int, decompose: int, executor: Any) -> Ensemble:
    """The draws of a one-sector economy, with labels and, where asked for, the layers' shares of variance."""
    main = solve_draws(spec, np.tile(np.arange(draws), (len(LAYERS), 1)), executor)
    welfare, flows, gap = main
    shares, totals = (None, None) if not decompose else variance_shares(spec, decompose, executor)
    theta_drawn, psi_drawn, b, rule = parameters(spec, np.tile(np.arange(draws), (len(LAYERS), 1)))
    names = () if spec.coefficients is None else tuple(spec.coefficients.design)
    kept = read_only if economy.arrays is None else economy.arrays.here
    return Ensemble(
        economies=economy.economies,
        draws_pct=kept(100 * (welfare - 1)),
        parameters={
            "theta": kept(theta_drawn),
            "supply_elasticity": kept(psi_drawn),
            "deficits": np.asarray(spec.rules)[rule],
            **{name: kept(b[:, k]) for k, name in enumerate(names)},
        },
        tracked={
            (economy.economies[i], economy.economies[j]): kept(flows[:, k]) for k, (i, j) in enumerate(spec.track)
        },
        gap=kept(gap),
        shares=shares,
        total_shares=totals,
        seed=spec.seed,
    )


def _of_sectors(economy: SectorEconomy, shock: Shock, plan: SectorPlan, executor: Executor | None) -> Ensemble:
    """The draws of an economy with sectors."""
    for dyad in plan.track:
        for code in dyad:
            economy.index(code)
    drawn = draw_sectors(economy, shock, plan, executor)
    return Ensemble(
        economy.economies, read_only(drawn.welfare_pct), drawn.parameters, drawn.tracked, read_only(drawn.gap), None, None,
        plan.seed, economy.sectors, drawn.cells,
    )  # fmt: skip
