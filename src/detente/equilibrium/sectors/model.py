"""The sector system as the solver sees it: the joint step, Newton's step, the way from the baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np

from detente.equilibrium.path import log_between
from detente.equilibrium.sectors.equations import Equations
from detente.equilibrium.sectors.jacobian import Linear, pinned_sectors
from detente.equilibrium.solver import krylov

DENSE = 800
"""Largest system (wages, prices, spending) that Newton's method solves in one piece; Krylov steps beyond."""
NEWTON_LIMIT = 4000
"""Largest system for which the dense Jacobian is formed where it is asked for (condition, derivatives)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sectors(Equations):
    """The sector system with what the solver needs; fields as in ``Equations``."""

    @property
    def newton(self) -> bool:
        """Whether the solver may use Newton's method: always, in one piece or by Krylov steps."""
        return True

    @property
    def size(self) -> int:
        """Unknowns of the whole system."""
        return self.wages.size + 2 * self.value_added.size

    def take(self, rows: Any) -> Sectors:
        """There is one draw only."""
        return self

    def gaps(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """How far a state is from equilibrium: labour (n,) and prices (S, n) in logs, spending over value added."""
        wage, prices, spending = self.split(u)
        now = self.evaluate(wage, prices, spending)
        labour = np.log(np.maximum((self.value_added * now.sales).sum(axis=0) / now.paid, 1e-300))
        price = np.where(self.used, -np.log(now.sourcing) / self.theta, 0.0) - prices
        return labour, price, (self.uses(now.sales, now.income) - spending) / self.wages

    def move(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The joint step and its largest relative part."""
        labour, price, spending = self.gaps(u)
        pace = 0.5 / (1 + self.supply) * np.maximum(labour, np.log(1e-3))
        step = np.concatenate([pace, price.ravel(), spending.ravel()])
        return step[None], np.array([max(np.abs(g).max() for g in (labour, price, spending))])

    def look(self, u: np.ndarray) -> tuple[float, Callable[[], np.ndarray]]:
        """The worst relative gap at a state u (1, n + 2 S n), and Newton's step there for who asks."""
        parts = self.gaps(u)
        return max(float(np.abs(part).max()) for part in parts), partial(self.direction, u, parts[1])

    def direction(self, u: np.ndarray, price: np.ndarray) -> np.ndarray:
        """Newton's step at a state u (1, n + 2 S n) with its gaps of log prices (S, n)."""
        money, n = self.residual(u) / self.wages, self.wages.size
        gaps = np.concatenate([money[-1], price.ravel(), money[:-1].ravel()])
        if self.size <= DENSE:
            return np.linalg.solve(pinned_sectors(self, u), -gaps)[None]
        linear = Linear.at(self, u)

        def slope(change: np.ndarray) -> np.ndarray:
            out = linear.gaps(change)
            out[:n] -= change[:n].mean()  # holds the price level, which is free
            return out

        return krylov(slope, -gaps)[None]

    def normal(self, u: np.ndarray) -> np.ndarray:
        """The same state with world value added as at baseline."""
        n, cells = self.wages.size, self.value_added.size
        growth = self.evaluate(*self.split(u)).paid.sum() / self.wages.sum()
        out = np.array(u)
        out[0, : n + cells] -= np.log(growth)
        out[0, n + cells :] /= growth
        return out

    def towards(self, origin: Sectors, share: float) -> Sectors:
        """The model ``share`` of the way from ``origin`` to this one: geometric, deficits arithmetic."""
        return replace(
            self,
            kernel=log_between(origin.kernel, self.kernel, share),
            net=log_between(origin.net, self.net, share),
            productivity=origin.productivity + share * (self.productivity - origin.productivity),
            labour=log_between(origin.labour, self.labour, share),
            ratio=log_between(origin.ratio, self.ratio, share),
            deficit=origin.deficit + share * (self.deficit - origin.deficit),
            levy=None if self.levy is None else (1 + self.levy) ** share - 1,
        )

    def spending(self, u: np.ndarray) -> np.ndarray:
        """Final spending at a state, US$ million: (1, n)."""
        return self.evaluate(*self.split(u)).income[None]

    def part(self, members: np.ndarray) -> Sectors:
        """The economies ``members`` alone, as if there were no others."""
        cut = {
            **dict.fromkeys(("kernel", "net", "levy"), np.ix_(np.arange(len(self.kernel)), members, members)),
            "theta": ..., "inputs": members, "supply": None,
        }  # fmt: skip
        kept = {}
        for name in (field.name for field in fields(self)):
            value, at = getattr(self, name), cut.get(name, (..., members))
            kept[name] = value if at is None or value is None else np.ascontiguousarray(value[at])
        return Sectors(**kept)
