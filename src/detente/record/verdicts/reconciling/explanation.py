"""One explanation of why two figures differ, and the arithmetic that all of them are made of."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from detente.language import Number, Text, Word
from detente.record.rows import Figure
from detente.record.verdicts.numbers import AS_WRITTEN, rounding
from detente.record.verdicts.reconciling.figure_context import FigureContext

FIT = 0.02
"""Arithmetic that comes within 2% of the other figure, or within rounding, counts as an explanation."""


@dataclass(frozen=True, slots=True)
class ConflictExplanation:
    """One way in which two figures can both be right, or one a slip.

    Attributes
    ----------
    kind : str
        ``rounding``, ``balance as total``, ``exports as total``, ``imports as total``,
        ``valuation``, ``compiler``, ``other period``, ``sum of parts``, ``constant money``,
        ``power of ten``.
    arithmetic : str
        The sum done, in numbers.
    misfit : float
        What the arithmetic leaves, as a share of the figure it should give; 0 fits exactly.
    figure_ids : tuple of str
        Figures used besides the two.
    """

    kind: str
    arithmetic: str
    misfit: float
    figure_ids: tuple[str, ...] = ()


def rounding_half(figure: Figure) -> float:
    """Half of the last digit a figure states; its own range where the source gives one."""
    if not math.isnan(figure.low) and not math.isnan(figure.high):
        return max(figure.value - figure.low, figure.high - figure.value)
    return rounding(figure.text, as_written=figure.unit in AS_WRITTEN)


def agree(a: Figure, b: Figure) -> bool:
    """Whether two figures are the same number within the rounding of both.

    Only an approximate figure counts its zeros as rounding; a reported 7,290 is 7,290.
    """
    half = sum(rounding_half(f) if f.status == "approximate" else last_digit(f) for f in (a, b))
    return abs(a.value - b.value) <= half * (1 + 1e-9)


def last_digit(figure: Figure) -> float:
    """Half a unit of the last digit written, zeros before the point counting as digits."""
    decimals = len(figure.text.partition(".")[2])
    return 0.5 * 10.0**-decimals


def off(a: float, b: float) -> float:
    """How far ``a`` is from ``b``, as a share of it."""
    return abs(a - b) / abs(b) if b else math.inf


def misfit_of(computed: float, figure: Figure) -> float:
    """Misfit of a computed number: none within the figure's rounding, else all that is missing."""
    allowed = rounding_half(figure) if figure.status == "approximate" else last_digit(figure)
    missing = abs(computed - figure.value)
    return 0.0 if missing <= allowed else missing / abs(figure.value)


def beside(figure: Figure, other: Figure, context: FigureContext, flow: str) -> Iterator[Figure]:
    """Figures of another flow beside the two that are explained, and neither of them."""
    return (f for f in context.of_flow(figure, flow) if f.id not in (figure.id, other.id))


def circular(x: Figure, m: Figure, *used: Figure) -> bool:
    """Whether a part was itself computed from the figures to be explained."""
    return any(f.id in part.derivation or f.text in part.derivation for part in (x, m) for f in used)


def plain(number: float) -> str:
    """A number as arithmetic shows it."""
    return Number(f"{number:,g}")


def named(figure: Figure) -> str:
    """A figure's value with its id."""
    return Text("arithmetic.figure", n=plain(figure.value), id=figure.id)


def basis_of(figure: Figure) -> str:
    """A figure's basis, in words."""
    return Word(figure.basis, group="basis")


def flow_named(name: str) -> str:
    """A flow, in words."""
    return Word(name, group="flow")
