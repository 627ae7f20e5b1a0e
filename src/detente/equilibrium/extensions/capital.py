"""Capital accumulation along a path: static equilibria linked by investment.

After Anderson, Larch and Yotov (2020, Economic Journal 130), in changes from a baseline steady state. Output
is ``Y = p A L^(1-a) K^a``; capital follows a log-linear law, ``K_{t+1} = Omega_t^d K_t^(1-d)``; with log
utility real investment Omega is a constant share of real output. So, hats throughout,
``ln k_{t+1} = (1 - d) ln k_t + d ln(Y_t / P_t)``. In the steady state k = Y/P, hence
``Y = p A^(1/(1-a)) L (p/P)^(a/(1-a))``: the static model with supply elasticity a / (1 - a), productivity to the
power 1 / (1 - a), and labour with its full weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from detente.equilibrium.assembly import one_sector
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.options import check_options
from detente.equilibrium.shocks.arrays import hat_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import solve_model
from detente.equilibrium.solving import balanced, solve
from detente.errors import NotConverged, SpecificationError


@dataclass(frozen=True, slots=True, eq=False)
class CapitalPath:
    """A shock in year 0 and the years after it.

    Attributes
    ----------
    economies : tuple of str
    years : (T,) array
        0 is the year of the shock, with capital as before.
    capital_hat, welfare_hat : (T, n) new over old
    residual : (T,) US$ million
        Largest unbalanced market of each year.
    steady_state : Counterfactual
        Where the path leads.
    """

    economies: tuple[str, ...]
    years: np.ndarray
    capital_hat: np.ndarray
    welfare_hat: np.ndarray
    residual: np.ndarray
    steady_state: Counterfactual

    @property
    def welfare_pct(self) -> dict[str, np.ndarray]:
        """Change in real income by economy, percent: (T,) each."""
        return dict(zip(self.economies, 100 * (self.welfare_hat - 1).T))

    def discounted_pct(self, beta: float = 0.96) -> dict[str, float]:
        """The constant change of consumption worth as much as the path, percent (log utility).

        Beyond the last year the steady state is held.
        """
        if not 0 < beta < 1:
            raise SpecificationError(f"beta is {beta}.", fix="A discount factor lies between 0 and 1.")
        weights = (1 - beta) * beta ** self.years.astype(float)
        value = weights @ np.log(self.welfare_hat)
        value = value + beta ** len(self.years) * np.log(self.steady_state.welfare_hat)
        return dict(zip(self.economies, map(float, 100 * np.expm1(value))))

    def to_frame(self) -> Any:
        """A polars frame: economy, year, capital_hat, welfare_pct."""
        n = len(self.economies)
        return pl.DataFrame(
            {
                "economy": np.tile(self.economies, len(self.years)),
                "year": np.repeat(self.years, n),
                "capital_hat": self.capital_hat.ravel(),
                "welfare_pct": 100 * (self.welfare_hat.ravel() - 1),
            }
        )

    def __repr__(self) -> str:
        hats = (self.welfare_hat[0], self.welfare_hat[-1], self.steady_state.welfare_hat)
        first, last, end = (100 * (hat - 1) for hat in hats)
        k = int(np.argmax(np.abs(end)))
        story = f"{first[k]:+.4g}% at once, {last[k]:+.4g}% at the end, {end[k]:+.4g}% in the long run"
        return f"CapitalPath({len(self.years)} years; {self.economies[k]} {story})"


def accumulate(
    economy: Economy,
    shock: Shock | Mapping[tuple, float] | None = None,
    *,
    theta: float = 5.0,
    capital_share: float = 0.45,
    depreciation: float = 0.06,
    years: int = 60,
    deficits: str = "multiplicative",
    tolerance: float = 1e-12,
) -> CapitalPath:
    """The path of capital and real income after a lasting shock in year 0.

    Parameters
    ----------
    economy, shock, theta, deficits
        As in ``solve``.
    capital_share : float
        a, the share of capital in output, between 0 and 1.
    depreciation : float
        d, between 0 and 1 a year; also the speed of adjustment.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> path = accumulate(eco, {("COL", "VEN"): -0.5})
    >>> bool(path.welfare_pct["VEN"][0] > path.welfare_pct["VEN"][-1])
    True
    """
    one_sector_only(economy, "accumulate")
    shock = Shock.read(shock)
    check_options(theta, 0.0, deficits, "exact", shock)
    _check_path(capital_share, depreciation, years)
    if deficits == "balanced":
        economy = balanced(economy, theta, 0.0)
    steady = steady_state(economy, shock, theta, capital_share, deficits, tolerance)
    labour = hat_array(shock.labour_hat, economy, "labour")
    base = one_sector(economy, shock, theta, 0.0, deficits)
    base = replace(base, supply_hat=base.supply_hat * labour**-capital_share)
    before = economy.output if deficits == "multiplicative" else economy.expenditure
    u, capital = np.zeros((1, len(economy))), np.zeros(len(economy))
    stock, welfare, residual, origin = [], [], [], one_sector(economy, Shock(), theta, 0.0, deficits)
    for year in range(years):
        model = replace(base, supply_hat=base.supply_hat * np.exp(capital_share * capital))
        found = solve_model(model, u, tolerance=tolerance, max_steps=2000, origin=origin)
        origin = model
        if not found.ok(tolerance)[0]:
            raise NotConverged(f"Year {year} of the path has no solution.", state=found, fix="Try fewer years.")
        u, now = found.u, model.state(found.u)
        money = now.output if deficits == "multiplicative" else now.expenditure
        stock.append(capital)
        welfare.append((money / before / np.exp(now.log_index))[0] / labour)
        residual.append(np.abs(now.demand - now.output).max())
        real_output = np.log(now.output[0] / economy.output) - now.log_index[0]
        capital = (1 - depreciation) * capital + depreciation * real_output
    return CapitalPath(
        economies=economy.economies,
        years=np.arange(years),
        capital_hat=read_only(np.exp(stock)),
        welfare_hat=read_only(welfare),
        residual=read_only(residual),
        steady_state=steady,
    )


def _check_path(capital_share: float, depreciation: float, years: int) -> None:
    """Raise unless both are shares and there is a year to follow."""
    for name, value, top in (("capital_share", capital_share, 1.0), ("depreciation", depreciation, 1.0 + 1e-12)):
        if not 0 < value < top:
            raise SpecificationError(f"{name}={value} is outside its range.", fix="Give a share between 0 and 1.")
    if years < 1:
        raise SpecificationError(f"years is {years}.", fix="At least one.")


def steady_state(
    economy: Economy, shock: Shock, theta: float, capital_share: float, deficits: str, tolerance: float
) -> Counterfactual:
    """Where the path leads: the static model in which capital has followed output."""
    grown = {code: hat ** (1 / (1 - capital_share)) for code, hat in shock.productivity_hat.items()}
    return solve(
        economy,
        replace(shock, productivity_hat=grown),
        theta=theta,
        supply_elasticity=capital_share / (1 - capital_share),
        deficits=deficits,
        tolerance=tolerance,
    )
