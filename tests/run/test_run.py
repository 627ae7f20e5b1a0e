from __future__ import annotations

import json
import math
import os
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from detente.errors import DataError, OutputError, RecordError, StudyError, UnknownEconomy, UnreadableFile
from detente.panel import world
from detente.report import render_report
from detente.run import Run, read_run
from detente.run.attributed import attributed, residual_table
from detente.run.folder import next_folder, previous_folder
from detente.run.further.run_changes import changes
from detente.run.schema import TableSchema, forget, number, register, schema_of, text
from detente.run.tables import as_markdown, tables
from detente.study import Study, new_study, open_study
from detente.study.spec import Cited
from drawn_once import PEN, undrawn
from small_world import small_world

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
PAGES = {"report.html": render_report}
OTHERS = ("QAT", "ARE", "SAU", "BHR", "EGY", "OMN")


@pytest.fixture(scope="module")
def run(flagship: Run) -> Run:
    return flagship


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PEN, undrawn)
        return run.write(tmp_path_factory.mktemp("runs") / "one", PAGES)


def test_the_answer_names_peak_trough_and_relation(run: Run) -> None:
    happened = " ".join(run.answer.happened)
    for words in (
        "US$7.2 billion in 2008",
        "US$222 million in 2020",
        "relations at ambassador level",
        "outside the Andean Community",
    ):
        assert words in happened
    assert len(run.answer.why) == 13  # two directions with five episodes each, and the caution on the second
    assert "strong evidence of a loss in 2008–2010" in run.answer.why[0]
    assert "within the range of comparable pairs in 2012–2020" in run.answer.why[0]
    assert "in 2008–2020 a shortfall that is not this pair's alone" in run.answer.why[0]  # 18 of 400 as badly, p = .27
    assert re.search(
        r"none of 400 similar pairs did as badly.*strong evidence of a loss.*\(p = 0\.005\)", run.answer.why[1]
    )
    assert "in log points: −2.06 and −1.44, −3.50 in all" in run.answer.why[3]
    assert not any("%" in claim for claim in run.answer.claims)  # no share of a change speaks for a claim
    assert "mostly oil" in run.answer.why[7]


def test_the_answer_is_there_in_spanish_with_its_own_numbers(run: Run) -> None:
    answer = run.answers["es"]
    assert "US$7.200 millones, en 2008" in answer.happened[0]
    assert "El congelamiento" in answer.why[1]
    assert "−1,44" in answer.why[1]
    for question in ("happened", "why", "what_if", "what_next", "claims"):
        assert len(getattr(answer, question)) == len(getattr(run.answer, question))


def test_every_table_has_the_columns_and_types_of_its_schema(run: Run, flagship_quick: Run) -> None:
    quick = flagship_quick
    for schema in tables():
        for one in (run, quick):
            frame = getattr(one, schema.name).to_frame()
            assert frame.columns[: len(schema.columns)] == list(schema.names)
            assert {name: frame.schema[name] for name in schema.names} == schema.dtypes()
    assert quick.parts.to_frame().filter(pl.col("log_points") < 0).is_empty()


def test_the_docs_say_what_the_schemas_say() -> None:
    page = (ROOT / "docs/results.md").read_text(encoding="utf-8")
    said = page.partition("<!-- tables -->\n")[2].partition("<!-- end of tables -->")[0]
    assert said == as_markdown(), "run: python scripts/build_results_docs.py"


def test_a_made_up_table_is_registered_and_goes_everywhere(tmp_path: Path) -> None:
    """A table costs its schema and how it is made; files, docs and reading back follow."""
    made_up = TableSchema(
        "border_posts",
        "One row a post.",
        (text("post", "its name"), number("lorries", "a day", "lorries")),
        make=lambda done: schema_of("border_posts").of_rows([(done.study.origin, 12.5), ("Paraguachón", None)]),
    )
    register(made_up)
    try:
        with pytest.raises(DataError, match="already a table 'border_posts'"):
            register(made_up)
        quick = open_study("colombia-venezuela").run(quick=True)
        assert quick.border_posts.to_frame().rows() == [("COL", 12.5), ("Paraguachón", None)]
        folder = quick.write(tmp_path / "run")
        assert (folder / "border_posts.csv").read_text(encoding="utf-8").startswith("post,lorries\nCOL,12.5\n")
        assert read_run(folder).border_posts.to_frame().equals(quick.border_posts.to_frame())
        assert "## border_posts\nOne row a post.\n" in as_markdown()
        assert "| lorries | number | lorries | a day |" in as_markdown()
    finally:
        forget("border_posts")
    assert "border_posts" not in read_run(folder).tables()
    with pytest.raises(AttributeError, match="no table 'border_posts'"):
        read_run(folder).border_posts  # noqa: B018  reading it is the test


