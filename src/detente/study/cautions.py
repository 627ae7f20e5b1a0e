"""What is allowed in ``study.toml`` but probably unintended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from detente.economies import name_of
from detente.errors import DetenteError, Problem, first_five
from detente.panel import Panel
from detente.study.gdp_file import read_gdp
from detente.study.panel_files import file_named
from detente.study.panel_fit import silent_directions
from detente.study.spec import Spec

FILE = "study.toml"


def cautions_of(spec: Spec, folder: Path, open_panel: Callable[[], Panel]) -> list[Problem]:
    """What may mislead a study's reader, and what its own panel cannot give; empty if there is none.

    Parameters
    ----------
    folder : the study's, where its GDP file stands.
    open_panel : gives the panel that the study names, or raises.
    """
    if not spec.has_panel:
        return _nothing_to_compute_from(spec)
    found = [*_episodes(spec), *(_elasticity(spec) or _without_years(spec)), *_windows(spec)]
    try:
        panel = open_panel()
    except DetenteError as error:
        return [*found, Problem(FILE, None, "panel.use", error.what, "Run with --data PATH, or fix it.")]
    return [*found, *_gdp(spec, folder, panel), *_files(spec, folder), *_outside(spec, panel)]


def _nothing_to_compute_from(spec: Spec) -> list[Problem]:
    """Scenarios of a study on its record alone."""
    if not spec.scenarios:
        return []
    what = 'There are scenarios, and use = "none" under [panel] leaves nothing to solve them on.'
    return [Problem(FILE, None, "scenarios", what, "Name a panel, or take the scenarios out.")]


def _gdp(spec: Spec, folder: Path, panel: Panel) -> Iterator[Problem]:
    if spec.panel.gdp is None:
        return
    try:
        read_gdp(file_named(folder, spec.panel.gdp), panel)
    except DetenteError as error:
        yield Problem(FILE, None, "panel.gdp", error.what, error.fix)


def _files(spec: Spec, folder: Path) -> Iterator[Problem]:
    """Files that scenarios by sector or with migration need and that are not in the study's folder."""
    table, people = spec.equilibrium.table, spec.equilibrium.people
    named = {} if table is None else {"equilibrium.table.file": table.file, "equilibrium.table.final": table.final}
    for key, name in {**named, "equilibrium.people.file": None if people is None else people.file}.items():
        if name is not None and not (folder / name).is_file():
            yield Problem(FILE, None, key, f"There is no file {name} in the study's folder.", "Put it there.")


def _outside(spec: Spec, panel: Panel) -> Iterator[Problem]:
    """Years and economies that the study names and its panel does not have."""
    first, last = panel.years[0], panel.years[-1]
    span = f"the panel '{panel.name}' runs from {first} to {last}."
    fix = "Choose others, or run with --data PATH and a panel that has them."
    named = [("equilibrium.years", spec.equilibrium.years)]
    named += [(f"episodes ({e.id})", [e.from_year, e.to_year]) for e in spec.episodes]
    if panel.period != "year" and spec.equilibrium.years:
        what = f"Scenarios start from the economies of a year, and the panel '{panel.name}' counts by {panel.period}."
        yield Problem(FILE, None, "equilibrium.years", what, "Leave scenarios to a study on a panel by year.")
        named = named[1:]
    for key, years in named:
        absent = [year for year in years if year not in panel.years]
        if absent:
            yield Problem(FILE, None, key, f"There is no {first_five(absent)}: {span}", fix)
    for a, b in spec.attribution.base_windows:
        if a > last or b < first:
            yield Problem(FILE, None, "attribution.base_windows", f"[{a}, {b}] lies outside: {span}", fix)
        elif set(spec.dyad) <= set(panel.economies):
            yield from _without_trade(spec, panel, (a, b))
    for key in ("suppliers", "markets"):
        absent = [name_of(code) for code in getattr(spec.attribution, key) if code not in panel.economies]
        if absent:
            what = f"The panel '{panel.name}' does not have {first_five(absent)}, which is left out."
            yield Problem(FILE, None, f"attribution.{key}", what, fix)


def _episodes(spec: Spec) -> list[Problem]:
    if spec.episodes:
        return []
    return [Problem(FILE, None, "episodes", "There is none, so a run has no change to explain.", "Add [[episodes]].")]


def _without_trade(spec: Spec, panel: Panel, window: tuple[int, int]) -> Iterator[Problem]:
    """Directions of which nothing will be said on a base window."""
    for origin, destination in silent_directions(panel, spec, window):
        yield Problem(
            FILE, None, "attribution.base_windows",
            f"[{window[0]}, {window[1]}] has no trade from {name_of(origin)} to {name_of(destination)} in the panel "
            f"'{panel.name}': there will be no finding on that direction.",
            "Choose base years with trade, or read the other direction only.",
        )  # fmt: skip


def _without_years(spec: Spec) -> list[Problem]:
    if not spec.scenarios or spec.equilibrium.years:
        return []
    what = "There are scenarios and no year whose economies they start from: none will be solved."
    return [Problem(FILE, None, "equilibrium.years", what, "Name one with accounts of both, as years = [2021].")]


def _elasticity(spec: Spec) -> list[Problem]:
    plan = spec.equilibrium
    if not spec.scenarios or plan.central_theta in plan.theta:
        return []
    listed = ", ".join(f"{theta:g}" for theta in plan.theta)
    return [
        Problem(
            FILE, None, "equilibrium.central_theta",
            f"{plan.central_theta:g} is not among theta = [{listed}]: quick runs and the bands use an elasticity "
            "that the table of scenarios does not show.",
            "Add it to theta, or choose one of these.",
        )
    ]  # fmt: skip


def _windows(spec: Spec) -> list[Problem]:
    """Base years fix what is normal; years after an episode began are what it has to explain."""
    return [
        Problem(
            FILE, None, "attribution.base_windows",
            f"[{first}, {last}] reaches into the episode '{episode.id}', which begins after {episode.from_year}: what "
            "it changed would count as normal.",
            f"End the window by {episode.from_year}, or begin the episode later.",
        )
        for first, last in spec.attribution.base_windows
        for episode in spec.episodes
        if last > episode.from_year and first <= episode.to_year
    ]  # fmt: skip
