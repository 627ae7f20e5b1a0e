"""Uncertainty of a counterfactual: many draws solved side by side, and where the spread comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from detente.equilibrium.armington import Armington
from detente.equilibrium.around.drawn import Ensemble
from detente.equilibrium.around.priors import Coefficients, Prior, as_prior
from detente.equilibrium.around.sector_draws import draw_sectors
from detente.equilibrium.assembly import groups
from detente.equilibrium.economy import Economy, as_floats, frozen, one_sector_only
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.shock import Shock, hat_array, partial_array
from detente.equilibrium.solver import solve_model
from detente.equilibrium.solving import check_options
from detente.errors import EmptySample, SpecificationError

LAYERS = ("coefficients", "elasticities", "flows", "deficits")
CHUNK = 32


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Everything a worker needs, labels left behind; picklable."""

    flows: np.ndarray
    effects: np.ndarray
    loads: np.ndarray
    coefficients: Coefficients | None
    supply_hat: np.ndarray
    labour_hat: np.ndarray
    theta: Prior
    psi: Prior
    flow_error: np.ndarray
    rules: tuple[str, ...]
    track: tuple[tuple[int, int], ...]
    seed: int
    tolerance: float
    max_steps: int
    parts: tuple[np.ndarray, ...]


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
    executor: Executor | Any = None,
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
    track : dyads whose flow to record
    decompose : int
        Draws for the variance decomposition by layer (0: none). Costs two solves per draw and layer.
    seed : int
        The same seed gives the same draws whatever the executor or its number of workers.
    executor : concurrent.futures.Executor, optional
        Also ``distributed.Client.get_executor()``.
    **options
        With sectors, what ``solve`` takes beside: ``revenue``, ``scale``, ``pass_through``.

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
    if isinstance(economy, SectorEconomy):
        if executor is not None or decompose or len(track) or np.ndim(flow_error):
            raise SpecificationError(
                "With sectors, draws are solved one by one: no executor, decompose, track or errors by dyad.",
                fix="Leave them out.",
            )
        priors = as_prior(1.0 if theta is None else theta, "theta"), as_prior(supply_elasticity, "supply_elasticity")
        how = {"tolerance": tolerance, "max_steps": max_steps, **options}
        return _of_sectors(economy, Shock.read(shock), draws, coefficients, priors, flow_error, rules, seed, how)
    if options:
        raise SpecificationError(
            f"{next(iter(options))} belongs to an economy that carries tariffs.",
            fix="Give SectorEconomy.of(economy, theta=5.0), and theta=LogNormal(1, 0.2) as a factor.",
        )
    one_sector_only(economy, "ensemble")
    spec = _spec(
        economy,
        Shock.read(shock),
        coefficients,
        as_prior(5.0 if theta is None else theta, "theta"),
        as_prior(supply_elasticity, "supply_elasticity"),
        flow_error,
        rules,
        track,
        seed,
        tolerance,
        max_steps,
    )
    if draws < 1:
        raise EmptySample(f"draws={draws}: at least one is needed.")
    return _of_one_sector(economy, spec, draws, decompose, executor)


def _of_one_sector(economy: Economy, spec: Draws, draws: int, decompose: int, executor: Any) -> Ensemble:
    """The draws of a one-sector economy, with labels and, where asked for, the layers' shares of variance."""
    main = _run(spec, np.tile(np.arange(draws), (len(LAYERS), 1)), executor)
    welfare, flows, gap = main
    shares, totals = (None, None) if not decompose else _decompose(spec, decompose, executor)
    theta_drawn, psi_drawn, b, rule = _parameters(spec, np.tile(np.arange(draws), (len(LAYERS), 1)))
    names = () if spec.coefficients is None else tuple(spec.coefficients.design)
    return Ensemble(
        economies=economy.economies,
        draws_pct=frozen(100 * (welfare - 1)),
        parameters={
            "theta": theta_drawn,
            "supply_elasticity": psi_drawn,
            "deficits": np.asarray(spec.rules)[rule],
            **{name: b[:, k] for k, name in enumerate(names)},
        },
        tracked={(economy.economies[i], economy.economies[j]): flows[:, k] for k, (i, j) in enumerate(spec.track)},
        gap=frozen(gap),
        shares=shares,
        total_shares=totals,
        seed=spec.seed,
    )


