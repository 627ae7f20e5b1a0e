"""The published loop of Anderson, Larch and Yotov (2018), as in the Advanced Guide, chapter 2.

Kept so that its printed numbers can be reproduced digit for digit; it is not an exact solution. It
alternates constrained PPML fits with price updates and stops when factory-gate prices move by less than
0.01 between passes, and it does not rescale world output, so its accounts close only roughly. Because
the effects of a saturated two-way PPML are those that meet the row and column sums (Fally 2015), each fit
is done here by proportional fitting to full precision.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

STOP = 0.01


class Published(NamedTuple):
    """Output of the loop: arrays (n,) new over old but ``flows`` (n, n); ``passes`` counts PPML fits."""

    price_hat: np.ndarray
    index_hat: np.ndarray
    flows: np.ndarray
    passes: int
    stopped: bool


class _Fit(NamedTuple):
    """One constrained fit: exporter effects, outward and inward resistance (powers 1 - sigma), output,
    the reference's expenditure, fitted flows."""

    sales: np.ndarray
    outward: np.ndarray
    inward: np.ndarray
    output: np.ndarray
    scale: float
    flows: np.ndarray


def proportional_fit(
    costs: np.ndarray, rows: np.ndarray, columns: np.ndarray, *, tolerance: float = 1e-13, limit: int = 20000
) -> tuple[np.ndarray, np.ndarray]:
    """Effects a (n,), g (n,) with ``a costs g`` summing to ``rows`` and ``columns``."""
    a, g = np.ones_like(rows), np.ones_like(columns)
    for _ in range(limit):
        a = rows / (costs @ g)
        g = columns / (costs.T @ a)
        if np.abs(a * (costs @ g) / rows - 1).max() < tolerance:
            break
    return a, g


def _fit(costs: np.ndarray, target: np.ndarray, ratio: np.ndarray, reference: int) -> _Fit:
    a, g = proportional_fit(costs, target.sum(axis=1), target.sum(axis=0))
    sales, purchases = a * g[reference], g / g[reference]
    flows = sales[:, None] * costs * purchases
    output = flows.sum(axis=1)
    expenditure = ratio * output
    scale = expenditure[reference]
    return _Fit(
        sales=sales,
        outward=output * scale / sales,
        inward=expenditure / (purchases * scale),
        output=output,
        scale=float(scale),
        flows=flows,
    )


def published_loop(
    flows: np.ndarray, effects: np.ndarray, theta: float, *, reference: int = 0, limit: int = 100
) -> Published:
    """Run the recipe on baseline flows (n, n) and partial effects (n, n), log points.

    The first pass starts from the conditional equilibrium with unit changes of the resistances, and the
    stopping rule compares the two price changes before the current one by their standard deviation and
    their signed maximum, as the published code does.
    """
    output = flows.sum(axis=1)
    ratio = flows.sum(axis=0) / output
    base = _fit(flows, flows, ratio, reference)
    costs = flows * np.exp(effects)
    last = _fit(costs, flows, ratio, reference)
    power = -1 / theta
    prices = [np.zeros_like(output), (last.sales / base.sales) ** power]
    change = np.ones_like(flows)
    passes = 0
    while passes < limit:
        passes += 1
        p = prices[-1]
        now = _fit(costs, last.flows * p[:, None] * p / change, ratio, reference)
        gap = prices[-1] - prices[-2]
        prices.append((now.sales / last.sales / (now.scale / last.scale)) ** power)
        change = (now.outward / last.outward)[:, None] * (now.inward / last.inward)
        last = now
        if gap.std(ddof=1) <= STOP and abs(gap.max()) <= STOP:
            break
    price_hat = (last.sales / base.sales / (last.scale / base.scale)) ** power
    return Published(
        price_hat=price_hat,
        index_hat=(last.inward / base.inward) ** power,
        flows=last.flows * (price_hat * output * ratio / (ratio * last.output)),
        passes=passes,
        stopped=passes < limit,
    )
