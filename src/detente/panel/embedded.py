"""The panel that ships with the package: goods trade of 20 economies and the rest of the world, 2000-2020.

``data/goods.csv`` has one row a year and exporter and one column an importer,
million current US$ rounded to 0.1; ``data/gdp.csv`` has GDP the same way. Both
are aggregates computed by ``scripts/build_embedded_panel.py`` from CEPII BACI
and the World Bank's World Development Indicators.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from detente.economies import ROW
from detente.language import Text
from detente.panel.panel import Panel, ReadReport

# The economies of the built-in study and the partners that matter most in their trade.
ECONOMIES = (
    "ARG", "BRA", "CAN", "CHL", "CHN", "COL", "DEU", "ECU", "ESP", "GBR",
    "ITA", "JPN", "KOR", "MEX", "NLD", "PAN", "PER", "TTO", "USA", "VEN",
)  # fmt: skip
SOURCE = (
    "CEPII BACI (Gaulier & Zignago 2010), Etalab Open Licence 2.0, release unknown, aggregated and rounded to "
    "US$ 0.1 million; GDP: World Bank, World Development Indicators, CC BY 4.0, rounded to US$ 1 million"
)


def data_files() -> dict[str, bytes]:
    """The two data files by name, as bytes (for hashes)."""
    folder = files("detente.panel").joinpath("data")
    return {name: folder.joinpath(name).read_bytes() for name in ("goods.csv", "gdp.csv")}


@cache
def embedded_panel() -> Panel:
    """Goods trade between 20 economies and the rest of the world, 2000-2020, with GDP.

    Returns
    -------
    Panel
        flows ``[21, 21, 21]`` in million current US$ (FOB), diagonal NaN; gdp ``[21, 21]``.

    Examples
    --------
    >>> from detente.panel import embedded_panel
    >>> float(embedded_panel().flow("COL", "VEN")[8])    # 2008, US$ million
    6199.5
    """
    raw = data_files()
    trade = list(csv.reader(io.StringIO(raw["goods.csv"].decode())))
    economies = tuple(trade[0][2:])
    years = tuple(sorted({int(r[0]) for r in trade[1:]}))
    n = len(economies)
    values = np.array([[float(v) if v else np.nan for v in r[2:]] for r in trade[1:]])
    gdp_rows = list(csv.reader(io.StringIO(raw["gdp.csv"].decode())))
    gdp = np.array([[float(v) if v else np.nan for v in r[1:]] for r in gdp_rows[1:]])
    cells = int(np.isfinite(values).sum())
    return Panel(
        economies,
        years,
        values.reshape(len(years), n, n),
        gdp,
        name="embedded panel",
        source=SOURCE,
        report=ReadReport(cells, cells, (Text("rows.embedded"),)),
    )


def write(panel: Panel, folder: Path) -> None:
    """Write ``panel`` as ``goods.csv`` and ``gdp.csv`` in ``folder`` (the build script's last step)."""
    lines = [",".join(["year", "exporter", *panel.economies])]
    for t, year in enumerate(panel.years):
        for i, exporter in enumerate(panel.economies):
            lines.append(",".join([str(year), exporter, *(_cell(v, 1) for v in panel.flows[t, i])]))
    (folder / "goods.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    lines = [",".join(["year", *panel.economies])]
    for t, year in enumerate(panel.years):
        lines.append(",".join([str(year), *(_cell(v, 0) for v in panel.gdp[t])]))
    (folder / "gdp.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def build(totals: Panel, gdp: np.ndarray) -> Panel:
    """The embedded panel from a full one: keep :data:`ECONOMIES`, merge the rest.

    Parameters
    ----------
    totals : a full panel, 2000-2020.
    gdp : ``[t, i]`` of ``totals``, million US$, NaN where unknown.
    """
    return totals.with_gdp(gdp).aggregate(ECONOMIES, ROW)


def _cell(value: float, digits: int) -> str:
    if not np.isfinite(value):
        return ""
    text = f"{value:.{digits}f}"
    return text[:-2] if digits == 1 and text.endswith(".0") else text
