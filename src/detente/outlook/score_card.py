"""Score cards: how well a forecast of each kind did on cases that it had not seen, beside the naive one."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.errors import NotIdentified


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """One test of one kind of forecast out of sample.

    Attributes
    ----------
    target : str
        What is forecast: ``break``, ``return`` ...
    group : str
        For which pairs.
    test : str
        ``rolling`` (learnt on earlier years, scored on the next) or ``region out`` (learnt on the other regions).
    months : int
        The horizon.
    n_cases, n_events : int
    baseline : str
        The naive forecast it is compared with.
    log_skill_pct, low, high : float
        Gain of the log score over the baseline's, percent, with its 90% interval (one decision a cluster).
    without_waves_pct : float
        The same with the decisions of blocs left out of learning and scoring.
    auc, brier_skill, expected_over_observed : float
    fails : str
        Where it is known to fail.
    """

    target: str
    group: str
    test: str
    months: int
    n_cases: int
    n_events: int
    baseline: str
    log_skill_pct: float
    low: float
    high: float
    without_waves_pct: float
    auc: float
    brier_skill: float
    expected_over_observed: float
    fails: str

    def sentence(self) -> str:
        """The card in one sentence."""
        return (
            f"Score, {self.test}: log score {self.log_skill_pct:+.1f}% [{self.low:+.1f}, {self.high:+.1f}] against "
            f"{self.baseline} on {self.n_cases:,} cases with {self.n_events} events; expected over observed "
            f"{self.expected_over_observed:.2f}. {self.fails}"
        ).strip()


@cache
def score_cards() -> tuple[ScoreCard, ...]:
    """Every card, as ``benchmarks/outlook.py`` last wrote them (scores.csv)."""
    text = (files("detente.outlook") / "scores.csv").read_text(encoding="utf-8")
    return tuple(_card(row) for row in csv.DictReader(text.splitlines()))


def _card(row: dict[str, str]) -> ScoreCard:
    return ScoreCard(
        row["target"], row["group"], row["test"], int(row["months"]), int(row["n_cases"]), int(row["n_events"]),
        row["baseline"], float(row["log_skill_pct"]), float(row["low"]), float(row["high"]),
        float(row["without_waves_pct"]), float(row["auc"]), float(row["brier_skill"]),
        float(row["expected_over_observed"]), row["fails"],
    )  # fmt: skip


def card_of(target: str, group: str, months: int, test: str = "rolling") -> ScoreCard:
    """The card of a target, group and horizon.

    Raises
    ------
    NotIdentified
        No forecast of this kind was scored, so none is given.
    """
    for card in score_cards():
        if (card.target, card.group, card.months, card.test) == (target, group, months, test):
            return card
    raise NotIdentified(
        f"No forecast of a {target} within {months} months was scored for the group '{group}'.",
        why="A number whose score is unknown is no forecast.",
        fix="Ask for a horizon that docs/outlook.md lists.",
    )
