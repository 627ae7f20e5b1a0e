"""Coalitions that sanction one economy: what each subset costs its members and the target.

After Chowdhry, Hinz, Kamin and Wanner (2024): every subset of possible senders imposes the same
measure on the target in both directions; welfare is read from the general equilibrium. Transfers that equalise the
burden give every sender the same loss in percent of its spending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.shocks.values import CLOSED
from detente.equilibrium.solving import solve
from detente.errors import InvalidShock, NoEquilibrium, first_five

MOST_MEMBERS = 12
"""Possible senders of which every subset is solved: 4,096 solves."""


@dataclass(frozen=True, slots=True, eq=False)
class Coalitions:
    """Every subset of possible senders and what it does.

    Attributes
    ----------
    target : str
    members : tuple of str
        Possible senders.
    subsets : tuple of tuples of str
        The coalitions solved, the empty one left out.
    target_pct : (k,) array
        Change of the target's real income, percent.
    member_pct : (k, m) array
        Change of each possible sender's real income, percent, whether it joins or not.
    spending : mapping economy -> US$ million at baseline
    residual : float
        Largest relative market gap of all solves.
    unsolved : tuple of tuples of str
        Coalitions that leave no equilibrium under the deficit rule.
    """

    target: str
    members: tuple[str, ...]
    subsets: tuple[tuple[str, ...], ...]
    target_pct: np.ndarray
    member_pct: np.ndarray
    spending: Mapping[str, float]
    residual: float
    unsolved: tuple[tuple[str, ...], ...]

    def cost_usd_mn(self) -> np.ndarray:
        """What each coalition costs its own members together, US$ million of baseline spending: (k,), positive."""
        weight = np.array([self.spending[code] for code in self.members])
        joined = np.array([[code in subset for code in self.members] for subset in self.subsets])
        return -(self.member_pct * weight * joined).sum(axis=1) / 100

    def cheapest(self, harm_pct: float) -> tuple[str, ...]:
        """The coalition that costs its members least among those that cost the target at least ``harm_pct`` percent.

        Raises
        ------
        InvalidShock
            No coalition does as much.
        """
        enough = -self.target_pct >= abs(harm_pct)
        if not enough.any():
            raise InvalidShock(
                f"No coalition costs {self.target} {abs(harm_pct):g}%: at most {-self.target_pct.min():.4g}%.",
                fix="Ask for less harm, add possible senders, or a harder measure.",
            )
        return self.subsets[int(np.where(enough, self.cost_usd_mn(), np.inf).argmin())]

    def transfers_usd_mn(self, coalition: Sequence[str]) -> dict[str, float]:
        """What each member receives (negative: pays) so that all lose the same share of their spending; sums to zero.

        First-order in the transfers, which are a small part of spending.
        """
        subset = self.subsets[self._place(coalition)]
        change = dict(zip(self.members, self.member_pct[self._place(coalition)]))
        total = sum(self.spending[code] for code in subset)
        common = sum(change[code] * self.spending[code] for code in subset) / total
        return {code: (common - change[code]) * self.spending[code] / 100 for code in subset}

    def to_frame(self) -> Any:
        """A polars frame by coalition: its size, harm to the target, cost to its members, each member's change."""
        return pl.DataFrame(
            {
                "coalition": [", ".join(subset) for subset in self.subsets],
                "n_members": [len(subset) for subset in self.subsets],
                f"{self.target}_pct": self.target_pct,
                "cost_usd_mn": self.cost_usd_mn(),
                **{f"{code}_pct": self.member_pct[:, k] for k, code in enumerate(self.members)},
            }
        )

    def _place(self, coalition: Sequence[str]) -> int:
        wanted = set(coalition)
        for k, subset in enumerate(self.subsets):
            if set(subset) == wanted:
                return k
        raise InvalidShock(f"{first_five(coalition)} is not among the coalitions solved.")

    def __repr__(self) -> str:
        return (
            f"Coalitions(against {self.target}: {len(self.subsets)} of {len(self.members)} possible senders, harm up to "
            f"{-self.target_pct.min():.4g}%)"
        )


def coalitions(
    economy: Economy,
    target: str,
    members: Sequence[str],
    *,
    effect: float = CLOSED,
    theta: float = 5.0,
    supply_elasticity: float = 0.0,
    deficits: str = "multiplicative",
) -> Coalitions:
    """Solve the sanctions of every subset of possible senders.

    Parameters
    ----------
    economy : Economy
    target : str
    members : sequence of str, at most 12
    effect : float
        Partial effect between every sender and the target, log points; ``CLOSED`` by default.
    theta, supply_elasticity, deficits
        As in ``solve``.

    Examples
    --------
    >>> eco = Economy.from_arrays(["A", "B", "C", "T"], [[80.0, 2, 2, 5], [2, 50, 1, 4], [2, 1, 60, 1], [5, 4, 1, 30]])
    >>> against = coalitions(eco, "T", ["A", "B", "C"])
    >>> against.cheapest(harm_pct=1.0)
    ('B',)
    """
    one_sector_only(economy, "coalitions")
    if len(set(members)) != len(members) or target in members or not members:
        raise InvalidShock("Name each possible sender once, and not the target.")
    if len(members) > MOST_MEMBERS:
        raise InvalidShock(f"{len(members)} possible senders have too many subsets.", fix=f"At most {MOST_MEMBERS}.")
    rows: list[tuple[tuple[str, ...], float, list[float]]] = []
    unsolved, worst = [], 0.0
    for size in range(1, len(members) + 1):
        for subset in combinations(members, size):
            try:
                out = solve(
                    economy, Shock.between(target, subset, effect=effect), theta=theta,
                    supply_elasticity=supply_elasticity, deficits=deficits,
                )  # fmt: skip
            except NoEquilibrium:
                unsolved.append(subset)
                continue
            welfare = out.welfare_pct
            rows.append((subset, welfare[target], [welfare[code] for code in members]))
            worst = max(worst, out.report.gap or 0.0)
    if not rows:
        raise NoEquilibrium(
            f"No coalition against {target} leaves an equilibrium under the {deficits} rule.",
            fix='Use deficits="multiplicative" or "balanced".',
        )
    spending = dict(zip(economy.economies, map(float, economy.expenditure)))
    return Coalitions(
        target=target,
        members=tuple(members),
        subsets=tuple(row[0] for row in rows),
        target_pct=read_only([row[1] for row in rows]),
        member_pct=read_only([row[2] for row in rows]),
        spending=spending,
        residual=worst,
        unsolved=tuple(unsolved),
    )
