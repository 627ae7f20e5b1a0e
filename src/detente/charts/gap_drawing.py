"""The picture of a gap chart, drawn by hand as SVG so that it stands at once for any pair.

Names and numbers stand at the lines; each is put where it touches no line, flag or other label, and left out where
there is no such place.
"""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from detente.charts import strokes
from detente.charts.gap import GapChart
from detente.charts.gap_plane import GapPlane, Point
from detente.charts.label_places import LabelPlaces, dot
from detente.charts.palette import FONT
from detente.charts.strokes import shade
from detente.language.when import place


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
    """One picture, drawn part by part: grid, gap, flags, lines, words, marks for the pointer."""

    def __init__(self, chart: GapChart, ident: str, compact: bool, height: int) -> None:
        self.chart, self.ident = chart, ident
        self.plane = GapPlane(chart, compact, height)
        self.labels = LabelPlaces(self.plane, chart.labels)

    def svg(self) -> str:
        plane = self.plane
        chart = self.chart
        sold = [plane.points(run) for run in strokes.runs(chart.sold)]
        expected = [plane.points(run) for run in strokes.runs(chart.expected)]
        for line in (*sold, *expected, *strokes.bridges(sold), *strokes.bridges(expected)):
            self.labels.lines += strokes.dense(line)
        parts = [*self.grid(), *self.gap(), *self.flags()]
        parts += [strokes.line(line, "expected", 2.25, "6 5") for line in expected]
        parts += [strokes.line(line, "expected", 1.25, "1 4") for line in strokes.bridges(expected)]
        parts += [strokes.line(line, chart.colour, 3) for line in sold]
        parts += [strokes.line(line, chart.colour, 1.5, "1 4") for line in strokes.bridges(sold)]
        parts += [dot(plane, year, value, "expected", hollow=True) for year, value in chart.ring.items()]
        parts += [*self.numbers(), *self.hits()]
        return (
            f'<svg viewBox="0 0 {plane.width} {plane.height}" font-family="{escape(FONT)}" font-size="{plane.size}">'
            f"{''.join(parts)}</svg>"
        )

    def grid(self) -> list[str]:
        plane = self.plane
        right = plane.width - plane.right
        out = []
        for tick in plane.ticks:
            y = plane.y(tick)
            colour = "axis" if tick == 0 else "grid"
            out.append(f'<path d="M{plane.left} {y:.1f}H{right}" stroke="{shade(colour)}"/>')
            out.append(
                strokes.text(plane.left - 8, y + 5, self.chart.labels.axis(tick), "muted", anchor="end", size=13)
            )
        for year in strokes.years(plane.first, plane.last, 4 if plane.compact else 7):
            x = plane.x(year)
            out.append(f'<path d="M{x:.1f} {plane.bottom}v5" stroke="{shade("axis")}"/>')
            out.append(strokes.text(x, plane.bottom + 20, str(year), "muted", anchor="middle", size=13))
        return out

    def gap(self) -> list[str]:
        """The space between the lines wherever less was sold than expected."""
        plane = self.plane
        out = []
        common = {y: (self.chart.sold[y], e) for y, e in self.chart.expected.items() if y in self.chart.sold}
        for run in strokes.runs(common):
            upper: list[Point] = []
            lower: list[Point] = []
            for (a, (sold, due)), (b, (sold_next, due_next)) in pairwise(run):
                below, below_next = sold < due, sold_next < due_next
                if below and not upper:
                    upper, lower = [(plane.x(a), plane.y(due))], [(plane.x(a), plane.y(sold))]
                if below != below_next:
                    share = (due - sold) / ((due - sold) - (due_next - sold_next))
                    meet = (plane.x(a + share * (b - a)), plane.y(due + share * (due_next - due)))
                    upper.append(meet)
                    lower.append(meet)
                if below_next:
                    upper.append((plane.x(b), plane.y(due_next)))
                    lower.append((plane.x(b), plane.y(sold_next)))
                elif upper:
                    out.append(strokes.area(upper, lower))
                    upper, lower = [], []
            if len(upper) > 1:
                out.append(strokes.area(upper, lower))
        return out

    def flags(self) -> list[str]:
        """Dashed lines with their words above, or numbers on a phone."""
        plane = self.plane
        out, end = [], float("-inf")
        for number, flag in enumerate(sorted(self.chart.flags, key=lambda f: f.x), 1):
            x = plane.x(min(max(flag.x, plane.first), plane.last))
            stroke = f'stroke="{shade("axis")}" stroke-width="1.25" stroke-dasharray="3 3"'
            line = f'<path d="M{x:.1f} {plane.top - 6}V{plane.bottom}" {stroke}/>'
            self.labels.flagged += strokes.dense([(x, plane.top), (x, plane.bottom)])
            if plane.compact:
                self.labels.taken.append((x - 10, plane.top - 28, x + 10, plane.top - 8))
                ball = f'<circle cx="{x:.1f}" cy="{plane.top - 18}" r="10" fill="{shade("ink")}"/>'
                out += [
                    line,
                    ball,
                    strokes.text(x, plane.top - 13, str(number), "paper", anchor="middle", size=13, bold=True),
                ]
                continue
            lines = strokes.wrapped(flag.what, 14)[:2]
            wide = max(len(flag.when) * 8.2, *(len(part) * 7.4 for part in lines)) / 2
            at = min(max(x, end + wide + 6, wide), plane.width - wide)
            end = at + wide
            self.labels.taken.append((at - wide, plane.top - 60, at + wide, plane.top - 24 + 16 * (len(lines) - 1)))
            out.append(line)
            out.append(strokes.text(at, plane.top - 46, flag.when, "ink", anchor="middle", size=14, bold=True))
            for row, part in enumerate(lines):
                out.append(strokes.text(at, plane.top - 29 + 16 * row, part, "ink", anchor="middle", size=14))
        return out

    def numbers(self) -> list[str]:
        """Labels, the most telling first; each finds its own place or stays away."""
        return [*self._sold_numbers(), *self._widest_numbers(), *self._last_expected()]

    def _sold_numbers(self) -> list[str]:
        """What was sold at last, and at the peak."""
        chart, labels = self.chart, self.chart.labels
        if not chart.sold:
            return []
        last, peak = max(chart.sold), max(chart.sold, key=chart.sold.__getitem__)
        amounts = labels.amounts(chart.sold[last])
        out = self.labels.label(
            last, chart.sold[last], amounts, chart.colour, "right above above-left below below-left left"
        )
        if peak != last:
            sold = labels.sold(chart.sold[peak])
            texts = [sold if self.plane.compact else f"{sold}, {peak}", sold, *labels.amounts(chart.sold[peak])]
            out += self.labels.label(
                peak, chart.sold[peak], texts, chart.colour, "above-left above left above-right right"
            )
        return out

    def _widest_numbers(self) -> list[str]:
        """Both ends of the widest gap, and the gap between them."""
        widest = self.chart.widest()
        if widest is None:
            return []
        due, sold = self.chart.expected[widest], self.chart.sold[widest]
        out = self.labels.label(widest, due, self._expected(due), "expected", "right above-right above above-left left")
        if self.plane.y(sold) - self.plane.y(due) > 60:
            out += self.labels.between(widest, sold, due)
        amounts, sides = self.chart.labels.amounts(sold), "above below below-left below-right above-left above-right"
        return out + self.labels.label(widest, sold, amounts, self.chart.colour, sides)

    def _last_expected(self) -> list[str]:
        """What was expected at last, where the widest gap does not say it."""
        last = max(self.chart.expected, default=None)
        if last is None or last == self.chart.widest():
            return []
        due, sides = self.chart.expected[last], "right above above-right above-left below"
        return self.labels.label(last, due, self._expected(due), "expected", sides, away=False)

    def _expected(self, due: float) -> list[str]:
        return [self.chart.labels.expected(due), *self.chart.labels.amounts(due)]

    def hits(self) -> list[str]:
        """Unseen marks with the numbers of each year, for pointer and keys."""
        plane = self.plane
        chart, out = self.chart, []
        for year in sorted({*chart.sold, *chart.expected, *chart.ring}):
            sold, due = chart.sold.get(year), chart.expected.get(year, chart.ring.get(year))
            at = sold if sold is not None else due
            tip = quoteattr(chart.labels.tip(year, sold, due))
            out.append(
                f'<circle class="hit ghost" cx="{plane.x(year):.1f}" cy="{plane.y(at or 0):.1f}" r="11" fill-opacity="0" data-tip={tip}/>'
            )
        return out
