"""Periods of figures in short texts written as reporters, statistics offices and analysts of many countries write."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from detente.record.draft.clean import Article
from detente.record.draft.drafting import draft_claims

TEXTS = tomllib.loads((Path(__file__).parents[2] / "fixtures/draft/periods/prose.toml").read_text("utf-8"))["text"]


def read(text: dict) -> list[tuple[str, str, str]]:
    """For every labelled figure its periods, the one drafted (none where it is not drafted) and how sure that is."""
    article = Article("", text["said"], text["published"], text["language"])
    rows = [row.as_row() for row in draft_claims(article, "N1").rows if row.as_row()["value"]]
    found = []
    for label in text["figures"]:
        size, _, period = label.partition("|")
        row = next((r for r in rows if abs(abs(float(r["value"])) - float(size)) <= 1e-6 * float(size)), None)
        if row is not None:
            rows.remove(row)
        found.append((period, row["date"] if row else "not drafted", row["confidence"] if row else ""))
    return found


@pytest.mark.parametrize("text", [t for t in TEXTS if not t.get("open")], ids=lambda t: t["said"][:40])
def test_every_figure_has_its_period(text):
    assert all(drafted in periods.split("~") for periods, drafted, _ in read(text)), read(text)


def test_most_figures_of_all_texts_have_their_periods_and_those_marked_high_nearly_all():
    found = [figure for text in TEXTS for figure in read(text)]
    assert sum(drafted in periods.split("~") for periods, drafted, _ in found) >= 0.8 * len(found)
    high = [drafted in periods.split("~") for periods, drafted, sure in found if sure == "high"]
    assert sum(high) >= 0.97 * len(high)
    assert len(high) >= 0.3 * len(found)
