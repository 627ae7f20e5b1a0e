"""A table that has not changed is not looked at twice, and what has changed is always seen."""

from __future__ import annotations

import polars as pl
import pytest

from detente.errors import RecordError
from detente.record import Ledger
from detente.record.reading import FEW, _remembered, once
from detente.record.states.vocabulary import FILE, read_vocabulary

SETS = {"sets": "border.bridge=ajar"}
OWN = '[state."border.bridge"]\nvalues = ["ajar"]\nmeaning = "A bridge"\n'


def looks(before):
    """How often a table was looked at since."""
    return _remembered.cache_info().misses - before


def test_a_record_of_the_same_bytes_is_looked_at_once(small, tmp_path):
    small.ledger(figures=[{}], events=[{}])
    before = _remembered.cache_info().misses
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        for file in small.folder.glob("*.csv"):
            (folder / file.name).write_bytes(file.read_bytes())
        assert Ledger.check(folder) == []
    assert looks(before) == 0


def test_one_table_changed_is_seen_and_the_others_are_not_looked_at_again(small):
    """What depends on figures alone: their form, their translations, their sense."""
    small.ledger(figures=[{}], events=[{}])
    before = _remembered.cache_info().misses
    (found,) = Ledger.check(small.write(figures=[{"value": "-1"}], events=[{}]))
    assert "is negative" in found.what
    assert looks(before) == 3
    assert Ledger.check(small.write(figures=[{}], events=[{}])) == []


def test_the_same_events_are_judged_by_the_words_of_their_own_record(small):
    with pytest.raises(RecordError, match=r"border\.bridge"):
        small.ledger(events=[SETS])
    (small.folder / FILE).write_text(OWN, encoding="utf-8")
    assert Ledger.check(small.folder) == []
    (small.folder / FILE).unlink()
    assert len(Ledger.check(small.folder)) == 1
    told = [p.what for p in Ledger.check(small.folder, vocabulary=read_vocabulary(OWN))]
    assert told == ["'border closure' is not a kind of event."]


def test_a_large_table_is_looked_at_each_time_and_not_kept():
    looked = []
    large = pl.DataFrame({"a": range(FEW + 1)})
    for _ in range(2):
        assert once(lambda frame: looked.append(frame) or [], large) == []
    assert len(looked) == 2
