"""What a result shows of itself in a notebook."""

from __future__ import annotations

from itertools import product
from xml.etree import ElementTree

import polars as pl
import pytest

import detente as dt
from detente._notebook import ROWS, as_html
from detente.equilibrium import LogNormal, SectorEconomy, Shock, ensemble, solve_each


def parsed(html: str) -> ElementTree.Element:
    """The fragment as a tree: what is not well formed raises."""
    return ElementTree.fromstring(f"<div>{html}</div>")


@pytest.mark.parametrize(
    "kind", [lambda f: f, lambda f: f.to_pandas(), lambda f: f.to_arrow()], ids=["polars", "pandas", "pyarrow"]
)
def test_text_from_elsewhere_is_escaped_and_rows_are_counted(kind: object) -> None:
    frame = pl.DataFrame({"who": ["<script>alert(1)</script>"] * (ROWS + 5), "x": [1.0] * (ROWS + 5)})
    tree = parsed(as_html("a <b> & c", kind(frame)))
    assert tree.find("pre").text == "a <b> & c"
    assert len(tree.findall(".//tbody/tr")) == ROWS
    assert f"{ROWS} of {ROWS + 5} rows" in "".join(tree.itertext())
    assert tree.find(".//script") is None


def results(quick) -> dict[str, object]:
    economy = dt.Economy.from_arrays(["AAA", "BBB", "ROW"], [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    shock = {("AAA", "BBB"): -1.0}
    sectors = SectorEconomy.of(economy, theta=5.0)
    codes = [f"E{k}" for k in range(8)]
    rows = [(i, j, t, float(9 + k % 5)) for k, (i, j, t) in enumerate(product(codes, codes, range(4))) if i != j]
    flows = pl.DataFrame(rows, schema=["exporter", "importer", "year", "trade"], orient="row")
    grouped = flows.with_columns(sector=pl.lit("food"), rta=pl.Series([float(k % 3 == 0) for k in range(len(rows))]))
    return {
        "counterfactual": dt.solve(economy, {("AAA", "BBB"): dt.CLOSED}, theta=5.0),
        "counterfactual with sectors": dt.solve(sectors, Shock(tariff={("AAA", "BBB"): 0.2})),
        "ensemble": ensemble(economy, shock, draws=8, theta=LogNormal(5, 0.2)),
        "batch": solve_each(economy, {"less": shock}, theta=[2.0, 5.0]),
        "imputation": dt.impute(flows, [("E0", "E1", 2)]),
        "fits": dt.fit_many(grouped, "trade ~ rta | exporter^year + importer^year", by="sector"),
        "panel": dt.world(),
        "forecast": dt.forecast(dt.world(), "KEN", "TZA", as_of=2021),
        "odds": dt.hazard("KEN", "TZA", on="2022-01-01"),
        "attribution": dt.attribute(dt.world(), "KEN", "TZA", [(2012, 2015)], [(2000, 2004)], quick=True),
        "run": quick,
    }


def test_results_show_their_own_summary_and_table(flagship_quick) -> None:
    for name, found in results(flagship_quick).items():
        tree = parsed(found._repr_html_())
        assert tree.find("pre").text == found.summary(), name
        if name not in {"panel", "odds", "run"}:
            heads = [cell.text for cell in tree.findall(".//th")]
            assert heads == list(found.to_frame().columns), name
        if name == "run":
            table = parsed(found.claims._repr_html_())
            assert [cell.text for cell in table.findall(".//th")] == found.claims.to_frame().columns
            assert table.find("pre").text == found.claims.summary()


def test_what_has_no_summary_shows_what_it_is() -> None:
    economy = dt.Economy.from_arrays(["AAA", "BBB"], [[90.0, 10.0], [9.0, 91.0]])
    owing = dt.Economy.from_arrays(["A", "B", "C"], [[50.0, 30.0, 2.0], [5.0, 40.0, 3.0], [1.0, 4.0, 60.0]])
    failed = ensemble(owing, {("A", "*"): -20.0}, draws=3, deficits="additive")
    assert failed.failed.all()
    for found in (economy, dt.pair("KEN", "TZA"), failed):
        assert parsed(found._repr_html_()).find("pre").text == repr(found)