def _of_sectors(
    economy: SectorEconomy, shock: Shock, draws: int, coefficients: Coefficients | None, priors: tuple[Prior, Prior],
    flow_error: Any, rules: tuple[str, ...], seed: int, options: dict[str, Any],
) -> Ensemble:  # fmt: skip
    """The draws of an economy with sectors; ``priors`` are those of the factor on elasticities and of labour supply."""
    welfare, parameters, gap = draw_sectors(
        economy, shock, draws=draws, coefficients=coefficients, theta=priors[0], psi=priors[1],
        flow_error=float(np.asarray(flow_error)), rules=rules, seed=seed, options=options,
    )  # fmt: skip
    return Ensemble(economy.economies, frozen(welfare), parameters, {}, frozen(gap), None, None, seed)


def _spec(
    economy: Economy,
    shock: Shock,
    coefficients: Coefficients | None,
    theta: Prior,
    psi: Prior,
    flow_error: float | np.ndarray,
    rules: tuple[str, ...],
    track: Sequence[tuple[str, str]],
    seed: int,
    tolerance: float,
    max_steps: int,
) -> Draws:
    """Labels to arrays, with every input checked."""
    for rule in rules or ("",):
        check_options(1.0, 0.0, rule, "exact", shock)
    ends = np.array([1e-9, 0.5, 1 - 1e-9])
    for prior, what, low in ((theta, "theta", 0.0), (psi, "supply_elasticity", -1e-300)):
        values = prior.quantile(ends)
        if not (np.isfinite(values).all() and (values > low).all()):
            raise SpecificationError(f"The prior of {what} reaches {values.min():g}.", fix="Keep it in its domain.")
    n = len(economy)
    effects = partial_array(shock, economy)
    parts = groups((economy.flows > 0) & np.isfinite(effects), economy.economies)
    loads = [partial_array(Shock(dict(d)), economy) for d in coefficients.design.values()] if coefficients else []
    labour = hat_array(shock.labour_hat, economy, "labour")
    error = as_floats(flow_error, "flow_error")
    if error.shape not in ((), (n, n)):
        raise SpecificationError(f"flow_error has shape {error.shape}.", fix=f"Give a number or a {n} x {n} array.")
    error = np.broadcast_to(error, (n, n)) * (1 - np.eye(n))
    if not (np.isfinite(error).all() and (error >= 0).all()):
        raise SpecificationError("flow_error must be finite and not negative.")
    return Draws(
        flows=economy.flows,
        effects=effects,
        loads=np.array(loads).reshape(-1, n, n),
        coefficients=coefficients,
        supply_hat=hat_array(shock.productivity_hat, economy, "productivity") * labour,
        labour_hat=labour,
        theta=theta,
        psi=psi,
        flow_error=error,
        rules=rules,
        track=tuple((economy.index(a), economy.index(b)) for a, b in track),
        seed=seed,
        tolerance=tolerance,
        max_steps=max_steps,
        parts=tuple(parts),
    )


