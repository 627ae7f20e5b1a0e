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
    """The words at the lines and of the marks; every callable takes million US$ (the tip: those of a year).

    Attributes
    ----------
    sold, expected : an amount that was sold, and one that was expected, with its unit.
    gap : the name of the space between.
    amounts : an amount alone, with its unit, the widest wording first.
    axis : a number of the axis.
    tip : what a mark says: year, sold, expected (None where unknown).
    """

    sold: Callable[[float], str]
    expected: Callable[[float], str]
    gap: str
    amounts: Callable[[float], Sequence[str]]
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
