"""Does a panel fit a study? Its two economies, its years, and trade between the two to begin from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.economies import name_of
from detente.errors import DataError, first_five
from detente.panel import Panel
from detente.study.spec import Spec


def misfits(panel: Panel, spec: Spec) -> tuple[str, ...]:
    """What the study asks for and the panel does not have, one sentence each; empty where it fits.

    Examples
    --------
    >>> from detente.panel import world
    >>> from detente.study import open_study
    >>> misfits(world().only([2008, 2010]), open_study("colombia-venezuela").spec)[0]
    "The base years 2000-2004 have none of the panel's years."
    """
    return tuple(_misfits(panel, spec))


def _misfits(panel: Panel, spec: Spec) -> Iterator[str]:
    absent = [code for code in spec.dyad if code not in panel.economies]
    for code in absent:
        yield f"{code} ({name_of(code)}) is not among the {len(panel.economies)} economies of the panel."
    for first, last in spec.attribution.base_windows:
        inside = [t for t, year in enumerate(panel.years) if first <= year <= last]
        if not inside:
            yield f"The base years {first}-{last} have none of the panel's years."
        elif not absent and len(silent_directions(panel, spec, (first, last))) == 2:
            a, b = spec.dyad
            yield f"The panel records no trade from {a} to {b} in the base years {first}-{last}, nor back."
    for episode in spec.episodes:
        missing = [year for year in (episode.from_year, episode.to_year) if year not in panel.years]
        if missing:
            yield f"The episode '{episode.id}' needs {first_five(missing)}."
    missing = [year for year in spec.equilibrium.years if year not in panel.years]
    if missing and spec.scenarios:
        yield f"The scenarios need {first_five(missing)}."


def silent_directions(panel: Panel, spec: Spec, window: tuple[int, int]) -> list[tuple[str, str]]:
    """The directions, of the two, without recorded trade in the base years ``window``."""
    inside = [t for t, year in enumerate(panel.years) if window[0] <= year <= window[1]]
    return [d for d in spec.directions if not np.nansum(panel.flow(*d)[inside]) > 0]


def require_fit(panel: Panel, spec: Spec) -> None:
    """Raise with everything the study asks for that the panel does not have.

    Raises
    ------
    DataError
    """
    found = misfits(panel, spec)
    if found:
        raise DataError(
            f"The panel '{panel.name}' ({len(panel.economies)} economies, {panel.years[0]}-{panel.years[-1]}) does not "
            f"fit the study '{spec.study.id}'. {' '.join(found)}",
            why="A page that leaves these out would answer another question than the study's.",
            fix="Give a panel that has them, or change base_windows, episodes and equilibrium.years in study.toml.",
        )
