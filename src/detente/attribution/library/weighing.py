"""How much every case counts in a forecast, and where its outcome would put the flow that is asked about.

A measure is what a rupture stops (its scope: all trade, a land border, part of trade) where that is told, else its
instrument. The n cases of the same measure share the weight n / (n + k), all cases the rest; k is estimated from the
cases after a rupture (:mod:`.shrinkage`; about 1, and taken to be no less than ``FEWEST_POOL``) and ``POOL`` after a
reopening, where measures hardly differ and it cannot be.
Cases count the more, the more alike their flow was in size (after a rupture) or their gap (after a reopening). Gaps are
compared, and the difference of two is carried over, on the scale sign(gap) log(1 + |gap|): what divides a gap of -0.2 from
none stays, what divides one of -6 from one of -5 hardly does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.catalogue import SCOPES
from detente.attribution.library.expected_paths import CAP, ObservedOutcome
from detente.attribution.library.shrinkage import credibility_constant, own_weight

Floats = NDArray[np.float64]

POOL = 8.0  #: after a reopening: cases of one measure that weigh as much as all together
FEWEST_POOL = 2.0  #: after a rupture: the same is never taken to be fewer, whatever is estimated
SPREAD = 0.3  #: log points; an ordinary dyad's standard deviation over two years or so
AFTER_GAP = (0.2, 0.05)  #: log points after a reopening, and more for every log point of the gap
ALIKE_FLOW = 2.0  #: log points; how alike two flows must be in size
ALIKE_GAP = 0.7  #: how alike two gaps must be: about half or twice as large
ALMOST_NONE = 1e-6  #: what the most unlike case still weighs


@dataclass(frozen=True, slots=True)
class AskedForecast:
    """What a forecast is asked about.

    Attributes
    ----------
    kind, instrument : str
    before : float
        Residual in the year before, log points.
    scope : str
        Empty where it is not told.
    flow : float
        Million US$ in the year before the rupture; nan where it is not told.
    """

    kind: str
    instrument: str
    before: float
    scope: str
    flow: float

    @property
    def measure(self) -> str:
        return self.scope or self.instrument

    def measures(self, known: Sequence[ObservedOutcome]) -> list[str]:
        """Of every case; the instruments alone where the scope of one that has several is not told."""
        fine = bool(self.scope) or self.instrument not in SCOPES
        return [(o.scope or o.instrument) if fine else o.instrument for o in known]

    @property
    def spread(self) -> float:
        """Standard deviation of what an ordinary dyad adds, log points."""
        return SPREAD if self.kind == "rupture" else AFTER_GAP[0] + AFTER_GAP[1] * abs(self.before)


@dataclass(frozen=True, slots=True)
class Weighed:
    """The cases as a sample: where each puts the flow (m,), what it weighs (m,; sums to 1), whether nothing was recorded.

    ``n_same`` and ``n_other`` count the cases of the same measure and the others.
    """

    centres: Floats
    weights: Floats
    zero: Floats
    n_same: int
    n_other: int


def weighed(asked: AskedForecast, known: Sequence[ObservedOutcome], *, pooled: bool = False) -> Weighed:
    """Every outcome ``known`` with its weight; with ``pooled`` every case of the library alike, as it came out."""
    measures = asked.measures(known)
    same = np.array([m == asked.measure for m in measures])
    cases = [o.case_id for o in known]
    n_same = len({c for c, mine in zip(cases, same) if mine})
    count = Counter(cases)
    weights, centres = np.array([1.0 / count[c] for c in cases]), np.array([o.value for o in known])
    share = 0.0
    if not pooled:
        weights, centres = _alike(asked, known, weights, centres)
        k = POOL
        if asked.kind == "rupture":
            k = max(credibility_constant(_case_means(known, measures)), FEWEST_POOL)
        share = own_weight(n_same, k) if n_same else 0.0
    of_all = (1 - share) * weights / weights.sum()
    of_same = share * weights * same / (weights @ same) if share else 0.0
    zero = np.array([float(o.zero) for o in known])
    return Weighed(np.maximum(centres, CAP), of_all + of_same, zero, n_same, len(count) - n_same)


def _alike(
    asked: AskedForecast, known: Sequence[ObservedOutcome], weights: Floats, centres: Floats
) -> tuple[Floats, Floats]:
    """Weights and centres once cases that were alike count more, and the difference of the gaps is carried over."""
    if asked.kind == "reopening":
        apart = _squeezed(asked.before) - _squeezed(np.array([o.before for o in known]))
        return weights * _kernel(apart / ALIKE_GAP), centres + apart
    if np.isnan(asked.flow):
        return weights, centres
    size = np.log([o.flow for o in known])
    size = np.where(np.isnan(size), np.nanmedian(size) if not np.isnan(size).all() else np.log(asked.flow), size)
    return weights * _kernel((size - np.log(asked.flow)) / ALIKE_FLOW), centres


def _kernel(apart: Floats) -> Floats:
    return np.exp(-0.5 * apart**2) + ALMOST_NONE


def _squeezed(gap: Floats | float) -> Floats:
    return np.sign(gap) * np.log1p(np.abs(gap))


def _case_means(known: Sequence[ObservedOutcome], measures: Sequence[str]) -> list[list[float]]:
    """Mean outcome of every case, by measure."""
    values: dict[tuple[str, str], list[float]] = {}
    for o, measure in zip(known, measures):
        values.setdefault((measure, o.case_id), []).append(o.value)
    groups: dict[str, list[float]] = {}
    for (measure, _), of_case in values.items():
        groups.setdefault(measure, []).append(float(np.mean(of_case)))
    return list(groups.values())
