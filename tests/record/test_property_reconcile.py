"""Explanations are ranked, never use the two figures themselves, and never see the order of the context."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.record.rows import Figure
from detente.record.verdicts.reconciling.explanation import agree
from detente.record.verdicts.reconciling.reconcile import explain

pytestmark = pytest.mark.property

SERIES = ("trade.total", "trade.exports", "trade.imports", "trade.balance", "trade.total@x", "trade.total@y")
BASES = ("fob", "cif", "fob+fob", "fob+cif", "mirror", "baci", "importer-side", "unspecified")


ANY_SERIES = st.sampled_from(SERIES)


@st.composite
def figures(draw, series=ANY_SERIES):
    row = {
        "figure_id": f"T{draw(st.integers(0, 10**9))}",
        "series": draw(series),
        "period": draw(st.sampled_from(["2015", "2014", "2015-01/2015-10"])),
        "value": draw(st.floats(0.1, 1e5).map(lambda x: round(x, 1))),
        "unit": "usd_mn",
        "basis": draw(st.sampled_from(BASES)),
        "kind": "flow",
        "status": draw(st.sampled_from(["reported", "derived", "approximate"])),
        "source_id": f"s{draw(st.integers(0, 5))}",
    }
    return Figure.from_row(row | dict.fromkeys(("low", "high", "preferred", "derivation", "note")))


TOTALS = figures(st.just("trade.total"))


@given(TOTALS, TOTALS, st.lists(figures(), max_size=12), st.randoms())
def test_explanations_are_ranked_and_do_not_depend_on_the_order(odd, other, context, random):
    found = explain(odd, other, context)
    assert all(e.misfit >= 0 and e.arithmetic for e in found)
    assert len({e.kind for e in found}) == len(found)
    assert not {odd.id, other.id} & {i for e in found for i in e.figure_ids}
    shuffled = list(context)
    random.shuffle(shuffled)
    again = explain(odd, other, shuffled)
    assert [(e.kind, e.misfit) for e in again] == [(e.kind, e.misfit) for e in found]


@given(TOTALS, TOTALS)
def test_agreement_is_mutual_and_a_figure_agrees_with_itself(a, b):
    assert agree(a, b) == agree(b, a)
    assert agree(a, a)
