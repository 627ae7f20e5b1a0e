"""How forecasts of people did out of sample, beside the naive one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from detente.errors import NotIdentified
from detente.outlook.score_card import ScoreCard, cards_in

ALL, LARGE = "all corridors", "50,000 persons and more"


@cache
def people_cards() -> tuple[ScoreCard, ...]:
    """Every card of people, as ``benchmarks/people.py`` last wrote them (scores.csv).

    Targets are ``displaced`` (protected stock), ``moved`` (five-year flow), ``surge`` (odds) and ``nowcast`` (a count that is
    missing).

    Examples
    --------
    >>> sorted({card.target for card in people_cards()})
    ['displaced', 'moved', 'nowcast', 'surge']
    """
    return cards_in((files("detente.outlook.people") / "scores.csv").read_text(encoding="utf-8"))


def people_card(target: str, years: int, group: str = ALL) -> ScoreCard:
    """The card of a target and horizon.

    Raises
    ------
    NotIdentified : no forecast of this kind was scored.
    """
    for card in people_cards():
        if (card.target, card.months, card.group) == (target, 12 * years, group):
            return card
    raise NotIdentified(
        f"No forecast of people {target} {years} years ahead was scored.",
        why="A number whose score is unknown is no forecast.",
        fix="Ask for a horizon that docs/people.md lists.",
    )


def nowcast_card(population: str) -> ScoreCard:
    """How counts of a population did that were predicted as if they were missing."""
    return next(card for card in people_cards() if (card.target, card.group) == ("nowcast", population))


def baseline_crps(card: ScoreCard) -> float:
    """The CRPS of the naive forecast that a card of a range is compared with."""
    return (card.crps or 0.0) / (1 - card.skill_pct / 100)
