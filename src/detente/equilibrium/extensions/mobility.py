"""Labour that moves between economies, joined to the one-sector model.

In changes, in the manner of Tombe and Zhu (2019)::

    m'_ij = m_ij (W_j K_ij)^nu / sum_k m_ik (W_k K_ik)^nu      people of origin i who live in j
    L'_j  = sum_i N_i m'_ij                                    hence the labour that produces in j
    W_j   = A_j (p_j / P_j)^(1 + psi) (L'_j / L_j)^-delta      real output per worker less congestion

Prices and labour move together in one fixed point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from detente.equilibrium.armington import Armington
from detente.equilibrium.assembly import Solved, SolveSetting, one_sector
from detente.equilibrium.baseline.checks import as_floats, read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.options import check_options
from detente.equilibrium.outcome import read_out
from detente.equilibrium.shocks.arrays import partial_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import Solution, fixed_point, one_thread
from detente.equilibrium.solving import balanced
from detente.errors import InvalidFlow, InvalidShock, NotConverged, SpecificationError


@dataclass(frozen=True, slots=True, eq=False)
class Mobile:
    """The joint system; a state is log prices and log labour side by side, (1, 2n).

    Attributes
    ----------
    trade : Armington
        With labour as at baseline.
    people : (n, n) array, persons
        ``people[i, j]``: people of origin i who live in j.
    ease : (n, n) array
        ``K^nu``: change of the ease of moving, to the power nu.
    nu, delta : float
    """

    trade: Armington
    people: np.ndarray
    ease: np.ndarray
    nu: float
    delta: float

    def take(self, rows: Any) -> Mobile:
        """There is one draw only."""
        return self

    def with_labour(self, labour: np.ndarray) -> Armington:
        """The trade model with log labour (1, n)."""
        return replace(self.trade, supply_hat=self.trade.supply_hat * np.exp(labour))

    def log_value(self, u: np.ndarray, labour: np.ndarray) -> np.ndarray:
        """Log change of the value of living in each place, before the ease of moving: (n,)."""
        now = self.with_labour(labour).state(u)
        real_output = np.log(now.output / self.trade.output) - now.log_index
        return (real_output - (1 + self.delta) * labour)[0]

    def residents(self, u: np.ndarray, labour: np.ndarray) -> np.ndarray:
        """People by origin and residence after the shock: (n, n) persons."""
        value = np.exp(self.nu * self.log_value(u, labour))
        pull = self.people * self.ease * value
        return pull * (self.people.sum(axis=1) / pull.sum(axis=1))[:, None]

    def move(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The joint step and the larger of the market gap and the labour gap."""
        u, labour = np.split(x, 2, axis=1)
        step, gap = self.with_labour(labour).move(u)
        people = self.residents(u, labour).sum(axis=0)
        miss = np.log(people / self.people.sum(axis=0)) - labour
        joint = np.concatenate([step, miss / (1 + self.nu * (self.delta + 1))], axis=1)
        return joint, np.maximum(gap, np.abs(miss).max())

    def normal(self, x: np.ndarray) -> np.ndarray:
        """The same state with world output as at baseline."""
        u, labour = np.split(x, 2, axis=1)
        return np.concatenate([self.with_labour(labour).normal(u), labour], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class MobilityCounterfactual:
    """A solved counterfactual with migration.

    Attributes
    ----------
    trade : Counterfactual
        Flows, prices and certificate; its ``welfare_hat`` is total real income of residents.
    people, people_before : (n, n) arrays, persons by [origin, residence]
    labour_hat : (n,) residents, new over old
    origin_welfare_hat : (n,)
        Expected utility of people born in each economy, wherever they live.
    nu, delta : float
    labour_gap : float
        Largest log gap between residents and labour.
    """

    trade: Counterfactual
    people: np.ndarray
    people_before: np.ndarray
    labour_hat: np.ndarray
    origin_welfare_hat: np.ndarray
    nu: float
    delta: float
    labour_gap: float

    @property
    def economies(self) -> tuple[str, ...]:
        """Labels in the order of the arrays."""
        return self.trade.economies

    @property
    def real_wage_pct(self) -> dict[str, float]:
        """Change of real output per worker by place, percent."""
        per_worker = self.trade.output_hat / self.labour_hat / self.trade.index_hat
        return dict(zip(self.economies, map(float, 100 * (per_worker - 1))))

    @property
    def migrants(self) -> np.ndarray:
        """Change of people by [origin, residence], persons: (n, n); rows sum to zero."""
        return self.people - self.people_before

    def to_frame(self) -> Any:
        """A polars frame by economy: real wage, residents, welfare of those born there."""
        return pl.DataFrame(
            {
                "economy": list(self.economies),
                "real_wage_pct": list(self.real_wage_pct.values()),
                "residents_before": self.people_before.sum(axis=0),
                "residents_after": self.people.sum(axis=0),
                "origin_welfare_pct": 100 * (self.origin_welfare_hat - 1),
            }
        )

    def __repr__(self) -> str:
        moved = np.abs(self.migrants).sum() / 2
        return f"MobilityCounterfactual({moved:,.0f} people live elsewhere; {self.trade!r})"


def migrate(
    economy: Economy,
    people: Any,
    shock: Shock | Mapping[tuple, float] | None = None,
    *,
    ease: Mapping[tuple, float] | None = None,
    nu: float = 2.0,
    delta: float = 0.0,
    theta: float = 5.0,
    supply_elasticity: float = 0.0,
    deficits: str = "multiplicative",
    throw: bool = True,
    tolerance: float = 1e-11,
    max_steps: int = 5000,
) -> MobilityCounterfactual:
    """Solve a counterfactual in which people move.

    Parameters
    ----------
    economy, shock, theta, supply_elasticity, deficits
        As in ``solve``.
    people : (n, n) array, persons
        ``people[i, j]``: people of origin i who live in j, in the order of the economies.
    ease : mapping (origin, residence) -> log points
        Change of the log of K, the ease of moving; a closed migration border is ``CLOSED``.
    nu : float
        Elasticity of migration to the real wage, zero or more; published values are about 1 to 3.
    delta : float
        Congestion, zero or more.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> people = [[48e6, 0.9e6, 2e6], [0.1e6, 29e6, 0.5e6], [0.1e6, 1e6, 7e9]]
    >>> out = migrate(eco, people, Shock(productivity_hat={"VEN": 0.5}))
    >>> bool(out.migrants[1, 0] > 0 > out.migrants[1, 1])
    True
    """
    one_sector_only(economy, "migrate")
    began, shock = perf_counter(), Shock.read(shock)
    check_options(theta, supply_elasticity, deficits, "exact", shock)
    if shock.labour_hat:
        raise InvalidShock("Labour follows people here.", fix="Change people, or use solve.")
    people = _people(people, economy)
    for name, value in (("nu", nu), ("delta", delta)):
        if not np.isfinite(value) or value < 0:
            raise SpecificationError(f"{name}={value} is outside its range.", fix="Give zero or more.")
    if deficits == "balanced":
        economy = balanced(economy, theta, supply_elasticity)
    log_ease = partial_array(Shock(dict(ease or {})), economy)
    trade = one_sector(economy, shock, theta, supply_elasticity, deficits)
    model = Mobile(trade, people, np.exp(nu * log_ease) if nu else np.isfinite(log_ease) * 1.0, nu, delta)
    with one_thread():
        found = fixed_point(model, np.zeros((1, 2 * len(economy))), tolerance=tolerance, max_steps=max_steps)
    if throw and not found.gap[0] < tolerance:
        raise NotConverged(
            f"Prices and people were still {found.gap[0]:.2g} apart after {max_steps} steps.",
            state=found,
            fix="Lower nu or delta: with strong agglomeration there may be no unique equilibrium.",
        )
    setting = SolveSetting(economy, shock, theta, supply_elasticity, deficits, tolerance, max_steps)
    return _told(model, found, setting, log_ease, began)


def _told(
    model: Mobile, found: Solution, setting: SolveSetting, log_ease: np.ndarray, began: float
) -> MobilityCounterfactual:
    """Arrays to a labelled result with its certificate."""
    economy, people, nu = setting.economy, model.people, model.nu
    u, labour = np.split(found.u, 2, axis=1)
    after = model.residents(u, labour)
    joint = model.with_labour(labour)
    now = joint.state(u)
    solved = Solved(
        u[0], now.log_index[0], now.output[0], now.expenditure[0], now.demand[0], np.full(len(economy), now.scale[0]),
        joint.flows(u)[0], float(found.gap[0]), int(found.iterations[0]), 1.0, {}, [np.arange(len(economy))],
    )  # fmt: skip
    out = read_out(solved, setting, began)
    return MobilityCounterfactual(
        trade=out,
        people=read_only(after),
        people_before=read_only(people),
        labour_hat=read_only(np.exp(labour[0])),
        origin_welfare_hat=read_only(_origin_welfare(people, model.log_value(u, labour) + log_ease, nu)),
        nu=nu,
        delta=model.delta,
        labour_gap=float(np.abs(np.log(after.sum(axis=0) / people.sum(axis=0)) - labour[0]).max()),
    )


def _people(people: Any, economy: Economy) -> np.ndarray:
    """Checked stocks of people (n, n)."""
    people, n = as_floats(people, "people"), len(economy)
    if people.shape != (n, n):
        raise InvalidFlow(
            f"people has shape {people.shape}, but there are {n} economies.",
            fix="Rows are origins, columns residences, in the order of the economies.",
        )
    if not np.isfinite(people).all() or (people < 0).any() or (np.diag(people) <= 0).any():
        raise InvalidFlow(
            "people must be finite, not negative, and positive on the diagonal.",
            fix="The diagonal counts those who live where they come from.",
        )
    return people


def _origin_welfare(people: np.ndarray, log_value: np.ndarray, nu: float) -> np.ndarray:
    """Change of expected utility by origin: (sum_j m_ij (W_j K_ij)^nu)^(1/nu); the mean log at nu = 0."""
    shares = people / people.sum(axis=1, keepdims=True)
    if nu == 0:
        return np.exp((shares * np.where(shares > 0, log_value, 0.0)).sum(axis=1))
    return (shares * np.exp(nu * log_value)).sum(axis=1) ** (1 / nu)
