"""Making accounts whole: internal trade, which trade statistics lack, and scaling flows to known totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.equilibrium.baseline.checks import as_floats
from detente.errors import InvalidFlow, MissingInternalTrade, NotConverged, UnbalancedAccounts, first_five


def internal_trade(
    gdp: ArrayLike,
    exports: ArrayLike,
    *,
    ratio: ArrayLike = 1.0,
    economies: Sequence[str] | None = None,
) -> np.ndarray:
    """What each economy sells to itself: GDP times the gross-output ratio, minus exports.

    Parameters
    ----------
    gdp, exports : (n,) arrays, one unit
        GDP is value added, exports are gross sales; the ratio makes them comparable.
    ratio : float or (n,) array
        Gross output over value added; 1 if ``gdp`` is already gross production.
    economies : sequence of str, optional
        Labels for the messages.

    Returns
    -------
    (n,) array in the unit given

    Raises
    ------
    MissingInternalTrade
        Where the result is not positive, with the smallest ratio that would make it so.

    Examples
    --------
    >>> internal_trade([100.0, 50.0], [30.0, 60.0], ratio=2.0).tolist()
    [170.0, 40.0]
    """
    made, sold, times = as_floats(gdp, "gdp"), as_floats(exports, "exports"), as_floats(ratio, "ratio")
    names = np.asarray(economies if economies is not None else [f"economy {k}" for k in range(made.size)])
    if sold.shape != made.shape or names.size != made.size or times.shape not in ((), made.shape):
        raise UnbalancedAccounts(
            f"gdp, exports and economies differ in length: {made.size}, {sold.size}, {names.size}.",
            fix="Give one number for each economy in the same order.",
        )
    times = np.broadcast_to(times, made.shape)
    for what, values, low in (("GDP", made, 0.0), ("exports", sold, -1.0), ("ratio", times, 0.0)):
        bad = ~np.isfinite(values) | (values <= low) | (values < 0)
        if bad.any():
            raise UnbalancedAccounts(
                f"The {what} of {first_five(names[bad])} is missing or not positive.",
                fix="Drop these economies or fill the figure in, and say where it comes from.",
            )
    internal = times * made - sold
    bad = internal <= 0
    if bad.any():
        needs = zip(names[bad], sold[bad] / made[bad])
        least = first_five(f"{c} (needs a ratio above {least:.3f})" for c, least in needs)
        raise MissingInternalTrade(
            f"Internal trade is not positive for {least}.",
            why="Exports are gross sales and exceed GDP times the ratio there.",
            fix="Check that flows and GDP have one unit; raise the ratio of gross output to GDP, use gross production, "
            "or drop these economies.",
        )
    return internal


def balance(
    flows: Any,
    output: Sequence[float],
    expenditure: Sequence[float],
    *,
    economies: Sequence[str] | None = None,
    tolerance: float = 1e-12,
    max_steps: int = 100_000,
) -> np.ndarray:
    """Flows with the given row and column sums, closest to those given in relative entropy.

    Rows and columns are scaled in turn (Bacharach 1970); zero cells stay zero.

    Parameters
    ----------
    flows : (n, m) array
    output, expenditure : (n,), (m,) arrays
        Wanted row and column sums; they must have one total.
    economies : sequence of str, optional
        Labels for the messages.

    Returns
    -------
    (n, m) array

    Raises
    ------
    UnbalancedAccounts
        Totals differ, or a row or column without flows should have some.
    NotConverged
        The pattern of zeros cannot hold these totals; ``.state`` is what was reached.

    Examples
    --------
    >>> balance([[1.0, 1.0], [1.0, 1.0]], [2.0, 4.0], [3.0, 3.0]).tolist()
    [[1.0, 1.0], [2.0, 2.0]]
    """
    flows, rows, columns = (
        as_floats(value, what) for value, what in ((flows, "flows"), (output, "output"), (expenditure, "expenditure"))
    )
    if flows.ndim != 2 or flows.shape != (rows.size, columns.size):
        raise UnbalancedAccounts(f"Flows are {flows.shape}, totals {rows.size} and {columns.size} long.")
    for what, values in (("flows", flows), ("output", rows), ("expenditure", columns)):
        if not np.isfinite(values).all() or (values < 0).any():
            raise InvalidFlow(f"The {what} hold negative or missing numbers.", fix="Fill them in first.")
    if abs(rows.sum() - columns.sum()) > 1e-9 * rows.sum():
        raise UnbalancedAccounts(
            f"Output sums to {rows.sum():,.6g} and expenditure to {columns.sum():,.6g}.",
            why="World output equals world expenditure.",
            fix="Scale one side, or put the difference on the rest of the world.",
        )
    names = [
        economies if economies is not None else [f"{side} {k}" for k in range(size)]
        for side, size in (("row", rows.size), ("column", columns.size))
    ]
    for axis, wanted in ((1, rows), (0, columns)):
        bare = (flows.sum(axis=axis) <= 0) & (wanted > 0)
        if bare.any():
            raise UnbalancedAccounts(
                f"There are no flows to scale for {first_five(np.asarray(names[1 - axis])[bare])}.",
                fix="Add a first guess of its flows.",
            )
    left, right, gap = np.ones(rows.size), np.ones(columns.size), np.inf
    for _ in range(max_steps):
        left = _ratio(rows, flows @ right)
        right = _ratio(columns, left @ flows)
        gap = np.abs(left * (flows @ right) - rows).max() / rows.max()
        if gap < tolerance:
            return left[:, None] * flows * right
    raise NotConverged(
        f"Rows are still off by {gap:.2g} of the largest total after {max_steps} passes.",
        state=left[:, None] * flows * right,
        why="The cells that are zero may leave no way to reach these totals.",
        fix="Put small flows into some of them, or check the totals.",
    )


def _ratio(wanted: np.ndarray, now: np.ndarray) -> np.ndarray:
    return np.divide(wanted, now, out=np.zeros_like(wanted), where=now > 0)
