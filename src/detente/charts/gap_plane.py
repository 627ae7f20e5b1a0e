"""The plane of a gap chart: its edges, its scales, and where a year and an amount stand on it."""

from __future__ import annotations

from collections.abc import Iterable

from detente.charts import strokes
from detente.charts.gap import GapChart
from detente.language.when import place

Point = tuple[float, float]
DIGIT = 7.2
"""Width of a figure at the axis, in units of the picture."""
NOTHING = 1e-9
"""Below this a chart has no scale of its own."""


class GapPlane:
    """Edges and scales of the picture of ``chart``, in its units; a ``compact`` one is 358 wide, for a phone."""

    def __init__(self, chart: GapChart, compact: bool, height: int) -> None:
        self.compact, self.height = compact, height
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

    def x(self, year: float) -> float:
        return self.left + (self.width - self.left - self.right) * (place(year) - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.peak

    def points(self, rows: Iterable[tuple[int, float]]) -> list[Point]:
        return [(self.x(year), self.y(value)) for year, value in rows]
