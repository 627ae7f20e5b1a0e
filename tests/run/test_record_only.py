"""A study on its record alone: claims, states and conflicts are told; what needs flows says that there are none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from detente.cli.new_ import command
from detente.errors import DataError, UnknownEconomy
from detente.language import LANGUAGES
from detente.panel import Panel
from detente.report import render_report
from detente.run import Run, read_run
from detente.study import Study, new_study, open_study


def without_panel(tmp_path: Path) -> Study:
    """The built-in record, with nothing to compute from."""
    home = open_study("colombia-venezuela").folder
    shutil.copytree(home, tmp_path / "s", ignore=shutil.ignore_patterns("__pycache__"))
    toml = tmp_path / "s" / "study.toml"
    text = toml.read_text(encoding="utf-8")
    text = text[: text.index("[equilibrium]")] + text[text.index("[translations.es]") :]
    text = re.sub(r'(?m)^use = "\w+".*$', 'use = "none"', text)
    toml.write_text(text if "[panel]" in text else f'{text}\n[panel]\nuse = "none"\n', encoding="utf-8")
    return open_study(tmp_path / "s")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return without_panel(tmp_path_factory.mktemp("none"))


def test_the_record_is_checked_and_told(study: Study, tmp_path: Path, flagship_quick: Run, quick_pen: None) -> None:
    assert not study.has_panel()
    assert study.check() == []
    assert study.cautions() == []
    run = study.run()
    full = flagship_quick
    assert len(run.claims) == len(full.claims)
    causes = {"cause"}
    for mine, theirs in zip(run.claims.to_frame().to_dicts(), full.claims.to_frame().to_dicts(), strict=True):
        if mine["test"] not in causes:
            assert mine == theirs
    assert run.conflicts.to_frame().equals(full.conflicts.to_frame())
    assert set(run.timeline.to_frame()["source_id"]) == set(full.timeline.to_frame()["source_id"]) - {"panel"}
    for name in ("attribution", "parts", "scenarios", "bands", "winners", "partners"):
        assert len(getattr(run, name)) == 0
    assert set(run.residuals.to_frame()["status"]) <= {"cited"}
    back = read_run(run.write(tmp_path / "run", {"report.html": render_report}))
    assert back.answer == run.answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_says_that_there_is_no_panel(study: Study, language: str) -> None:
    run = study.run()
    answer = run.answers[language]
    assert len(answer.happened) >= 2  # peak and low of the record's own figures, and the relation at its end
    assert len(answer.why) == len(answer.what_if) == 1
    screen = " ".join(run.summary(language=language).split())
    for sentence in (*answer.why, *answer.what_if, *answer.claims):
        assert sentence in screen
    assert "None" not in screen
    assert run.texts[language][run.notes[0]] if language != "en" else "no panel" in run.notes[0]


def test_what_needs_flows_says_how_to_give_them(study: Study) -> None:
    with pytest.raises(DataError, match=r'has no panel.*use = "none".*--data PATH'):
        study.panel()


def test_a_panel_given_at_the_run_is_used(study: Study) -> None:
    own: Panel = open_study("colombia-venezuela").panel()
    run = study.run(data=own, quick=True)
    assert len(run.attribution) > 0
    assert len(run.answer.why) > 1


def test_scenarios_without_a_panel_are_a_caution(tmp_path: Path) -> None:
    study = without_panel(tmp_path)
    toml = study.folder / "study.toml"
    text = toml.read_text(encoding="utf-8")
    closed = '[[scenarios]]\nid = "closed"\ntitle = "Closed"\nclosed = true\n\n'
    toml.write_text(text.replace("[translations.es]", closed + "[translations.es]"), encoding="utf-8")
    (found,) = open_study(study.folder).cautions()
    assert found.column == "scenarios"
    assert "nothing to solve them on" in found.what


@pytest.mark.parametrize(("pair", "absent"), [(("XKX", "SRB"), "Kosovo"), (("Serbia", "Kosovo"), "Kosovo")])
def test_an_economy_without_flows_gets_a_study_that_opens_runs_and_says_so(
    tmp_path: Path, pair: tuple[str, str], absent: str
) -> None:
    made = new_study(*pair, folder=tmp_path / "s")
    assert f"does not have {absent}" in (made / "study.toml").read_text(encoding="utf-8")
    study = open_study(made)
    assert not study.has_panel()
    assert study.check() == []
    run = study.run()
    assert "no events yet" in " ".join(run.answer.happened)
    assert "no panel of flows" in run.answer.why[0]
    assert "no claims yet" in run.answer.claims[0]
    said = CliRunner().invoke(command, [*pair, "--folder", str(tmp_path / "again")])
    assert said.exit_code == 0
    assert "the study has no flows" in said.stderr


def test_a_panel_that_was_given_must_have_both(tmp_path: Path) -> None:
    (tmp_path / "flows.csv").write_text(
        "exporter,importer,year,value_usd_mn\n" + "".join(f"SRB,{c},{y},5\n" for c in ("DEU", "ITA") for y in range(2000, 2006)),
        encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(UnknownEconomy, match="XKX"):
        new_study("XKX", "SRB", folder=tmp_path / "s", data=tmp_path / "flows.csv")


def test_no_day_of_today_stands_in_for_a_record_without_one(tmp_path: Path) -> None:
    """Two runs of one study on different days give the same: without a dated event or a panel there are no odds."""
    run = open_study(new_study("XKX", "SRB", folder=tmp_path / "s")).run()
    (row,) = run.frames["outlook"].to_dicts()
    assert (row["event"], row["on"], row["chance"]) == ("break", None, None)
    assert "no day from which to look ahead" in row["refused"]
    assert "neither a dated event nor a panel" in run.answer.what_next[0]
