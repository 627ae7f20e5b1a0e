"""What was sold as a share of what was expected, a line a pair, on a log scale: 100% is as expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from xml.sax.saxutils import escape, quoteattr

from detente.charts.palette import FONT, SHADES

FLOOR = 0.005
"""A smaller share is drawn at the foot, as "0.5% or less"."""
TICKS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 100.0)


@dataclass(frozen=True, slots=True)
class RatioLine:
    """One pair: its name, year to sold over expected (1 is as expected), and its role in the palette."""

    name: str
    values: Mapping[int, float]
    colour: str


def draw_ratios(lines: Sequence[RatioLine], said: Callable[[float], str], *, compact: bool = False) -> str:
    """The lines as SVG text, 1120 wide or 358 for a phone; names stand at their ends, apart from one another.

    Parameters
    ----------
    said : percent to words.
    """
    width, height = (358, 300) if compact else (1120, 340)
    left, right = 48, (14 if compact else 210)
    years = sorted({y for line in lines for y in line.values})
    values = [max(v, FLOOR) for line in lines for v in line.values.values()]
    low, high = min(0.5, 0.9 * min(values)), max(2.0, 1.1 * max(values))

    def x(year: float) -> float:
        return left + (width - left - right) * (year - years[0]) / max(years[-1] - years[0], 1)

    def y(value: float) -> float:
        return 12 + (height - 40) * (log(high) - log(max(value, FLOOR))) / (log(high) - log(low))

    parts = []
    for tick in (t for t in TICKS if low <= t <= high):
        colour = "axis" if tick == 1 else "grid"
        parts.append(f'<path d="M{left} {y(tick):.1f}H{width - right}" stroke="{_shade(colour)}"/>')
        parts.append(_text(left - 8, y(tick) + 5, said(100 * tick), "muted", "end"))
    gap = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (years[-1] - years[0]) / step <= (4 if compact else 8))
    parts += [
        _text(x(t), height - 6, str(t), "muted", "middle") for t in range(-(-years[0] // gap) * gap, years[-1] + 1, gap)
    ]
    for line in lines:
        parts += _line(line, x, y, said)
    if not compact:
        parts += _names(lines, x, y)
    return f'<svg viewBox="0 0 {width} {height}" font-family="{escape(FONT)}" font-size="13">{"".join(parts)}</svg>'


def _line(
    line: RatioLine, x: Callable[[float], float], y: Callable[[float], float], said: Callable[[float], str]
) -> list[str]:
    shade, rows = _shade(line.colour), sorted(line.values.items())
    out = []
    for (one, a), (two, b) in pairwise(rows):
        dash = "" if two == one + 1 else ' stroke-dasharray="1 4"'
        out.append(
            f'<path d="M{x(one):.1f} {y(a):.1f}L{x(two):.1f} {y(b):.1f}" stroke="{shade}" stroke-width="2.5" '
            f'stroke-linecap="round"{dash}/>'
        )
    for year, value in rows:
        tip = quoteattr(f"{line.name}, {year}: {said(100 * value)}")
        out.append(
            f'<circle class="hit ghost" cx="{x(year):.1f}" cy="{y(value):.1f}" r="9" fill-opacity="0" data-tip={tip}/>'
        )
    return out


def _names(lines: Sequence[RatioLine], x: Callable[[float], float], y: Callable[[float], float]) -> list[str]:
    """Names right of their lines' ends, moved apart where they would touch."""
    ends = sorted((y(line.values[max(line.values)]), k) for k, line in enumerate(lines))
    out, below = [], float("-inf")
    for at, k in ends:
        line, place = lines[k], max(at + 5, below + 18)
        below = place
        out.append(_text(x(max(line.values)) + 10, place, line.name, line.colour, "start", bold=True))
    return out


def _text(x: float, y: float, text: str, colour: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_shade(colour)}"{weight}>{escape(text)}</text>'


def _shade(name: str) -> str:
    return f"var(--c-{name},{SHADES[name][0]})"
