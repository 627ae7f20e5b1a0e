"""Score the ranges of trade after a reopening, after a rupture and without an event on cases that they had not seen.

    python benchmarks/trade_outlook.py            # print
    python benchmarks/trade_outlook.py --write    # and write the cards of trade in src/detente/outlook/scores.csv
                                                  # and the tables of docs/outlook.md

After a reopening and after a rupture: every region of the library is forecast from the others. Without an event:
every dyad of the shipped panel at each year 2010-2018, from the changes whose outcome was known by then. Baseline:
the last value; as a range, with the changes of the cases learnt from, both signs alike. CRPS of the log flow of
pairs that still trade; intervals 90%, 1,000 resamples by pair of economies.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from score_files import ROOT, write_cards, write_tables

import detente as dt
from detente.attribution.library.catalogue import cases
from detente.attribution.library.expected_paths import ObservedOutcome, outcomes
from detente.attribution.library.paths import shipped_points
from detente.attribution.library.prediction import predict
from detente.attribution.library.regions import pair_of
from detente.attribution.residuals import residuals
from detente.attribution.sample import Sample
from detente.outlook.score_card import ScoreCard
from detente.outlook.trade.forecasting import MANY
from detente.outlook.trade.growth import HORIZONS, ORIGINS, SMALLEST, Reopened, learn_growth, reopenings
from detente.outlook.trade.trade_forecast import NO_EVENT, REOPENED, RUPTURED, SCOPED, UNTOLD
from detente.outlook.trade.walk import PARTS, FlowHistory

ROLLING = range(2010, 2019)
TENTHS = np.arange(1, PARTS[0]) / PARTS[0]
REOPENING_READ_LATER = frozenset(
    ("CHN-FRA-2008", "CHN-KOR-2017", "COL-VEN-2015", "FRA-CHN-2008", "ISR-TUR-2010", "KOR-CHN-2017", "TUR-ISR-2010",
     "VEN-COL-2015")
)  # fmt: skip
"""Reopenings that were added to the library's first list."""
FIRST_LIST_UNTIL = 2020
FAILS = {
    REOPENED: "A flow that was zero before it reopened has no growth: refused.",
    UNTOLD: "Ruptures that are a quarrel only, which the closures among the cases make look graver; give the instrument.",
    RUPTURED: "What no instrument of the library resembles; the range is wide.",
    SCOPED: "What no instrument of the library resembles; the range is wide.",
    NO_EVENT: "A break or a return that nobody has announced is not foreseen.",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """Errors of a forecast and of the last value, a case each."""

    pair: np.ndarray
    error: np.ndarray
    crps: np.ndarray
    naive_error: np.ndarray
    naive_crps: np.ndarray
    inside: np.ndarray

    def card(self, group: str, test: str, horizon: int) -> ScoreCard:
        _, at = np.unique(self.pair, return_inverse=True)
        size = at.max() + 1
        a, b = np.bincount(at, self.crps, size), np.bincount(at, self.naive_crps, size)
        drawn = np.random.default_rng(1).poisson(1.0, (1000, size))
        low, high = np.quantile(100 * (1 - (drawn @ a) / (drawn @ b)), (0.05, 0.95))
        return ScoreCard(
            "trade", group, test, 12 * horizon, len(at), len(at), "the last value", "CRPS",
            float(100 * (1 - a.sum() / b.sum())), float(low), float(high), mae=float(self.error.mean()),
            baseline_mae=float(self.naive_error.mean()), crps=float(self.crps.mean()),
            coverage_80=float(self.inside.mean()), fails=FAILS.get(group, ""),
        )  # fmt: skip


def crps(sample: np.ndarray, outcome: float) -> float:
    """Of equally likely values (Gneiting & Raftery 2007, equation 21)."""
    ordered = np.sort(sample)
    n = len(ordered)
    spread = 2 * (ordered * (2 * np.arange(1, n + 1) - n - 1)).sum() / n**2
    return float(np.abs(ordered - outcome).mean() - spread / 2)


def rows_scored(rows: Iterable[tuple[str, np.ndarray, np.ndarray, float]]) -> Scored:
    """From pair, forecast sample of the change, sample of the naive range and outcome."""
    kept = list(rows)
    inside = [np.quantile(s, 0.1) <= y <= np.quantile(s, 0.9) for _, s, _, y in kept]
    return Scored(
        np.array([p for p, *_ in kept]),
        np.array([abs(np.median(s) - y) for _, s, _, y in kept]),
        np.array([crps(s, y) for _, s, _, y in kept]),
        np.array([abs(y) for *_, y in kept]),
        np.array([crps(naive, y) for _, _, naive, y in kept]),
        np.array(inside),
    )


def both_signs(changes: np.ndarray) -> np.ndarray:
    return np.concatenate([changes, -changes])


def after_reopenings(since: int, horizon: int, among: tuple[Reopened, ...]) -> Scored:
    rows = [r for r in among if (r.since, r.horizon) == (since, horizon)]
    learnt = {
        region: learn_growth(since, horizon, keep=lambda r, out=region: r in rows and r.region != out)
        for region in {r.region for r in rows}
    }
    return rows_scored(
        (r.pair, learnt[r.region].sample(r.gap), both_signs(np.array([x.growth for x in rows if x.region != r.region])),
         r.growth)
        for r in rows
    )  # fmt: skip


def after_ruptures(horizon: int, method: str = RUPTURED, *, out: str = "pairs out") -> Scored:
    """From the year before the rupture; recorded zeros count as half of the smallest unit, in forecast and outcome."""
    paths = {(p.case_id, p.since): p for p in shipped_points()}
    found = {c.case_id: c for c in cases()}
    apart = pair_of if out == "pairs out" else (lambda o: o.region)
    known = [o for o in outcomes() if o.kind == "rupture"]
    rows: list[tuple[ObservedOutcome, float]] = []
    for o in known:
        case, before, after = found[o.case_id], paths.get((o.case_id, -1)), paths.get((o.case_id, horizon))
        if o.horizon != horizon or before is None or after is None or not before.actual:
            continue
        smallest = SMALLEST[case.panel]
        if before.actual > smallest:
            rows.append((o, float(np.log(max(after.actual or 0.0, smallest / 2) / before.actual))))

    def one(o: ObservedOutcome, change: float) -> tuple[str, np.ndarray, np.ndarray, float]:
        others = [x for x in known if apart(x) != apart(o)]
        if method == UNTOLD:
            guess = predict(o.instrument, "rupture", horizon, learn_from=others, pooled=True)
        else:
            region = o.region if out == "pairs out" else None
            guess = predict(o.instrument, "rupture", horizon, before=o.before, learn_from=others, region=region,
                            scope=(o.scope or None) if method == SCOPED else None, flow=o.flow)  # fmt: skip
        naive = np.array([y for x, y in rows if apart(x) != apart(o)])
        return pair_of(o), np.asarray(guess.quantile(MANY)) - o.before, both_signs(naive), change

    return rows_scored(one(o, change) for o, change in rows)


def without_event(horizon: int) -> Scored:
    """Every dyad of the panel: quantiles of its tenth of size and unrest, learnt on outcomes known by then."""
    panel = dt.world()
    standing = FlowHistory.of(panel.flows, panel.years)
    place = {y: t for t, y in enumerate(panel.years)}
    n = len(panel.economies)
    pair = (np.minimum.outer(np.arange(n), np.arange(n)) * n + np.maximum.outer(np.arange(n), np.arange(n))).ravel()
    parts = []
    for year in ROLLING:
        past = [y for y in panel.years if y > panel.years[0] and y + horizon <= year and y + horizon in place]
        learnt = [_stood(standing, place, y, horizon) for y in past]
        size, unrest, change, _ = (np.concatenate(x) for x in zip(*learnt))
        now_size, now_unrest, outcome, kept = _stood(standing, place, year, horizon)
        edges = np.quantile(size, TENTHS), np.quantile(unrest, TENTHS)
        of, own = (
            (10 * np.digitize(s, edges[0]) + np.digitize(u, edges[1]))
            for s, u in ((size, unrest), (now_size, now_unrest))
        )
        levels = (np.arange(39) + 0.5) / 39
        table = np.full((100, 39), np.nan)
        for k in np.unique(of):
            if (of == k).sum() >= 100:
                table[k] = np.quantile(change[of == k], levels)
        told = np.isfinite(table[own, 0])
        naive = np.quantile(both_signs(change), levels)
        ranges, y = table[own[told]], outcome[told]
        low, high = (_at(ranges, levels, q) for q in (0.1, 0.9))
        parts.append((pair[kept][told], np.abs(ranges[:, 19] - y), _crps_of_quantiles(ranges, levels, y), np.abs(y),
                      _crps_of_quantiles(naive[None], levels, y), (low <= y) & (y <= high)))  # fmt: skip
    return Scored(*(np.concatenate(x) for x in zip(*parts)))


def _stood(standing: FlowHistory, place: dict[int, int], year: int, horizon: int) -> tuple[np.ndarray, ...]:
    t, s = place[year], place[year + horizon]
    size, unrest, change = (
        standing.size[t].ravel(),
        standing.unrest[t].ravel(),
        (standing.size[s] - standing.size[t]).ravel(),
    )
    kept = np.flatnonzero(np.isfinite(size) & np.isfinite(unrest) & np.isfinite(change))
    return size[kept], unrest[kept], change[kept], kept


def _crps_of_quantiles(quantiles: np.ndarray, levels: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Twice the mean quantile loss (Gneiting & Ranjan 2011)."""
    error = y[:, None] - quantiles
    return 2 * np.maximum(levels * error, (levels - 1) * error).mean(1)


def _at(ranges: np.ndarray, levels: np.ndarray, level: float) -> np.ndarray:
    k = int(np.searchsorted(levels, level))
    share = (level - levels[k - 1]) / (levels[k] - levels[k - 1])
    return ranges[:, k - 1] + share * (ranges[:, k] - ranges[:, k - 1])


def first_list() -> tuple[Reopened, ...]:
    """The reopenings of the library's first list, as far as its panel reached."""
    return tuple(r for r in reopenings() if r.case_id not in REOPENING_READ_LATER and r.year <= FIRST_LIST_UNTIL)


def cards() -> list[ScoreCard]:
    found = [after_reopenings(-1, h, reopenings()).card(REOPENED, "region out", h) for h in HORIZONS]
    found += [after_ruptures(h, of).card(of, "pairs out", h) for of in (RUPTURED, SCOPED, UNTOLD) for h in HORIZONS]
    return found + [without_event(h).card(NO_EVENT, "rolling", h) for h in HORIZONS]


def card_table(found: list[ScoreCard]) -> str:
    lines = [
        "| what is known | test | years | cases | CRPS | gain on the last value, % | MAE | of the last value | in the 80% range |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {c.group} | {c.test} | {c.months // 12} | {c.n_cases:,} | {c.crps:.3f} | {c.skill_pct:.0f} [{c.low:.0f}, "
        f"{c.high:.0f}] | {c.mae:.3f} | {c.baseline_mae:.3f} | {c.coverage_80:.0%} |"
        for c in found
    ]
    return "\n".join(lines)


def pace_table() -> str:
    """How much of the gap closes in a year, from the year before, the year of, and later years of a reopening."""
    lines = ["| known up to | full years on | intercept | slope on the gap | cases |", "|---|--:|--:|--:|--:|"]
    for since in ORIGINS:
        for h in HORIZONS:
            g = learn_growth(since, h)
            when = "the year before" if since < 0 else "the year of the reopening"
            lines.append(f"| {when} | {h} | {g.intercept:.2f} | {g.slope:.2f} | {g.n_cases} |")
    return "\n".join(lines)


KNOWN_2021 = {("COL", "VEN"): 331.3, ("VEN", "COL"): 62.7}
"""US$ million, FOB: what the customs of Colombia had published of 2021 by 15 September 2022 (record: 394 in all)."""
KNOWN_GAP = 2020
"""The last year of the world's trade that was published by then."""
OUTCOMES = {2023: 791.0, 2024: 1124.0, 2025: 1170.0}
FIRST_YEAR = 775.0
"""From September 2022 to August 2023."""


def flagship() -> dict[int, np.ndarray]:
    """Trade of Colombia and Venezuela both ways, US$ million, as on 15 September 2022: 999 equally likely values a year.

    The method is fixed by the table above, before any outcome enters: the line in the gap, learnt on reopenings
    outside Latin America whose outcome was known by then. The sum takes both directions to err together.
    """
    panel = dt.world()
    sample = Sample(panel.flows[: panel.years.index(KNOWN_GAP) + 1], panel.economies,
                    panel.years[: panel.years.index(KNOWN_GAP) + 1], panel.name)  # fmt: skip
    i, j = sample.economy("COL"), sample.economy("VEN")
    gaps = residuals(sample.flows, sample.window((2000, 2008)), [(i, j), (j, i)]).log_ratio[-1]
    levels = (np.arange(999) + 0.5) / 999
    found = {}
    for h in HORIZONS:
        growth = learn_growth(-1, h, keep=lambda r: r.region != "Latin America" and r.year < 2022)
        found[2022 + h] = sum(
            amount * np.exp(np.quantile(growth.sample(float(gaps[sample.economy(a), sample.economy(b)])), levels))
            for (a, b), amount in KNOWN_2021.items()
        )
    return found


def flagship_table() -> str:
    """Beside every forecast of the built-in record for the same years, the later made marked as such."""
    ours = flagship()
    lines = [
        "| forecast of both ways together | made | for | US$ million | outcome | log error | CRPS, US$ million |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for year, values in ours.items():
        y, (low, middle, high) = OUTCOMES[year], np.quantile(values, (0.1, 0.5, 0.9))
        lines.append(
            f"| **this method** | as on 2022-09-15 | {year} | {middle:,.0f} [{low:,.0f}, {high:,.0f}] | {y:,.0f} | "
            f"{np.log(middle / y):+.2f} | {crps(values, y):.0f} |"
        )
        lines.append(
            f"| the last value, 394 | as on 2022-09-15 | {year} | 394 | {y:,.0f} | {np.log(394 / y):+.2f} | {y - 394:.0f} |"
        )
    made = dt.open_study("colombia-venezuela").ledger().forecasts
    for row in made.iter_rows(named=True):
        horizon, y = _asked(row)
        if not y:
            continue
        middle = np.mean([float(row[end]) for end in ("low", "high") if row[end]])
        later = " (later)" if row["date"] > "2023-03" else ""
        lines.append(
            f"| {row['forecaster']} ({row['forecast_id']}) | {row['date']}{later} | {horizon} | {middle:,.0f} | {y:,.0f} | "
            f"{np.log(middle / y):+.2f} | {abs(middle - y):.0f} |"
        )
    mean = np.mean([abs(np.log(np.median(v) / OUTCOMES[year])) for year, v in ours.items()])
    return "\n".join([*lines, "", f"Mean absolute log error of this method over the three years: {mean:.2f}."])


def _asked(row: dict[str, object]) -> tuple[str, float]:
    """What a row of the record on total trade from June 2022 on is about, and what came; no outcome for all others."""
    horizon = str(row["horizon"])
    if row["target"] != "trade.total" or str(row["date"]) < "2022-06":
        return horizon, 0.0
    return (horizon, FIRST_YEAR) if horizon == "2022-09/2023-08" else (horizon, OUTCOMES.get(int(horizon[:4]), 0.0))


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--write", action="store_true")
    asked = ask.parse_args()
    found = cards()
    first = [after_reopenings(-1, h, first_list()).card(f"{REOPENED}, first list", "region out", h) for h in HORIZONS]
    tables = {"trade": card_table([*first, *found]), "pace": pace_table(), "flagship": flagship_table()}
    print("\n\n".join(tables.values()))
    if asked.write:
        write_cards(found, ("trade",))
        write_tables(ROOT / "docs/outlook.md", tables)


if __name__ == "__main__":
    main()
