"""An episode: a change between two years that one asks about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from detente.attribution.sample import Sample
from detente.errors import SpecificationError
from detente.language import When


@dataclass(frozen=True, slots=True)
class Episode:
    """The change from the end of one year to another.

    Attributes
    ----------
    from_year, to_year : int
        The flow of ``to_year`` is compared with that of ``from_year``.
    name : str
        How to call it; the two years when empty.
    """

    from_year: int
    to_year: int
    name: str = ""

    def __str__(self) -> str:
        return self.name or f"{self.from_year}→{self.to_year}"

    def check(self, sample: Sample) -> None:
        """Raise if the panel cannot speak about this episode."""
        if self.to_year <= self.from_year:
            raise SpecificationError(
                f"The episode {self} is shorter than a period of the panel.",
                why="A change needs two different years, the earlier one first.",
                fix="Give the last year before and a year after, e.g. (2008, 2010).",
            )
        sample.year(self.from_year, what=f"The episode {self} begins in")
        sample.year(self.to_year, what=f"The episode {self} ends in")


def episodes_of(given: Iterable[Any] | Mapping[str, Any]) -> tuple[Episode, ...]:
    """Episodes from pairs of years, (name, from, to) triples, a mapping name -> years, or Episodes.

    Examples
    --------
    >>> [str(e) for e in episodes_of([(2008, 2010), ("freeze", 2008, 2010)])]
    ['2008→2010', 'freeze']
    """
    items = [(name, *years) for name, years in given.items()] if isinstance(given, Mapping) else list(given)
    episodes = tuple(_episode(item) for item in items)
    if not episodes:
        raise SpecificationError("No episode was given.", fix="Give one, e.g. episodes=[(2008, 2010)].")
    return episodes


def _episode(item: Any) -> Episode:
    if isinstance(item, Episode):
        return item
    try:
        if len(item) == 3:
            name, start, end = item
            return Episode(When(start), When(end), str(name))
        start, end = item
        return Episode(When(start), When(end))
    except (TypeError, ValueError) as error:
        raise SpecificationError(
            f"{item!r} is no episode.", fix="Give (from_year, to_year) or (name, from_year, to_year)."
        ) from error


def episodes_around(events: Iterable[tuple[str, int]], *, before: int = 1, after: int = 1) -> tuple[Episode, ...]:
    """Episodes from dated events of a record: from ``before`` years before to ``after`` years after each.

    Parameters
    ----------
    events : iterable of (name, year)
    before, after : int

    Examples
    --------
    >>> [(str(e), e.from_year, e.to_year) for e in episodes_around([("border closed", 2015)])]
    [('border closed', 2014, 2016)]
    """
    return tuple(Episode(year - before, year + after, name) for name, year in events)
