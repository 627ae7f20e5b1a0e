"""Does anything raise the odds of a return? Announcements, kind and duration, left out unless they beat the constant by 2%.

    python benchmarks/announcements.py ../shared/data    # print (a minute)

No list of announcements exists: the notes on returns name one where it was read, so that announcements that came to nothing
are unseen, and learning from the others would be learning from the outcome. Two stand-ins are known at the time: cooperative
news (the GDELT Project's monthly score of the pair, 2018 to 2024, not shipped: the mean of the last three months over that of
the twelve before, in own standard deviations), and other returns of either state in the year before, since they come in
rounds. Kind is whether relations were broken, or a border closed; duration the log of the months since. Logit with a ridge of
5; rolling: learnt on months whose outcome was known, scored on each later one from April 2019; region out: on all regions
but one.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from detente.outlook.ridge_logit import fit_ridge_logit
from detente.outlook.states_at_risk import known_spells, months_later, regions

FIRST, LAST = date(2019, 4, 1), date(2023, 9, 1)
FIRST_LONG, LAST_LONG = date(2005, 1, 1), date(2024, 7, 1)
PENALTY, BLOCK = 5.0, 6
COLUMNS = {
    "cooperative news": (0,),
    "other returns of either state": (1,),
    "kind": (2, 3),
    "duration and kind": (2, 3, 4),
}


def news(folder: Path) -> dict[tuple[str, str], dict[str, float]]:
    """Monthly score by pair."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    table = pl.read_parquet(folder / "gdelt/dyad_month_2018_2024.parquet").drop_nulls("score_sum")
    for a, b, month, score in table.select("a", "b", "month", "score_sum").iter_rows():
        found.setdefault((min(a, b), max(a, b)), {})[month] = float(score)
    return found


def warmth(series: dict[str, float], day: date) -> float:
    """Standard deviations by which the last three months lie above the twelve before them; 0 where not known."""
    start = date(day.year - 2, day.month, 1)
    known = np.array([series.get(months_later(start, k).isoformat()[:7], np.nan) for k in range(9, 24)])
    before, recent = known[:12], known[12:]
    if np.isfinite(before).sum() < 6 or not np.isfinite(recent).any():
        return 0.0
    return float(np.clip((np.nanmean(recent) - np.nanmean(before)) / (np.nanstd(before) + 1e-9), -3, 3))


def rows(
    scores: dict[tuple[str, str], dict[str, float]], first: date, last: date, step: int, months: int
) -> np.ndarray:
    """A row an open spell and day: the five features, returned, month number, place of the region."""
    place = {name: k for k, name in enumerate(sorted(set(regions().values())))}
    out, day = [], first
    while day <= last:
        end = months_later(day, months)
        lately = [s for s in known_spells() if s.ended and s.ended < day <= months_later(s.ended, 12)]
        for s in known_spells():
            back = s.ended is not None and s.ended < end
            unread = not back and s.ended is None and s.read < end
            if s.broke is None or not s.is_open(day) or unread:
                continue
            others = sum({o.a, o.b} & {s.a, s.b} != set() for o in lately)
            since = np.log1p((day - s.broke).days / 30.4)
            out.append((warmth(scores.get((s.a, s.b), {}), day), np.log1p(others), float("broken" in s.kinds),
                        float("closed_border" in s.kinds), since, float(back), 12 * day.year + day.month,
                        place.get(regions().get(s.a, ""), -1)))  # fmt: skip
        day = months_later(day, step)
    return np.array(out)


def losses(learn: np.ndarray, test: np.ndarray, columns: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Log loss of the model and of the constant on each row of ``test``."""
    x, y = learn[:, columns], learn[:, 5]
    mean, scale = x.mean(0), x.std(0) + 1e-9
    beta = fit_ridge_logit((x - mean) / scale, y, np.ones(len(y)), PENALTY)
    p = 1 / (1 + np.exp(-(beta[0] + ((test[:, columns] - mean) / scale) @ beta[1:])))
    hit = test[:, 5] > 0
    return -np.log(np.where(hit, p, 1 - p)), -np.log(np.where(hit, y.mean(), 1 - y.mean()))


def gain(parts: list[tuple[np.ndarray, np.ndarray]], blocks: list[np.ndarray]) -> str:
    a, b = (np.concatenate(x) for x in zip(*parts))
    _, k = np.unique(np.concatenate(blocks), return_inverse=True)
    mine, naive = np.bincount(k, a), np.bincount(k, b)
    w = np.random.default_rng(1).poisson(1.0, (1000, len(mine))) + 1e-9
    low, high = np.quantile(100 * (1 - (w @ mine) / (w @ naive)), (0.05, 0.95))
    return f"{len(a):,} cases, {100 * (1 - a.sum() / b.sum()):+.1f}% [{low:+.1f}, {high:+.1f}]"


def rolling(table: np.ndarray, months: int, columns: tuple[int, ...]) -> str:
    parts, blocks = [], []
    for now in np.unique(table[:, 6]):
        learn, test = table[table[:, 6] <= now - months], table[table[:, 6] == now]
        if len(learn) and learn[:, 5].sum() >= 10:
            parts.append(losses(learn, test, columns))
            blocks.append(np.full(len(test), now // BLOCK))
    return gain(parts, blocks)


def region_out(table: np.ndarray, columns: tuple[int, ...]) -> str:
    parts, blocks = [], []
    for region in np.unique(table[:, 7]):
        apart = table[:, 7] == region
        if table[apart, 5].sum():
            parts.append(losses(table[~apart], table[apart], columns))
            blocks.append(table[apart, 6] // 12 * 10 + region)
    return gain(parts, blocks)


def main() -> None:
    scores = news(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
    for months in (12, 24):
        short, long = rows(scores, FIRST, LAST, 1, months), rows({}, FIRST_LONG, LAST_LONG, 6, months)
        for name, columns in COLUMNS.items():
            table = short if columns == (0,) else long
            print(
                f"{months} months, {name}: rolling {rolling(table, months, columns)}; region out {region_out(table, columns)}"
            )


if __name__ == "__main__":
    main()
