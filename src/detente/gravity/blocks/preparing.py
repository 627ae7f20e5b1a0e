"""The first piece of work on a block: from its columns to rows that can be fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.errors import DetenteError, EmptySample
from detente.gravity.blocks.block import keep_rows
from detente.gravity.design import Codes, Design, build
from detente.gravity.engines.layout import Layout, lay_out
from detente.gravity.formulas.formula import Formula
from detente.gravity.formulas.terms import flows
from detente.gravity.separation.certificate import singletons, zero_levels
from detente.panel.reading.scratch import Scratch
from detente.panel.reading.spilling import Spilled


@dataclass(frozen=True, slots=True)
class Beginning:
    """What every block is begun with."""

    scratch: Scratch
    formula: Formula
    ways: tuple[tuple[str, ...], ...]
    weights: str | None
    offset: str | None
    levels: Mapping[str, np.ndarray]
    drop_singletons: bool
    engine: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A block's counts and sums.

    n_rows, n_missing, n_separated, n_singletons, n_used : rows; n_zero : used ones without a flow
    names : of the regressors; cells : of its tensor, 0 where it has none; largest : flow
    sums : [k, 4] of each regressor its sum, sum of squares, least and largest value; y, y2 : sum of flows and squares
    weight, weighted : sums of the weights and of the weighted flows
    """

    n_rows: int
    n_missing: int = 0
    n_separated: int = 0
    n_singletons: int = 0
    n_used: int = 0
    n_zero: int = 0
    names: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    cells: int = 0
    largest: float = 0.0
    sums: np.ndarray | None = None
    y: float = 0.0
    weight: float = 0.0
    weighted: float = 0.0


def begin_block(beginning: Beginning, spilled: Spilled, block: int) -> Begun:
    """Read the block, leave out what cannot inform, lay down the rest.

    Raises
    ------
    DetenteError : what :func:`build` raises, with the block named.
    """
    table = spilled.part(block)
    try:
        design = build(
            table, beginning.formula, clusters=beginning.ways, weights=beginning.weights, offset=beginning.offset,
            respond=flows, levels=beginning.levels,
        )  # fmt: skip
    except EmptySample:  # every row lacks something
        return Begun(len(table), n_missing=len(table))
    except DetenteError as error:
        where = f"{error.where} Rows are those of block '{spilled.blocks[block]}'."
        raise type(error)(error.what, where=where, why=error.why, fix=error.fix) from None
    rows = slice(None) if design.rows is None else design.rows
    axes = {
        name: Codes(table.labels[name].codes[rows].astype(np.int64), table.labels[name].levels) for name in design.axes
    }
    del table
    design = replace(design, axes=axes, rows=np.arange(len(design.y)), known={})
    n_rows, n_missing, n = design.n_rows, design.n_missing, len(design.y)
    begun = Begun(
        n_rows, n_missing, names=design.names, axes=tuple(design.axes), largest=float(design.y.max(initial=0.0))
    )
    design, layout = _less(design, beginning, zero_levels)
    n_separated = n - len(design.y)
    begun = replace(begun, n_separated=n_separated)
    if beginning.drop_singletons and len(design.y):
        design, layout = _less(design, beginning, singletons)
        begun = replace(begun, n_singletons=n - n_separated - len(design.y))
    return _kept(beginning, block, begun, design, layout)


def without(beginning: Beginning, block: int, begun: Begun, design: Design, gone: np.ndarray) -> Begun:
    """The block once more less the rows ``gone`` [n] bool, which are separated."""
    design = design.take(~gone)
    begun = replace(begun, n_separated=begun.n_separated + int(gone.sum()))
    return _kept(beginning, block, begun, design, _tensor(design, beginning) if len(design.y) else None)


def _kept(beginning: Beginning, block: int, begun: Begun, design: Design, layout: Layout | None) -> Begun:
    if not len(design.y):
        beginning.scratch.drop(f"block{block}")
        return replace(begun, n_used=0, n_zero=0, sums=None, cells=0, y=0.0, weight=0.0, weighted=0.0)
    keep_rows(beginning.scratch, f"block{block}", design, layout)
    X, weights = design.X, design.weights
    sums = [X.sum(1), np.einsum("kn,kn->k", X, X), X.min(1, initial=np.inf), X.max(1, initial=-np.inf)]
    return replace(
        begun,
        n_used=len(design.y),
        n_zero=int((design.y == 0).sum()),
        cells=0 if layout is None else int(np.prod(layout.shape)),
        sums=np.array(sums).T.reshape(len(X), 4),
        y=float(design.y.sum()),
        weight=float(len(design.y) if weights is None else weights.sum()),
        weighted=float(design.y.sum() if weights is None else weights @ design.y),
    )


def _less(design: Design, beginning: Beginning, which) -> tuple[Design, Layout | None]:
    """The design less the rows that ``which`` finds, and its tensor."""
    layout = _tensor(design, beginning)
    gone = which(design, layout)
    if not gone.any():
        return design, layout
    design = design.take(~gone)
    return design, _tensor(design, beginning) if len(design.y) else None


def _tensor(design: Design, beginning: Beginning) -> Layout | None:
    return None if beginning.engine == "rows" else lay_out(design)


def levels_of(formula: Formula, levels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Of every ``i()`` term the levels of its column in all the data."""
    factors: Sequence = [factor for term in formula.terms for factor in term]
    return {factor.text: levels[factor.columns[0]] for factor in factors if factor.function == "i"}
