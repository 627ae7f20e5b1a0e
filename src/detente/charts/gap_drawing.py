"""The picture of a gap chart, drawn by hand as SVG so that it stands at once for any pair.

Names and numbers stand at the lines; each is put where it touches no line, flag or other label, and left out where
there is no such place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, product, repeat
from xml.sax.saxutils import escape, quoteattr

from detente.charts import strokes
from detente.charts.gap import GapChart
from detente.charts.palette import FONT
from detente.charts.strokes import shade
from detente.language.when import place

Point = tuple[float, float]
DIGIT = 7.2
"""Width of a figure at the axis, in units of the picture."""
AWAY = (16, 30, 46, 64, 84)
"""How far above or below its point a label may stand where there is no room beside it, in units of the picture."""
FAR = ("", "-left", "-right")
NOTHING = 1e-9
"""Below this a chart has no scale of its own."""


def draw_gap(chart: GapChart, ident: str, *, compact: bool = False, height: int | None = None) -> str:
    """The picture as SVG text, 776 wide or 358 for a phone.

    Parameters
    ----------
    ident : what the page calls the chart; part of every id.
    compact : numbered flags, whose words stand below the picture.
    height : of the whole picture.
    """
    return _Drawing(chart, ident, compact, height or (380 if compact else 384)).svg()


def spark_svg(
    sold: dict[int, float], expected: dict[int, float], colour: str, width: int = 150, height: int = 56
) -> str:
    """The two lines alone, for a card."""
    years = sorted({*sold, *expected})
    if len(years) < 2:
        return ""
    top = max(*sold.values(), *expected.values(), 1e-9)

    first, last = place(years[0]), place(years[-1])

    def at(year: int, value: float) -> Point:
        return 3 + (width - 8) * (place(year) - first) / (last - first), height - 4 - (height - 8) * value / top

    parts = []
    for values, role, thick, dash in ((expected, "expected", 1.5, "4 3"), (sold, colour, 2.25, "")):
        lines = [[at(y, v) for y, v in run] for run in strokes.runs(values)]
        parts += [strokes.line(line, role, thick, dash) for line in lines]
        parts += [strokes.line(line, role, 1.25, "1 4") for line in strokes.bridges(lines)]
    if sold:
        x, y = at(max(sold), sold[max(sold)])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{shade(colour)}"/>')
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">{"".join(parts)}</svg>'


class _Drawing:
    """Places of everything, and what is taken already."""

    def __init__(self, chart: GapChart, ident: str, compact: bool, height: int) -> None:
        self.chart, self.ident, self.compact, self.height = chart, ident, compact, height
        self.width = 358 if compact else 776
        self.right = 22 if compact else 52
        self.top = (34 if compact else 64) if chart.flags else 14
        self.bottom = height - 24
        self.size = 14 if compact else 15
        years = sorted({*chart.sold, *chart.expected, *chart.ring})
        self.first = place(years[0])
        self.last = max(place(years[-1]), self.first + 1)
        values = [*chart.sold.values(), *chart.expected.values(), *chart.ring.values()]
        largest = max(values, default=0.0)
        largest = largest if largest > NOTHING else 1.0
        self.ticks = strokes.ticks(largest, 4 if compact else 6)
        self.peak = 1.06 * largest
        self.ticks = [tick for tick in self.ticks if tick <= self.peak]
        longest = max((len(chart.labels.axis(tick)) for tick in self.ticks), default=0)
        self.left = max(34 if compact else 44, round(10 + DIGIT * longest))
        self.lines: list[Point] = []
        self.flagged: list[Point] = []
        self.taken: list[tuple[float, float, float, float]] = []
        self.named: set[tuple[int, str]] = set()

    def x(self, year: float) -> float:
        return self.left + (self.width - self.left - self.right) * (place(year) - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.peak

    def points(self, rows: Iterable[tuple[int, float]]) -> list[Point]:
        return [(self.x(year), self.y(value)) for year, value in rows]

    def svg(self) -> str:
        chart = self.chart
        sold = [self.points(run) for run in strokes.runs(chart.sold)]
        expected = [self.points(run) for run in strokes.runs(chart.expected)]
        for line in (*sold, *expected, *strokes.bridges(sold), *strokes.bridges(expected)):
            self.lines += strokes.dense(line)
        parts = [*self.grid(), *self.gap(), *self.flags()]
        parts += [strokes.line(line, "expected", 2.25, "6 5") for line in expected]
        parts += [strokes.line(line, "expected", 1.25, "1 4") for line in strokes.bridges(expected)]
        parts += [strokes.line(line, chart.colour, 3) for line in sold]
        parts += [strokes.line(line, chart.colour, 1.5, "1 4") for line in strokes.bridges(sold)]
        parts += [self.dot(year, value, "expected", hollow=True) for year, value in chart.ring.items()]
        parts += [*self.numbers(), *self.hits()]
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" font-family="{escape(FONT)}" font-size="{self.size}">'
            f"{''.join(parts)}</svg>"
        )

    def grid(self) -> list[str]:
        right = self.width - self.right
        out = []
        for tick in self.ticks:
            y = self.y(tick)
            colour = "axis" if tick == 0 else "grid"
            out.append(f'<path d="M{self.left} {y:.1f}H{right}" stroke="{shade(colour)}"/>')
            out.append(strokes.text(self.left - 8, y + 5, self.chart.labels.axis(tick), "muted", anchor="end", size=13))
        for year in strokes.years(self.first, self.last, 4 if self.compact else 7):
            x = self.x(year)
            out.append(f'<path d="M{x:.1f} {self.bottom}v5" stroke="{shade("axis")}"/>')
            out.append(strokes.text(x, self.bottom + 20, str(year), "muted", anchor="middle", size=13))
        return out

    def gap(self) -> list[str]:
        """The space between the lines wherever less was sold than expected."""
        out = []
        common = {y: (self.chart.sold[y], e) for y, e in self.chart.expected.items() if y in self.chart.sold}
        for run in strokes.runs(common):
            upper: list[Point] = []
            lower: list[Point] = []
            for (a, (sold, due)), (b, (sold_next, due_next)) in pairwise(run):
                below, below_next = sold < due, sold_next < due_next
                if below and not upper:
                    upper, lower = [(self.x(a), self.y(due))], [(self.x(a), self.y(sold))]
                if below != below_next:
                    share = (due - sold) / ((due - sold) - (due_next - sold_next))
                    meet = (self.x(a + share * (b - a)), self.y(due + share * (due_next - due)))
                    upper.append(meet)
                    lower.append(meet)
                if below_next:
                    upper.append((self.x(b), self.y(due_next)))
                    lower.append((self.x(b), self.y(sold_next)))
                elif upper:
                    out.append(strokes.area(upper, lower))
                    upper, lower = [], []
            if len(upper) > 1:
                out.append(strokes.area(upper, lower))
        return out

    def flags(self) -> list[str]:
        """Dashed lines with their words above, or numbers on a phone."""
        out, end = [], float("-inf")
        for number, flag in enumerate(sorted(self.chart.flags, key=lambda f: f.x), 1):
            x = self.x(min(max(flag.x, self.first), self.last))
            line = f'<path d="M{x:.1f} {self.top - 6}V{self.bottom}" stroke="{shade("axis")}" stroke-width="1.25" stroke-dasharray="3 3"/>'
            self.flagged += strokes.dense([(x, self.top), (x, self.bottom)])
            if self.compact:
                self.taken.append((x - 10, self.top - 28, x + 10, self.top - 8))
                ball = f'<circle cx="{x:.1f}" cy="{self.top - 18}" r="10" fill="{shade("ink")}"/>'
                out += [
                    line,
                    ball,
                    strokes.text(x, self.top - 13, str(number), "paper", anchor="middle", size=13, bold=True),
                ]
                continue
            lines = strokes.wrapped(flag.what, 14)[:2]
            wide = max(len(flag.when) * 8.2, *(len(part) * 7.4 for part in lines)) / 2
            at = min(max(x, end + wide + 6, wide), self.width - wide)
            end = at + wide
            self.taken.append((at - wide, self.top - 60, at + wide, self.top - 24 + 16 * (len(lines) - 1)))
            out.append(line)
            out.append(strokes.text(at, self.top - 46, flag.when, "ink", anchor="middle", size=14, bold=True))
            for row, part in enumerate(lines):
                out.append(strokes.text(at, self.top - 29 + 16 * row, part, "ink", anchor="middle", size=14))
        return out

    def numbers(self) -> list[str]:
        """Labels, the most telling first; each finds its own place or stays away."""
        chart, labels = self.chart, self.chart.labels
        out: list[str] = []
        if chart.sold:
            last = max(chart.sold)
            out += self.label(
                last,
                chart.sold[last],
                labels.amounts(chart.sold[last]),
                chart.colour,
                "right above above-left below below-left left",
            )
            peak = max(chart.sold, key=chart.sold.__getitem__)
            if peak != last:
                sold = labels.sold(chart.sold[peak])
                texts = [sold if self.compact else f"{sold}, {peak}", sold, *labels.amounts(chart.sold[peak])]
                out += self.label(
                    peak, chart.sold[peak], texts, chart.colour, "above-left above left above-right right"
                )
        widest = chart.widest()
        if widest is not None:
            due, sold = chart.expected[widest], chart.sold[widest]
            out += self.label(
                widest,
                due,
                [labels.expected(due), *labels.amounts(due)],
                "expected",
                "right above-right above above-left left",
            )
            if self.y(sold) - self.y(due) > 60:
                out += self.between(widest, sold, due)
            out += self.label(
                widest,
                sold,
                labels.amounts(sold),
                chart.colour,
                "above below below-left below-right above-left above-right",
            )
        if chart.expected:
            late = max(chart.expected)
            if late != widest:
                out += self.label(
                    late,
                    chart.expected[late],
                    [labels.expected(chart.expected[late]), *labels.amounts(chart.expected[late])],
                    "expected",
                    "right above above-right above-left below",
                    away=False,
                )
        return out

    def between(self, year: int, sold: float, due: float) -> list[str]:
        """The size of the gap, inside it."""
        labels, size = self.chart.labels, self.size
        for money, share, shift in product(
            labels.amounts(due - sold), (0.5, 0.6, 0.7, 0.4, 0.8), (0, -14, 14, -28, 28)
        ):
            half = max(4 * len(f"{labels.gap} {year}"), 0.28 * size * len(money))
            x, y = self.x(year) + shift, self.y(due) + share * (self.y(sold) - self.y(due))
            box = (x - half, y - 22, x + half, y + 16)
            inside = box[0] >= self.left and box[2] <= self.width - 2
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
        if (year, colour) in self.named:
            return []
        self.named.add((year, colour))
        dot = self.dot(year, value, colour)
        near = [(text, way, 0.0) for text in texts for way in ways.split()]
        sides = ("above", "below") if colour == "expected" else ("below", "above")
        far = [(text, f"{side}{end}", off) for text in texts for off in AWAY for side in sides for end in FAR if away]
        for over, (text, way, off) in (*zip(repeat(False), near), *zip(repeat(True), [*near, *far])):
            if words := self.placed(year, value, text, colour, way, off, over):
                return [*words[1:], dot, words[0]]
        return [dot]

    def placed(self, year: int, value: float, text: str, colour: str, way: str, away: float, over: bool) -> list[str]:
        """Words at a point, to one side of it, and a thin line to them where they stand away; nothing where they would
        leave the picture or touch something, the dashed lines of flags too unless they may stand ``over`` them."""
        x, y, high, wide = self.x(year), self.y(value), self.size * 0.9, len(text) * self.size * 0.56
        dy = -9 - away if "above" in way else high + 9 + away if "below" in way else high / 2 - 1
        side = 9 if not away else -0.25 * wide
        dx = side if "right" in way else -side if "left" in way else 0
        anchor = "start" if "right" in way else "end" if "left" in way else "middle"
        left = x + dx - {"start": 0, "end": wide, "middle": wide / 2}[anchor]
        box = (left, y + dy - high, left + wide, y + dy + 3)
        inside = box[0] >= self.left and box[2] <= self.width - 1 and box[1] >= 0 and box[3] <= self.bottom
        if not inside or self.hits_something(box, self.lines if over else [*self.lines, *self.flagged]):
            return []
        end = box[3] if "above" in way else box[1]
        stem = (x - 2, min(y, end) + 1, x + 2, max(y, end) - 1)
        if away and self.hits_something(stem, ()):
            return []
        self.taken += [box, stem] if away else [box]
        words = strokes.text(x + dx, y + dy, text, colour, anchor=anchor, size=self.size, bold=True, halo=True)
        thin = f'<path d="M{x:.1f} {y:.1f}V{end:.1f}" stroke="{shade(colour)}" stroke-width="1"/>'
        return [words, thin] if away else [words]

    def hits_something(self, box: tuple[float, float, float, float], lines: Iterable[Point]) -> bool:
        left, top, right, bottom = box
        if any(left - 2 <= x <= right + 2 and top - 1 <= y <= bottom + 1 for x, y in lines):
            return True
        return any(left < r and l < right and top < b and t < bottom for l, t, r, b in self.taken)

    def dot(self, year: int, value: float, colour: str, *, hollow: bool = False) -> str:
        fill = shade("paper") if hollow else shade(colour)
        edge = shade(colour) if hollow else shade("paper")
        return f'<circle cx="{self.x(year):.1f}" cy="{self.y(value):.1f}" r="4.5" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>'

    def hits(self) -> list[str]:
        """Unseen marks with the numbers of each year, for pointer and keys."""
        chart, out = self.chart, []
        for year in sorted({*chart.sold, *chart.expected, *chart.ring}):
            sold, due = chart.sold.get(year), chart.expected.get(year, chart.ring.get(year))
            at = sold if sold is not None else due
            tip = quoteattr(chart.labels.tip(year, sold, due))
            out.append(
                f'<circle class="hit ghost" cx="{self.x(year):.1f}" cy="{self.y(at or 0):.1f}" r="11" fill-opacity="0" data-tip={tip}/>'
            )
        return out
