"""Does a set of fixed effects span a tensor, and where does each row lie in it?

Three sets that share their columns two by two (exporter-year, importer-year,
exporter-importer, each possibly by sector) are a tensor; so are two sets such as
exporter-year and importer-year, or exporter and importer in a cross-section.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TypeAlias

import numpy as np

from detente.gravity.design import Design, cross
from detente.gravity.engines.cells import Scales
from detente.gravity.engines.projection import Removed
from detente.gravity.engines.threads import stretches
from detente.gravity.formulas.formula import Effect

MIN_DENSITY = 0.1
"""Below this share of occupied cells the general engine does not pay for the empty ones."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of a design on S sectors x T years x N origins x M destinations.

    cell : [n] flat position of each row; order : which effect of the formula is origin-year,
    destination-year and pair (None without pair effects)
    """

    shape: tuple[int, int, int, int]
    cell: np.ndarray
    order: tuple[int, int, int | None]
    aligned: bool

    @property
    def pairs(self) -> bool:
        return self.order[2] is not None

    @property
    def full(self) -> bool:
        """Whether there is a row in every cell."""
        return len(self.cell) == int(np.prod(self.shape))

    def cells(self, *columns: int, dtype: str = "d") -> np.ndarray:
        """Room for cells [..., s, t, i, j], zero where no row is."""
        return (np.empty if self.full else np.zeros)(
            (*columns, *self.shape), dtype
        )  # zeros that nobody writes cost nothing

    def spread(
        self, values: np.ndarray, out: np.ndarray | None = None, *, centre: float = 0.0, scale: float = 1.0
    ) -> np.ndarray:
        """Rows [n], less ``centre`` and over ``scale``, to cells [s, t, i, j]: those of ``out``, whose others stay zero."""
        if out is None:
            if self.aligned and centre == 0 and scale == 1:
                return values.reshape(self.shape)
            out = self.cells()
        flat = out.reshape(-1)
        for rows in stretches(len(values)):
            part = values[rows]
            if centre != 0 or scale != 1:
                part = part - centre
                part /= scale
            flat[rows if self.aligned else self.cell[rows]] = part.astype(out.dtype, copy=False)
        return out

    def occupied(self) -> np.ndarray:
        """Cells [s, t, i, j] bool in which there is a row."""
        if self.full:
            return np.broadcast_to(True, self.shape)
        found = np.zeros(self.shape, bool)
        found.reshape(-1)[self.cell] = True
        return found

    def gather(self, sectors: Sequence[np.ndarray]) -> np.ndarray:
        """Cells of each sector [t, i, j] to rows [n]."""
        cells = sectors[0] if len(sectors) == 1 else np.stack(sectors)
        return cells.reshape(-1).copy() if self.aligned else cells.reshape(-1).take(self.cell)

    def places(self, rows: slice = slice(None)) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Flat positions of the rows' levels among origin-years [s, t, i], destination-years [s, t, j], pairs [s, i, j]."""
        _, years, origins, destinations = self.shape
        at_origin = self.cell[rows] // destinations
        destination = self.cell[rows] - at_origin * destinations
        time = at_origin // origins
        at_pair = (at_origin - time * origins + time // years * origins) * destinations + destination
        return at_origin, time * destinations + destination, at_pair

    def less(self, x: np.ndarray, sets: Sequence[Sequence[Removed]], out: np.ndarray, columns: slice) -> None:
        """``columns`` of ``x`` [k, n] less effects, ``sets`` of them for each sector, into ``out`` [k, n]."""
        wanted = range(columns.start, columns.stop)
        levels = {
            k: [
                [np.concatenate([getattr(sector, name)[k].ravel() for sector in removed]) for name in "gap"]
                for removed in zip(*sets)
            ]
            for k in wanted
        }
        for rows in stretches(x.shape[1]):
            at_origin, at_destination, at_pair = self.places(rows)
            for k in wanted:
                left = x[k, rows]
                for g, a, p in levels[k]:
                    left = np.subtract(left, g.take(at_destination), out=out[k, rows])
                    left -= a.take(at_origin)
                    if self.pairs:
                        left -= p.take(at_pair)

    def log_effects(self, design: Design, scales: Sequence[Scales]) -> tuple[np.ndarray, ...]:
        """Log effects by level, in the order of the design's own codes."""
        with np.errstate(divide="ignore"):
            levels = [np.log(np.stack([getattr(scale, name) for scale in scales])).ravel() for name in "agp"]
        rows = [logs[place] for logs, place in zip(levels, self.places())][: 3 if self.pairs else 2]
        result: list[np.ndarray] = [np.empty(0)] * len(design.effects)
        for position, values in zip([place for place in self.order if place is not None], rows):
            codes, n = design.codes(design.effects[position].columns)
            result[position] = np.full(n, np.nan)
            result[position][codes] = values
        return tuple(result)


def lay_out(design: Design) -> Layout | None:
    """The tensor that the design's effects span, or None when the general engine has to do it."""
    best = None
    for order, sector, year, origin, destination in _assignments(design.effects):
        groups = [design.codes(g) if g else (np.broadcast_to(0, len(design.y)), 1) for g in (sector, year)]
        groups += [design.codes(origin), design.codes(destination)]
        shape = groups[0][1], groups[1][1], groups[2][1], groups[3][1]
        if best is None or shape[1] < best[0][1]:
            best = shape, groups, order
    if best is None:
        return None
    shape, groups, order = best
    cells = int(np.prod(shape, dtype=float))
    if len(design.y) < MIN_DENSITY * cells:
        return None
    cell, _ = cross([(codes, n) for codes, n in groups if n > 1] or groups[:1])
    if len(cell) == cells and (cell[:2] == [0, 1][:cells]).all() and (cell == np.arange(cells)).all():
        return Layout(shape, cell, order, True)
    seen = np.zeros(cells, bool)
    seen[cell] = True
    if seen.sum() != len(cell):  # two rows in one cell
        return None
    return Layout(shape, cell, order, False)


Reading: TypeAlias = tuple[
    tuple[int, int, int | None], tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]
]
"""Places of origin-year, destination-year and pair effects; columns of sector, year, origin and destination."""


