"""The fixed effects of a fit by label, and what they say of other rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import hstack

from detente.errors import DataError, UsageError, did_you_mean
from detente.gravity.design import Codes, Design, cross
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.row_projection import RowProjector, blocks_of
from detente.panel.frames import Table

FREE, TIED = 3, 1e-5
"""Random directions tried, and the move below which a row's effects are tied to those of the fit."""


@dataclass(frozen=True, slots=True)
class EffectSet:
    """One set of effects, or of slopes.

    columns : whose levels it has; slope : the column it multiplies, counted as (value - shift) / spread
    labels : one array [levels] a column; values : [levels]; free : [levels, FREE], changes that move no row
    """

    columns: tuple[str, ...]
    slope: str | None
    shift: float
    spread: float
    labels: tuple[np.ndarray, ...]
    values: np.ndarray
    free: np.ndarray

    @property
    def name(self) -> str:
        """As in the formula: "exporter^year", with its slope in brackets."""
        return "^".join(self.columns) + (f"[{self.slope}]" if self.slope else "")

    def found(self, table: Table) -> np.ndarray:
        """Level [n] of each row of ``table``, -1 where the fit has none."""
        known, new = [], []
        for column, label in zip(self.columns, self.labels):
            levels = np.unique(label)
            codes, own = table.codes(column)
            if len(own) and (own.dtype.kind in "iuf") != (levels.dtype.kind in "iuf"):
                raise DataError(
                    f"'{column}' in {table.name} holds {own.dtype}, and {levels.dtype} in the data of the fit.",
                    why="Their levels cannot be told to be the same.",
                    fix="Convert the column first.",
                )
            spot = np.minimum(np.searchsorted(levels, own), len(levels) - 1)
            place = np.where(levels[spot] == own, spot, -1) if len(own) else spot
            known.append((np.searchsorted(levels, label), len(levels)))
            new.append((np.where(codes < 0, -1, place[codes]) if len(own) else codes, len(levels)))
        whole, _ = cross([(codes.copy(), n) for codes, n in known])
        wanted, _ = cross([(np.maximum(codes, 0), n) for codes, n in new])
        order = np.argsort(whole)
        spot = np.minimum(np.searchsorted(whole, wanted, sorter=order), len(whole) - 1)
        level = order[spot]
        there = np.all([codes >= 0 for codes, _ in new], axis=0)
        return np.where(there & (whole[level] == wanted), level, -1)


@dataclass(frozen=True, slots=True)
class FixedEffects:
    """Effects by label; see :meth:`GravityFit.fixed_effects`.

    Effects are fixed only up to constants that several sets share. Of all sets that add up to the same, these
    have the least sum of squares; what they add up to does not depend on that.
    """

    sets: tuple[EffectSet, ...]
    table: Table

    def __getitem__(self, name: str) -> Any:
        """One set as a frame: its columns, ``effect`` (log points of the index), in the caller's kind of frame."""
        for one in self.sets:
            if one.name == name:
                columns = dict(zip(one.columns, one.labels))
                return self.table.like({**columns, "effect": one.values})
        known = [one.name for one in self.sets]
        raise UsageError(f"There is no set of effects '{name}'.{did_you_mean(name, known)}", fix=f"There are: {known}.")

    def __iter__(self) -> Any:
        return iter(one.name for one in self.sets)

    def __len__(self) -> int:
        return len(self.sets)

    def to_frame(self) -> Any:
        """One row a level: ``set``, ``level`` (labels joined by ^), ``effect``."""
        parts = [
            pl.DataFrame({"set": [one.name] * len(one.values), "level": _joined(one.labels), "effect": one.values})
            for one in self.sets
        ]
        empty = pl.DataFrame(schema={"set": pl.String, "level": pl.String, "effect": pl.Float64})
        return self.table.of_same_kind(pl.concat([empty, *parts]))

    def summary(self) -> str:
        """How many levels each set has, and how they are made unique."""
        sets = [f"{one.name}: {len(one.values):,} levels" for one in self.sets]
        return "\n".join([*sets, "Of all effects that add up to the same, those with the least sum of squares."])

    def __repr__(self) -> str:
        return self.summary()

    def with_values(self, values: Sequence[np.ndarray]) -> FixedEffects:
        """The same sets with other values, one array [levels] a set."""
        return replace(self, sets=tuple(replace(one, values=v) for one, v in zip(self.sets, values)))

    def index(self, table: Table) -> tuple[np.ndarray, np.ndarray]:
        """What the effects add up to [n] in rows of ``table``, and why it is nan.

        0 where it is not, 1 where a level is new, 2 where the sum is not identified.
        """
        total, why = np.zeros(len(table)), np.zeros(len(table), np.int8)
        drift = np.zeros((len(table), FREE))
        for one in self.sets:
            level = one.found(table)
            times = np.ones(len(table))
            if one.slope is not None:
                times = (table.numbers(one.slope) - one.shift) / one.spread
            why[level < 0] = 1
            total += one.values[level] * times
            drift += one.free[level] * times[:, None]
        why[(why == 0) & (np.abs(drift).max(1, initial=0.0) > TIED)] = 2
        return np.where(why == 0, total, np.nan), why


