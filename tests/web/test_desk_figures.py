"""The desk's numbers: those of the study's own run, of a direct solve, and bands that hold their centre."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detente.equilibrium import SectorEconomy, Shock, solve
from detente.errors import StudyError
from detente.run.what_if.baseline import baselines
from detente.run.what_if.scenario_bands import draw
from detente.study import open_study
from detente.web.desk.bands import bands, moves, pool
from detente.web.desk.desk_solver import outcome
from detente.web.desk.opening import open_solver
from detente.web.desk.result_rows import outcome_in_words
from detente.web.desk.settings import Setting
from detente.web.editor.study_edits import add_scenario, scenario_toml
from detente.web.http.words import Words
from detente.web.http.workspace import Workspace

SOLVER = 1e-6  # US$ million and percent: two solves of one system at the solver's relative tolerance of 1e-12


@pytest.fixture(scope="module")
def solver():
    return open_solver(open_study("colombia-venezuela"))


def test_a_scenario_of_the_study_gives_the_same_on_the_desk_and_in_a_run(solver, flagship_quick):
    table = flagship_quick.scenarios.to_frame()
    start = solver.default()
    for scenario in solver.study.scenarios:
        out = solver.solve(solver.of_scenario(scenario, start))
        row = table.filter(
            (table["scenario"] == scenario.id) & (table["year"] == start.year) & table["middle"]
            & (table["economy"] == "VEN")
        ).row(0, named=True)  # fmt: skip
        # the desk keeps six digits of an effect in its address: at most 5e-6 log points
        assert out.flow("VEN", "COL") == pytest.approx(row["exports_after_usd_mn"], rel=1e-5, abs=SOLVER)
        assert out.welfare_pct["VEN"] == pytest.approx(row["welfare_pct"], rel=2e-5, abs=SOLVER)


def test_the_desk_adds_nothing_to_the_solver(solver):
    setting = Setting(2014, ratio=1.8, theta=4.0, psi=0.5, deficits="additive", there=0.3, effects={"bloc": -0.475})
    plan = solver.study.spec.equilibrium.model_copy(update={"years": [2014], "internal_ratio": [1.8]})
    spec = solver.study.spec.model_copy(update={"equilibrium": plan})
    economy = next(baselines(solver.panel, spec, solver.study.folder)).economy
    shock = {("COL", "VEN"): -0.175, ("VEN", "COL"): -0.475}
    direct = solve(economy, shock, theta=4.0, supply_elasticity=0.5, deficits="additive")
    assert np.allclose(solver.solve(setting).flows, direct.flows, rtol=1e-9, atol=SOLVER)


def test_nothing_moved_changes_nothing(solver):
    found = outcome(solver, solver.solve(solver.default()))
    assert all(f["after"] == pytest.approx(f["before"], rel=1e-9) for f in found["flows"])
    assert all(abs(f["pct"]) < 1e-8 for f in found["income"])


def test_bands_hold_the_central_path_and_shrink_to_it_without_uncertainty(solver):
    setting = Setting(2014, ratio=1.8, effects={"sanctions": -0.85})
    found, out = bands(solver, setting), solver.solve(setting)
    for k, (a, b) in enumerate((("COL", "VEN"), ("VEN", "COL"))):
        assert found.flow[k, 0] < out.flow(a, b) < found.flow[k, 1]
    for code in ("COL", "VEN"):
        low, high = found.income[code]
        assert low < out.welfare_pct[code] < high
    assert found.n == 200
    assert found.flow.tolist() == bands(solver, setting).flow.tolist()


def test_bands_widen_with_the_size_of_an_uncertain_effect(solver):
    widths = []
    for size in (-0.1, -0.4, -0.67):
        low, high = bands(solver, Setting(2014, effects={"sanctions": size})).flow[0]
        widths.append(math.log(high / low))
    assert widths == sorted(widths)
    assert widths[0] < widths[1] / 2


def test_standard_errors_of_the_levers_are_those_stated(solver):
    (moved,) = moves(solver, Setting(2014, effects={"bloc": 0.475}))
    assert (moved.name, moved.size) == ("bloc", 0.475)
    assert moved.sd == pytest.approx(0.1095, abs=5e-4)  # Advanced Guide, chapter 1


def test_a_closed_border_stays_closed_in_every_draw(solver):
    found = bands(solver, Setting(2014, effects={"goods": -math.inf}))
    assert found.flow.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_saved_setting_reads_back_as_a_scenario_with_the_same_effects(tmp_path):
    space = Workspace(tmp_path)
    space.copy(open_study("colombia-venezuela"), "copy")
    study = space.study("copy")
    before = (study.folder / "study.toml").read_text(encoding="utf-8")
    solver = open_solver(study)
    start = solver.default()
    wanted = {
        'Both "ways"': Setting(start.year, start.gdp_case, effects={"bloc": 0.475}),
        "Shut": Setting(start.year, start.gdp_case, effects={"goods": -math.inf}),
        "By direction": Setting(start.year, start.gdp_case, there=0.5, back=-0.25),
        "Duty": Setting(start.year, start.gdp_case, tariff_back_pct=12.5),
        "Duties": Setting(start.year, start.gdp_case, tariff_there_pct=20.0, tariff_back_pct=20.0),
    }
    for title, setting in wanted.items():
        add_scenario(study, title, setting, solver.residual)
    study = space.study("copy")
    assert (study.folder / "study.toml").read_text(encoding="utf-8").startswith(before)
    again = open_solver(study)
    for scenario in study.scenarios[-5:]:
        got = again.of_scenario(scenario, again.default())
        assert got.totals() == pytest.approx(wanted[scenario.title].totals(), abs=1e-4)
        assert got.tariffs == pytest.approx(wanted[scenario.title].tariffs)
    for mixed in ({"tariff_there_pct": 5.0, "there": 0.5}, {"tariff_there_pct": 5.0, "tariff_back_pct": 6.0}):
        with pytest.raises(StudyError, match="one tariff"):
            add_scenario(study, "Mixed", Setting(start.year, start.gdp_case, **mixed), solver.residual)


def test_a_tariff_of_the_desk_is_solved_with_its_revenue(solver):
    setting = Setting(2014, ratio=1.8, theta=4.0, deficits="additive", there=0.2, tariff_there_pct=25.0)
    base = solver.baseline(setting).economy
    shock = Shock({("COL", "VEN"): 0.2, ("VEN", "COL"): 0.0}, tariff={("COL", "VEN"): 0.25})
    direct = solve(SectorEconomy.of(base, theta=4.0), shock, deficits="additive")
    found = outcome(solver, solver.solve(setting))
    for row in found["flows"]:
        assert row["after"] == pytest.approx(direct.flow(row["from"], row["to"]), rel=1e-9)
    for row in found["income"]:
        assert row["pct"] == pytest.approx(direct.welfare_pct[row["economy"]], abs=SOLVER)
    revenue = {row["economy"]: row["usd_mn"] for row in found["revenue"]}
    assert revenue["VEN"] == pytest.approx(0.25 * direct.flow("COL", "VEN"), rel=1e-9)
    assert revenue["COL"] == 0.0
    said = outcome_in_words(Words("en"), found, "Now")
    assert [row["what"] for row in said["rows"]][-1] == "Tariff revenue of Venezuela"
    drawn = bands(solver, setting)
    assert drawn.n == 200
    same = draw(
        pool(solver, setting), solver.dyad, moves(solver, setting), theta=4.0, deficits=("additive",),
        tariffs=Shock(tariff={("COL", "VEN"): 0.25, ("VEN", "COL"): 0.0}),
    )  # fmt: skip
    assert drawn.income["VEN"] == pytest.approx(same.points(same.welfare_pct["VEN"])[::2])
    low, high = drawn.flow[0]
    assert low < direct.flow("COL", "VEN") < high


def test_effects_by_direction_need_a_residual_to_be_saved(solver):
    with pytest.raises(StudyError, match="residual"):
        scenario_toml(solver.study, "x", "X", Setting(1999, there=0.5), solver.residual)
