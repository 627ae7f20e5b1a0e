"""Which years of a dyad are left out, and which before them fix its pair effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.errors import SpecificationError, UsageError
from detente.gravity.engines.dense import Dense


def spans_of_dyads(panel: Dense, masked: Sequence[tuple], both: bool) -> dict[tuple[int, int], list[tuple]]:
    """The spans of years (first, last) to leave out of each dyad; the reverse has those of its own, if any."""
    treated: dict[tuple[int, int], list[tuple]] = {}
    for entry in masked:
        if not isinstance(entry, tuple | list) or len(entry) not in (3, 4):
            raise UsageError(f"masked holds (origin, destination, first_year) or with a last year, not {entry!r}.")
        o, d, first = entry[:3]
        last = entry[3] if len(entry) == 4 else panel.years[-1]
        i, j = panel.economy(o), panel.economy(d)
        if i == j:
            raise SpecificationError(f"{o}→{d} is internal trade, which the fit leaves out.")
        treated.setdefault((i, j), []).append((first, last))
    if both:
        treated |= {(j, i): list(spans) for (i, j), spans in treated.items() if (j, i) not in treated}
    if not treated:
        raise UsageError("masked names no pair.", fix="Give for example masked=[('CAN', 'USA', 2005)].")
    return treated


def base_and_left_out(
    panel: Dense, dyad: tuple[int, int], spans: list[tuple], base: tuple | None
) -> tuple[np.ndarray, np.ndarray]:
    """Base years [t] and left-out years [t] of a dyad."""
    labels = np.array(panel.years)
    if base is not None and (not isinstance(base, tuple | list) or len(base) != 2):
        raise UsageError(f"base is a first and a last year, as in base=(2000, 2004), not {base!r}.")
    name = "→".join(str(panel.economies[k]) for k in dyad)
    out = np.zeros(len(labels), bool)
    for span in spans:
        inside = _between(labels, *span)
        if not inside.any():
            raise SpecificationError(f"No year of the data is in the span {span[0]}-{span[1]} of {name}.")
        out |= inside
    first = labels[out][0]
    in_base = labels < first if base is None else _between(labels, *base)
    if not in_base.any():
        raise SpecificationError(
            f"{name} has no base year before {first}.",
            why="Its pair effect would rest on nothing.",
            fix=f"Mask from a later year; the data start in {panel.years[0]}.",
        )
    if base is not None and (in_base & out).any():
        raise SpecificationError(f"The base {base[0]}-{base[1]} runs into the masked years of {name}.")
    return in_base, out


def _between(labels: np.ndarray, first: Any, last: Any) -> np.ndarray:
    try:
        return (labels >= first) & (labels <= last)
    except TypeError:
        shown = " and ".join(repr(year) for year in dict.fromkeys((first, last)))
        raise UsageError(f"The data have years such as {labels[0]!s}, with which {shown} cannot be compared.") from None
