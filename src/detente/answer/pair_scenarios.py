"""Three what-ifs for any pair, from a panel with GDP: ties as they once were, half of the way, no trade at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import isfinite, log

import numpy as np
from numpy.typing import NDArray

from detente.answer.any_pair import Pair
from detente.answer.facts import Flow
from detente.equilibrium import CLOSED, Economy, internal_trade, solve
from detente.errors import DetenteError, MissingInternalTrade
from detente.panel import Panel

THETAS = (2.0, 4.0, 6.0)  # trade elasticities; the middle one leads
RATIOS = (1.0, 1.8)  # gross output over GDP
DEFICITS = "multiplicative"


@dataclass(frozen=True, slots=True)
class Sales:
    """What one sells to the other before and after, million US$, on the leading specification."""

    origin: str
    destination: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """One what-if.

    Attributes
    ----------
    id : ``ties_return``, ``half_way`` or ``trade_stops``.
    year : whose ties return; the baseline's for the last.
    income : economy to the lowest, the middle and the highest change of real income, percent.
    sales : both directions, the pair's first economy first.
    """

    id: str
    year: int
    income: Mapping[str, tuple[float, float, float]]
    sales: tuple[Sales, Sales]


@dataclass(frozen=True, slots=True)
class PairScenarios:
    """The what-ifs of a pair and what they start from."""

    outcomes: tuple[PairOutcome, ...]
    year: int
    n_economies: int
    n_specifications: int


def pair_scenarios(found: Pair, panel: Panel) -> PairScenarios:
    """Solve the three what-ifs exactly on each specification.

    Ties are what is left of trade beside what other trade leads one to expect; they return to the year before most was
    lost. Where nothing is sold in the last year no effect can bring it back, and that direction stays as it is.

    Raises
    ------
    MissingInternalTrade
        The panel has no year with the GDP of both economies.
    NotConverged, NoEquilibrium
    """
    baseline = _baselines(found, panel)
    year = baseline[0][0]
    flows, back = found.facts.flows, _before_the_fall(found)
    shocks: dict[str, tuple[int, dict[tuple[str, str], float]]] = {}
    if back is not None:
        ties = {(f.origin, f.destination): (_ties(f, back), _ties(f, year)) for f in flows}
        effects = {way: then - now for way, (then, now) in ties.items() if then is not None and now is not None}
        if effects:
            shocks["ties_return"] = (back, effects)
            shocks["half_way"] = (back, {way: effect / 2 for way, effect in effects.items()})
    shocks["trade_stops"] = (year, {(f.origin, f.destination): CLOSED for f in flows})
    outcomes = tuple(_outcome(id_, when, shock, baseline, found) for id_, (when, shock) in shocks.items())
    return PairScenarios(outcomes, year, len(baseline[0][1].economies), len(THETAS) * len(baseline))


def _before_the_fall(found: Pair) -> int | None:
    """The year before most was lost, in the direction that lost more."""
    falls = [flow.falls[0] for flow in found.facts.flows if flow.falls]
    return min(falls, key=lambda fall: fall.own).start if falls else None


def _ties(flow: Flow, year: int) -> float | None:
    sold, expected = flow.sold.get(year), flow.expected.get(year)
    if not sold or not expected or not isfinite(expected):
        return None
    return log(sold / expected)


def _baselines(found: Pair, panel: Panel) -> list[tuple[int, Economy]]:
    """The last year's economies, once for each ratio of output to GDP."""
    places = [panel.index(code) for code in (found.origin, found.destination)]
    if panel.gdp is not None:
        for t in reversed(range(len(panel.years))):
            gdp: NDArray[np.float64] = panel.gdp[t]
            known = np.isfinite(gdp) & (gdp > 0) & np.isfinite(panel.flows[t]).any(axis=1)
            exports = np.nansum(np.where(np.eye(len(gdp), dtype=bool), 0.0, panel.flows[t]), axis=1)
            known &= np.nan_to_num(gdp) * min(RATIOS) > exports  # entrepots sell on more than they make
            if known[places].all():
                return [(panel.years[t], _economy(panel, t, known, ratio)) for ratio in RATIOS]
    raise MissingInternalTrade(
        f"The panel '{panel.name}' has no year with the GDP of both {found.origin} and {found.destination}.",
        why="A what-if needs what each economy sells to itself.",
        fix="Keep the pair as a study and give its GDP with a source.",
    )


def _economy(panel: Panel, t: int, known: NDArray[np.bool_], ratio: float) -> Economy:
    codes = [code for code, there in zip(panel.economies, known) if there]
    flows = np.nan_to_num(panel.flows[t][np.ix_(known, known)])
    np.fill_diagonal(flows, 0.0)
    own = internal_trade(panel.gdp[t][known], flows.sum(axis=1), ratio=ratio, economies=codes)
    np.fill_diagonal(flows, own)
    return Economy.from_arrays(codes, flows, year=panel.years[t])


def _outcome(
    id_: str, year: int, shock: dict[tuple[str, str], float], baseline: list[tuple[int, Economy]], found: Pair
) -> PairOutcome:
    """Every specification solved; the middle elasticity on the first baseline leads."""
    pair = (found.origin, found.destination)
    incomes: dict[str, list[float]] = {code: [] for code in pair}
    sales: tuple[Sales, Sales] | None = None
    for (_, economy), theta in product(baseline, THETAS):
        out = solve(economy, shock, theta=theta, deficits=DEFICITS)
        for code in pair:
            incomes[code].append(float(out.welfare_pct[code]))
        if theta == THETAS[1] and sales is None:
            i, j = (economy.economies.index(code) for code in pair)
            before, after = economy.flows, out.flows
            sales = (
                Sales(*pair, float(before[i, j]), float(after[i, j])),
                Sales(*pair[::-1], float(before[j, i]), float(after[j, i])),
            )
    if sales is None:
        raise DetenteError(f"No specification leads for '{id_}'.")
    middle = {code: float(np.median(values)) for code, values in incomes.items()}
    return PairOutcome(id_, year, {c: (min(v), middle[c], max(v)) for c, v in incomes.items()}, sales)
