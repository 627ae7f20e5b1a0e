"""Newton's method on the profile likelihood of regressors, a sum over parts whose effects have nothing in common.

A part holds rows (a sector, a block of a larger table). For given coefficients it solves its effects' margin equations,
and gives its likelihood, gradient and Hessian: only these sums are needed here, wherever the rows are.
All steps but the last are taken in single precision where that works, the last ones in double.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detente.gravity.collinear import Collinear, find_collinear, is_suspect, scaled_solve, smallest_share
from detente.gravity.engines.sectors.sector_tensor import Profile

LOOSE, MIDDLE, TIGHT = 1e-2, 1e-3, 1e-9
"""Relative accuracy of projections: later steps (the Hessian errs by the square), the first, standard errors."""
ROUGH = 1e-2
"""Largest change of a log effect at which margins count as met far from the solution: steps allow for the gap."""
NEAR, NEARER = 3e-4, 1e-8
"""Steps, in standard deviations of a regressor, after which single and double precision stop climbing."""
SHORT, MOST_SHORT = 1e-6, 3
"""Steps by a Hessian found before: what they may have left to do when they end, and how many there are at most."""
FLOOR = 1e-5
"""Change of a log effect that single precision can still tell from rounding."""
ABSORBED = 1e-3
"""Share of a regressor's sum of squares left by the effects below which they nearly explain it."""
FARTHEST = 2.0
"""Root mean square of the log flows' moves in one step: more is Newton gone astray."""
SLIP = 0.1
"""Share of its smallest eigenvalue by which the Hessian may err: more, and steps go astray."""


class Parts(Protocol):
    """All rows of a fit, in parts.

    single : whether in single precision; settled : whether the margins were met in the last solution;
    absorbed : whether effects were taken out of the regressors beforehand
    """

    @property
    def single(self) -> bool: ...

    @property
    def settled(self) -> bool: ...

    @property
    def absorbed(self) -> bool: ...

    def solve(self, coef: np.ndarray, tol: float) -> float:
        """Solve the margin equations at ``coef`` [k]; the profile log likelihood without its constant."""
        ...

    def hold(self) -> None:
        """Remember the effects as they are: from here :meth:`advance` starts."""
        ...

    def advance(self, coef: np.ndarray, move: np.ndarray, tol: float) -> float:
        """Solve at ``coef + move``, from where the linearised margins put the effects held."""
        ...

    def total(self) -> float:
        """Sum of the fitted flows."""
        ...

    def gradient(self) -> np.ndarray:
        """Gradient [k] at the last solution, by the effects of the regressors known so far."""
        ...

    def profile(self, tol: float) -> Profile:
        """Gradient and Hessian at the last solution, projections accurate to ``tol``."""
        ...

    def absorb(self, tol: float) -> None:
        """Leave of the regressors what their effects, every row counting alike, do not explain."""
        ...

    def sample_moments(self, tol: float) -> tuple[np.ndarray, np.ndarray]:
        """Gram matrix [k, k] of the regressors less their effects, and sums of squares [k], every row counting alike."""
        ...


@dataclass(slots=True)
class Climb:
    """Where Newton's method stands: coefficients [k], profile likelihood, last change, steps made.

    hessian, move : [k, k] of the last step, and that step [k] where ``coef`` holds it and the parts do not; None before
    """

    coef: np.ndarray
    best: float
    total: float
    change: float = np.inf
    done: int = 0
    converged: bool = False
    refused: Collinear | None = None
    hessian: np.ndarray | None = None
    move: np.ndarray | None = None


def climb_in_single(parts: Parts, coef: np.ndarray, most: int) -> Climb | None:
    """Newton steps in single precision from ``coef`` [k] in the parts' units; None where they led nowhere."""
    at = begin(parts, coef, ROUGH)
    climb(parts, at, NEAR, FLOOR, most)
    return at if at.converged and np.isfinite(at.coef).all() else None


def climb_in_double(parts: Parts, at: Climb, tol: float, most: int, names: Sequence[str]) -> Climb:
    """All Newton steps in double; of regressors that the effects nearly explain only what these leave is used.

    The flows then do not depend on coefficients and effects that are large and cancel.
    """
    profile = profile_of(parts, MIDDLE)
    if _sound(profile, parts) and is_suspect(profile.hessian, profile.norms):
        at.refused = find_collinear(*parts.sample_moments(TIGHT), names)
        if at.refused is not None:
            return at
    if not (np.diag(profile.hessian) > ABSORBED * profile.norms).all():
        parts.absorb(TIGHT / 10)
        at = begin(parts, at.coef, ROUGH)
    climb(parts, at, NEARER, tol, most)
    return at


