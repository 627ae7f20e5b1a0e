"""Which regressors the fixed effects and the regressors before them already explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SUSPECT, NONE_LEFT = 1e-5, 1e-10
"""Share of a regressor's variance left unexplained: look closer below the first, drop below the second."""


@dataclass(frozen=True, slots=True)
class Collinear:
    """An engine's refusal: positions of the regressors to leave out, and why each."""

    positions: tuple[int, ...]
    reasons: tuple[str, ...]


def is_suspect(gram: np.ndarray, norms: np.ndarray) -> bool:
    """Whether some regressor may be collinear.

    ``gram`` [k, k] is of the regressors less their effects, roughly; ``norms`` [k] their weighted sum of
    squares before. One that holds what is no number is suspect.
    """
    if not (np.isfinite(gram).all() and np.isfinite(norms).all()):
        return True
    scale = np.sqrt(np.where(norms > 0, norms, 1.0))
    if (norms <= 0).any() or (np.diag(gram) <= SUSPECT * norms).any():
        return True
    own = np.sqrt(np.diag(gram)) / scale
    correlation = gram / np.outer(scale * own, scale * own)
    return bool(np.linalg.eigvalsh(correlation)[0] <= SUSPECT)


def smallest_share(gram: np.ndarray, norms: np.ndarray) -> float:
    """Least share of its variance that any combination of the regressors keeps; see :func:`is_suspect`."""
    scale = np.sqrt(np.where(norms > 0, norms, 1.0))
    return max(float(np.linalg.eigvalsh(gram / np.outer(scale, scale))[0]), 0.0)


def find_collinear(gram: np.ndarray, norms: np.ndarray, names: Sequence[str]) -> Collinear | None:
    """Regressors explained by the effects or by those before them; ``gram`` must be exact here."""
    found: list[int] = []
    reasons: list[str] = []
    kept: list[int] = []
    for k, name in enumerate(names):
        if norms[k] <= 0:
            found.append(k)
            reasons.append(f"'{name}' is zero in every row used")
            continue
        left = gram[k, k]
        if left <= NONE_LEFT * norms[k]:
            found.append(k)
            reasons.append(f"'{name}' does not vary beyond the fixed effects")
            continue
        if kept:
            cross = gram[np.ix_(kept, [k])][:, 0]
            left = left - cross @ scaled_solve(gram[np.ix_(kept, kept)], cross)
        if left <= NONE_LEFT**0.75 * gram[k, k]:
            found.append(k)
            reasons.append(f"'{name}' is a combination of the effects and the regressors before it")
            continue
        kept.append(k)
    return Collinear(tuple(found), tuple(reasons)) if found else None


def scaled_solve(gram: np.ndarray, right: np.ndarray) -> np.ndarray:
    """``gram^-1 right`` with the rows brought to one scale first; nan where that overflows."""
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-300))
    with np.errstate(over="ignore", invalid="ignore"):
        scaled, side = gram / np.outer(scale, scale), right / scale
    if not (np.isfinite(scaled).all() and np.isfinite(side).all()):
        return np.full_like(side, np.nan)
    return np.linalg.lstsq(scaled, side, rcond=1e-13)[0] / scale
