"""What next, in a run: the table's rows, the sentences made of them, and refusals that say why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.answer.what_next import pair_next_sentences
from detente.language import Catalogue
from detente.panel import with_sides
from detente.run import Run, scored_outlook
from detente.run.further.known_event import KnownEvent, known_event
from detente.run.further.run_changes import changes
from detente.run.further.scored import on_scoreboard, scored_people
from detente.run.what_next import outlook_of
from detente.study.scaffold import new_study


@pytest.fixture(scope="module")
def ahead(flagship_quick: Run) -> pl.DataFrame:
    return flagship_quick.outlook.to_frame()


def test_trade_starts_from_the_record_where_it_is_newer_than_the_panel(
    flagship_quick: Run, ahead: pl.DataFrame
) -> None:
    both = ahead.filter(pl.col("both_ways")).to_dicts()
    newest = flagship_quick.timeline.to_frame().filter(
        (pl.col("flow") == "total") & pl.col("preferred") & (pl.col("status") != "forecast")
    )
    assert {row["last_year"] for row in both} == {newest["year"].max()} == {2025}
    assert both[0]["last_usd_mn"] == pytest.approx(1170, abs=1)
    assert [row["year"] for row in both] == [2026, 2027, 2028]
    widths = [row["high_usd_mn"] / row["low_usd_mn"] for row in both]
    assert widths == sorted(widths)  # further ahead is less sure
    assert all(row["low_usd_mn"] < row["median_usd_mn"] < row["high_usd_mn"] for row in both)


def test_the_same_numbers_as_the_functions_behind(flagship_quick: Run, ahead: pl.DataFrame) -> None:
    row = ahead.filter(pl.col("event") == "break").row(0, named=True)
    odds = dt.hazard("COL", "VEN", on=row["on"])
    assert (row["chance"], row["rank"]) == (odds.probability, odds.rank)
    assert row["skill_pct"] == odds.card.skill_pct


@pytest.mark.parametrize("language", ["en", "es"])
def test_three_sentences_with_ranges_and_scores(flagship_quick: Run, language: str) -> None:
    told = flagship_quick.answers[language].what_next
    assert len(told) == 3
    assert "2026" in told[0]
    assert "2028" in told[0]
    assert ("80%" if language == "en" else "80 %") in told[0]
    assert "279" in told[1]  # Burundi and Zaire, whose border the longer list shuts in 1996, were not read to reopen it
    assert not any("{" in text for text in told)


def test_a_pair_without_odds_says_so_and_the_table_says_why(tmp_path) -> None:
    study = dt.open_study(new_study("FJI", "BOL", folder=tmp_path / "far"))
    run = study.run(quick=True)
    row = run.outlook.to_frame().filter(pl.col("event") == "break").row(0, named=True)
    assert row["chance"] is None
    assert "no relevant pair" in row["refused"]
    assert any("No odds" in text for text in run.answer.what_next)


def test_a_study_without_a_panel_has_odds_but_no_trade(tmp_path) -> None:
    folder = new_study("IND", "PAK", folder=tmp_path / "words")
    spec = folder / "study.toml"
    spec.write_text(spec.read_text(encoding="utf-8").replace('use = "world"', 'use = "none"'), encoding="utf-8")
    run = dt.open_study(folder).run(quick=True)
    assert set(run.outlook.to_frame()["event"]) <= {"break", "return"}


def test_a_later_run_scores_the_forecasts_of_an_earlier_one(flagship_quick: Run) -> None:
    """The same run with the outcomes of 2026 and 2027 on record."""
    ahead = flagship_quick.outlook.to_frame()
    last = flagship_quick.timeline.to_frame().filter(pl.col("preferred") & (pl.col("year") == 2025))
    came = pl.concat(
        [
            last.with_columns(pl.lit(2026, pl.Int64).alias("year")),
            last.with_columns(pl.lit(2027, pl.Int64).alias("year"), pl.col("value_usd_mn") * 10),
        ]
    )
    later = replace(
        flagship_quick,
        frames={**flagship_quick.frames, "timeline": pl.concat([flagship_quick.timeline.to_frame(), came])},
    )
    scored = scored_outlook(ahead, later.timeline.to_frame())
    assert scored.select("year", "both_ways", "inside").rows() == [
        (2026, False, True), (2027, False, False), (2026, False, True), (2027, False, False),
        (2026, True, True), (2027, True, False),
    ]  # fmt: skip
    both = scored.filter(pl.col("both_ways"))
    assert both["log_error"][1] == pytest.approx(np.log(both["median_usd_mn"][1] / both["outcome_usd_mn"][1]))
    told = [str(text) for text in changes(flagship_quick, later)]
    assert any("Of 4 forecasts" in text and "2 lay in their 80% range" in text for text in told)
    assert changes(flagship_quick, flagship_quick) == []


def _events(*rows: tuple[str, str]) -> pl.DataFrame:
    """Events of a record that set a state on a day."""
    columns = dict.fromkeys(("event_id", "date", "end_date", "kind", "sets", "title"), pl.String)
    cells = [(f"E{k}", day, None, "closure", sets, "made up") for k, (day, sets) in enumerate(rows)]
    return pl.DataFrame(cells, schema=columns, orient="row")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((), None),
        ((("2010-01-01", "relations=charge"),), None),
        ((("2010-01-01", "border.goods=closed"), ("2010-02-01", "border.goods=open")), None),  # a month is no rupture
        ((("2010-05-01", "border.goods=closed"),), ("rupture", 2010, "closure", 2010)),
        ((("2010-05-01", "relations=broken"),), ("rupture", 2010, "diplomatic quarrel", 2010)),
        ((("2010-05-01", "relations=broken"), ("2016-08-01", "relations=ambassador")),
         ("reopening", 2016, "diplomatic quarrel", 2010)),
        ((("2010-05-01", "border.goods@north=closed"), ("2012-01-01", "border.goods@north=open"),
          ("2013-01-01", "relations=broken"), ("2020-01-01", "relations=charge")), ("reopening", 2020, "closure", 2010)),
        ((("2001-05-01", "relations=broken"), ("2002-08-01", "relations=charge"), ("2015-01-01", "border.goods=closed"),
          ("2016-01-01", "border.goods=open")), ("reopening", 2016, "closure", 2015)),
    ],
)  # fmt: skip
def test_the_last_rupture_or_reopening_on_record(rows, found) -> None:
    event = known_event(_events(*rows))
    assert (event and (event.kind, event.year, event.instrument, event.began)) == found


@pytest.mark.parametrize(
    ("happened", "method"),
    [
        (None, "no event known"),
        (KnownEvent("reopening", 2022, "closure", 2015), "no event known"),  # a full year after it is known
        (KnownEvent("reopening", 2023, "closure", 2015), "after a reopening"),
        (KnownEvent("reopening", 2024, "closure", 2015), "after a reopening"),
        (KnownEvent("reopening", 2026, "closure", 2015), "refused"),
        (KnownEvent("rupture", 2019, "closure", 2019), "no event known"),
        (KnownEvent("rupture", 2024, "closure", 2024), "after a rupture"),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_trade_is_forecast_from_what_happened_last(happened, method, language) -> None:
    """The panel ends in 2023: what happened by then is in it, what comes a year later is forecast, later is refused."""
    table = outlook_of(dt.world(), ("COL", "VEN"), day="2024-01-01", happened=happened)
    trade = table.filter(pl.col("event") == "trade")
    said = pair_next_sentences(table, Catalogue(language))[0]
    if method == "refused":
        assert trade["median_usd_mn"].null_count() == trade.height == 1
        assert "2026" in said
        assert "2023" in said
        return
    assert set(trade["method"]) == {method}
    asked = {"event": happened.kind, "event_year": happened.year} if method.startswith("after") else {}
    if method == "after a rupture":
        asked["instrument"] = "closure"
    base = (2010, 2014) if method == "after a reopening" else (2018, 2023) if method == "after a rupture" else None
    again = dt.forecast(dt.world(), "COL", "VEN", as_of=2024, base=base, **asked)
    assert trade["median_usd_mn"].to_list() == [a.median_usd_mn for a in again.ahead]
    words = {"after a reopening": ("reopening", "reapertura"), "after a rupture": ("rupture", "ruptura")}
    assert words.get(method, ("nothing breaks", "nada se rompe"))[language == "es"] in said


def test_forecasts_of_people_and_odds_are_scored_by_later_runs_too(flagship_quick: Run) -> None:
    """The same run, with the counts of 2025 on record and a break, or two calm years, after its last day."""
    frames = flagship_quick.frames
    ahead = (
        frames["people_next"]
        .filter(pl.col("target") == "displaced", pl.col("origin") == "VEN")
        .sort("year")
        .row(0, named=True)
    )
    last = (
        frames["people_counts"]
        .filter(pl.col("population") == "protected", pl.col("origin") == "VEN")
        .sort("date")
        .tail(1)
    )
    came = last.with_columns(date=pl.lit(f"{ahead['year']}-12-31"), persons=pl.lit(ahead["middle"]))
    found = scored_people(frames["people_next"], pl.concat([frames["people_counts"], came]))
    assert found.select("year", "inside").rows() == [(ahead["year"], True)]

    def later(*rows: tuple[str, str]) -> Run:
        more = _events(*rows)
        events = pl.concat(
            [frames["events"], more.select(c for c in frames["events"].columns if c in more.columns)], how="diagonal"
        )
        return replace(
            flagship_quick,
            frames={**frames, "events": events, "people_counts": pl.concat([frames["people_counts"], came])},
        )

    told = [str(text) for text in changes(flagship_quick, later(("2026-09-01", "relations=broken")))]
    assert any("Of 1 forecast of people" in text and "1 lay" in text for text in told)
    assert any("within 12 months of 2026-03-12" in text and "it came on 2026-09-01" in text for text in told)
    calm = [str(text) for text in changes(flagship_quick, later(("2028-01-01", "air.direct=service")))]
    assert any("none came" in text for text in calm)
    soon = [str(text) for text in changes(flagship_quick, later(("2026-06-01", "air.direct=service")))]
    assert not any("break within" in text for text in soon)  # its time is not over


def test_own_forecasts_stand_on_the_scoreboard_of_others() -> None:
    names = (
        "origin",
        "destination",
        "both_ways",
        "year",
        "low_usd_mn",
        "median_usd_mn",
        "high_usd_mn",
        "outcome_usd_mn",
        "inside",
    )
    rows = [(None, None, True, 2026, 90.0, 100.0, 110.0, 105.0, True), (None, None, True, 2027, 90.0, 100.0, 110.0, 120.0, False),
            ("A", "B", False, 2027, 90.0, 100.0, 110.0, 300.0, False)]  # fmt: skip
    scored = pl.DataFrame(rows, schema=names, orient="row")
    others = pl.DataFrame({"forecaster": ["x", "y"], "target": ["trade.total"] * 2, "horizon": ["2026", "2031"], "low": [1.0, 1.0],
                           "high": [2.0, 2.0], "outcome": [105.0, None], "ratio": [0.01, None], "result": ["miss", "pending"]})  # fmt: skip
    found = on_scoreboard(scored, others)
    assert found.select("forecaster", "result").rows() == [
        ("détente", "hit"),
        ("détente", "near"),
        ("détente", "miss"),
        ("x", "miss"),
    ]
    assert found["target"].to_list()[2] == "trade.A_to_B"


@pytest.mark.parametrize(
    ("a", "b", "trade", "odds"),
    [
        ("EU", "GBR", "not for blocs", "not for blocs"),
        ("ARM", "AZE", "their trade of 2023", "no diplomatic relations"),
        ("PRK", "USA", "their trade of 2021", "no diplomatic relations"),  # the release of 2023 leaves North Korea out
        ("TWN", "CHN", "billion in 2024", "list of states"),  # from 2021: the release of 2023 leaves Taiwan out
        ("PRY", "FJI", "", "scored for neighbours"),
    ],
)
def test_what_is_not_given_has_its_own_reason(a, b, trade, odds) -> None:
    panel = with_sides(dt.world(), (a, b))
    table = outlook_of(panel, (a, b), day="2024-01-01")
    refused = table.filter(pl.col("refused").is_not_null())
    assert refused["method"].drop_nulls().len() >= 1
    assert not any("economy I know" in text for text in refused["refused"])
    said = " ".join(pair_next_sentences(table, Catalogue("en")))
    assert trade in said
    assert odds in said
    assert not any("{" in text for text in pair_next_sentences(table, Catalogue("es")))
