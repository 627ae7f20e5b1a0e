"""Score the forecasts of people out of sample, and write the score cards and the tables of docs/people.md.

    python benchmarks/people.py            # print
    python benchmarks/people.py --write    # and write src/detente/outlook/people/scores.csv and the tables of docs/people.md
    python benchmarks/people.py --write --elasticities    # and elasticities.csv

Rolling: each year from 2005 (2004 for the alarm) is forecast from what was known by its end, and scored on what came.
CRPS and errors are of log(persons + 50) for the protected (+ 10 for moves); baseline: the last value with the errors
that it made before, pooled. Alarm: against the frequency by land border and conflict; intervals 90%, 1,000 resamples by
corridor. Missing counts: cells of 1,000 and more persons masked and predicted from everybody else's of the same year.
"without waves": surges of an origin in five and more destinations at once left out of learning and scoring.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from score_files import ROOT, write_cards, write_tables

from detente.outlook.people.alarm import Corridors, corridors, fit_surge
from detente.outlook.people.definitions import changed_steps
from detente.outlook.people.displaced import HORIZONS, MEMORY, TAU, Counts, fit_displaced, percentile_crps
from detente.outlook.people.elasticities import estimate_elasticities, without
from detente.outlook.people.missing_cells import drawn_quantiles, scored_cells, shrunk
from detente.outlook.people.moves import LEAST as LEAST_MOVES
from detente.outlook.people.moves import OFFSET, YEARS, past_errors
from detente.outlook.people.score_cards import ALL, LARGE
from detente.outlook.score_card import ScoreCard
from detente.panel import Panel, people

HOME = ROOT / "src/detente/outlook/people"
FIRST, FIRST_ALARM = 2005, 2004
FIFTY_THOUSAND = 50_000.0
WAVE = 5
MASKED = {"foreign_born": (2010, 2015, 2020), "movers": (2005, 2010, 2015), "protected": tuple(range(2009, 2024, 2))}
"""Years whose cells are masked, by population."""
CELLS = 1500
BASELINE = "the last value with its past errors"
FAILS = {
    "displaced": "Missed: first surges. From the end of 2017 it gave Venezuelans in Colombia a fifteenth of what came; "
    "part of that step is a change of category.",
    "moved": "Six periods in all: the interval itself is uncertain by seven points either way.",
    "nowcast": "Missed: what came to this corridor alone.",
    "surge": "Missed: surges without a forerunner, as Ukraine 2022; they have become more frequent than the odds say.",
}


def displaced_rows(counts: Counts, horizon: int) -> np.ndarray:
    """A row a pair and year, columns: absolute error and CRPS of the forecast, the same of the baseline, whether inside
    the 80%, pair, persons."""
    parts = []
    for t in range(counts.years.index(FIRST), len(counts.years) - horizon):
        model = fit_displaced(counts, horizon, t)
        there = counts.comparable(t, horizon)
        level, outcome = counts.log[t][there], counts.log[t + horizon][there]
        q = model.quantiles(level, counts.growth(t)[there], counts.volatility(t)[there])
        past = np.concatenate([(counts.log[s + horizon] - counts.log[s])[counts.comparable(s, horizon)]
                               for s in range(MEMORY, t - horizon + 1)])  # fmt: skip
        naive = level[:, None] + np.quantile(past, TAU)
        parts.append(np.column_stack([scores(q, outcome), scores(naive, outcome)[:, :2], inside(q, outcome),
                                      np.flatnonzero(there), counts.persons[t][there]]))  # fmt: skip
    return np.concatenate(parts)


def scores(quantiles: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Absolute error of the median and CRPS, (n, 2)."""
    return np.column_stack([np.abs(outcome - quantiles[:, 49]), percentile_crps(quantiles, outcome)])


