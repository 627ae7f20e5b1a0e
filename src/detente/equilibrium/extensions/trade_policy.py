"""Tariffs that serve who sets them: the best answer of one economy, mutual best answers of many, quotas.

A tariff lowers the price at which others sell; what it gains in terms of trade it loses in volume. In the one-sector
model the best uniform tariff of an economy is ``1 / (theta x share)``, share being the part of its sales that the
rest of the world makes at home (Gros 1987): ``1 / theta`` for a small economy. Here the first-order condition is
solved exactly, from the adjoint derivative of welfare by the tariff, revenue and sectors included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from detente.equilibrium.around.sensitivity import SectorSensitivity, sensitivity
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shocks.shock import EVERYONE, Shock
from detente.equilibrium.shocks.values import HIGHEST_TARIFF
from detente.equilibrium.solving import solve
from detente.errors import InvalidShock, NotConverged, SpecificationError, first_five


@dataclass(frozen=True, slots=True, eq=False)
class TariffGame:
    """Tariffs from which nobody who sets one gains by moving.

    Attributes
    ----------
    rates : mapping economy -> uniform ad valorem rate on all its imports
    outcome : SectorCounterfactual
        The equilibrium at these rates, measured from the baseline.
    slope : float
        The largest derivative of a setter's log welfare by the log of one plus its rate: zero at an optimum.
    rounds : int
        Sweeps over the setters.
    """

    rates: Mapping[str, float]
    outcome: SectorCounterfactual
    slope: float
    rounds: int

    def to_frame(self) -> Any:
        """A polars frame of the setters: rate and change in real income, percent."""
        welfare = self.outcome.welfare_pct
        return pl.DataFrame(
            {
                "economy": list(self.rates),
                "tariff_pct": [100 * rate for rate in self.rates.values()],
                "welfare_pct": [welfare[code] for code in self.rates],
            }
        )

    def __repr__(self) -> str:
        said = first_five(f"{code} {100 * rate:.1f}%" for code, rate in self.rates.items())
        return f"TariffGame({said}; slope {self.slope:.1g}, {self.rounds} rounds)"


def optimal_tariff(
    economy: SectorEconomy, code: str, *, shock: Shock | None = None, deficits: str = "balanced", **options: Any
) -> TariffGame:
    """The uniform tariff on all imports that is best for one economy while the others stand still.

    Parameters
    ----------
    economy : SectorEconomy
        ``SectorEconomy.of(economy, theta=5.0)`` gives a one-sector economy tariffs.
    code : str
    shock : Shock, optional
        What else happens.
    deficits, **options
        As in ``solve``. The rule matters: under the multiplicative one a tariff's revenue multiplies spending.

    Examples
    --------
    >>> from detente.equilibrium import Economy
    >>> eco = Economy.from_arrays(["COL", "ROW"], [[90.0, 10.0], [10.0, 90000.0]])
    >>> round(optimal_tariff(SectorEconomy.of(eco, theta=4.0), "COL").rates["COL"], 3)
    0.25
    """
    return nash_tariffs(economy, [code], shock=shock, deficits=deficits, **options)


def nash_tariffs(
    economy: SectorEconomy,
    setters: Sequence[str],
    *,
    shock: Shock | None = None,
    deficits: str = "balanced",
    tolerance: float = 1e-8,
    max_rounds: int = 60,
    **options: Any,
) -> TariffGame:
    """Tariffs of several economies, each uniform on all its imports, that are best answers to one another.

    Each setter in turn goes to the zero of its own first-order condition by the secant method; the rounds end when
    every condition holds at once. Parameters are as for ``optimal_tariff``; ``tolerance`` is on the conditions.

    Raises
    ------
    NotConverged
        The rounds did not settle, or a best answer lies beyond any tariff that is taken for one.
    """
    if not isinstance(economy, SectorEconomy):
        raise SpecificationError(
            f"Tariffs need an economy with tariffs, not a {type(economy).__name__}.",
            fix="Give SectorEconomy.of(economy, theta=5.0).",
        )
    if len(set(setters)) != len(setters) or not setters:
        raise InvalidShock("Name each economy that sets a tariff once.")
    for code in setters:
        economy.index(code)
    if deficits == "balanced":  # solved once; from there on there are no deficits to hold
        economy, deficits = solve(economy, {}, deficits="balanced", **options).baseline, "additive"
    game = _Game(economy, tuple(setters), shock or Shock(), deficits, options)
    rates = np.full(len(setters), 1 / float(np.average(economy.theta)))
    for rounds in range(1, max_rounds + 1):
        slopes = game.slopes(rates)[0]
        if np.abs(slopes).max() < tolerance:
            return game.result(rates, slopes, rounds)
        for k in range(len(setters)):
            rates = game.answer(rates, k, tolerance / 10)
    raise NotConverged(
        f"The tariffs still move after {max_rounds} rounds ({np.round(rates, 4).tolist()}).",
        state=rates,
        fix="Ask for fewer setters, or look at best answers one at a time with optimal_tariff.",
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Game:
    economy: SectorEconomy
    setters: tuple[str, ...]
    shock: Shock
    deficits: str
    options: Mapping[str, Any]

    def solve(self, rates: np.ndarray) -> SectorCounterfactual:
        tariff = {(EVERYONE, code): float(rate) for code, rate in zip(self.setters, rates)}
        return solve(self.economy, self.shock + Shock(tariff=tariff), deficits=self.deficits, **self.options)

    def slope(self, out: SectorCounterfactual, k: int) -> float:
        """Derivative of a setter's log welfare by the log of one plus its rate."""
        found = sensitivity(out, self.setters[k])
        assert isinstance(found, SectorSensitivity)
        j = self.economy.index(self.setters[k])
        return float(np.delete(found.tariff[:, :, j], j, axis=1).sum())

    def slopes(self, rates: np.ndarray) -> tuple[np.ndarray, SectorCounterfactual]:
        out = self.solve(rates)
        return np.array([self.slope(out, k) for k in range(len(self.setters))]), out

    def answer(self, rates: np.ndarray, k: int, tolerance: float) -> np.ndarray:
        """The rates with the k-th at its best: its slope falls through zero between the two ends kept."""

        def at(x: float) -> float:
            if np.expm1(x) > HIGHEST_TARIFF:
                raise NotConverged(
                    f"The best tariff of {self.setters[k]} is above {100 * HIGHEST_TARIFF:,.0f}%: there may be none.",
                    state=rates,
                    why="Where buyers hardly answer, or exporters absorb much of it, a higher tariff always gains.",
                    fix="Raise theta or pass_through, or solve with a rate of your own.",
                )
            trial = np.array(rates)
            trial[k] = np.expm1(x)
            return self.slope(self.solve(trial), k)

        x = float(np.log1p(rates[k]))
        f = at(x)
        y = x + (0.05 if f > 0 else -0.05)
        g = at(y)
        for _ in range(40):
            if abs(g) < tolerance or x == y:
                break
            step = -g * (y - x) / (g - f) if g != f else 0.1
            step = float(np.clip(step, -0.3, 0.3))
            if g * step < 0:  # welfare rises where the slope is positive: go that way
                step = 0.1 if g > 0 else -0.1
            x, f, y = y, g, y + step
            g = at(y)
        out = np.array(rates)
        out[k] = np.expm1(y)
        return out

    def result(self, rates: np.ndarray, slopes: np.ndarray, rounds: int) -> TariffGame:
        settled = dict(zip(self.setters, map(float, rates)))
        return TariffGame(settled, self.solve(rates), float(np.abs(slopes).max()), rounds)


