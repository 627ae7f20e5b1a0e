"""Internal trade, which trade statistics lack: gross output minus exports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.equilibrium.economy import as_floats
from detente.errors import MissingInternalTrade, UnbalancedAccounts, first_five


def internal_trade(
    gdp: Sequence[float],
    exports: Sequence[float],
    *,
    ratio: float | Sequence[float] = 1.0,
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
    gdp, exports, ratio = as_floats(gdp, "gdp"), as_floats(exports, "exports"), as_floats(ratio, "ratio")
    names = np.asarray(economies if economies is not None else [f"economy {k}" for k in range(gdp.size)])
    if exports.shape != gdp.shape or names.size != gdp.size or ratio.shape not in ((), gdp.shape):
        raise UnbalancedAccounts(
            f"gdp, exports and economies differ in length: {gdp.size}, {exports.size}, {names.size}.",
            fix="Give one number for each economy in the same order.",
        )
    ratio = np.broadcast_to(ratio, gdp.shape)
    for what, values, low in (("GDP", gdp, 0.0), ("exports", exports, -1.0), ("ratio", ratio, 0.0)):
        bad = ~np.isfinite(values) | (values <= low) | (values < 0)
        if bad.any():
            raise UnbalancedAccounts(
                f"The {what} of {first_five(names[bad])} is missing or not positive.",
                fix="Drop these economies or fill the figure in, and say where it comes from.",
            )
    internal = ratio * gdp - exports
    bad = internal <= 0
    if bad.any():
        needs = zip(names[bad], exports[bad] / gdp[bad])
        least = first_five(f"{c} (needs a ratio above {least:.3f})" for c, least in needs)
        raise MissingInternalTrade(
            f"Internal trade is not positive for {least}.",
            why="Exports are gross sales and exceed GDP times the ratio there.",
            fix="Check that flows and GDP have one unit; raise the ratio of gross output to GDP, use gross production, "
            "or drop these economies.",
        )
    return internal
