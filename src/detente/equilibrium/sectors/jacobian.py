"""The linearised sector system: its Jacobian, and the adjoint that turns it into sensitivities.

With F net flows, pi gross shares, v log price indices and c log costs, small changes obey::

    dc_k = beta dw + (1 - beta) sum_s gamma^(s,k) dP_s          dv_j = sum_i pi_ij dc_i
    dln F_ij = -theta dc_i + theta dv_j + dln X_j
    dY_i = sum_j dF_ij        dR_j = sum_s (dX_j - sum_i dF_ij)     dI = A d(V + R) + B dg

The system has size n + 2 S n; it is formed only where asked for (Newton's method, condition, derivatives).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.equilibrium.sectors.model import Sectors


class Pieces(NamedTuple):
    """Arrays of the linearisation at a state.

    ``gross``, ``net`` (S, n, n) shares of spending by origin before and after tariffs; ``flows`` (S, n, n);
    ``spread`` (S, S, n): ``(1 - beta) gamma`` by [input, using sector, economy]; ``income`` (n, n) and ``drift``
    (n,): response of final spending to earned income and to the growth of world value added.
    """

    gross: np.ndarray
    net: np.ndarray
    flows: np.ndarray
    spread: np.ndarray
    paid: np.ndarray
    income: np.ndarray
    drift: np.ndarray


def pieces(model: Sectors, u: np.ndarray) -> Pieces:
    """The arrays of the linearisation at a state u (1, n + 2 S n)."""
    wage, prices, spending = model.split(u)
    now = model.evaluate(wage, prices, spending)
    weight = np.exp(-model.theta * now.log_cost)
    scale = weight[:, :, None] / now.sourcing[:, None, :]
    paid = model.wages * model.labour * np.exp(wage)
    rated = model.ratio * (paid + now.revenue)
    total = rated.sum()
    response = now.scale * np.diag(model.ratio) + np.outer(rated, 1 - now.scale * model.ratio) / total
    return Pieces(
        gross=scale * model.kernel,
        net=scale * model.net,
        flows=scale * model.net * spending[:, None, :],
        spread=np.moveaxis(model.inputs, 0, 2) * (1 - model.value_added),
        paid=paid,
        income=response,
        drift=model.deficit - rated * model.deficit.sum() / total,
    )


def jacobian(model: Sectors, u: np.ndarray) -> np.ndarray:
    """Derivative of (labour, price, spending) gaps by (log wages, log prices, spending): square, n + 2 S n.

    Labour and spending gaps in US$ million as in ``Sectors.residual``, price gaps in logs; spending in US$
    million.
    """
    p = pieces(model, u)
    s, n = model.value_added.shape
    m, theta = s * n, model.theta[:, :, None]
    sales = p.flows.sum(axis=2)
    by_index = theta * p.flows
    sold = by_index @ np.swapaxes(p.gross, 1, 2) - theta * np.eye(n) * sales[:, :, None]
    bought = p.flows.sum(axis=1)[:, :, None] * np.swapaxes(p.gross, 1, 2)
    duty = theta * (np.swapaxes(p.flows, 1, 2) - bought)

    def through_cost(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A response (S, a, n) to log costs as one to wages (S, a, n) and to prices (S, a, S, n)."""
        return block * model.value_added[:, None, :], np.einsum("sal,qsl->saql", block, p.spread)

    sales_w, sales_p = through_cost(sold)
    index_w, index_p = through_cost(np.swapaxes(p.gross, 1, 2))
    duty_w, duty_p = (part.sum(axis=0) for part in through_cost(duty))
    earned = np.hstack([np.diag(p.paid) + duty_w, duty_p.reshape(n, m), _kept(p.net)])
    final = p.income @ earned
    final[:, :n] += np.outer(p.drift, p.paid / model.wages.sum())
    sales_x = np.zeros((s, n, s, n))
    sales_x[np.arange(s), :, np.arange(s), :] = p.net
    moved = np.concatenate([sales_w, sales_p.reshape(s, n, m), sales_x.reshape(s, n, m)], axis=2)
    labour = np.einsum("ki,kic->ic", model.value_added, moved)
    labour[:, :n] -= np.diag(p.paid)
    uses = np.einsum("qki,kic->qic", p.spread, moved) + model.final[:, :, None] * final
    price = np.concatenate([index_w, index_p.reshape(s, n, m), np.zeros((s, n, m))], axis=2)
    price = price * model.used[:, :, None]
    out = np.vstack([labour, price.reshape(m, -1), uses.reshape(m, -1)])
    out[n:, n:] -= np.eye(2 * m)
    return out


