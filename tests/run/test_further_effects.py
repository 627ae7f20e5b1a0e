"""Scenarios by sector, over the years and with people who move: every figure is that of the room that computes it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from asked_study import asked_study
from detente.equilibrium import (
    CLOSED,
    LogNormal,
    SectorEconomy,
    Shock,
    accumulate,
    ensemble,
    input_output,
    migrate,
    solve,
)
from detente.errors import DetenteError
from detente.language import Catalogue
from detente.report import render_report
from detente.run import read_run
from detente.run.result import Run
from detente.run.schema import Computed
from detente.run.what_if.baseline import accounts
from detente.run.what_if.further_effects import SECTORS as BY_SECTOR
from detente.run.what_if.further_effects import table_of, with_people
from detente.run.what_if.scenario_bands import scenario_bands
from detente.study import open_study
from detente.study.cautions import cautions_of
from detente.study.spec import Spec
from small_world import small_world


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The built-in study with other scenarios, a table and a file of people, on the small world."""
    folder = asked_study(tmp_path_factory.mktemp("study") / "asked")
    return open_study(folder).run(data=small_world(), quick=True)


def test_a_run_has_its_scenarios_by_sector(run: Run) -> None:
    table, rule = run.sectors.to_frame(), run.study.spec.equilibrium.deficits[0]
    economy = input_output(run.study.folder / "icio.csv", theta=[3.0, 6.0])
    assert set(table["scenario"]) == {"closed", "duty", "answer", "slow", "move"}
    duty = solve(economy, Shock(tariff={("COL", "VEN", "food"): 0.25}), deficits=rule)
    own = pl.DataFrame(duty.to_frame("sectors"))
    for row in table.filter(scenario="duty").iter_rows(named=True):
        same = own.filter(economy=row["economy"], sector=row["sector"]).row(0, named=True)
        for name in (
            "output_after_usd_mn",
            "employment_pct",
            "exports_after_usd_mn",
            "price_pct",
            "revenue_after_usd_mn",
        ):
            assert row[name] == pytest.approx(same[name], rel=1e-12)
        assert row["lost_wages_usd_mn"] == pytest.approx(same["wages_before_usd_mn"] * same["employment_pct"] / 100)
    answered = Shock(tariff={("VEN", "COL"): 0.2, ("COL", "VEN"): 0.2})
    both = pl.DataFrame(solve(economy, answered, deficits=rule).to_frame("sectors")).filter(
        economy="VEN", sector="food"
    )
    found = table.filter(scenario="answer", economy="VEN", sector="food")
    assert found["revenue_after_usd_mn"].to_list() == pytest.approx(both["revenue_after_usd_mn"].to_list(), rel=1e-12)


def test_tariffs_and_sectors_have_bands(run: Run) -> None:
    """Every row is the draws of the engine: a tariff on each baseline with its revenue, a sector's on the table."""
    spec, dyad = run.study.spec, run.study.spec.dyad
    wanted = spec.model_copy(update={"scenarios": [s for s in spec.scenarios if s.id in ("duty", "answer")]})
    books, table = accounts(small_world(), spec, run.study.folder), table_of(run.study)
    assert table is not None
    newest = max(spec.equilibrium.years)
    pool = [b for b in books.baselines() if b.year == newest][:1]
    bands = scenario_bands(wanted, pool, lambda *_: None, lambda *_: None, seed=3, table=table)
    assert bands["scenario"].unique(maintain_order=True).to_list() == ["duty", "answer"]
    shared = {"deficits": tuple(spec.equilibrium.deficits), "flow_error": 0.1, "draws": 200, "seed": 3}
    on_table = ensemble(table.economy, Shock(tariff={("COL", "VEN", "food"): 0.25}), theta=LogNormal(1, 0.25), **shared)
    answered = Shock(tariff={("VEN", "COL"): 0.2, ("COL", "VEN"): 0.2})
    whole = SectorEconomy.of(pool[0].economy, theta=spec.equilibrium.central_theta)
    on_base = ensemble(whole, answered, theta=LogNormal(1, 0.25), track=[("COL", "VEN")], **shared)
    for name, drawn, year in (("duty", on_table, table.year), ("answer", on_base, newest)):
        for code in dyad:
            row = bands.filter(scenario=name, economy=code).row(0, named=True)
            assert (row["year"], row["draws"], row["failed"]) == (year, 200, 0)
            for point in ("p05", "p50", "p95"):
                value = drawn.quantile(int(point[1:]) / 100)[code]
                assert row[f"welfare_pct_{point}"] == pytest.approx(value, rel=1e-9)
    row = bands.filter(scenario="answer", economy="COL").row(0, named=True)
    tracked = on_base.tracked["COL", "VEN"]
    assert row["exports_usd_mn_p95"] == pytest.approx(float(np.quantile(tracked, 0.95)), rel=1e-9)


