"""From a panel to baseline economies: flows of one year, GDP with its range, internal trade."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.attribution.words.sentences import named
from detente.economies import ROW
from detente.equilibrium import Economy, internal_trade
from detente.errors import MissingInternalTrade, StudyError
from detente.language import Number, Text, few
from detente.panel import Panel, world_gdp
from detente.panel.accounts import merged_accounts, usable_accounts
from detente.study.gdp_file import read_gdp
from detente.study.panel_files import file_named
from detente.study.spec import Equilibrium, GdpRange, Spec

PUBLISHED = "published"
MIDDLE = "middle"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Baseline:
    """One baseline economy and what it assumes.

    Attributes
    ----------
    economy : the checked square economy.
    year : its year.
    gdp_case : ``published``, or of a stated range the ``low`` or ``high`` end, or the ``middle``.
    internal_ratio : gross output over GDP; NaN where the panel has internal trade itself.
    merged : economies without usable accounts (no GDP, or exports above output), merged into the rest of the world.
    gdp_source : whose GDP it is, and its vintage.
    """

    economy: Economy
    year: int
    gdp_case: str
    internal_ratio: float
    merged: tuple[str, ...] = ()
    gdp_source: str = ""

    @property
    def merged_note(self) -> Text:
        """Which economies were merged, and whose GDP it is, as a sentence."""
        return Text(
            "rows.merged", year=str(self.year), n=Number(str(len(self.merged))), codes=few(map(named, self.merged)),
            source=self.gdp_source or "-", ratio=Number(f"{self.internal_ratio:g}"),
        )  # fmt: skip

    def same_case(self, other: Baseline | None) -> bool:
        """Whether ``other`` is of the same year, GDP case and ratio."""
        if other is None or (self.year, self.gdp_case) != (other.year, other.gdp_case):
            return False
        return self.internal_ratio == other.internal_ratio or math.isnan(self.internal_ratio)


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """What a study's baselines are made of: flows with GDP, and what the study assumes.

    Attributes
    ----------
    panel : with the GDP to use.
    spec : the study's; its ``equilibrium`` names years, ranges of GDP and ratios of output to GDP.
    """

    panel: Panel
    spec: Spec

    def baselines(self) -> Iterator[Baseline]:
        """Every baseline the study asks for; see :func:`baselines`."""
        for year in self.spec.equilibrium.years:
            for case in self.cases(year):
                if case != MIDDLE:
                    yield from self._of_case(year, case, self.spec.equilibrium.internal_ratio)

    def middle(self, year: int) -> Baseline:
        """The middle case of a year: the middle of the GDP range (its geometric mean) and of the ratios."""
        case = MIDDLE if MIDDLE in self.cases(year) else PUBLISHED
        return next(self._of_case(year, case, [middle_ratio(self.spec)]))

    def one(self, year: int, case: str, ratio: float) -> Baseline | None:
        """One baseline by its year, GDP case and ratio of output to GDP; None where that year has no such case."""
        return next(self._of_case(year, case, [ratio]), None) if case in self.cases(year) else None

    def cases(self, year: int) -> tuple[str, ...]:
        """``published``, or ``low``, ``middle`` and ``high`` of a stated range that fills a gap of the panel's GDP."""
        t = self.panel.year_index(year)
        if _has_internal_trade(self.panel, t) or not _ranges(self.panel, t, self.spec.equilibrium):
            return (PUBLISHED,)
        return ("low", MIDDLE, "high")

    def _of_case(self, year: int, case: str, ratios: Sequence[float]) -> Iterator[Baseline]:
        panel, t = self.panel, self.panel.year_index(year)
        if _has_internal_trade(panel, t):
            yield Baseline(Economy.from_arrays(panel.economies, panel.flows[t], year=year), year, PUBLISHED, np.nan)
            return
        gdp = _gdp(panel, t, self.spec.equilibrium, case)
        _dyad_has_gdp(panel, self.spec, gdp, year)
        for ratio in ratios:
            usable = usable_accounts(panel.flows[t], gdp, ratio, panel.economies)
            _dyad_is_usable(panel, self.spec, usable, year, ratio)
            codes, flows, output = merged_accounts(panel.flows[t], gdp, usable, panel.economies, year)
            np.fill_diagonal(flows, internal_trade(output, flows.sum(axis=1), ratio=ratio, economies=codes))
            gone = tuple(c for c, k in zip(panel.economies, usable) if not k and c != ROW)
            economy = Economy.from_arrays(codes, flows, year=year)
            yield Baseline(economy, year, case, ratio, gone, panel.provenance.gdp_of(year))


