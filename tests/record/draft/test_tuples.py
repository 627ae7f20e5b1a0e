"""What each figure of twelve texts says as a whole: value, unit, period, direction and speaker must be right together."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims

WHOLE = Path(__file__).resolve().parents[2] / "fixtures/draft/whole"
TEXTS, COLD, BLIND, FRESH = (
    tomllib.loads((WHOLE / f"{name}.toml").read_text("utf-8"))["text"] for name in ("tuples", "cold", "blind", "fresh")
)
PEOPLE = ("people", "displaced persons", "arrivals", "visitors", "personas", "migrants")


@dataclass(frozen=True)
class Said:
    """One figure with what it says."""

    value: float
    unit: str
    period: str
    direction: str
    speaker: str
    confidence: str = ""

    def same(self, other: Said) -> bool:
        """Whether a drafted figure says what the gold says; a gold speaker stands inside the drafted one."""
        fits = not self.speaker or self.speaker.casefold() in other.speaker.casefold()
        return (
            abs(self.value - other.value) <= 1e-9 * abs(self.value)
            and self.unit == other.unit
            and (self.period, self.direction) == (other.period, other.direction)
            and fits
        )


def gold(text: dict) -> list[Said]:
    cells = (row.split("|") for row in text["tuples"])
    return [Said(float(value), *rest) for value, *rest in cells]


def drafted(text: dict) -> list[Said]:
    article = Article("", text["article"], text["published"], text["language"])
    found = []
    for row in draft_claims(article, "N1").rows:
        cells = row.as_row()
        if cells["value"]:
            unit = "persons" if cells["unit"] in PEOPLE else cells["unit"].partition("/")[0]
            way = cells["state"] if cells["state"] in ("up", "down") else ""
            found.append(
                Said(float(cells["value"]), unit, cells["date"], way, cells["attributed_to"], cells["confidence"])
            )
    return found


def scores(texts: list[dict]) -> tuple[float, float, float, list[str]]:
    """Tuple F1, precision of rows marked high, period accuracy of figures found, and what was missed."""
    right = n_gold = n_drafted = high = high_right = 0
    missed = []
    for text in texts:
        wanted, have = gold(text), drafted(text)
        n_gold, n_drafted = n_gold + len(wanted), n_drafted + len(have)
        open_ = list(wanted)
        for said in have:
            match = next((w for w in open_ if w.same(said)), None)
            if match is not None:
                open_.remove(match)
                right += 1
            high += said.confidence == "high"
            high_right += said.confidence == "high" and match is not None
            if match is None:
                missed.append(f"drafted {said}")
        missed += [f"missed {w}" for w in open_]
    return 2 * right / (n_gold + n_drafted), high_right / max(high, 1), right / n_gold, missed


def test_there_are_twelve_texts_two_of_them_spanish():
    assert len(TEXTS) == 12
    assert sum(text["language"] == "es" for text in TEXTS) == 2
    assert len({text["style"] for text in TEXTS}) == 5
    assert sum(len(text["tuples"]) for text in TEXTS) >= 55


@pytest.mark.parametrize(("place", "goal"), [(0, 0.85), (1, 0.97)], ids=["tuple F1", "precision of high"])
def test_the_texts_reach_the_goal(place, goal):
    found = scores(TEXTS)
    assert found[place] >= goal, "\n".join(found[3])


def test_two_texts_written_cold():
    """Scored cold: F1 .63, precision of high .70; four kinds of fault were mended after that, so they are cold no more."""
    found = scores(COLD)
    assert found[0] >= 0.8, "\n".join(found[3])
    assert found[1] >= 0.97, "\n".join(found[3])


def test_two_texts_scored_blind():
    """Scored once as they came: F1 .88, precision of high 1.0, 7 of 9 events with their day, kind and direction."""
    found = scores(BLIND)
    assert found[0] >= 0.85, "\n".join(found[3])
    assert found[1] >= 0.97, "\n".join(found[3])


def test_rows_marked_high_are_right_in_eight_fresh_texts():
    """Labelled before anything was run on them. Scored once as they came: 27 of 27 rows marked high are right, of 94
    figures; F1 .70. What was read in public pages after that (docs/drafting.md) took these to 34 of 34 and F1 .87."""
    assert sum(text["language"] == "es" for text in FRESH) == 3
    found = scores(FRESH)
    high = [said for text in FRESH for said in drafted(text) if said.confidence == "high"]
    assert len(high) >= 33
    assert found[1] >= 0.97, "\n".join(found[3])
    assert found[0] >= 0.86, "\n".join(found[3])
