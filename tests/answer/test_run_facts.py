"""What the first screen takes from a run's tables: how far sources lie apart, and what an event's flag says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from detente.answer.facts import Facts
from detente.answer.run_facts.reading import facts_of
from detente.answer.run_facts.run_tables import RunTables
from detente.language import Catalogue

TIMELINE = ["flow", "origin", "destination", "year", "value_usd_mn", "basis", "status", "source_id", "preferred"]
EVENTS = ["date", "kind", "severity", "sets"]
NAMES = "attribution attributions bands claims events people placebos residuals scenarios sources timeline panel"
TOTALS = [
    ("exports", "AAA", "BBB", 2023, 60.0, "baci", "reported", "panel", True),
    ("imports", "BBB", "AAA", 2023, 40.0, "baci", "reported", "panel", True),
    ("total", None, None, 2023, 100.0, "baci", "derived", "panel", True),
    ("total", None, None, 2023, 100.0, "baci", "derived", "the-same-table", False),
]


def told(timeline: Sequence[Any] = TOTALS, events: Sequence[Any] = ()) -> Facts:
    frames: Any = _Empty(
        timeline=pl.DataFrame(list(timeline), schema=TIMELINE, orient="row"),
        events=pl.DataFrame(list(events), schema=EVENTS, orient="row") if events else pl.DataFrame(),
    )
    return facts_of(RunTables(frames, (("AAA", "BBB"), ("BBB", "AAA")), [], Catalogue("en"), str))


class _Empty(dict[str, pl.DataFrame]):
    def __missing__(self, key: str) -> pl.DataFrame:
        return pl.DataFrame()


def test_the_records_copy_of_the_panel_is_no_second_source():
    assert told().spread is None
    other = ("total", None, None, 2023, 110.0, "fob", "reported", "ministry", False)
    assert told([*TOTALS, other]).spread == 0.1


def test_a_border_shut_to_people_alone_says_so_and_gives_way():
    years = [(flow, *rest[:2], year, *rest[3:]) for flow, *rest in TOTALS for year in (2008, 2023)]
    people = ("2020-03-16", "border closure", "4", "border.people@bridge=closed")
    goods = ("2019-08-09", "border closure", "3", "border.goods@bridge=closed;border.people@bridge=closed")
    earlier = ("2010-01-01", "border closure", "3", "border.goods@bridge=closed")
    assert [flag.what for flag in told(years, [people]).flags] == ["border shut to people"]
    assert [flag.what for flag in told(years, [people, earlier]).flags] == ["border shut", "border shut to people"]
    assert [flag.when for flag in told(years, [people, goods]).flags] == ["Aug 2019"]


@pytest.mark.parametrize(("sets", "said"), [("", "rapprochement"), ("relations=ambassador", "relations restored")])
def test_a_meeting_restores_no_relations_of_itself(sets: str, said: str):
    years = [(flow, *rest[:2], year, *rest[3:]) for flow, *rest in TOTALS for year in (2008, 2023)]
    assert [flag.what for flag in told(years, [("2018-11-06", "reconciliation", "3", sets)]).flags] == [said]
