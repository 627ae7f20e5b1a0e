"""Whatever the order of events, each day has at most one value, and shares add up."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.record.period import Period
from detente.record.states import build_states

pytestmark = pytest.mark.property

changes = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(["open", "limited", "closed"])),
    min_size=1,
    max_size=12,
    unique_by=lambda pair: pair[0],
)
START = date(2015, 1, 1)


@given(changes)
def test_the_value_on_a_day_is_that_of_the_last_event_before_it(pairs):
    frame = pl.DataFrame(
        {
            "event_id": [f"E{i}" for i in range(len(pairs))],
            "date": [(START + timedelta(days=offset)).isoformat() for offset, _ in pairs],
            "end_date": pl.Series([None] * len(pairs), dtype=pl.String),
            "sets": [f"border.goods={value}" for _, value in pairs],
        }
    )
    states, problems = build_states(frame)
    assert not problems
    for offset in range(0, 420, 7):
        before = [pair for pair in pairs if pair[0] <= offset]
        spell = states.at("border.goods", START + timedelta(days=offset))
        assert (spell.value if spell else None) == (max(before)[1] if before else None)
    year = Period.parse("2017")
    assert sum(states.share("border.goods", [v], year) for v in ("open", "limited", "closed")) == 1
