"""One block of a fit by blocks: its rows on disk, and each piece of work on it, in whatever process.

Every function here reads the block, does one thing and leaves behind a few numbers and the state of the effects.
Nothing is kept in memory in between, so that any worker can do any piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.gravity.blocks.sector_rows import SectorRows
from detente.gravity.design import Codes, Design
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.margins import Scales
from detente.gravity.engines.projection import Removed, TensorProjector
from detente.gravity.engines.sectors.sector_tensor import Profile
from detente.gravity.engines.sectors.solved_sector import Units, in_own_units, scales_after
from detente.gravity.engines.tensor_engine import SectorTensors, sectors_of
from detente.gravity.formulas.formula import Effect
from detente.panel.reading.scratch import Scratch

ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Work:
    """Where a block is and how it is looked at.

    scratch, key : its place; effects : of the formula; names : of all regressors; axes : columns of effects and clusters
    kept : positions of those that are in; centre : [k] what is taken from each; units : for single precision, or None
    """

    scratch: Scratch
    key: str
    effects: tuple[Effect, ...]
    names: tuple[str, ...]
    axes: tuple[str, ...]
    kept: tuple[int, ...]
    centre: np.ndarray
    units: Units | None = None

    def at(self, what: str) -> str:
        """The key of something of this block."""
        return f"{self.key}/{what}"


def keep_rows(scratch: Scratch, key: str, design: Design, layout: Layout | None) -> None:
    """Lay down a block's rows, the codes of its axes and its tensor."""
    axes = enumerate(design.axes.values())
    arrays = {"y": design.y, "X": design.X} | {f"axis{k}": axis.codes.astype(np.int32) for k, axis in axes}
    if design.weights is not None:
        arrays["weights"] = design.weights
    if design.offset is not None:
        arrays["offset"] = design.offset
    if layout is not None:
        order = [-1 if place is None else place for place in layout.order]
        arrays["layout"] = np.array([*layout.shape, *order, layout.aligned])
        if not layout.aligned:
            arrays["cell"] = layout.cell
    scratch.put(f"{key}/{ROWS}", arrays)


def rows_of(work: Work, axes: bool = False) -> tuple[Design, Layout | None]:
    """The block's rows again, its axes where they are asked for or no tensor does without them."""
    scratch, key = work.scratch, work.at(ROWS)
    arrays = scratch.get(key, None if axes else ("y", "X", "weights", "offset", "layout", "cell"))
    n = len(arrays["y"])
    layout = None
    if "layout" in arrays:
        *numbers, aligned = arrays["layout"].tolist()
        a, g, p = numbers[4:]
        shape = (numbers[0], numbers[1], numbers[2], numbers[3])
        cell = np.arange(n) if aligned else arrays["cell"]
        layout = Layout(shape, cell, (a, g, None if p < 0 else p), bool(aligned))
    elif not axes:
        arrays = scratch.get(key, None)
    held = {name: arrays[f"axis{k}"].astype(np.int64) for k, name in enumerate(work.axes) if f"axis{k}" in arrays}
    X = arrays["X"][list(work.kept)] if len(work.kept) < len(arrays["X"]) else arrays["X"]
    if work.centre.any():
        X = X - work.centre[:, None]
    design = Design(
        y=arrays["y"],
        X=X,
        names=tuple(work.names[k] for k in work.kept),
        offset=arrays.get("offset"),
        weights=arrays.get("weights"),
        axes={name: Codes(codes, np.arange(int(codes.max(initial=-1)) + 1)) for name, codes in held.items()},
        effects=work.effects,
        slopes={},
        rows=np.arange(n),
        n_rows=n,
        n_missing=0,
    )
    return design, layout


def parts_of(work: Work, state: str | None = None) -> SectorTensors | SectorRows:
    """The block's cells or rows ready to work on, its effects where ``state`` has them."""
    design, layout = rows_of(work)
    parts = SectorRows(design, work.units) if layout is None else sectors_of(design, layout, work.units)
    del design
    if state is None:
        return parts
    held = work.scratch.get(work.at(state), None)
    coef = held["coef"]
    if isinstance(parts, SectorRows):
        if "taken_out" in held:
            parts.absorb_again(held["taken_out"])
        parts.resume(coef, [held[f"scale{k}"] for k in range(len(parts.scales))], held.get("removed"))
    else:
        for s, sector in enumerate(parts):
            if f"absorbed{s}.a" in held:
                sector.absorbed = _removed(held, f"absorbed{s}")
                projector = TensorProjector((sector.base > 0).astype(float), sector.pairs)
                sector.X = projector.residual(sector.X, sector.absorbed)
            removed = _removed(held, f"removed{s}") if f"removed{s}.a" in held else None
            sector.resume(coef, Scales(*(held[f"scales{s}.{part}"] for part in "agp")), removed)
    return parts


