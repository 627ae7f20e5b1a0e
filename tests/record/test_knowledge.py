"""What was known when: nothing from later sources, announcements before effect."""

from __future__ import annotations

from importlib.resources import files

import pytest

from detente.record import Ledger


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.read(str(files("detente").joinpath("studies/colombia_venezuela/record")))


def test_no_row_rests_on_a_later_source(ledger):
    then = ledger.as_of("2022-09-15")
    assert "afp-infobae-2022-09-26" not in then.sources["source_id"]
    assert "S4" in then.sources["source_id"]
    assert set(then.figures["source_id"]) <= set(then.sources["source_id"])
    assert "E075" not in then.events["event_id"]


def test_an_announced_event_is_there_before_it_takes_effect(ledger):
    """Andean Community: denounced in April 2006, told by a source of that month (E018)."""
    then = ledger.as_of("2006-06")
    assert "E018" in then.events["event_id"]
    assert "E035" not in then.events["event_id"]  # its own source is of 2011


def test_hindsight_is_a_choice(ledger):
    blind = ledger.as_of("2009-12-31")
    wise = ledger.as_of("2009-12-31", known_by="2026-12-31")
    assert "T200" in blind.figures["figure_id"]  # published in December 2009
    assert blind.figures.height < wise.figures.height
    assert set(blind.figures["figure_id"]) < set(wise.figures["figure_id"])


def test_a_source_without_a_date_was_never_known(ledger):
    assert "n.d." not in set(ledger.as_of("2026-12-31").sources["date"])


def test_the_difference_between_two_days(ledger):
    found = ledger.diff("2022-09-15", "2022-12-31")
    said = {(r["table"], r["id"]): r["what"] for r in found.iter_rows(named=True)}
    assert said["states", "border.goods@tachira"] == "closed to open"
    assert said["states", "air.direct"] == "unknown to service"
    assert said["states", "sanctions.us.oil"] == "in_force to company_licence"
    assert ("events", "E075") in said
    assert ("events", "E058") not in said


def test_verdicts_as_they_could_be_given_on_the_day(ledger):
    """On the day of the second article its promises were open and its figures could be checked."""
    table = ledger.as_of("2022-09-15").verdicts()
    found = dict(zip(table["claim_id"], table["verdict"]))
    assert set(table["source_id"]) == {"S4"}
    assert found["S4-10a.1"] == "outcome pending"
    assert found["S4-10b"] == "outcome pending"
    assert found["S4-3"] == "confirmed within rounding"
    assert found["S4-7.1"] == "confirmed"
