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


def times(ratio: float) -> str:
    """How many times as much: as many digits as a reader can use, written the English way.

    Two decimals below two, where they tell more from less; then one, and two digits from ten on.

    Examples
    --------
    >>> times(1.043), times(3.04), times(12.4), times(8816.2), times(0.0123)
    ('1.04', '3', '12', '8,800', '0.012')
    """
    if 0 < ratio < 0.1:
        return f"{float(f'{ratio:.2g}'):.7f}".rstrip("0").rstrip(".")
    decimals = 2 if ratio < 1.995 else 1 if ratio < 9.95 else 0
    text = f"{ratio if decimals else float(f'{ratio:.2g}'):,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


NOTHING = 5e-8
"""What the arithmetic leaves of nothing; said as zero."""


def decimals_of(value: float, digits: int) -> int:
    """How many decimals show about ``digits`` significant digits."""
    size, decimals = abs(value), 0
    while abs(size - round(size)) > 1e-9 * size and size < 10 ** (digits - 1) and decimals < 7:
        size, decimals = size * 10, decimals + 1
    return decimals
