"""The result of an ensemble: draws, what they assumed, bands, and how many have no equilibrium."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from detente._arrays import Array, host
from detente._notebook import as_html
from detente.errors import NoEquilibrium, SpecificationError

MOST_FAILED = 0.01
"""Share of draws without a solution above which the bands carry a caution."""


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """Solved draws with their parameters; ``draws_pct``, ``parameters``, ``tracked`` and ``gap`` are arrays of the library
    and on the device of the flows that the economy was built from (rules are numpy's), methods answer in numpy's.

    Attributes
    ----------
    economies : tuple of str
    draws_pct : (draws, n) array
        Change in real income, percent; not-a-number where a draw has no solution.
    parameters : mapping name -> (draws,) array
        ``theta``, ``supply_elasticity``, ``deficits`` and each coefficient.
    tracked : mapping (origin, destination) -> (draws,) array, US$ million after the shock
    gap : (draws,) array
        Largest market gap relative to output, by draw.
    shares : mapping layer -> (n,) array, or None
        First-order share of the variance that comes from a layer alone (Sobol, Jansen 1999).
    total_shares : mapping layer -> (n,) array, or None
        Share that would go if the layer were known, interactions included.
    seed : int
    sectors : tuple of str
        Of an economy with sectors, else empty.
    cells : mapping column -> (draws, S, n) array
        What draws keep by sector and economy, in the units of the table by sector: ``real_output_pct``,
        ``employment_pct``, ``exports_after_usd_mn``, ``imports_after_usd_mn``, ``price_pct``.
    """

    economies: tuple[str, ...]
    draws_pct: Array
    parameters: Mapping[str, Array]
    tracked: Mapping[tuple[str, str], Array]
    gap: Array
    shares: Mapping[str, np.ndarray] | None
    total_shares: Mapping[str, np.ndarray] | None
    seed: int
    sectors: tuple[str, ...] = ()
    cells: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def failed(self) -> np.ndarray:
        """Draws without a solution: (draws,) bool."""
        return np.asarray(~np.isfinite(host(self.draws_pct)).all(axis=1))

    @property
    def n_failed(self) -> int:
        """How many draws have no solution."""
        return int(self.failed.sum())

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader of the bands has to know: draws without a solution above one in a hundred."""
        share = self.n_failed / self.draws_pct.shape[0]
        if share <= MOST_FAILED:
            return ()
        return (
            f"{self.n_failed} of {self.draws_pct.shape[0]} draws ({share:.0%}) have no equilibrium and are not in the bands: "
            "what is shown holds only for the elasticities, coefficients and rules that leave one.",
        )

    def solved(self) -> np.ndarray:
        """The draws that have a solution, percent: (draws, n).

        Raises
        ------
        NoEquilibrium
            None has.
        """
        if self.failed.all():
            raise NoEquilibrium(
                f"None of the {self.draws_pct.shape[0]} draws has an equilibrium.",
                fix='Use deficits="multiplicative" or "balanced", or a smaller shock.',
            )
        return host(self.draws_pct)[~self.failed]

    def quantile(self, q: float) -> dict[str, float]:
        """Quantile of the change in real income by economy, percent, over the draws that have a solution.

        Warns where more than one draw in a hundred has none; ``n_failed`` counts them.
        """
        for caution in self.cautions:
            warnings.warn(caution, stacklevel=2)
        values = np.quantile(self.solved(), q, axis=0)
        return dict(zip(self.economies, map(float, values)))

    def to_frame(self, low: float = 0.05, high: float = 0.95, what: str = "economies") -> Any:
        """A polars frame by economy: draws made and draws without a solution, mean, sd, median, both ends, and the
        layers' shares of variance; or with ``what="sectors"`` by sector and economy, each column with its median and
        both ends, such as ``employment_pct_q5``.

        Raises
        ------
        SpecificationError
            The draws have no sectors.
        """
        good = self.solved()
        counts = {"n_draws": self.draws_pct.shape[0], "n_failed": self.n_failed}
        if what != "economies":
            return pl.DataFrame(self._by_sector(what, (low, 0.5, high), counts))
        data: dict[str, Any] = {
            "economy": list(self.economies),
            **counts,
            "mean_pct": good.mean(axis=0),
            "sd_pct": good.std(axis=0, ddof=1) if len(good) > 1 else np.full(good.shape[1], np.nan),
            **{f"q{100 * q:g}_pct": np.quantile(good, q, axis=0) for q in (low, 0.5, high)},
        }
        for layer, share in (self.shares or {}).items():
            data[f"share_{layer}"] = share
        return pl.DataFrame(data)

    def _by_sector(self, what: str, points: tuple[float, ...], counts: dict[str, int]) -> dict[str, Any]:
        if what != "sectors" or not self.cells:
            raise SpecificationError(
                f"These draws have no table '{what}'.",
                fix="economies, and sectors where the economy has more than one sector.",
            )
        data: dict[str, Any] = {
            "sector": np.repeat(self.sectors, len(self.economies)),
            "economy": np.tile(self.economies, len(self.sectors)),
            **counts,
        }
        for name, values in self.cells.items():
            ends = np.quantile(values[~self.failed], points, axis=0)
            data |= {f"{name}_q{100 * q:g}": end.ravel() for q, end in zip(points, ends)}
        return data

    def _repr_html_(self) -> str:
        """In a notebook: the largest changes with their bands, and the table by economy."""
        return as_html(repr(self)) if self.failed.all() else as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        n = self.draws_pct.shape[0]
        return f"Ensemble({len(self.economies)} economies, {n} draws, {self.n_failed} without a solution)"

    def summary(self, n: int = 10) -> str:
        """The economies that change most, with their bands and what to know about them."""
        low, mid, high = (np.quantile(self.solved(), q, axis=0) for q in (0.05, 0.5, 0.95))
        order = np.argsort(-np.abs(mid))[:n]
        rows = [
            f"  {self.economies[k]:<8}{mid[k]:+10.4f} % real income, 5% to 95%: {low[k]:+.4f} to {high[k]:+.4f}"
            for k in order
        ]
        return "\n".join([repr(self), *rows, *self.cautions])
