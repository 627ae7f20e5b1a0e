"""One study's baselines, and the central path of a setting of the scenario desk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from detente.equilibrium import Counterfactual, SectorCounterfactual, SectorEconomy, Shock, solve
from detente.errors import SpecificationError, first_five
from detente.language.digits import NOTHING
from detente.panel import Panel
from detente.run.what_if.baseline import MIDDLE, Accounts, Baseline, middle_ratio
from detente.run.what_if.further_effects import table_of
from detente.run.what_if.scenarios import TableOfStudy
from detente.run.what_if.shocks import ResidualAt, effects, supply_elasticity
from detente.study import Study
from detente.study.spec import Ends, Scenario
from detente.web.desk.kept_by_files import once
from detente.web.desk.levers import CLOSED
from detente.web.desk.settings import TARIFFS, Setting, as_written

MOST_SHOWN = 8  # third economies listed with what they win or lose


@dataclass(frozen=True, slots=True, eq=False)
class DeskSolver:
    """A study made ready for solving.

    Attributes
    ----------
    study, panel, accounts : what it is about, its flows, and what its baselines are made of.
    residual, spread : of a direction, year and base window (the headline one where None): the pair's residual and the
        standard deviation of comparable pairs', log points; None where unknown. Those of a run of the study.
    cases : (year, GDP case) that have a baseline.
    """

    study: Study
    panel: Panel
    accounts: Accounts
    residual: ResidualAt
    spread: ResidualAt
    cases: tuple[tuple[int, str], ...]

    @property
    def dyad(self) -> tuple[str, str]:
        return self.study.spec.dyad

    @property
    def directions(self) -> tuple[Ends, Ends]:
        return self.study.spec.directions

    @property
    def window(self) -> tuple[int, int]:
        return self.study.spec.attribution.base_windows[0]

    def default(self) -> Setting:
        """The setting the desk opens with, the report's middle case: the study's last baseline year, its central choices."""
        plan = self.study.spec.equilibrium
        wanted = [case for case in self.cases if case[0] in plan.years] or list(self.cases)
        year = wanted[-1][0]
        return Setting(
            year, self.middle_case(year), middle_ratio(self.study.spec), plan.central_theta, deficits=plan.deficits[0]
        )

    def middle_case(self, year: int) -> str:
        """The GDP case of a year's middle."""
        known = [case for at, case in self.cases if at == year]
        return MIDDLE if MIDDLE in known else known[-1]

    def open_baselines(self, setting: Setting) -> list[tuple[str, float]]:
        """GDP cases and ratios that a setting leaves open: the study's where it stands at the middle, else its own."""
        cases = [setting.gdp_case]
        if setting.gdp_case == MIDDLE:
            cases = [case for year, case in self.cases if year == setting.year and case != MIDDLE]
        ratios: Sequence[float] = [setting.ratio]
        if math.isclose(setting.ratio, middle_ratio(self.study.spec), rel_tol=1e-5):  # an address keeps six digits
            ratios = self.study.spec.equilibrium.internal_ratio
        if not math.isfinite(self.baseline(setting).internal_ratio):  # the panel has internal trade itself
            ratios = ratios[:1]
        return [(case, ratio) for case in cases for ratio in ratios]

    def rules(self, setting: Setting) -> tuple[str, ...]:
        """The deficit rules that a setting leaves open: the study's where its first is chosen, else the one chosen."""
        study = self.study.spec.equilibrium.deficits
        return tuple(study) if setting.deficits == study[0] else (setting.deficits,)

    def of_scenario(self, scenario: Scenario, setting: Setting) -> Setting:
        """A scenario of the study as a setting of the desk, on the baseline of ``setting``.

        Raises
        ------
        StudyError
            It heals a residual that is not known.
        """
        levied = [
            100 * (scenario.tariff or 0.0) * (not scenario.levies or b in scenario.levies) for _, b in self.directions
        ]
        shock = effects(scenario, self.dyad, setting.year, self.residual)
        there, back = (shock.get(d, 0.0) for d in self.directions)
        bare = {"year": setting.year, "gdp_case": setting.gdp_case, "ratio": setting.ratio}
        psi = supply_elasticity(scenario) if scenario.long_run else setting.psi
        bare |= {"theta": setting.theta, "psi": psi, "deficits": setting.deficits, "sector": scenario.sector}
        bare |= {"migration": scenario.migration, "pass_through_pct": as_written(100 * scenario.pass_through)}
        if CLOSED in (there, back):
            return Setting(**bare, effects={"goods": CLOSED})
        tariffs = dict(zip(TARIFFS, map(as_written, levied)))
        return Setting(**bare, there=as_written(there), back=as_written(back), **tariffs)

    def baseline(self, setting: Setting) -> Baseline:
        """The baseline economy a setting starts from.

        Raises
        ------
        SpecificationError
            There is none for that year and GDP case.
        """
        return self.baseline_of(setting.year, setting.gdp_case, setting.ratio)

    def baseline_of(self, year: int, case: str, ratio: float) -> Baseline:
        """The baseline of a year, GDP case and ratio of output to GDP; raises as :meth:`baseline`."""
        if (year, case) not in self.cases:
            known = _spans(self.cases)
            raise SpecificationError(
                f"There is no baseline for {year} with GDP '{case[:20]}'.", fix=f"Available: {known}."
            )
        return _baseline(self, year, case, ratio)

    @property
    def table(self) -> TableOfStudy | None:
        """The study's input-output table; None where it names none. Raises as :func:`table_of`."""
        return once("table", self.study, table_of)

    def flows_of(self, setting: Setting) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The two flows that a setting acts on, as (origin, destination) or with its sector third.

        Raises
        ------
        SpecificationError
            The study's table has no such sector, or there is no table.
        """
        if not setting.sector:
            return self.directions
        known = () if self.table is None else self.table.economy.sectors
        if setting.sector not in known:
            raise SpecificationError(
                f"There is no sector '{setting.sector}' in this study's input-output table.",
                fix=f"Available: {first_five(known)}." if known else "Name a table in study.toml: [equilibrium.table].",
            )
        first, second = self.directions
        return (*first, setting.sector), (*second, setting.sector)

    def solve(self, setting: Setting) -> Counterfactual | SectorCounterfactual:
        """The exact counterfactual of a setting.

        With tariffs, which need a place for their revenue, as one sector; of one sector, on the study's table.
        """
        flows, totals = self.flows_of(setting), setting.totals()
        moved = totals != (0.0, 0.0)
        shock: dict[tuple, float] = dict(zip(flows, totals)) if moved else {}
        how = {"supply_elasticity": setting.psi, "deficits": setting.deficits}
        levied = Shock(shock, tariff=dict(zip(flows, setting.tariffs)) if any(setting.tariffs) else {})
        if setting.sector and self.table is not None:
            return solve(self.table.economy, levied, pass_through=setting.pass_through, **how)
        base = self.baseline(setting).economy
        if not any(setting.tariffs):
            return solve(base, dict(zip(self.directions, totals)) if moved else {}, theta=setting.theta, **how)
        return solve(SectorEconomy.of(base, theta=setting.theta), levied, pass_through=setting.pass_through, **how)


def outcome(solver: DeskSolver, out: Counterfactual | SectorCounterfactual) -> dict[str, Any]:
    """What a reader sees of a solved setting's trade: the two flows, real incomes, winners and losers elsewhere."""
    codes, base = out.economies, out.baseline
    flows = [{"from": a, "to": b, "before": base.flow(a, b), "after": out.flow(a, b)} for a, b in solver.directions]
    welfare = out.welfare_pct
    moved_others = [c for c in codes if c not in solver.dyad and settled(welfare[c])]
    elsewhere = sorted(moved_others, key=lambda c: -abs(welfare[c]))[:MOST_SHOWN]
    diversion = dict.fromkeys(elsewhere, 0.0)
    for a, b in solver.directions:
        moved = out.diversion(a, b)
        for code in elsewhere:
            diversion[code] += moved[code]
    revenue = out.revenue if isinstance(out, SectorCounterfactual) else np.zeros(len(codes))
    return {
        "flows": flows,
        "revenue": [{"economy": c, "usd_mn": float(revenue[codes.index(c)])} for c in solver.dyad],
        "income": [{"economy": c, "pct": settled(welfare[c])} for c in solver.dyad],
        "elsewhere": [{"economy": c, "pct": welfare[c], "sales_usd_mn": diversion[c]} for c in elsewhere],
        "certificate": {
            "status": out.report.status.value,
            "residual_usd_mn": out.report.residual,
            "iterations": out.report.iterations,
            "ms": 1e3 * out.report.seconds,
        },
    }


