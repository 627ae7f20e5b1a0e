"""Learn and score the ranges of trade by quarter and month on the monthly customs data of the United States.

    python benchmarks/seasons.py country.xlsx            # print
    python benchmarks/seasons.py country.xlsx --write    # and write src/detente/outlook/trade/seasons.csv and
                                                         # season_scores.csv, and the table of docs/outlook.md

``country.xlsx`` is the Census Bureau's table of goods trade with every country by month since 1985, a work of the United
States government (https://www.census.gov/foreign-trade/balance/country.xlsx); the figures are of the copy of April 2023.
Learnt on outcomes to the end of 2012, scored on those of 2013 to 2022, the same with each region of partners left out of
learning. Baseline: the same season's last value; as a range, with its own errors, both signs alike. CRPS of the log flow of
pairs that traded; intervals 90%, 1,000 resamples by pair.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from score_files import ROOT, write_tables

from detente.blocs import blocs
from detente.data.tables.any_file import read_file
from detente.economies import lookup
from detente.errors import DetenteError
from detente.outlook.score_card import ScoreCard
from detente.outlook.trade.seasons import (
    GROUP,
    LEARNT_UNTIL,
    REACH,
    STEPS,
    SeasonSpread,
    SeasonTerms,
    season_terms,
)
from detente.outlook.trade.trade_forecast import LEVELS

FIRST, LAST = 1985, 2022
HELD = 2005  # from here to the end of learning the width is checked
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
REGIONS = ("AFRICA", "LATIN_AMERICA", "NORTHERN_AMERICA", "ASIA", "EUROPE", "OCEANIA")
PARTS = 10
TODAY = date(LAST, 12, 31)
TAU = (np.arange(39) + 0.5) / 39
WEIGHTS = np.arange(0, 1.01, 0.05)
HOME = ROOT / "src/detente/outlook/trade"
FAILS = "A break or a return that nobody has announced is not foreseen."
"""Every flow scored has the United States at one end, which no test can leave out."""


def flows(path: Path) -> tuple[np.ndarray, list[str]]:
    """Million US$ (T, D) by month, imports and exports of each partner, and the partner's code a column."""
    table = read_file(path).filter(pl.col("year").cast(pl.Int64).is_between(FIRST, LAST))
    columns: dict[tuple[str, str], np.ndarray] = {}
    for row in table.iter_rows(named=True):
        if str(row["CTY_CODE"]).zfill(4).startswith("0"):
            continue  # the world, continents, agreements
        try:
            code = lookup(str(row["CTYNAME"]))
        except DetenteError:
            continue
        for side in "IE":
            column = columns.setdefault((code, side), np.full((LAST - FIRST + 1) * 12, np.nan))
            start = 12 * (int(row["year"]) - FIRST)
            column[start : start + 12] = np.fmax(column[start : start + 12], [float(row[side + m]) for m in MONTHS])
    return np.array(list(columns.values())).T, [code for code, _ in columns]


class Learnt:
    """One horizon's weight and errors, from outcomes up to a position."""

    def __init__(self, y: np.ndarray, season: int, ahead: int, until: int) -> None:
        terms = [(season_terms(y, season, t, ahead), y[t + ahead]) for t in range(2 * season - 1, until - ahead + 1)]
        last, level, unrest = (np.concatenate([getattr(x, n) for x, _ in terms]) for n in SeasonTerms.__slots__)
        came = np.concatenate([c for _, c in terms])
        known = np.isfinite(last) & np.isfinite(level) & np.isfinite(unrest) & np.isfinite(came)
        last, level, unrest, came = last[known], level[known], unrest[known], came[known]
        off = [np.abs(came - (1 - w) * last - w * level).mean() for w in WEIGHTS]
        self.weight, self.n = float(WEIGHTS[int(np.argmin(off))]), len(came)
        error = came - (1 - self.weight) * last - self.weight * level
        self.edges = np.quantile(unrest, np.arange(1, PARTS) / PARTS)
        part = np.digitize(unrest, self.edges)
        self.errors = [np.sort(error[part == k]) for k in range(PARTS)]
        naive = np.abs(came - last)
        self.naive = np.quantile(np.concatenate([naive, -naive]), TAU)

    def spread(self, wider: float, levels: np.ndarray) -> SeasonSpread:
        rows = []
        for errors in self.errors:
            middle = np.median(errors)
            rows.append(middle + wider * (np.quantile(errors, levels) - middle))
        return SeasonSpread(self.weight, self.edges, np.array(rows), self.n)


def outcomes(
    y: np.ndarray, season: int, ahead: int, first: int, last: int
) -> Iterator[tuple[SeasonTerms, np.ndarray, np.ndarray]]:
    """Terms, what came, and which columns, at every origin whose outcome lies from ``first`` to before ``last``."""
    for t in range(max(first - ahead, 2 * season - 1), last - ahead):
        terms, came = season_terms(y, season, t, ahead), y[t + ahead]
        known = np.flatnonzero(np.isfinite(terms.last + terms.level + terms.unrest + came))
        yield SeasonTerms(terms.last[known], terms.level[known], terms.unrest[known]), came[known], known


def width(y: np.ndarray, season: int, ahead: int) -> float:
    """By how much ranges learnt to 2004 have to be widened to hold 80% of the outcomes of 2005 to 2012."""
    learnt = Learnt(y, season, ahead, (HELD - FIRST) * season - 1)
    seen = list(outcomes(y, season, ahead, (HELD - FIRST) * season, (LEARNT_UNTIL + 1 - FIRST) * season))
    for wider in np.arange(1.0, 2.0, 0.05):
        spread = learnt.spread(float(wider), np.array([0.1, 0.9]))
        inside = np.concatenate([(q[:, 0] <= c) & (c <= q[:, 1]) for x, c, _ in seen for q in [spread.quantiles(x)]])
        if inside.mean() >= 0.8:
            return float(wider)
    return 2.0