def inside(quantiles: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Whether the outcome lies in the 80% interval, (n,)."""
    return (outcome >= quantiles[:, 9]) & (outcome <= quantiles[:, 89])


def range_card(target: str, group: str, years: int, rows: np.ndarray) -> ScoreCard:
    """The card of rows as :func:`displaced_rows` gives them."""
    mae, score, naive_mae, naive, held = rows[:, :5].mean(axis=0)
    _, pair = np.unique(rows[:, 5], return_inverse=True)
    a, b = np.bincount(pair, rows[:, 1]), np.bincount(pair, rows[:, 3])
    w = np.random.default_rng(1).poisson(1.0, (1000, len(a)))
    low, high = np.quantile(100 * (1 - (w @ a) / (w @ b)), (0.05, 0.95))
    return ScoreCard(target, group, "rolling", 12 * years, len(rows), 0, BASELINE, "CRPS", 100 * (1 - score / naive), low,
                     high, mae=mae, baseline_mae=naive_mae, crps=score, coverage_80=held, fails=FAILS[target])  # fmt: skip


def displaced_cards(panel: Panel) -> list[ScoreCard]:
    cards, counts = [], Counts.of(panel)
    for horizon in HORIZONS:
        rows = displaced_rows(counts, horizon)
        cards.append(range_card("displaced", ALL, horizon, rows))
        cards.append(range_card("displaced", LARGE, horizon, rows[rows[:, 6] >= FIFTY_THOUSAND]))
    return cards


def moved_card(panel: Panel) -> ScoreCard:
    flows, parts = np.nan_to_num(panel.flows), []
    for t in range(2, len(panel.years) - 1):
        there = flows[t] >= LEAST_MOVES
        level, outcome = (np.log(flows[s][there] + OFFSET) for s in (t, t + 1))
        spread = np.quantile(past_errors(panel, t), TAU)
        spread[49] = 0.0
        q = level[:, None] + spread
        both = scores(q, outcome)
        parts.append(np.column_stack([both, both, inside(q, outcome), np.flatnonzero(there), flows[t][there]]))
    return range_card("moved", ALL, YEARS, np.concatenate(parts))


def masked_cells(population: str, panel: Panel) -> Iterator[tuple[int, int, np.ndarray, np.ndarray, np.ndarray]]:
    """(year, its position, cells [n, 2], log persons then and the time before [n]), changes of definition left out."""
    changed = changed_steps(panel)
    for year in MASKED[population]:
        t = panel.year_index(year)
        cells = scored_cells(panel, t, CELLS, seed=year)
        cells = cells[~changed[t, cells[:, 0], cells[:, 1]]]
        actual, last = (np.log(panel.flows[s, cells[:, 0], cells[:, 1]]) for s in (t, t - 1))
        yield year, t, cells, actual, last


def nowcast_card_of(population: str) -> ScoreCard:
    """Of cells masked in turn: the errors of one half of a year's are the interval of the other half's."""
    panel, parts = people(population), []
    for year, t, cells, actual, last in masked_cells(population, panel):
        ours = np.log(shrunk(panel, t, cells))
        known = np.isfinite(ours)
        cells, actual, last, ours = cells[known], actual[known], last[known], ours[known]
        half = np.random.default_rng(year).permutation(len(cells)) % 2 == 0
        for here in (half, ~half):
            errors, naive = ((actual - guess)[~here] for guess in (ours, last))
            ranges = (errors, np.concatenate([naive, -naive]))
            q, base = (guess[here, None] + np.quantile(e, TAU) for guess, e in zip((ours, last), ranges))
            plain = [np.abs(actual - guess)[here] for guess in (ours + np.median(errors), last)]
            parts.append(np.column_stack([
                plain[0], percentile_crps(q, actual[here]), plain[1], percentile_crps(base, actual[here]),
                inside(q, actual[here]), cells[here, 0] * 1000 + cells[here, 1],
            ]))  # fmt: skip
    card = range_card("nowcast", population, 0, np.concatenate(parts))
    return replace(card, test="masked cells", baseline="the last value, its errors both ways")


def auc(p: np.ndarray, y: np.ndarray) -> float:
    order = p.argsort(kind="stable").argsort(kind="stable") + 1.0
    for value in np.unique(p[y > 0]):
        order[p == value] = order[p == value].mean()
    hits = y.sum()
    return (order[y > 0].sum() - hits * (hits + 1) / 2) / (hits * (len(y) - hits))


def alarm_rolling(rows: Corridors) -> tuple[np.ndarray, np.ndarray, Corridors]:
    """Probability and base rate of every corridor scored, and the corridors."""
    p, base, kept = [], [], []
    for year in range(FIRST_ALARM, int(rows.year.max()) + 1):
        now = rows.where((rows.year == year) & np.isfinite(rows.surged))
        if not len(now.year):
            continue
        model = fit_surge(rows, year)
        p.append(model.probability(now.features))
        base.append(model.base[now.stratum])
        kept.append(now)
    joined = Corridors(*(np.concatenate([getattr(r, name) for r in kept]) for name in Corridors.__slots__))
    return np.concatenate(p), np.concatenate(base), joined


def alarm_card(panel: Panel) -> ScoreCard:
    rows = corridors(panel)
    p, base, scored = alarm_rolling(rows)
    y = scored.surged
    mine, naive = (-np.log(np.where(y > 0, q, 1 - q)) for q in (p, base))
    _, pair = np.unique(scored.origin * 1000 + scored.destination, return_inverse=True)
    a, b = np.bincount(pair, mine), np.bincount(pair, naive)
    w = np.random.default_rng(1).poisson(1.0, (1000, len(a)))
    low, high = np.quantile(100 * (1 - (w @ a) / (w @ b)), (0.05, 0.95))
    many = Counter(zip(rows.origin[rows.surged == 1], rows.year[rows.surged == 1]))
    wave = np.array([s == 1 and many[o, t] >= WAVE for o, t, s in zip(rows.origin, rows.year, rows.surged)])
    q, calm_base, calm = alarm_rolling(rows.where(~wave))
    losses = [(-np.log(np.where(calm.surged > 0, v, 1 - v))).sum() for v in (q, calm_base)]
    return ScoreCard(
        "surge", ALL, "rolling", 24, len(y), int(y.sum()), "the frequency by land border and conflict", "log score",
        100 * (1 - mine.sum() / naive.sum()), low, high, 100 * (1 - losses[0] / losses[1]), auc(p, y),
        1 - ((p - y) ** 2).sum() / ((base - y) ** 2).sum(), p.sum() / y.sum(), fails=FAILS["surge"],
    )  # fmt: skip


def tables(cards: list[ScoreCard], alarm: ScoreCard) -> str:
    lines = ["| what | pairs | years ahead | cases | MAE (last value) | CRPS (last value) | gain, % | 80% held, % |",
             "|---|---|--:|--:|--:|--:|--:|--:|"]  # fmt: skip
    lines += [f"| {c.target} | {c.group} | {c.months // 12} | {c.n_cases:,} | {c.mae:.3f} ({c.baseline_mae:.3f}) | "
              f"{c.crps:.3f} ({c.crps / (1 - c.skill_pct / 100):.3f}) | {c.skill_pct:+.1f} [{c.low:+.1f}, {c.high:+.1f}] | "
              f"{100 * c.coverage_80:.0f} |" for c in cards]  # fmt: skip
    lines += ["", "| alarm | cases | surges | log score, % | without waves, % | AUC | expected/observed |",
              "|---|--:|--:|--:|--:|--:|--:|",
              f"| {alarm.target}, 24 months | {alarm.n_cases:,} | {alarm.n_events} | {alarm.skill_pct:+.1f} "
              f"[{alarm.low:+.1f}, {alarm.high:+.1f}] | {alarm.without_waves_pct:+.1f} | {alarm.auc:.2f} | "
              f"{alarm.expected_over_observed:.2f} |"]  # fmt: skip
    return "\n".join(lines)


def elasticity_rows() -> list[dict[str, object]]:
    """Every specification; those that leave one origin out for each origin of the panel of moves."""
    rows = []
    for k, origin in enumerate(people("movers").economies):
        for e in estimate_elasticities(origin) if k == 0 else (without(origin),):
            own = origin if e.variant == "without the origin" else ""
            rows.append({"origin": own, "outcome": e.outcome, "variant": e.variant,
                         "elasticity": f"{e.elasticity:.5f}", "se": f"{e.se:.5f}", "n": e.n})  # fmt: skip
    return sorted(rows, key=lambda row: bool(row["origin"]))


def error_rows() -> list[dict[str, object]]:
    """Percentiles of the errors on masked cells of moves, every year that can be asked for."""
    rows = []
    for year in people("movers").years[1:]:
        (low, middle, high), n = drawn_quantiles("movers", year)
        rows.append({"population": "movers", "year": year, "p10": f"{low:.5f}", "p50": f"{middle:.5f}",
                     "p90": f"{high:.5f}", "n": n})  # fmt: skip
    return rows


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--elasticities", action="store_true", help="estimate them too (a minute)")
    given = parser.parse_args()
    protected = people("protected")
    cards, alarm = [*displaced_cards(protected), moved_card(people("movers"))], alarm_card(protected)
    filled = [nowcast_card_of(population) for population in MASKED]
    text = tables([*cards, *filled], alarm)
    print(text)
    if not given.write:
        return
    every = [*cards, alarm, *filled]
    write_cards(every, {card.target for card in every}, HOME / "scores.csv")
    write_tables(ROOT / "docs/people.md", {"scores": text})
    write_rows(HOME / "nowcast_errors.csv", error_rows())
    if given.elasticities:
        write_rows(HOME / "elasticities.csv", elasticity_rows())


if __name__ == "__main__":
    main()
