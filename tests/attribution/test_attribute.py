"""attribute(): columns, directions, errors, and the twelve-economy fixture."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from detente.attribution import attribute, infer
from detente.errors import NotIdentified, SpecificationError, UnknownEconomy

ROOT = Path(__file__).resolve().parents[2]
PATH_2005_2020 = [-.15, -.16, .18, .10, -.19, -1.35, -1.65, -1.42, -1.31, -1.13, -1.16, -.99, -1.37, -1.39,
                  -1.28, -1.17]  # fmt: skip
COARSE_PANEL = 0.05  #: thirteen origins instead of 206 move the path by up to this


@pytest.fixture(scope="module")
def found(twelve):
    return attribute(twelve, "COL", "VEN", {"freeze": (2008, 2010), "all": (2008, 2020)}, [(2000, 2004)])


def documented(table: str) -> list[str]:
    text = (ROOT / "docs/results.md").read_text(encoding="utf-8").split(f"## {table}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1].strip() for line in text.splitlines() if re.match(r"\| [a-z]", line)]
    return cells[1:]


def test_columns_are_the_documented_ones(found) -> None:
    assert found.to_frame().columns == documented("attribution")
    assert found.residuals().columns == documented("residuals")


def test_one_row_per_direction_and_episode(found) -> None:
    frame = found.to_frame()
    assert frame.select("origin", "episode").rows() == [
        ("COL", "freeze"), ("COL", "all"), ("VEN", "freeze"), ("VEN", "all"),
    ]  # fmt: skip
    assert found.residuals().height == 2 * 21


def test_fixture_path_is_near_the_full_panel(found) -> None:
    path = found.residuals().filter(origin="COL")["log_ratio"].to_list()[5:]
    assert path == pytest.approx(PATH_2005_2020, abs=COARSE_PANEL)


def test_parts_add_up(found) -> None:
    for f in found.findings:
        assert f.split.share_part + f.split.demand_part == pytest.approx(f.split.log_change, abs=1e-9)
        assert f.split.supply_demand_part + f.split.dyad_part == pytest.approx(f.split.log_change, abs=1e-9)


def test_the_rest_of_the_world_is_no_placebo(found) -> None:
    assert max(f.standing.n for f in found.findings) <= 12 * 11 - 2
    assert "12 economies and the rest of the world" in found.panel


def test_quick_skips_placebos_and_says_so(twelve) -> None:
    quick = attribute(twelve, "COL", "VEN", [(2008, 2010)], [(2000, 2004)], quick=True)
    assert quick.to_frame()["placebo_share"].null_count() == 2
    assert all("No placebo test was run" in s for s in quick.sentences)


def test_named_errors(twelve) -> None:
    flows, codes, years = twelve
    with pytest.raises(UnknownEconomy, match="Did you mean 'COL'"):
        attribute(twelve, "COLL", "VEN", [(2008, 2010)])
    with pytest.raises(SpecificationError, match="origin and destination are the same"):
        attribute(twelve, "COL", "COL", [(2008, 2010)])
    with pytest.raises(SpecificationError, match="outside the panel"):
        attribute(twelve, "COL", "VEN", [(2008, 2023)])
    with pytest.raises(SpecificationError, match="shorter than a period"):
        attribute(twelve, "COL", "VEN", [(2010, 2008)])
    silent = flows.copy()
    silent[:5, codes.index("COL"), codes.index("VEN")] = 0
    silent[:5, codes.index("VEN"), codes.index("COL")] = np.nan
    with pytest.raises(NotIdentified, match=r"No flow COL -> VEN is recorded in 2000-2004"):
        attribute((silent, codes, years), "COL", "VEN", [(2008, 2010)], [(2000, 2004)])


def test_a_zero_is_a_caution_and_not_a_number(twelve) -> None:
    flows, codes, years = twelve
    closed = flows.copy()
    closed[-1, codes.index("COL"), codes.index("VEN")] = 0
    found = attribute((closed, codes, years), "COL", "VEN", [(2008, 2020)], [(2000, 2004)])
    row = found.to_frame().row(0, named=True)
    assert row["log_change"] is None
    assert row["status"] == "bound"
    assert row["dyad_part"] == pytest.approx(
        np.log(0.1 / row["flow_from_usd_mn"]) - row["supply_demand_part"], abs=0.01
    )
    assert row["n_as_bad"] == 0
    assert "where trade went unreported rather than stopped, the record cannot tell" in row["sentence"]
    assert any("zero in 2020" in c for c in found.cautions)


def test_adding_a_loss_to_the_dyad_moves_only_its_own_part(twelve) -> None:
    """The dyad is left out of the fit: cutting it in 2020 by half changes nothing but its residual."""
    flows, codes, years = twelve
    cut = flows.copy()
    cut[-1, codes.index("COL"), codes.index("VEN")] *= 0.5
    before = attribute(twelve, "COL", "VEN", [(2008, 2020)], [(2000, 2004)]).findings[0].split
    after = attribute((cut, codes, years), "COL", "VEN", [(2008, 2020)], [(2000, 2004)]).findings[0].split
    assert after.dyad_part - before.dyad_part == pytest.approx(np.log(0.5), abs=1e-6)
    assert after.supply_demand_part == pytest.approx(before.supply_demand_part, abs=1e-6)


def test_clustered_errors_are_refused(twelve) -> None:
    with pytest.raises(SpecificationError, match="one treated cluster"):
        infer(twelve, "COL", "VEN", (2008, 2010), errors="clustered")
    with pytest.raises(SpecificationError, match="errors='bayes'"):
        infer(twelve, "COL", "VEN", (2008, 2010), errors="bayes")
