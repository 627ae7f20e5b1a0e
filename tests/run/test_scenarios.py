from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from asked_study import asked_study
from detente.answer import Speaker
from detente.answer.what_if import what_if_of, what_if_sentences
from detente.equilibrium import CLOSED, Economy, Shock, solve
from detente.equilibrium.sectors.official_tables import input_output
from detente.errors import MissingInternalTrade, StudyError
from detente.language import Catalogue
from detente.panel import Panel, world
from detente.run.what_if.baseline import accounts, baselines
from detente.run.what_if.scenario_bands import BANDS, pair_moves
from detente.run.what_if.scenarios import SCENARIOS, TableOfStudy, solve_scenarios, solved_on
from detente.run.what_if.shocks import effects, heals_nothing
from detente.study import open_study
from detente.study.spec import Spec
from small_world import small_world

STUDY = open_study("colombia-venezuela")


def spec(**equilibrium: object) -> Spec:
    raw = STUDY.spec.model_dump(by_alias=True)
    raw["equilibrium"].update(equilibrium)
    return Spec.model_validate(raw)


def residual(origin: str, destination: str, year: int, base: object = None) -> float:
    return -1.0 if origin == "COL" else -2.0


def test_effects_follow_the_definition_of_each_scenario() -> None:
    closed, reopened, healed = STUDY.scenarios
    dyad = STUDY.spec.dyad
    assert set(effects(closed, dyad, 2014, residual).values()) == {CLOSED}
    assert effects(healed, dyad, 2014, residual) == {("COL", "VEN"): 1.0, ("VEN", "COL"): 2.0}

    def by_year(origin: str, destination: str, year: int, base: object) -> float:
        return {2023: -0.65, 2014: -1.23}[year] if origin == "COL" else {2023: -0.59, 2014: -1.87}[year]

    assert effects(reopened, dyad, 2014, by_year) == pytest.approx({("COL", "VEN"): 0.58, ("VEN", "COL"): 1.28})


@pytest.mark.parametrize("known", [("COL", "VEN"), ("VEN", "COL")])
def test_a_pair_with_one_residual_is_healed_in_that_direction(known: tuple[str, str]) -> None:
    """Whichever of the two it is: nothing is healed only where neither direction has a residual."""
    healed, dyad = STUDY.scenarios[2], STUDY.spec.dyad

    def one(origin: str, destination: str, year: int, base: object = None) -> float | None:
        return -1.5 if (origin, destination) == known else None

    assert not heals_nothing(healed, dyad, 2014, one)
    assert effects(healed, dyad, 2014, one) == {known: 1.5}
    assert heals_nothing(healed, dyad, 2014, lambda *_: None)
    assert not heals_nothing(STUDY.scenarios[0], dyad, 2014, lambda *_: None)


def test_the_middle_case_is_one_row_and_the_winners_middle() -> None:
    """Where the grid holds the middle case it is marked there; where not it is solved beside the grid."""
    for ratios, rows in (([1.0, 1.8], 3), ([1.0, 1.4, 1.8], 3)):
        wanted = spec(years=[2014], internal_ratio=ratios, theta=[5.0], deficits=["multiplicative"])
        books = accounts(small_world(), wanted, STUDY.folder)
        table, winners = solve_scenarios(wanted, books.baselines(), {2014: books.middle(2014)}, residual)
        assert table.height == 3 * 2 * rows
        middle = table.filter("middle")
        assert middle["internal_ratio"].to_list() == [1.4] * 6
        for row in middle.iter_rows(named=True):
            same = (pl.col("scenario") == row["scenario"]) & (pl.col("economy") == row["economy"])
            assert winners.filter(same)["welfare_pct_mid"].to_list() == [row["welfare_pct"]]


def test_the_middle_case_has_the_central_elasticity_and_the_first_rule() -> None:
    wanted = spec(years=[2014], internal_ratio=[1.0, 1.4, 1.8])
    books = accounts(small_world(), wanted, STUDY.folder)
    table, _ = solve_scenarios(wanted, books.baselines(), {2014: books.middle(2014)}, residual)
    assert (
        table.height == 3 * 2 * 3 * 4 * 2
    )  # scenarios, economies, ratios, elasticities, rules: nothing beside the grid
    assert table.filter("middle").select("theta", "deficits", "internal_ratio").unique().rows() == [
        (5.0, "multiplicative", 1.4)
    ]
    assert table["scenario"].to_list() == [s.id for s in STUDY.scenarios for _ in range(48)]


