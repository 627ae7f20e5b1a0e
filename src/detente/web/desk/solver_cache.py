"""The bench behind the scenario desk: baselines and residuals of a study, and the exact solve of a setting."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.equilibrium import solve
from detente.errors import DetenteError, MissingInternalTrade, SpecificationError, UnbalancedAccounts
from detente.run.baseline import Baseline, baselines
from detente.run.scenarios import effects
from detente.study import Study
from detente.web.desk.levers import CLOSED
from detente.web.desk.settings import Setting

if TYPE_CHECKING:
    from detente.equilibrium import Counterfactual
    from detente.panel import Panel
    from detente.study.spec import Scenario

MOST_SHOWN = 8  # third economies listed with what they win or lose


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A study made ready for solving.

    Attributes
    ----------
    study, panel : what it is about and its flows.
    levels : (origin, destination, year, base window) to the residual, low and high end of its placebo band.
    cases : (year, GDP case) that have a baseline.
    """

    study: Study
    panel: Panel
    levels: dict[tuple[str, str, int, tuple[int, int]], tuple[float, float, float]]
    cases: tuple[tuple[int, str], ...]

    @property
    def dyad(self) -> tuple[str, str]:
        return self.study.spec.dyad

    @property
    def window(self) -> tuple[int, int]:
        return tuple(self.study.spec.attribution.base_windows[0])

    def residual(self, origin: str, destination: str, year: int, base: Any = None) -> float | None:
        """The pair's residual, log points, on the headline window unless another is given."""
        found = self.levels.get((origin, destination, year, tuple(base or self.window)))
        return found[0] if found else None

    def spread(self, year: int) -> tuple[float, float]:
        """Standard deviations of the two residuals, read from the 5-95% range of comparable pairs."""
        out = []
        for origin, destination in (self.dyad, self.dyad[::-1]):
            _, low, high = self.levels.get((origin, destination, year, self.window), (0.0, math.nan, math.nan))
            out.append((high - low) / 3.29 if math.isfinite(high - low) else 0.0)
        return out[0], out[1]

    def default(self) -> Setting:
        """The setting the desk opens with: the study's last baseline year, and its central choices."""
        plan = self.study.spec.equilibrium
        wanted = [case for case in self.cases if case[0] in plan.years] or list(self.cases)
        year, case = wanted[-1]
        return Setting(year, case, plan.internal_ratio[-1], plan.central_theta, deficits=plan.deficits[0])

    def of_scenario(self, scenario: Scenario, setting: Setting) -> Setting:
        """A scenario of the study as a setting of the desk, on the baseline of ``setting``."""
        shock = effects(scenario, self.dyad, setting.year, self.residual)
        there, back = (shock.get(d, 0.0) for d in (self.dyad, self.dyad[::-1]))
        bare = {"year": setting.year, "gdp_case": setting.gdp_case, "ratio": setting.ratio}
        bare |= {"theta": setting.theta, "psi": setting.psi, "deficits": setting.deficits}
        if CLOSED in (there, back):
            return Setting(**bare, effects={"goods": CLOSED})
        return Setting(**bare, there=round(there, 4), back=round(back, 4))

    def baseline(self, setting: Setting) -> Baseline:
        """The baseline economy a setting starts from.

        Raises
        ------
        SpecificationError
            There is none for that year and GDP case.
        """
        if (setting.year, setting.gdp_case) not in self.cases:
            known = ", ".join(f"{y} ({c})" for y, c in self.cases)
            raise SpecificationError(
                f"There is no baseline for {setting.year} with GDP '{setting.gdp_case[:20]}'.",
                fix=f"At hand are: {known}.",
            )
        return _baseline(self, setting.year, setting.gdp_case, setting.ratio)

    def solve(self, setting: Setting) -> Counterfactual:
        """The exact counterfactual of a setting."""
        there, back = setting.totals()
        base = self.baseline(setting).economy
        shock = {self.dyad: there, self.dyad[::-1]: back} if (there, back) != (0.0, 0.0) else {}
        return solve(base, shock, theta=setting.theta, supply_elasticity=setting.psi, deficits=setting.deficits)