def test_cells_by_sector_have_the_ends_of_the_same_draws(run: Run, quick_pen: None) -> None:
    table = table_of(run.study)
    assert table is not None
    assert BY_SECTOR.make is not None
    frames = {**run.frames, "residuals": run.residuals.to_frame()}
    done = Computed(run.study, small_world(), run.study.ledger(), frames, quick=False, seed=5)
    rows = BY_SECTOR.make(done)
    assert rows["draws"].to_list() == [200] * rows.height
    drawn = ensemble(
        table.economy, Shock(tariff={("COL", "VEN", "food"): 0.25}), theta=LogNormal(1, 0.25), flow_error=0.1,
        deficits=tuple(run.study.spec.equilibrium.deficits), draws=200, seed=5,
    )  # fmt: skip
    cells = drawn.to_frame(what="sectors")
    for row in rows.filter(scenario="duty").iter_rows(named=True):
        same = cells.filter(economy=row["economy"], sector=row["sector"]).row(0, named=True)
        for name in ("employment_pct", "real_output_pct", "exports_after_usd_mn"):
            assert row[f"{name}_p05"] == pytest.approx(same[f"{name}_q5"], rel=1e-9)
            assert row[f"{name}_p95"] == pytest.approx(same[f"{name}_q95"], rel=1e-9)
            assert row[f"{name}_p05"] <= row[f"{name}_p95"]
    quick = run.sectors.to_frame()
    assert quick["employment_pct_p05"].null_count() == quick.height
    ends = [c.name for c in BY_SECTOR.columns if c.added]
    assert len(ends) == 8
    earlier = BY_SECTOR.fitted(quick.drop(ends))  # a run written before the draws were
    assert earlier.equals(quick.with_columns(pl.lit(None, earlier.schema[name]).alias(name) for name in ends))
    drawn_run = replace(run, frames={**run.frames, "sectors": rows})
    words = Catalogue("en")
    page = render_report(drawn_run, "en")
    assert words("further.employment_range") in page
    assert words("further.employment_range") not in render_report(run, "en")
    worst = rows.filter(scenario="duty", economy="VEN").sort("lost_wages_usd_mn").row(0, named=True)
    assert f">{words.span(worst['employment_pct_p05'], worst['employment_pct_p95'])}<" in page


def test_a_scenario_on_one_sector_stands_beside_the_others_under_every_rule(run: Run) -> None:
    rows = run.scenarios.to_frame().filter(scenario="duty")
    assert rows.select("gdp_case", "theta", "status").unique().rows() == [("table", None, "converged")]
    assert rows.filter("middle")["economy"].to_list() == list(run.study.spec.dyad)
    economy = input_output(run.study.folder / "icio.csv", theta=[3.0, 6.0])
    for rule in run.study.spec.equilibrium.deficits:
        out = solve(economy, Shock(tariff={("COL", "VEN", "food"): 0.25}), deficits=rule)
        for row in rows.filter(deficits=rule).iter_rows(named=True):
            assert row["welfare_pct"] == pytest.approx(out.welfare_pct[row["economy"]], rel=1e-12)
    low, mid, high = run.winners.to_frame().filter(scenario="duty", economy="VEN").row(0)[4:7]
    assert low <= mid <= high


def _middle(run: Run):
    spec = run.study.spec
    return accounts(small_world(), spec, run.study.folder).middle(max(spec.equilibrium.years))


def test_capital_has_its_path_and_its_end(run: Run) -> None:
    base, spec = _middle(run), run.study.spec
    shut = {("COL", "VEN"): CLOSED, ("VEN", "COL"): CLOSED}
    path = accumulate(
        base.economy, shut, theta=spec.equilibrium.central_theta, years=40, deficits=spec.equilibrium.deficits[0]
    )
    rows = run.capital.to_frame()
    assert rows["scenario"].unique().to_list() == ["slow"]
    for code in spec.dyad:
        mine = rows.filter(economy=code)
        assert mine["welfare_pct"].to_list() == pytest.approx(path.welfare_pct[code].tolist(), rel=1e-12)
        assert mine["welfare_pct_end"].to_list()[0] == pytest.approx(path.steady_state.welfare_pct[code], rel=1e-12)
    end = run.scenarios.to_frame().filter(pl.col("middle"), scenario="slow", year=base.year)
    for row in end.iter_rows(named=True):
        assert row["welfare_pct"] == pytest.approx(path.steady_state.welfare_pct[row["economy"]], rel=1e-9)


