"""States over the years as strips, one a lane, on the scale of the gap chart above them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from detente.charts.palette import FONT, SHADES

STATE = {"calm": SHADES["step2"][0], "strained": SHADES["strained"][0], "hostile": SHADES["loss2"][0]}
INK = SHADES["ink"][0]
"""The strips keep their light shades on dark paper, with dark words on them: 4.9:1 or more."""
HIGH, STEP = 22, 46


@dataclass(frozen=True, slots=True)
class Strip:
    """One state: decimal years, ``calm``, ``strained``, ``hostile`` or ``unknown``, the word in it and its tip."""

    start: float
    end: float
    state: str
    word: str
    tip: str


@dataclass(frozen=True, slots=True)
class StripLane:
    """A lane: its name and how things stand at its end, with its strips in order."""

    name: str
    now: str
    strips: Sequence[Strip]


def draw_lanes(rows: Sequence[StripLane], first: int, last: int, ident: str, *, compact: bool = False) -> str:
    """The strips as SVG text, 776 wide or 358 for a phone; the years stand where the gap chart has them.

    Parameters
    ----------
    first, last : years of the gap chart's axis; strips beyond ``last`` are cut.
    ident : part of every id.
    """
    width = 358 if compact else 776
    left, right = (34, 22) if compact else (44, 52)
    height = STEP * len(rows) + 22

    def x(year: float) -> float:
        at = min(max(year, first), last)
        return left + (width - left - right) * (at - first) / max(last - first, 1)

    parts = [_hatch(ident)]
    for k, lane in enumerate(rows):
        y = STEP * k + 18
        parts.append(
            f'<text x="{left}" y="{y - 5}" fill="{_shade("muted")}"><tspan font-weight="700" fill="{_shade("ink")}">'
            f"{escape(lane.name)}</tspan> {escape(lane.now)}</text>"
        )
        parts += [part for strip in lane.strips for part in _strip(strip, x, y, ident)]
    gap = next(step for step in (1, 2, 5, 10, 20, 50, 100) if (last - first) / step <= (4 if compact else 6))
    parts += [_label(x(year), height - 4, str(year)) for year in range(-(-first // gap) * gap, last + 1, gap)]
    return f'<svg viewBox="0 0 {width} {height}" font-family="{escape(FONT)}" font-size="13">{"".join(parts)}</svg>'


def _hatch(ident: str) -> str:
    stroke = _shade("axis")
    return (
        f'<defs><pattern id="{ident}-hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0 0V7" stroke="{stroke}" stroke-width="1.5"/></pattern></defs>'
    )


def _strip(strip: Strip, x: Callable[[float], float], y: float, ident: str) -> list[str]:
    start, end = x(strip.start), x(strip.end)
    if end <= start and strip.state != "unknown":
        end = start + 3  # an act of a few days is still seen
    if end <= start:
        return []
    unknown = strip.state == "unknown"
    fill = f"url(#{ident}-hatch)" if unknown else STATE[strip.state]
    edge = f' stroke="{_shade("grid")}"' if unknown else f' stroke="{_shade("paper")}"'
    out = [
        f'<rect class="hit" x="{start:.1f}" y="{y}" width="{max(end - start, 3):.1f}" height="{HIGH}" fill="{fill}"{edge} '
        f"data-tip={quoteattr(strip.tip)}/>"
    ]
    if strip.word and len(strip.word) * 7 + 8 < end - start:
        middle = (start + end) / 2
        if unknown:
            half = len(strip.word) * 3.4 + 6
            out.append(
                f'<rect x="{middle - half:.1f}" y="{y + 3}" width="{2 * half:.1f}" height="{HIGH - 6}" '
                f'fill="{_shade("paper")}" pointer-events="none"/>'
            )
        ink = _shade("muted") if unknown else INK
        out.append(
            f'<text x="{middle:.1f}" y="{y + 17}" text-anchor="middle" fill="{ink}" pointer-events="none">'
            f"{escape(strip.word)}</text>"
        )
    return out


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{_shade("muted")}">{escape(text)}</text>'


def _shade(name: str) -> str:
    return f"var(--c-{name},{SHADES[name][0]})"