@dataclass(frozen=True, slots=True, eq=False)
class Quota:
    """Quotas and the taxes that would do the same.

    Attributes
    ----------
    equivalents : mapping (origin, destination) or (origin, destination, sector) -> ad valorem rate
    outcome : SectorCounterfactual
    rents : {"importer", "exporter"}
        Who keeps what the licences are worth: as a tariff's revenue or as an export tax's.
    gap : float
        The largest difference of a quantity from its quota, relative.
    """

    equivalents: Mapping[tuple, float]
    outcome: SectorCounterfactual
    rents: str
    gap: float


def quota(
    economy: SectorEconomy,
    shares: Mapping[tuple, float],
    *,
    rents: str = "importer",
    deficits: str = "additive",
    max_steps: int = 60,
    **options: Any,
) -> Quota:
    """Quotas on quantities, as the tariffs (or export taxes) that hold trade at them.

    Parameters
    ----------
    economy : SectorEconomy
    shares : mapping (origin, destination) or (origin, destination, sector) -> quantity allowed, share of the baseline's
        Between 0 and 1; a quota that does not bind has the equivalent zero.
    rents : {"importer", "exporter"}
        Licences sold by the importing state, or held by exporters (a voluntary restraint).

    Examples
    --------
    >>> from detente.equilibrium import Economy
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> half = quota(SectorEconomy.of(eco, theta=4.0), {("COL", "VEN"): 0.5})
    >>> round(half.equivalents[("COL", "VEN")], 3)
    0.197
    """
    if rents not in ("importer", "exporter"):
        raise SpecificationError(f"rents={rents!r} is not known.", fix='Use "importer" or "exporter".')
    keys = list(shares)
    wanted = np.array([float(shares[key]) for key in keys])
    if not ((wanted > 0) & (wanted <= 1)).all():
        raise InvalidShock("A quota is a share of the baseline's quantity, above 0 and at most 1.")
    if economy.n_truncated or deficits == "balanced":
        economy = solve(economy, {}, deficits=deficits, **options).baseline
        deficits = "additive" if deficits == "balanced" else deficits
    field = "tariff_points" if rents == "importer" else "export_tax"
    places = [_place(economy, key) for key in keys]
    elastic = np.array([economy.theta[s if isinstance(s, int) else 0] for s, _, _ in places])
    log_rate = -np.log(wanted) / (1 + elastic)
    out = None
    for _ in range(max_steps):
        given = {key: float(np.expm1(x)) for key, x in zip(keys, log_rate)}
        out = solve(economy, replace(Shock(), **{field: given}, certain=True), deficits=deficits, **options)
        volumes = np.array([_volume(economy, out, place) for place in places])
        miss = np.log(volumes / wanted)
        moved = np.maximum(log_rate + miss / (1 + elastic), 0.0)
        if np.abs(moved - log_rate).max() < 1e-11:
            break
        log_rate = moved
    else:
        raise NotConverged("The quotas are not met.", state=out, fix="Allow more, or fewer quotas at a time.")
    assert out is not None
    binding = log_rate > 0
    gap = float(np.abs(np.expm1(miss[binding])).max(initial=0.0))
    return Quota({key: float(np.expm1(x)) for key, x in zip(keys, log_rate)}, out, rents, gap)


def _place(economy: SectorEconomy, key: tuple) -> tuple[int | slice, int, int]:
    if len(key) not in (2, 3) or not all(isinstance(part, str) for part in key):
        raise InvalidShock(f"A quota is on (origin, destination) or one sector of it, not on {key!r}.")
    if len(key) == 3 and key[2] not in economy.sectors:
        raise InvalidShock(f"There is no sector '{key[2]}'.", fix=f"Sectors: {first_five(economy.sectors)}.")
    sector: int | slice = economy.sectors.index(key[2]) if len(key) == 3 else slice(None)
    return sector, economy.index(key[0]), economy.index(key[1])


def _volume(economy: SectorEconomy, out: SectorCounterfactual, place: tuple[int | slice, int, int]) -> float:
    """The quantity after over before, at the prices before."""
    s, i, j = place
    now = out.flows[s, i, j] / out.cost_hat[s, i]
    return float(np.sum(now) / np.sum(economy.flows[s, i, j]))
