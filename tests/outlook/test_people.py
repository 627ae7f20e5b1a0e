"""Forecasts, alarm, missing cells and what if of people: published scores and figures, and refusals."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detente.errors import DataError, NotIdentified, SpecificationError, UnknownEconomy
from detente.outlook.people import (
    alarm,
    forecast_displaced,
    forecast_moves,
    nowcast,
    origin_recovers,
    people_between,
    surge,
)
from detente.outlook.people.displaced import Counts, fit_displaced, percentile_crps
from detente.outlook.people.elasticities import estimate_elasticities, shipped_elasticities
from detente.outlook.people.missing_cells import (
    ELSEWHERE,
    drawn_quantiles,
    error_quantiles,
    imputed,
    scored_cells,
    shrunk,
)
from detente.outlook.people.score_cards import LARGE, baseline_crps, nowcast_card, people_card
from detente.panel import people

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks/people.py"


@pytest.fixture(scope="module")
def benchmark():
    sys.path.insert(0, str(BENCHMARK.parent))
    spec = importlib.util.spec_from_file_location("benchmarks_people", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("horizon", "published", "naive"), [(1, 0.206, 0.214), (2, 0.334, 0.345), (3, 0.435, 0.447), (5, 0.613, 0.626)]
)
def test_the_score_cards_reach_the_published_scores(horizon, published, naive):
    """METHODS B3's are up to 2025; without that (half) year 0.003 is one standard error of the mean over cases."""
    card, large = people_card("displaced", horizon), people_card("displaced", horizon, LARGE)
    assert card.crps <= published + 0.006
    assert baseline_crps(card) == pytest.approx(naive, abs=0.016)
    assert 0.77 <= card.coverage_80 <= 0.84
    assert card.skill_pct >= (3 if horizon == 1 else 1.5)
    assert card.low > 0
    assert 0.80 <= large.coverage_80 <= 0.90
    assert large.skill_pct > 0


def test_the_cards_are_what_the_benchmark_gives(benchmark):
    """One horizon, the flows and the alarm, scored again."""
    counts = Counts.of(people("protected"))
    rows = benchmark.displaced_rows(counts, 5)
    card = people_card("displaced", 5)
    assert (len(rows), round(float(rows[:, 1].mean()), 4)) == (card.n_cases, card.crps)
    moved, shipped = benchmark.moved_card(people("movers")), people_card("moved", 5)
    assert (moved.n_cases, round(float(moved.crps), 4)) == (shipped.n_cases, shipped.crps)
    again = benchmark.alarm_card(people("protected"))
    assert again.skill_pct == pytest.approx(people_card("surge", 2).skill_pct, abs=1e-3)


@pytest.mark.oracle
def test_the_alarm_reaches_the_published_score():
    """METHODS B3: AUC .805, log score 10.8% over strata; the goal of the findings: .79 and 8%. Without the 21 surges that
    were changes of category 9.3% is left of 12.3%."""
    card = people_card("surge", 2)
    assert card.auc >= 0.79
    assert card.skill_pct >= 8
    assert card.low > 0
    assert card.without_waves_pct > 8


@pytest.mark.oracle
def test_venezuelans_in_colombia_as_the_findings_have_them():
    """findings/flows.md 2.4, another implementation of the same model: ends within a quarter, the miss of 2017 too."""
    early = forecast_displaced("VEN", "COL", as_of=2018, horizons=(1, 2, 5))
    for found, middle in zip(early, (1.46e6, 1.37e6, 0.96e6)):
        assert found.middle == pytest.approx(middle, rel=0.45)
        assert found.low < {2019: 1.78e6, 2020: 1.75e6, 2023: 2.88e6}[found.year] < found.high
    missed = forecast_displaced("VEN", "COL", as_of=2017, horizons=(1,))[0]
    assert missed.middle == pytest.approx(80_527, rel=0.25)
    assert missed.high < 1_174_375 / 5


@pytest.mark.oracle
def test_the_alarm_at_the_end_of_2017(monkeypatch):
    """findings/flows.md 2.5: 0.6% known at the end of 2016, 16% (26 times the base) at the end of 2017, with the first count
    of 2017 in its new category taken for growth; without it the odds are still twenty times the base."""
    before, after = (surge("VEN", "COL", as_of=year) for year in (2016, 2017))
    assert before.probability < 0.03
    assert after.times_base > 20
    assert after.rank <= 0.03 * after.n_ranked
    monkeypatch.setattr(alarm, "changed_steps", lambda panel: np.zeros(panel.flows.shape, dtype=bool))
    panel = people("protected")
    rows = alarm.corridors(panel)
    now = rows.where(rows.year == 2017)
    p = alarm.fit_surge(rows, 2017).probability(now.features)
    at = np.flatnonzero((now.origin == panel.index("VEN")) & (now.destination == panel.index("COL")))[0]
    assert 0.10 < p[at] < 0.5
    assert (p > p[at]).sum() < 5


