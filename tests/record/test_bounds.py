"""Figures that exceed what bounds them: a part its whole, a flow its capacity, a stock here the stock everywhere."""

from __future__ import annotations

import pytest

from detente.record.rows import Figure
from detente.record.verdicts.reconciling.bounds import bounding_series, broken_bounds

EMPTY = dict.fromkeys(("low", "high", "preferred", "derivation", "note"))


def figure(series: str, value: float, period: str = "2020", unit: str = "usd_mn", **more) -> Figure:
    row = {"figure_id": f"{series} {period}", "series": series, "period": period, "value": value, "unit": unit,
           "basis": "-", "kind": "flow", "status": "reported", "source_id": "office"}  # fmt: skip
    return Figure.from_row(EMPTY | row | more)


def broken(*figures: Figure) -> list[tuple[str, str, str]]:
    """The inner and outer figure of each broken bound, and its kind."""
    return [(found.inner.id, found.outer.id, found.explanation.kind) for found in broken_bounds(figures)]


@pytest.mark.parametrize(
    ("series", "bounds"),
    [
        ("trade.exports", ["trade.total"]),
        ("trade.imports@x", ["trade.imports", "trade.total@x"]),
        ("trade.balance", []),
        ("exports", []),
        ("trade.exports.hs2709@x", ["trade.exports.hs2709", "trade.exports@x"]),
        ("trade.exports.hs1", []),
        ("output.isicC", ["output"]),
        ("gas.volume@x", ["gas.volume", "gas.capacity@x"]),
        ("flow", []),
        ("migration.aaa_in_bbb@x", ["migration.aaa_in_bbb", "migration.aaa_abroad@x"]),
    ],
)
def test_a_series_is_bounded_by_what_its_name_says(series, bounds):
    assert [name for name, _ in bounding_series(series)] == bounds


@pytest.mark.parametrize(("part", "breaks"), [(99.9, False), (103.0, False), (103.1, True)])
def test_a_part_may_exceed_its_whole_by_two_hundredths(part, breaks):
    whole, other = figure("trade.total", 101.0), figure("trade.total", 51.0, "2021")
    expected = [("trade.exports 2020", "trade.total 2020", "part of whole")] if breaks else []
    assert broken(figure("trade.exports", part), other, whole) == expected


def test_rounding_of_both_counts_where_it_is_more_than_two_hundredths():
    about = {"low": 90.0, "high": 110.0}
    inner, outer = (
        figure("trade.exports", 119.0, **about | {"low": 110.0, "high": 128.0}),
        figure("trade.total", 100.0, **about),
    )
    assert broken(inner, outer) == []
    assert broken(figure("trade.exports", 119.0), outer) == [
        ("trade.exports 2020", "trade.total 2020", "part of whole")
    ]
    assert (
        broken(figure("trade.exports", 119.0, **about | {"low": 109.5, "high": 128.5}), figure("trade.total", 100.0))
        != []
    )


def test_a_bound_of_another_unit_is_converted_and_one_of_another_measure_bounds_nothing():
    assert broken(figure("trade.exports", 1021.0), figure("trade.total", 1.001, unit="usd_bn")) == []
    assert len(broken(figure("trade.exports", 1022.0), figure("trade.total", 1.001, unit="usd_bn"))) == 1
    assert broken(figure("trade.exports", 1100.0), figure("trade.total", 1.0, unit="persons")) == []


def test_only_bases_that_can_be_compared_bound_one_another():
    inner = figure("trade.exports", 200.0, basis="fob")
    assert broken(inner, figure("trade.total", 100.0, basis="cif")) == []
    for bases in (  # equal words, not one object
        ("fob", str(b"fob", "ascii")),
        ("fob", "-"),
        ("unspecified", "cif"),
    ):
        given = [figure("trade.exports", 200.0, basis=bases[0]), figure("trade.total", 100.0, basis=bases[1])]
        assert len(broken(*given)) == 1, bases


def test_a_part_is_bounded_in_its_own_period_alone_and_a_flow_by_the_newest_earlier_capacity():
    assert broken(figure("trade.exports", 200.0), figure("trade.total", 100.0, "2019")) == []
    capacities = [
        figure("gas.capacity", value, year) for value, year in ((500.0, "2021"), (100.0, "2019"), (500.0, "2015"))
    ]
    assert broken(figure("gas.flow", 200.0), *capacities) == [("gas.flow 2020", "gas.capacity 2019", "capacity")]
    assert broken(figure("gas.flow", 200.0), capacities[0]) == []
    assert broken(figure("gas.flow", 200.0), *capacities, figure("gas.capacity", 300.0, "2020")) == []


def test_a_stock_abroad_lasts_as_a_capacity_does_and_may_begin_with_the_period():
    here = figure("migration.aaa_in_bbb", 150.0, unit="persons", kind="stock")
    for period in ("2019", "2020-01"):
        abroad = figure("migration.aaa_abroad", 100.0, period, "persons", kind="stock")
        assert broken(here, abroad) == [(here.id, abroad.id, "total abroad")], period
    assert broken(here, figure("migration.aaa_abroad", 100.0, "2020-02", "persons", kind="stock")) == []


def test_a_bound_known_as_at_most_reaches_to_its_upper_end_and_an_index_bounds_nothing():
    outer = figure("gas.capacity", 100.0, status="bound", high=250.0)
    assert broken(figure("gas.flow", 200.0), outer) == []
    assert len(broken(figure("gas.flow", 300.0), outer)) == 1
    assert broken(figure("gas.flow", 200.0), figure("gas.capacity", 100.0, kind="index")) == []


def test_the_explanation_names_both_and_says_by_how_much():
    inner, outer = (
        figure("migration.aaa_in_bbb", 150.0, unit="persons"),
        figure("migration.aaa_abroad", 100.0, unit="persons"),
    )
    (found,) = broken_bounds([inner, outer])
    assert found.explanation.misfit == pytest.approx(0.5)
    assert found.explanation.figure_ids == ("migration.aaa_abroad 2020",)
    for said in ("150", "100", inner.id, outer.id):
        assert said in found.explanation.arithmetic
    (found,) = broken_bounds([inner, figure("migration.aaa_abroad", 0.0, unit="persons")])
    assert found.explanation.misfit == 150.0
    (found,) = broken_bounds([figure("gas.flow", 0.75), figure("gas.capacity", 0.5)])
    assert found.explanation.misfit == pytest.approx(0.5)
