"""How many decimals a number is said with."""

from __future__ import annotations


def short_of_all(pct: float, digits: int) -> int:
    """How many decimals keep a loss of nearly everything from reading as 100%."""
    while abs(pct) < 100 and round(abs(pct), digits) == 100 and digits < 6:
        digits += 1
    return digits


def p_decimals(p: float) -> int:
    """Three up to 0.105, so that no p-value beside 0.10 reads as 0.10 itself; two above.

    Examples
    --------
    >>> p_decimals(0.1022), p_decimals(0.314)
    (3, 2)
    """
    return 3 if p < 0.105 else 2


NOTHING = 5e-8
"""What the arithmetic leaves of nothing; said as zero."""


def decimals_of(value: float, digits: int) -> int:
    """How many decimals show about ``digits`` significant digits."""
    size, decimals = abs(value), 0
    while abs(size - round(size)) > 1e-9 * size and size < 10 ** (digits - 1) and decimals < 7:
        size, decimals = size * 10, decimals + 1
    return decimals