def test_nothing_later_enters_a_forecast():
    panel = people("protected")
    later = np.array(panel.flows)
    t = panel.year_index(2015)
    later[t + 1 :] *= 7
    counts, altered = Counts.of(panel), Counts.of(replace(panel, flows=later))
    for horizon in (1, 5):
        a, b = (fit_displaced(c, horizon, t) for c in (counts, altered))
        assert a.part == b.part
        assert np.array_equal(a.errors, b.errors)


@pytest.mark.recovery
def test_crps_of_a_known_distribution():
    """Of a standard normal at its mean the CRPS is (sqrt(2) - 1) / sqrt(pi) = 0.2337 (Gneiting & Raftery 2007)."""
    draws = np.quantile(np.random.default_rng(0).normal(size=200_000), np.arange(1, 100) / 100)
    found = percentile_crps(draws[None], np.zeros(1))[0]
    assert found == pytest.approx(0.2337, abs=0.005)  # 99 percentiles, cut at both ends


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("population", "year", "published", "naive"),
    [("foreign_born", 2010, .217, .237), ("foreign_born", 2015, .186, .197), ("foreign_born", 2020, .159, .181),
     ("movers", 2005, .453, .513), ("movers", 2010, .473, .591), ("movers", 2015, .466, .536)],
)  # fmt: skip
def test_shrinkage_beats_the_last_value_by_what_was_published(population, year, published, naive, monkeypatch):
    """findings/flows.md 2.2: the means of other 1,500 cells than these, so within two standard errors of the difference of
    two such means, worked out from these errors (0.01 to 0.05); the rule there had a weight of a half for residents."""
    panel = people(population)
    t = panel.year_index(year)
    cells = scored_cells(panel, t, 3000 if population == "foreign_born" else 600, seed=year)
    monkeypatch.setitem(ELSEWHERE, "foreign_born", 0.5)
    actual = np.log(panel.flows[t, cells[:, 0], cells[:, 1]])
    ours = np.abs(actual - np.log(shrunk(panel, t, cells)))
    last = np.abs(actual - np.log(panel.flows[t - 1, cells[:, 0], cells[:, 1]]))
    kept = np.isfinite(ours)
    assert kept.mean() > 0.97
    for found, told in ((ours[kept], published), (last[kept], naive)):
        assert found.mean() == pytest.approx(told, abs=2 * found.std() * np.sqrt(1 / len(found) + 1 / 1500))
    assert ours[kept].mean() < last[kept].mean()


@pytest.mark.parametrize("population", ["foreign_born", "movers", "protected"])
def test_a_missing_count_beats_the_last_value_with_its_errors_both_ways(population):
    card = nowcast_card(population)
    assert card.low > 0
    assert card.mae < card.baseline_mae
    assert 0.77 <= card.coverage_80 <= 0.83


def test_the_errors_of_moves_that_ship_are_those_drawn_now():
    shipped, n = error_quantiles("movers", 2015)
    drawn, m = drawn_quantiles("movers", 2015)
    assert n == m
    assert shipped == pytest.approx(drawn, abs=2e-5)  # they are rounded to five digits


def test_a_change_of_definition_is_no_growth_and_decides_nothing():
    """VEN in COL: 69,264 of one category in 2017, 1,174,375 of another in 2018."""
    found = forecast_displaced("VEN", "COL", as_of=2018, horizons=(1,))[0]
    assert found.middle < 1.05 * found.last
    assert "changed its definition in 2018" in found.summary()
    with pytest.raises(NotIdentified, match="changed its definition in 2018"):
        nowcast("VEN", "COL", 2018, population="protected")
    counts = Counts.of(people("protected"))
    t = counts.years.index(2018)
    k = int(np.flatnonzero((counts.place == [people("protected").index(c) for c in ("VEN", "COL")]).all(1))[0])
    assert counts.changed[t, k]
    assert counts.growth(t)[k] == 0
    assert not counts.comparable(t - 1, 1)[k]
    assert counts.comparable(t, 1)[k]


def test_a_batch_predicts_as_one_cell_does():
    panel = people("movers")
    t = panel.year_index(2015)
    cells = scored_cells(panel, t, 40, seed=1)
    together, alone = imputed(panel, t, cells), imputed(panel, t, cells[:1])
    assert together[0] == pytest.approx(alone[0], rel=0.02)


def test_a_nowcast_does_not_see_the_cell():
    found = nowcast("VEN", "COL", 2020)
    assert found.recorded == 1_780_000
    assert (
        found.middle < found.recorded / 5
    )  # the surge was not in the last value, and half the growth elsewhere is not it
    assert found.low < found.middle < found.high
    moved = (
        nowcast("VEN", "COL", 2020, population="protected").middle / 1_780_000
    )  # the last value, moved by the others'
    assert moved == pytest.approx(np.exp(error_quantiles("protected", 2020)[0][1]))