@pytest.fixture(scope="module")
def on_table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Spec, TableOfStudy]:
    """A study with two scenarios on a sector of its table, beside one that is not."""
    folder = asked_study(tmp_path_factory.mktemp("study") / "asked")
    raw = open_study(folder).spec.model_dump(by_alias=True)
    shut = {"id": "shut", "title": "No food", "closed": True, "sector": "food"}
    raw["scenarios"] = [s for s in raw["scenarios"] if s["id"] in ("closed", "duty")] + [shut]
    raw["equilibrium"]["deficits"] = ["additive", "multiplicative"]
    return Spec.model_validate(raw), TableOfStudy(input_output(folder / "icio.csv", theta=[3.0, 6.0]), 2014)


def test_a_scenario_on_a_sector_is_solved_on_the_table_under_every_rule(on_table: tuple[Spec, TableOfStudy]) -> None:
    wanted, table = on_table
    rows, winners = solve_scenarios(wanted, [], {}, residual, table=table)
    shocks = {"duty": Shock(tariff={("COL", "VEN", "food"): 0.25}),
              "shut": Shock({("COL", "VEN", "food"): CLOSED, ("VEN", "COL", "food"): CLOSED})}  # fmt: skip
    asked = [(name, rule, code) for name in shocks for rule in wanted.equilibrium.deficits for code in ("COL", "VEN")]
    assert rows.select("scenario", "deficits", "economy").rows() == asked
    for row in rows.iter_rows(named=True):
        code, partner = row["economy"], {"COL": "VEN", "VEN": "COL"}[row["economy"]]
        out = solve(table.economy, shocks[row["scenario"]], deficits=row["deficits"])
        before, after = table.economy.flow(code, partner), out.flow(code, partner)
        assert row["exports_before_usd_mn"] == before
        assert row["exports_after_usd_mn"] == pytest.approx(after, rel=1e-12)
        assert row["exports_change_usd_mn"] == pytest.approx(after - before, rel=1e-12)
        assert row["welfare_pct"] == pytest.approx(out.welfare_pct[code], rel=1e-12)
        assert (row["year"], row["gdp_case"], row["theta"], row["status"]) == (2014, "table", None, "converged")
        assert row["middle"] == (row["deficits"] == "additive")  # the rule that the study names first
        assert row["effect"] == (None if row["scenario"] == "duty" else CLOSED)
    for row in winners.iter_rows(named=True):
        found = [solve(table.economy, shocks[row["scenario"]], deficits=rule).welfare_pct[row["economy"]]
                 for rule in wanted.equilibrium.deficits]  # fmt: skip
        said = row["welfare_pct_low"], row["welfare_pct_mid"], row["welfare_pct_high"]
        assert said == pytest.approx((min(found), found[0], max(found)), rel=1e-12)
    assert winners.height == 2 * len(table.economy.economies)
    assert solve_scenarios(wanted, [], {}, residual)[0].is_empty()


