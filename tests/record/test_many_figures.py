"""Explanations of a figure among many: what a search of all of them finds, at a cost that hardly grows with them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.record.period import Period
from detente.record.rows import Figure
from detente.record.verdicts.reconciling import explanation, reconcile, totals, valuation
from detente.record.verdicts.reconciling.figure_context import MOST, FigureContext
from detente.record.verdicts.reconciling.reconcile import explain

PERIODS = ["2014", "2015", "2016", "2015-01/2015-10", "2015-03", "2016-01"]


def figure(k: int, value: float, period: str = "2015", series: str = "trade.total", **other) -> Figure:
    row = {"unit": "usd_mn", "basis": "unspecified", "kind": "flow", "status": "reported", "source_id": f"s{k % 7}"}
    row |= {"figure_id": f"F{k}", "series": series, "value": value, "period": period}
    return Figure.from_row(dict.fromkeys(("low", "high", "preferred", "derivation", "note")) | row | other)


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(st.sampled_from([99.0, 99.9, 100.0, 100.3, 100.5, 101.0, 5.0]), st.sampled_from(PERIODS),
                  st.sampled_from(["reported", "reported", "approximate"])),
        min_size=2, max_size=14,
    )
)  # fmt: skip
def test_the_nearest_figure_of_another_period_is_the_one_a_full_search_finds(cells) -> None:
    held = [figure(k, value, period, status=status) for k, (value, period, status) in enumerate(cells)]
    odd, other = held[0], held[1]
    years = range(odd.period.first.year - 1, odd.period.last.year + 2)
    near = {f.id: f for year in years for f in held if f.period.first.year <= year <= f.period.last.year}
    fit = [
        f
        for f in near.values()
        if f.id not in ("F0", "F1") and f.status != "approximate" and f.period != odd.period
        and abs(f.period.gap(odd.period)) <= 1 and abs(odd.value - f.value) / f.value <= 0.005
    ]  # fmt: skip
    best = min(fit, key=lambda f: abs(odd.value - f.value) / f.value, default=None)
    found = [e for e in explain(odd, other, held) if e.kind == "other period"]
    assert [e.figure_ids for e in found] == ([] if best is None else [(best.id,)])


@pytest.mark.parametrize("series", ["trade.total", "trade.balance", "case.total@a"])
def test_what_one_figure_costs_does_not_grow_with_the_record(monkeypatch, series) -> None:
    """Comparisons made for one odd figure among 500 and among 8,000 of the same series, periods and flows."""
    rng, calls = np.random.default_rng(0), []
    for module in (reconcile, totals, valuation):
        for name, counted in (("off", explanation.off), ("misfit_of", explanation.misfit_of)):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda a, b, counted=counted: calls.append(1) or counted(a, b))
    counts = []
    for n in (500, 8000):
        flows = (series, "trade.exports", "trade.imports", "trade.balance")
        held = [figure(k, round(float(rng.lognormal(8)), 1), str(2000 + k // 4 % 20), flows[k % 4]) for k in range(n)]
        context = FigureContext.of(held)
        calls.clear()
        for odd in held[:40:4]:
            explain(odd, held[80], context)
        counts.append(len(calls))
    assert counts[1] <= max(counts[0], 10 * 2 * MOST * (MOST + 2)) * 1.1


def test_the_preferred_and_the_reported_are_kept_where_there_are_very_many() -> None:
    held = [figure(k, 50.0 + k, series="trade.exports", status="approximate") for k in range(100)]
    held[70] = figure(70, 500.0, series="trade.exports")
    held[90] = figure(90, 600.0, series="trade.exports", status="approximate", preferred="1")
    kept = list(FigureContext.of(held).of_flow(figure(999, 1.0), "exports"))
    assert len(kept) == MOST
    assert {70, 90} <= {int(f.id[1:]) for f in kept}
    assert [int(f.id[1:]) for f in kept] == sorted(int(f.id[1:]) for f in kept)


def test_places_add_up_and_the_whole_is_no_part_of_itself() -> None:
    parts = [figure(k, 10.0 * k, series=f"trade.total@p{k}") for k in range(1, 5)]
    odd, other = figure(8, 100.0), figure(9, 140.0)
    (found,) = [e for e in explain(odd, other, [*parts, odd, other]) if e.kind == "sum of parts"]
    assert found.figure_ids == tuple(f.id for f in parts)
    assert math.isclose(found.misfit, 0.0)
    assert Period.parse("2015") == odd.period