def begin(parts: Parts, coef: np.ndarray, tol: float) -> Climb:
    """Margins met at ``coef`` [k]."""
    best = parts.solve(coef, tol)
    return Climb(coef, best, parts.total())


def climb(parts: Parts, at: Climb, near: float, tol: float, most: int) -> None:
    """Newton steps until one is shorter than ``near``, in place; the effects do not follow that one.

    Stops where some effect runs away, or in single precision where the regressors may be collinear.
    """
    while at.done < most and not at.converged:
        profile = profile_of(parts, LOOSE if at.done else MIDDLE)
        if not _sound(profile, parts):
            return  # the caller looks into it
        if parts.single and not at.done and _needs_double(profile):
            return
        at.hessian = profile.hessian
        step = _newton(at, profile.gradient, profile.hessian)
        if at.change <= near:
            at.coef, at.move, at.converged, at.done = at.coef + step, step, True, at.done + 1
        else:
            _advance(parts, at, step, min(ROUGH, max(at.change**2, tol)))


def approach(parts: Parts, at: Climb, hessian: np.ndarray, tol: float) -> None:
    """Steps from nearby by the last ``hessian`` [k, k], which needs none of its work again, until they are short."""
    for _ in range(MOST_SHORT):
        step = _newton(at, parts.gradient(), hessian)
        if at.change <= NEARER or not (np.isfinite(step).all() and parts.settled):
            return  # finish takes it, or looks into it
        _advance(parts, at, step, tol)
        if at.change <= SHORT:
            return


def finish(parts: Parts, at: Climb, tol: float, most: int, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Exact Newton steps from nearby: the Hessian [k, k] and the last step [k], which is not taken yet.

    Rough projections can hide that a regressor is collinear: this is looked into once more, on the sample.
    One that is collinear under the fitted flows alone shows that some of them sink to nothing (separation).
    """
    judged = False
    while True:
        profile = profile_of(parts, TIGHT)
        if not at.converged or not _sound(profile, parts):
            at.converged = False
            return profile.hessian, np.full(len(at.coef), np.nan)
        if not judged and not parts.absorbed and is_suspect(profile.hessian, profile.norms):
            judged, at.refused = True, find_collinear(*parts.sample_moments(TIGHT), names)
            if at.refused is not None:
                return profile.hessian, np.full(len(at.coef), np.nan)
        step = _newton(at, profile.gradient, profile.hessian)
        if at.change <= NEARER:
            at.done += 1
            return profile.hessian, step
        _advance(parts, at, step, tol)
        at.converged = at.done < most


def profile_of(parts: Parts, tol: float) -> Profile:
    """Gradient and Hessian with projections accurate to ``tol``, or better where little of the regressors is left."""
    finest = MIDDLE / 10 if parts.single else TIGHT
    while True:
        profile = parts.profile(tol)
        if tol <= finest or not np.isfinite(profile.hessian).all():
            return profile
        enough = np.sqrt(SLIP * smallest_share(profile.hessian, profile.norms))
        if tol <= enough:
            return profile
        tol = max(min(enough, tol / 10), finest)


def _needs_double(profile: Profile) -> bool:
    explained = not (np.diag(profile.hessian) > ABSORBED * profile.norms).all()
    return explained or is_suspect(profile.hessian, profile.norms)


def _newton(at: Climb, gradient: np.ndarray, hessian: np.ndarray) -> np.ndarray:
    """The Newton step [k], shortened where it would move the typical log flow out of sight."""
    step = scaled_solve(hessian, gradient)
    at.change = float(np.abs(step * np.sqrt(np.maximum(np.diag(hessian), 0.0) / at.total)).max())
    moved = np.sqrt(max(float(step @ hessian @ step), 0.0) / at.total)
    return step * min(1.0, FARTHEST / moved) if moved > 0 else step


def _sound(profile: Profile, parts: Parts) -> bool:
    finite = np.isfinite(profile.gradient).all() and np.isfinite(profile.hessian).all()
    return bool(finite and parts.settled)


def _advance(parts: Parts, at: Climb, step: np.ndarray, tol: float) -> None:
    """Move the coefficients, the effects along with them; shorten the step while the likelihood falls."""
    slack = 1e-9 if tol < FLOOR else 1e-6
    move, reached = step, -np.inf
    parts.hold()
    for shortening in (1, 2, 2, 2, 4, 4, 8, 8, 16, 16):
        move = move / shortening
        reached = parts.advance(at.coef, move, tol)
        if reached >= at.best - slack * abs(at.best) or not np.isfinite(at.best):
            break
    at.coef, at.best = at.coef + move, reached
    at.done += 1
