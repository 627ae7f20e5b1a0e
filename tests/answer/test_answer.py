"""One answer, four faces: terminal, report, files and ``results.json`` show the same sentences and the same tables."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from detente.answer import Answer, answer_of, on_screen
from detente.language import LANGUAGES
from detente.report import render_report
from detente.run import Run, read_run
from drawn_once import PEN, undrawn

QUESTIONS = ("happened", "why", "what_if", "what_next", "people", "claims")


@pytest.fixture(scope="module")
def run(flagship: Run) -> Run:
    return flagship


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PEN, undrawn)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", render_report(run))).split())


def sentences(answer: Answer) -> list[str]:
    return [text for question in QUESTIONS for text in getattr(answer, question)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_shows_every_sentence(run: Run, page: str, language: str, tmp_path: Path) -> None:
    answer = run.answers[language]
    told = sentences(answer)
    assert len(told) > 15
    terminal = " ".join(on_screen(answer, full=True).split())
    written = json.loads((run.write(tmp_path / "run") / "results.json").read_text(encoding="utf-8"))
    assert written["answers"][language] == {question: list(getattr(answer, question)) for question in QUESTIONS}
    for text in told:
        flat = " ".join(text.split())
        assert flat in terminal
        assert flat in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_shows_every_cell(run: Run, page: str, language: str) -> None:
    answer = run.answers[language]
    screen = " ".join(on_screen(answer, width=240).split())
    tables = (*answer.why_tables, *answer.what_if_tables)
    assert len(tables) == 3
    for table in tables:
        assert len(table.columns) == len(table.head)
        for row in table.rows:
            assert len(row) == len(table.columns) + 1
            cells = " ".join(" ".join(cell.split()) for cell in row if cell)
            assert cells in screen
            assert cells in page
        for note in table.notes:
            assert " ".join(note.split()) in screen


def test_sentences_and_tables_are_of_one_set_of_figures(run: Run) -> None:
    """What the answer holds as numbers is what the run's tables hold, row by row."""
    answer = run.answer
    effects = run.attribution.to_frame()
    windows = run.study.spec.attribution.base_windows
    assert [(d.origin, d.destination) for d in answer.directions] == list(run.study.spec.directions)
    for direction in answer.directions:
        assert len(direction.changes) == len(run.study.episodes) * len(windows)
        for change in direction.changes:
            same = {"origin": direction.origin, "from_year": change.from_year, "to_year": change.to_year}
            same |= {"base_from": change.base[0], "base_to": change.base[1]}
            (row,) = effects.filter(**same).to_dicts()
            assert change.whole == row["log_change"]
            assert change.own == row["dyad_part"]
            assert change.rest == pytest.approx(row["supply_demand_part"], abs=1e-12)
            assert change.compared is not None
            assert change.compared.share == row["placebo_share"]
    assert answer.scenarios is not None
    assert [s.title for s in answer.scenarios.scenarios] == [s.title for s in run.study.scenarios]


def test_the_answer_is_the_same_from_the_run_and_from_its_folder(run: Run, tmp_path: Path) -> None:
    back = read_run(run.write(tmp_path / "run"))
    for part in fields(Answer):
        assert getattr(answer_of(back), part.name) == getattr(run.answer, part.name), part.name


def test_an_unknown_language_is_no_answer(run: Run) -> None:
    assert list(run.answers) == list(LANGUAGES)
    with pytest.raises(KeyError):
        run.answers["xx"]


@pytest.mark.parametrize(("language", "begins"), [("en", "1 claim ("), ("es", "1 afirmación (")])
def test_one_claim_is_one(run: Run, language: str, begins: str) -> None:
    alone = run.frames["claims"].filter(pl.col("type") != "form").head(1)
    asked = SimpleNamespace(**{name: getattr(run, name) for name in ("study", "manifest", "texts")})
    asked.frames = {**run.frames, "claims": alone}
    assert answer_of(asked, language).claims[0].startswith(begins)
    for_the_ear = answer_of(asked, language, spoken=True).claims[0]
    assert for_the_ear.startswith({"en": "One claim, from one source", "es": "Una afirmación, de una fuente"}[language])
