"""The model with several sectors, input-output links and tariffs, in changes.

Caliendo and Parro (2015), equations 10 to 14, with w wages, P sector price indices, c unit costs::

    c_i^s = w_i^beta  prod_k (P_i^k)^(gamma^(k,s) (1 - beta))
    P_j^s = (sum_i pi_ij^s K_ij^s (c_i^s)^-theta)^(-1/theta)        K = (tau'/tau)^-theta e^b
    X_j^s = sum_k gamma^(s,k) (1 - beta^k) Y_j^k + alpha_j^s I_j
    Y_i^s = sum_j pi'_ij^s X_j^s / tau'_ij^s
    I_j   = lambda r_j (V_j + R_j) + D_j,  V_j = w_j V_j0 = sum_s beta Y_j^s

Wages, prices and spending move together in one iteration; no sector-by-economy system is ever formed,
so memory is that of the flows. The scale is fixed by holding world value added constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

NEWTON_LIMIT = 4000
"""Largest system (wages, prices, spending) for which the dense Jacobian is formed."""


class Now(NamedTuple):
    """What follows from a state: costs and sourcing (S, n), sales (S, n), revenue, income (n,)."""

    log_cost: np.ndarray
    sourcing: np.ndarray
    sales: np.ndarray
    revenue: np.ndarray
    income: np.ndarray
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Sectors:
    """Everything the sector system needs.

    Attributes
    ----------
    kernel : (S, n, n)
        Baseline spending shares times the change of trade costs to the power -theta.
    net : (S, n, n)
        ``kernel`` over one plus the new tariff.
    wages : (n,), US$ million
        Baseline value added.
    value_added, final, used : (S, n)
        Shares; ``used`` marks sectors with spending at baseline.
    inputs : (n, S, S)
        Input shares, economy first: ``inputs[n, s, k]``.
    theta : (S, 1)
    ratio, deficit : (n,)
        The deficit rule, as in the one-sector model.
    productivity : (S, n)
        Log change of unit cost at given prices, with the sign of cost.
    labour : (n,)
        New over old.
    """

    kernel: np.ndarray
    net: np.ndarray
    wages: np.ndarray
    value_added: np.ndarray
    final: np.ndarray
    used: np.ndarray
    inputs: np.ndarray
    theta: np.ndarray
    ratio: np.ndarray
    deficit: np.ndarray
    productivity: np.ndarray
    labour: np.ndarray

    def take(self, rows: Any) -> Sectors:
        """There is one draw only."""
        return self

    def start(self, spending: np.ndarray) -> np.ndarray:
        """The state at baseline: log wages, log prices, spending in units of the economy's value added."""
        prices = np.zeros_like(spending)
        return np.concatenate([np.zeros_like(self.wages), prices.ravel(), (spending / self.wages).ravel()])[None]

    def split(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log wages (n,), log prices (S, n), spending (S, n) in US$ million."""
        n, shape = self.wages.size, self.value_added.shape
        prices, spending = u[0, n:].reshape(2, *shape)
        return u[0, :n], prices, np.maximum(spending, 0.0) * self.wages

    def evaluate(self, wage: np.ndarray, prices: np.ndarray, spending: np.ndarray) -> Now:
        """Costs, sourcing, sales and incomes at a state."""
        input_cost = np.matmul(prices.T[:, None, :], self.inputs)[:, 0, :].T
        log_cost = self.value_added * wage + (1 - self.value_added) * input_cost + self.productivity
        weight = np.exp(-self.theta * log_cost)
        sourcing = np.where(self.used, np.matmul(weight[:, None, :], self.kernel)[:, 0, :], 1.0)
        net_share = np.matmul(weight[:, None, :], self.net)[:, 0, :] / sourcing
        sales = weight * np.matmul(self.net, (spending / sourcing)[:, :, None])[:, :, 0]
        revenue = (spending * np.where(self.used, 1 - net_share, 0.0)).sum(axis=0)
        earned = self.wages * self.labour * np.exp(wage) + revenue
        growth = (self.wages * self.labour * np.exp(wage)).sum() / self.wages.sum()
        rated = self.ratio * earned
        scale = (earned.sum() - self.deficit.sum() * growth) / rated.sum()
        income = scale * rated + self.deficit * growth
        return Now(log_cost, sourcing, sales, revenue, income, float(scale))

    def uses(self, sales: np.ndarray, income: np.ndarray) -> np.ndarray:
        """Spending by sector, (S, n): inputs and final."""
        inputs = np.matmul(self.inputs, ((1 - self.value_added) * sales).T[:, :, None])[:, :, 0].T
        return inputs + self.final * income

    def move(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The joint step and its largest relative part."""
        wage, prices, spending = self.split(u)
        now = self.evaluate(wage, prices, spending)
        paid = self.wages * self.labour * np.exp(wage)
        earned = (self.value_added * now.sales).sum(axis=0)
        labour_gap = np.log(np.maximum(earned / paid, 1e-3))
        price_gap = np.where(self.used, -np.log(now.sourcing) / self.theta, 0.0) - prices
        spending_gap = (self.uses(now.sales, now.income) - spending) / self.wages
        step = np.concatenate([0.5 * labour_gap, price_gap.ravel(), spending_gap.ravel()])
        return step[None], np.array([max(np.abs(g).max() for g in (labour_gap, price_gap, spending_gap))])

    @property
    def newton(self) -> bool:
        """Whether the solver may use Newton's method: the full system must fit in memory."""
        return self.wages.size + 2 * self.value_added.size <= NEWTON_LIMIT

    def direction(self, u: np.ndarray) -> np.ndarray:
        """Newton's step at a state u (1, n + 2 S n)."""
        from detente.equilibrium.sectors.jacobian import pinned_sectors

        wage, prices, spending = self.split(u)
        now = self.evaluate(wage, prices, spending)
        gaps = self.residual(u) / self.wages
        price_gap = np.where(self.used, -np.log(now.sourcing) / self.theta, 0.0) - prices
        return np.linalg.solve(
            pinned_sectors(self, u), -np.concatenate([gaps[-1], price_gap.ravel(), gaps[:-1].ravel()])
        )[None]

    def normal(self, u: np.ndarray) -> np.ndarray:
        """The same state with world value added as at baseline."""
        n, cells = self.wages.size, self.value_added.size
        growth = (self.wages * self.labour * np.exp(u[0, :n])).sum() / self.wages.sum()
        out = np.array(u)
        out[0, : n + cells] -= np.log(growth)
        out[0, n + cells :] /= growth
        return out

    def residual(self, u: np.ndarray) -> np.ndarray:
        """US$ million: (S + 1, n); uses minus spending of each sector, then value added minus wages."""
        wage, prices, spending = self.split(u)
        now = self.evaluate(wage, prices, spending)
        labour = (self.value_added * now.sales).sum(axis=0) - self.wages * self.labour * np.exp(wage)
        return np.vstack([self.uses(now.sales, now.income) - spending, labour])

    def flows(self, u: np.ndarray) -> np.ndarray:
        """Flows before tariffs, US$ million: (S, n, n)."""
        wage, prices, spending = self.split(u)
        now = self.evaluate(wage, prices, spending)
        weight = np.exp(-self.theta * now.log_cost)
        return weight[:, :, None] * self.net * (spending / now.sourcing)[:, None, :]
