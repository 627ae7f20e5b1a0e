"""Odds that two states break relations, or restore them: with interval, base rate, score card and nearest breaks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from detente._notebook import as_html
from detente.attribution.words.sentences import named
from detente.language import Day, Joined, Number, Text, Word
from detente.language.digits import times
from detente.outlook.score_card import ScoreCard


@dataclass(frozen=True, slots=True)
class PastBreak:
    """A past break of another pair that stood much as this one does."""

    a: str
    b: str
    broke: date
    kind: str


@dataclass(frozen=True, slots=True)
class Odds:
    """Odds of a break or a return, never to be read without the base beside them.

    Attributes
    ----------
    origin, destination : str
    event : str
        ``break`` or ``return``.
    on : date
        Nothing that happened later was used.
    months : int
        The horizon.
    probability : float
    interval : (float, float)
        90%, from 200 resamples in which all that one decision did counts as one case.
    base_rate : float
        Of the group in the last ten years known on ``on`` (break), or of all spells (return).
    group : str
        ``land`` (land neighbours) or ``relevant`` (all pairs asked about); ``open spells`` for a return.
    rank, n_ranked : int
        Place among the group's pairs that can still break, the highest first; of a return all stand alike.
    nearest : tuple of PastBreak
        The three past breaks whose pairs stood most like this one.
    if_open : float or None
        Of a return: the probability if every spell without a return that was read is still open.
    card : ScoreCard
        How well such probabilities did out of sample.
    caution : str
        Empty, or what a reader must know beside the numbers.
    """

    origin: str
    destination: str
    event: str
    on: date
    months: int
    probability: float
    interval: tuple[float, float]
    base_rate: float
    group: str
    rank: int
    n_ranked: int
    nearest: tuple[PastBreak, ...]
    if_open: float | None
    card: ScoreCard
    caution: str

    @property
    def times_base(self) -> float:
        """Odds relative to the base rate's."""
        return self.probability / (1 - self.probability) / (self.base_rate / (1 - self.base_rate))

    def summary(self) -> str:
        """Three sentences, in any language: the odds beside their base, the rank with the nearest cases, the score."""
        facts: dict[str, Any] = {
            "a": named(self.origin), "b": named(self.destination), "months": self.months, "day": Day(self.on.isoformat()),
            **dict(zip(("low", "high"), (Number(f"{100 * p:.1f}") for p in self.interval))),
        }  # fmt: skip
        if self.event == "return":
            facts |= {"chance": f"{100 * self.probability:.0f}", "open": f"{100 * (self.if_open or 0):.0f}"}
            told = [Text("outlook.return", **facts), Text("outlook.return_rank")]
        else:
            among = Word(self.group, group="outlook_group")
            facts |= {
                "among": among, "chance": Number(f"{100 * self.probability:.1f}"),
                "times": Number(times(self.times_base)), "base": Number(f"{100 * self.base_rate:.2f}"),
            }  # fmt: skip
            cases = [Text("outlook.case", a=named(c.a), b=named(c.b), year=str(c.broke.year)) for c in self.nearest]
            rank = {"rank": Number(f"{self.rank:,}"), "n": Number(f"{self.n_ranked:,}"), "among": among}
            told = [
                Text("outlook.break", **facts),
                Text("outlook.break_rank", **rank, cases=Joined("; ", parts=cases)),
            ]
        return Joined("\n", parts=[*told, self.card.sentence(), *([self.caution] if self.caution else [])])

    def to_dict(self) -> dict[str, Any]:
        """Every field as plain text and numbers, for JSON."""
        plain = {**asdict(self), "on": self.on.isoformat(), "times_base": self.times_base}
        plain["nearest"] = [asdict(c) | {"broke": c.broke.isoformat()} for c in self.nearest]
        return plain

    def _repr_html_(self) -> str:
        """In a notebook: the three sentences."""
        return as_html(self.summary())

    def __repr__(self) -> str:
        return (
            f"Odds({self.origin}-{self.destination}, {self.event}: {self.probability:.3f}, base {self.base_rate:.4f})"
        )
