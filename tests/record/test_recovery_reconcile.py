"""Planted mistakes are found again, and random numbers are mostly not explained away."""

from __future__ import annotations

import numpy as np
import pytest

from detente.record.rows import Figure
from detente.record.verdicts.reconciling.reconcile import explain

pytestmark = pytest.mark.recovery


def figure(id_: str, series: str, value: float, **other) -> Figure:
    row = {"period": "2015", "unit": "usd_mn", "basis": "unspecified", "kind": "flow", "status": "reported"}
    row |= {"low": None, "high": None, "preferred": None, "derivation": None, "note": None}
    row |= {"figure_id": id_, "series": series, "value": round(value, 1), "source_id": f"src-{id_}"} | other
    return Figure.from_row(row)


def world(rng: np.random.Generator) -> tuple[dict[str, float], list[Figure], Figure]:
    """Exports, FOB and CIF imports of a made-up pair, published by different offices."""
    exports, imports = rng.uniform(300, 9000), rng.uniform(50, 280)
    cif = imports * rng.uniform(1.06, 1.12)
    context = [
        figure("X", "trade.exports", exports, basis="fob"),
        figure("M", "trade.imports", imports, basis="fob"),
        figure("C", "trade.imports", cif, basis="cif"),
    ]
    truth = figure("T", "trade.total", exports + imports, basis="fob+fob")
    return {"exports": exports, "imports": imports, "cif": cif}, context, truth


@pytest.mark.parametrize(
    ("mistake", "kind"),
    [
        (lambda w: w["exports"] - w["imports"], "balance as total"),
        (lambda w: w["exports"], "exports as total"),
        (lambda w: w["imports"], "imports as total"),
        (lambda w: (w["exports"] + w["imports"]) * 10, "power of ten"),
        (lambda w: w["exports"] + w["cif"], "valuation"),
    ],
)
def test_a_planted_mistake_is_ranked_first(mistake, kind):
    rng = np.random.default_rng(20080301)
    hits = 0
    for _ in range(200):
        parts, context, truth = world(rng)
        found = explain(figure("O", "trade.total", mistake(parts)), truth, context)
        hits += bool(found) and found[0].kind == kind
    # exports as total and balance as total lie within 2% of each other when imports are tiny
    assert hits >= 190


def test_a_random_number_is_rarely_explained():
    rng = np.random.default_rng(20190223)
    explained = 0
    for _ in range(400):
        _, context, truth = world(rng)
        odd = figure("O", "trade.total", truth.value * rng.uniform(0.2, 3.0))
        explained += bool(explain(odd, truth, context))
    assert explained / 400 < 0.10
