"""The model with several sectors, input-output links and tariffs, in changes.

Caliendo and Parro (2015), equations 10 to 14, with w wages, P sector price indices, c unit costs::

    c_i^s = w_i^beta  prod_k (P_i^k)^(gamma^(k,s) (1 - beta))
    P_j^s = (sum_i pi_ij^s K_ij^s (c_i^s)^-theta)^(-1/theta)        K = (tau'/tau)^-theta e^b
    X_j^s = sum_k gamma^(s,k) (1 - beta^k) Y_j^k + alpha_j^s I_j
    Y_i^s = sum_j pi'_ij^s X_j^s / tau'_ij^s
    I_j   = lambda r_j (V_j + R_j) + D_j,  V_j = w_j L_j = sum_s beta Y_j^s
    L_j   = L_j0 (w_j (1 + g_j) / Pc_j)^psi

Labour responds to the real wage with elasticity psi (zero: fixed). The rate g is zero where tariff revenue R is paid
out as a lump sum, and R / V where it cuts the tax on labour. Wages, prices and spending move together in one
iteration; no sector-by-economy system is ever formed unless it is small, so memory is that of the flows. The scale
is fixed by holding world value added constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Now(NamedTuple):
    """What follows from a state: costs and sourcing (S, n), sales (S, n); paid wages, revenue, income (n,)."""

    log_cost: np.ndarray
    sourcing: np.ndarray
    sales: np.ndarray
    paid: np.ndarray
    revenue: np.ndarray
    income: np.ndarray
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
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
        New over old, at an unchanged real wage.
    supply : float
        psi, the elasticity of labour supply to the real wage.
    returned : (n,) or None
        Where tariff revenue cuts the tax on labour: one plus revenue over value added at baseline.
    levy : (S, n, n) or None
        Export taxes, ad valorem on the price before them; ``net`` is then over one plus these too.
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
    supply: float = 0.0
    returned: np.ndarray | None = None
    levy: np.ndarray | None = None

    def start(self, spending: np.ndarray) -> np.ndarray:
        """The state at baseline: log wages, log prices, spending in units of the economy's value added."""
        prices = np.zeros_like(spending)
        return np.concatenate([np.zeros_like(self.wages), prices.ravel(), (spending / self.wages).ravel()])[None]

    def split(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log wages (n,), log prices (S, n), spending (S, n) in US$ million."""
        n, shape = self.wages.size, self.value_added.shape
        prices, spending = u[0, n:].reshape(2, *shape)
        return u[0, :n], prices, spending * self.wages

    def evaluate(self, wage: np.ndarray, prices: np.ndarray, spending: np.ndarray) -> Now:
        """Costs, sourcing, sales and incomes at a state."""
        input_cost = np.matmul(prices.T[:, None, :], self.inputs)[:, 0, :].T
        log_cost = self.value_added * wage + (1 - self.value_added) * input_cost + self.productivity
        weight = np.exp(-self.theta * log_cost)
        sourcing = np.where(self.used, np.matmul(weight[:, None, :], self.kernel)[:, 0, :], 1.0)
        per_price = (spending / sourcing)[:, :, None]
        sales = weight * np.matmul(self.net, per_price)[:, :, 0]
        customs = self.net if self.levy is None else self.net * (1 + self.levy)
        net_share = np.matmul(weight[:, None, :], customs)[:, 0, :] / sourcing
        revenue = (spending * np.where(self.used, 1 - net_share, 0.0)).sum(axis=0)
        if self.levy is not None:
            revenue = revenue + (weight * np.matmul(self.net * self.levy, per_price)[:, :, 0]).sum(axis=0)
        paid = self.paid(wage, prices, revenue)
        earned = paid + revenue
        growth = paid.sum() / self.wages.sum()
        rated = self.ratio * earned
        scale = (earned.sum() - self.deficit.sum() * growth) / rated.sum()
        income = scale * rated + self.deficit * growth
        return Now(log_cost, sourcing, sales, paid, revenue, income, float(scale))

    def paid(self, wage: np.ndarray, prices: np.ndarray, revenue: np.ndarray) -> np.ndarray:
        """The wage bill, (n,), US$ million, with the labour that the real wage calls forth."""
        fixed = self.wages * self.labour * np.exp(wage)
        if not self.supply:
            return fixed
        real = wage - (self.final * prices).sum(axis=0)
        more = self.supply * real
        if self.returned is not None:  # the rate depends on the wage bill itself: one unknown an economy
            for _ in range(50):
                rate = revenue / (fixed * np.exp(more))
                miss = more - self.supply * (real + np.log1p(rate) - np.log(self.returned))
                more = more - miss / (1 + self.supply * rate / (1 + rate))
                if np.abs(miss).max() < 1e-14:
                    break
        return fixed * np.exp(more)

    def supply_slopes(self, now: Now) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Slopes of the log wage bill by log wage, log consumer prices (negative) and revenue: (n,) each."""
        ones = np.ones_like(self.wages)
        if self.returned is None:
            return (1 + self.supply) * ones, self.supply * ones, 0 * ones
        earned = now.paid + now.revenue
        share = now.revenue / earned
        slope = self.supply / (1 + self.supply * share)
        return 1 + slope * (1 - share), slope, slope / earned

    def uses(self, sales: np.ndarray, income: np.ndarray) -> np.ndarray:
        """Spending by sector, (S, n): inputs and final."""
        inputs = np.matmul(self.inputs, ((1 - self.value_added) * sales).T[:, :, None])[:, :, 0].T
        return inputs + self.final * income

    def residual(self, u: np.ndarray) -> np.ndarray:
        """US$ million: (S + 1, n); uses minus spending of each sector, then value added minus wages."""
        wage, prices, spending = self.split(u)
        now = self.evaluate(wage, prices, spending)
        labour = (self.value_added * now.sales).sum(axis=0) - now.paid
        return np.vstack([self.uses(now.sales, now.income) - spending, labour])

    def flows(self, u: np.ndarray) -> np.ndarray:
        """Flows before tariffs, US$ million: (S, n, n)."""
        wage, prices, spending = self.split(u)
        now = self.evaluate(wage, prices, spending)
        weight = np.exp(-self.theta * now.log_cost)
        return weight[:, :, None] * self.net * (spending / now.sourcing)[:, None, :]
