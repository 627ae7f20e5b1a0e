"""What happened between two economies, as numbers: the one object that first screens of runs and of any pair show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from detente.attribution.words.strength import LOST, Place, place_of, weakest
from detente.charts.gap import Flag

FLAGS, APART = 4, 2.4  # events above the chart, and years between two


@dataclass(frozen=True, slots=True)
class Fall:
    """A change of one flow over an episode, its parts, and where it stands among similar pairs.

    Attributes
    ----------
    change, others, own : log points: recorded, what other trade leads one to expect, what is left.
    as_bad, n : similar pairs that did as badly, of how many; None where there are none to compare with.
    p : their rank after what the two economies' other trade did; that of the count alone where None.
    elsewhere : where the same change stands on other base years.
    """

    start: int
    end: int
    change: float
    others: float
    own: float
    as_bad: int | None
    n: int | None
    p: float | None = None
    elsewhere: Sequence[Place] = ()

    @property
    def place(self) -> Place | None:
        """How strong the evidence is on all base years together; None where there is nothing to compare with."""
        if self.as_bad is None or not self.n:
            return None
        smallest = 1 / (1 + self.n)
        plain = smallest * (1 + self.as_bad)
        here = place_of(plain if self.p is None else self.p, smallest, self.own, None if self.p is None else plain)
        return weakest((here, *self.elsewhere))

    @property
    def lost(self) -> bool:
        """Whether there is evidence of a loss specific to the pair, on some base years at least."""
        return self.place in (*LOST, "mixed")

    @property
    def gained(self) -> bool:
        """A rise beyond what other trade implies: beside it, who did better says more than who did as badly."""
        return self.change > 0 and self.own > 0


@dataclass(frozen=True, slots=True)
class IncomeEffect:
    """Real income of one economy in a scenario, percent: 5th, 50th and 95th of the draws."""

    title: str
    economy: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Flow:
    """One direction: what was sold by year and what was to be expected, million US$."""

    origin: str
    destination: str
    sold: Mapping[int, float]
    expected: Mapping[int, float]
    ring: Mapping[int, float] = field(default_factory=dict)
    falls: Sequence[Fall] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first screen is made of, from a run or from a panel alone.

    Attributes
    ----------
    flows : the direction that is shown first, and the other.
    totals : both directions together by year, million US$.
    flags : dated events.
    effects : scenarios, and the year whose economies they start from.
    checks : how many other specifications that can tell call the leading change unusual, and how many there are.
    people : persons, the year, and the economy they come from and live in.
    spread : how far the sources of the last total lie apart, as a share; None where there is one source.
    claims : verdict word to how many, in order of the record.
    """

    flows: tuple[Flow, Flow]
    totals: Mapping[int, float]
    flags: Sequence[Flag] = ()
    effects: Sequence[IncomeEffect] = ()
    baseline: int | None = None
    checks: tuple[int, int] | None = None
    people: tuple[float, int, str, str] | None = None
    spread: float | None = None
    base: tuple[int, int] | None = None
    source: str = ""
    claims: Mapping[str, int] = field(default_factory=dict)
    wrong: Sequence[Mapping[str, Any]] = ()


def leading(falls: Iterable[Fall]) -> Fall | None:
    """The change that the headline and the number beside it are of.

    The first fall with evidence of a loss, else the first fall compared, the first rise with evidence of either, and
    the first change compared.
    """
    compared = [fall for fall in falls if fall.place is not None]
    fell = [fall for fall in compared if fall.change < 0]
    odd = [fall for fall in compared if fall.place not in ("ordinary", "few")]
    return next((one for one in (*(f for f in fell if f.lost), *fell, *odd, *compared)), None)


def two_of(falls: Sequence[Fall]) -> list[Fall]:
    """The leading fall and the first of the others, in order of time."""
    first = leading(falls)
    others = [fall for fall in falls if fall is not first]
    chosen = others[:2] if first is None else [first, *others[:1]]
    return sorted(chosen, key=lambda fall: (fall.start, fall.end))


class Flagged(NamedTuple):
    """A dated event that may stand above a chart, and its rank: the lowest is shown first."""

    rank: tuple[Any, ...]
    flag: Flag


def spread_flags(found: Iterable[Flagged]) -> list[Flag]:
    """At most four of the events, by rank, no two nearer than 2.4 years: there is room for their words."""
    chosen: list[Flag] = []
    for one in sorted(found, key=lambda f: f.rank):
        if len(chosen) < FLAGS and all(abs(one.flag.x - flag.x) >= APART for flag in chosen):
            chosen.append(one.flag)
    return sorted(chosen, key=lambda flag: flag.x)
