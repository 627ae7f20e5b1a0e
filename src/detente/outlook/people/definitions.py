"""Steps at which a count changed its definition: no growth is read from them, and no forecast is scored across them.

UNHCR's categories were defined anew in some years; where most persons of a corridor changed category the step is in part no
movement, and nobody published which part. It is bridged (taken for no growth) where an earlier level is still needed, and
what would be decided by it alone is refused.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.data import definition_breaks
from detente.panel import Panel

Mask = NDArray[np.bool_]


def changed_steps(panel: Panel) -> Mask:
    """Whether the step to ``[t, i, j]`` from the period before is a change of definition, (T, N, N)."""
    out = np.zeros(panel.flows.shape, dtype=bool)
    if panel.provenance.population != "protected":
        return out
    place, when = ({v: k for k, v in enumerate(values)} for values in (panel.economies, panel.years))
    for step in definition_breaks():
        if step.origin in place and step.destination in place and step.year in when:
            out[when[step.year], place[step.origin], place[step.destination]] = True
    return out


def changed_between(origin: str, destination: str, after: int, until: int) -> tuple[int, ...]:
    """Years in which the count of a corridor changed its definition, after one year and up to another."""
    return tuple(
        step.year for step in definition_breaks()
        if (step.origin, step.destination) == (origin, destination) and after < step.year <= until
    )  # fmt: skip
