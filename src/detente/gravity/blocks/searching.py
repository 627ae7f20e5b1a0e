"""Are there separated rows in a fit by blocks?

A certificate has one ``g`` for the regressors of all blocks. It is zero wherever the rows with a flow tell every
coefficient, which one Gram matrix over all blocks shows: then each block is searched by itself, for what its effects
separate. Where they do not, the search is of all rows at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np

from detente.gravity.blocks.block import Work, rows_of
from detente.gravity.blocks.choosing import refuse_if_too_large
from detente.gravity.blocks.coefficients import Climbed
from detente.gravity.blocks.parts import each
from detente.gravity.blocks.preparing import Beginning, Begun, without
from detente.gravity.blocks.scoring import doubts, positive_moments, separated
from detente.gravity.collinear import find_collinear
from detente.gravity.design import Codes, Design
from detente.gravity.separation.search import find_separated
from detente.gravity.separation.signs import MOVING, SLACK, TINY, left_by_regressors, told_without

IN_ONE = 600.0
"""Bytes a row that a search of all rows at once takes."""


def signs(found: Climbed, begun: Sequence[Begun], executor: Executor | None) -> bool:
    """Whether the fit shows signs of separation, as :func:`looks_separated` has them."""
    endings = found.endings
    n_zero, n = sum(one.n_zero for one in begun), sum(one.n_used for one in begun)
    if not n_zero:
        return False
    drift = max(one.drift for one in endings)
    if not found.converged or drift > MOVING or not np.isfinite(found.hessian).all():
        return True
    least, smallest = min(one.least for one in endings), min(one.smallest for one in endings)
    if least < TINY * smallest or _unidentified(found):
        return True
    gap, squares = (np.sum([getattr(one, name) for one in endings], axis=0) for name in ("gap", "squares"))
    left = max(left_by_regressors(gap, squares, n), *(one.left for one in endings))
    near = [work for work, one in zip(found.blocks.works, endings) if one.least <= SLACK * left]
    state = found.blocks.state
    doubted = each(executor, doubts, [(work, state, found.step, found.hessian, left, drift) for work in near])
    if not any(one.n for one in doubted):
        return False
    return any(one.outside for one in doubted) or not told_without(
        found.hessian, np.sum([one.information for one in doubted], axis=0)
    )


def _unidentified(found: Climbed) -> bool:
    """Whether the fitted flows do not tell the regressors apart, though the sample does."""
    if not found.names:
        return False
    norms = found.blocks.profile(1e-3).norms
    return find_collinear(found.hessian, norms, found.names) is not None


def without_separated(
    beginning: Beginning,
    begun: Sequence[Begun],
    works: Sequence[Work],
    levels: Mapping[str, np.ndarray],
    method: str,
    executor: Executor | None,
    given: float,
) -> tuple[list[Begun], bool]:
    """The blocks less their separated rows, and whether there were any."""
    grams, norms = zip(*each(executor, positive_moments, [(work,) for work in works]))
    names = [works[0].names[k] for k in works[0].kept]
    if find_collinear(np.sum(grams, axis=0), np.sum(norms, axis=0), names) is None:
        gone = each(executor, separated, [(work, method) for work in works])
    else:
        gone = _searched_at_once(works, levels, method, given)
    left = list(begun)
    for work, rows in zip(works, gone):
        if rows.any():
            place = int(work.key.removeprefix("block"))
            left[place] = each(executor, leave_out, [(beginning, work, place, begun[place], rows)])[0]
    return left, any(rows.any() for rows in gone)


def leave_out(beginning: Beginning, work: Work, block: int, begun: Begun, gone: np.ndarray) -> Begun:
    """A block once more less some of its rows."""
    everything = replace(work, kept=tuple(range(len(work.names))), centre=np.zeros(len(work.names)))
    return without(beginning, block, begun, rows_of(everything, axes=True)[0], gone)


def _searched_at_once(
    works: Sequence[Work], levels: Mapping[str, np.ndarray], method: str, given: float
) -> list[np.ndarray]:
    """Rows [n] bool of each block: the regressors are told by zero flows, so that all blocks have a say."""
    refuse_if_too_large(
        in_one_piece(works), given, "Zero flows alone tell some coefficient, and the search for separated rows then",
        "Leave that regressor out, or give separation='levels'.",
    )  # fmt: skip
    whole, sizes = joined(works, levels)
    return np.split(find_separated(whole, method) > 0, np.cumsum(sizes)[:-1])


def in_one_piece(works: Sequence[Work]) -> float:
    """Memory, in bytes, that work on all rows at once takes."""
    return IN_ONE * sum(len(work.scratch.one(work.at("rows"), "y")) for work in works)


def joined(works: Sequence[Work], levels: Mapping[str, np.ndarray]) -> tuple[Design, list[int]]:
    """The rows of all blocks as one design, and how many each has; ``levels`` are those of the axes."""
    parts = [rows_of(work, axes=True)[0] for work in works]

    def put_together(pieces: list[Any]) -> Any:
        return None if pieces[0] is None else np.concatenate(pieces, axis=-1)

    axes = {
        name: Codes(np.concatenate([part.axes[name].codes for part in parts]), levels[name]) for name in works[0].axes
    }
    y = put_together([part.y for part in parts])
    whole = replace(
        parts[0], y=y, X=put_together([part.X for part in parts]), offset=put_together([part.offset for part in parts]),
        weights=put_together([part.weights for part in parts]), axes=axes, rows=np.arange(len(y)), n_rows=len(y), known={},
    )  # fmt: skip
    return whole, [len(part.y) for part in parts]
