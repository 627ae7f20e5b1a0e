"""What bargaining gives: payoffs over the levels of two levers, the agreement, and what a choice was at least worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente.errors import SpecificationError


@dataclass(frozen=True, slots=True)
class Agreement:
    """A cell of the payoff surface as an outcome.

    Attributes
    ----------
    levels : (one's lever, the other's lever)
    welfare_pct, gain_pct : pairs
        Change in real income from the baseline, and from the threat point.
    gain_usd_mn : pair
        Gains over the threat point valued at baseline spending, after the transfer.
    transfer_usd_mn : float
        Paid by the first side to the second; zero unless side payments were allowed.
    """

    levels: tuple[float, float]
    welfare_pct: tuple[float, float]
    gain_pct: tuple[float, float]
    gain_usd_mn: tuple[float, float]
    transfer_usd_mn: float = 0.0


@dataclass(frozen=True, slots=True)
class Bound:
    """What an observed choice must have been worth to a side, at least, beyond the model.

    ``pct`` of real income and ``usd_mn`` a year; ``better`` is the level it passed over. A lower bound, never
    an estimate; zero where the choice is the side's best response anyway.
    """

    economy: str
    pct: float
    usd_mn: float
    better: float


@dataclass(frozen=True, slots=True, eq=False)
class Bargain:
    """Payoffs of two sides over the levels of their levers.

    Attributes
    ----------
    sides : pair of economies
    lever : "border" (partial effect on imports, log points) or "tariff" (ad valorem rate)
    levels : (g,) array
        The choices open to each side.
    payoffs : (2, g, g) array, percent
        ``payoffs[s, a, b]``: side s when the first sets level a and the second level b.
    spending : pair, US$ million
        Baseline expenditure of the two sides.
    residual : float
        Largest relative market gap over the surface.
    """

    sides: tuple[str, str]
    lever: str
    levels: np.ndarray
    payoffs: np.ndarray
    spending: tuple[float, float]
    residual: float

    def best_responses(self) -> tuple[np.ndarray, np.ndarray]:
        """The first side's best level for each level of the second, and the reverse: (g,) each."""
        return self.levels[self.payoffs[0].argmax(axis=0)], self.levels[self.payoffs[1].argmax(axis=1)]

    def equilibria(self) -> list[tuple[float, float]]:
        """Pairs of levels that are best responses to each other (Nash equilibria on the grid)."""
        first = self.payoffs[0] >= self.payoffs[0].max(axis=0, keepdims=True)
        second = self.payoffs[1] >= self.payoffs[1].max(axis=1, keepdims=True)
        return [(float(self.levels[a]), float(self.levels[b])) for a, b in np.argwhere(first & second)]

    def nash(self, threat: tuple[float, float], *, weight: float = 0.5, side_payments: bool = False) -> Agreement:
        """The Nash bargain given what happens without agreement; ``weight`` is the first side's power."""
        if not 0 < weight < 1:
            raise SpecificationError(f"weight is {weight}.", fix="Bargaining power lies between 0 and 1.")
        gains = self._gains(threat)
        if side_payments:
            money = gains * np.array(self.spending)[:, None, None] / 100
            return self._agreement(np.unravel_index(money.sum(axis=0).argmax(), money[0].shape), threat, weight)
        kept = np.maximum(gains, 0.0)
        return self._agreement(self._best(gains, kept[0] ** weight * kept[1] ** (1 - weight)), threat)

    def kalai_smorodinsky(self, threat: tuple[float, float]) -> Agreement:
        """The bargain in which both get the same share of the best they could hope for."""
        gains = self._gains(threat)
        rational = (gains >= 0).all(axis=0)
        ideal = np.where(rational, gains, 0.0).max(axis=(1, 2))
        shares = gains / np.where(ideal > 0, ideal, 1.0)[:, None, None]
        return self._agreement(self._best(gains, shares.min(axis=0)), threat)

    def implied_cost(self, observed: tuple[float, float]) -> tuple[Bound, Bound]:
        """Lower bounds on what the observed levels were worth to each side outside the model."""
        a, b = (self._place(level) for level in observed)
        out = []
        for side, choices in enumerate((self.payoffs[0][:, b], self.payoffs[1][a, :])):
            best, mine = int(choices.argmax()), (a, b)[side]
            pct = float(choices[best] - choices[mine])
            out.append(Bound(self.sides[side], pct, pct * self.spending[side] / 100, float(self.levels[best])))
        return out[0], out[1]

    def to_frame(self) -> Any:
        """A polars frame of the surface: both levels and both payoffs."""
        g = len(self.levels)
        return pl.DataFrame(
            {
                f"level_{self.sides[0]}": np.repeat(self.levels, g),
                f"level_{self.sides[1]}": np.tile(self.levels, g),
                f"welfare_pct_{self.sides[0]}": self.payoffs[0].ravel(),
                f"welfare_pct_{self.sides[1]}": self.payoffs[1].ravel(),
            }
        )

    def _place(self, level: float) -> int:
        found = np.flatnonzero(self.levels == level)
        if not found.size:
            raise SpecificationError(
                f"{level} is not among the levels solved for.", fix=f"They are {self.levels.tolist()}."
            )
        return int(found[0])

    def _gains(self, threat: tuple[float, float]) -> np.ndarray:
        a, b = (self._place(level) for level in threat)
        return self.payoffs - self.payoffs[:, a, b][:, None, None]

    @staticmethod
    def _best(gains: np.ndarray, score: np.ndarray) -> tuple[int, int]:
        """The cell with the best score among those no side refuses (the threat point always is one)."""
        rational = (gains >= 0).all(axis=0)
        score = np.where(rational, score, -np.inf)
        top = score >= score.max() - 1e-15
        total = np.where(top, gains.sum(axis=0), -np.inf)
        a, b = np.unravel_index(total.argmax(), total.shape)
        return int(a), int(b)

    def _agreement(self, cell: tuple[Any, Any], threat: tuple[float, float], split: float | None = None) -> Agreement:
        a, b = int(cell[0]), int(cell[1])
        gain = self._gains(threat)[:, a, b]
        money = gain * np.array(self.spending) / 100
        transfer = 0.0 if split is None else float(money[0] - split * money.sum())
        return Agreement(
            levels=(float(self.levels[a]), float(self.levels[b])),
            welfare_pct=(float(self.payoffs[0, a, b]), float(self.payoffs[1, a, b])),
            gain_pct=(float(gain[0]), float(gain[1])),
            gain_usd_mn=(float(money[0] - transfer), float(money[1] + transfer)),
            transfer_usd_mn=transfer,
        )

    def __repr__(self) -> str:
        return f"Bargain({self.sides[0]} and {self.sides[1]}, {self.lever}, {len(self.levels)} levels each)"