def outcome(bench: Bench, out: Counterfactual) -> dict[str, Any]:
    """What a reader sees of a solved setting: the two flows, real incomes, winners and losers elsewhere."""
    codes, base = out.economies, out.baseline
    flows = [
        {"from": a, "to": b, "before": base.flow(a, b), "after": out.flow(a, b)}
        for a, b in (bench.dyad, bench.dyad[::-1])
    ]
    welfare = out.welfare_pct
    elsewhere = sorted((c for c in codes if c not in bench.dyad), key=lambda c: -abs(welfare[c]))[:MOST_SHOWN]
    diversion = dict.fromkeys(elsewhere, 0.0)
    for a, b in (bench.dyad, bench.dyad[::-1]):
        moved = out.diversion(a, b)
        for code in elsewhere:
            diversion[code] += moved[code]
    return {
        "flows": flows,
        "income": [{"economy": c, "pct": welfare[c]} for c in bench.dyad],
        "elsewhere": [{"economy": c, "pct": welfare[c], "sales_usd_mn": diversion[c]} for c in elsewhere],
        "certificate": {
            "status": out.report.status.value,
            "residual_usd_mn": out.report.residual,
            "iterations": out.report.iterations,
            "ms": 1e3 * out.report.seconds,
        },
    }


@lru_cache(maxsize=64)
def _baseline(bench: Bench, year: int, case: str, ratio: float) -> Baseline:
    for base in _baselines_of(bench.study, bench.panel, year, ratio):
        if base.gdp_case == case:
            return base
    raise SpecificationError(f"There is no baseline for {year} with GDP '{case}'.")


def _baselines_of(study: Study, panel: Panel, year: int, ratio: float) -> Iterator[Baseline]:
    plan = study.spec.equilibrium.model_copy(update={"years": [year], "internal_ratio": [ratio]})
    yield from baselines(panel, study.spec.model_copy(update={"equilibrium": plan}), study.folder)


def open_bench(study: Study) -> Bench:
    """The bench of a study, made once for one state of its files."""
    return _once("bench", study, _make)


def open_panel(study: Study) -> Panel:
    """The panel of a study, read once for one state of its files."""
    return _once("panel", study, Study.panel)


def _once(what: str, study: Study, make: Callable[[Study], Any]) -> Any:
    """What ``make`` gives for a study, kept until its ``study.toml`` or the panel it names changes."""
    stamp = _stamp(study)
    with _LOCK:
        kept = _KEPT.get((what, study.folder))
        if kept is None or kept[0] != stamp:
            while len(_KEPT) >= MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)))
            kept = _KEPT[what, study.folder] = (stamp, make(study))
        return kept[1]


def _stamp(study: Study) -> tuple[int, ...]:
    """When the files behind a study's desks were last written, and which panel stands in for its own."""
    named = [study.spec.panel.use if study.spec.panel.use != "embedded" else None, study.spec.panel.gdp]
    files = [study.folder / "study.toml", *(study.folder / name for name in named if name)]
    return (id(study.given), *(path.stat().st_mtime_ns if path.exists() else 0 for path in files))


MOST_KEPT = 16
_LOCK = threading.RLock()
_KEPT: dict[tuple[str, Path], tuple[tuple[int, ...], Any]] = {}


def _make(study: Study) -> Bench:
    panel = open_panel(study)
    ratio = max(study.spec.equilibrium.internal_ratio, default=1.0)
    cases: list[tuple[int, str]] = []
    reasons: dict[str, None] = {}
    for year in panel.years:
        try:
            cases += [(year, b.gdp_case) for b in _baselines_of(study, panel, year, ratio)]
        except (MissingInternalTrade, UnbalancedAccounts) as missing:
            reasons[str(missing)] = None
    if not cases:
        raise MissingInternalTrade(
            f"No year of the panel '{panel.name}' has what a scenario needs. {next(reversed(reasons), '')}"
        )
    return Bench(study, panel, _levels(study, panel), tuple(cases))


def _levels(study: Study, panel: Panel) -> dict[tuple[str, str, int, tuple[int, int]], tuple[float, float, float]]:
    """Residuals with their placebo bands; none where the panel has no trade to compute them from."""
    from detente.attribution import attribute

    windows = [tuple(w) for w in study.spec.attribution.base_windows]
    try:
        found = attribute(panel, *study.spec.dyad, [(panel.years[0], panel.years[-1])], windows)
    except DetenteError:
        return {}  # the desk still takes stated effects
    bands = {id(x): (x.standing.low, x.standing.high) if x.standing else (math.nan, math.nan) for x in found.levels}
    return {
        (x.exporter, x.importer, x.year, x.base): (x.log_ratio, *bands[id(x)])
        for x in found.levels
        if math.isfinite(x.log_ratio)
    }


def finite(value: Any) -> Any:
    """The same tree with plain numbers, and nothing where a number is none."""
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