@pytest.mark.oracle
def test_the_elasticities_are_the_published_ones():
    """findings/flows.md 2.6 has democracy among the covariates, which does not ship: within half a standard error."""
    found = {(e.outcome, e.variant): e for e in shipped_elasticities("VEN")}
    main = found["moves", "all"]
    assert (main.elasticity, main.se) == pytest.approx((-0.71, 0.14), abs=0.02)
    for key, value, se in (
        (("moves", "neighbours"), -1.05, 0.17), (("moves", "without the origin"), -0.63, 0.14),
        (("moves", "origins at peace"), -0.78, 0.13), (("moves", "income of the year before"), -0.46, 0.17),
        (("departures", "all"), 0.40, 0.31),
    ):  # fmt: skip
        assert found[key].elasticity == pytest.approx(value, abs=se / 2), key
    arrivals = found["arrivals", "all"]
    assert arrivals.elasticity == pytest.approx(
        -0.68, abs=0.15
    )  # one standard error: its covariates are not told there
    low, middle, high = main.effect_pct(20)
    assert (low, middle, high) == pytest.approx((-16, -12, -8), abs=1)


@pytest.mark.slow
def test_the_shipped_elasticities_are_what_the_package_estimates():
    shipped = {(e.outcome, e.variant): e for e in shipped_elasticities("VEN")}
    for e in estimate_elasticities("VEN"):
        assert e.elasticity == pytest.approx(shipped[e.outcome, e.variant].elasticity, abs=2e-4)
        assert e.se == pytest.approx(shipped[e.outcome, e.variant].se, abs=2e-4)
        assert e.n == shipped[e.outcome, e.variant].n


def test_what_if_is_a_range_larger_for_neighbours_and_silent_on_permits():
    near, far = origin_recovers("VEN", "COL"), origin_recovers("VEN", "PER")
    assert near.middle < far.middle < 0
    assert -18 < near.low < near.high < -6
    assert not near.returns_detectable
    assert (near.n_closures, near.n_reopenings) < (10, 10)
    assert "no estimate exists" in near.summary()
    assert origin_recovers("VEN", "COL", growth_pct=-20).middle > 0


@pytest.mark.oracle
def test_the_seven_figures_of_2020_are_reconciled():
    """findings/flows.md 2.7: DESA's 2020 is UNHCR's 2019; UNHCR sees a third of those in Spain and the United States."""

    def count(b, population, year):
        return next(
            c for c in people_between("VEN", b).counts if (c.origin, c.population, c.year) == ("VEN", population, year)
        )

    born, protected = count("COL", "foreign_born", 2020), count("COL", "protected", 2020)
    assert (born.persons, protected.persons) == (1_780_000, 1_750_000)
    assert born.taken_from == "2019-12-31"
    assert born.persons == count("COL", "protected", 2019).persons
    for b, ratio in (("USA", 506 / 147), ("ESP", 326 / 95), ("PER", 0.94 / 1.05)):
        found = count(b, "foreign_born", 2020).persons / count(b, "protected", 2020).persons
        assert found == pytest.approx(ratio, rel=0.01), b
    assert count("COL", "protected", 2018).recategorised


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: forecast_displaced("VEN", "COL", horizons=(4,)), SpecificationError, "Nobody scored"),
        (lambda: forecast_displaced("VEN", "COL", as_of=2030), DataError, "no year 2030"),
        (lambda: forecast_displaced("VEN", "COL", as_of=2014), NotIdentified, "were not scored"),
        (lambda: forecast_displaced("COL", "ECU", as_of=1992), NotIdentified, "begin in|not scored|outcomes"),
        (lambda: forecast_displaced("SSD", "UGA", as_of=2005), UnknownEconomy, "did not exist"),
        (lambda: forecast_moves("VEN", "COL", as_of=1990), NotIdentified, "first periods"),
        (lambda: surge("VEN", "JPN"), NotIdentified, "no corridor"),
        (lambda: nowcast("VEN", "COL", 1990), SpecificationError, "first year"),
        (lambda: nowcast("VEN", "LAO", 2020), (NotIdentified, UnknownEconomy), "not scored|not among"),
        (lambda: origin_recovers("VEN", "COL", growth_pct=400), SpecificationError, "not seen often enough"),
        (lambda: origin_recovers("VEN", "VEN"), SpecificationError, "two different"),
    ],
)  # fmt: skip
def test_refusals_say_why(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.property
@pytest.mark.parametrize("pair", [("IND", "PAK"), ("TUR", "SYR"), ("UKR", "POL"), ("BGD", "MMR"), ("CUB", "USA"),
                                  ("PRK", "KOR"), ("SSD", "UGA"), ("FRA", "DEU"), ("TUV", "NZL"), ("XKX", "SRB")])  # fmt: skip
def test_any_pair_has_an_answer_or_an_empty_one(pair):
    found = people_between(*pair)
    for one in found.displaced:
        assert 0 <= one.low <= one.middle <= one.high
    for one in found.moves:
        assert 0 <= one.low <= one.middle <= one.high
    for odds in found.surges:
        assert 0 < odds.probability < 1
        assert 0 < odds.base_rate < 1
    json.dumps(found.to_dict(), allow_nan=False)