def loss(quantiles: np.ndarray, came: np.ndarray) -> np.ndarray:
    """Twice the mean quantile loss, which is the CRPS as their number grows (Gneiting & Ranjan 2011)."""
    gap = came[:, None] - quantiles
    return 2 * np.maximum(TAU * gap, (TAU - 1) * gap).mean(1)


def scored(y: np.ndarray, season: int, ahead: int, keep: np.ndarray, wider: float) -> np.ndarray:
    """Rows (column, CRPS, error, naive CRPS, naive error, inside) of 2013 to 2022, learnt on columns other than ``keep``."""
    learnt = Learnt(y[:, ~keep] if not keep.all() else y, season, ahead, (LEARNT_UNTIL + 1 - FIRST) * season - 1)
    fine, ends = learnt.spread(wider, TAU), learnt.spread(wider, np.array([0.1, 0.9]))
    found = []
    for terms, came, at in outcomes(y[:, keep], season, ahead, (LEARNT_UNTIL + 1 - FIRST) * season, len(y)):
        q, e = fine.quantiles(terms), ends.quantiles(terms)
        naive = came - terms.last
        found.append(np.column_stack([
            np.flatnonzero(keep)[at], loss(q, came), np.abs(q[:, 19] - came),
            loss(terms.last[:, None] + learnt.naive, came), np.abs(naive), (e[:, 0] <= came) & (came <= e[:, 1]),
        ]))  # fmt: skip
    return np.concatenate(found)


def card(rows: np.ndarray, period: str, ahead: int, test: str) -> ScoreCard:
    _, at = np.unique(rows[:, 0] // 2, return_inverse=True)  # both directions of a partner are one cluster
    a, b = np.bincount(at, rows[:, 1]), np.bincount(at, rows[:, 3])
    drawn = np.random.default_rng(1).poisson(1.0, (1000, len(a)))
    low, high = np.quantile(100 * (1 - (drawn @ a) / (drawn @ b)), (0.05, 0.95))
    return ScoreCard(
        "trade", GROUP.format(period=period), test, ahead * 12 // STEPS[period], len(rows), len(rows),
        "the same season's last value", "CRPS", float(100 * (1 - a.sum() / b.sum())), float(low), float(high),
        mae=float(rows[:, 2].mean()), baseline_mae=float(rows[:, 4].mean()), crps=float(rows[:, 1].mean()),
        coverage_80=float(rows[:, 5].mean()), fails=FAILS,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    monthly, codes = flows(given.file)
    region = np.array([next((r for r in REGIONS if code in blocs()[r].members(TODAY)), "") for code in codes])
    print(f"{monthly.shape[1]} flows, {len(set(codes))} partners")
    table, cards = [], []
    for period, season in STEPS.items():
        x = monthly if season == 12 else monthly.reshape(-1, 3, monthly.shape[1]).sum(1)
        y = np.log(np.where(x > 0, x, np.nan))
        everyone = np.ones(y.shape[1], dtype=bool)
        for ahead in range(1, REACH[period] + 1):
            wider = width(y, season, ahead)
            cards.append(card(scored(y, season, ahead, everyone, wider), period, ahead, "later years"))
            out = np.concatenate([scored(y, season, ahead, region == r, wider) for r in REGIONS])
            cards.append(card(out, period, ahead, "later years, region out"))
            print(
                cards[-2].group,
                ahead,
                cards[-2].sentence(),
                f"width {wider:.2f}",
                cards[-1].skill_pct,
                cards[-1].coverage_80,
            )
            learnt = Learnt(y, season, ahead, (LEARNT_UNTIL + 1 - FIRST) * season - 1)
            spread = learnt.spread(wider, np.array(LEVELS))
            for k in range(PARTS):
                until = f"{spread.edges[k]:.4g}" if k < PARTS - 1 else "inf"
                table.append(
                    [period, ahead, f"{spread.weight:.2f}", spread.n, until, *(f"{v:.4g}" for v in spread.levels[k])]
                )
    if given.write:
        write(table, cards)


def write(table: list[list[object]], cards: list[ScoreCard]) -> None:
    with (HOME / "seasons.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            ["period", "ahead", "weight", "n", "until_unrest", *(f"p{round(100 * level)}" for level in LEVELS)]
        )
        out.writerows(table)
    with (HOME / "season_scores.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        names = list(ScoreCard.__dataclass_fields__)
        out.writerow(names)
        for one in cards:
            cells = [getattr(one, name) for name in names]
            out.writerow([round(v, 4) if isinstance(v, float) else "" if v is None else v for v in cells])
    write_tables(ROOT / "docs/outlook.md", {"seasons": markdown(cards)})


def markdown(cards: list[ScoreCard]) -> str:
    shown = [c for c in cards if c.months in (3, 6, 12, 24, 36) or (c.months == 1 and "month" in c.group)]
    head = ("| by | test | months ahead | cases | CRPS | gain on the same season's last value, % | MAE | of it | in the 80% range |\n"
            "|---|---|--:|--:|--:|--:|--:|--:|--:|")  # fmt: skip
    rows = [
        f"| {c.group.rpartition(' ')[2]} | {c.test} | {c.months} | {c.n_cases:,} | {c.crps:.3f} | "
        f"{c.skill_pct:.0f} [{c.low:.0f}, {c.high:.0f}] | {c.mae:.3f} | {c.baseline_mae:.3f} | {c.coverage_80:.0%} |"
        for c in shown
    ]
    return "\n".join([head, *rows])


if __name__ == "__main__":
    main()
