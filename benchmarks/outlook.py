"""Score the odds of break and return out of sample, and write the score cards and the tables of docs/outlook.md.

    python benchmarks/outlook.py            # print
    python benchmarks/outlook.py --write    # and write src/detente/outlook/scores.csv and the tables of docs/outlook.md

Rolling: learnt on the years before, scored on each first of January 2005-2024. Region out: learnt on pairs outside a
region, scored on pairs within it. Baseline: the frequency of the pair's stratum (land border, subregion, rivalry)
learnt on the same rows. Intervals: 90%, 1,000 resamples by pair, all that one decision did as one case. "Without
waves": breaks that several made by one decision are left out of learning and of scoring.
"""

from __future__ import annotations

import argparse
from datetime import date
from math import exp

import numpy as np
from score_files import ROOT, write_cards, write_tables

from detente.outlook import hazard
from detente.outlook.break_model import (
    LAND,
    RELEVANT,
    SHRINK,
    STRATA,
    BreakModel,
    Group,
    Groups,
    Rows,
    fit_breaks,
    probability,
    rows_before,
)
from detente.outlook.returns import return_rates
from detente.outlook.score_card import ScoreCard
from detente.outlook.states_at_risk import LISTED_UNTIL, known_spells, months_later, regions, relevant_pairs

YEARS = range(2005, 2025)
FAILS = {
    ("break", "land"): "Missed: Russia and Ukraine 2014 (below the base), Benin and Niger 2023.",
    (
        "break",
        "relevant",
    ): "A third of all breaks lie outside these pairs, and half of those within are decisions of blocs.",
    (
        "return",
        "open spells",
    ): "How long a spell has lasted, its kind and politics add nothing that holds out of sample.",
}
CASES = (
    ("COL", "VEN", "2008-01-01"), ("COL", "VEN", "2010-01-01"), ("COL", "VEN", "2015-01-01"),
    ("COL", "VEN", "2019-01-01"), ("COL", "VEN", "2024-01-01"), ("IND", "PAK", "2019-01-01"),
    ("QAT", "SAU", "2017-01-01"), ("DZA", "MAR", "2021-01-01"), ("RUS", "UKR", "2014-01-01"),
    ("RUS", "UKR", "2022-01-01"), ("ISR", "TUR", "2010-01-01"), ("KHM", "THA", "2025-01-01"),
)  # fmt: skip


def stratum_rate(rows: Rows, stratum: np.ndarray) -> np.ndarray:
    """The baseline: how often the stratum broke, shrunk towards the whole."""
    rate = rows.event.mean()
    n = np.bincount(rows.stratum, minlength=STRATA)
    seen = np.bincount(rows.stratum, rows.event, STRATA)
    return ((seen + SHRINK * rate) / (n + SHRINK))[stratum]


def wave_rows(rows: Rows) -> np.ndarray:
    """Rows whose break was a decision of several."""
    return rows.cluster >= len(relevant_pairs().codes)


