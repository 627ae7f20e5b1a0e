"""What a result shows of itself in a notebook."""

from __future__ import annotations

from xml.etree import ElementTree

import polars as pl
import pytest

import detente as dt
from detente._notebook import ROWS, as_html


def parsed(html: str) -> ElementTree.Element:
    """The fragment as a tree: what is not well formed raises."""
    return ElementTree.fromstring(f"<div>{html}</div>")


@pytest.mark.parametrize("kind", [lambda f: f, lambda f: f.to_pandas()], ids=["polars", "pandas"])
def test_text_from_elsewhere_is_escaped_and_rows_are_counted(kind: object) -> None:
    frame = pl.DataFrame({"who": ["<script>alert(1)</script>"] * (ROWS + 5), "x": [1.0] * (ROWS + 5)})
    tree = parsed(as_html("a <b> & c", kind(frame)))
    assert tree.find("pre").text == "a <b> & c"
    assert len(tree.findall(".//tbody/tr")) == ROWS
    assert f"{ROWS} of {ROWS + 5} rows" in "".join(tree.itertext())
    assert tree.find(".//script") is None


def results() -> dict[str, object]:
    economy = dt.Economy.from_arrays(["AAA", "BBB", "ROW"], [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    return {
        "counterfactual": dt.solve(economy, {("AAA", "BBB"): dt.CLOSED}, theta=5.0),
        "panel": dt.world(),
        "forecast": dt.forecast(dt.world(), "KEN", "TZA", as_of=2021),
        "odds": dt.hazard("KEN", "TZA", on="2022-01-01"),
        "attribution": dt.attribute(dt.world(), "KEN", "TZA", [(2012, 2015)], [(2000, 2004)], quick=True),
        "run": dt.open_study("colombia-venezuela").run(quick=True),
    }


def test_results_show_their_own_summary_and_table() -> None:
    for name, found in results().items():
        tree = parsed(found._repr_html_())
        assert tree.find("pre").text == found.summary(), name
        if name in {"counterfactual", "forecast", "attribution"}:
            heads = [cell.text for cell in tree.findall(".//th")]
            assert heads == list(found.to_frame().columns), name
