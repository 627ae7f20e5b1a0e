"""Published counterfactuals recomputed from their data, as runnable examples.

``replicate("agtpa-nafta")`` follows Yotov, Piermartini, Monteiro and Larch (2016, chapter 2) and
``replicate("caliendo-parro")`` Caliendo and Parro (2015), each both as published and exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.equilibrium import Economy, SectorEconomy, Shock, solve
from detente.errors import UnknownStudy, UnreadableFile, did_you_mean
from detente.replications.published_data import find, read_columns, read_numbers

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


@dataclass(frozen=True, slots=True, repr=False)
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

    def __repr__(self) -> str:
        return self.summary()

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
    table = read_columns(path, "exporter", "importer", "year", "trade", "dist", "cntg", "lang", "clny", "rta")
    table = table.filter(pl.col("year").is_in([1986, 1990, 1994, 1998, 2002, 2006]))
    codes = sorted(table["exporter"].unique())
    trade, rta = (matrix(table.filter(pl.col("year") == 1994), name, codes) for name in ("trade", "rta"))
    fit, costs = agtpa_costs(table, codes, rta)
    effect = fit.coef["rta"]
    economy = Economy.from_arrays(codes, fitted(costs, trade), year=1994)
    without = Shock.between(NAFTA, effect=-effect)
    printed = {"CAN": 3.40342, "MEX": 3.81007, "USA": 0.33463, "COL": -0.03104}
    targets = [
        Target("RTA, symmetric pair effects", "gravity", "log points", effect, 0.5572),
        Target("its standard error, by pair", "gravity", "log points", fit.se["rta"], 0.1022),
    ]
    results = {}
    for mode in ("published", "exact"):
        results[mode] = out = solve(economy, without, theta=6.0, mode=mode)
        for code, number in printed.items():
            gain = 100 * (1 / out.welfare_hat[economy.index(code)] - 1)
            targets.append(Target(f"{code} real GDP, NAFTA", mode, "%", gain, number if mode == "published" else None))
    source = "Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis"
    return replication("agtpa-nafta", source, targets, results, economies=len(codes), published=69)


def replication(
    name: str, source: str, targets: list[Target], results: dict[str, Any], *, economies: int, published: int
) -> Replication:
    """The result; on other economies than the published ones no printed figure is set beside it."""
    if economies != published:
        source += f"; on {economies} economies, not the {published} published, so no printed figure applies"
        targets = [replace(t, published=None) for t in targets]
    return Replication(name, source, tuple(targets), results)


def agtpa_costs(table: Any, codes: list[str], rta: np.ndarray) -> tuple[Any, np.ndarray]:
    """The fit of the effect of an agreement, and the trade-cost factors of 1994 (n, n), internal trade at one.

    PPML with exporter-year, importer-year and symmetric pair effects, one level for all internal pairs. The
    pair effect of i and j is what is left of ``sqrt(mu_ij mu_ji / (mu_ii mu_jj))`` besides the agreement. Pairs
    that never trade get theirs from a cross-section of those that do on distance and ties.
    """
    import polars as pl

    from detente.gravity import fit_ppml

    pair = pl.concat_str(
        pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer"), separator="-"
    )
    abroad = pl.col("exporter") != pl.col("importer")
    table = table.with_columns(
        pair=pair, level=pl.when(abroad).then(pair).otherwise(pl.lit("internal")), lndist=pl.col("dist").log()
    )
    fit = fit_ppml(table, "trade ~ rta | exporter^year + importer^year + level", cluster="pair")
    effect = fit.coef["rta"]
    found = fit.fitted()
    mu = table.with_row_index("row").join(found.with_columns(pl.col("row").cast(pl.UInt32)), on="row", how="left")
    mu = matrix(mu.filter(pl.col("year") == 1994).with_columns(pl.col("fitted").fill_null(0.0)), "fitted", codes)
    own = np.diag(mu)
    pairs = np.sqrt(mu * mu.T / np.outer(own, own)) * np.exp(-effect * rta)
    seen = (pairs > 0) & ~np.eye(len(codes), dtype=bool)
    now = table.filter(pl.col("year") == 1994)
    ties = {name: matrix(now, name, codes) for name in ("lndist", "cntg", "lang", "clny")}
    i, j = np.nonzero(seen)
    names = np.array(codes)
    cross = pl.DataFrame(
        {"g": pairs[i, j], "exporter": names[i], "importer": names[j], **{k: v[i, j] for k, v in ties.items()}}
    )
    shape = fit_ppml(cross, "g ~ lndist + cntg + lang + clny | exporter + importer")
    tied = np.exp(sum(shape.coef[name] * value for name, value in ties.items()))
    guess = fitted(tied * seen, pairs * seen, everywhere=tied)
    pairs = np.where(seen | np.eye(len(codes), dtype=bool), pairs, guess)
    return fit, pairs * np.exp(effect * rta)


def matrix(table: Any, name: str, codes: list[str]) -> np.ndarray:
    """A column of one year as (n, n), origin before destination; every cell must have its row."""
    place = {code: k for k, code in enumerate(codes)}
    out = np.full((len(codes), len(codes)), np.nan)
    rows, columns = ([place[code] for code in table[side]] for side in ("exporter", "importer"))
    out[rows, columns] = table[name].to_numpy()
    if np.isnan(out).any():
        raise UnreadableFile(f"{int(np.isnan(out).sum())} cells of '{name}' have no value in the published panel.")
    return out


def fitted(costs: np.ndarray, flows: np.ndarray, *, everywhere: np.ndarray | None = None) -> np.ndarray:
    """The gravity flows with these costs and the observed output and expenditure.

    With ``everywhere`` the same exporter and importer terms are applied to those costs instead.
    """
    from detente.equilibrium.extensions.published_recipe import proportional_fit

    a, g = proportional_fit(costs, flows.sum(axis=1), flows.sum(axis=0))
    return a[:, None] * (costs if everywhere is None else everywhere) * g


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
    return replication(
        "caliendo-parro", source, targets, results, economies=len(economy), published=len(CALIENDO_PARRO)
    )


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
