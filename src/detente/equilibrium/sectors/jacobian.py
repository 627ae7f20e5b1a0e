"""The linearised sector system: its Jacobian, and the adjoint that turns it into sensitivities.

With F net flows, pi gross shares, v log price indices and c log costs, small changes obey::

    dc_k = beta dw + (1 - beta) sum_s gamma^(s,k) dP_s          dv_j = sum_i pi_ij dc_i
    dln F_ij = -theta dc_i + theta dv_j + dln X_j
    dY_i = sum_j dF_ij        dR_j = sum_s (dX_j - sum_i dF_ij)     dI = A d(V + R) + B dg

The system has size n + 2 S n; as a matrix it is formed only where it is small or asked for (condition,
derivatives); ``Linear`` applies it to one change at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detente.equilibrium.sectors.equations import Equations, Now


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


def pieces(model: Equations, u: np.ndarray) -> Pieces:
    """The arrays of the linearisation at a state u (1, n + 2 S n)."""
    wage, prices, spending = model.split(u)
    now = model.evaluate(wage, prices, spending)
    weight = np.exp(-model.theta * now.log_cost)
    scale = weight[:, :, None] / now.sourcing[:, None, :]
    rated = model.ratio * (now.paid + now.revenue)
    total = rated.sum()
    response = now.scale * np.diag(model.ratio) + np.outer(rated, 1 - now.scale * model.ratio) / total
    return Pieces(
        gross=scale * model.kernel,
        net=scale * model.net,
        flows=scale * model.net * spending[:, None, :],
        spread=np.moveaxis(model.inputs, 0, 2) * (1 - model.value_added),
        paid=now.paid,
        income=response,
        drift=model.deficit - rated * model.deficit.sum() / total,
    )


def jacobian(model: Equations, u: np.ndarray) -> np.ndarray:
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
    sales_w, sales_p = through_cost(model, p, sold)
    index_w, index_p = through_cost(model, p, np.swapaxes(p.gross, 1, 2))
    revenue = revenue_slopes(model, p)
    paid = wage_bill(model, model.evaluate(*model.split(u)), revenue)
    final = p.income @ (paid + revenue) + np.outer(p.drift, paid.sum(axis=0) / model.wages.sum())
    sales_x = np.zeros((s, n, s, n))
    sales_x[np.arange(s), :, np.arange(s), :] = p.net
    moved = np.concatenate([sales_w, sales_p.reshape(s, n, m), sales_x.reshape(s, n, m)], axis=2)
    labour = np.einsum("ki,kic->ic", model.value_added, moved) - paid
    uses = np.einsum("qki,kic->qic", p.spread, moved) + model.final[:, :, None] * final
    price = np.concatenate([index_w, index_p.reshape(s, n, m), np.zeros((s, n, m))], axis=2)
    price = price * model.used[:, :, None]
    out = np.vstack([labour, price.reshape(m, -1), uses.reshape(m, -1)])
    out[n:, n:] -= np.eye(2 * m)
    return out


def through_cost(model: Equations, p: Pieces, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A response (S, a, n) to log costs as one to wages (S, a, n) and to prices (S, a, S, n)."""
    return block * model.value_added[:, None, :], np.einsum("sal,qsl->saql", block, p.spread)


def revenue_slopes(model: Equations, p: Pieces) -> np.ndarray:
    """Derivative of revenue from tariffs and export taxes by the state, (n, n + 2 S n), US$ million."""
    s, n = model.value_added.shape
    theta, gross = model.theta[:, :, None], np.swapaxes(p.gross, 1, 2)
    levy = np.zeros_like(p.flows) if model.levy is None else model.levy
    taxed, customs = p.flows * levy, p.flows * (1 + levy)
    duty = theta * (np.swapaxes(customs, 1, 2) - customs.sum(axis=1)[:, :, None] * gross)
    duty += theta * (taxed @ gross - np.eye(n) * taxed.sum(axis=2)[:, :, None])
    by_wage, by_price = (part.sum(axis=0) for part in through_cost(model, p, duty))
    kept = _kept(p.net * (1 + levy)) + np.swapaxes(p.net * levy, 0, 1).reshape(n, s * n)
    return np.hstack([by_wage, by_price.reshape(n, s * n), kept])


