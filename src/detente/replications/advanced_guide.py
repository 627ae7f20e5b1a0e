"""NAFTA in the Advanced Guide to Trade Policy Analysis (Yotov, Piermartini, Monteiro and Larch 2016, chapter 2)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.equilibrium import Economy, Shock, solve
from detente.equilibrium.extensions.published_recipe import proportional_fit
from detente.errors import UnreadableFile
from detente.gravity import fit_ppml
from detente.gravity.result import GravityFit
from detente.replications.published_data import find, read_columns
from detente.replications.target import NAFTA, Replication, Target, set_beside

Floats = NDArray[np.float64]


def agtpa_nafta(data: str | Path | None = None) -> Replication:
    """NAFTA in the Advanced Guide: PPML on 69 economies, sigma 7, 1994 baseline from fitted flows."""
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
    return set_beside("agtpa-nafta", source, targets, results, economies=len(codes), published=69)


def agtpa_costs(table: pl.DataFrame, codes: list[str], rta: Floats) -> tuple[GravityFit, Floats]:
    """The fit of the effect of an agreement, and the trade-cost factors of 1994 (n, n), internal trade at one.

    PPML with exporter-year, importer-year and symmetric pair effects, one level for all internal pairs. The
    pair effect of i and j is what is left of ``sqrt(mu_ij mu_ji / (mu_ii mu_jj))`` besides the agreement. Pairs
    that never trade get theirs from a cross-section of those that do on distance and ties.
    """
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


def matrix(table: pl.DataFrame, name: str, codes: list[str]) -> Floats:
    """A column of one year as (n, n), origin before destination; every cell must have its row."""
    place = {code: k for k, code in enumerate(codes)}
    out = np.full((len(codes), len(codes)), np.nan)
    rows, columns = ([place[code] for code in table[side]] for side in ("exporter", "importer"))
    out[rows, columns] = table[name].to_numpy()
    if np.isnan(out).any():
        raise UnreadableFile(f"{int(np.isnan(out).sum())} cells of '{name}' have no value in the published panel.")
    return out


def fitted(costs: Floats, flows: Floats, *, everywhere: Floats | None = None) -> Floats:
    """The gravity flows with these costs and the observed output and expenditure.

    With ``everywhere`` the same exporter and importer terms are applied to those costs instead.
    """
    a, g = proportional_fit(costs, flows.sum(axis=1), flows.sum(axis=0))
    return a[:, None] * (costs if everywhere is None else everywhere) * g
