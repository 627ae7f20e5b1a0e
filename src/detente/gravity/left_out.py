"""One tensor fitted again and again, each time without some dyads in some years.

The margins of all cells and their gaps are found once; leaving a dyad out changes a few sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import NotConverged
from detente.gravity.engines.cells import Margins, NearlyAll, Scales
from detente.gravity.engines.margins import margins_of, scaled, starting_scales
from detente.gravity.engines.threads import one_blas_thread

TOL, MAX_SWEEPS = 1e-9, 2000


@dataclass(frozen=True, slots=True)
class WholeTensor:
    """All the cells of a three-way fit.

    Attributes
    ----------
    flows : (T, N, N) array, 0 in the cells that are not used.
    used : (T, N, N) bool
    margins : Margins
        Their sums.
    counts : Margins
        How many cells each of the sums has.
    few : NearlyAll or None
        The gaps, where they are few.
    """

    flows: np.ndarray
    used: np.ndarray
    margins: Margins
    counts: Margins
    few: NearlyAll | None

    @classmethod
    def of(cls, flows: np.ndarray, used: np.ndarray) -> WholeTensor:
        """Of flows [t, i, j], non-negative where ``used`` [t, i, j]."""
        flows = np.where(used, flows, 0.0)
        margins = margins_of(flows)
        return cls(flows, used, margins, Margins(used.sum(2), used.sum(1), used.sum(0)), NearlyAll.of(used, margins))

    @one_blas_thread
    def fit(self, dyads: Sequence[tuple[int, int]] = (), kept: slice = slice(0)) -> tuple[Scales, np.ndarray]:
        """Scales of the fit without ``dyads`` except in the years ``kept``, and the cells used (T, N, N).

        Scales are nan where no cell is used and 0 where all flows are zero; they are the fit of
        :func:`detente.gravity.fit_margins` on the same cells.

        Raises
        ------
        NotConverged
            The sweeps ran out.
        """
        years = np.delete(np.arange(len(self.flows)), kept)
        used = self.used.copy()
        for i, j in dyads:
            used[years, i, j] = False
        margins = self._margins(dyads, years, kept)
        few = self._few(dyads, years)
        found, sweeps, change, gap = scaled(
            few, used, margins, starting_scales(margins), tol=TOL, max_sweeps=MAX_SWEEPS
        )
        if change > TOL:
            raise NotConverged(
                f"The three-way margins were not met after {sweeps} sweeps.",
                state=found, why=f"The largest relative gap of a margin is {gap:.1e}.",
            )  # fmt: skip
        counts = self._counts(dyads, years)
        a, g, p = (
            np.where(n > 0, level, np.nan)
            for n, level in zip((counts.a, counts.g, counts.p), (found.a, found.g, found.p))
        )
        return Scales(a, g, p), used

    def _margins(self, dyads: Sequence[tuple[int, int]], years: np.ndarray, kept: slice) -> Margins:
        """Added up again where a cell is left out, so that a sum of nothing is exactly zero."""
        a, g, p = (m.copy() for m in (self.margins.a, self.margins.g, self.margins.p))
        for i in {i for i, _ in dyads}:
            rows = self.flows[years, i]
            rows[:, [j for k, j in dyads if k == i]] = 0.0
            a[years, i] = rows.sum(1)
        for j in {j for _, j in dyads}:
            columns = self.flows[years, :, j]
            columns[:, [i for i, k in dyads if k == j]] = 0.0
            g[years, j] = columns.sum(1)
        for i, j in dyads:
            p[i, j] = self.flows[kept, i, j].sum()
        return Margins(a, g, p)

    def _counts(self, dyads: Sequence[tuple[int, int]], years: np.ndarray) -> Margins:
        a, g, p = (m.copy() for m in (self.counts.a, self.counts.g, self.counts.p))
        for i, j in dict.fromkeys(dyads):
            gone = self.used[years, i, j]
            a[years, i] -= gone
            g[years, j] -= gone
            p[i, j] -= gone.sum()
        return Margins(a, g, p)

    def _few(self, dyads: Sequence[tuple[int, int]], years: np.ndarray) -> NearlyAll | None:
        if self.few is None:
            return None
        parts = [self.few.gaps]
        for i, j in dict.fromkeys(dyads):
            gone = years[self.used[years, i, j]]
            parts.append((gone, np.full(len(gone), i), np.full(len(gone), j)))
        t, i, j = (np.concatenate(axis) for axis in zip(*parts))
        return NearlyAll((t, i, j))
