"""The gallery of built-in studies: each is sourced, complete in both languages, runs, and says what is wrong with it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest

from detente.answer import answer_of
from detente.cli.app import run as command
from detente.errors import DetenteError, RecordError
from detente.language import LANGUAGES
from detente.report.figures.relation.line_use import lines_chart
from detente.report.figures.why.parts import parts_chart
from detente.report.figures.why.residuals import residual_chart
from detente.report.story import Story
from detente.study import builtin_studies, new_study, open_study
from ran_once import ran

ROOT = Path(__file__).resolve().parents[2]
FIRST = "colombia-venezuela"
GALLERY = [name for name in builtin_studies() if name != FIRST]
STATES = ("border", "relations", "air")  # and one more


@pytest.fixture(scope="module", params=GALLERY)
def study(request):
    return open_study(request.param)


@pytest.fixture(scope="module")
def run(study, session_folder):
    return ran(session_folder, study.id, quick=True)


@pytest.fixture(params=builtin_studies())
def copy(request, tmp_path: Path) -> Path:
    """A copy of each built-in study, the first among them, to be spoilt."""
    return shutil.copytree(builtin_studies()[request.param], tmp_path / request.param)


def test_every_built_in_study_is_named_where_a_reader_looks(capsys):
    assert len(builtin_studies()) >= 2
    assert command(["run", "--help"]) == 0
    said = capsys.readouterr().out
    assert [name for name in builtin_studies() if name not in said] == []


def test_the_check_is_clean(study):
    assert study.check() == []
    assert study.cautions() == []


def test_it_is_as_full_as_the_gallery_asks(study):
    ledger = study.ledger()
    assert len(ledger.events) >= 40
    assert len(ledger.figures) >= 60
    assert len(ledger.claims) >= 25
    families = {name.partition("@")[0].partition(".")[0] for name in ledger.states().spells}
    assert set(STATES) < families


def test_each_source_can_be_found_and_each_row_has_one(study):
    ledger = study.ledger()
    named = pl.concat(
        [
            ledger.figures.select(source=pl.col("source_id")),
            ledger.claims.select(source=pl.col("source_id")),
            ledger.events.select(source=pl.col("source_ids").str.split(";")).explode("source"),
        ]
    )["source"].str.strip_chars()
    assert "unsourced" not in set(named)
    assert set(named) <= set(ledger.sources["source_id"])
    unlinked = ledger.sources.filter(pl.col("url").is_null(), pl.col("note").is_null())
    assert unlinked["source_id"].to_list() == []  # a table or an archive says in a note what it is


def test_it_speaks_both_languages(study):
    ledger = study.ledger()
    for frame, columns in ((ledger.events, ("title",)), (ledger.claims, ("claim", "why_not", "note"))):
        for column in columns:
            missing = frame.filter(pl.col(column).is_not_null() & pl.col(f"{column}_es").is_null())
            assert missing[frame.columns[0]].to_list() == [], column
    spec = study.spec
    titles = [
        spec.study.title,
        spec.study.subtitle,
        *(e.title for e in spec.episodes),
        *(s.title for s in spec.scenarios),
    ]
    assert [t for t in titles if t and t not in spec.translations["es"]] == []
    assert set(study.spec.words["en"]["series"]) >= {
        name
        for name in ledger.figures["series"].unique()
        if name not in ("trade.total", "trade.exports", "trade.imports")
    } - {"air.weekly_frequencies", "border.length"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_answers_the_four_questions(run, language):
    answer = answer_of(run, language)
    for told in (answer.happened, answer.why, answer.what_if, answer.what_next, answer.claims):
        assert told
    text = run.summary(full=True, language=language)
    assert re.search(r"[{}]|\bNone\b|\bnan\b", text) is None
    for code in run.study.spec.dyad:  # economies by name
        assert re.search(rf"\b{code}\b", text) is None


def test_every_claim_is_judged(run):
    table = run.claims.to_frame()
    assert table["verdict"].null_count() == 0
    assert table.filter(pl.col("verdict") == "not checkable", pl.col("reason") == "").is_empty()


def test_without_its_panel_the_record_still_answers(copy):
    file = copy / "study.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('use = "world"', 'use = "none"'), encoding="utf-8")
    told = open_study(copy)
    run = told.run(quick=True)
    assert run.claims.to_frame().height == len(told.ledger().claims)
    assert run.attribution.to_frame().is_empty()
    assert run.summary()


def test_on_a_panel_without_its_economies_it_says_which(copy, tmp_path):
    other = tmp_path / "other.csv"
    rows = [
        f"{a},{b},{year},{500 * (year - 1990)}"
        for a, b in (("NOR", "SWE"), ("SWE", "NOR"))
        for year in range(2000, 2021)
    ]
    other.write_text("exporter,importer,year,value_usd_mn\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(DetenteError) as told:
        open_study(copy).run(data=other, quick=True)
    assert any(code in str(told.value) for code in open_study(copy).spec.dyad)


@pytest.mark.parametrize("name", builtin_studies())
def test_a_language_it_lacks_is_refused_by_name(name, tmp_path, capsys):
    assert command(["run", name, "--quick", "--lang", "tlh", "--out", str(tmp_path / "out")]) == 2
    assert "tlh" in capsys.readouterr().err


def test_a_broken_row_is_pointed_at_and_the_others_still_open(copy):
    file = copy / "record" / "events.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].replace(lines[5].split(",")[1], "soon", 1)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems = open_study(copy).check()
    assert [(p.file, p.row) for p in problems][:1] == [("events.csv", 6)]
    with pytest.raises(RecordError, match=r"events\.csv"):
        open_study(copy).run(quick=True)
    others = [name for name in builtin_studies() if name != copy.name]
    assert all(open_study(name).check() == [] for name in others)


def test_every_study_has_its_small_picture_up_to_date(study):
    """What ``scripts/build_gallery.py`` draws: in the study for the app, in the docs for the README."""
    spec = importlib.util.spec_from_file_location("build_gallery", ROOT / "scripts/build_gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    drawn = module.picture(study)
    assert (study.folder / "picture.svg").read_text(encoding="utf-8") == drawn, "run: python scripts/build_gallery.py"
    assert (ROOT / f"docs/images/gallery-{study.id}.svg").read_text(encoding="utf-8") == drawn
    assert "script" not in drawn
    assert len(drawn) < 4_000


def test_a_recorded_zero_is_named_below_the_chart_that_cannot_draw_it(run):
    story = Story.of(run)
    chart = residual_chart(story, story.words)
    assert chart is not None
    zero = story.residuals.filter(pl.col("log_ratio").is_null(), pl.col("actual_usd_mn") == 0)
    assert [year for year in zero["year"].unique() if str(year) not in chart.source] == []
    assert ("No point" in chart.source) is not zero.is_empty()


def test_a_line_is_said_to_carry_no_more_than_it_could_at_the_time(run):
    story = Story.of(run)
    chart = lines_chart(story, story.words)
    numbers = re.findall(r"at most ([\d.,]+) .* of ([\d.,]+) that it could carry", chart.title) if chart else []
    assert all(float(carried.replace(",", "")) <= 1.02 * float(could.replace(",", "")) for carried, could in numbers)


def test_the_chart_of_parts_is_named_after_the_leading_episode(run, monkeypatch):
    story = Story.of(run)
    own = story.attribution.filter(origin=run.study.origin).drop_nulls(["dyad_part", "supply_demand_part"])
    for episode in run.study.episodes:
        monkeypatch.setattr(Story, "lead", episode.id)
        chart = parts_chart(story, story.words)
        assert chart is not None
        if not own.filter(from_year=episode.from_year, to_year=episode.to_year).is_empty():
            assert f"{episode.from_year}–{episode.to_year}" in chart.title


def test_sentences_do_not_say_a_thing_twice_nor_count_without_a_plural(run):
    text = " ".join(run.summary(full=True).split())
    lowest = re.search(r"stood at (\d+) in [^;]*; it was lowest in [^,]*, at (\d+)", text)
    assert lowest is None or lowest[1] != lowest[2]
    assert re.search(r"\((\d+) to \1 over weights\)", text) is None
    spanish = " ".join(run.summary(full=True, language="es").split())
    assert re.search(r"\b(?!1 )\d+ (confirmada|imprecisa|contradicha|no comprobable|citada)\b", spanish) is None


def test_a_new_study_of_a_pair_of_the_gallery_is_not_opened_as_the_one_that_ships(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = new_study("RUS", "UKR")
    assert made.name not in builtin_studies()
    assert open_study(str(made)).folder.resolve() == made.resolve()