def test_a_run_of_the_first_schema_still_opens(quick_pen: None) -> None:
    """Written by the version before ``origin`` and ``destination``; its answer is made anew from its tables."""
    old = FIXTURES / "runs" / "schema_1"
    raw = json.loads((old / "results.json").read_text(encoding="utf-8"))
    assert raw["schema_version"] == 1
    assert "exporter" in raw["tables"]["attribution"]["columns"]
    back = read_run(old)
    rows = back.attribution.to_frame()
    assert set(rows["origin"]) == set(rows["destination"]) == {"COL", "ECU"}
    place = raw["tables"]["attribution"]["columns"].index("dyad_part")
    assert rows["dyad_part"].to_list() == [row[place] for row in raw["tables"]["attribution"]["rows"]]
    assert back.parts.to_frame().schema["log_points"] == pl.Float64
    percents = re.compile(r"[+−]?\d[\d.,]*\s?%")  # the words may change, the numbers said may not
    for language, part in (("en", "why"), ("es", "what_if")):
        then, now = raw["answers"][language][part], getattr(back.answers[language], part)
        assert [percents.findall(text) for text in then] == [percents.findall(text) for text in now]
    assert "Colombia to Ecuador" in back.summary()
    assert "Colombia" in render_report(back)


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ({"post": ["a"]}, "lacks the columns lorries"),
        ({"post": ["a"], "lorries": ["many"]}, "holds what its columns do not allow"),
    ],
)
def test_a_table_that_does_not_fit_its_schema_is_refused(frame: dict, says: str) -> None:
    posts = TableSchema("posts", "One row a post.", (text("post", "its name"), number("lorries", "a day")))
    with pytest.raises(DataError, match=says):
        posts.fitted(pl.DataFrame(frame))


def test_no_episode_without_its_placebos_and_panel(run: Run) -> None:
    rows = run.attribution.to_frame()
    assert rows["placebo_share"].null_count() == 0
    assert (rows["smallest_share"] == 1 / (1 + rows["n_placebos"])).all()
    parts = rows["supply_demand_part"] + rows["dyad_part"] - rows["log_change"]
    assert parts.abs().max() < 1e-9
    parts = rows["share_part"] + rows["demand_part"] - rows["log_change"]
    assert parts.abs().max() < 1e-9


@pytest.mark.oracle
def test_the_residual_of_2023_is_computed_not_cited(run: Run) -> None:
    """METHODS B6; half of the recovery was there in 2021, a year before the reopening."""
    rows = run.residuals.to_frame().filter(base_to=2008, origin="COL")
    assert set(rows["status"]) == {"computed"}
    found = dict(rows.select("year", "log_ratio").iter_rows())
    assert [found[y] for y in (2020, 2021, 2023)] == pytest.approx([-1.36, -0.96, -0.65], abs=0.02)
    assert found[2021] - found[2020] > found[2023] - found[2021]


def test_a_cited_residual_is_marked() -> None:
    study = open_study("colombia-venezuela")
    cited = [Cited(**{"from": "COL", "to": "VEN"}, year=2024, log_ratio=-0.5, base=(2000, 2008), source_id="elsewhere")]
    citing = replace(study, spec=study.spec.model_copy(update={"cited": cited}))
    table = residual_table(citing, attributed(citing, world(), quick=True))
    row = table.filter(pl.col("status") == "cited").row(0, named=True)
    assert (row["year"], row["log_ratio"], row["panel"]) == (2024, -0.5, "elsewhere")


def test_scenarios_cover_the_whole_grid_and_are_certified(run: Run) -> None:
    rows = run.scenarios.to_frame()
    # scenarios; baselines, theta, deficit rules and a middle a year; economies
    assert rows.height == 3 * (4 * 4 * 2 + 2) * 2
    assert (rows["status"] == "converged").all()
    assert rows["residual_usd_mn"].max() < 0.01
    assert rows.filter(pl.col("scenario") == "closed")["welfare_pct"].max() < 0


def on_the_small_world() -> Study:
    """The built-in study with what the years and economies of the small world allow."""
    study = open_study("colombia-venezuela")
    kept = {
        "episodes": [e for e in study.spec.episodes if e.to_year <= 2021][:2],
        "scenarios": [s for s in study.spec.scenarios if not s.target],
        "equilibrium": study.spec.equilibrium.model_copy(update={"years": [2014]}),
    }
    return replace(study, spec=study.spec.model_copy(update=kept), given=small_world())


