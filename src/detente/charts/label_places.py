"""Where the words at the lines of a gap chart stand: at a place that touches no line, flag or other words, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product, repeat

from detente.charts import strokes
from detente.charts.gap import GapLabels
from detente.charts.gap_plane import GapPlane, Point
from detente.charts.strokes import shade

AWAY = (16, 30, 46, 64, 84)
"""How far above or below its point a label may stand where there is no room beside it, in units of the picture."""
FAR = ("", "-left", "-right")


class LabelPlaces:
    """What is taken already on the ``plane``: points of ``lines`` and of ``flagged`` lines, and boxes of words."""

    def __init__(self, plane: GapPlane, labels: GapLabels) -> None:
        self.plane, self.labels = plane, labels
        self.lines: list[Point] = []
        self.flagged: list[Point] = []
        self.taken: list[tuple[float, float, float, float]] = []
        self.named: set[tuple[int, str]] = set()

    def between(self, year: int, sold: float, due: float) -> list[str]:
        """The size of the gap, inside it."""
        plane = self.plane
        labels, size = self.labels, plane.size
        for money, share, shift in product(
            labels.amounts(due - sold), (0.5, 0.6, 0.7, 0.4, 0.8), (0, -14, 14, -28, 28)
        ):
            half = max(4 * len(f"{labels.gap} {year}"), strokes.breadth(money) / 2 * size)
            x, y = plane.x(year) + shift, plane.y(due) + share * (plane.y(sold) - plane.y(due))
            box = (x - half, y - 22, x + half, y + 16)
            inside = box[0] >= plane.left and box[2] <= plane.width - 2
            if inside and not self.hits_something(box, [*self.lines, *self.flagged]):
                self.taken.append(box)
                top = strokes.text(x, y - 6, f"{labels.gap} {year}", "gap_ink", anchor="middle", size=size - 1)
                return [top, strokes.text(x, y + 12, money, "gap_ink", anchor="middle", size=size, bold=True)]
        return []

    def label(
        self, year: int, value: float, texts: Sequence[str], colour: str, ways: str, away: bool = True
    ) -> list[str]:
        """A dot and its words, the longest of ``texts`` that has room, at the first of ``ways`` that is free; nothing where
        the point has its words already."""
        plane = self.plane
        if (year, colour) in self.named:
            return []
        self.named.add((year, colour))
        point = dot(plane, year, value, colour)
        near = [(text, way, 0.0) for text in texts for way in ways.split()]
        sides = ("above", "below") if colour == "expected" else ("below", "above")
        far = [(text, f"{side}{end}", off) for text in texts for off in AWAY for side in sides for end in FAR if away]
        for over, (text, way, off) in (*zip(repeat(False), near), *zip(repeat(True), [*near, *far])):
            if words := self.placed(year, value, text, colour, way, off, over):
                return [*words[1:], point, words[0]]
        return [point]

    def placed(self, year: int, value: float, text: str, colour: str, way: str, away: float, over: bool) -> list[str]:
        """Words at a point, to one side of it, and a thin line to them where they stand away; nothing where they would
        leave the picture or touch something, the dashed lines of flags too unless they may stand ``over`` them."""
        plane = self.plane
        x, y = plane.x(year), plane.y(value)
        high, wide = plane.size * 0.9, strokes.breadth(text) * plane.size
        dy = -9 - away if "above" in way else high + 9 + away if "below" in way else high / 2 - 1
        side = 9 if not away else -0.25 * wide
        dx = side if "right" in way else -side if "left" in way else 0
        anchor = "start" if "right" in way else "end" if "left" in way else "middle"
        left = x + dx - {"start": 0, "end": wide, "middle": wide / 2}[anchor]
        box = (left, y + dy - high, left + wide, y + dy + 3)
        inside = box[0] >= plane.left and box[2] <= plane.width - 1 and box[1] >= 0 and box[3] <= plane.bottom
        if not inside or self.hits_something(box, self.lines if over else [*self.lines, *self.flagged]):
            return []
        end = box[3] if "above" in way else box[1]
        stem = (x - 2, min(y, end) + 1, x + 2, max(y, end) - 1)
        if away and self.hits_something(stem, ()):
            return []
        self.taken += [box, stem] if away else [box]
        words = strokes.text(x + dx, y + dy, text, colour, anchor=anchor, size=plane.size, bold=True, halo=True)
        thin = f'<path d="M{x:.1f} {y:.1f}V{end:.1f}" stroke="{shade(colour)}" stroke-width="1"/>'
        return [words, thin] if away else [words]

    def hits_something(self, box: tuple[float, float, float, float], lines: Iterable[Point]) -> bool:
        left, top, right, bottom = box
        if any(left - 2 <= x <= right + 2 and top - 1 <= y <= bottom + 1 for x, y in lines):
            return True
        return any(left < r and l < right and top < b and t < bottom for l, t, r, b in self.taken)


def dot(plane: GapPlane, year: int, value: float, colour: str, *, hollow: bool = False) -> str:
    """A point of a line, or the ring of a value from other data."""
    fill = shade("paper") if hollow else shade(colour)
    edge = shade(colour) if hollow else shade("paper")
    return f'<circle cx="{plane.x(year):.1f}" cy="{plane.y(value):.1f}" r="4.5" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>'
