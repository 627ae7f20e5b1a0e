"""The extractor against the annotated articles: the goals of the record, and annotations that can be placed."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from html import unescape
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "fixtures/draft"
GOALS = {"figure": 0.90, "date": 0.90, "attribution": 0.75}


def load_scoring() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draft_scoring", FOLDER / "scoring.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["draft_scoring"] = module
    spec.loader.exec_module(module)
    return module


scoring = load_scoring()
GOLD = scoring.annotations(FOLDER)


def test_there_are_twelve_articles_two_of_them_spanish_and_one_a_page() -> None:
    headers = [tomllib.loads(path.read_text(encoding="utf-8")) for path in GOLD]
    assert len(headers) == 12
    assert sum(h["language"] == "es" for h in headers) >= 2
    assert any(h["article"].endswith(".html") for h in headers)
    assert {h["style"] for h in headers} == {"wire", "newsletter", "column"}


@pytest.mark.parametrize("kind", GOALS)
def test_the_twelve_articles_reach_the_goal(kind: str) -> None:
    score = scoring.score_folder(FOLDER)[kind]
    assert score.gold >= 80  # enough items for the figure to mean something
    assert score.f1 >= GOALS[kind], "\n".join([*score.missed, *score.wrong])


@pytest.mark.parametrize("kind", GOALS)
def test_the_six_articles_of_another_author_reach_the_goal(kind: str) -> None:
    """Figures were at 0.892 when these were scored blind; ``docs/drafting.md`` says what was repaired."""
    assert len(scoring.annotations(FOLDER / "blind")) == 6
    score = scoring.score_folder(FOLDER / "blind")[kind]
    assert score.f1 >= GOALS[kind], "\n".join([*score.missed, *score.wrong])


@pytest.mark.parametrize("kind", GOALS)
def test_six_articles_blind_again_reach_the_goal(kind: str) -> None:
    """Scored once when they came: figures 0.920, dates 0.972, attributions 0.907."""
    assert len(scoring.annotations(FOLDER / "blind2")) == 6
    score = scoring.score_folder(FOLDER / "blind2")[kind]
    assert score.f1 >= GOALS[kind], "\n".join([*score.missed, *score.wrong])


@pytest.mark.parametrize("path", GOLD, ids=lambda p: p.stem)
def test_annotations_quote_the_article(path: Path) -> None:
    gold = tomllib.loads(path.read_text(encoding="utf-8"))
    raw = (FOLDER / gold["article"]).read_text(encoding="utf-8")
    if gold["article"].endswith(".html"):
        raw = unescape(re.sub(r"<[^>]+>", "", raw))
    raw = scoring.squeeze(re.sub(r"\[([^\]]*)\]\([^)]*\)|\*\*", r"\1", raw))
    for kind in scoring.KINDS:
        for item in gold.get(kind, []):
            assert scoring.place(item, gold[kind], raw), f"{item} is not in {gold['article']}"


def fake(found: list[tuple[int, int, float, str]]) -> list:
    from detente.record.draft.language.figures import FigureMention

    return [FigureMention(start, end, "", value, unit) for start, end, value, unit in found]


def test_the_scorer_counts_a_wrong_unit_a_wrong_value_and_a_wrong_place_as_errors() -> None:
    wanted = [({"value": 5.0, "unit": "km"}, (0, 4)), ({"value": 7.0, "unit": "pct"}, (10, 12))]
    right = scoring._match("figure", wanted, fake([(0, 4, 5.0, "km"), (10, 12, 7.0, "pct")]), "x")
    assert (right.precision, right.recall, right.f1) == (1.0, 1.0, 1.0)
    wrong = scoring._match(
        "figure", wanted, fake([(0, 4, 5.0, "miles"), (10, 12, 7.1, "pct"), (30, 32, 5.0, "km")]), "x"
    )
    assert wrong.f1 == 0.0
    half = scoring._match("figure", wanted, fake([(0, 4, 5.0, "km")]), "x")
    assert (half.precision, half.recall) == (1.0, 0.5)


def test_the_scorer_matches_each_item_once() -> None:
    wanted = [({"value": 5.0, "unit": "km"}, (0, 4))]
    twice = scoring._match("figure", wanted, fake([(0, 4, 5.0, "km"), (1, 4, 5.0, "km")]), "x")
    assert (twice.recall, twice.precision) == (1.0, 0.5)


def test_counted_nouns_need_one_word_in_common_and_units_must_be_equal() -> None:
    assert scoring.same_unit("political prisoners", "prisoner")
    assert not scoring.same_unit("prisoners", "trucks")
    assert not scoring.same_unit("km", "miles")
    assert scoring.same_unit("bbl", "bbl/day")