def test_same_inputs_same_numbers(tmp_path: Path) -> None:
    first, again = on_the_small_world().run(), on_the_small_world().run()
    assert len(first.bands) > 0
    one, two = first.write(tmp_path / "one"), again.write(tmp_path / "two")
    assert (one / "results.json").read_bytes() == (two / "results.json").read_bytes()
    assert changes(first, read_run(two)) == []


def test_a_run_reads_back_as_it_was_written(run: Run, folder: Path) -> None:
    back = read_run(folder)
    assert dict(back.answers) == dict(run.answers)
    for name in run.tables():
        one, other = getattr(run, name).to_frame(), getattr(back, name).to_frame()
        assert one.schema == other.schema
        assert one.height == other.height
    assert back.manifest["study"]["files"].keys() == run.manifest["study"]["files"].keys()


def test_results_hold_no_number_that_is_none(run: Run, folder: Path) -> None:
    def no_constants(name: str) -> None:
        raise AssertionError(f"results.json holds {name}")

    data = json.loads((folder / "results.json").read_text(encoding="utf-8"), parse_constant=no_constants)
    assert data["schema_version"] == 2
    assert set(data["tables"]) == set(run.tables())


def test_a_used_or_unwritable_folder_is_refused_and_left_alone(run: Run, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="already in use"):
        run.write(folder)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError):
        run.write(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    if os.geteuid() != 0:  # root may write anywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(OutputError, match="permission"):
            run.write(tmp_path / "locked" / "out")
    with pytest.raises(OutputError):
        run.write(tmp_path / "file" / "below")
    assert sorted(p.name for p in tmp_path.iterdir()) in (["file"], ["file", "locked"])


def test_nothing_is_left_when_the_report_fails(run: Run, tmp_path: Path) -> None:
    def broken(_: Run) -> str:
        raise OSError("disk full")

    with pytest.raises(OutputError, match="disk full"):
        run.write(tmp_path / "out", {"report.html": broken})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be read"),
        ('{"schema_version": 99}', "reads up to 2"),
        ('{"schema_version": 1}', "damaged"),
        *((f'{{"schema_version": {n}}}', "reads up to 2") for n in ("0", "-1", "true", "1.0", '"2"', "null")),
    ],
)
def test_a_damaged_or_newer_run_is_explained(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "results.json").write_text(text)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(UnreadableFile, match=says):
        read_run(tmp_path)
    with pytest.raises(UnreadableFile, match="not a run folder"):
        read_run(tmp_path / "nowhere")


def test_quick_says_so_everywhere(flagship_quick: Run) -> None:
    quick = flagship_quick
    assert quick.attribution.to_frame()["placebo_share"].null_count() == len(quick.attribution)
    assert "no placebo test was run" in quick.answer.why[0]
    assert any("Quick run" in note for note in quick.notes)
    assert quick.manifest["quick"] is True
    assert any("Quick run" in s for s in quick.answer.what_if)


def test_any_two_economies_run_from_a_scaffold(tmp_path: Path, quick_pen: None) -> None:
    made = new_study("Colombia", "ECU", folder=tmp_path / "colombia-ecuador")
    study = open_study(made)
    assert study.check() == []
    result = study.run()
    assert result.attribution.to_frame().height == 8  # two windows, two episodes, two directions
    assert result.scenarios.to_frame()["status"].unique().to_list() == ["converged"]
    assert "no claims yet" in result.answer.claims[0]
    assert (result.write(tmp_path / "out", PAGES) / "report.html").stat().st_size > 10_000


def test_a_scaffold_refuses_what_it_cannot_make(tmp_path: Path) -> None:
    with pytest.raises(UnknownEconomy, match="Did you mean 'Ecuador'"):
        new_study("COL", "Equador", folder=tmp_path / "a")
    with pytest.raises(UnknownEconomy, match="SRB, MNE"):
        new_study("COL", "SCG", folder=tmp_path / "b")
    with pytest.raises(StudyError, match="rest of the world is no economy"):
        new_study("COL", "ROW", folder=tmp_path / "b")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "mine").write_text("x")
    with pytest.raises(OutputError, match="already there"):
        new_study("COL", "ECU", folder=tmp_path / "c")
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_an_economy_that_no_panel_has_gives_a_study_without_flows(tmp_path: Path, quick_pen: None) -> None:
    """Kosovo has no goods in BACI: the record is told, nothing is computed, and both are said."""
    study = open_study(new_study("XKX", "SRB", folder=tmp_path / "s"))
    assert not study.has_panel()
    result = study.run()
    assert "no panel of flows" in " ".join(result.answer.why)
    assert (result.write(tmp_path / "out", PAGES) / "report.html").stat().st_size > 5_000