def _assignments(effects: Sequence[Effect]) -> Iterator[Reading]:
    """Ways to read the effects as (order, sector, year, origin, destination) groups of columns."""
    if len(effects) not in (2, 3) or any(e.slopes or not e.intercept for e in effects):
        return
    sets = [frozenset(e.columns) for e in effects]
    places = permutations(range(3)) if len(effects) == 3 else [(0, 1)]
    for place in places:
        if len(place) == 3 and place[0] > place[1]:
            continue
        first, second = sets[place[0]], sets[place[1]]
        common, origin, destination = first & second, first - second, second - first
        if not origin or not destination:
            continue
        if len(place) == 2:
            yield (
                (place[0], place[1], None),
                (),
                tuple(sorted(common)),
                tuple(sorted(origin)),
                tuple(sorted(destination)),
            )
            continue
        rest = sets[place[2]] - origin - destination
        if origin <= sets[place[2]] and destination <= sets[place[2]] and rest < common:
            sector, year = tuple(sorted(rest)), tuple(sorted(common - rest))
            yield (place[0], place[1], place[2]), sector, year, tuple(sorted(origin)), tuple(sorted(destination))


def roles_of(effects: Sequence[Effect]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Columns that name the origin and the destination, when the effects tell."""
    for _, _, _, origin, destination in _assignments(effects):
        shared = set(origin) & set(effects[0].columns)
        return (origin, destination) if shared else (destination, origin)
    return None


def economies_of(effects: Sequence[Effect]) -> tuple[str, str] | None:
    """The column of the origin and that of the destination, when the effects tell and each is one column."""
    roles = roles_of(effects)
    if roles is None or any(len(columns) != 1 for columns in roles):
        return None
    return roles[0][0], roles[1][0]


def period_of(effects: Sequence[Effect]) -> str | None:
    """The one column that origin-period and destination-period effects share, when the effects tell."""
    for _, sector, period, _, _ in _assignments(effects):
        return period[0] if len(period) == 1 and not sector else None
    return None
