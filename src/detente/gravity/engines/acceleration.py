"""Anderson extrapolation of a converging sequence."""

from __future__ import annotations

import numpy as np


class Anderson:
    """Extrapolate the fixed-point iteration ``x <- f(x)`` from its last few steps.

    Type II with a short memory (Walker & Ni 2011, SIAM Journal on Numerical Analysis 49(4)).
    ``step(x, fx)`` returns the next point to evaluate; ``forget()`` starts afresh, which the
    caller does when a jump made things worse; a jump of more than ``reach`` in any coordinate (or one
    that is not a number) is not made.
    """

    def __init__(self, depth: int = 5, burn_in: int = 3, reach: float = 10.0) -> None:
        self.depth, self.burn_in, self.reach = depth, burn_in, reach
        self.forget()

    def forget(self) -> None:
        """Drop the memory."""
        self._steps: list[np.ndarray] = []
        self._images: list[np.ndarray] = []
        self._last: tuple[np.ndarray, np.ndarray] | None = None
        self._seen = 0

    def step(self, x: np.ndarray, fx: np.ndarray) -> np.ndarray:
        """The next point, ``fx`` itself while there is too little memory."""
        move = fx - x
        self._seen += 1
        if self._last is not None:
            self._steps.append(move - self._last[0])
            self._images.append(fx - self._last[1])
            del self._steps[: -self.depth], self._images[: -self.depth]
        self._last = move, fx
        if self._seen <= self.burn_in:
            return fx
        steps = np.array(self._steps)
        gram = steps @ steps.T
        gram.flat[:: len(gram) + 1] *= 1 + 1e-12
        try:
            weights = np.linalg.solve(gram, steps @ move)
        except np.linalg.LinAlgError:
            self.forget()
            return fx
        ahead = fx - weights @ np.array(self._images)
        if not np.abs(ahead - fx).max(initial=0.0) < self.reach:
            self.forget()
            return fx
        return ahead
