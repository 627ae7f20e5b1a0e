"""Which sections carry the gap: simulated flows by section with a rupture in one of them, and the sums."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.attribution import attribute_sections
from detente.errors import SpecificationError
from detente.language import Catalogue, said
from detente.study import new_study, open_study

CODES = (
    "COL", "VEN", "ECU", "PER", "BRA", "CHL", "ARG", "MEX", "USA", "CAN", "DEU", "FRA", "ITA", "ESP", "PRT", "GBR", "NLD",
    "BEL", "CHE", "AUT", "POL", "CZE", "HUN", "SWE",
)  # fmt: skip
CHAPTERS = {"27": "V", "87": "XVII", "61": "XI"}
KEPT = 0.1  # of Colombia's vehicles to Venezuela, from 2004 on


@pytest.fixture(scope="module")
def flows(tmp_path_factory):
    rng = np.random.default_rng(5)
    level = {hs: np.outer(rng.lognormal(3, 1, len(CODES)), rng.lognormal(3, 1, len(CODES))) for hs in CHAPTERS}
    rows = []
    for year in range(1998, 2008):
        for hs, base in level.items():
            for i, a in enumerate(CODES):
                for j, b in enumerate(CODES):
                    cut = KEPT if (a, b, hs) == ("COL", "VEN", "87") and year > 2003 else 1.0
                    if i != j:
                        rows.append((a, b, year, hs, cut * base[i, j] * float(rng.lognormal(0, 0.08))))
    path = tmp_path_factory.mktemp("sections") / "flows.csv"
    names = ["origin", "destination", "year", "product", "value_usd_mn"]
    pl.DataFrame(rows, schema=names, orient="row").write_csv(path)
    return path


@pytest.fixture(scope="module")
def found(flows):
    panel = dt.read_panel(flows, sections=True)
    return panel, attribute_sections(panel, "COL", "VEN", [(2003, 2006)], (1998, 2003))


@pytest.mark.recovery
def test_the_section_that_was_cut_carries_the_gap(found):
    """The noise of one flow over two years is .08 * sqrt(2) = .11 log points, a few times that is allowed for."""
    there = found[1].found[0]
    cut = there.of("XVII")
    assert cut.dyad_part == pytest.approx(np.log(KEPT), abs=0.4)
    assert cut.expected == pytest.approx(cut.flow_from, rel=0.35)
    assert cut.p <= 0.05
    assert all(abs(there.of(section).dyad_part) < 0.5 for section in ("V", "XI"))
    assert min(there.told, key=lambda gap: gap.gap).section == "XVII"
    assert "vehicles and transport equipment (" in str(there.sentence)
    assert "vehículos y material de transporte (" in said(there.sentence, Catalogue("es"))


def test_each_section_is_the_attribution_of_its_own_flows(found):
    """By the definition: the panel of one section alone, attributed like any panel."""
    panel, given = found
    rows = panel.composition.frame.filter(pl.col("section") == "XVII").drop("section")
    alone = dt.read_panel(rows.rename({"period": "year", "value": "value_usd_mn"}))
    keep = [alone.economies.index(code) for code in panel.economies]
    exact = dt.attribute(
        (alone.flows[:, keep][:, :, keep], panel.economies, panel.years), "COL", "VEN", [(2003, 2006)], [(1998, 2003)]
    ).findings[0]
    there = given.found[0].of("XVII")
    assert there.dyad_part == pytest.approx(exact.split.dyad_part, abs=1e-9)
    assert exact.standing is not None
    assert (there.p, there.n) == (exact.standing.p, exact.standing.n)


def test_sections_and_mix_add_up_to_all_goods(found):
    panel, given = found
    frame = given.to_frame()
    for side in given.found:
        total, mix = side.of("all goods"), side.of("mix")
        assert sum(g.gap for g in side.told) + mix.gap == pytest.approx(total.gap)
        assert sum(g.flow_to for g in side.told) == pytest.approx(total.flow_to)
        mine = frame.filter(origin=side.finding.origin)
        assert mine["share_of_gap"].drop_nulls().sum() == pytest.approx(1)
    assert total.flow_to == pytest.approx(panel.flow("VEN", "COL")[panel.year_index(2006)])


def test_a_panel_of_totals_is_refused():
    with pytest.raises(SpecificationError, match="sections=True"):
        attribute_sections(dt.world(), "COL", "VEN", [(2008, 2010)])


def test_a_study_with_sections_says_which_carry_the_gap(flows, tmp_path):
    folder = new_study("COL", "VEN", folder=tmp_path / "s", data=flows, reading={"sections": True})
    run = open_study(folder).run()
    table = run.frames["section_gaps"]
    assert set(table["section"]) == {"V", "XI", "XVII", "all goods", "mix"}
    assert any("vehicles and transport equipment" in text for text in run.answer.why)
    assert "vehículos y material de transporte" in run.summary(language="es", full=True)
    assert run.frames["composition"].height > 0