def _removed(held: dict[str, np.ndarray], name: str) -> Removed:
    return Removed(held[f"{name}.a"], held[f"{name}.g"], held[f"{name}.p"], 0)


def keep_state(work: Work, state: str, parts: SectorTensors | SectorRows, coef: np.ndarray) -> None:
    """Lay down where the effects are at ``coef`` [k]."""
    held = {"coef": coef}
    if isinstance(parts, SectorRows):
        held |= {f"scale{k}": scale for k, scale in enumerate(parts.scales)}
        held |= {} if parts.removed is None else {"removed": parts.removed}
        held |= {} if parts.taken_out is None else {"taken_out": parts.taken_out}
    else:
        for s, sector in enumerate(parts):
            sets = {"scales": sector.scales, "removed": sector.last_removed, "absorbed": sector.absorbed}
            held |= {f"{k}{s}.{part}": getattr(v, part) for k, v in sets.items() if v is not None for part in "agp"}
    work.scratch.put(work.at(state), held)


@dataclass(frozen=True, slots=True)
class MarginsMet:
    """A block's profile likelihood without its constant, sum of fitted flows, whether its margins were met, its gradient
    [k] and, where that was asked for in the same go, its profile."""

    likelihood: float
    total: float
    settled: bool
    gradient: np.ndarray
    profile: Profile | None


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def solve(
    work: Work,
    state: str | None,
    into: str,
    coef: np.ndarray,
    move: np.ndarray | None,
    tol: float,
    accuracy: float | None,
) -> MarginsMet:
    """Meet the margins at ``coef`` from the effects of ``state``, or at ``coef + move`` from where these move to.

    The profile is to ``accuracy``, None for the gradient alone: nearly every solution is followed by one, and the rows
    are here.
    """
    parts = parts_of(work, state)
    if move is None:
        reached, place = parts.solve(coef, tol), coef
    else:
        parts.hold()
        reached, place = parts.advance(coef, move, tol), coef + move
    known = parts.profile(accuracy) if accuracy and len(work.kept) and parts.settled else None
    gradient = parts.gradient() if known is None else known.gradient
    keep_state(work, into, parts, place)
    return MarginsMet(reached, parts.total(), parts.settled, gradient, known)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def profile(work: Work, state: str, tol: float) -> Profile:
    """Gradient and Hessian at ``state``, which keeps the effects of the regressors."""
    parts = parts_of(work, state)
    found = parts.profile(tol)
    keep_state(work, state, parts, work.scratch.one(work.at(state), "coef"))
    return found


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def absorb(work: Work, into: str, coef: np.ndarray, tol: float) -> None:
    """Leave of the regressors what their effects do not explain, and start the effects afresh."""
    parts = parts_of(work)
    parts.absorb(tol)
    keep_state(work, into, parts, coef)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def sample_moments(work: Work, state: str | None, tol: float) -> tuple[np.ndarray, np.ndarray]:
    """Gram matrix [k, k] of the regressors less their effects, and sums of squares [k], every row counting alike."""
    return parts_of(work, state).sample_moments(tol)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def adopt(work: Work, state: str, into: str, coef: np.ndarray, move: np.ndarray, units: Units) -> None:
    """Take effects found in ``units``, and moved on by ``move`` [k], for those of the flows and regressors themselves.

    ``coef`` [k] is the place reached, in the regressors' own units.
    """
    held = work.scratch.get(work.at(state), None)
    found: dict[str, np.ndarray] = {"coef": coef}
    if "scale0" in held:
        parts = parts_of(work)
        assert isinstance(parts, SectorRows)
        parts.scales = [held[f"scale{k}"] for k in range(len(parts.scales))]
        parts.removed = held.get("removed")
        parts.shift(parts.scales, move)
        scales, removed = parts.in_own_units(coef, units)
        found |= {f"scale{k}": scale for k, scale in enumerate(scales)}
        found |= {} if removed is None else {"removed": removed}
    else:
        pairs = bool(rows_layout(work)[6] >= 0)
        for s in range(sum(name.startswith("scales") and name.endswith(".a") for name in held)):
            effects = _removed(held, f"removed{s}")
            scales = scales_after(Scales(*(held[f"scales{s}.{part}"] for part in "agp")), effects, move, pairs)
            own, removed = in_own_units(scales, effects, coef, units, pairs)
            found |= {f"scales{s}.{part}": getattr(own, part) for part in "agp"}
            found |= {f"removed{s}.{part}": getattr(removed, part) for part in "agp"}
    work.scratch.put(work.at(into), found)


def rows_layout(work: Work) -> Sequence[int]:
    """Shape of the block's tensor, places of its effects, and whether it is full."""
    return work.scratch.one(work.at(ROWS), "layout").tolist()