def _kept(net: np.ndarray) -> np.ndarray:
    """Derivative of revenue by spending: (n, S n), one less the share that leaves net of tariffs."""
    s, n, _ = net.shape
    out = np.zeros((n, s, n))
    out[np.arange(n), :, np.arange(n)] = np.where(net.sum(axis=1) > 0, 1 - net.sum(axis=1), 0.0).T
    return out.reshape(n, s * n)


def pinned_sectors(model: Sectors, u: np.ndarray) -> np.ndarray:
    """The Jacobian in relative units, regular: spending over value added, and the price level held."""
    s, n = model.value_added.shape
    scale = np.concatenate([model.wages, np.ones(s * n), np.tile(model.wages, s)])
    out = jacobian(model, u) / scale[:, None]
    out[:, n + s * n :] *= np.tile(model.wages, s)
    left = np.concatenate([model.wages, np.zeros(s * n), np.tile(model.wages, s)])
    out[:, :n] -= np.outer(left / left.sum(), np.ones(n)) / n
    return out


class Gradient(NamedTuple):
    """Derivatives of log welfare: by partial effect and by log tariff factor (S, n, n), by log productivity
    (n,), by trade elasticity (S,)."""

    effect: np.ndarray
    tariff: np.ndarray
    productivity: np.ndarray
    theta: np.ndarray


def gradient(
    model: Sectors, u: np.ndarray, weight: np.ndarray, by_earned: bool, log_tariff_hat: np.ndarray
) -> Gradient:
    """Derivatives of ``weight @ log welfare`` at a solution u, by one adjoint solve.

    ``by_earned`` reads welfare from earned income (multiplicative rule), else from final spending;
    ``log_tariff_hat`` (S, n, n) is the log change of one plus the tariffs, which carries the elasticity.
    """
    p, now = pieces(model, u), model.evaluate(*model.split(u))
    by_flow, by_index = _multipliers(model, u, weight, by_earned)
    theta = model.theta[:, :, None]
    log_index = -np.log(now.sourcing) / model.theta
    effect = by_flow - by_index[:, None, :] * p.gross / theta
    cost = -model.theta * by_flow.sum(axis=2) + (by_index[:, None, :] * p.gross).sum(axis=2)
    paid = now.log_cost[:, :, None] + log_tariff_hat
    index_by_theta = ((p.gross * paid).sum(axis=1) - log_index * model.used) / model.theta
    by_theta = (by_index * index_by_theta).sum(axis=1) - (by_flow * (paid - log_index[:, None, :])).sum(axis=(1, 2))
    return Gradient(effect, -theta * effect - by_flow, -cost.sum(axis=0), by_theta)


def _multipliers(model: Sectors, u: np.ndarray, weight: np.ndarray, by_earned: bool) -> tuple[np.ndarray, np.ndarray]:
    """What a log change of each flow (S, n, n) and of each price index (S, n) is worth, all markets clearing."""
    s, n = model.value_added.shape
    p, full = pieces(model, u), jacobian(model, u)
    spending, now = model.split(u)[2], model.evaluate(*model.split(u))
    if by_earned:
        to_earned, to_growth = weight / (p.paid + now.revenue), 0.0
    else:
        to_earned, to_growth = p.income.T @ (weight / now.income), weight / now.income @ p.drift
    theta = model.theta[:, :, None]
    duty = theta * (np.swapaxes(p.flows, 1, 2) - p.flows.sum(axis=1)[:, :, None] * np.swapaxes(p.gross, 1, 2))
    by_cost = np.einsum("j,sjl->sl", to_earned, duty)
    by_wage = to_earned * p.paid + (by_cost * model.value_added).sum(axis=0) + to_growth * p.paid / model.wages.sum()
    by_price = np.einsum("sl,qsl->ql", by_cost, p.spread) - weight * model.final
    state = np.concatenate([by_wage, by_price.ravel(), to_earned @ _kept(p.net)])
    left = np.concatenate([np.ones(n), np.zeros(s * n), np.ones(s * n)])
    right = np.concatenate([np.ones(n), np.ones(s * n), spending.ravel()])
    size = np.abs(np.diag(full)[:n]).mean()
    mu = np.linalg.solve((full - size * np.outer(left / left.sum(), right / (right @ right))).T, state)
    labour, price, uses = mu[:n], mu[n : n + s * n].reshape(s, n), mu[n + s * n :].reshape(s, n)
    to_sales = model.value_added * labour + np.einsum("qki,qi->ki", p.spread, uses)
    to_revenue = to_earned - p.income.T @ (model.final * uses).sum(axis=0)
    by_flow = -p.flows * (to_sales[:, :, None] + to_revenue)
    return by_flow, model.theta * by_flow.sum(axis=1) - price * model.used
