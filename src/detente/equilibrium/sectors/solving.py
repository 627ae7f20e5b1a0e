"""Solving a sector economy, and its result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from detente.equilibrium.certificate import Report, Status
from detente.equilibrium.economy import frozen
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.model import Sectors
from detente.equilibrium.shock import (
    Shock,
    cells,
    check_connected,
    check_effect,
    deficit_array,
    hat_array,
)
from detente.equilibrium.solver import solve_model
from detente.errors import InvalidShock, SpecificationError, UnbalancedAccounts, first_five


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
    report : Report
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
    report: Report

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
        """Change of real income by economy, percent.

        In published mode the first-order sum of terms of trade and volume of trade, as printed.
        """
        change = sum(self.first_order_pct()) if self.mode == "published" else 100 * (self.welfare_hat - 1)
        return dict(zip(self.economies, map(float, change)))

    @property
    def real_wage_pct(self) -> dict[str, float]:
        """Change of the wage over consumer prices, percent."""
        return dict(zip(self.economies, map(float, 100 * (self.wage_hat / self.index_hat - 1))))

    @property
    def economy(self) -> SectorEconomy:
        """The economy after the shock, ready for another one."""
        return replace(self.baseline, flows=frozen(self.flows), tariff=self.tariff, n_truncated=0)

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

    def condition(self) -> float:
        """Condition number (1-norm) of the whole system in relative units at the solution, the scale held."""
        from detente.equilibrium.sectors.jacobian import pinned_sectors

        return float(np.linalg.cond(pinned_sectors(*self.system()), 1))

    def system(self) -> tuple[Sectors, np.ndarray]:
        """The equations that were solved and the state that solves them."""
        model = sector_model(self.baseline, self.shock, self.tariff, self.deficits)
        spending = (self.flows * (1 + self.tariff)).sum(axis=1) / model.wages
        parts = (np.log(self.wage_hat), np.log(self.price_hat).ravel(), spending.ravel())
        return model, np.concatenate(parts)[None]

    def to_frame(self) -> Any:
        """One row per economy; the kind of frame that came in, else polars."""
        import polars as pl

        from detente.equilibrium.table import same_kind

        hats = {name: getattr(self, name) for name in ("wage_hat", "index_hat", "income_hat", "welfare_hat")}
        pct = {"welfare_pct": list(self.welfare_pct.values())}
        frame = pl.DataFrame({"economy": list(self.economies), **pct, **hats})
        return same_kind(self.baseline.kind, frame)

    def summary(self, n: int = 10) -> str:
        """The economies that change most, with the assumptions and the certificate."""
        top = sorted(self.welfare_pct.items(), key=lambda kv: -abs(kv[1]))[:n]
        lines = [f"{len(self.sectors)} sectors, deficits {self.deficits}, mode {self.mode}"]
        lines += [f"  {code:<14}{pct:+10.4f} % real income" for code, pct in top]
        return "\n".join([*lines, repr(self.report)])

    def __repr__(self) -> str:
        code, pct = max(self.welfare_pct.items(), key=lambda kv: abs(kv[1]))
        size = f"{len(self.economies)} economies, {len(self.sectors)} sectors"
        return f"SectorCounterfactual({size}, largest change {code} {pct:+.4g}%, {self.report!r})"


def solve_sectors(
    economy: SectorEconomy, shock: Shock, *, deficits: str, mode: str, tolerance: float, max_steps: int
) -> SectorCounterfactual:
    """Solve; the caller checks the options and raises on the status."""
    began = perf_counter()
    if economy.n_truncated and deficits != "balanced":
        raise UnbalancedAccounts(
            f"Final spending was set to zero in {economy.n_truncated} cells, so the accounts do not close.",
            fix='Use deficits="balanced", which first solves for accounts that do.',
        )
    if deficits == "balanced":
        first = _solve(economy, Shock(), deficits, "exact", tolerance, max_steps, began)
        if not first.report.ok:
            return first
        economy = first.economy
    return _solve(economy, shock, deficits, mode, tolerance, max_steps, began)


def _solve(
    economy: SectorEconomy,
    shock: Shock,
    deficits: str,
    mode: str,
    tolerance: float,
    max_steps: int,
    began: float,
) -> SectorCounterfactual:
    tariff = new_tariffs(economy, shock)
    model = sector_model(economy, shock, tariff, deficits)
    start = model.start(economy.spending)
    found = solve_model(model, start, tolerance=tolerance, max_steps=max_steps)
    wage, prices, spending = model.split(found.u)
    now = model.evaluate(wage, prices, spending)
    status = Status.CONVERGED if found.ok(tolerance)[0] else Status.MAX_STEPS
    if not np.isfinite(found.u).all():
        status = Status.NOT_FINITE
    elif (now.income <= 0).any():
        status = Status.NEGATIVE_EXPENDITURE
    flows = model.flows(found.u)
    earned = model.wages * model.labour * np.exp(wage) + now.revenue
    base = economy.income if deficits != "balanced" else economy.wages + economy.revenue
    index = np.exp((economy.final * prices).sum(axis=0))
    money = earned / (economy.wages + economy.revenue) if deficits == "multiplicative" else now.income / base
    residuals = model.residual(found.u)
    report = Report(
        status=status,
        iterations=int(found.iterations[0]),
        residuals=frozen(residuals),
        walras=float(residuals.sum()),
        tolerance=tolerance,
        seconds=perf_counter() - began,
    )
    return SectorCounterfactual(
        baseline=economy,
        shock=shock,
        deficits=deficits,
        mode=mode,
        wage_hat=frozen(np.exp(wage)),
        index_hat=frozen(index),
        income_hat=frozen(now.income / base),
        welfare_hat=frozen(money / index / model.labour),
        cost_hat=frozen(np.exp(now.log_cost)),
        price_hat=frozen(np.exp(prices)),
        flows=frozen(flows),
        tariff=frozen(tariff),
        report=report,
    )


def new_tariffs(economy: SectorEconomy, shock: Shock) -> np.ndarray:
    """Rates after the shock, (S, n, n)."""
    tariff = np.array(economy.tariff)
    named = np.zeros(tariff.shape, dtype=bool)
    for s, i, j, value, key in cells(shock.tariff, economy, economy.sectors):
        if not isinstance(value, int | float | np.number) or not np.isfinite(value) or value <= -1:
            raise InvalidShock(f"The tariff on {key} is {value}.", fix="Give a rate above -1; 0.25 is 25%.")
        if i == j:
            raise InvalidShock(f"{key} would put a tariff on internal trade.")
        if (named[s, i, j] & (tariff[s, i, j] != value)).any():
            raise InvalidShock(f"{key} contradicts another tariff on the same trade.", fix="Keep one of them.")
        tariff[s, i, j], named[s, i, j] = value, True
    return tariff


def sector_effects(economy: SectorEconomy, shock: Shock) -> np.ndarray:
    """Partial effects, (S, n, n) log points, minus infinity where closed."""
    effects = np.zeros(economy.flows.shape)
    for s, i, j, value, key in cells(shock.partial, economy, economy.sectors):
        check_effect(value, key, i == j)
        effects[s, i, j] += value
    return effects


def sector_model(economy: SectorEconomy, shock: Shock, tariff: np.ndarray, deficits: str) -> Sectors:
    """Labels to arrays: the sector system."""
    effects = sector_effects(economy, shock)
    spending = economy.spending
    used = spending > 0
    left = (economy.flows > 0) & np.isfinite(effects)
    check_connected(left.any(axis=0), economy.economies)
    if (bare := used & ~left.any(axis=1)).any():
        where = (f"{economy.sectors[s]} in {economy.economies[j]}" for s, j in np.argwhere(bare))
        raise InvalidShock(
            f"The shock leaves no source at all for {first_five(where)}.",
            why="Its price would be infinite.",
            fix="Leave one border open, if only slightly: a large finite effect such as -10.",
        )
    gross = economy.flows * (1 + economy.tariff)
    shares = np.divide(gross, spending[:, None, :], out=np.zeros_like(gross), where=used[:, None, :])
    change = np.exp(effects) * ((1 + tariff) / (1 + economy.tariff)) ** -economy.theta[:, None, None]
    n = len(economy)
    own = economy.wages + economy.revenue
    scaled = deficits in ("multiplicative", "universal")
    if deficits != "balanced" and (bad := economy.income <= 0).any():
        raise UnbalancedAccounts(
            f"Final spending is not positive in {first_five(np.asarray(economy.economies)[bad])}.",
            why="Their surplus is larger than their income.",
            fix='Use deficits="balanced".',
        )
    return Sectors(
        kernel=shares * change,
        net=shares * change / (1 + tariff),
        wages=economy.wages,
        value_added=economy.value_added,
        final=economy.final,
        used=used,
        inputs=np.ascontiguousarray(np.moveaxis(economy.inputs, 2, 0)),
        theta=economy.theta[:, None],
        ratio=economy.income / own if scaled else np.ones(n),
        deficit=deficit_array(shock, economy) if deficits == "additive" else np.zeros(n),
        productivity=-np.log(hat_array(shock.productivity_hat, economy, "productivity"))[None, :]
        * np.ones_like(economy.value_added),
        labour=hat_array(shock.labour_hat, economy, "labour"),
    )


def check_published(deficits: str, shock: Shock) -> None:
    """Raise unless the published recipe covers what is asked."""
    if deficits != "balanced":
        raise SpecificationError(
            "The published recipe first solves for balanced trade.", fix='Use deficits="balanced".'
        )
    if any(value == -np.inf for value in shock.partial.values()):
        raise SpecificationError(
            "The published recipe is first-order and says nothing about a closed border.",
            fix='Use mode="exact".',
        )
