"""Roles of columns: found by name, never guessed."""

import pytest

from detente.errors import AmbiguousColumn, UnknownColumn
from detente.panel.columns import find_roles


@pytest.mark.parametrize(
    "columns",
    [
        ("exporter", "importer", "year", "trade"),
        ("iso_o", "iso_d", "year", "value_kusd"),
        ("isoexp", "isoimp", "year", "trade"),
        ("exp", "imp", "time", "export"),
        ("i", "j", "t", "v"),
        ("Origin", "Destination", "Year", "flow"),
    ],
)
def test_names_of_the_field_are_recognised(columns):
    roles = find_roles(columns)
    assert (roles.origin, roles.destination, roles.period, roles.value) == columns


@pytest.mark.parametrize("name", ["month", "Quarter"])
def test_months_are_the_period_where_there_is_no_other(name):
    assert find_roles(["exporter", "importer", name, "trade"]).period == name
    assert find_roles(["exporter", "importer", "year", name, "trade"]).period == "year"
    with pytest.raises(AmbiguousColumn, match="period"):
        find_roles(["exporter", "importer", "month", "quarter", "trade"])


def test_two_candidates_are_an_error_that_lists_both():
    with pytest.raises(AmbiguousColumn, match="'trade' and 'flow'"):
        find_roles(["exporter", "importer", "year", "trade", "flow"])


def test_a_named_column_settles_it():
    assert find_roles(["exporter", "importer", "year", "trade", "flow"], value="flow").value == "flow"


def test_a_missing_role_says_what_would_be_known():
    with pytest.raises(UnknownColumn, match="exporter, origin, iso_o"):
        find_roles(["a", "importer", "year", "trade"])


def test_an_unknown_given_name_suggests_the_close_one():
    with pytest.raises(UnknownColumn, match="Did you mean 'trade'"):
        find_roles(["exporter", "importer", "year", "trade"], value="trad")
