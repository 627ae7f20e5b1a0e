"""A claimed total that no figure gives is held against exports and imports on record: which of several are taken."""

from __future__ import annotations

import pytest

TOTAL = {"value": "340", "basis": "fob+cif"}  # a fifth is what freight may add to 300, and to 400 what it may take off


def _side(flow: str, value: str, basis: str = "fob", **more: str) -> dict[str, str]:
    return {"series": f"trade.{flow}", "value": value, "basis": basis} | more


@pytest.mark.parametrize("flow", ["exports", "imports"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"basis": "baci"}, {"basis": "fob"}),  # the valuation of the claim's parts
        ({"status": "derived"}, {"status": "reported"}),
        ({}, {"preferred": "1"}),
    ],
)
def test_of_several_figures_of_a_side_the_better_is_added(small, flow, first, second):
    """400 is what the worse figure would give beside 100; the better, further down in the record, gives 300."""
    other = "imports" if flow == "exports" else "exports"
    figures = [TOTAL, _side(flow, "300", **first), _side(flow, "200", **second), _side(other, "100")]
    held = small.verdict(small.quantity("300"), figures=figures)
    assert held.verdict == "confirmed within rounding"
    assert f"{flow} 200" in str(held.evidence)
    assert small.verdict(small.quantity("400"), figures=figures).verdict != "confirmed within rounding"
