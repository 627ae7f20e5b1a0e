"""The result of solving an economy with sectors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from detente._notebook import as_html
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.table import same_kind
from detente.equilibrium.certificate import Certificate
from detente.equilibrium.sectors.assembly import sector_model
from detente.equilibrium.sectors.behaviour import Behaviour, joint_levy
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.jacobian import pinned_sectors
from detente.equilibrium.sectors.model import Sectors
from detente.equilibrium.sectors.tables import TABLES
from detente.equilibrium.shocks.shock import Shock
from detente.errors import SpecificationError, did_you_mean

UNEVEN = 0.05
"""Largest deficit, relative to value added, from which on a summary says what the deficit rule can do to a tariff."""
CHEAP = 700
"""Unknowns up to which a summary takes the time to find the condition number."""


@dataclass(frozen=True, slots=True, eq=False)
class SectorCounterfactual:
    """A solved counterfactual by sector with its assumptions.

    Attributes
    ----------
    baseline : SectorEconomy
        What the changes are measured from (already balanced under ``deficits="balanced"``).
    shock : Shock
    deficits, mode : str
    wage_hat, index_hat, income_hat, welfare_hat : (n,) new over old
        Wages, consumer prices, final spending, real income per unit of labour; world value added is held
        constant.
    cost_hat, price_hat : (S, n) new over old
        Unit costs of origins, price indices of destinations.
    flows : (S, n, n), US$ million, before tariffs
    tariff : (S, n, n), new rates
    report : Certificate
    supply_elasticity : float
        Of labour to the real wage.
    revenue_use : str
        ``lump-sum`` or ``income-tax``: how tariff revenue goes back.
    export_tax : (S, n, n) or None
        Export taxes after the shock; there are none before.
    labour_hat : (n,) or None
        Employment, new over old.
    scale, pass_through : float
        Elasticity of productivity to employment; share of a tariff's change that reaches buyers.
    absorbed : (S, n, n) or None
        Change of exporters' prices that keeps the rest of a tariff from buyers, ad valorem.
    """

    baseline: SectorEconomy
    shock: Shock
    deficits: str
    mode: str
    wage_hat: np.ndarray
    index_hat: np.ndarray
    income_hat: np.ndarray
    welfare_hat: np.ndarray
    cost_hat: np.ndarray
    price_hat: np.ndarray
    flows: np.ndarray
    tariff: np.ndarray
    report: Certificate
    supply_elasticity: float = 0.0
    revenue_use: str = "lump-sum"
    export_tax: np.ndarray | None = None
    labour_hat: np.ndarray | None = None
    scale: float = 0.0
    pass_through: float = 1.0
    absorbed: np.ndarray | None = None

    @property
    def economies(self) -> tuple[str, ...]:
        """Labels of economies in the order of the arrays."""
        return self.baseline.economies

    @property
    def sectors(self) -> tuple[str, ...]:
        """Labels of sectors in the order of the arrays."""
        return self.baseline.sectors

    @property
    def welfare_pct(self) -> dict[str, float]:
        """Change in real income by economy, percent.

        In published mode the first-order sum of terms of trade and volume of trade, as printed.
        """
        change = np.sum(self.first_order_pct(), axis=0) if self.mode == "published" else 100 * (self.welfare_hat - 1)
        return dict(zip(self.economies, map(float, change)))

    @property
    def real_wage_pct(self) -> dict[str, float]:
        """Change of the wage over consumer prices, percent."""
        return dict(zip(self.economies, map(float, 100 * (self.wage_hat / self.index_hat - 1))))

    @property
    def economy(self) -> SectorEconomy:
        """The economy after the shock, ready for another one.

        Raises
        ------
        SpecificationError
            With export taxes or absorbed tariffs, which a baseline cannot carry.
        """
        if self.levy is not None:
            raise SpecificationError(
                "An economy with export taxes, or whose exporters absorb tariffs, cannot be a baseline.",
                fix="Put both changes into one shock: first + second.",
            )
        return replace(self.baseline, flows=read_only(self.flows), tariff=self.tariff, n_truncated=0)

    @property
    def spending(self) -> np.ndarray:
        """Spending by sector after the shock, tariffs and export taxes included: (S, n), US$ million."""
        return (self.at_customs * (1 + self.tariff)).sum(axis=1)

    @property
    def levy(self) -> np.ndarray | None:
        """The wedge between cost and the price at customs, (S, n, n) ad valorem: export taxes, absorbed tariffs."""
        return joint_levy(self.export_tax, self.absorbed)

    @property
    def at_customs(self) -> np.ndarray:
        """Flows after the shock as customs value them, (S, n, n), US$ million."""
        return self.flows if self.levy is None else self.flows * (1 + self.levy)

    @property
    def revenue_by_sector(self) -> np.ndarray:
        """Revenue from tariffs and export taxes after the shock: (S, n), US$ million."""
        duty = (self.at_customs * self.tariff).sum(axis=1)
        if self.export_tax is None:
            return duty
        return duty + (self.at_customs * self.export_tax / (1 + self.export_tax)).sum(axis=2)

    @property
    def absorbed_usd_mn(self) -> np.ndarray:
        """What exporters give up to keep part of a tariff from buyers: (n,), US$ million."""
        return np.zeros(len(self.economies)) if self.absorbed is None else -(self.flows * self.absorbed).sum((0, 2))

    @property
    def revenue(self) -> np.ndarray:
        """Revenue from tariffs and export taxes after the shock: (n,), US$ million."""
        return self.revenue_by_sector.sum(axis=0)

    @property
    def behaviour(self) -> Behaviour:
        """What labour, the state and exporters were assumed to do."""
        return Behaviour(self.supply_elasticity, self.revenue_use, self.scale, self.pass_through)

    def first_order_pct(self) -> tuple[np.ndarray, np.ndarray]:
        """Terms of trade and volume of trade at base-period weights, percent of income: two (n,) arrays.

        Caliendo and Parro (2015), equation 16, in levels as in their tables. First-order only: for large
        changes of imports it can be far from the exact change (Mexico in NAFTA).
        """
        base = self.baseline.flows
        cost = (self.cost_hat - 1)[:, :, None]
        terms = (base * cost).sum(axis=(0, 2)) - (base * cost).sum(axis=(0, 1))
        growth = np.divide(self.flows, base, out=np.ones_like(base), where=base > 0) - 1
        volume = (self.baseline.tariff * base * (growth - cost)).sum(axis=(0, 1))
        return 100 * terms / self.baseline.income, 100 * volume / self.baseline.income

    def imports_pct(self, origins: tuple[str, ...]) -> dict[str, float]:
        """Change of each economy's imports from ``origins`` (itself left out), percent, before tariffs."""
        rows = [self.baseline.index(code) for code in origins]
        out = {}
        for j, code in enumerate(self.economies):
            others = [i for i in rows if i != j]
            old, new = (f[:, others, j].sum() for f in (self.baseline.flows, self.flows))
            out[code] = float(100 * (new / old - 1)) if old > 0 else float("nan")
        return out

    def flow(self, origin: str, destination: str) -> float:
        """One flow after the shock over all sectors, US$ million before tariffs."""
        return float(self.flows[:, self.baseline.index(origin), self.baseline.index(destination)].sum())

    def diversion(self, origin: str, destination: str) -> dict[str, float]:
        """By third economy: the change of its sales to ``destination`` over all sectors, US$ million."""
        i, j = self.baseline.index(origin), self.baseline.index(destination)
        change = (self.flows[:, :, j] - self.baseline.flows[:, :, j]).sum(axis=0)
        return {code: float(change[k]) for k, code in enumerate(self.economies) if k not in (i, j)}

    def condition(self) -> float:
        """Condition number (1-norm) of the whole system in relative units at the solution, the scale held."""
        return float(np.linalg.cond(pinned_sectors(*self.system()), 1))

    def system(self) -> tuple[Sectors, np.ndarray]:
        """The equations that were solved and the state that solves them."""
        model = sector_model(self.baseline, self.shock, self.tariff, self.deficits, self.behaviour)
        spending = self.spending / model.wages
        labour = 1.0 if self.labour_hat is None else self.labour_hat
        price = np.log(self.wage_hat * labour**-self.scale)  # of value added
        parts = (price, np.log(self.price_hat).ravel(), spending.ravel())
        return model, np.concatenate(parts)[None]

    def to_frame(self, what: str = "economies") -> Any:
        """A table of the solution; the kind of frame that came in, else polars.

        Parameters
        ----------
        what : {"economies", "sectors", "flows"}
            One row per economy (welfare, wages, prices, employment, output, exports, imports, revenue), per sector
            and economy, or per flow. Money is in US$ million of constant world value added, real changes are at the
            prices before the shock; ``residual_pct`` is the largest unbalanced market in percent of its size.
        """
        if what not in TABLES:
            raise SpecificationError(f"There is no table '{what}'.{did_you_mean(what, TABLES)}", fix=f"{[*TABLES]}.")
        return same_kind(self.baseline.kind, pl.DataFrame(TABLES[what](self)))

    def losers(self, n: int = 10) -> Any:
        """The sectors of economies that lose most employment, in wages of before: at most ``n`` rows, worst first.

        Columns economy, sector, wages_before_usd_mn, employment_pct, real_output_pct, lost_wages_usd_mn.
        """
        table = pl.DataFrame(TABLES["sectors"](self)).with_columns(
            lost_wages_usd_mn=pl.col("wages_before_usd_mn") * pl.col("employment_pct") / 100
        )
        lost = table.filter(pl.col("lost_wages_usd_mn") < 0).sort("lost_wages_usd_mn").head(n)
        columns = ("economy", "sector", "wages_before_usd_mn", "employment_pct", "real_output_pct", "lost_wages_usd_mn")
        return same_kind(self.baseline.kind, lost.select(columns))

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader has to know about the shock, the baseline and the deficit rule."""
        uneven = float(np.abs(self.baseline.deficit / self.baseline.wages).max())
        rule = (
            f"Under the {self.deficits} rule spending stays in proportion to earnings, revenue included: with deficits of "
            f"up to {uneven:.0%} of value added a tariff's gain can be a multiple of that under the additive or balanced "
            "rule. Look at more than one.",
        )
        told = self.shock.trade_policy and self.deficits in ("multiplicative", "universal") and uneven > UNEVEN
        return (*self.shock.cautions(), *self.baseline.cautions, *(rule if told else ()))

    def summary(self, n: int = 10) -> str:
        """The economies that change most, with the assumptions and the certificate."""
        top = sorted(self.welfare_pct.items(), key=lambda kv: -abs(kv[1]))[:n]
        lines = [f"{len(self.sectors)} sectors, deficits {self.deficits}, mode {self.mode}"]
        revenue = dict(zip(self.economies, self.revenue - self.baseline.revenue))
        lines += [
            f"  {code:<14}{pct:+10.4f} % real income"
            + (f", revenue {revenue[code]:+,.4g}" if self.shock.trade_policy else "")
            for code, pct in top
        ]
        return "\n".join([*lines, f"{self.report!r}{self._conditioned()}", *self.cautions])

    def _conditioned(self) -> str:
        """The condition in words, where it is cheap to know: large where wages are hardly determined."""
        unknowns = len(self.economies) * (1 + 2 * len(self.sectors))
        if self.report.parts or unknowns > CHEAP:
            return ""
        number = self.condition()
        weak = "; wages and prices are hardly determined" if number > 1e12 else ""
        return f", condition {number:.2g}{weak}"

    def _repr_html_(self) -> str:
        """In a notebook: the largest changes and the table by economy."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        code, pct = max(self.welfare_pct.items(), key=lambda kv: abs(kv[1]))
        size = f"{len(self.economies)} economies, {len(self.sectors)} sectors"
        return f"SectorCounterfactual({size}, largest change {code} {pct:+.4g}%, {self.report!r})"
