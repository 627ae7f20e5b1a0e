"""A sector whose regressors stay rows, for the few steps near the solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import iadd

import numpy as np

from detente.gravity.design import Design
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.margins import starting_scales
from detente.gravity.engines.projection import Sums, TensorProjector
from detente.gravity.engines.sectors.sector_tensor import MAX_INDEX, SectorTensor, margins_of_sector
from detente.gravity.engines.threads import halves, side_by_side, stretches


@dataclass(slots=True)
class SectorOfRows(SectorTensor):
    """A sector whose regressors stay rows, ``X`` [k, n], for the few steps near the solution.

    On the cells of a tensor that is half empty they would take twice the memory. A column is put there when its sums
    are made. layout : where the rows lie; flow, prior : [n] of the rows, the latter None where it is one
    """

    layout: Layout = field(kw_only=True)
    flow: np.ndarray = field(kw_only=True)
    prior: np.ndarray | None = field(kw_only=True)

    @classmethod
    def of_rows(cls, design: Design, layout: Layout) -> SectorOfRows:
        """Of a design on a tensor of one sector."""
        flow, prior = design.y, design.weights
        if prior is not None:
            flow = flow * prior
        if design.offset is not None:
            prior = np.exp(design.offset) if prior is None else prior * np.exp(design.offset)
        y, weight = layout.spread(flow, layout.cells())[0], layout.cells()[0]
        margins = margins_of_sector(y, layout.pairs)
        return cls(
            y, layout.occupied()[0], design.X, layout.pairs, margins, starting_scales(margins), np.empty_like(y), weight,
            layout=layout, flow=flow, prior=prior,
        )  # fmt: skip

    def _weigh(self, coef: np.ndarray) -> float:
        index = coef @ self.X
        np.clip(index, -MAX_INDEX["d"], MAX_INDEX["d"], out=index)
        along = float(np.vdot(self.flow, index))
        np.exp(index, out=index)
        self.layout.spread(index if self.prior is None else index * self.prior, self.weight)
        return along

    def _fitted_rows(self) -> np.ndarray:
        return self.layout.gather([self.mu])

    def gradient(self) -> np.ndarray:
        """See :meth:`SectorTensor.gradient`."""
        product = self.X @ (self.flow - self._fitted_rows())
        return product if self.last_removed is None else product - self._from_gaps(self.projector, self.last_removed)

    def _moments(self) -> tuple[Sums, np.ndarray, np.ndarray]:
        k, mu = len(self.X), self._fitted_rows()

        def over(rows: slice) -> np.ndarray:
            gram = np.zeros((k, k))
            for some in stretches(rows.stop - rows.start, rows.start):
                part = self.X[:, some]
                gram += (part * mu[some]) @ part.T
            return gram

        gram = reduce(iadd, side_by_side(over, halves(len(mu), self.X.size)))
        return self._sums(mu), gram, self.X @ (self.flow - mu)

    def _sums(self, weight: np.ndarray) -> Sums:
        """Weighted sums of the regressors, the weights by row [n]."""
        k, (years, n, m) = len(self.X), self.y.shape
        sums = Sums(np.empty((k, years, n)), np.empty((k, years, m)), np.zeros((k, n, m)))
        pieces = halves(k, self.X.size)
        rooms = [self.layout.cells()[0] for _ in pieces]

        def over(piece: tuple[slice, np.ndarray]) -> None:
            columns, cells = piece
            for column in range(columns.start, columns.stop):
                self.layout.spread(self.X[column] * weight, cells)
                np.matmul(cells, np.ones(m), out=sums.a[column])
                np.matmul(np.ones(n), cells, out=sums.g[column])
                if self.pairs:
                    np.sum(cells, axis=0, out=sums.p[column])

        side_by_side(over, list(zip(pieces, rooms)))
        return sums

    def sample_moments(self, tol: float) -> tuple[np.ndarray, np.ndarray]:
        """See :meth:`SectorTensor.sample_moments`."""
        projector = TensorProjector(self.base.astype(float), self.pairs)
        removed = projector.effects(self.X, tol=tol, sums=self._sums(np.ones(len(self.flow))))
        left = np.empty_like(self.X)
        self.layout.less(self.X, [[removed]], left, slice(0, len(left)))
        return left @ left.T, np.array([column @ column for column in self.X])