def test_a_broken_record_stops_the_run_with_every_problem(tmp_path: Path) -> None:
    made = new_study("COL", "ECU", folder=tmp_path / "s")
    events = made / "record" / "events.csv"
    events.write_text(events.read_text() + "E1,2020-13-40,,,Something,agreement,trade,COL,-,,,nowhere,high,\n")
    with pytest.raises(RecordError) as caught:
        open_study(made).run()
    places = {(p.file, p.row, p.column) for p in caught.value.problems}
    assert ("events.csv", 2, "date") in places
    assert ("events.csv", 2, "source_ids") in places


def test_a_run_says_what_changed_since_the_last(run: Run, flagship_quick: Run, tmp_path: Path) -> None:
    study, quick = open_study("colombia-venezuela"), flagship_quick
    assert all("dyad" not in line for line in changes(run, quick))  # point estimates do not depend on placebos
    copy = tmp_path / "study"
    import shutil

    shutil.copytree(study.folder, copy)
    claims = copy / "record" / "claims.csv"
    text = claims.read_text(encoding="utf-8")
    changed = text.replace(",7200,", ",9900,")
    assert changed != text
    claims.write_text(changed, encoding="utf-8")
    after = open_study(copy).run(quick=True)
    lines = changes(quick, after)
    assert any("record/claims.csv" in line for line in lines)
    assert any(line.startswith(("S0-20: was", "S4-2: was", "S4-2.1: was", "S4-2a: was")) for line in lines), lines


def test_run_folders_are_numbered(tmp_path: Path) -> None:
    study = open_study("colombia-venezuela")
    assert next_folder(study, tmp_path).name == "001"
    first = tmp_path / study.id / "001"
    first.mkdir(parents=True)
    (first / "results.json").write_text("{}")
    assert next_folder(study, tmp_path).name == "002"
    assert previous_folder(next_folder(study, tmp_path)) == first
    assert previous_folder(first) is None


def test_a_panel_given_in_memory_is_used(flagship_quick: Run) -> None:
    study: Study = open_study("colombia-venezuela")
    result = study.run(data=replace(world(), flows=world().flows / 2), quick=True)
    rows = result.attribution.to_frame()
    reference = flagship_quick.attribution.to_frame()
    gap = (rows["dyad_part"] - reference["dyad_part"]).abs().max()
    assert gap < 1e-6  # halving all flows leaves logs of ratios unchanged
    assert math.isclose(rows["flow_from_usd_mn"][0], reference["flow_from_usd_mn"][0] / 2)


def test_bands_hold_the_exact_solution_and_say_how_many_draws(run: Run) -> None:
    bands = run.bands.to_frame()
    assert (bands["draws"] == 200).all()
    assert (bands["failed"] == 0).all()
    inside = run.scenarios.to_frame().filter((pl.col("year") == 2020) & (pl.col("theta") == 5.0))
    for row in bands.filter(pl.col("scenario") == "healed").iter_rows(named=True):
        same = (pl.col("scenario") == "healed") & (pl.col("economy") == row["economy"])
        middle = inside.filter(same)["welfare_pct"].median()
        assert row["welfare_pct_p05"] < middle < row["welfare_pct_p95"]
    closed = bands.filter(pl.col("scenario") == "closed")
    assert (closed["exports_usd_mn_p95"] == 0).all()
    assert (closed["welfare_pct_p95"] < 0).all()


def test_the_longer_explanation_adds_up_and_names_its_breaks(run: Run) -> None:
    parts = run.parts.to_frame().filter(pl.col("log_points").is_not_null())
    keys = ["origin", "destination", "episode", "base_from", "base_to"]
    sums = parts.group_by(*keys, "attribution").agg(pl.col("log_points").sum())
    whole = sums.join(run.attribution.to_frame().select(*keys, "log_change"), on=keys)
    assert set(whole["attribution"]) == {
        "shift-share",
        "three-way",
        "suppliers",
        "markets",
        "measures",
        "third countries",
    }
    assert (whole["log_points"] - whole["log_change"]).abs().max() < 1e-9
    found = run.breaks.to_frame().filter(pl.col("origin") == "COL")
    # among 1,193 comparable pairs one shift stands out, the freeze; no later event goes with one
    assert found.filter(pl.col("what") == "break")["year"].to_list() == [2010]
    assert set(found["what"]) == {"break", "event without break"}
    assert {2008, 2010, 2015, 2019, 2022} <= set(found["year"])
