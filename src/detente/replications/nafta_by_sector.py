"""NAFTA's tariff cuts in 31 economies and 40 sectors (Caliendo and Parro 2015)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.equilibrium import SectorEconomy, Shock, solve
from detente.errors import UnreadableFile
from detente.replications.published_data import find, read_numbers
from detente.replications.target import NAFTA, Replication, Target, set_beside

Floats = NDArray[np.float64]

# fmt: off
CALIENDO_PARRO = (
    "ARG", "AUS", "AUT", "BRA", "CAN", "CHL", "CHN", "DNK", "FIN", "FRA", "DEU", "GRC", "HUN", "IND", "IDN",
    "IRL", "ITA", "JPN", "KOR", "MEX", "NLD", "NZL", "NOR", "PRT", "ZAF", "ESP", "SWE", "TUR", "GBR", "USA",
    "ROW",
)
# fmt: on
"""The 31 economies of Caliendo and Parro (2015) in the order of their files."""


def caliendo_parro(data: str | Path | None = None) -> Replication:
    """NAFTA's tariff cuts, 1993 to 2005, in 31 economies and 40 sectors.

    As published: the 1993 economy is first solved without deficits, then NAFTA's internal tariffs move to
    their 2005 levels; welfare is the first-order sum of terms and volume of trade.
    """
    economy, shock = caliendo_parro_setup(data)
    printed = {"MEX": 1.31, "CAN": -0.06, "USA": 0.08}
    bloc_imports = {"MEX": 118.0, "CAN": 11.0, "USA": 41.0}
    targets, results = [], {}
    for mode in ("published", "exact"):
        results[mode] = out = solve(economy, shock, deficits="balanced", mode=mode)
        for code, number in printed.items():
            number = number if mode == "published" else None
            targets.append(Target(f"{code} welfare, NAFTA tariffs", mode, "%", out.welfare_pct[code], number))
    terms, volume = results["published"].first_order_pct()  # the parts whose sum is the published welfare
    for code in printed:
        k = economy.index(code)
        targets.append(Target(f"{code} terms of trade", "published", "%", float(terms[k]), None))
        targets.append(Target(f"{code} volume of trade", "published", "%", float(volume[k]), None))
        targets.append(Target(f"{code} real wage", "exact", "%", results["exact"].real_wage_pct[code], None))
    growth = results["exact"].imports_pct(NAFTA)
    for code, number in bloc_imports.items():
        targets.append(Target(f"{code} imports from NAFTA", "exact", "%", growth[code], number))
    source = "Caliendo and Parro (2015), Review of Economic Studies 82(1), 1-44"
    return set_beside("caliendo-parro", source, targets, results, economies=len(economy), published=len(CALIENDO_PARRO))


def caliendo_parro_setup(data: str | Path | None = None) -> tuple[SectorEconomy, Shock]:
    """The 1993 economy (US$ million) and the change of NAFTA's internal tariffs to 2005.

    Data on other economies than the 31 published ones name them in ``economies.txt``, one a line.
    """
    folder = find(
        "caliendo_parro_2015",
        data,
        "Get the supplementary data of doi:10.1093/restud/rdu035 and put B.txt, GO.txt, IO.txt, T.txt, "
        "tariffs1993.txt, tariffs2005.txt and xbilat1993.txt into a folder of that name.",
    )
    read = partial(read_numbers, folder)
    theta, value_added = np.atleast_1d(read("T")), read("B")
    traded, (count, n) = theta.size, value_added.shape
    codes = economies_of(folder, n)

    def by_sector(name: str) -> Floats:  # files stack importers within sectors, exporters in columns
        out = np.zeros((count, n, n))
        out[:traded] = read(name).reshape(traded, n, n).transpose(0, 2, 1)
        return out

    flows = by_sector("xbilat1993") / 1e3
    exports = flows.sum(axis=2)
    diagonal = np.arange(n)
    flows[:, diagonal, diagonal] = np.maximum(read("GO") / 1e6, exports) - exports
    tariffs = {year: by_sector(f"tariffs{year}") / 100 for year in (1993, 2005)}
    sectors = [f"sector {k + 1}" for k in range(count)]
    economy = SectorEconomy.from_arrays(
        codes,
        sectors,
        flows,
        theta=np.concatenate([theta, np.full(count - traded, 8.22)]),
        tariff=tariffs[1993],
        value_added=value_added,
        inputs=read("IO").reshape(n, count, count).transpose(1, 2, 0),
        truncate=True,
        year=1993,
    )
    place = {code: k for k, code in enumerate(codes)}
    cut = {
        (a, b, sectors[s]): tariffs[2005][s, place[a], place[b]]
        for s in range(traded)
        for a in NAFTA
        for b in NAFTA
        if a != b
    }
    return economy, Shock(tariff=cut)


def economies_of(folder: Path, n: int) -> tuple[str, ...]:
    """The economies in the order of the files."""
    listed = folder / "economies.txt"
    codes = tuple(listed.read_text(encoding="utf-8").split()) if listed.is_file() else CALIENDO_PARRO
    if len(codes) != n:
        raise UnreadableFile(
            f"B.txt in {folder} has {n} columns, but there are {len(codes)} economies.",
            fix=f"Name the {n} economies in the order of the columns in economies.txt, one a line.",
        )
    return codes
