"""Figures to do arithmetic with, found by what they are of; looking one up hardly depends on how many there are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from detente.record.period import Period
from detente.record.rows import Figure

MOST = 40
"""Figures of one flow, place, period and unit that sums and differences are tried with: the preferred and the reported
first, in the record's order."""
_RANK = {"reported": 0, "derived": 1, "approximate": 2}


@dataclass(frozen=True, slots=True)
class ByValue:
    """Figures of one series and period in ascending order of value, and of the record where values are equal."""

    values: tuple[float, ...]
    places: tuple[int, ...]
    figures: tuple[Figure, ...]

    @classmethod
    def of(cls, held: Iterable[tuple[int, Figure]]) -> ByValue:
        """Of figures with their places in the record."""
        ordered = sorted(held, key=lambda item: (item[1].value, item[0]))
        return cls(tuple(f.value for _, f in ordered), tuple(k for k, _ in ordered), tuple(f for _, f in ordered))

    def beside(self, value: float, but: tuple[str, str]) -> Iterator[tuple[int, Figure]]:
        """The nearest at or above ``value`` and the nearest below it, each with its place; none of the ids ``but``."""
        at = bisect_left(self.values, value)
        yield from self._first(range(at, len(self.values)), but)
        while at > 0:
            start = bisect_left(self.values, self.values[at - 1])
            found = list(self._first(range(start, bisect_right(self.values, self.values[at - 1])), but))
            if found:
                yield from found
                return
            at = start

    def _first(self, span: range, but: tuple[str, str]) -> Iterator[tuple[int, Figure]]:
        for k in span:
            if self.figures[k].id not in but:
                yield self.places[k], self.figures[k]
                return


@dataclass(frozen=True, slots=True, eq=False)
class FigureContext:
    """The figures of a record, by what they are of.

    Attributes
    ----------
    flows : by family, flow, place, unit and period.
    parts : by family, flow, unit and period: the figures of single places, and their sum.
    periods : by series and year, the periods that the series has figures of.
    values : by series and period, all but approximate ones.
    prices : of price indices.
    """

    flows: Mapping[tuple[str, str, str, str, Period], tuple[Figure, ...]]
    parts: Mapping[tuple[str, str, str, Period], tuple[tuple[Figure, ...], float]]
    periods: Mapping[tuple[str, int], tuple[Period, ...]]
    values: Mapping[tuple[str, Period], ByValue]
    prices: tuple[Figure, ...]

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> FigureContext:
        """From figures of any series; forecasts and bounds are no arithmetic."""
        flows, parts, values = (defaultdict(list) for _ in range(3))
        periods: defaultdict[tuple[str, int], dict[Period, None]] = defaultdict(dict)
        prices = []
        for k, f in enumerate(figures):
            if f.status not in _RANK:
                continue
            family, flow, place = family_of(f)
            flows[family, flow, place, f.unit, f.period].append(f)
            if place:
                parts[family, flow, f.unit, f.period].append(f)
            if f.status != "approximate":
                values[f.series, f.period].append((k, f))
            for year in range(f.period.first.year, f.period.last.year + 1):
                periods[f.series, year][f.period] = None
            if f.series.startswith("prices.") and f.kind == "index":
                prices.append(f)
        return cls(
            flows={key: _first_of(held) for key, held in flows.items()},
            parts={key: (tuple(held), sum(f.value for f in held)) for key, held in parts.items()},
            periods={key: tuple(held) for key, held in periods.items()},
            values={key: ByValue.of(held) for key, held in values.items()},
            prices=tuple(prices),
        )

    def of_flow(self, figure: Figure, flow: str) -> Iterator[Figure]:
        """Figures of another flow of the same family, place, period and unit."""
        family, _, place = family_of(figure)
        return iter(self.flows.get((family, flow, place, figure.unit, figure.period), ()))

    def nearest_of_other_periods(self, odd: Figure, other: Figure) -> Iterator[Figure]:
        """Of each period that touches or overlaps the odd figure's and is another: the figures next to it in value.

        In the order of the years, and within a year of the record; neither of the two themselves.
        """
        years = range(odd.period.first.year - 1, odd.period.last.year + 2)
        found: dict[str, Figure] = {}
        for year in years:
            near = [
                item
                for period in self.periods.get((odd.series, year), ())
                if period != odd.period and abs(period.gap(odd.period)) <= 1 and (odd.series, period) in self.values
                for item in self.values[odd.series, period].beside(odd.value, (odd.id, other.id))
            ]
            found |= {f.id: f for _, f in sorted(near, key=lambda item: item[0]) if f.id not in found}
        return iter(found.values())


def family_of(figure: Figure) -> tuple[str, str, str]:
    """``trade.total@x`` as family ``trade``, flow ``total``, place ``x``."""
    name, _, place = figure.series.partition("@")
    family, _, flow = name.rpartition(".")
    return family, flow, place


def _first_of(held: list[Figure]) -> tuple[Figure, ...]:
    """At most :data:`MOST` of them, in their order."""
    if len(held) <= MOST:
        return tuple(held)
    order = sorted(range(len(held)), key=lambda k: (not held[k].preferred, _RANK[held[k].status], k))
    return tuple(held[k] for k in sorted(order[:MOST]))
