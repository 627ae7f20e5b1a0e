"""What every forecast of a number of people holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from detente.outlook.score_card import ScoreCard


@dataclass(frozen=True, slots=True)
class PeopleForecast:
    """A number of people some years ahead, with its interval and score.

    Attributes
    ----------
    origin, destination : codes.
    as_of, year : the year known last, and the one it is for; of moves the first years of two periods of five.
    last, low, middle, high : persons; in ``as_of``, and the 10th, 50th and 90th percentile.
    card : how such forecasts did out of sample.
    caution : what a reader must know beside the numbers; empty for nothing.
    """

    origin: str
    destination: str
    as_of: int
    year: int
    last: float
    low: float
    middle: float
    high: float
    card: ScoreCard
    caution: str = ""

    @property
    def horizon(self) -> int:
        """Years between the two."""
        return self.year - self.as_of

    def said(self, what: str, from_: str) -> str:
        """A sentence with the score beside it."""
        numbers = f"{self.middle:,.0f} [{self.low:,.0f}, {self.high:,.0f}] (80%), from {self.last:,.0f} {from_}."
        return " ".join(part for part in (f"{what}: {numbers}", self.caution, self.card.sentence()) if part)

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values."""
        return asdict(self) | {"horizon": self.horizon}
