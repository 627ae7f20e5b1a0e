"""The one-sector model: Armington or Eaton-Kortum, in changes.

Dekle, Eaton and Kortum (2008) solve for changes from an observed baseline; Anderson and van Wincoop
(2003) is the same system in levels; Allen, Arkolakis and Takahashi (2020) add the supply elasticity.
With p the producer price, P the price index and hats for new over old::

    P_j  = (sum_k pi_kj B_kj p_k^-theta)^(-1/theta)
    Y'_i = Y_i A_i L_i p_i (p_i/P_i)^psi
    X'_ij = pi_ij B_ij (p_i/P_j)^-theta E'_j
    sum_j X'_ij = Y'_i

One expenditure rule covers all deficit rules: ``E'_j = lambda r_j Y'_j + D_j S'/S`` with S world output.
Multiplicative and universal: r = E/Y, D = 0, and lambda keeps world expenditure equal to world output
(the ratios alone cannot, once outputs move). Additive: r = 1, D the deficits; lambda is then one.
Balanced: r = 1, D = 0. The system is homogeneous, so prices are fixed by S' = S afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from detente._arrays import ArrayKind, at_least, less_on_diagonal, namespace, rows_of, solved
from detente.equilibrium.path import log_between


class MarketState(NamedTuple):
    """What follows from log prices u (batch, n): all (batch, n) but ``scale`` (batch,)."""

    sourcing: np.ndarray
    """sum_k K_kj p_k^-theta, the price index to the power -theta."""
    log_index: np.ndarray
    output: np.ndarray
    expenditure: np.ndarray
    demand: np.ndarray
    scale: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Armington:
    """Everything the one-sector system needs; the leading axis runs over draws.

    Attributes
    ----------
    kernel : (batch, n, n)
        ``pi_ij B_ij``: baseline expenditure shares times the exponential of the partial effects.
    output : (batch, n), US$ million
        Baseline output Y.
    supply_hat : (batch, n)
        Productivity times labour, new over old.
    ratio : (batch, n)
        Expenditure over output under the multiplicative rule, else one.
    deficit : (batch, n), US$ million
        Under the additive rule, else zero.
    theta, psi : (batch, 1)
        Trade and supply elasticity.
    """

    kernel: np.ndarray
    output: np.ndarray
    supply_hat: np.ndarray
    ratio: np.ndarray
    deficit: np.ndarray
    theta: np.ndarray
    psi: np.ndarray

    def take(self, rows: Any) -> Armington:
        """The draws ``rows`` only."""
        return Armington(**{name: rows_of(getattr(self, name), rows) for name in self.__slots__})

    def on(self, kind: ArrayKind | None) -> Armington:
        """The same model as arrays of ``kind``; None leaves it where it is."""
        if kind is None:
            return self
        return Armington(**{name: kind.here(getattr(self, name)) for name in self.__slots__})

    def state(self, u: np.ndarray) -> MarketState:
        """Prices to quantities."""
        xp = namespace(u)
        weight = xp.exp(-self.theta * u)
        sourcing = (weight[:, None, :] @ self.kernel)[:, 0, :]
        log_index = -xp.log(sourcing) / self.theta
        output = self.output * self.supply_hat * xp.exp(u + self.psi * (u - log_index))
        world = xp.sum(output, axis=-1, keepdims=True)
        before = xp.sum(self.output, axis=-1, keepdims=True)
        owed = xp.sum(self.deficit, axis=-1, keepdims=True)
        scale = (world - owed * world / before) / xp.sum(self.ratio * output, axis=-1, keepdims=True)
        expenditure = scale * self.ratio * output + self.deficit * world / before
        demand = weight * (self.kernel @ (expenditure / sourcing)[:, :, None])[:, :, 0]
        return MarketState(sourcing, log_index, output, expenditure, demand, scale[..., 0])

    def move(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The tatonnement step in log prices (batch, n), and the relative gap of each market's worst."""
        xp, now = namespace(u), self.state(u)
        excess = now.demand / now.output
        with np.errstate(divide="ignore", invalid="ignore"):
            step = xp.log(at_least(excess, 1e-3)) / (1 + self.theta + self.psi)
        return step, xp.max(xp.abs(excess - 1), axis=-1)

    def normal(self, u: np.ndarray) -> np.ndarray:
        """The same prices with world output as at baseline."""
        xp = namespace(u)
        world = xp.sum(self.state(u).output, axis=-1, keepdims=True)
        return u - xp.log(world / xp.sum(self.output, axis=-1, keepdims=True))

    def residual(self, u: np.ndarray) -> np.ndarray:
        """Demand minus output of each economy, US$ million: (batch, n)."""
        now = self.state(u)
        return now.demand - now.output

    def flows(self, u: np.ndarray, now: MarketState | None = None) -> np.ndarray:
        """Bilateral flows X', US$ million: (batch, n, n); ``now`` is the state at u where it is known."""
        now = self.state(u) if now is None else now
        shares = namespace(u).exp(-self.theta * u)[:, :, None] * self.kernel / now.sourcing[:, None, :]
        return shares * now.expenditure[:, None, :]

    def jacobian(self, u: np.ndarray) -> np.ndarray:
        """Derivative of ``residual`` with respect to log prices: (batch, n, n), US$ million.

        Its rows and columns sum to zero (Walras, homogeneity).
        """
        by_price, by_index = self.partials(u)
        now, flows = self.state(u), self.flows(u)
        shares = flows / now.expenditure[:, None, :]
        return by_price + by_index @ np.swapaxes(shares, -1, -2)

    @property
    def newton(self) -> bool:
        """Whether the solver may use Newton's method."""
        return True

    def look(self, u: np.ndarray) -> tuple[float, Callable[[], np.ndarray]]:
        """The worst market's relative gap at log prices u (1, n), and Newton's step there for who asks."""
        xp, now = namespace(u), self.state(u)
        return float(xp.max(xp.abs(now.demand / now.output - 1))), partial(self.direction, u, now)

    def direction(self, u: np.ndarray, now: MarketState) -> np.ndarray:
        """Newton's step at log prices u (1, n) and their state, on the log of demand over output.

        In logs, demand and output are nearly linear in log prices however far these are from the baseline.
        """
        xp = namespace(u)
        demand, output, theta, psi = now.demand[0, :], now.output[0, :], float(self.theta[0, 0]), float(self.psi[0, 0])
        weight, spending = xp.exp(-theta * u[0, :]), now.expenditure[0, :]
        shares = self.kernel[0, :, :] * weight[:, None] / now.sourcing[0, :]
        sold = shares * spending
        sold /= demand[:, None]
        world, before = xp.sum(output), xp.sum(self.output[0, :])
        rated, fixed = self.ratio[0, :] * output, self.deficit[0, :] * (world / before)
        part = now.scale[0] * rated / spending  # spending answers outputs: its own, and the world's in common
        of_world = output / world
        answers = sold @ xp.stack([part, fixed / spending]).T
        by_output = sold * part
        by_output += answers @ xp.stack([of_world - rated / xp.sum(rated), of_world])
        slope = sold @ shares.T
        slope *= theta
        if psi:  # outputs answer the price index as well
            slope += (1 + psi) * by_output - psi * (by_output @ shares.T) + psi * shares.T
        else:
            slope += by_output
        slope -= of_world  # holds the price level, which is free
        slope = less_on_diagonal(slope, 1 + psi + theta)
        return solved(slope, -xp.log(demand / output)[:, None])[None, :, 0]

    def towards(self, origin: Armington, share: float) -> Armington:
        """The model ``share`` of the way from ``origin`` to this one: geometric, deficits arithmetic."""
        line = (
            log_between(getattr(origin, name), getattr(self, name), share)
            for name in ("kernel", "output", "supply_hat", "ratio")
        )
        kernel, output, supply, ratio = line
        deficit = origin.deficit + share * (self.deficit - origin.deficit)
        return Armington(kernel, output, supply, ratio, deficit, self.theta, self.psi)

    def spending(self, u: np.ndarray) -> np.ndarray:
        """Expenditure at log prices u, US$ million: (batch, n)."""
        return self.state(u).expenditure

    def part(self, members: np.ndarray) -> Armington:
        """The economies ``members`` alone, as if there were no others."""
        kernel = self.kernel[:, members][:, :, members]
        names = ("output", "supply_hat", "ratio", "deficit")
        vectors = {name: getattr(self, name)[:, members] for name in names}
        return Armington(kernel=kernel, theta=self.theta, psi=self.psi, **vectors)

    def partials(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of ``residual`` by log producer prices and by log price indices, each held apart."""
        now, flows = self.state(u), self.flows(u)
        eye = np.eye(u.shape[-1])
        theta, psi = self.theta[..., None], self.psi[..., None]
        through_output = self.by_output(u)
        by_price = -theta * eye * now.demand[:, None, :] + (1 + psi) * through_output
        by_index = theta * flows - psi * through_output
        return by_price, by_index

    def by_output(self, u: np.ndarray) -> np.ndarray:
        """Derivative of ``residual`` by log outputs at given prices: (batch, n, n)."""
        now = self.state(u)
        return self.flows(u) @ self.spending_by_output(now) - np.eye(u.shape[-1]) * now.output[:, None, :]

    def spending_by_output(self, now: MarketState) -> np.ndarray:
        """d log E'_j / d log Y'_k: (batch, n, n)."""
        eye = np.eye(now.output.shape[-1])
        before = self.output.sum(axis=-1, keepdims=True)
        rated = self.ratio * now.output
        weight = rated / rated.sum(axis=-1, keepdims=True)
        part = now.scale[:, None] * rated
        world = now.output.sum(axis=-1, keepdims=True)
        of_world = now.output / world
        common = of_world - weight
        fixed = self.deficit * world / before
        change = part[:, :, None] * (eye + common[:, None, :]) + fixed[:, :, None] * of_world[:, None, :]
        return change / now.expenditure[:, :, None]
