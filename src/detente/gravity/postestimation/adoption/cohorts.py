"""Extended two-way effects: a dummy for every cohort and period of a staggered treatment.

Wooldridge (2023), Econometrics Journal 26(3); in gravity Nagengast & Yotov (2025), American Economic
Journal: Applied 17(1):271-296. Unlike imputation, treated rows still inform the exporter-year and
importer-year effects. Aggregates are simple averages over treated rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.errors import EmptySample, UsageError
from detente.gravity.design import build
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.fit import fit_design
from detente.gravity.formulas.grammar import parse
from detente.gravity.inference.clustering import read_clustering
from detente.gravity.postestimation.adoption.imputed import GROUPS, spells_in, unit_and_time
from detente.gravity.result import GravityFit
from detente.panel.frames import read_table


@dataclass(frozen=True, slots=True)
class Extended:
    """Cohort-by-period effects; see :func:`extended`.

    fit : with one term a cell; cells : its names; cohort, period, event_time, n : [c] of each cell
    """

    fit: GravityFit
    cells: tuple[str, ...]
    cohort: np.ndarray
    period: np.ndarray
    event_time: np.ndarray
    n: np.ndarray

    def effects(self, by: str = "overall") -> Any:
        """Averages over treated rows by "overall", "event_time", "cohort" or "year", with errors.

        Columns: group, effect (log points), std_error, ci_low, ci_high, pct, n_rows.
        """
        if by not in GROUPS:
            raise UsageError(f"Effects go by {', '.join(GROUPS)}, not {by!r}.")
        keys = {"overall": np.zeros(len(self.n), int), "event_time": self.event_time, "cohort": self.cohort}
        key = keys.get(by, self.period)
        rows = []
        for group in np.unique(key):
            inside = key == group
            weights = self.n[inside] / self.n[inside].sum()
            total = self.fit.combine(dict(zip(np.array(self.cells)[inside].tolist(), weights.tolist())))
            b, s = total.estimate, total.std_error
            label = "overall" if by == "overall" else str(group)
            rows.append((label, b, s, b - 1.959964 * s, b + 1.959964 * s, 100 * np.expm1(b), int(self.n[inside].sum())))
        names = ("group", "effect", "std_error", "ci_low", "ci_high", "pct", "n_rows")
        return self.fit.table.like(dict(zip(names, (list(c) for c in zip(*rows)))))

    def summary(self) -> str:
        """The overall effect in words."""
        total = read_table(self.effects())
        b, s = total.numbers("effect")[0], total.numbers("std_error")[0]
        return (
            f"Average effect {b:+.3f} log points ({100 * np.expm1(b):+.1f}%), standard error {s:.3f}, from "
            f"{len(self.cells)} cohort-by-period effects over {int(self.n.sum()):,} treated rows."
        )

    def __repr__(self) -> str:
        return self.summary()


@one_blas_thread
def extended(
    data: Any,
    formula: str,
    treatment: str,
    *,
    cluster: str | None = None,
    dyad: str | Sequence[str] | None = None,
    period: str | None = None,
) -> Extended:
    """Extended two-way (three-way) effects of a staggered treatment.

    Parameters
    ----------
    data, formula, cluster : as for :func:`fit_ppml`; the formula does not name the treatment
    treatment : 0/1 column; rows on since before the dyad's first row keep a dummy of their own, reported
        nowhere, as their start is unknown
    dyad, period : columns that name the unit ("exporter^importer") and the time (known names are found)

    Raises
    ------
    EmptySample : nobody is treated after a known start.
    """
    table = read_table(data)
    parsed = parse(formula, table.columns)
    unit, time = unit_and_time(table.columns, parsed.effects, dyad, period)
    clustering = read_clustering(cluster, table.columns, parsed.effects)
    design = build(table, parsed, clusters=(*clustering.ways, unit, (time,)))
    spells = spells_in(table, design, unit, time, treatment)
    known = spells.on & ~spells.unknown_start
    if not known.any():
        raise EmptySample(f"No pair starts '{treatment}' within the data.")
    pairs = np.column_stack([spells.start[known], spells.period[known]])
    cells, which, n = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    dummies = np.zeros((len(cells), len(design.y)))
    dummies[which.ravel(), np.flatnonzero(known)] = 1.0
    names = [f"{treatment}::{g}:{s}" for g, s in cells]
    unknown = (spells.on & spells.unknown_start).astype(float)
    if unknown.any():
        dummies, names = np.vstack([dummies, unknown]), [*names, f"{treatment}::before"]
    wide = replace(design, X=np.vstack([design.X, dummies]), names=(*design.names, *names))
    fit = fit_design(wide, table, formula, clustering)
    kept = np.array([name in fit.coef for name in names[: len(cells)]])
    if not kept.any():
        raise EmptySample("No cohort's effect can be separated from the fixed effects.")
    elapsed = np.array([spells.since[known][which.ravel() == c][0] for c in range(len(cells))])
    return Extended(
        fit, tuple(np.array(names[: len(cells)])[kept].tolist()), cells[kept, 0], cells[kept, 1], elapsed[kept], n[kept]
    )
