"""Score cards: how well a forecast of each kind did on cases that it had not seen, beside the naive one."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from typing import Any

from detente.errors import NotIdentified
from detente.language import Joined, Number, Text, Word
from detente.language.withheld import Stated


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """One test of one kind of forecast out of sample.

    Attributes
    ----------
    target : str
        What is forecast: ``break``, ``return``, ``trade`` ...
    group : str
        For which pairs.
    test : str
        ``rolling`` (learnt on earlier years, scored on the next), ``region out`` (learnt on the other regions) or ``pairs
        out`` (learnt on all other pairs of economies).
    months : int
        The horizon.
    n_cases, n_events : int
    baseline : str
        The naive forecast it is compared with.
    score : str
        What is compared: ``log score``, or ``CRPS`` (Gneiting & Raftery 2007) of the log flow.
    skill_pct, low, high : float
        Gain of the score over the baseline's, percent, with its 90% interval (one decision, or one pair, a cluster).
    without_waves_pct : float or None
        The same with the decisions of blocs left out of learning and scoring; None where there are none.
    auc, brier_skill, expected_over_observed : float or None
        Of a chance; None of a range.
    mae, baseline_mae, crps, coverage_80 : float or None
        Of a range: mean absolute error of the median and of the baseline, and CRPS, log points; share of the
        outcomes inside the 80% range. None of a chance.
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
    score: str
    skill_pct: float
    low: float
    high: float
    without_waves_pct: float | None = None
    auc: float | None = None
    brier_skill: float | None = None
    expected_over_observed: float | None = None
    mae: float | None = None
    baseline_mae: float | None = None
    crps: float | None = None
    coverage_80: float | None = None
    fails: str = ""

    def sentence(self) -> str:
        """The card in one sentence and what is known to fail, as a text that can be said in any language."""
        facts: dict[str, Any] = {
            "test": Word(self.test, group="score_test"), "score": Word(self.score, group="score_of"),
            "baseline": Word(self.baseline, group="score_baseline"), "n": Number(f"{self.n_cases:,}"),
            "gain": Number(f"{self.skill_pct:+.1f}"), "low": Number(f"{self.low:+.1f}"), "high": Number(f"{self.high:+.1f}"),
        }  # fmt: skip
        if self.coverage_80 is not None and self.mae is not None and self.baseline_mae is not None:
            told = Text(
                "score_card.range", **facts, off=self._off(self.mae), off_base=self._off(self.baseline_mae),
                held=Number(f"{100 * self.coverage_80:.0f}"),
            )  # fmt: skip
        else:
            ratio = Number(f"{self.expected_over_observed or 0.0:.2f}")
            told = Text("score_card.chance", **facts, events=Number(f"{self.n_events:,}"), ratio=ratio)
        return Joined(" ", parts=[told, *([Stated(self.fails)] if self.fails else [])])

    def _off(self, mae: float) -> Text:
        """How far a median was off: of incidents by so many, of a flow by a factor."""
        if self.target == "incidents":
            return Text("score_card.incidents", n=Number(f"{mae:.1f}"))
        return Text("score_card.factor", n=Number(f"{exp(mae):.2f}"))


@cache
def score_cards() -> tuple[ScoreCard, ...]:
    """Every card, as ``benchmarks/outlook.py`` last wrote them (scores.csv)."""
    return cards_in((files("detente.outlook") / "scores.csv").read_text(encoding="utf-8"))


def cards_in(text: str) -> tuple[ScoreCard, ...]:
    """The cards of a table of them, as CSV."""
    return tuple(_card(row) for row in csv.DictReader(text.splitlines()))


def _card(row: dict[str, str]) -> ScoreCard:
    whole = ("months", "n_cases", "n_events")
    words = ("target", "group", "test", "baseline", "score", "fails")
    cells: dict[str, Any] = {
        name: cell if name in words else int(cell) if name in whole else float(cell) if cell else None
        for name, cell in row.items()
    }
    return ScoreCard(**cells)


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
        f"No forecast of {target} {months} months ahead was scored for the group '{group}'.",
        why="A number whose score is unknown is no forecast.",
        fix="Ask for a horizon that docs/outlook.md lists.",
    )
