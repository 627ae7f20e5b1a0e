"""Roles of columns: found by name, never guessed."""

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.cli.hints import hint
from detente.errors import AmbiguousColumn, UnknownColumn
from detente.panel.columns import ENDS, find_roles


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


@pytest.mark.parametrize(
    ("origin", "destination"), [*ENDS, ("source", "destination"), ("exporter", "to"), ("origin", "dest")]
)
@pytest.mark.parametrize(
    "spelt", [str, str.title, str.upper, lambda name: name.replace("_", " "), lambda name: name.replace("_", "-")]
)
def test_further_names_of_the_two_ends_are_recognised_together(origin, destination, spelt):
    columns = [spelt(origin), spelt(destination), "year", "trade"]
    for order in (columns, columns[::-1]):
        roles = find_roles(order)
        assert (roles.origin, roles.destination, roles.value) == (*columns[:2], "trade")


def test_a_known_name_comes_before_a_further_one():
    roles = find_roles(["exporter", "importer", "from", "to", "source", "year", "trade", "exports"])
    assert (roles.origin, roles.destination, roles.value) == ("exporter", "importer", "trade")
    assert find_roles(["a", "b", "from", "to", "year", "trade"], origin="a", destination="b").origin == "a"
    assert find_roles(["a", "from", "to", "year", "trade"], origin="from").destination == "to"


@pytest.mark.parametrize(
    "columns",
    [
        ("exporter", "source", "year", "trade"),  # who published, as likely as who sold
        ("source", "importer", "year", "trade"),
        ("from", "to", "iso_o", "year", "trade"),  # which end iso_o belongs with, and whether from is a date
        ("from", "year", "trade"),
    ],
)
def test_half_a_pair_of_further_names_is_no_end(columns):
    with pytest.raises(UnknownColumn, match="or rename it to one of"):
        find_roles(columns)


def test_two_pairs_of_further_names_are_an_error_whose_advice_works():
    columns = ["from", "to", "orig", "dest", "year", "trade"]
    with pytest.raises(AmbiguousColumn, match="'from, to' and 'orig, dest'") as error:
        find_roles(columns)
    assert "origin='from', destination='to'" in error.value.fix
    assert hint(error.value.fix) == "Name them with --origin 'from' --destination 'to', or rename the others."
    assert find_roles(columns, origin="from", destination="to").destination == "to"


@pytest.mark.parametrize(("value", "ends"), [("exports", ("R", "P")), ("imports", ("P", "R")), ("Exports", ("R", "P"))])
def test_a_reporter_sends_its_exports_and_gets_its_imports(value, ends):
    names = {"R": "reporter", "P": "partner"}
    roles = find_roles(["reporter", "partner", "year", value])
    assert (roles.origin, roles.destination, roles.value) == (names[ends[0]], names[ends[1]], value)
    both = ["reporter", "partner", "year", "exports", "imports"]
    with pytest.raises(AmbiguousColumn, match="'exports' and 'imports'"):
        find_roles(both)
    roles = find_roles(both, value=value.lower())
    assert (roles.origin, roles.destination) == (names[ends[0]], names[ends[1]])


def test_a_reporter_of_neither_is_an_error_whose_advice_works():
    columns = ["reporter", "partner", "year", "value"]
    with pytest.raises(UnknownColumn, match="where all rows are exports") as error:
        find_roles(columns)
    assert "--origin and --destination" in hint(error.value.fix)
    assert find_roles(columns, origin="reporter", destination="partner").value == "value"


def test_a_month_is_the_period_and_nothing_else():
    with pytest.raises(UnknownColumn, match="known as the value"):
        find_roles(["exporter", "importer", "year", "month"])


def test_a_role_mistyped_is_suggested_by_its_first_name():
    with pytest.raises(UnknownColumn, match="Did you mean 'exprter'"):
        find_roles(["exprter", "importer", "year", "trade"])


@pytest.mark.parametrize(
    ("column", "millions"),
    [("trade_usd", 1e-6), ("primaryValue", 1e-6), ("trade_kusd", 1e-3), ("v", 1e-3), ("tradeflow_baci", 1e-3), ("trade", 1.0),
     ("value_musd", 1.0), ("trade_usd_mn", 1.0), ("trade_usd_bn", 1e3), ("value_kusd", 1e-3), ("value_usd_mn", 1.0),
     ("flow_usd_mn", 1.0), ("TradeFlow_BACI", 1e-3), ("value_usd", 1e-6)],
)  # fmt: skip
def test_an_economy_is_in_the_unit_that_its_column_tells(column, millions):
    flows = {"exporter": ["A", "A", "B", "B"], "importer": ["A", "B", "A", "B"], column: [9.0, 2.0, 2.0, 7.0]}
    economy = dt.Economy.from_flows(pl.DataFrame(flows))
    assert economy.unit == "usd_mn"
    assert economy.flows == pytest.approx(millions * np.array([[9.0, 2.0], [2.0, 7.0]]), rel=1e-12)
