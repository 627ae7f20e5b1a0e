"""Where no search for separation is made, it is not needed: what rows tell of others, against the rank of a matrix."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.gravity.separation.signs import (
    _has_cube,
    _outside_cubes,
    left_by_effects,
    left_by_regressors,
    told_without,
)

SHAPES = st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))


def rows_of(shape: tuple[int, ...], pairs: bool) -> np.ndarray:
    """The row of a design matrix at each cell [s, t, i, j]: origin-year, destination-year and, by choice, pair effects."""
    out = []
    for s, t, i, j in product(*map(range, shape)):
        keys = [("i", s, t, i), ("j", s, t, j), *([("p", s, i, j)] if pairs else [])]
        out.append(keys)
    names = sorted({key for keys in out for key in keys})
    place = {name: k for k, name in enumerate(names)}
    matrix = np.zeros((len(out), len(names)))
    for row, keys in enumerate(out):
        matrix[row, [place[key] for key in keys]] = 1.0
    return matrix


def told(matrix: np.ndarray, sure: np.ndarray, row: int) -> bool:
    """Whether a row is a combination of those that are sure."""
    rank = np.linalg.matrix_rank
    return rank(np.vstack([matrix[sure], matrix[row]])) == (rank(matrix[sure]) if sure.any() else 0)


@st.composite
def grids(draw):
    shape, pairs = draw(SHAPES), draw(st.booleans())
    n = int(np.prod(shape))
    there = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool)
    there[draw(st.integers(0, n - 1))] = True
    cell = np.flatnonzero(there)
    doubtful = draw(st.lists(st.sampled_from(range(len(cell))), min_size=1, max_size=5, unique=True))
    return SimpleNamespace(shape=shape, cell=cell, pairs=pairs), np.array(sorted(doubtful))


@pytest.mark.property
@settings(max_examples=400)
@given(grids())
def test_rows_inside_of_cubes_are_combinations_of_rows_that_are_sure(grid):
    """The other way round the answer may be no: then the search is made, which costs time alone."""
    layout, doubtful = grid
    matrix = rows_of(layout.shape, layout.pairs)
    sure = np.zeros(len(matrix), dtype=bool)
    sure[np.delete(layout.cell, doubtful)] = True
    if not _outside_cubes(layout, doubtful):
        assert all(told(matrix, sure, row) for row in layout.cell[doubtful])
    elif len(doubtful) == 1 and not layout.pairs and len(layout.cell) == len(matrix) and min(layout.shape[2:]) > 1:
        raise AssertionError("one cell of a whole rectangle is told by its other corners")


@pytest.mark.property
@settings(max_examples=300)
@given(SHAPES, st.booleans(), st.data())
def test_a_cube_is_found_where_seven_sure_cells_make_one(shape, pairs, data):
    _, years, origins, destinations = shape
    n = years * origins * destinations
    sure = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n))).reshape(years, origins, destinations)
    t, i, j = (data.draw(st.integers(0, size - 1)) for size in sure.shape)
    sure[t, i, j] = False
    years_to_try = [u for u in range(years) if u != t] if pairs else [t]
    found = any(
        all(sure[at] for at in product({t, u}, {i, k}, {j, m}) if at != (t, i, j))
        for u, k, m in product(years_to_try, range(origins), range(destinations))
        if k != i and m != j
    )
    assert _has_cube(sure, pairs, t, i, j) == found


@pytest.mark.parametrize("pairs", [False, True])
def test_a_cell_that_many_lines_share_is_found_by_drawing(pairs):
    """In a whole cube each doubtful cell has so many cubes that no look at all of them is needed."""
    layout = SimpleNamespace(shape=(2, 6, 9, 9), cell=np.arange(2 * 6 * 9 * 9), pairs=pairs)
    assert not _outside_cubes(layout, np.arange(0, 900, 90))
    alone = SimpleNamespace(shape=(1, 1, 9, 9), cell=np.arange(81), pairs=True)  # one year: a pair effect a cell
    assert _outside_cubes(alone, np.array([5]))


def test_nothing_sure_tells_nothing():
    layout = SimpleNamespace(shape=(1, 1, 2, 2), cell=np.arange(4), pairs=False)
    assert _outside_cubes(layout, np.arange(4))


@pytest.mark.parametrize(("share", "enough"), [(0.0, True), (0.49, True), (0.51, False), (1.0, False)])
def test_rows_without_which_less_than_half_is_left_are_needed(share, enough):
    """The rows tell a share of what is known of one combination of the coefficients, and nothing of the other."""
    turn = np.array([[3.0, 1.0], [0.0, 2.0]])
    whole = turn @ turn.T
    part = share * np.outer(turn[:, 0], turn[:, 0])
    for size in (1.0, 1e12):  # whatever the units of a regressor
        units = np.diag([size, 1.0])
        assert told_without(units @ whole @ units, units @ part @ units) is enough
    assert told_without(np.empty((0, 0)), np.empty((0, 0)))


def test_what_is_left_is_the_largest_score_of_a_level_or_a_slope():
    gap = np.array([1.0, -2.5, 0.5, 3.0])
    blocks = [
        SimpleNamespace(codes=np.array([0, 0, 1, 1]), n=2, slope=None),
        SimpleNamespace(codes=np.array([0, 1, 0, 1]), n=2, slope=np.array([4.0, 8.0, -2.0, 0.0])),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("detente.gravity.separation.signs.blocks_of", lambda design: blocks[:1])
        assert left_by_effects(None, gap, None) == 3.5
        patch.setattr("detente.gravity.separation.signs.blocks_of", lambda design: blocks[1:])
        assert left_by_effects(None, gap, None) == 20.0 / 8.0  # 2.5 times 8, in units of the largest slope
    assert left_by_regressors(np.array([3.0, -8.0]), np.array([36.0, 4.0]), 4) == 8.0
    assert left_by_regressors(np.empty(0), np.empty(0), 4) == 0.0
