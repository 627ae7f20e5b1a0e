"""Periods of figures in sentences made from parts: times of every kind by forms of every kind, each with known truth."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims

sys.path.insert(0, str(Path(__file__).parents[2] / "fixtures/draft/made"))
from made import PARTS, Made, made

EVERY = 5
"""One made sentence of so many is tried: each form with other times."""


def read(sentence: Made) -> list[tuple[str, str, str]]:
    """For every figure its true period, the one drafted and how sure that is."""
    article = Article("", sentence.text, PARTS["published"], sentence.language)
    rows = [row.as_row() for row in draft_claims(article, "N1").rows]
    found = []
    for value, period in sentence.periods:
        row = next((r for r in rows if r["value"] and abs(abs(float(r["value"])) - value) < 1e-6), None)
        found.append((period, row["date"] if row else "not drafted", row["confidence"] if row else ""))
    return found


@pytest.mark.parametrize(("language", "right", "sure"), [("en", 0.95, 0.99), ("es", 0.95, 0.99)])
def test_figures_of_made_sentences_have_their_periods(language, right, sure):
    drafted = [found for sentence in list(made(language, 7))[::EVERY] for found in read(sentence)]
    assert sum(period == date for period, date, _ in drafted) >= right * len(drafted)
    high = [period == date for period, date, confidence in drafted if confidence == "high"]
    assert sum(high) >= sure * len(high)
    assert len(high) >= len(drafted) / 2


def test_no_time_of_the_list_is_misread_as_a_rule():
    wrong: Counter[str] = Counter()
    for sentence in made("en", 3):
        if sentence.frame in ("opens", "held_then", "carried"):
            wrong[sentence.time] += sum(period != date for period, date, _ in read(sentence))
    assert not +wrong