def effects_of(design: Design, raw: EngineFit, table: Table) -> FixedEffects:
    """The effects of a fit, made unique by the least sum of squares."""
    blocks = blocks_of(design)
    if not blocks:
        return FixedEffects((), table)
    values = _least(design, [np.asarray(v, float) for v in raw.effects()])
    free, sets, place = free_directions(design), [], 0
    for effect in design.effects:
        codes, n = design.codes(effect.columns)
        first = np.zeros(n, int)
        first[codes[::-1]] = np.arange(len(codes))[::-1]
        labels = tuple(_label(design.axes[c], first) for c in effect.columns)
        for slope in [*([None] if effect.intercept else []), *effect.slopes]:
            shift, spread = slope_scale(design, slope, effect.intercept)
            sets.append(EffectSet(effect.columns, slope, shift, spread, labels, values[place], free[place]))
            place += 1
    return FixedEffects(tuple(sets), table)


def slope_scale(design: Design, slope: str | None, centred: bool) -> tuple[float, float]:
    """What is taken off a slope's column, and what it is divided by; see ``blocks_of``."""
    if slope is None:
        return 0.0, 1.0
    base = design.slopes[slope]
    shift = float(base.mean()) if centred else 0.0
    return shift, float((base - shift).std() or 1.0)


def free_directions(design: Design) -> list[np.ndarray]:
    """Changes [levels, FREE] of each set of effects, slopes after their intercept, that move no row of ``design``.

    They are drawn at random among all such changes: effects add up to something identified in another row
    just where none of these changes moves it (with probability one).
    """
    blocks = blocks_of(design)
    if not blocks:
        return []
    projector = RowProjector(blocks)
    projector.weigh(np.ones(len(design.y)))
    r = np.random.default_rng(0)
    drawn = [r.normal(size=(block.n, FREE)) for block in blocks]
    moved = np.zeros((len(design.y), FREE))
    for dummies, draw in zip(projector.dummies, drawn):
        moved += dummies @ draw
    _, others = projector.effects(moved, tol=1e-12)
    back = [projector.levels(moved[:, f], others[:, f]) for f in range(FREE)]
    return [draw - np.column_stack([found[b] for found in back]) for b, draw in enumerate(drawn)]


def _least(design: Design, values: Sequence[np.ndarray]) -> list[np.ndarray]:
    """``values`` less what moves no row: the solution of least norm, by LSQR from zero (Paige & Saunders 1982)."""
    from scipy.sparse.linalg import lsqr  # 0.15 s that a fit without predictions never needs

    if len(values) == 1:
        return list(values)
    dummies = hstack(RowProjector(blocks_of(design)).dummies, format="csr")
    whole = np.concatenate(values)
    rows = dummies @ whole
    found = lsqr(dummies, rows, atol=1e-13, btol=1e-13, conlim=0, iter_lim=5000)[0]
    scale = max(float(np.abs(rows).max(initial=0.0)), 1.0)
    if np.abs(dummies @ found - rows).max(initial=0.0) > 1e-8 * scale:
        return list(values)  # too far apart for LSQR: the engine's own, which add up to the same
    return np.split(found, np.cumsum([len(v) for v in values])[:-1])


def _label(axis: Codes, rows: np.ndarray) -> np.ndarray:
    return axis.levels[axis.codes[rows]]


def _joined(labels: Sequence[np.ndarray]) -> list[str]:
    return ["^".join(str(part) for part in parts) for parts in zip(*labels)]
