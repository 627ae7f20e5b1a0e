"""Spells: which acts count as a break, and which are stages of one quarrel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from detente.attribution.library.ruptures import diplomatic_breaks
from detente.outlook.spells import first_day, last_day, spells

ROW = replace(
    diplomatic_breaks()[0], a="B", b="A", start="2000-01-10", returned="", kind="recalled", level_after="unknown",
    bloc="", last_reading="", directed="yes",
)  # fmt: skip


def one(**changes):
    return spells([replace(ROW, **changes)])


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"kind": "broken"}, True),
        ({"kind": "closed_border"}, True),
        ({}, False),
        ({"returned": "2000-02-10"}, False),
        ({"returned": "2000-06-10"}, True),
        ({"returned": "2000-01-17", "level_after": "none"}, False),
        ({"level_after": "charge"}, True),
        ({"kind": "downgraded"}, True),
        ({"kind": "downgraded", "returned": "2000-03-01"}, False),
    ],
)
def test_what_counts_as_a_break(changes, counts):
    (spell,) = one(**changes)
    assert (spell.broke is not None) is counts
    assert (spell.a, spell.b) == ("A", "B")


def test_a_closure_against_nobody_is_no_quarrel():
    assert one(kind="closed_border", directed="no") == ()


def test_stages_of_one_quarrel_are_one_spell():
    rows = [
        replace(ROW, returned="2000-01-20"),
        replace(ROW, start="2001-05-01"),
        replace(ROW, start="2001-09-01", kind="broken", returned="2003-01-01"),
        replace(ROW, start="2002-06-01", kind="closed_border", returned="2002-12-01"),
        replace(ROW, start="2005-06-01", kind="broken"),
    ]
    found = spells(rows[::-1])
    assert [s.began.year for s in found] == [2000, 2001, 2005]
    assert found[1].broke == date(2001, 9, 1)
    assert found[1].ended == date(2003, 1, 1)
    assert found[1].kinds == ("recalled", "broken", "closed_border")
    assert found[2].ended is None


def test_open_means_broken_and_no_return_read_before_the_day():
    (spell,) = one(kind="broken", returned="2001-01-01")
    assert not spell.is_open(date(2000, 1, 10))
    assert spell.is_open(date(2000, 1, 11))
    assert spell.is_open(date(2001, 1, 1))
    assert not spell.is_open(date(2001, 1, 2))


def test_dates_of_less_than_a_day():
    assert first_day("2001") == date(2001, 7, 1)
    assert first_day("2001-02") == date(2001, 2, 15)
    assert last_day("2001-02") == date(2001, 2, 28)
    assert last_day("2001") == date(2001, 12, 31)
