"""Positive amounts to three significant digits as small whole numbers: the code of the shipped world file.

Amounts below 1,000 units are rounded to whole units and stand for themselves, never below one, so that no
positive flow becomes a zero. Above, the code counts the mantissas 100-999 of each power of ten::

    code        1 ... 999   1000 ... 1899   1900 ... 2799   ...
    amount      1 ... 999   1000 ... 9990  10000 ... 99900
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

MANTISSAS = 900  # 100 to 999


def encode(amounts: ArrayLike) -> NDArray[np.int16]:
    """Codes (n,) of positive amounts (n,); the amount they stand for is within 0.5% or half a unit.

    Raises
    ------
    ValueError : an amount is not above zero or not finite.

    Examples
    --------
    >>> encode([0.001, 12.4, 999.6, 673_348.6]).tolist()
    [1, 12, 1000, 3373]
    """
    values = np.asarray(amounts, dtype=float)
    if not (np.isfinite(values) & (values > 0)).all():
        raise ValueError("Only positive, finite amounts have a code.")
    power = np.maximum(np.floor(np.log10(np.maximum(values, 1.0))) - 2, 0)
    mantissa = np.rint(values / 10**power)
    full = mantissa >= 1000
    power, mantissa = power + full, np.where(full, 100, mantissa)
    codes = np.where(power == 0, np.maximum(mantissa, 1), 1000 + MANTISSAS * (power - 1) + mantissa - 100)
    return codes.astype(np.int16)


def decode(codes: ArrayLike) -> NDArray[np.float64]:
    """Amounts (n,) of codes (n,).

    Examples
    --------
    >>> decode([1, 12, 1000, 3373]).tolist()
    [1.0, 12.0, 1000.0, 673000.0]
    """
    whole = np.asarray(codes)
    table = np.arange(int(whole.max(initial=0)) + 1)
    power, mantissa = np.divmod(table - 1000, MANTISSAS)
    amounts = np.where(table < 1000, table, (mantissa + 100) * 10.0 ** (np.maximum(power, 0) + 1))
    return amounts[whole]
