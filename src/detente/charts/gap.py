"""What was sold and what one would expect: two lines, the gap between them shaded, dated flags above.

:mod:`detente.charts.gap_drawing` makes the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Flag:
    """A dated event above the plot: when (as a decimal year), the date in words, and two to four words."""

    x: float
    when: str
    what: str


@dataclass(frozen=True, slots=True)
class GapLabels:
    """The words at the lines and of the marks; every callable takes million US$.

    Attributes
    ----------
    sold, expected, gap : names of the lines and of the space between.
    short : a number at a line, in the unit of the axis.
    axis : a number of the axis.
    tip : what a mark says: year, sold, expected (None where unknown).
    """

    sold: str
    expected: str
    gap: str
    short: Callable[[float], str]
    axis: Callable[[float], str]
    tip: Callable[[int, float | None, float | None], str]


@dataclass(frozen=True, slots=True)
class GapChart:
    """One direction of a pair.

    Attributes
    ----------
    sold, expected : year to million US$; a year that is absent breaks the line.
    colour : role of the seller in the palette: ``origin`` or ``destination``.
    flags : at most four.
    ring : years whose expected value comes from other data and is a ring, with its value.
    """

    sold: dict[int, float]
    expected: dict[int, float]
    colour: str
    labels: GapLabels
    flags: Sequence[Flag] = ()
    ring: dict[int, float] = field(default_factory=dict)

    def widest(self) -> int | None:
        """The year in which most is missing, in US$; None where nothing is."""
        both = [y for y in self.expected if y in self.sold and self.expected[y] > self.sold[y]]
        return max(both, key=lambda y: self.expected[y] - self.sold[y], default=None)
