"""The register of the report's charts: a module of this folder enters its own, and the page shows it in its section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detente._registry import Registry
from detente.charts.chart import Chart
from detente.errors import SpecificationError
from detente.language import Catalogue
from detente.report.story import Story

SECTIONS = ("timeline", "claims", "attribution", "scenarios", "forecasts")
Draw = Callable[[Story, Catalogue], Chart | None]


@dataclass(frozen=True, slots=True)
class ChartKind:
    """A chart of the report: the section it stands in, its place there, and what draws it (None where there is nothing)."""

    section: str
    place: int
    draw: Draw


CHARTS: Registry[ChartKind] = Registry("chart")


def chart_kind(section: str, place: int, draw: Draw) -> ChartKind:
    """A kind of chart, checked.

    Raises
    ------
    SpecificationError
        The report has no such section.
    """
    if section not in SECTIONS:
        raise SpecificationError(f"The report has no section '{section}'.", fix=f"Use one of {', '.join(SECTIONS)}.")
    return ChartKind(section, place, draw)


def enter(name: str, section: str, place: int) -> Callable[[Draw], Draw]:
    """Enter what draws a chart in the register, above its definition.

    Parameters
    ----------
    name : its address and file name, one lowercase word.
    section : one of ``SECTIONS``.
    place : order within the section; ties go by name.
    """

    def entered(draw: Draw) -> Draw:
        CHARTS.add(name, chart_kind(section, place, draw))
        return draw

    return entered


def in_order() -> list[tuple[str, ChartKind]]:
    """The charts as the page shows them."""
    return sorted(CHARTS.items(), key=lambda one: (SECTIONS.index(one[1].section), one[1].place, one[0]))
