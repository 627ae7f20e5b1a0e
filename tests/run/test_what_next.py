"""What next, in a run: the table's rows, the sentences made of them, and refusals that say why."""

from __future__ import annotations

import polars as pl
import pytest

import detente as dt
from detente.run import Run
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
    assert "2026" in told[0] and "2028" in told[0]  # noqa: PT018
    assert ("80%" if language == "en" else "80 %") in told[0]
    assert "298" in told[1]
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