def _spans(cases: Sequence[tuple[int, str]]) -> str:
    """Years by GDP case, those that follow one another as a span: ``2000-2021 (published), 2020 (high)``."""
    spans: list[list[Any]] = []
    for year, case in sorted(cases, key=lambda one: (one[1], one[0])):
        if spans and spans[-1][1] == year - 1 and spans[-1][2] == case:
            spans[-1][1] = year
        else:
            spans.append([year, year, case])
    return ", ".join(f"{a}-{b} ({c})" if a != b else f"{a} ({c})" for a, b, c in spans)


def settled(value: float) -> float:
    """A percent without what the arithmetic leaves of nothing."""
    return 0.0 if abs(value) < NOTHING else float(value)


@lru_cache(maxsize=64)
def _baseline(solver: DeskSolver, year: int, case: str, ratio: float) -> Baseline:
    found = solver.accounts.one(year, case, ratio)
    if found is None:
        raise SpecificationError(f"There is no baseline for {year} with GDP '{case}'.")
    return found


AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def finite(value: Any) -> Any:
    """The same tree with plain numbers, and nothing where a number is none."""
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else None
    if kind in AS_THEY_ARE:
        return value
    if isinstance(value, dict):
        return {k: v if type(v) in AS_THEY_ARE else finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
