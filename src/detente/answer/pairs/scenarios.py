"""Three what-ifs for any pair, from a panel with GDP: ties as they once were, half of the way, no trade at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import isfinite, log

import numpy as np

from detente.answer.facts import Flow
from detente.answer.pairs.found_pair import Pair
from detente.economies import in_text
from detente.equilibrium import CLOSED, Economy, internal_trade, solve
from detente.errors import MissingInternalTrade
from detente.panel import Panel, world_gdp
from detente.panel.accounts import merged_accounts, newest_with_accounts, usable_accounts

THETAS = (2.0, 4.0, 6.0)  # trade elasticities of the range
RATIOS = (1.0, 1.8)  # gross output over GDP, of the range
MIDDLE = (5.0, 1.4)  # elasticity and ratio that lead: the middle case of a study made for the same pair
DEFICITS = "multiplicative"


@dataclass(frozen=True, slots=True)
class Sales:
    """What one sells to the other before and after, million US$, in the middle case."""

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
    income : economy to the lowest change in real income, that of the middle case, and the highest, percent.
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
    """Solve the three what-ifs exactly on each specification, and in the middle case that a study would have.

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
    if back is not None and back < year:  # later ties are those of the baseline or newer
        ties = {(f.origin, f.destination): (_ties(f, back), _ties(f, year)) for f in flows}
        effects = {way: then - now for way, (then, now) in ties.items() if then is not None and now is not None}
        if effects:
            shocks["ties_return"] = (back, effects)
            shocks["half_way"] = (back, {way: effect / 2 for way, effect in effects.items()})
    shocks["trade_stops"] = (year, {(f.origin, f.destination): CLOSED for f in flows})
    outcomes = tuple(_outcome(id_, when, shock, baseline, found) for id_, (when, shock) in shocks.items())
    return PairScenarios(outcomes, year, len(baseline[0][1].economies), len(THETAS) * len(RATIOS))


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
    """The economies of the newest year without missing flows: those of the middle case, then one for each ratio."""
    pair = (found.origin, found.destination)
    t = newest_with_accounts(panel, pair, RATIOS)
    if t is not None:
        return [(panel.years[t], _economy(panel, t, ratio)) for ratio in (MIDDLE[1], *RATIOS)]
    raise MissingInternalTrade(
        f"The panel '{panel.name}' has no year with usable accounts of both {in_text(found.origin)} and {in_text(found.destination)}.",
        why="A what-if needs what each economy sells to itself: its GDP, and exports below its output.",
        fix="Keep the pair as a study and give its GDP with a source.",
    )


def _economy(panel: Panel, t: int, ratio: float) -> Economy:
    """Economies with accounts, all others as the rest of the world, as in a run."""
    gdp = panel.gdp[t] if panel.gdp is not None else world_gdp(panel.economies, [panel.years[t]])[0]
    usable = usable_accounts(panel.flows[t], gdp, ratio, panel.economies)
    codes, flows, output = merged_accounts(panel.flows[t], gdp, usable, panel.economies, panel.years[t])
    np.fill_diagonal(flows, internal_trade(output, flows.sum(axis=1), ratio=ratio, economies=codes))
    return Economy.from_arrays(codes, flows, year=panel.years[t])


def _outcome(
    id_: str, year: int, shock: dict[tuple[str, str], float], baseline: list[tuple[int, Economy]], found: Pair
) -> PairOutcome:
    """The middle case, which leads, and every specification of the range."""
    pair = (found.origin, found.destination)
    middle, *others = (economy for _, economy in baseline)
    leading = solve(middle, shock, theta=MIDDLE[0], deficits=DEFICITS)
    incomes = {code: [float(leading.welfare_pct[code])] for code in pair}
    for economy, theta in product(others, THETAS):
        out = solve(economy, shock, theta=theta, deficits=DEFICITS)
        for code in pair:
            incomes[code].append(float(out.welfare_pct[code]))
    there, back = (
        Sales(a, b, float(middle.flow(a, b)), float(leading.flow(a, b))) for a, b in (pair, (pair[1], pair[0]))
    )
    ranges = {code: (min(values), values[0], max(values)) for code, values in incomes.items()}
    return PairOutcome(id_, year, ranges, (there, back))
