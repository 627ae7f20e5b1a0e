"""Strokes and scales of a chart drawn by hand: lines, areas, texts, round numbers on an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, floor, hypot, log10
from xml.sax.saxutils import escape

from detente.charts.palette import SHADES
from detente.language.when import follows

Point = tuple[float, float]
NARROW, WIDE = frozenset(" .,'iljtfrI"), frozenset("mwMW")


def runs(rows: dict) -> list[list]:
    """Stretches of consecutive periods."""
    out: list[list] = []
    for year in sorted(rows):
        if out and follows(out[-1][-1][0], year):
            out[-1].append((year, rows[year]))
        else:
            out.append([(year, rows[year])])
    return out


def bridges(lines: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """What joins the stretches of a line where single years are missing, to be drawn as a mere hint."""
    return [[one[-1], other[0]] for one, other in pairwise(lines)]


def ticks(top: float, wanted: int) -> list[float]:
    """Round numbers from zero to the first at or above ``top``.

    >>> ticks(11.2, 6), ticks(0.7, 4)
    ([0, 2, 4, 6, 8, 10, 12], [0.0, 0.2, 0.4, 0.6, 0.8])
    """
    rough = top / wanted
    size = 10 ** floor(log10(rough))
    step = next(step for step in (size, 2 * size, 5 * size, 10 * size) if step >= 0.999 * rough)
    count = int(top / step - 1e-9) + 1
    return [round(k * step, 12) for k in range(count + 1)]


def years(first: float, last: float, wanted: int) -> list[int]:
    """Round years from the first to the last, at most so many."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (last - first) / step <= wanted)
    return list(range(ceil(first / step) * step, floor(last) + 1, step))


def dense(line: Sequence[Point]) -> list[Point]:
    """Points along a line, close enough that no label slips between."""
    out = list(line)
    for (x0, y0), (x1, y1) in pairwise(line):
        n = int(hypot(x1 - x0, y1 - y0) // 5)
        out += [(x0 + k * (x1 - x0) / (n + 1), y0 + k * (y1 - y0) / (n + 1)) for k in range(1, n + 1)]
    return out


def wrapped(text: str, most: float, wide: Callable[[str], float] = len) -> list[str]:
    """Lines of at most so many letters, or of a breadth as ``wide`` measures it, broken between words.

    >>> wrapped("what one would expect", 10)
    ['what one', 'would', 'expect']
    """
    lines = [""]
    for word in text.split():
        if lines[-1] and wide(f"{lines[-1]} {word}") > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def breadth(text: str) -> float:
    """How wide bold words are, in sizes of their type, as a browser draws them without serifs.

    >>> round(breadth("US$546m"), 2), round(breadth("will"), 2)
    (4.57, 1.88)
    """
    return sum(0.33 if c in NARROW else 0.89 if c in WIDE else 0.7 if c.isupper() else 0.57 for c in text)


def path(points: Sequence[Point]) -> str:
    """The data of a path through points; a single one is a dot where the line's ends are round."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("h0" if len(points) == 1 else "")


def line(points: Sequence[Point], colour: str, width: float, dash: str = "") -> str:
    """A line through points."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path(points)}" fill="none" stroke="{shade(colour)}" stroke-width="{width}" '
        f'stroke-linejoin="round" stroke-linecap="round"{dashed}/>'
    )


def area(upper: Sequence[Point], lower: Sequence[Point]) -> str:
    """The area between two lines."""
    return f'<path d="{path([*upper, *reversed(lower)])}Z" fill="{shade("gap")}"/>'


def text(
    x: float, y: float, text: str, colour: str, *, anchor: str = "start", size: float, bold: bool = False,
    halo: bool = False,
) -> str:  # fmt: skip
    """A text at a place, with an outline of paper where it stands on something."""
    weight = ' font-weight="700"' if bold else ""
    outline = (
        f' paint-order="stroke" stroke="{shade("paper")}" stroke-width="4" stroke-linejoin="round"' if halo else ""
    )
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{shade(colour)}"{weight}{outline}>'
        f"{escape(text)}</text>"
    )


def shade(name: str) -> str:
    """A CSS variable that falls back to the light shade, so that the picture also stands alone."""
    return f"var(--c-{name},{SHADES[name][0]})"
