"""The part of a dyad's residual that goes with dated measures, with a placebo band.

The dyad's residual path is regressed on the states of its measures (border closed,
payments frozen, relations broken: each the share of the year in force). With one dyad
and few years the fit is a description; what it is worth is read from placebos, to whose
paths the same calendar of states is applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import Standing, stand
from detente.errors import NotIdentified, SpecificationError, UnknownColumn

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeasuresPart:
    """What of a change goes with the measures' calendar.

    Attributes
    ----------
    names : tuple of str
        Measures that vary over the years.
    effects : (K,) array
        Log points of a full year in force.
    value : float
        Sum of effect times change of state over the episode, log points.
    rest : float
        The dyad's part less ``value``.
    standing : Standing
        ``value`` among the placebos.
    dropped : tuple of str
        Measures that never change in the panel's years.
    """

    names: tuple[str, ...]
    effects: Floats
    value: float
    rest: float
    standing: Standing
    dropped: tuple[str, ...]


def measures_part(
    path: Floats, states: Mapping[str, Sequence[float] | Floats], start: int, end: int, placebo_paths: Floats
) -> MeasuresPart:
    """Regress a residual path on states and read the change over an episode.

    Parameters
    ----------
    path : (T,) array
        The dyad's residual, log points; years without one are left out.
    states : mapping of name to (T,) values
        0 not in force, 1 in force all year.
    start, end : int
        Positions of the episode's years.
    placebo_paths : (n, T) array
        Residuals of comparable pairs.

    Raises
    ------
    NotIdentified
        The states cannot be told apart, or there are too few years.
    SpecificationError
        No measure changes within the panel's years.

    Examples
    --------
    >>> path = np.array([0.0, 0.1, -0.1, -1.0, -1.1, -0.9])
    >>> noise = np.random.default_rng(0).normal(scale=0.2, size=(99, 6))
    >>> part = measures_part(path, {"closed": [0, 0, 0, 1, 1, 1]}, 2, 3, noise)
    >>> round(part.value, 2), round(part.standing.share, 2)
    (-1.0, 0.01)
    """
    matrix = {name: np.asarray(values, dtype=float) for name, values in states.items()}
    for name, values in matrix.items():
        if values.shape != path.shape or np.isnan(values).any():
            raise SpecificationError(
                f"The states of '{name}' do not cover every year of the panel.",
                fix="Give one number between 0 and 1 for each year.",
            )
    known = np.isfinite(path)
    names = tuple(n for n, v in matrix.items() if np.ptp(v[known]) > 0)
    dropped = tuple(n for n in matrix if n not in names)
    if not names:
        raise SpecificationError("No measure changes within the panel's years.", fix="Hand in states that do.")
    design = np.column_stack([np.ones(len(path)), *(matrix[n] for n in names)])
    if np.linalg.matrix_rank(design[known]) < design.shape[1] or known.sum() <= design.shape[1]:
        raise NotIdentified(
            f"The measures {', '.join(names)} cannot be told apart in {int(known.sum())} years.",
            why="They come into force together, or there are as many as years.",
            fix="Merge measures that share their dates.",
        )
    solver = np.linalg.pinv(design[known])
    coefficients = solver @ path[known]
    change = design[end] - design[start]
    whole = placebo_paths[np.isfinite(placebo_paths[:, known]).all(axis=1)]
    value = float(change @ coefficients)
    standing = stand(value, whole[:, known] @ solver.T @ change)
    rest = float(path[end] - path[start] - value)
    return MeasuresPart(names, coefficients[1:], value, rest, standing, dropped)


SIDES = ("origin", "destination", "exporter", "importer")


def states_of(frame: Any, origin: str, destination: str, years: Sequence[int]) -> dict[str, Floats]:
    """The states of one direction from a frame of states by year.

    Parameters
    ----------
    frame : data frame
        ``year`` and one column a measure, between 0 and 1; ``origin`` and ``destination`` (or ``exporter`` and
        ``importer``) where the measures differ by direction. Years that are not named count as "not in force".
    origin, destination : str
    years : sequence of int
        Of the panel.

    Returns
    -------
    dict of name to (T,) array
    """
    frame = nw.from_native(frame, eager_only=True)
    if "year" not in frame.columns:
        raise UnknownColumn.named("year", frame.columns, where="the frame of states")
    measures = [c for c in frame.columns if c not in ("year", *SIDES)]
    for side, code in zip(SIDES, (origin, destination) * 2):
        if side in frame.columns:
            frame = frame.filter(nw.col(side) == code)
    at = {year: t for t, year in enumerate(years)}
    states = {name: np.zeros(len(years)) for name in measures}
    for row in frame.iter_rows(named=True):
        if row["year"] in at:
            for name in measures:
                states[name][at[row["year"]]] = row[name]
    return states
