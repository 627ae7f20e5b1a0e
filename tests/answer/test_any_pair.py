"""Any pair: its own numbers from independent definitions, and the fair comparison with similar pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.answer.pairs.any_pair import pair, shipped_panel
from detente.answer.pairs.scenarios import THETAS, pair_scenarios
from detente.answer.what_next import pair_next_sentences
from detente.attribution.comparison.features import features
from detente.attribution.residuals import residuals
from detente.attribution.sample import Sample
from detente.economies import lookup
from detente.errors import MissingInternalTrade, SpecificationError, UnknownEconomy
from detente.language import Catalogue
from detente.outlook import forecast
from detente.outlook.states_at_risk import LISTED_UNTIL
from detente.panel import Panel, world
from detente.study import new_study, open_study


def panel_of(flows: np.ndarray, years: tuple[int, ...], gdp: np.ndarray | None = None) -> Panel:
    codes = ("ARG", "BRA", "CHL", "COL", "ECU", "PER", "URY", "VEN")[: flows.shape[1]]
    return Panel(codes, years, flows, gdp=gdp, name="made up")


@pytest.fixture(scope="module")
def made() -> tuple[Panel, np.ndarray]:
    """A panel that is exporter times importer times pair exactly, but for one flow that loses 80% in 2010."""
    rng, years = np.random.default_rng(4), tuple(range(2000, 2016))
    out, into = rng.lognormal(3, 0.3, (16, 8)), rng.lognormal(3, 0.3, (16, 8))
    flows = out[:, :, None] * into[:, None, :] * rng.lognormal(0, 0.5, (8, 8))
    expected = flows[:, 3, 7].copy()
    flows[10:, 3, 7] *= 0.2
    for k in range(8):
        flows[:, k, k] = np.nan
    gdp = np.nansum(flows, axis=2) * 4
    return panel_of(flows, years, gdp), expected


def test_what_is_expected_is_what_the_flow_would_have_been(made):
    panel, truth = made
    found = pair("COL", "VEN", panel=panel)
    assert found.base == (2000, 2004)
    there = found.facts.flows[0]
    assert [there.expected[y] for y in panel.years] == pytest.approx(truth, rel=1e-6)  # the model holds exactly
    fall = there.falls[0]
    assert (fall.start, fall.end) in ((2008, 2010), (2009, 2011))
    assert fall.own == pytest.approx(np.log(0.2), abs=1e-6)
    assert fall.change == pytest.approx(fall.own + fall.others)


def test_the_worst_years_are_set_beside_each_similar_pairs_own_worst():
    panel = shipped_panel()
    found = pair("India", "Pakistan")
    sample = Sample.of(panel)
    i, j = sample.economy("IND"), sample.economy("PAK")
    fit = residuals(sample.flows, sample.window(found.base), [(i, j), (j, i)])
    at = [(a, sample.years.index(y + 2)) for a, y in enumerate(sample.years) if y + 2 in sample.years]
    flows = np.where(np.eye(len(sample.economies), dtype=bool), np.nan, sample.flows)
    traits = features(flows, fit.log_ratio, sample.years, sample.years.index(2018))
    apart = np.linalg.norm(traits.coordinates - traits.coordinates[i, j], axis=-1)
    with np.errstate(invalid="ignore"):
        out = ~((traits.size >= 1) & (flows[sample.years.index(2018)] > 0) & np.isfinite(apart))
    out[list(sample.barred), :] = out[:, list(sample.barred)] = True
    out[i, j] = out[j, i] = True
    apart[out] = np.inf
    chosen = apart <= np.sort(apart, axis=None)[399]
    with np.errstate(invalid="ignore"):
        worst = np.min([np.nan_to_num(fit.log_ratio[b] - fit.log_ratio[a], nan=np.inf) for a, b in at], axis=0)
    fall = found.facts.flows[0].falls[0]
    assert (fall.start, fall.end) == (2018, 2020)
    assert fall.n == int((chosen & np.isfinite(worst)).sum())
    assert fall.as_bad == sum(
        1 for k, m in zip(*np.nonzero(chosen)) if np.isfinite(worst[k, m]) and worst[k, m] <= fall.own
    )


def test_a_pair_and_its_mirror_say_the_same():
    one, other = pair("COL", "ECU"), pair("ECU", "COL")
    assert one.facts.flows[0].falls == other.facts.flows[1].falls
    assert one.facts.totals == other.facts.totals
    assert one.to_frame().columns == ["origin", "destination", "year", "sold_usd_mn", "expected_usd_mn"]


@pytest.mark.parametrize(("a", "b", "error"), [("COL", "COL", SpecificationError), ("COL", "Narnia", UnknownEconomy),
                                               ("TUV", "PRK", SpecificationError)])  # fmt: skip
def test_what_makes_no_pair_is_said(a, b, error):
    with pytest.raises(error):
        pair(a, b)


def test_every_name_leads_to_a_pair_or_a_named_error():
    panel = shipped_panel()
    for code in panel.economies[::25]:
        if code in ("ROW", "PAK") or lookup(code) != code:
            continue
        try:
            found = pair(code, "PAK")
        except SpecificationError:  # no trade between the two, and nothing else
            continue
        assert all(v >= 0 for flow in found.facts.flows for v in flow.sold.values())


def test_ties_that_return_bring_back_the_flow_of_that_year_but_for_prices(made):
    panel, _ = made
    found = pair("COL", "VEN", panel=panel)
    solved = pair_scenarios(found, panel)
    by_id = {one.id: one for one in solved.outcomes}
    assert set(by_id) == {"ties_return", "half_way", "trade_stops"}
    assert solved.n_specifications == 2 * len(THETAS)
    back, half = by_id["ties_return"].sales[0], by_id["half_way"].sales[0]
    assert back.before == pytest.approx(panel.flow("COL", "VEN")[-1])
    assert 3 < back.after / back.before < 5.01  # ties alone are worth a factor of five; prices take some back
    assert back.before < half.after < back.after
    stop = by_id["trade_stops"]
    assert [sale.after for sale in stop.sales] == [0.0, 0.0]
    assert all(low <= middle <= high <= 0 for low, middle, high in stop.income.values())


def test_without_gdp_there_is_no_what_if_and_it_is_said(made):
    panel, _ = made
    bare = panel_of(panel.flows.copy(), tuple(year - 60 for year in panel.years))  # before the GDP that ships begins
    with pytest.raises(MissingInternalTrade, match="GDP"):
        pair_scenarios(pair("COL", "VEN", panel=bare), bare)


def test_the_pair_at_once_has_the_middle_case_of_a_study_of_the_two(tmp_path: Path) -> None:
    """One question, one figure: no trade at all, asked of the pair and in a study made for it."""
    panel = world()
    study = open_study(new_study("IND", "PAK", folder=tmp_path / "s"))
    rows = study.run(quick=True).scenarios.to_frame().filter(pl.col("middle"), scenario="closed")
    (stops,) = [o for o in pair_scenarios(pair("IND", "PAK", panel=panel), panel).outcomes if o.id == "trade_stops"]
    assert set(rows["year"]) == {stops.year}
    for row in rows.to_dicts():
        assert stops.income[row["economy"]][1] == pytest.approx(row["welfare_pct"], rel=1e-6)
    before = dict(rows.select("economy", "exports_before_usd_mn").iter_rows())
    for sale in stops.sales:
        assert sale.before == pytest.approx(before[sale.origin])
        assert sale.after == 0


def test_what_next_of_a_pair_is_the_forecast_with_its_score_and_in_every_output():
    """The same numbers as the functions behind, from the panel's last year; said in both languages; a bloc is told why."""
    found = pair("India", "Pakistan")
    frame = found.outlook()
    told = forecast(shipped_panel(), "IND", "PAK", as_of=shipped_panel().years[-1] + 1)
    both = [a for a in told.ahead if a.both_ways]
    rows = frame.filter(pl.col("both_ways")).to_dicts()
    assert [row["median_usd_mn"] for row in rows] == [a.median_usd_mn for a in both]
    assert [row["skill_pct"] for row in rows] == [a.card.skill_pct for a in both]
    assert frame.filter(pl.col("event") == "return")["on"].to_list() == [LISTED_UNTIL.isoformat()]
    assert found.to_dict()["outlook"] == frame.to_dicts()
    for language in ("en", "es"):
        assert len(pair_next_sentences(frame, Catalogue(language))) == 3
    bloc = pair("European Union", "CHN")
    assert bloc.outlook()["median_usd_mn"].null_count() == bloc.outlook().height
    assert "single economies" in pair_next_sentences(bloc.outlook(), Catalogue("en"))[0]
