"""From a panel to baseline economies: flows of one year, GDP with its range, internal trade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente.economies import ROW
from detente.equilibrium import Economy, internal_trade
from detente.errors import MissingInternalTrade
from detente.panel import Panel
from detente.study.gdp_file import read_gdp
from detente.study.spec import Equilibrium, Spec


@dataclass(frozen=True, slots=True)
class Baseline:
    """One baseline economy and what it assumes.

    Attributes
    ----------
    economy : the checked square economy.
    year : its year.
    gdp_case : ``published``, or ``low``/``high`` end of a stated range.
    internal_ratio : gross output over GDP; NaN where the panel has internal trade itself.
    """

    economy: Economy
    year: int
    gdp_case: str
    internal_ratio: float


def baselines(panel: Panel, spec: Spec, folder: Path) -> Iterator[Baseline]:
    """Every baseline the study asks for: years x ends of the GDP range x ratios of output to GDP.

    Raises
    ------
    MissingInternalTrade
        An economy of the dyad has neither internal trade, nor GDP, nor a stated range.
    """
    panel = _with_gdp(panel, spec, folder)
    plan = spec.equilibrium
    for year in plan.years:
        t = panel.year_index(year)
        if np.isfinite(np.diagonal(panel.flows[t])).all():
            yield Baseline(Economy.from_arrays(panel.economies, panel.flows[t], year=year), year, "published", np.nan)
            continue
        for case, gdp in _gdp_cases(panel, t, plan):
            known = np.isfinite(gdp)
            _dyad_is_known(panel, spec, known, year)
            codes = [c for c, k in zip(panel.economies, known) if k]
            for ratio in plan.internal_ratio:
                flows = panel.flows[t][np.ix_(known, known)].copy()
                np.fill_diagonal(flows, 0.0)
                own = internal_trade(gdp[known], flows.sum(axis=1), ratio=ratio, economies=codes)
                np.fill_diagonal(flows, own)
                yield Baseline(Economy.from_arrays(codes, flows, year=year), year, case, ratio)


def _gdp_cases(panel: Panel, t: int, plan: Equilibrium) -> list[tuple[str, np.ndarray]]:
    """The GDP vector of a year, or both ends where a range fills a gap."""
    gdp, year = panel.gdp[t], panel.years[t]
    ranges = [g for g in plan.gdp if g.year == year and g.economy in panel.economies]
    ranges = [g for g in ranges if not np.isfinite(gdp[panel.index(g.economy)])]
    if not ranges:
        return [("published", gdp)]
    cases = []
    for case in ("low", "high"):
        filled = gdp.copy()
        for g in ranges:
            filled[panel.index(g.economy)] = g.low_usd_mn if case == "low" else g.high_usd_mn
        cases.append((case, filled))
    return cases


def _dyad_is_known(panel: Panel, spec: Spec, known: np.ndarray, year: int) -> None:
    for code in (spec.study.origin, spec.study.destination):
        if not known[panel.index(code)]:
            raise MissingInternalTrade(
                f"There is no GDP for {code} in {year}, so its internal trade is unknown.",
                where="study.toml: equilibrium.years",
                why="A counterfactual needs what each economy sells to itself.",
                fix=f"Add an [[equilibrium.gdp]] entry for {code} and {year} with low_usd_mn, high_usd_mn and its "
                "source, or leave that year out of equilibrium.years.",
            )


def _with_gdp(panel: Panel, spec: Spec, folder: Path) -> Panel:
    """The panel with GDP: its own, the study's file, or the embedded one's after merging the rest."""
    if spec.panel.gdp is not None:
        return panel.with_gdp(read_gdp(folder / spec.panel.gdp, panel))
    if panel.gdp is not None or np.isfinite(np.diagonal(panel.flows, axis1=1, axis2=2)).any():
        return panel
    from detente.panel import embedded_panel

    small = embedded_panel()
    kept = [e for e in small.economies if e != ROW]
    dyad = (spec.study.origin, spec.study.destination)
    if not set(dyad) <= set(kept) or not set(kept) <= set(panel.economies):
        raise MissingInternalTrade(
            f"The panel '{panel.name}' has no internal trade, and the GDP that ships with détente is of {len(kept)} economies "
            f"and the rest of the world; the panel and these have to hold {dyad[0]}, {dyad[1]} and all the {len(kept)}.",
            why="A counterfactual needs what each economy sells to itself.",
            fix="Give a CSV with columns economy, year, gdp_usd_mn as gdp under [panel] in study.toml.",
        )
    shared = [y for y in panel.years if y in small.years]
    merged = panel.only(shared).aggregate(kept)
    return merged.with_gdp(small.only(shared).gdp)