def accounts(panel: Panel, spec: Spec, folder: Path) -> Accounts:
    """The accounts of a study on a panel: with the panel's GDP or the one that ships, and the study's own file over it.

    Raises
    ------
    MissingInternalTrade
        The panel has neither internal trade nor GDP, and none can be lent to it.
    StudyError
        The panel does not count by year.
    """
    if panel.period != "year":
        raise StudyError(
            f"Scenarios start from the economies of a year, and the panel '{panel.name}' counts by {panel.period}.",
            why="GDP and what an economy sells to itself are known by year.",
            fix="Take [[scenarios]] out of this study, and put them into one on a panel by year."
            if spec.scenarios
            else "Make another study of the two on a panel by year for scenarios.",
        )
    return Accounts(_with_gdp(panel, spec, folder), spec)


def baselines(panel: Panel, spec: Spec, folder: Path) -> Iterator[Baseline]:
    """Every baseline the study asks for: years x ends of the GDP range x ratios of output to GDP.

    Raises
    ------
    MissingInternalTrade
        An economy of the dyad has neither internal trade, nor GDP, nor a stated range, or exports more than it makes;
        or flows of the year are missing between economies that have accounts.
    """
    return accounts(panel, spec, folder).baselines()


def middle_ratio(spec: Spec) -> float:
    """The ratio of gross output to GDP of the middle case: the median of the study's."""
    return float(np.median(spec.equilibrium.internal_ratio))


def _has_internal_trade(panel: Panel, t: int) -> bool:
    return bool(np.isfinite(np.diagonal(panel.flows[t])).all())


def _gdp_of(panel: Panel) -> Floats:
    """GDP ``[t, i]`` of a panel, US$ million; nan throughout where it has none."""
    return np.full(panel.flows.shape[:2], np.nan) if panel.gdp is None else panel.gdp


def _ranges(panel: Panel, t: int, plan: Equilibrium) -> list[GdpRange]:
    """The stated ranges that fill a gap of the panel's GDP in a year."""
    gdp, year = _gdp_of(panel)[t], panel.years[t]
    stated = [g for g in plan.gdp if g.year == year and g.economy in panel.economies]
    return [g for g in stated if not np.isfinite(gdp[panel.index(g.economy)])]


def _gdp(panel: Panel, t: int, plan: Equilibrium, case: str) -> Floats:
    """The GDP vector of a year, with one end or the middle of each range that fills a gap."""
    filled = _gdp_of(panel)[t].copy()
    for g in _ranges(panel, t, plan):
        middle = float(np.sqrt(g.low_usd_mn * g.high_usd_mn))
        filled[panel.index(g.economy)] = {"low": g.low_usd_mn, MIDDLE: middle, "high": g.high_usd_mn}[case]
    return filled


def _dyad_has_gdp(panel: Panel, spec: Spec, gdp: NDArray[np.float64], year: int) -> None:
    for code in spec.dyad:
        if not np.isfinite(gdp[panel.index(code)]):
            raise MissingInternalTrade(
                f"There is no GDP for {code} in {year}, so its internal trade is unknown.",
                where="study.toml: equilibrium.years",
                why="A counterfactual needs what each economy sells to itself.",
                fix=f"Add an [[equilibrium.gdp]] entry for {code} and {year} with low_usd_mn, high_usd_mn and its "
                "source, or leave that year out of equilibrium.years.",
            )


def _dyad_is_usable(panel: Panel, spec: Spec, usable: NDArray[np.bool_], year: int, ratio: float) -> None:
    for code in spec.dyad:
        if not usable[panel.index(code)]:
            raise MissingInternalTrade(
                f"{code} has no usable accounts in {year}: its exports are above {ratio:g} times its GDP, or no flow of it "
                "is on record.",
                where="study.toml: equilibrium.internal_ratio",
                why="Exports are gross sales, and an economy cannot sell more than it makes.",
                fix="Raise the ratio of gross output to GDP, or leave that year out of equilibrium.years.",
            )


def _with_gdp(panel: Panel, spec: Spec, folder: Path) -> Panel:
    """The panel with GDP: its own or the World Bank's that ships, and over it the figures of the study's own file."""
    internal = np.isfinite(np.diagonal(panel.flows, axis1=1, axis2=2)).any()
    if spec.panel.gdp is None and (panel.gdp is not None or internal):
        return panel
    gdp = panel.gdp if panel.gdp is not None else world_gdp(panel.economies, panel.years)
    known = panel.provenance.gdp or "World Bank WDI"
    if spec.panel.gdp is not None:
        own = read_gdp(file_named(folder, spec.panel.gdp), panel)
        gdp = np.where(np.isfinite(own), own, gdp)
        known = f"{spec.panel.gdp}, {known}"
    return replace(panel, gdp=gdp, provenance=replace(panel.provenance, gdp=known))
