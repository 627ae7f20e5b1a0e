"""What is predicted of dyads left out: by year, with placebos, as a frame and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente._notebook import as_html
from detente.errors import UsageError
from detente.gravity.engines.margins import ThreeWay
from detente.gravity.postestimation.imputation.placebo_dyads import share_at_or_below


@dataclass(frozen=True, slots=True)
class DyadPath:
    """One dyad left out.

    actual, counterfactual, log_ratio : [t]; log_ratio is -inf for a zero flow, nan without a counterfactual
    base, masked : [t] bool, years that fix the pair effect; years left out
    placebos : [t, n] log ratios of the placebo dyads, nan where one has no counterfactual
    reasons : T sentences, empty where the log ratio is a number
    """

    origin: str
    destination: str
    actual: np.ndarray
    counterfactual: np.ndarray
    log_ratio: np.ndarray
    base: np.ndarray
    masked: np.ndarray
    placebos: np.ndarray
    reasons: tuple[str, ...]

    def placebo_share(self) -> tuple[np.ndarray, np.ndarray]:
        """Share [t] of placebos at or below the dyad, and how many placebos [t] each year has."""
        return share_at_or_below(self.log_ratio, self.placebos)


@dataclass(frozen=True, slots=True)
class Imputation:
    """Dyads predicted without themselves; see :func:`impute`.

    paths : one :class:`DyadPath` a direction; years : T labels; fit : the masked fit behind them;
    n_absent : absent rows taken as zero (or as missing).
    """

    paths: tuple[DyadPath, ...]
    years: tuple[Any, ...]
    fit: ThreeWay
    n_absent: int
    absent: str
    kind: Any = None

    def to_frame(self) -> Any:
        """One row a direction and year, in the kind of frame that came in."""
        rows: dict[str, list] = {c: [] for c in _COLUMNS}
        for path in self.paths:
            share, n = path.placebo_share()
            for t, year in enumerate(self.years):
                values = (
                    path.origin, path.destination, year, path.actual[t], path.counterfactual[t],
                    path.log_ratio[t], share[t], int(n[t]), bool(path.masked[t]), path.reasons[t] or None,
                )  # fmt: skip
                for column, value in zip(_COLUMNS, values):
                    finite = not isinstance(value, float) or np.isfinite(value)
                    rows[column].append(value if finite else None)
        return _as_frame(rows, self.kind)

    def change(self, first: Any, last: Any) -> Any:
        """Change of the log ratio between two years with its own placebo share.

        Columns: origin, destination, from_year, to_year, change, placebo_share, n_placebos.
        """
        for year in (first, last):
            if year not in self.years:
                raise UsageError(f"{year} is not among the years {self.years[0]} to {self.years[-1]}.")
        a, b = self.years.index(first), self.years.index(last)
        rows: dict[str, list] = {c: [] for c in _CHANGE_COLUMNS}
        for path in self.paths:
            with np.errstate(invalid="ignore"):
                change, placebos = path.log_ratio[b] - path.log_ratio[a], path.placebos[b] - path.placebos[a]
            share, n = share_at_or_below(np.array([change]), placebos[None])
            values = (path.origin, path.destination, first, last, change, share[0], int(n[0]))
            for column, value in zip(_CHANGE_COLUMNS, values):
                finite = not isinstance(value, float) or np.isfinite(value)
                rows[column].append(value if finite else None)
        return _as_frame(rows, self.kind)

    def summary(self) -> str:
        """What was left out and how it did, in a few lines."""
        lines = []
        for path in self.paths:
            share, n = path.placebo_share()
            left = np.flatnonzero(path.masked & np.isfinite(path.log_ratio))
            text = f"{path.origin}→{path.destination}: no log ratio"
            if len(left):
                t = left[-1]
                text = f"{path.origin}→{path.destination}: log ratio {path.log_ratio[t]:+.2f} in {self.years[t]}"
                text += f", placebo share {share[t]:.3f} of {n[t]}" if n[t] else ""
            lines.append(text)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """In a notebook: how it did, and the rows by year."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        return f"Imputation({self.summary()})"


_COLUMNS = (
    "origin", "destination", "year", "actual", "counterfactual", "log_ratio",
    "placebo_share", "n_placebos", "masked", "reason",
)  # fmt: skip


_CHANGE_COLUMNS = ("origin", "destination", "from_year", "to_year", "change", "placebo_share", "n_placebos")


def _as_frame(rows: dict[str, list], table: Any) -> Any:
    types = {"reason": pl.String, "masked": pl.Boolean}
    floats = {"actual", "counterfactual", "log_ratio", "placebo_share", "change"}
    schema = {c: types.get(c, pl.Float64 if c in floats else None) for c in rows}
    frame = pl.DataFrame(rows, schema=schema)
    return frame if table is None else table.of_same_kind(frame)