def test_what_could_not_be_solved_on_the_table_keeps_its_rows(
    on_table: tuple[Spec, TableOfStudy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.run.what_if.scenarios.solve", partial(solve, max_steps=1, tolerance=1e-15))
    rows, winners = solve_scenarios(on_table[0], [], {}, residual, table=on_table[1])
    assert rows.height == 8
    assert not rows["status"].str.contains("^converged").any()
    for column in ("welfare_pct", "exports_after_usd_mn", "exports_change_usd_mn"):
        assert rows[column].null_count() == 8
    assert rows["exports_before_usd_mn"].null_count() == rows["residual_usd_mn"].null_count() == 0
    assert winners.is_empty()


def test_a_tariff_that_could_not_be_solved_comes_back_with_its_status(
    on_table: tuple[Spec, TableOfStudy], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = next(iter(baselines(small_world(), spec(years=[2014], internal_ratio=[1.0]), STUDY.folder)))
    duty = next(s for s in on_table[0].scenarios if s.id == "duty").model_copy(update={"sector": None})
    assert solved_on(base, {}, 5.0, "multiplicative", duty, STUDY.spec.dyad).report.ok
    monkeypatch.setattr("detente.run.what_if.scenarios.solve", partial(solve, max_steps=1, tolerance=1e-15))
    assert not solved_on(base, {}, 5.0, "multiplicative", duty, STUDY.spec.dyad).report.ok


@pytest.mark.parametrize(
    ("given", "status"),
    [(None, "no residual"), ("never", "not converged: the step limit was reached before the tolerance")],
)
def test_what_could_not_be_solved_keeps_its_row_without_numbers(
    monkeypatch: pytest.MonkeyPatch, given: str | None, status: str
) -> None:
    plan = list(baselines(small_world(), spec(years=[2014], internal_ratio=[1.0]), STUDY.folder))
    wanted = spec(theta=[5.0], deficits=["multiplicative"])
    wanted = wanted.model_copy(update={"scenarios": [STUDY.scenarios[2]]})
    if given is not None:
        monkeypatch.setattr("detente.run.what_if.scenarios.solve", partial(solve, max_steps=1, tolerance=1e-15))
    known = residual if given else (lambda *_: None)
    table, winners = solve_scenarios(wanted, plan, {2014: plan[0]}, known)
    assert table["status"].to_list() == [status] * 2
    assert winners.is_empty()
    for column in ("welfare_pct", "exports_after_usd_mn", "exports_change_usd_mn"):
        assert table[column].null_count() == 2
    assert table["exports_before_usd_mn"].null_count() == 0
    assert table["residual_usd_mn"].null_count() == (0 if given else 2)
    assert table["effect"].null_count() == (0 if given else 2)


def test_what_moves_the_residual_is_as_uncertain_as_it_moves_far() -> None:
    wide = {("COL", "VEN"): 0.4, ("VEN", "COL"): 0.6}

    def spread(origin: str, destination: str, year: int, base: object = None) -> float | None:
        return wide.get((origin, destination))

    there, back = ("COL", "VEN"), ("VEN", "COL")
    moved = pair_moves({there: 1.0, back: 1.0}, 2014, residual, spread)  # of residuals of -1 and -2: all and half
    assert moved is not None
    assert [(m.name, m.size, m.sd) for m in moved] == [("COL>VEN", 1.0, 0.4), ("VEN>COL", 1.0, 0.3)]
    assert pair_moves({there: 5.0}, 2014, residual, spread)[0].sd == 0.4  # beyond the residual: no wider
    assert pair_moves({there: 0.0}, 2014, residual, spread) == ()
    assert pair_moves({there: CLOSED}, 2014, residual, lambda *_: None)[0].sd == 0.0
    assert pair_moves({there: 1.0}, 2014, residual, lambda *_: None) is None


def test_a_scenario_without_a_residual_is_refused() -> None:
    with pytest.raises(StudyError, match="needs the residual of COL->VEN in 2014"):
        effects(STUDY.scenarios[2], STUDY.spec.dyad, 2014, lambda *_: None)
    with pytest.raises(StudyError, match="aims at a residual of COL->VEN that is not known"):
        effects(STUDY.scenarios[1], STUDY.spec.dyad, 2014, lambda o, d, y, b: None if y == 2023 else -1.0)


def ranged(**equilibrium: object) -> Spec:
    """The study with a range of Venezuela's GDP in 2020, for panels that have none."""
    gap = {"economy": "VEN", "year": 2020, "low_usd_mn": 38700, "high_usd_mn": 73400, "source_id": "x"}
    return spec(gdp=[gap], **equilibrium)


def without_venezuela() -> Panel:
    """The small panel without Venezuela's GDP after 2014."""
    small = small_world()
    gdp = small.gdp.copy()
    gdp[small.year_index(2015) :, small.index("VEN")] = np.nan
    return small.with_gdp(gdp)


def test_baselines_cover_years_gdp_ends_and_ratios() -> None:
    made = list(baselines(without_venezuela(), ranged(), STUDY.folder))
    books = accounts(without_venezuela(), ranged(), STUDY.folder)
    assert [(b.year, b.gdp_case, b.internal_ratio) for b in made] == [
        (2014, "published", 1.0), (2014, "published", 1.8), (2020, "low", 1.0), (2020, "low", 1.8),
        (2020, "high", 1.0), (2020, "high", 1.8),
    ]  # fmt: skip
    assert books.cases(2020) == ("low", "middle", "high")
    low, middle, high = (books.one(2020, case, 1.0).economy.output[made[2].economy.index("VEN")]
                         for case in books.cases(2020))  # fmt: skip
    assert middle == pytest.approx(np.sqrt(low * high), rel=1e-12)
    assert (books.middle(2020).gdp_case, books.middle(2020).internal_ratio) == ("middle", 1.4)
    assert books.one(2014, "low", 1.0) is None
    panel = small_world()
    first = made[0].economy
    gdp = panel.gdp[panel.year_index(2014)]
    np.testing.assert_allclose(first.output[:-1], gdp[:-1], rtol=1e-12)  # internal = GDP - exports, so output = GDP


def test_a_year_without_gdp_is_refused_with_the_remedy() -> None:
    with pytest.raises(MissingInternalTrade, match=r"no GDP for VEN in 2018.*equilibrium\.gdp"):
        list(baselines(without_venezuela(), spec(years=[2018]), STUDY.folder))


def test_a_panel_without_gdp_borrows_the_one_that_ships() -> None:
    small = small_world()
    bare = Panel(small.economies, small.years, small.flows.copy(), None, name="mine")
    (made,) = list(baselines(bare, spec(years=[2014], internal_ratio=[1.0]), STUDY.folder))
    reference = next(baselines(small, spec(years=[2014], internal_ratio=[1.0]), STUDY.folder))
    np.testing.assert_allclose(made.economy.flows, reference.economy.flows, rtol=1e-9)


def test_two_rows_of_gdp_do_not_make_a_world_of_two(tmp_path: Path) -> None:
    """Findings K1.1: a file with the two economies' GDP replaces these two figures and no others."""
    (tmp_path / "gdp.csv").write_text("economy,year,gdp_usd_mn\nCOL,2014,381000\nVEN,2014,482000\n")
    raw = spec(years=[2014], internal_ratio=[1.8]).model_dump(by_alias=True)
    raw["panel"] = {"gdp": "gdp.csv"}
    (made,) = list(baselines(world(), Spec.model_validate(raw), tmp_path))
    assert len(made.economy) > 190
    assert made.economy.output[made.economy.economies.index("VEN")] == pytest.approx(1.8 * 482_000)


@pytest.mark.oracle
@pytest.mark.parametrize(("year", "usable"), [(2014, 202), (2019, 200), (2020, 200)])
def test_economies_without_accounts_are_merged_and_listed_never_dropped(year: int, usable: int) -> None:
    """Counts of findings/new_release.md, section 2.1; the rest of the world comes on top."""
    (made,) = list(baselines(world(), spec(years=[year], internal_ratio=[1.8]), STUDY.folder))
    assert len(made.economy) == usable + 1
    assert {"MHL", "TWN", "PRK"} <= set(made.merged)
    assert made.economy.economies[-1] == "ROW"
    flows = world().flows[world().year_index(year)]
    k = world().index("COL")
    at = made.economy.economies.index("COL")
    own = made.economy.flows[at, at]
    assert made.economy.flows[at].sum() - own == pytest.approx(np.nansum(flows[k]), rel=1e-12)  # no export is lost
    assert "Marshall" not in str(made.merged_note)
    assert "MHL" in str(made.merged_note) or "more" in str(made.merged_note)


@pytest.mark.oracle
def test_welfare_on_the_world_is_the_published_range() -> None:
    """METHODS B6: 2020, 200 economies, ratios 1.0 and 1.8, theta 2 to 6, both rules; percent."""
    plan = list(baselines(world(), spec(years=[2020]), STUDY.folder))
    healing = {("COL", "VEN"): 1.301, ("VEN", "COL"): 2.254}

    def at_2020(origin: str, destination: str, year: int, base: object = None) -> float:
        return -healing[origin, destination]

    raw = spec(years=[2020]).model_dump(by_alias=True)
    raw["scenarios"] = [s for s in raw["scenarios"] if s["id"] != "reopened"]
    middle = {2020: accounts(world(), spec(years=[2020]), STUDY.folder).middle(2020)}
    table, _ = solve_scenarios(Spec.model_validate(raw), plan, middle, at_2020)
    ends = {(s, e): (w.min(), w.max()) for (s, e), w in (
        (key, group["welfare_pct"]) for key, group in table.group_by("scenario", "economy"))}  # fmt: skip
    theirs = {("closed", "COL"): (-.020, -.003), ("closed", "VEN"): (-.161, -.025), ("healed", "COL"): (.012, .069),
              ("healed", "VEN"): (.085, .500)}  # fmt: skip
    for key, (low, high) in theirs.items():
        # the table's last digit, and 2% for three significant digits and another rest of the world
        assert ends[key][0] == pytest.approx(low, abs=0.0011, rel=0.02), key
        assert ends[key][1] == pytest.approx(high, abs=0.0011, rel=0.02), key


def test_an_economy_of_the_pair_without_accounts_stops_with_its_reason() -> None:
    flows = np.ones((1, 2, 2)) * 5
    flows[:, [0, 1], [0, 1]] = np.nan
    raw = STUDY.spec.model_dump(by_alias=True) | {"cited": [], "scenarios": [], "episodes": []}
    raw["study"] |= {"origin": "QAT", "destination": "TWN"}
    raw["equilibrium"] |= {"years": [2014], "gdp": []}
    with pytest.raises(MissingInternalTrade, match="no GDP for TWN in 2014"):
        list(baselines(Panel(("QAT", "TWN"), (2014,), flows, name="two"), Spec.model_validate(raw), Path()))
    raw["study"] |= {"origin": "MHL", "destination": "USA"}
    with pytest.raises(MissingInternalTrade, match=r"MHL has no usable accounts in 2014.*ratio"):
        list(baselines(world(), Spec.model_validate(raw), Path()))


def test_missing_flows_between_usable_economies_are_never_zeros() -> None:
    with pytest.raises(MissingInternalTrade, match="flows of 2023 are missing between economies with accounts"):
        list(
            baselines(
                world(),
                spec(
                    years=[2023],
                    gdp=[
                        {"economy": "VEN", "year": 2023, "low_usd_mn": 90000, "high_usd_mn": 110000, "source_id": "x"}
                    ],
                ),
                STUDY.folder,
            )
        )


def test_the_table_holds_what_solve_gives() -> None:
    plan = list(baselines(small_world(), spec(years=[2014], internal_ratio=[1.0]), STUDY.folder))
    table, winners = solve_scenarios(
        spec(theta=[4.0], central_theta=4.0, deficits=["additive"]), plan, {2014: plan[0]}, residual
    )
    row = table.row(by_predicate=(pl.col("scenario") == "healed") & (pl.col("economy") == "VEN"), named=True)
    eco: Economy = plan[0].economy
    out = solve(eco, {("COL", "VEN"): 1.0, ("VEN", "COL"): 2.0}, theta=4.0, deficits="additive")
    assert row["welfare_pct"] == pytest.approx(out.welfare_pct["VEN"], abs=1e-12)
    assert row["exports_after_usd_mn"] == pytest.approx(out.flow("VEN", "COL"))
    assert row["exports_before_usd_mn"] == eco.flow("VEN", "COL")
    assert row["exports_change_usd_mn"] == pytest.approx(out.flow("VEN", "COL") - eco.flow("VEN", "COL"))
    assert (row["status"], row["residual_usd_mn"]) == ("converged", out.report.residual)
    assert (row["effect"], row["theta"], row["deficits"], row["gdp_case"]) == (2.0, 4.0, "additive", "published")
    closed = table.filter(pl.col("scenario") == "closed")
    assert (closed["exports_after_usd_mn"] == 0).all()
    assert (closed["exports_change_usd_mn"] == -closed["exports_before_usd_mn"]).all()
    assert (closed["welfare_pct"] < 0).all()
    assert (table["residual_usd_mn"] < 1e-3).all()
    assert winners.height == 3 * len(eco)
    mine = winners.row(by_predicate=(pl.col("scenario") == "healed") & (pl.col("economy") == "VEN"), named=True)
    assert mine["n_specifications"] == 1
    assert mine["welfare_pct_mid"] == row["welfare_pct"]


def test_earlier_baseline_years_get_a_sentence_with_their_own_range() -> None:
    rows = [
        (year, scenario, economy, status, welfare)
        for year, scenario, economy, status, values in [
            (2014, "Closed", "COL", "converged", (-0.2, -0.1)),
            (2014, "Closed", "VEN", "converged", (-0.5, -0.3)),
            (2014, "Healed", "COL", "converged", (0.1, 0.1)),
            (2014, "Healed", "VEN", "converged", (0.2, 0.4)),
            (2014, "Healed", "VEN", "not finite", (9.0,)),
            (2017, "Closed", "COL", "converged", (-7.0,)),
            (2017, "Closed", "VEN", "converged", (-8.0,)),
            (2020, "Closed", "COL", "converged", (-6.0,)),
            (2020, "Closed", "VEN", "converged", (-6.0,)),
        ]
        for welfare in values
    ]
    names = ("year", "scenario", "economy", "status", "welfare_pct")
    frame = SCENARIOS.of_rows({**dict(zip(names, row)), "title": row[1]} for row in rows)

    def earlier(frame: pl.DataFrame, language: str) -> list[str]:
        found = what_if_of(frame, BANDS.empty(), STUDY.spec, quick=False)
        return list(what_if_sentences(found, Speaker(Catalogue(language), STUDY.spec)))[len(STUDY.scenarios) + 1 :]

    newer, older = earlier(frame, "en")
    assert "against 2017" in newer
    assert "Closed: Colombia −7.0%, Venezuela −8.0%" in newer
    assert "against 2014" in older
    assert "Closed: Colombia −0.20% to −0.10%, Venezuela −0.50% to −0.30%" in older
    assert "Healed: Colombia +0.10%, Venezuela +0.20% to +0.40%" in older
    assert earlier(frame.filter(pl.col("year") == 2020), "es") == []
    assert earlier(frame.clear(), "es") == []


def asked(**scenario: object) -> Spec:
    raw = STUDY.spec.model_dump(by_alias=True)
    raw["equilibrium"].update(years=[2014], theta=[5.0], deficits=["multiplicative", "additive"], internal_ratio=[1.8])
    raw["scenarios"] = [{"id": "asked", "title": "Asked", **scenario}]
    return Spec.model_validate(raw)


@pytest.mark.parametrize("levied_by", [[], ["VEN"]])
def test_a_study_can_ask_for_a_tariff(levied_by: list[str]) -> None:
    """Each row is the plain tariff solve on the same baseline under the same rule, revenue included."""
    from detente.equilibrium import SectorEconomy, Shock

    wanted = asked(tariff=0.25, levied_by=levied_by)
    panel = small_world()
    plan = list(baselines(panel, wanted, STUDY.folder))
    table, winners = solve_scenarios(wanted, plan, {}, residual)
    assert table.height == 2 * 2 * len(plan)
    levies = {("COL", "VEN"): 0.25} if levied_by else {("COL", "VEN"): 0.25, ("VEN", "COL"): 0.25}
    base = plan[0]
    for rule in ("multiplicative", "additive"):
        one = solve(SectorEconomy.of(base.economy, theta=5.0), Shock(tariff=levies), deficits=rule)
        rows = table.filter(pl.col("deficits") == rule, pl.col("gdp_case") == base.gdp_case)
        for row in rows.iter_rows(named=True):
            assert row["status"] == "converged"
            assert row["welfare_pct"] == pytest.approx(one.welfare_pct[row["economy"]], abs=1e-10)
            partner = "VEN" if row["economy"] == "COL" else "COL"
            assert row["exports_after_usd_mn"] == pytest.approx(one.flow(row["economy"], partner), rel=1e-9)
            assert row["effect"] is None
    assert winners["n_specifications"].to_list() == [2 * len(plan)] * winners.height
    said = what_if_of(table, BANDS.empty(), wanted, quick=False)
    assert said.scenarios[0].status == "solved"
    assert list(what_if_sentences(said, Speaker(Catalogue("en"), wanted)))


def test_in_the_long_run_capital_has_followed() -> None:
    """The steady state of ``accumulate``, which is tested against a path in levels."""
    from detente.equilibrium import accumulate

    wanted = asked(closed=True, long_run=True)
    plan = list(baselines(small_world(), wanted, STUDY.folder))[:1]
    table, _ = solve_scenarios(wanted, plan, {}, residual)
    end = accumulate(plan[0].economy, {("COL", "VEN"): CLOSED, ("VEN", "COL"): CLOSED}, theta=5.0, years=1).steady_state
    row = table.filter(pl.col("deficits") == "multiplicative", pl.col("economy") == "VEN").row(0, named=True)
    assert row["welfare_pct"] == pytest.approx(end.welfare_pct["VEN"], abs=1e-9)


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        ({"tariff": 25.0}, "25% is written 0.25"),
        ({"tariff": 0.1, "closed": True}, "exactly one of"),
        ({"closed": True, "levied_by": ["VEN"]}, "sets none"),
        ({"tariff": 0.1, "levied_by": ["USA"]}, "not of the pair"),
    ],
)
def test_a_tariff_of_a_study_is_checked(scenario: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        asked(**scenario)
