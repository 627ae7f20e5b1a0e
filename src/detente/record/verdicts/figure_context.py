"""Figures to do arithmetic with, found by what they are of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from detente.record.period import Period
from detente.record.rows import Figure


def family_of(figure: Figure) -> tuple[str, str, str]:
    """``trade.total@x`` as family ``trade``, flow ``total``, place ``x``."""
    name, _, place = figure.series.partition("@")
    family, _, flow = name.rpartition(".")
    return family, flow, place


@dataclass(frozen=True, slots=True, eq=False)
class FigureContext:
    """Figures to do arithmetic with, found by what they are of; looking one up does not depend on how many there are."""

    beside: Mapping[tuple[str, str, str, str, Period], tuple[Figure, ...]]
    parts: Mapping[tuple[str, str, str, Period], tuple[Figure, ...]]
    by_year: Mapping[tuple[str, int], tuple[Figure, ...]]
    prices: tuple[Figure, ...]

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> FigureContext:
        """From figures of any series; forecasts and bounds are no arithmetic."""
        beside, parts, by_year = (defaultdict(list) for _ in range(3))
        prices = []
        for f in figures:
            if f.status not in ("reported", "derived", "approximate"):
                continue
            family, flow, place = family_of(f)
            beside[family, flow, place, f.unit, f.period].append(f)
            if place:
                parts[family, flow, f.unit, f.period].append(f)
            for year in range(f.period.first.year, f.period.last.year + 1):
                by_year[f.series, year].append(f)
            if f.series.startswith("prices.") and f.kind == "index":
                prices.append(f)
        return cls(
            beside={key: tuple(held) for key, held in beside.items()},
            parts={key: tuple(held) for key, held in parts.items()},
            by_year={key: tuple(held) for key, held in by_year.items()},
            prices=tuple(prices),
        )

    def of_flow(self, figure: Figure, flow: str) -> Iterator[Figure]:
        """Figures of another flow of the same family, place, period and unit."""
        family, _, place = family_of(figure)
        return iter(self.beside.get((family, flow, place, figure.unit, figure.period), ()))

    def near(self, figure: Figure) -> Iterator[Figure]:
        """Figures of the series whose period touches or overlaps the figure's and is another."""
        years = range(figure.period.first.year - 1, figure.period.last.year + 2)
        found = {f.id: f for year in years for f in self.by_year.get((figure.series, year), ())}
        return (f for f in found.values() if f.period != figure.period and abs(f.period.gap(figure.period)) <= 1)
