"""METHODS' COL->VEN path on the old extract of unknown release, which stays as a target on that file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from detente.attribution import attribute
from detente.panel import read_panel
from detente.run.schema import directed

pytestmark = pytest.mark.oracle

# COL->VEN log residual 2005-2020, pair effect from 2000-2004, dyad masked from 2005, 206 economies (computed
# independently of this package on CEPII BACI; printed with two digits, hence half a unit of the second on top).
PATH = [-0.15, -0.16, 0.18, 0.10, -0.19, -1.35, -1.65, -1.42, -1.31, -1.13, -1.16, -0.99, -1.37, -1.39, -1.28, -1.17]
TOLERANCE = 0.02
EPISODES = [("whole", 2008, 2020)]


@pytest.mark.shared
def test_the_old_extract_reaches_the_published_path_and_split(shared_data: Path) -> None:
    panel = read_panel(shared_data / "baci/bilateral_2000_2020.parquet", absent="zero")
    assert len(panel.economies) == 206
    found = attribute(panel, "COL", "VEN", EPISODES, [(2000, 2004)], quick=True)
    rows = directed(found.residuals()).filter((pl.col("origin") == "COL") & (pl.col("year") >= 2005)).sort("year")
    assert rows["log_ratio"].to_list() == pytest.approx(PATH, abs=TOLERANCE)
    whole = found.to_frame().row(0, named=True)
    assert round(whole["dyad_pct"]) == 37
    assert whole["dyad_part"] == pytest.approx(-1.27, abs=TOLERANCE)
    assert whole["supply_demand_part"] == pytest.approx(-2.19, abs=TOLERANCE)