def _run(spec: Draws, plan: np.ndarray, executor: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve the draws of ``plan`` (layers, draws) in fixed chunks, so that workers cannot change a result."""
    chunks = [plan[:, k : k + CHUNK] for k in range(0, plan.shape[1], CHUNK)]
    work = partial(solve_chunk, spec)
    parts = list(executor.map(work, chunks) if executor is not None else map(work, chunks))
    welfare, flows, gaps = (np.concatenate(part) for part in zip(*parts))
    return welfare, flows, gaps


def _stream(spec: Draws, layer: int, draw: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(layer, int(draw))))


def _parameters(spec: Draws, plan: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """theta, psi (draws,), coefficients (draws, k), and the index of the deficit rule (draws,)."""
    k = len(spec.loads)
    z = np.array([_stream(spec, 0, d).standard_normal(k) for d in plan[0]]).reshape(len(plan[0]), k)
    u = np.array([_stream(spec, 1, d).random(2) for d in plan[1]])
    pick = np.array([_stream(spec, 3, d).integers(len(spec.rules)) for d in plan[3]])
    b = spec.coefficients.draw(z) if spec.coefficients is not None else z
    return spec.theta.quantile(u[:, 0]), spec.psi.quantile(u[:, 1]), b, pick


def _noisy(spec: Draws, plan: np.ndarray) -> np.ndarray:
    """Baseline flows of each draw: (draws, n, n)."""
    if not spec.flow_error.any():
        return np.broadcast_to(spec.flows, (plan.shape[1], *spec.flows.shape))
    sd = spec.flow_error
    z = np.array([_stream(spec, 2, d).standard_normal(sd.shape) for d in plan[2]])
    return spec.flows * np.exp(sd * z - sd**2 / 2)


def solve_chunk(spec: Draws, plan: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Welfare (draws, n), tracked flows (draws, dyads) and gaps (draws,) of some draws."""
    theta, psi, b, pick = _parameters(spec, plan)
    rule = np.asarray(spec.rules)[pick]
    flows = _noisy(spec, plan)
    theta, psi = theta[:, None], psi[:, None]
    balance = np.flatnonzero(rule == "balanced")
    if balance.size:
        flows = np.array(flows)
        flows[balance] = _without_deficits(flows[balance], theta[balance], psi[balance], spec)
    output, spending = flows.sum(axis=2), flows.sum(axis=1)
    scaled = np.isin(rule, ("multiplicative", "universal"))[:, None]
    change = np.exp(spec.effects + np.einsum("dk,kij->dij", b, spec.loads))
    shares, ones = flows / spending[:, None, :], np.ones_like(output)
    origin = Armington(
        kernel=shares,
        output=output,
        supply_hat=ones,
        ratio=np.where(scaled, spending / output, 1.0),
        deficit=np.where(scaled, 0.0, spending - output),
        theta=theta,
        psi=psi,
    )
    model = replace(origin, kernel=shares * change, supply_hat=np.broadcast_to(spec.supply_hat, output.shape))
    by_output = (rule == "multiplicative")[:, None]
    hat, gap = np.empty_like(output), np.zeros(len(output))
    after = np.zeros((len(output), len(spec.track)))
    bad = np.zeros(len(output), dtype=bool)
    for members in spec.parts:
        apart = len(spec.parts) > 1
        part = model.part(members) if apart else model
        found = solve_model(
            part,
            np.zeros((len(output), members.size)),
            tolerance=spec.tolerance,
            max_steps=spec.max_steps,
            origin=None if apart else origin,
        )
        now = part.state(found.u)
        money = np.where(by_output, now.output / output[:, members], now.expenditure / spending[:, members])
        hat[:, members] = money / np.exp(now.log_index) / spec.labour_hat[members]
        bad |= ~found.ok(spec.tolerance) | (now.expenditure <= 0).any(axis=1)
        if apart:  # with nobody to trade with, a fixed deficit has nobody to owe it to
            owed = np.abs((spending - output)[:, members].sum(axis=1)) > 1e-9 * output.sum(axis=1)
            bad |= (rule == "additive") & owed
        gap = np.maximum(gap, found.gap)
        at = {int(k): place for place, k in enumerate(members)}
        for column, (i, j) in enumerate(spec.track):
            if i in at and j in at:
                after[:, column] = part.flows(found.u)[:, at[i], at[j]]
    hat[bad], after[bad] = np.nan, np.nan
    return hat, after, gap


def _without_deficits(flows: np.ndarray, theta: np.ndarray, psi: np.ndarray, spec: Draws) -> np.ndarray:
    """Flows (draws, n, n) of the same worlds with balanced trade."""
    output, spending = flows.sum(axis=2), flows.sum(axis=1)
    ones = np.ones_like(output)
    origin = Armington(flows / spending[:, None, :], output, ones, ones, spending - output, theta, psi)
    model = replace(origin, deficit=np.zeros_like(output))
    start = np.zeros_like(output)
    found = solve_model(model, start, tolerance=spec.tolerance, max_steps=spec.max_steps, origin=origin)
    return model.flows(found.u)


def _decompose(spec: Draws, n: int, executor: Any) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """First-order and total shares of variance by layer, (n,) each (Jansen 1999, pick and freeze)."""
    layers = len(LAYERS)
    one, other = np.arange(n), np.arange(n, 2 * n)
    plans = [np.tile(one, (layers, 1))]
    for k in range(layers):
        for mine, rest in ((one, other), (other, one)):
            plan = np.tile(rest, (layers, 1))
            plan[k] = mine
            plans.append(plan)
    welfare, _, _ = _run(spec, np.hstack(plans), executor)
    y = np.split(100 * (welfare - 1), len(plans))
    good = np.isfinite(np.stack(y)).all(axis=(0, 2))
    y = [part[good] for part in y]
    variance = np.concatenate([y[0], *y[1::2]]).var(axis=0)
    floor = np.where(variance > 1e-24, variance, np.inf)
    first = {name: 1 - ((y[0] - y[1 + 2 * k]) ** 2).mean(axis=0) / 2 / floor for k, name in enumerate(LAYERS)}
    total = {name: ((y[0] - y[2 + 2 * k]) ** 2).mean(axis=0) / 2 / floor for k, name in enumerate(LAYERS)}
    return first, total
