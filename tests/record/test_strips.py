"""The four strips of a relation and their index: the published path, blanks, and what must not matter."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.record.states import build_states
from detente.record.states.strips import DOMAINS, EQUAL, StripDay, strips_by_month, strips_on
from detente.study import open_study

# findings/flows.md section 6, year means of the prototype, from 2009 (before, fewer than three strips are known here)
PUBLISHED = {2009: 74, 2010: 69, 2011: 73, 2012: 88, 2013: 100, 2014: 100, 2015: 88, 2016: 73, 2017: 74, 2018: 70,
             2019: 59, 2020: 34, 2021: 32, 2022: 49, 2023: 98, 2024: 100, 2025: 99}  # fmt: skip


@pytest.fixture(scope="module")
def events():
    return open_study("colombia-venezuela").ledger().events


@pytest.fixture(scope="module")
def months(events):
    return strips_by_month(build_states(events)[0], date(1992, 1, 1), date(2026, 3, 1))


@pytest.mark.oracle
def test_the_index_is_the_published_one(months):
    means = (
        months.with_columns(year=pl.col("month").str.slice(0, 4).cast(pl.Int64))
        .group_by("year")
        .agg(pl.col("index").mean())
    )
    found = dict(means.drop_nulls().iter_rows())
    for year, theirs in PUBLISHED.items():
        assert found[year] == pytest.approx(theirs, abs=0.6), year  # rounded to whole points there


def test_the_months_that_matter(months):
    index = dict(months.select("month", "index").iter_rows())
    assert index["2010-06"] < index["2010-09"]
    assert index["2019-03"] <= 60
    assert index["2023-06"] >= 95


def test_blank_where_fewer_than_three_strips_are_known(months):
    early = months.filter(pl.col("month") < "2004")
    assert early.height == 144
    assert early["index"].null_count() == early.height
    assert months.filter(pl.col("known") < 3)["index"].drop_nulls().is_empty()


def test_the_order_of_the_rows_does_not_matter(events, months):
    shuffled = events.sample(fraction=1.0, shuffle=True, seed=3)
    again = strips_by_month(build_states(shuffled)[0], date(1992, 1, 1), date(2026, 3, 1))
    assert again.equals(months)


def test_a_strip_a_day_is_what_the_month_is_made_of(events, months):
    states = build_states(events)[0]
    days = [strips_on(states, date(2019, 2, day)) for day in range(1, 29)]
    row = months.filter(month="2019-02").row(0, named=True)
    for name in DOMAINS:
        values = [getattr(day, name) for day in days]
        known = [v for v in values if v is not None]
        assert row[name] == pytest.approx(np.mean(known)) if known else row[name] is None


@pytest.mark.property
@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=4, max_size=4))
def test_the_index_is_between_its_worst_and_best_strip(values):
    day = StripDay(*values)
    known = [v for v in values if v is not None]
    found = day.index(EQUAL)
    if len(known) < 3:
        assert found is None
    else:
        assert 100 * (1 - max(known)) - 1e-9 <= found <= 100 * (1 - min(known)) + 1e-9


@pytest.mark.property
@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(0, 3))
def test_a_weight_pulls_the_index_towards_its_strip(values, k):
    day = StripDay(*values)
    heavy = dict(zip(DOMAINS, (4.0 if i == k else 1.0 for i in range(4))))
    equal, pulled, own = day.index(), day.index(heavy), 100 * (1 - values[k])
    assert abs(pulled - own) <= abs(equal - own) + 1e-9


@pytest.mark.oracle
@pytest.mark.shared
def test_gdelt_agrees_a_little_and_that_is_said(shared_data, months):
    """findings/flows.md section 6: rank correlation +.35 [.10, .52] with GDELT's score a day, 74 months to 2024-02."""
    gdelt = pl.read_parquet(shared_data / "gdelt/dyad_month_2018_2024.parquet").filter(a="COL", b="VEN")
    both = months.join(gdelt, on="month").with_columns(score=pl.col("score_sum") / pl.col("days")).drop_nulls("index")
    assert both.height == 74
    found = both.select(pl.corr("index", "score", method="spearman")).item()
    assert found == pytest.approx(0.35, abs=0.03)


def test_a_ban_on_trade_shuts_the_economic_strip_of_two_in_one_bloc():
    def events(*rows):
        return pl.DataFrame(
            [{"event_id": f"E{k}", "date": day, "end_date": None, "sets": sets} for k, (day, sets) in enumerate(rows)],
            schema={"event_id": pl.String, "date": pl.String, "end_date": pl.String, "sets": pl.String},
        )

    met = ("2003-01-01", "bloc.customs_union@aut=member;bloc.customs_union@bel=member")
    ban, part = ("2017-06-05", "trade.goods=banned"), ("2019-01-01", "trade.goods=limited")
    states = build_states(events(met, ban, part))[0]
    shut = [strips_on(states, date(year, 7, 1)).economic for year in (2002, 2016, 2017, 2019)]
    assert shut == [None, 0.0, 1.0, 0.5]
    alone = build_states(events(ban))[0]
    assert strips_on(alone, date(2018, 1, 1)).economic == 1.0
