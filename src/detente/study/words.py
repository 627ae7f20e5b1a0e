"""Numbers in the words of a careful reporter: right units, no more digits than the data carry."""

from __future__ import annotations

from math import isfinite


def money(usd_mn: float, digits: int = 3) -> str:
    """Million US$ to so many significant digits, billions to one decimal.

    >>> money(7200), money(222.2), money(352.4, 2), money(0.42), money(0)
    ('US$7.2bn', 'US$222m', 'US$350m', 'US$0.4m', 'nothing')
    """
    if usd_mn < 0:
        return "-" + money(-usd_mn, digits)
    if usd_mn == 0:
        return "nothing"
    if usd_mn >= 999.5:
        billions = usd_mn / 1e3
        return f"US${billions:.1f}bn" if billions < 99.5 else f"US${billions:,.0f}bn"
    rounded = float(f"{usd_mn:.{digits}g}")
    return f"US${rounded:.{1 if usd_mn < 9.95 else 0}f}m"


def percent(value: float, *, signed: bool = False) -> str:
    """A percentage to two significant digits, at most two decimals.

    >>> percent(36.7), percent(-0.227, signed=True), percent(0.0004)
    ('37%', '-0.23%', 'about 0%')
    """
    size = abs(value)
    if size < 0.005:
        return "about 0%"
    digits = 0 if size >= 9.95 else 1 if size >= 0.995 else 2
    sign = "+" if signed else ""
    return f"{value:{sign}.{digits}f}%"


def span(low: float, high: float, show) -> str:
    """A range, or one number where both ends read alike.

    >>> span(-0.16, -0.31, percent)
    '-0.31% to -0.16%'
    """
    low, high = sorted((low, high))
    if not (isfinite(low) and isfinite(high)):
        return "not available"
    a, b = show(low), show(high)
    return a if a == b else f"{a} to {b}"


def count(n: int, one: str, many: str | None = None) -> str:
    """``3 claims``, ``1 claim``.

    >>> count(1, "claim"), count(12, "claim")
    ('1 claim', '12 claims')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(items: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
