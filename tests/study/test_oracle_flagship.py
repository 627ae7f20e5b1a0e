"""The flagship numbers: METHODS' COL->VEN path on the full panel, the embedded panel's distance from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from detente.attribution import attribute
from detente.panel import embedded_panel, read_panel
from detente.run.schema import directed
from detente.study import open_study

pytestmark = pytest.mark.oracle

ROOT = Path(__file__).resolve().parents[2]
# COL->VEN log residual 2005-2020, pair effect from 2000-2004, dyad masked from 2005, 206 economies (computed
# independently of this package on CEPII BACI; printed with two digits, hence half a unit of the second on top).
PATH = [-0.15, -0.16, 0.18, 0.10, -0.19, -1.35, -1.65, -1.42, -1.31, -1.13, -1.16, -0.99, -1.37, -1.39, -1.28, -1.17]
FULL_TOLERANCE = 0.02
EMBEDDED_TOLERANCE = 0.05
EPISODES = [("whole", 2008, 2020)]


def residual_path(panel) -> list[float]:
    found = attribute(panel, "COL", "VEN", EPISODES, [(2000, 2004)], quick=True).residuals()
    rows = directed(found).filter((pl.col("origin") == "COL") & (pl.col("year") >= 2005)).sort("year")
    return rows["log_ratio"].to_list()


def test_embedded_panel_stays_near_the_full_one() -> None:
    assert residual_path(embedded_panel()) == pytest.approx(PATH, abs=EMBEDDED_TOLERANCE)


@pytest.mark.shared
def test_full_panel_reaches_the_published_path_and_split(shared_data: Path) -> None:
    panel = read_panel(shared_data / "baci/bilateral_2000_2020.parquet", absent="zero")
    assert len(panel.economies) == 206
    assert residual_path(panel) == pytest.approx(PATH, abs=FULL_TOLERANCE)
    whole = attribute(panel, "COL", "VEN", EPISODES, [(2000, 2004)], quick=True).to_frame().row(0, named=True)
    assert round(whole["dyad_pct"]) == 37
    assert whole["dyad_part"] == pytest.approx(-1.27, abs=FULL_TOLERANCE)
    assert whole["supply_demand_part"] == pytest.approx(-2.19, abs=FULL_TOLERANCE)


@pytest.mark.shared
def test_the_shares_shipped_for_the_full_panel_are_recomputed(shared_data: Path, tmp_path: Path) -> None:
    shipped = pl.read_csv(open_study("colombia-venezuela").folder / "full_panel.csv")
    code = (
        "import sys; sys.path.insert(0, 'scripts'); from build_full_panel_shares import shares; from pathlib import Path; "
        "shares(Path(sys.argv[1])).write_csv(sys.argv[2])"
    )
    out = tmp_path / "full_panel.csv"
    baci = shared_data / "baci/bilateral_2000_2020.parquet"
    subprocess.run(
        [sys.executable, "-c", code, str(baci), str(out)], check=True, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    again = pl.read_csv(out)
    assert again.drop("dyad_part", "placebo_share").equals(shipped.drop("dyad_part", "placebo_share"))
    for column in ("dyad_part", "placebo_share"):  # rounded to three and four digits in the file
        assert (again[column] - shipped[column]).abs().max() <= 0.001
