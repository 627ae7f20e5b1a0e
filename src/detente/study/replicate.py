"""Published counterfactuals recomputed from their data, as runnable examples.

``replicate("agtpa-nafta")`` follows Yotov, Piermartini, Monteiro and Larch (2016, chapter 2) and
``replicate("caliendo-parro")`` Caliendo and Parro (2015), each both as published and exactly.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.equilibrium import Economy, SectorEconomy, Shock, solve
from detente.errors import UnknownStudy, UnreadableFile, did_you_mean

NAFTA = ("CAN", "MEX", "USA")


@dataclass(frozen=True, slots=True)
class Target:
    """One number: what was computed and, where one is printed, the published figure."""

    quantity: str
    mode: str
    unit: str
    computed: float
    published: float | None = None

    @property
    def difference(self) -> float | None:
        """Computed minus published."""
        return None if self.published is None else self.computed - self.published


@dataclass(frozen=True, slots=True)
class Replication:
    """A published exercise recomputed: ``targets``, and the solved counterfactuals by mode.

    Examples
    --------
    >>> replicate("agtpa-nafta").to_frame()             # doctest: +SKIP
    """

    name: str
    source: str
    targets: tuple[Target, ...]
    results: Mapping[str, Any]

    def to_frame(self) -> Any:
        """A polars frame: quantity, mode, unit, computed, published, difference."""
        import polars as pl

        names = ("quantity", "mode", "unit", "computed", "published", "difference")
        return pl.DataFrame(
            {name: [getattr(t, name) for t in self.targets] for name in names},
            schema_overrides={"published": pl.Float64, "difference": pl.Float64},
        )

    def summary(self) -> str:
        """The targets as lines of text."""
        lines = [f"{self.name}: {self.source}"]
        for t in self.targets:
            printed = "" if t.published is None else f"  (published {t.published:g})"
            lines.append(f"  {t.mode:<10}{t.quantity:<42}{t.computed:>12.5f} {t.unit}{printed}")
        return "\n".join(lines)


def replicate(name: str, *, data: str | Path | None = None) -> Replication:
    """Recompute a published exercise.

    Parameters
    ----------
    name : {"agtpa-nafta", "caliendo-parro"}
    data : path, optional
        The folder of the published data; else the environment variable ``DETENTE_DATA``, else a folder
        ``data`` or ``shared/data`` in or above the current directory.

    Raises
    ------
    UnknownStudy, UnreadableFile

    Examples
    --------
    >>> print(replicate("caliendo-parro").summary())    # doctest: +SKIP
    """
    recipes = {"agtpa-nafta": agtpa_nafta, "caliendo-parro": caliendo_parro}
    if name not in recipes:
        raise UnknownStudy(
            f"There is no replication '{name}'.{did_you_mean(name, recipes)}",
            fix=f"There are: {', '.join(recipes)}.",
        )
    return recipes[name](data)


def find(relative: str, data: str | Path | None, obtain: str) -> Path:
    """The data file or folder ``relative``, or an error that says where to get it."""
    if data is not None:
        places = [Path(data)]
    elif os.environ.get("DETENTE_DATA"):
        places = [Path(os.environ["DETENTE_DATA"])]
    else:
        here = Path.cwd().resolve()
        places = [up / folder for up in (here, *here.parents) for folder in ("data", "shared/data")]
    for place in places:
        if (place / relative).exists():
            return place / relative
    raise UnreadableFile(
        f"The published data '{relative}' are not in {places[0]}"
        + (f" or {len(places) - 1} folders like it above." if len(places) > 1 else "."),
        why="They are not part of this package.",
        fix=f"{obtain} Then give data=FOLDER or set DETENTE_DATA.",
    )


def agtpa_nafta(data: str | Path | None = None) -> Replication:
    """NAFTA in the Advanced Guide: PPML on 69 economies, sigma 7, 1994 baseline from fitted flows."""
    import polars as pl

    path = find(
        "peer_examples/agtpa_69c_1986_2006.parquet",
        data,
        "Get 1_TradeWithoutBorder.dta's panel of the Advanced Guide to Trade Policy Analysis from the WTO or "
        "UNCTAD site and save it under that name with columns exporter, importer, year, trade, dist, cntg, "
        "lang, clny, rta.",
    )
    table = pl.read_parquet(path).with_columns(pl.col("year").cast(pl.Int64))
    table = table.filter(pl.col("year").is_in([1986, 1990, 1994, 1998, 2002, 2006]))
    codes = sorted(table["exporter"].unique())
    trade, rta = (tensor(table, name, codes) for name in ("trade", "rta"))
    effect, pairs = symmetric_pair_gravity(trade, rta)
    now = table.filter(pl.col("year") == 1994)
    distance = np.log(tensor(now, "dist", codes)[0])
    regressors = [distance, *(tensor(now, name, codes)[0] for name in ("cntg", "lang", "clny"))]
    costs = complete_pairs(pairs, regressors) * np.exp(effect * rta[2])
    economy = Economy.from_arrays(codes, fitted(costs, trade[2]), year=1994)
    without = Shock.between(NAFTA, effect=-effect)
    printed = {"CAN": 3.40342, "MEX": 3.81007, "USA": 0.33463, "COL": -0.03104}
    targets = [Target("RTA, symmetric pair effects", "gravity", "log points", effect, 0.5572)]
    results = {}
    for mode in ("published", "exact"):
        results[mode] = out = solve(economy, without, theta=6.0, mode=mode)
        for code, number in printed.items():
            gain = 100 * (1 / out.welfare_hat[economy.index(code)] - 1)
            targets.append(
                Target(f"{code} real GDP, NAFTA", mode, "%", gain, number if mode == "published" else None)
            )
    source = "Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis"
    return Replication("agtpa-nafta", source, tuple(targets), results)


def tensor(table: Any, name: str, codes: list[str]) -> np.ndarray:
    """A column as (years, n, n), origin before destination; every cell must have its row."""
    years = sorted(table["year"].unique())
    place = {code: k for k, code in enumerate(codes)}
    when = {year: k for k, year in enumerate(years)}
    out = np.full((len(years), len(codes), len(codes)), np.nan)
    rows = (
        [when[y] for y in table["year"]],
        *([place[c] for c in table[s]] for s in ("exporter", "importer")),
    )
    out[rows] = table[name].to_numpy()
    if np.isnan(out).any():
        raise UnreadableFile(
            f"{int(np.isnan(out).sum())} cells of '{name}' have no value in the published panel."
        )
    return out


def _fold(flows: np.ndarray) -> np.ndarray:
    """Sums over time by unordered pair, all internal pairs together: (n, n)."""
    total = flows.sum(axis=0)
    folded = total + total.T
    np.fill_diagonal(folded, np.trace(total))
    return folded


def symmetric_pair_gravity(
    trade: np.ndarray, policy: np.ndarray, *, tolerance: float = 1e-12
) -> tuple[float, np.ndarray]:
    """PPML with exporter-year, importer-year and symmetric pair effects, one level for internal pairs.

    Returns the coefficient of ``policy`` and the pair effects (n, n) as levels relative to internal trade,
    zero where a pair never trades. Margins are fitted in turn and the coefficient moves by Newton steps on
    the demeaned policy (Larch, Wanner, Yotov and Zylkin 2019).
    """
    y = trade / trade.max()
    margins = y.sum(axis=2), y.sum(axis=1), _fold(y)
    importer, pair, b = np.ones(y.shape[:2]), np.ones(y.shape[1:]), 0.0
    for k in range(5000):
        kernel = np.exp(b * policy) * pair
        exporter = margins[0] / np.einsum("tij,tj->ti", kernel, importer)
        importer = margins[1] / np.einsum("tij,ti->tj", kernel, exporter)
        apart = np.exp(b * policy) * exporter[:, :, None] * importer[:, None, :]
        pair = margins[2] / _fold(apart)
        if k % 5 < 4:
            continue
        mu = apart * pair
        x = _demeaned(policy, mu)
        step = float((x * (y - mu)).sum() / (x * mu * x).sum())
        b += step
        if abs(step) < tolerance:
            break
    return b, pair / pair[0, 0]


def _demeaned(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """x less its weighted exporter-year, importer-year and pair means."""
    pairs = _fold(weight)
    for _ in range(60):
        x = x - ((weight * x).sum(axis=2) / weight.sum(axis=2))[:, :, None]
        x = x - ((weight * x).sum(axis=1) / weight.sum(axis=1))[:, None, :]
        x = x - np.divide(_fold(weight * x), pairs, out=np.zeros_like(pairs), where=pairs > 0)
    return x


def complete_pairs(pairs: np.ndarray, regressors: list[np.ndarray]) -> np.ndarray:
    """Pair effects with those of pairs that never trade predicted from a cross-section PPML."""
    n = len(pairs)
    i, j = np.nonzero(~np.eye(n, dtype=bool))
    dummies = np.hstack([np.eye(n)[i], np.eye(n)[j][:, 1:]])
    x = np.column_stack([*(r[i, j] for r in regressors), dummies])
    y = pairs[i, j]
    seen = y > 0
    mu = (y[seen] + y[seen].mean()) / 2
    for _ in range(100):
        working = np.log(mu) + (y[seen] - mu) / mu
        weighted = x[seen] * mu[:, None]
        beta = np.linalg.solve(weighted.T @ x[seen], weighted.T @ working)
        new = np.exp(x[seen] @ beta)
        done = np.abs(new / mu - 1).max() < 1e-12
        mu = new
        if done:
            break
    out = np.array(pairs)
    out[i[~seen], j[~seen]] = np.exp(x[~seen] @ beta)
    return out


def fitted(costs: np.ndarray, flows: np.ndarray) -> np.ndarray:
    """The gravity flows with these costs and the observed output and expenditure."""
    from detente.equilibrium.geppml import proportional_fit

    a, g = proportional_fit(costs, flows.sum(axis=1), flows.sum(axis=0))
    return a[:, None] * costs * g


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
    growth = results["exact"].imports_pct(NAFTA)
    for code, number in bloc_imports.items():
        targets.append(Target(f"{code} imports from NAFTA", "exact", "%", growth[code], number))
    source = "Caliendo and Parro (2015), Review of Economic Studies 82(1), 1-44"
    return Replication("caliendo-parro", source, tuple(targets), results)


def caliendo_parro_setup(data: str | Path | None = None) -> tuple[SectorEconomy, Shock]:
    """The 1993 economy (US$ million) and the change of NAFTA's internal tariffs to 2005."""
    folder = find(
        "caliendo_parro_2015",
        data,
        "Get the supplementary data of doi:10.1093/restud/rdu035 and put B.txt, GO.txt, IO.txt, T.txt, "
        "tariffs1993.txt, tariffs2005.txt and xbilat1993.txt into a folder of that name.",
    )
    n, traded, count = len(CALIENDO_PARRO), 20, 40

    def read(name: str) -> np.ndarray:
        return np.loadtxt(folder / f"{name}.txt")

    def by_sector(name: str) -> np.ndarray:  # files stack importers within sectors, exporters in columns
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
        CALIENDO_PARRO,
        sectors,
        flows,
        theta=np.concatenate([read("T"), np.full(count - traded, 8.22)]),
        tariff=tariffs[1993],
        value_added=read("B"),
        inputs=read("IO").reshape(n, count, count).transpose(1, 2, 0),
        truncate=True,
        year=1993,
    )
    place = {code: k for k, code in enumerate(CALIENDO_PARRO)}
    cut = {
        (a, b, sectors[s]): tariffs[2005][s, place[a], place[b]]
        for s in range(traded)
        for a in NAFTA
        for b in NAFTA
        if a != b
    }
    return economy, Shock(tariff=cut)
