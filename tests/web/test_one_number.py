"""Report and desk answer one question with one figure: both are opened, and every figure they share is compared."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from detente.answer import Answer
from detente.language import Catalogue
from detente.report.figures.scenarios import scenario_chart
from detente.report.story import Story
from detente.run import Run
from detente.study import Study, open_study
from detente.web.attribution.question import Question, answer
from detente.web.desk.bands import bands
from detente.web.desk.desk_solver import DeskSolver, outcome
from detente.web.desk.opening import open_solver

# The desk keeps an effect in its address with six digits: at most 5e-6 log points, and as much of a flow.
ADDRESS = {"rel": 2e-5, "abs": 1e-9}


@pytest.fixture(scope="module")
def run(flagship: Run) -> Run:
    return flagship


@pytest.fixture(scope="module")
def solver() -> DeskSolver:
    return open_solver(open_study("colombia-venezuela"))


def drawn_rows(spec: object) -> list[dict]:
    """Every row with a middle and a band that a chart draws."""
    if isinstance(spec, dict):
        own = spec.get("data", {}).get("values", []) if isinstance(spec.get("data"), dict) else []
        rows = [row for row in own if isinstance(row, dict) and "p05" in row]
        return rows + [row for part in spec.values() for row in drawn_rows(part)]
    return [row for part in spec for row in drawn_rows(part)] if isinstance(spec, list) else []


def test_the_chart_of_the_report_draws_what_the_desk_draws(run: Run, solver: DeskSolver) -> None:
    chart = scenario_chart(Story.of(run), Catalogue("en"))
    assert chart is not None
    rows = {(r["title"], r["economy"], r["measure"]): r for r in drawn_rows(chart.spec)}
    assert len(rows) == len(solver.study.scenarios) * 2 * 2
    start = solver.default()
    for scenario in solver.study.scenarios:
        setting = solver.of_scenario(scenario, start)
        centre, around = outcome(solver, solver.solve(setting)), bands(solver, setting)
        for k, code in enumerate(solver.dyad):
            flow, income = centre["flows"][k], centre["income"][k]
            before = flow["before"]
            for measure, middle, ends in (
                ("welfare_pct", income["pct"], around.income[code]),
                ("exports_change_usd_mn", flow["after"], around.flow[k]),
            ):
                row = rows[scenario.title, code, measure]
                level = before if measure == "exports_change_usd_mn" else 0.0
                shown = [row[end] + level for end in ("p05", "mid", "p95")]
                assert shown == pytest.approx([ends[0], middle, ends[1]], **ADDRESS), (scenario.id, code, measure)


def test_the_answer_says_what_the_desk_draws(run: Run, solver: DeskSolver) -> None:
    answer: Answer = run.answer
    found, start = answer.scenarios, solver.default()
    assert found is not None
    assert found.year == start.year
    for scenario, told in zip(solver.study.scenarios, found.scenarios, strict=True):
        setting = solver.of_scenario(scenario, start)
        around, centre = bands(solver, setting), outcome(solver, solver.solve(setting))
        assert around.n == found.draws - found.failed_draws
        for k, one in enumerate(told.outcomes):
            assert one.before == centre["flows"][k]["before"]
            assert list(one.exports) == pytest.approx(around.flow[k].tolist(), **ADDRESS)
            assert list(one.income) == pytest.approx(list(around.income[one.economy]), **ADDRESS)


def test_who_else_wins_is_the_same(run: Run, solver: DeskSolver) -> None:
    winners = run.winners.to_frame()
    start = solver.default()
    for scenario in solver.study.scenarios:
        for row in outcome(solver, solver.solve(solver.of_scenario(scenario, start)))["elsewhere"]:
            same = winners.row(
                by_predicate=(pl.col("scenario") == scenario.id) & (pl.col("year") == start.year)
                & (pl.col("economy") == row["economy"]),
                named=True,
            )  # fmt: skip
            assert same["welfare_pct_mid"] == pytest.approx(row["pct"], **ADDRESS)


def test_a_choice_of_the_reader_is_held_and_the_study_s_own_is_drawn(solver: DeskSolver) -> None:
    """Narrower where the reader has settled what the study leaves open; around the same middle."""
    healed = solver.of_scenario(solver.study.scenarios[2], solver.default())
    assert solver.open_baselines(healed) == [("published", 1.0), ("published", 1.8)]
    assert solver.open_baselines(replace(healed, ratio=1.8)) == [("published", 1.8)]
    assert solver.rules(healed) == ("multiplicative", "additive")
    assert solver.rules(replace(healed, deficits="additive")) == ("additive",)
    low, high = bands(solver, healed).income["VEN"]
    held_low, held_high = bands(solver, replace(healed, ratio=1.8, deficits="additive")).income["VEN"]
    assert held_high - held_low < high - low


def test_without_a_spread_there_is_no_band_on_either(solver: DeskSolver) -> None:
    lost = replace(solver, spread=lambda *_: None)
    found = bands(lost, solver.of_scenario(solver.study.scenarios[2], solver.default()))
    assert found.n == 0
    assert not (found.flow == found.flow).any()
    assert bands(lost, solver.of_scenario(solver.study.scenarios[0], solver.default())).n == 200  # closed is closed


def asked_by_default(study: Study) -> Question:
    episode = study.episodes[0]
    return Question(
        study.origin, study.destination, episode.from_year, episode.to_year, study.spec.attribution.base_windows[0]
    )


def test_the_attribution_desk_finds_what_the_run_found(run: Run) -> None:
    panel = run.study.panel()
    rows = run.attribution.to_frame()
    for episode in run.study.episodes:
        for base in run.study.spec.attribution.base_windows:
            asked = replace(asked_by_default(run.study), start=episode.from_year, end=episode.to_year, base=base)
            for found in answer(panel, asked)["findings"]:
                (row,) = rows.filter(
                    origin=found["origin"], destination=found["destination"], episode=episode.id,
                    base_from=base[0], base_to=base[1],
                ).to_dicts()  # fmt: skip
                compared = row.keys() - {"episode", "sentence"}  # the desk's question is of no episode, and has one
                assert compared <= found.keys()
                assert {name: found[name] for name in compared} == {name: row[name] for name in compared}


def test_the_fan_of_the_desk_is_the_line_and_band_of_the_report(run: Run) -> None:
    asked = asked_by_default(run.study)
    residuals = run.residuals.to_frame().filter(base_from=asked.base[0], base_to=asked.base[1], status="computed")
    for fan in answer(run.study.panel(), asked)["fans"]:
        rows = {r["year"]: r for r in residuals.filter(origin=fan["from"], destination=fan["to"]).to_dicts()}
        assert len(rows) == len(fan["path"])
        for point, band in zip(fan["path"], fan["band"]):
            row = rows[point["year"]]
            assert row["log_ratio"] == pytest.approx(point["value"], abs=1e-12)
            assert [row["band_low"], row["band_high"]] == [band["q5"], band["q95"]]
            assert row["n_placebos"] <= fan["n"]


def test_the_curve_of_the_desk_shares_its_points_with_the_report(run: Run) -> None:
    asked = asked_by_default(run.study)
    table = run.specifications.to_frame().filter(episode=run.study.episodes[0].id, sample="all")
    there = [row for row in answer(run.study.panel(), asked)["curve"] if row["from"] == asked.origin]
    shared = 0
    for point in there:
        for row in table.filter(base=point["base"].replace("–", "-"), placebos=point["placebos"]).to_dicts():
            assert (point["value"], point["share"], point["n"]) == (
                row["dyad_part"], row["placebo_share"], row["n_placebos"],
            )  # fmt: skip
            shared += 1
    assert shared >= 4  # two base windows of the study, two comparisons each
