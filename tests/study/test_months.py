"""A study on quarters and months: simulated flows with seasons and a rupture of known size, from `new` to the report.

The truth: from the period after the break on, one direction keeps 3% of its flow and the other 20%; everything
else is seasonal by origin and moves at random.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from detente.errors import StudyError
from detente.language import Catalogue, When
from detente.report import render_report
from detente.study import new_study, open_study
from detente.study.spec import read_spec

N, YEARS = 44, range(2014, 2020)
CODES = ("COL", "VEN", "ECU", "PER", "BRA", "CHL", "ARG", "MEX", "USA", "CAN", "DEU", "FRA", "ITA", "ESP", "PRT", "GBR",
         "NLD", "BEL", "CHE", "AUT", "POL", "CZE", "HUN", "SWE", "NOR", "DNK", "FIN", "RUS", "TUR", "CHN", "JPN", "KOR",
         "IND", "IDN", "MYS", "THA", "VNM", "PHL", "AUS", "NZL", "ZAF", "EGY", "MAR", "NGA")  # fmt: skip
KEPT = {("COL", "VEN"): 0.03, ("VEN", "COL"): 0.2}


def panel_file(path: Path, per_year: int, first_after: tuple[int, int]) -> Path:
    rng = np.random.default_rng(11)
    size = rng.lognormal(3.0, 1.0, N)
    level = np.outer(size, size) / 20 * rng.lognormal(0, 0.4, (N, N))
    phase, walk = rng.uniform(0, 2 * np.pi, N), np.zeros((N, N))
    rows = []
    for year in YEARS:
        for part in range(1, per_year + 1):
            walk = 0.7 * walk + rng.normal(scale=0.1, size=(N, N))
            season = 1 + 0.4 * np.sin(2 * np.pi * part / per_year + phase)
            flows = level * np.exp(walk) * season[:, None] / per_year
            label = f"{year}-{part:02d}" if per_year == 12 else f"{year}-Q{part}"
            for i, a in enumerate(CODES):
                for j, b in enumerate(CODES):
                    if i != j:
                        kept = KEPT.get((a, b), 1.0) if (year, part) >= first_after else 1.0
                        rows.append((a, b, label, round(kept * flows[i, j], 5)))
    frame = pl.DataFrame(rows, schema=["origin", "destination", "period", "value_usd_mn"], orient="row")
    frame.write_csv(path)
    return path


@pytest.fixture(scope="module", params=[(4, (2017, 3), "2017-Q2", "2018-Q2"), (12, (2017, 7), "2017-06", "2018-06")])
def made(request, tmp_path_factory):
    per_year, first_after, start, end = request.param
    home = tmp_path_factory.mktemp(f"periods{per_year}")
    data = panel_file(home / "flows.csv", per_year, first_after)
    study = open_study(new_study("COL", "VEN", folder=home / "s", data=data))
    return study, study.run(), start, end


@pytest.mark.recovery
def test_the_break_is_proposed_where_it_is_and_its_size_is_found(made):
    study, run, start, end = made
    assert f'from = "{start}"\nto = "{end}"' in (study.folder / "study.toml").read_text()
    rows = run.attribution.to_frame().filter(pl.col("episode") == "break").unique(["origin"], keep="first")
    for origin, destination, part, p in rows.select("origin", "destination", "dyad_part", "placebo_share").iter_rows():
        # the walk's own spread over a year is .1/sqrt(1 - .49) * sqrt(2), .2 log points
        assert part == pytest.approx(np.log(KEPT[origin, destination]), abs=0.6)
        assert p <= 0.05


def test_every_sentence_says_quarters_or_months(made, quick_pen):
    study, run, *_ = made
    months = study.panel().period == "month"
    said = {name: run.summary(width=100, language=name) for name in ("en", "es")}
    assert ("Jun 2017–Jun 2018" if months else "Q2 2017–Q2 2018") in said["en"]
    assert ("jun. 2017–jun. 2018" if months else "T2 2017–T2 2018") in said["es"]
    sentences = " ".join(run.attribution.to_frame()["sentence"])
    assert ("between Jun 2017 and Jun 2018" if months else "between Q2 2017 and Q2 2018") in sentences
    bare = f"{study.episodes[0].from_year:d}"
    assert bare not in " ".join([*said.values(), sentences])
    if months:
        page = render_report(run, "en")
        assert "US$ million a month" in page
        assert f"{bare}–" not in page
    ahead = " ".join(run.answer.what_next)
    assert ("in Jan 2020 (" if months else "in Q1 2020 (") in ahead
    assert ("in Dec 2020 (" if months else "in Q4 2022 (") in ahead
    assert "better than the same season's last value" in ahead


def test_the_next_quarters_or_months_hold_what_is_left_of_the_flow(made):
    """From the break on a known part is left, each season as before: the range lies about the truth, not about the old level."""
    study, run, *_ = made
    panel = study.panel()
    per_year = 12 if panel.period == "month" else 4
    table = run.outlook.to_frame().filter(pl.col("event") == "trade", ~pl.col("both_ways"), pl.col("origin") == "COL")
    assert table.height == 12
    assert table["on"].to_list() == ["2020-01" if per_year == 12 else "2020-Q1"] * 12
    last_year = panel.flow("COL", "VEN")[-per_year:]
    first_year = table.head(min(12, per_year))
    for low, high, last in zip(first_year["low_usd_mn"], first_year["high_usd_mn"], last_year):
        assert low < last < high  # the walk's spread over a year is .2 log points
        assert high < 2 * last
    assert set(table["n_cases"]) != {None}
    assert (table["skill_pct"] > 0).all()


def test_the_record_is_read_by_the_panels_own_periods(made):
    study, run, *_ = made
    recorded = run.frames["timeline"].filter(pl.col("basis") == "unspecified", pl.col("flow") == "exports")
    assert recorded.height == len(study.panel().years)
    assert recorded["year"].to_list() == [int(period) for period in study.panel().years]


def test_what_needs_years_is_refused(made):
    study, *_ = made
    path = study.folder / "study.toml"
    text = path.read_text()
    try:
        path.write_text(text + '\n[equilibrium]\nyears = [2017]\n\n[[scenarios]]\nid = "closed"\nclosed = true\n')
        asked = open_study(study.folder)
        assert any("counts by" in problem.what for problem in asked.cautions())
        with pytest.raises(StudyError, match="Scenarios start from the economies of a year"):
            asked.run(quick=True)
    finally:
        path.write_text(text)


def test_periods_in_study_toml(tmp_path, made):
    study, *_ = made
    text = (study.folder / "study.toml").read_text()
    path = tmp_path / "study.toml"
    for wrong in ('"2017-13"', '"2017/18"', "20173", "1700", "true"):
        path.write_text(text.replace(text[text.index("from = ") : text.index("\nto = ")], f"from = {wrong}", 1))
        with pytest.raises(StudyError):
            read_spec(path)


def test_a_period_in_words_is_still_a_number():
    month = When(201706)
    assert (f"{month}", f"{month:d}", month + 0, month < 201707) == ("Jun 2017", "201706", 201706, True)
    assert Catalogue("es").periods(20171, 20184) == "T1 2017–T4 2018"
    assert Catalogue("en")("dates.month", month="May", year=When(2019)) == "May 2019"
