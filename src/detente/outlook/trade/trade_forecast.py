"""A forecast of trade: one flow in one later year with its score, and all of a pair's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from detente._notebook import as_html
from detente.attribution.words.sentences import named
from detente.language import Joined, Money, Text, When, Word
from detente.language.withheld import Stated
from detente.outlook.score_card import ScoreCard

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
NO_EVENT, REOPENED, RUPTURED = "no event known", "after a reopening", "after a rupture"
UNTOLD, SCOPED = "after a rupture, instrument not told", "after a rupture, scope told"


@dataclass(frozen=True, slots=True)
class Ahead:
    """One flow in one later year.

    Attributes
    ----------
    origin, destination : str
    both_ways : bool
        Whether it is the sum of the two directions; its range takes both to be high, or low, together.
    year : int
        Or a quarter or month, as a whole number (``20223``, ``202209``).
    last_year : int
    last_usd_mn : float
        What was known: the flow of the last year, or of the same season's last quarter or month.
    gap : float or None
        Log ratio of that flow to what the two economies' other trade led one to expect; None where it is not used.
    quantiles_usd_mn : tuple of five floats
        10, 25, 50, 75 and 90%, current US$ million.
    chance_of_zero : float
        That nothing at all is recorded; the range is that of a flow that is.
    method : str
        ``after a reopening``, ``after a rupture`` (and ``..., scope told``, ``..., instrument not told``) or ``no event
        known``.
    n_learnt : int
        Cases, or flows, that it was learnt from.
    card : ScoreCard
        How such forecasts did on cases that they had not seen.
    """

    origin: str
    destination: str
    both_ways: bool
    year: int
    last_year: int
    last_usd_mn: float
    gap: float | None
    quantiles_usd_mn: tuple[float, ...]
    chance_of_zero: float
    method: str
    n_learnt: int
    card: ScoreCard

    @property
    def median_usd_mn(self) -> float:
        return self.quantiles_usd_mn[2]


@dataclass(frozen=True, slots=True)
class TradeForecast:
    """Both directions of a pair, and their sum, one to three years on, or up to twelve quarters or months.

    Attributes
    ----------
    origin, destination : str
    as_of : int
        Years before this one were used, or quarters or months before this one, and no later ones.
    event : str
        ``reopening``, ``rupture``, or empty.
    ahead : tuple of Ahead
    cautions : tuple of str
        What a reader must know beside the numbers.
    """

    origin: str
    destination: str
    as_of: int
    event: str
    ahead: tuple[Ahead, ...]
    cautions: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """One row a flow and year: quantiles in current US$ million, method, score (polars)."""
        return pl.DataFrame(
            [
                {
                    "origin": a.origin, "destination": a.destination, "both_ways": a.both_ways, "year": a.year,
                    "last_year": a.last_year, "last_usd_mn": a.last_usd_mn, "gap": a.gap,
                    **{f"p{level:.0%}".rstrip("%"): q for level, q in zip(LEVELS, a.quantiles_usd_mn)},
                    "chance_of_zero": a.chance_of_zero, "method": a.method, "n_learnt": a.n_learnt,
                    "score": a.card.score, "skill_pct": a.card.skill_pct, "coverage_80": a.card.coverage_80,
                }
                for a in self.ahead
            ],
            infer_schema_length=None,
        )  # fmt: skip

    def summary(self) -> str:
        """A sentence a year, the score, and the cautions, in any language."""
        return Joined(
            "\n", parts=[*map(_said, self.ahead), self.ahead[0].card.sentence(), *map(_stated, self.cautions)]
        )

    def to_dict(self) -> dict[str, Any]:
        """Every field as plain text and numbers, for JSON."""
        return asdict(self)

    def _repr_html_(self) -> str:
        """In a notebook: the sentences and the table."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        return f"TradeForecast({self.origin}-{self.destination}, as of {self.as_of}, {self.event or 'no event'})"


def _said(ahead: Ahead) -> str:
    low, high = ahead.quantiles_usd_mn[0], ahead.quantiles_usd_mn[-1]
    ends = {"a": named(ahead.origin), "b": named(ahead.destination)}
    return Text(
        "outlook.trade", who=Text("outlook.both_ways" if ahead.both_ways else "outlook.one_way", **ends), year=When(ahead.year),
        middle=Money(ahead.median_usd_mn), low=Money(low), high=Money(high), method=Word(ahead.method, group="outlook_method"),
        last=Money(ahead.last_usd_mn), last_year=When(ahead.last_year),
    )  # fmt: skip


def _stated(caution: str) -> str:
    return caution if isinstance(caution, Text) else Stated(caution)
