"""The result of a one-sector solve: what changes for whom, with its certificate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from detente._arrays import Array, ArrayKind, host
from detente._notebook import as_html
from detente.equilibrium.assembly import SolveSetting, system
from detente.equilibrium.baseline.economy import Economy
from detente.equilibrium.baseline.table import same_kind
from detente.equilibrium.certificate import Certificate
from detente.equilibrium.shocks.arrays import hat_array, partial_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import pinned
from detente.errors import first_five


def sufficient_statistic_gap(real_price: np.ndarray, log_share_hat: np.ndarray, theta: float) -> float:
    """Largest gap of log real prices (n,) to ``-log_share_hat / theta``, where there is internal trade."""
    gaps = np.abs(real_price + log_share_hat / theta)
    return float(gaps[~np.isnan(gaps)].max(initial=0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """A solved counterfactual with its assumptions.

    Attributes
    ----------
    baseline : Economy
        What the changes are measured from (already balanced under ``deficits="balanced"``).
    shock : Shock
    theta, supply_elasticity : float
    deficits, mode : str
    price_hat, index_hat : (n,) new over old
        Producer price and price index; world output in money is held constant.
    output_hat, expenditure_hat, welfare_hat : (n,) new over old
        Welfare is real income per unit of labour: real output under the multiplicative rule, real
        expenditure otherwise.
    flows : (n, n) array, US$ million
        Flows after the shock, ``[origin, destination]``. This and the arrays above are of the library and on the device
        of the flows that the baseline was built from; methods answer in plain numbers, numpy's arrays and frames.
    expenditure_scale : float
        The common factor on expenditure that lets the world's accounts close; one unless multiplicative.
    report : Certificate
    """

    baseline: Economy
    shock: Shock
    theta: float
    supply_elasticity: float
    deficits: str
    mode: str
    price_hat: Array
    index_hat: Array
    output_hat: Array
    expenditure_hat: Array
    welfare_hat: Array
    flows: Array
    expenditure_scale: float
    report: Certificate

    @property
    def economies(self) -> tuple[str, ...]:
        """Labels in the order of the arrays."""
        return self.baseline.economies

    @property
    def welfare_pct(self) -> dict[str, float]:
        """Change in real income by economy, percent."""
        return self._by_economy(100 * (self.on_host.welfare_hat - 1))

    @property
    def real_wage_pct(self) -> dict[str, float]:
        """Change of real output per unit of labour, percent: ``A (p/P)^(1 + psi)`` in changes."""
        labour = hat_array(self.shock.labour_hat, self.baseline, "labour")
        return self._by_economy(100 * (self.on_host.output_hat / labour / self.on_host.index_hat - 1))

    @property
    def exports_pct(self) -> dict[str, float]:
        """Change of total exports by economy, percent, in money of constant world output."""
        new, old = self._abroad(self.on_host.flows), self._abroad(self.baseline.flows)
        return self._by_economy(100 * (new.sum(axis=1) / old.sum(axis=1) - 1))

    @property
    def internal_share_hat(self) -> np.ndarray:
        """New over old share of spending on own goods: (n,)."""
        new = np.diag(self.on_host.flows) / self.on_host.flows.sum(axis=0)
        with np.errstate(invalid="ignore"):  # not-a-number where there is no internal trade
            return new / np.diag(self.baseline.import_shares)

    @property
    def economy(self) -> Economy:
        """The economy after the shock, ready for another one."""
        return replace(self.baseline, flows=self.on_host.flows, n_filled=0, n_dropped=0)

    def on(self, kind: ArrayKind | None) -> Counterfactual:
        """The same result with arrays of ``kind``; None leaves them where they are."""
        return self if kind is None else self._with(kind.here)

    def flow(self, origin: str, destination: str) -> float:
        """One flow after the shock, US$ million."""
        return float(self.on_host.flows[self.baseline.index(origin), self.baseline.index(destination)])

    def diversion(self, origin: str, destination: str) -> dict[str, float]:
        """By third economy: the change of its sales to ``destination``, US$ million."""
        i, j = self.baseline.index(origin), self.baseline.index(destination)
        change = self.on_host.flows[:, j] - self.baseline.flows[:, j]
        return {code: float(change[k]) for k, code in enumerate(self.economies) if k not in (i, j)}

    def acr_gap(self) -> float:
        """Largest log gap between real prices and the sufficient statistic ``internal_share_hat^(-1/theta)``.

        The formula (Arkolakis, Costinot and Rodriguez-Clare 2012) holds for the producer price over the price
        index, whatever the deficits and the supply elasticity, unless internal trade costs change.
        """
        return sufficient_statistic_gap(
            np.log(self.on_host.price_hat / self.on_host.index_hat),
            np.log(self.internal_share_hat) - np.diag(partial_array(self.shock, self.baseline)),
            self.theta,
        )

    def condition(self) -> float:
        """Condition number (1-norm) of the market equations in logs at the solution, the scale held.

        Large values mean that small errors in the data move prices a lot. Of parts solved apart, the worst.
        """
        setting = SolveSetting(self.baseline, self.shock, self.theta, self.supply_elasticity, self.deficits)
        whole, worst = system(setting, partial_array(self.shock, self.baseline)), 0.0
        for codes in self.report.parts or (self.economies,):
            members = np.array([self.baseline.index(code) for code in codes])
            model, u = whole.part(members), np.log(self.on_host.price_hat[members])[None]
            slope = pinned(model.jacobian(u)[0] / model.state(u).output[0][:, None])
            worst = max(worst, float(np.linalg.cond(slope, 1)))
        return worst

    def to_frame(self, what: str = "economies") -> Any:
        """One row per economy, or per dyad with ``what="flows"``; the kind of frame that came in, else polars."""
        if what == "flows":
            n = len(self.economies)
            frame = pl.DataFrame(
                {
                    "origin": np.repeat(self.economies, n),
                    "destination": np.tile(self.economies, n),
                    f"before_{self.baseline.unit}": self.baseline.flows.ravel(),
                    f"after_{self.baseline.unit}": self.on_host.flows.ravel(),
                }
            )
            return same_kind(self.baseline.kind, frame)
        frame = pl.DataFrame(
            {
                "economy": list(self.economies),
                "welfare_pct": list(self.welfare_pct.values()),
                "real_wage_pct": list(self.real_wage_pct.values()),
                "price_hat": self.on_host.price_hat,
                "index_hat": self.on_host.index_hat,
                "output_hat": self.on_host.output_hat,
                "expenditure_hat": self.on_host.expenditure_hat,
                "internal_share_hat": self.internal_share_hat,
                "exports_pct": list(self.exports_pct.values()),
                "imports_pct": self._change(axis=0),
                "real_output_pct": 100 * (self.on_host.output_hat / self.on_host.price_hat - 1),
                "real_exports_pct": self._change(axis=1, real=True),
                "real_imports_pct": self._change(axis=0, real=True),
                "residual_pct": 100 * self.worst_gap,
            }
        )
        return same_kind(self.baseline.kind, frame)

    def summary(self, n: int = 10) -> str:
        """The economies that change most, with the assumptions and the certificate."""
        order = np.argsort(-np.abs(self.on_host.welfare_hat - 1))[:n]
        pct = list(self.welfare_pct.values())
        lines = [
            f"theta {self.theta:g}, supply elasticity {self.supply_elasticity:g}, deficits {self.deficits}, "
            f"mode {self.mode}",
            *(f"  {self.economies[k]:<8}{pct[k]:+10.4f} % real income" for k in order),
            f"{self.report!r}, condition {self.condition():.2g}",
            *self.cautions,
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """In a notebook: the largest changes and the table by economy."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        k = int(np.argmax(np.abs(self.on_host.welfare_hat - 1)))
        worst = f"{self.economies[k]} {100 * (self.on_host.welfare_hat[k] - 1):+.4g}%"
        return f"Counterfactual({len(self.economies)} economies, largest change {worst}, {self.report!r})"

    @property
    def worst_gap(self) -> float:
        """The largest unbalanced market relative to its output."""
        return float((np.abs(self.report.residuals) / (self.baseline.output * self.on_host.output_hat)).max())

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader has to know: extreme values of the shock, parts solved apart."""
        parts = [part for part in self.report.parts if len(part) <= len(self.economies) / 2]
        apart = [
            f"{first_five(part)} trades with nobody else and is solved apart: its prices relative to others' are not "
            "determined, and what it owed or was owed ends."
            for part in parts
        ]
        return (*self.shock.cautions(), *apart)

    @property
    def on_host(self) -> Counterfactual:
        """The same result with numpy's arrays."""
        return self if isinstance(self.flows, np.ndarray) else self._with(host)

    def _with(self, make: Callable[[Any], Any]) -> Counterfactual:
        names = ("price_hat", "index_hat", "output_hat", "expenditure_hat", "welfare_hat", "flows")
        return replace(self, **{name: make(getattr(self, name)) for name in names})

    def _change(self, axis: int, *, real: bool = False) -> np.ndarray:
        """Percent change of trade with others by origin (axis 1) or destination (axis 0); real at old prices."""
        new = self.on_host.flows / self.on_host.price_hat[:, None] if real else self.on_host.flows
        return 100 * (self._abroad(new).sum(axis=axis) / self._abroad(self.baseline.flows).sum(axis=axis) - 1)

    def _by_economy(self, values: np.ndarray) -> dict[str, float]:
        return dict(zip(self.economies, map(float, values)))

    @staticmethod
    def _abroad(flows: np.ndarray) -> np.ndarray:
        return flows - np.diag(np.diag(flows))
