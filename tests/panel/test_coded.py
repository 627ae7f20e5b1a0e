"""A coded table answers as the table that it was made of, whole and on any of its rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import DataError
from detente.panel.frames import read_table
from detente.panel.reading.coded import coded

ROWS = st.lists(
    st.tuples(
        st.none() | st.floats(-5, 5),
        st.none() | st.integers(-3, 3),
        st.none() | st.sampled_from("abcde"),
        st.none() | st.booleans(),
    ),
    min_size=1,
    max_size=12,
)
SCHEMA = {"x": pl.Float64, "year": pl.Int64, "name": pl.String, "member": pl.Boolean}


@pytest.mark.property
@given(ROWS, st.data())
def test_a_coded_table_has_the_numbers_and_labels_of_its_table(rows, data):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    table = read_table(frame)
    held = coded(table, ["x", "member"], ["year", "name"])
    taken = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=15), label="rows")
    for given_, whole in ((held, table), (held.take(np.array(taken)), read_table(frame[taken]))):
        assert len(given_) == len(whole)
        for name in ("x", "member"):
            np.testing.assert_array_equal(given_.numbers(name), whole.numbers(name))
        for name in ("year", "name"):
            codes, levels = given_.codes(name)
            expected = whole.codes(name)
            assert codes.tolist() == expected[0].tolist()
            assert levels.tolist() == expected[1].tolist()
            assert given_.series(name).to_list() == whole.series(name).to_list()


def test_words_among_the_numbers_are_refused_when_they_are_asked_for():
    held = coded(read_table(pl.DataFrame({"x": ["1", "two"], "year": [1, 2]})), ["x"], ["year"])
    assert held.take(slice(0, 1)).codes("x")[1].tolist() == ["1"]
    with pytest.raises(DataError, match="numbers are needed"):
        held.numbers("x")