def test_people_move_as_the_room_that_moves_them_says(run: Run) -> None:
    base, named = _middle(run), run.study.spec.equilibrium.people
    economy, people = with_people(base.economy, run.study, named)
    assert economy.economies == ("COL", "VEN", "ROW")
    assert economy.flows.sum() == pytest.approx(base.economy.flows.sum(), rel=1e-12)
    shut = {("COL", "VEN"): CLOSED, ("VEN", "COL"): CLOSED}
    out = migrate(economy, people, shut, nu=2.0, deficits=run.study.spec.equilibrium.deficits[0])
    rows = run.people.to_frame()
    assert rows["scenario"].unique().to_list() == ["move"]
    for row in rows.iter_rows(named=True):
        i, j = economy.index(row["origin"]), economy.index(row["residence"])
        assert row["change"] == pytest.approx(out.migrants[i, j], rel=1e-9)
    assert rows.group_by("origin").agg(pl.col("change").sum())["change"].abs().max() < 1.0
    assert rows.filter(origin="VEN", residence="COL")["persons_before"].to_list() == [1e6]


@pytest.mark.parametrize("language", ["en", "es"])
def test_report_terminal_and_json_show_them(run: Run, tmp_path: Path, language: str, quick_pen: None) -> None:
    page = render_report(run, language)
    words = Catalogue(language)
    for name in ("sectors", "capital", "people"):
        assert words(f"further.{name}") in page
    worst = run.sectors.to_frame().filter(scenario="duty", economy="VEN").sort("lost_wages_usd_mn").row(0, named=True)
    assert f">{words.significant(worst['lost_wages_usd_mn'], sign=True)}<" in page
    end = run.capital.to_frame().filter(economy="VEN")["welfare_pct_end"][0]
    assert f">{words.significant(end, sign=True)}<" in page
    said = run.summary(language=language, full=True)
    assert "A duty on food" in said
    folder = run.write(tmp_path / language)
    told = json.loads((folder / "results.json").read_text(encoding="utf-8"))["tables"]
    assert {"sectors", "capital", "people"} <= set(told)
    assert read_run(folder).sectors.to_frame().equals(run.sectors.to_frame())


def test_a_file_that_is_not_there_is_a_caution(run: Run) -> None:
    raw = run.study.spec.model_dump(by_alias=True)
    raw["equilibrium"]["people"] = {"file": "nobody.csv"}
    found = cautions_of(Spec.model_validate(raw), run.study.folder, small_world)
    assert [p.column for p in found if "nobody.csv" in p.what] == ["equilibrium.people.file"]


def test_files_that_do_not_fit_are_named(run: Run, tmp_path: Path) -> None:
    study, economy = run.study, _middle(run).economy
    named = study.spec.equilibrium.people
    for rows, says in (
        ("VEN,VEN,5\n", "how many of COL live at home"),
        ("COL,COL,5\nCOL,COL,6\nVEN,VEN,1\n", "twice"),
        ("COL,COL,-5\nVEN,VEN,1\n", "missing or negative"),
    ):
        (tmp_path / "people.csv").write_text("origin,residence,persons\n" + rows, encoding="utf-8")
        there = named.model_copy(update={"file": str(tmp_path / "people.csv")})
        with pytest.raises(DetenteError, match=says):
            with_people(economy, study, there)
    (study.folder / "other.csv").write_text(
        (study.folder / "icio.csv").read_text().replace("VEN", "BRA"), encoding="utf-8"
    )
    raw = study.spec.model_dump(by_alias=True)
    for update, says in (({"file": "other.csv"}, "has no VEN"), ({}, "names the sector 'fish'")):
        changed = raw | {"equilibrium": raw["equilibrium"] | {"table": raw["equilibrium"]["table"] | update}}
        changed["scenarios"] = [{"id": "x", "title": "X", "tariff": 0.1, "sector": "fish"}]
        with pytest.raises(DetenteError, match=says):
            table_of(replace(study, spec=Spec.model_validate(changed)))


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ({"tariff": 0.1, "sector": "food"}, r"no \[equilibrium.table\]"),
        ({"closed": True, "migration": True}, r"no \[equilibrium.people\]"),
        ({"closed": True, "retaliation": True}, "belong to a tariff"),
        ({"tariff": 0.1, "retaliation": True}, "whose tariff it answers"),
        ({"tariff": 0.1, "migration": True}, "goes with neither"),
        ({"healed": True, "sector": "food"}, "of the whole only"),
        ({"tariff": 0.1, "pass_through": 1.5}, "less than or equal to 1"),
    ],
)
def test_what_a_scenario_cannot_ask_for_is_said(scenario: dict, says: str) -> None:
    raw = open_study("colombia-venezuela").spec.model_dump(by_alias=True)
    raw["scenarios"] = [{"id": "x", "title": "X", **scenario}]
    with pytest.raises(ValueError, match=says):
        Spec.model_validate(raw)