def log_gain(p: np.ndarray, base: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log loss of forecast and baseline, a row each."""
    return -np.log(np.where(y > 0, p, 1 - p)), -np.log(np.where(y > 0, base, 1 - base))


def scored(p: np.ndarray, base: np.ndarray, standing: np.ndarray, rows: Rows) -> dict[str, float]:
    y = rows.event
    mine, naive = log_gain(p, base, y)
    _, cluster = np.unique(rows.cluster, return_inverse=True)
    size = cluster.max() + 1
    a, b = np.bincount(cluster, mine, size), np.bincount(cluster, naive, size)
    w = np.random.default_rng(1).poisson(1.0, (1000, size))
    low, high = np.quantile(100 * (1 - (w @ a) / (w @ b)), (0.05, 0.95))
    order = standing.argsort(kind="stable").argsort(kind="stable") + 1.0
    for value in np.unique(standing[y > 0]):  # ties share their mean rank
        tied = standing == value
        order[tied] = order[tied].mean()
    hits = y.sum()
    auc = (order[y > 0].sum() - hits * (hits + 1) / 2) / (hits * (len(y) - hits))
    return {
        "n_cases": len(y), "n_events": int(hits), "skill_pct": 100 * (1 - mine.sum() / naive.sum()),
        "low": low, "high": high, "auc": auc,
        "brier_skill": 1 - ((p - y) ** 2).sum() / ((base - y) ** 2).sum(),
        "expected_over_observed": p.sum() / hits,
    }  # fmt: skip


def joined(parts: list[Rows]) -> Rows:
    return Rows(*(np.concatenate([getattr(r, name) for r in parts]) for name in Rows.__slots__))


def rolling(group: Group, months: int, waves: bool) -> dict[str, float]:
    everything = rows_before(LISTED_UNTIL, months, group)
    if not waves:
        everything = everything.where(~wave_rows(everything))
    p, base, standing, parts = [], [], [], []
    for year in YEARS:
        known = np.array([months_later(date(int(y), 1, 1), months) <= date(year, 1, 1) for y in everything.year])
        learn, test = everything.where(known), everything.where(everything.year == year)
        if not len(test.year):
            continue
        model = fit_breaks(Groups.of(learn), group)
        log_odds = model.log_odds(test.features, test.stratum)
        p.append(probability(log_odds))
        standing.append(log_odds - model.shift)  # the intercept differs by year and says nothing of the ranking
        base.append(stratum_rate(learn, test.stratum))
        parts.append(test)
    return scored(*map(np.concatenate, (p, base, standing)), joined(parts))


def region_out(group: Group, months: int, waves: bool) -> dict[str, float]:
    everything, where = rows_before(LISTED_UNTIL, months, group), regions()
    if not waves:
        everything = everything.where(~wave_rows(everything))
    names = np.array([[where[a], where[b]] for a, b in relevant_pairs().codes])[everything.pair]
    p, base, standing, parts = [], [], [], []
    for name in sorted(set(where.values())):
        test, learn = everything.where((names == name).all(1)), everything.where((names != name).all(1))
        if not test.event.sum():
            continue
        model: BreakModel = fit_breaks(Groups.of(learn), group)
        log_odds = model.log_odds(test.features, test.stratum) - model.shift
        p.append(probability(log_odds))
        standing.append(log_odds)
        base.append(stratum_rate(learn, test.stratum))
        parts.append(test)
    return scored(*map(np.concatenate, (p, base, standing)), joined(parts))


def break_cards() -> list[ScoreCard]:
    cards = []
    for group in (LAND, RELEVANT):
        for months in (12, 24):
            for test, run in (("rolling", rolling), ("region out", region_out)):
                found, calm = run(group, months, True), run(group, months, False)
                cards.append(
                    ScoreCard(
                        "break", group.name, test, months, baseline="the frequency of the stratum", score="log score",
                        without_waves_pct=calm["skill_pct"], fails=FAILS["break", group.name], **found,
                    )
                )  # fmt: skip
    return cards


def return_cards() -> list[ScoreCard]:
    """The constant is its own baseline: the gain is zero by construction; the calibration is what is scored."""
    cards = []
    for months in (12, 24):
        p, y, clusters = [], [], []
        for year in YEARS:
            for month in (1, 7):
                day = date(year, month, 1)
                end = months_later(day, months)
                rate = return_rates(day).read
                for spell in known_spells():
                    if spell.broke is None or not spell.is_open(day):
                        continue
                    back = spell.ended is not None and spell.ended < end
                    if not back and spell.ended is None and spell.read < end:
                        continue  # what became of it was not read
                    p.append(1 - exp(-rate * months / 12))
                    y.append(float(back))
                    clusters.append(spell.cluster)
        chance, seen = np.array(p), np.array(y)
        cards.append(
            ScoreCard(
                "return", "open spells", "rolling", months, len(seen), int(seen.sum()), "the constant itself",
                "log score", 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, float(chance.sum() / seen.sum()),
                fails=FAILS["return", "open spells"],
            )
        )  # fmt: skip
    return cards


def card_table(cards: list[ScoreCard]) -> str:
    lines = [
        "| event | pairs | test | months | cases | events | log score, % | without waves, % | AUC | Brier skill | expected/observed |",
        "|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {c.target} | {c.group} | {c.test} | {c.months} | {c.n_cases:,} | {c.n_events} | "
        f"{c.skill_pct:+.1f} [{c.low:+.1f}, {c.high:+.1f}] | {c.without_waves_pct:+.1f} | {c.auc:.2f} | "
        f"{c.brier_skill:+.4f} | {c.expected_over_observed:.2f} |"
        for c in cards
    ]
    return "\n".join(lines)


def case_table() -> str:
    lines = [
        "| pair | on | within 12 months, % | base, % | times the base odds | rank | broke |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for a, b, day in CASES:
        odds = hazard(a, b, on=day)
        start = date.fromisoformat(day)
        broke = next(
            (
                s.broke
                for s in known_spells()
                if {s.a, s.b} == {a, b} and s.broke and start <= s.broke < months_later(start, 12)
            ),
            None,
        )
        low, high = (100 * x for x in odds.interval)
        lines.append(
            f"| {a}-{b} | {day} | {100 * odds.probability:.1f} [{low:.1f}, {high:.1f}] | {100 * odds.base_rate:.2f} | "
            f"{odds.times_base:.1f} | {odds.rank} of {odds.n_ranked:,} | {broke or '-'} |"
        )
    return "\n".join(lines)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--write", action="store_true")
    asked = ask.parse_args()
    cards = break_cards() + return_cards()
    print(card_table(cards))
    print()
    print(case_table())
    if asked.write:
        write_cards(cards, ("break", "return"))
        write_tables(ROOT / "docs/outlook.md", {"cards": card_table(cards), "cases": case_table()})


if __name__ == "__main__":
    main()
