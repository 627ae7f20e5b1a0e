"""What a scenario of a study does to the pair: log points by direction, tariffs, the elasticity of supply."""

from __future__ import annotations

import math
from typing import Protocol

from detente.equilibrium import CLOSED, Shock
from detente.errors import StudyError
from detente.study.spec import Ends, Scenario, TargetSpec, both_ways

CAPITAL_SHARE = 0.45
"""Share of capital in output where a scenario asks for the long run, as ``detente.equilibrium.accumulate`` has it."""
Window = tuple[int, int]


class ResidualAt(Protocol):
    """What is known of the pair's residual in one direction and year, log points; None where nothing is."""

    def __call__(self, origin: str, destination: str, year: int, base: Window | None = None, /) -> float | None:
        """On the base window ``base``, or on the headline one."""
        ...


def effects(scenario: Scenario, dyad: Ends, year: int, residual: ResidualAt) -> dict[Ends, float]:
    """Log-point effects by direction, relative to the dyad as it was in ``year``.

    ``closed`` shuts both directions, a tariff leaves them empty. ``healed`` removes the dyad's residual (back to the affinity of the base
    years) in each direction that has one; ``target`` moves it to a stated value, and needs it.

    Raises
    ------
    StudyError
        No residual to move: in neither direction, or in one with a target.
    """
    both = both_ways(dyad)
    if scenario.tariff is not None:
        return {}
    stated = CLOSED if scenario.closed else scenario.effect
    if stated is not None:
        return {ends: float(stated) for ends in both}
    aims: dict[Ends, tuple[float | None, Window | None]] = {
        (t.origin, t.destination): (_aim(t, residual), t.base) for t in scenario.target
    } or dict.fromkeys(both, (0.0, None))
    out: dict[Ends, float] = {}
    one_way = scenario.healed and not heals_nothing(scenario, dyad, year, residual)
    for direction, (aim, base) in aims.items():
        now = residual(direction[0], direction[1], year, base)
        if now is None or not math.isfinite(now):
            if one_way:
                continue
            raise StudyError(
                f"The scenario '{scenario.id}' needs the residual of {direction[0]}->{direction[1]} in {year}, "
                "and there is none (no trade, or outside the panel).",
                fix="Leave that year out of equilibrium.years, or state the effect in log points.",
            )
        if aim is None or not math.isfinite(aim):
            raise StudyError(
                f"The scenario '{scenario.id}' aims at a residual of {direction[0]}->{direction[1]} that is not known.",
                fix="Choose a year of the panel in which the two traded, or state log_ratio.",
            )
        out[direction] = aim - now
    return out


def _aim(target: TargetSpec, residual: ResidualAt) -> float | None:
    """The residual that a target names, or that of the year it names."""
    if target.year is None:
        return target.log_ratio
    return residual(target.origin, target.destination, target.year, target.base)


def heals_nothing(scenario: Scenario, dyad: Ends, year: int, residual: ResidualAt) -> bool:
    """Whether a scenario would heal a pair of which no residual is known in either direction that year."""
    return scenario.healed and not any(_is_known(residual(a, b, year)) for a, b in both_ways(dyad))


def _is_known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def tariffs_of(scenario: Scenario, dyad: Ends) -> Shock:
    """The tariffs of a scenario, on one sector where it names one."""
    more = (scenario.sector,) if scenario.sector else ()
    levied = [ends for ends in both_ways(dyad) if not scenario.levies or ends[1] in scenario.levies]
    return Shock(tariff={(*ends, *more): scenario.tariff for ends in levied if scenario.tariff is not None})


def supply_elasticity(scenario: Scenario) -> float:
    """Zero, or in the long run that of output when capital has followed it (Anderson, Larch and Yotov 2020)."""
    return CAPITAL_SHARE / (1 - CAPITAL_SHARE) if scenario.long_run else 0.0