def wage_bill(model: Equations, now: Now, revenue: np.ndarray) -> np.ndarray:
    """Derivative of the wage bill by the state, (n, n + 2 S n), given that of revenue."""
    s, n = model.value_added.shape
    by_wage, by_index, by_revenue = model.supply_slopes(now)
    out = (now.paid * by_revenue)[:, None] * revenue
    out[:, :n] += np.diag(now.paid * by_wage)
    index = np.zeros((n, s, n))
    index[np.arange(n), :, np.arange(n)] = (now.paid * by_index * model.final).T
    out[:, n : n + s * n] -= index.reshape(n, s * n)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The linearised system at a state, applied to one change at a time; memory is that of the flows.

    Attributes
    ----------
    model : Equations
    pieces : Pieces
    now : Now
    """

    model: Equations
    pieces: Pieces
    now: Now

    @classmethod
    def at(cls, model: Equations, u: np.ndarray) -> Linear:
        """At a state u (1, n + 2 S n)."""
        return cls(model, pieces(model, u), model.evaluate(*model.split(u)))

    def gaps(self, change: np.ndarray) -> np.ndarray:
        """Change of the (labour, price, spending) gaps for a change of the state (n + 2 S n,).

        Labour and spending gaps are relative to baseline value added, price gaps in logs.
        """
        model, p, now = self.model, self.pieces, self.now
        s, n = model.value_added.shape
        wage, prices = change[:n], change[n : n + s * n].reshape(s, n)
        spent = change[n + s * n :].reshape(s, n) * model.wages
        cost = model.value_added * wage + np.einsum("ski,si->ki", p.spread, prices)
        index = np.matmul(cost[:, None, :], p.gross)[:, 0, :]
        moved = model.theta * index
        levy = 0.0 if model.levy is None else model.levy
        net, flows = p.net * (1 + levy), p.flows * (1 + levy)  # at customs
        bought = net.sum(axis=1) * spent
        flows_in = bought + moved * flows.sum(axis=1) - model.theta * np.matmul(cost[:, None, :], flows)[:, 0, :]
        sales = (
            np.matmul(p.net, spent[:, :, None])[:, :, 0]
            + np.matmul(p.flows, moved[:, :, None])[:, :, 0]
            - model.theta * cost * now.sales
        )
        revenue = np.where(model.used, spent - flows_in, 0.0).sum(axis=0)
        if model.levy is not None:
            levied = (
                np.matmul(p.net * levy, spent[:, :, None])[:, :, 0]
                + np.matmul(p.flows * levy, moved[:, :, None])[:, :, 0]
                - model.theta * cost * (p.flows * levy).sum(axis=2)
            )
            revenue = revenue + levied.sum(axis=0)
        by_wage, by_index, by_revenue = model.supply_slopes(now)
        paid = now.paid * (by_wage * wage - by_index * (model.final * prices).sum(axis=0) + by_revenue * revenue)
        income = p.income @ (paid + revenue) + p.drift * paid.sum() / model.wages.sum()
        uses = np.einsum("ski,ki->si", p.spread, sales) + model.final * income
        labour = ((model.value_added * sales).sum(axis=0) - paid) / model.wages
        price = index * model.used - prices
        return np.concatenate([labour, price.ravel(), ((uses - spent) / model.wages).ravel()])


def _kept(net: np.ndarray) -> np.ndarray:
    """Derivative of revenue by spending: (n, S n), one less the share that leaves net of tariffs."""
    s, n, _ = net.shape
    out = np.zeros((n, s, n))
    out[np.arange(n), :, np.arange(n)] = np.where(net.sum(axis=1) > 0, 1 - net.sum(axis=1), 0.0).T
    return out.reshape(n, s * n)


def pinned_sectors(model: Equations, u: np.ndarray) -> np.ndarray:
    """The Jacobian in relative units, regular: spending over value added, and the price level held."""
    s, n = model.value_added.shape
    scale = np.concatenate([model.wages, np.ones(s * n), np.tile(model.wages, s)])
    out = jacobian(model, u) / scale[:, None]
    out[:, n + s * n :] *= np.tile(model.wages, s)
    left = np.concatenate([model.wages, np.zeros(s * n), np.tile(model.wages, s)])
    out[:, :n] -= np.outer(left / left.sum(), np.ones(n)) / n
    return out


class Gradient(NamedTuple):
    """Derivatives of log welfare: by partial effect, by log tariff factor and by log export-tax factor (S, n, n), by
    log productivity (n,), by trade elasticity (S,)."""

    effect: np.ndarray
    tariff: np.ndarray
    export_tax: np.ndarray
    productivity: np.ndarray
    theta: np.ndarray


def gradient(
    model: Equations, u: np.ndarray, weight: np.ndarray, by_earned: bool, log_tariff_hat: np.ndarray,
    pass_through: float = 1.0,
) -> Gradient:  # fmt: skip
    """Derivatives of ``weight @ log welfare`` at a solution u, by one adjoint solve.

    ``by_earned`` reads welfare from earned income (multiplicative rule), else from final spending;
    ``log_tariff_hat`` (S, n, n) is the log change of one plus the tariffs, which carries the elasticity. Of a tariff
    that buyers see in part, exporters absorb the rest: a negative levy, ``(1 + t)^(pass_through - 1) - 1``.
    """
    p, now = pieces(model, u), model.evaluate(*model.split(u))
    by_flow, by_index, by_revenue = _multipliers(model, u, weight, by_earned)
    theta = model.theta[:, :, None]
    log_index = -np.log(now.sourcing) / model.theta
    effect = by_flow - by_index[:, None, :] * p.gross / theta
    cost = -model.theta * by_flow.sum(axis=2) + (by_index[:, None, :] * p.gross).sum(axis=2)
    levy = np.zeros_like(p.flows) if model.levy is None else model.levy
    paid = now.log_cost[:, :, None] + log_tariff_hat + np.log1p(levy)
    index_by_theta = ((p.gross * paid).sum(axis=1) - log_index * model.used) / model.theta
    by_theta = (by_index * index_by_theta).sum(axis=1) - (by_flow * (paid - log_index[:, None, :])).sum(axis=(1, 2))
    tariff = -theta * effect - by_flow
    export_tax = tariff + (1 + levy) * p.flows * (by_revenue[:, None] - by_revenue)
    return Gradient(effect, tariff + (pass_through - 1) * export_tax, export_tax, -cost.sum(axis=0), by_theta)


def _multipliers(
    model: Equations, u: np.ndarray, weight: np.ndarray, by_earned: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a log change of each flow (S, n, n), of each price index (S, n) and a unit of revenue (n,) is worth, all
    markets clearing."""
    s, n = model.value_added.shape
    p, full = pieces(model, u), jacobian(model, u)
    spending, now = model.split(u)[2], model.evaluate(*model.split(u))
    if by_earned:
        to_earned, to_growth = weight / (now.paid + now.revenue), 0.0
    else:
        to_earned, to_growth = p.income.T @ (weight / now.income), weight / now.income @ p.drift
    revenue = revenue_slopes(model, p)
    paid = wage_bill(model, now, revenue)
    total = model.wages.sum()
    state = to_earned @ (paid + revenue) + to_growth * paid.sum(axis=0) / total
    state[n : n + s * n] -= (weight * model.final).ravel()
    left = np.concatenate([np.ones(n), np.zeros(s * n), np.ones(s * n)])
    right = np.concatenate([np.ones(n), np.ones(s * n), spending.ravel()])
    size = np.abs(np.diag(full)[:n]).mean()
    mu = np.linalg.solve((full - size * np.outer(left / left.sum(), right / (right @ right))).T, state)
    labour, price, uses = mu[:n], mu[n : n + s * n].reshape(s, n), mu[n + s * n :].reshape(s, n)
    to_sales = model.value_added * labour + np.einsum("qki,qi->ki", p.spread, uses)
    wanted = (model.final * uses).sum(axis=0)
    to_income = to_earned - p.income.T @ wanted
    more_paid = now.paid * model.supply_slopes(now)[2]
    to_paid = to_income + (to_growth - p.drift @ wanted) / total + labour
    to_revenue = to_income + more_paid * to_paid
    levy = 0.0 if model.levy is None else model.levy
    by_flow = -p.flows * (to_sales[:, :, None] + (1 + levy) * to_revenue - levy * to_revenue[:, None])
    return by_flow, model.theta * by_flow.sum(axis=1) - price * model.used, to_revenue
