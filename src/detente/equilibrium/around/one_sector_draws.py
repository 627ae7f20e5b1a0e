"""The draws of a one-sector economy: what varies, solved side by side, and each layer's share of the variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente._arrays import ArrayKind, host, like
from detente._workers import in_order
from detente.equilibrium.armington import Armington, MarketState
from detente.equilibrium.around.priors import Coefficients, Prior
from detente.equilibrium.assembly import groups
from detente.equilibrium.baseline.checks import as_floats
from detente.equilibrium.baseline.economy import Economy
from detente.equilibrium.options import check_options
from detente.equilibrium.shocks.arrays import hat_array, partial_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import solve_model
from detente.errors import SpecificationError

LAYERS = ("coefficients", "elasticities", "flows", "deficits")
CHUNK = 32
"""Draws solved side by side."""
FULL = 2**24
"""Flows of all draws side by side on an accelerator: 128 MiB an array."""


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
    arrays: ArrayKind | None = None
    """Where draws are solved; what is drawn, and what comes back, are numpy's arrays."""


def drawn_setting(
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
        arrays=economy.arrays,
    )


def solve_draws(spec: Draws, plan: np.ndarray, executor: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solve the draws of ``plan`` (layers, draws) in fixed chunks, so that workers cannot change a result."""
    size = CHUNK
    if spec.arrays is not None and not spec.arrays.on_processor:
        size = max(CHUNK, FULL // spec.flows.size)
    chunks = [plan[:, k : k + size] for k in range(0, plan.shape[1], size)]
    parts = in_order(executor, solve_chunk, [(spec, chunk) for chunk in chunks])
    welfare, flows, gaps = (np.concatenate(part) for part in zip(*parts))
    return welfare, flows, gaps


def _stream(spec: Draws, layer: int, draw: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(spec.seed, spawn_key=(layer, int(draw))))


def parameters(spec: Draws, plan: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
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
    origin, model, spending, rule = _models(spec, plan)
    output = origin.output
    by_output = (rule == "multiplicative")[:, None]
    hat, gap = np.empty_like(output), np.zeros(len(output))
    after = np.zeros((len(output), len(spec.track)))
    bad = np.zeros(len(output), dtype=bool)
    for members in spec.parts:
        apart = len(spec.parts) > 1
        part = (model.part(members) if apart else model).on(spec.arrays)
        found = solve_model(
            part,
            like(part.kernel, np.zeros((len(output), members.size))),
            tolerance=spec.tolerance,
            max_steps=spec.max_steps,
            origin=None if apart else origin.on(spec.arrays),
        )
        now = MarketState(*map(host, part.state(found.u)))
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
                after[:, column] = host(part.flows(found.u)[:, at[i], at[j]])
    hat[bad], after[bad] = np.nan, np.nan
    return hat, after, gap


def _models(spec: Draws, plan: np.ndarray) -> tuple[Armington, Armington, np.ndarray, np.ndarray]:
    """The draws' baselines and what the shock makes of them; spending (draws, n) and the deficit rule (draws,)."""
    theta, psi, b, pick = parameters(spec, plan)
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
    return origin, model, spending, rule


def _without_deficits(flows: np.ndarray, theta: np.ndarray, psi: np.ndarray, spec: Draws) -> np.ndarray:
    """Flows (draws, n, n) of the same worlds with balanced trade."""
    output, spending = flows.sum(axis=2), flows.sum(axis=1)
    ones = np.ones_like(output)
    origin = Armington(flows / spending[:, None, :], output, ones, ones, spending - output, theta, psi)
    model = replace(origin, deficit=np.zeros_like(output))
    origin, model = origin.on(spec.arrays), model.on(spec.arrays)
    start = like(model.kernel, np.zeros_like(output))
    found = solve_model(model, start, tolerance=spec.tolerance, max_steps=spec.max_steps, origin=origin)
    return host(model.flows(found.u))


def variance_shares(spec: Draws, n: int, executor: Any) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """First-order and total shares of variance by layer, (n,) each (Jansen 1999, pick and freeze)."""
    layers = len(LAYERS)
    one, other = np.arange(n), np.arange(n, 2 * n)
    plans = [np.tile(one, (layers, 1))]
    for k in range(layers):
        for mine, rest in ((one, other), (other, one)):
            plan = np.tile(rest, (layers, 1))
            plan[k] = mine
            plans.append(plan)
    welfare, _, _ = solve_draws(spec, np.hstack(plans), executor)
    y = np.split(100 * (welfare - 1), len(plans))
    good = np.isfinite(np.stack(y)).all(axis=(0, 2))
    y = [part[good] for part in y]
    variance = np.concatenate([y[0], *y[1::2]]).var(axis=0)
    floor = np.where(variance > 1e-24, variance, np.inf)
    first = {name: 1 - ((y[0] - y[1 + 2 * k]) ** 2).mean(axis=0) / 2 / floor for k, name in enumerate(LAYERS)}
    total = {name: ((y[0] - y[2 + 2 * k]) ** 2).mean(axis=0) / 2 / floor for k, name in enumerate(LAYERS)}
    return first, total
