"""Size and power of the placebo test on dyads to which nothing happened: half of the dyads build, the others are tested.

    python benchmarks/placebo_test.py DATA_FOLDER [OUT_FOLDER]

DATA_FOLDER holds ``baci_hs92_v202601_1995_2021`` and ``cow_trade``. Windows start in every year that neither the procedure
nor its constants were made on: BACI outside 2005-2014, COW from 2001 on. Pairs of economies are split at random in every
window; each half is tested against what the other builds, so that every dyad is tested once a window. Known ruptures are
left out on both sides. Writes a CSV with the totals and prints them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from attribution_library import cow
from numpy.typing import NDArray

from detente.attribution.comparison.features import large_enough
from detente.attribution.comparison.similar import Window, compare_window
from detente.attribution.library.ruptures import ruptured
from detente.attribution.residuals import Effects, fit_effects
from detente.attribution.sample import Sample
from detente.errors import TooFewDonors

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

HALVED = np.log(0.5)
STARTS = {"BACI": (*range(1999, 2005), *range(2015, 2021)), "COW": tuple(range(2001, 2014))}
HORIZONS = (1, 3, 5)
FEWEST = 100  #: tests of one economy, below which its size is chance alone
FORMER = {"S19": "TWN", "SCG": "XSC", "ANT": "XAN", "ZA1": "XZA"}


@dataclass(frozen=True, slots=True)
class Trial:
    """All dyads tested in one window."""

    panel: str
    start: int
    horizon: int
    dyads: Ints
    p: dict[str, Floats]  # by test, and with a loss put on: "headline", "headline, half lost", ...
    volatility: Floats
    position: Floats
    size: Floats


def baci(folder: Path) -> Sample:
    """Release V202601, 1995-2021, million US$; an absent row is a zero."""
    files = sorted((folder / "baci_hs92_v202601_1995_2021").glob("*.parquet"))
    frame = pl.concat([pl.read_parquet(f) for f in files]).with_columns(pl.col("exporter", "importer").replace(FORMER))
    frame = frame.filter(~pl.col("exporter").is_in(["PUS", "R20"]) & ~pl.col("importer").is_in(["PUS", "R20"]))
    codes = tuple(sorted(set(frame["exporter"]) | set(frame["importer"])))
    at = {c: k for k, c in enumerate(codes)}
    years = tuple(range(1995, 2022))
    flows = np.zeros((len(years), len(codes), len(codes)))
    i, j = ([at[c] for c in frame[side]] for side in ("exporter", "importer"))
    flows[frame["year"].to_numpy() - 1995, i, j] = frame["value_kusd"].to_numpy() / 1000
    return Sample.of((flows, codes, years))


def small(sample: Sample, n: int, seed: int) -> Sample:
    """``n`` economies drawn among the sixty largest traders."""
    trade = np.nansum(sample.flows, axis=(0, 1)) + np.nansum(sample.flows, axis=(0, 2))
    kept = np.sort(np.random.default_rng(seed).choice(np.argsort(-trade)[:60], n, replace=False))
    flows = sample.flows[np.ix_(range(len(sample.years)), kept, kept)]
    return Sample(flows, tuple(sample.economies[k] for k in kept), sample.years, f"{n} economies")


def simulated(seed: int, crisis: bool, n: int = 70, t: int = 21) -> Sample:
    """Dyads of persistent volatility (by origin, destination, size and their own); with ``crisis``, 8% of the origins
    wander two and a half times as widely from the year after 2012 on."""
    rng = np.random.default_rng(seed)
    size = rng.normal(scale=2.0, size=(n, n))
    sd = np.exp(-1.3 - 0.15 * size + rng.normal(scale=0.47, size=(n, 1)) + rng.normal(scale=0.29, size=(1, n))
                + rng.normal(scale=0.35, size=(n, n)))  # fmt: skip
    shock = sd * rng.standard_t(6, size=(t, n, n)) / np.sqrt(1.5)
    if crisis:
        shock[13:, rng.random(n) < 0.08] *= 2.5
    rest = np.zeros((t, n, n))
    rest[0] = shock[0]
    for k in range(1, t):
        rest[k] = 0.75 * rest[k - 1] + np.sqrt(1 - 0.75**2) * shock[k]
    walks = rng.normal(scale=0.1, size=(2, t, n)).cumsum(axis=1)
    flows = np.exp(2.5 + size + walks[0][:, :, None] + walks[1][:, None, :] + np.clip(rest, -6, 6))
    return Sample.of((flows, tuple(f"E{k:02d}" for k in range(n)), tuple(range(2000, 2000 + t))))


def trials(name: str, sample: Sample, starts: tuple[int, ...], seed: int = 0) -> Iterator[Trial]:
    """Fake events of every start and horizon, tested."""
    effects = fit_effects(sample.flows, np.ones(sample.flows.shape, dtype=bool))
    for start, horizon, window, dyads in fake_events(sample, effects, starts, seed):
        yield _trial(name, start, horizon, window, dyads)


def fake_events(
    sample: Sample, effects: Effects, starts: tuple[int, ...], seed: int = 0
) -> Iterator[tuple[int, int, Window, Ints]]:
    """(start, horizon, window, dyads to test): each half of the pairs of economies, both directions, tested against the other."""
    rng, n = np.random.default_rng(seed), len(sample.economies)
    for start in starts:
        for horizon in HORIZONS:
            if start + horizon not in sample.years:
                continue
            upper = np.triu(rng.random((n, n)) < 0.5, 1)
            half = upper | upper.T
            known = ruptured(sample.economies, start, start + horizon)
            a, b = sample.year(start), sample.year(start + horizon)
            for build in (half, ~half):
                try:
                    window = compare_window(sample.flows, effects, sample.years, a, b, known, built_from=build)
                except TooFewDonors:
                    continue
                traits = window.features
                usable = (
                    large_enough(traits.size) & (sample.flows[a] > 0) & np.isfinite(traits.coordinates).all(axis=-1)
                )
                usable &= ~(known | build | np.isnan(window.change) | np.isposinf(window.change))
                yield start, horizon, window, np.argwhere(usable)


def _trial(name: str, start: int, horizon: int, window: Window, dyads: Ints) -> Trial:
    at = tuple(dyads.T)
    change = window.change[at]
    p = {
        "size alone": _of_size(window, dyads, change),
        "size alone, half lost": _of_size(window, dyads, change + HALVED),
    }
    for label, loss in (("", 0.0), (", half lost", HALVED)):
        found = window.ranks(dyads, change + loss)
        p |= {f"similar{label}": found.p_similar, f"headline{label}": found.p}
    traits = window.features
    return Trial(name, start, horizon, dyads, p, traits.volatility[at], traits.position[at], traits.size[at])


def _of_size(window: Window, dyads: Ints, change: Floats) -> Floats:
    """The earlier test: rank among all dyads within a factor of three in size."""
    members = np.argwhere(window.pool)
    size, moved = window.features.size[tuple(members.T)], np.clip(window.change[tuple(members.T)], -8, 8)
    order = np.argsort(size)
    size, moved = size[order], moved[order]
    own = window.features.size[tuple(dyads.T)]
    low, high = np.searchsorted(size, own / 3), np.searchsorted(size, own * 3)
    return np.array(
        [(1 + np.count_nonzero(moved[a:b] <= c)) / (1 + b - a) for a, b, c in zip(low, high, np.clip(change, -8, 8))]
    )


def summary(panel: str, found: list[Trial]) -> pl.DataFrame:
    """One row a test: size by economy and by trait, power."""
    size, position = (np.concatenate([getattr(t, k) for t in found]) for k in ("size", "position"))
    volatility = np.concatenate([_relative(t) for t in found])
    dyads = np.concatenate([t.dyads for t in found])
    horizon, start = (
        np.concatenate([np.full(len(t.dyads), getattr(t, k)) for t in found]) for k in ("horizon", "start")
    )
    rows = []
    for test in ("size alone", "similar", "headline"):
        hit = np.concatenate([t.p[test] for t in found]) <= 0.05
        lost = np.concatenate([t.p[f"{test}, half lost"] for t in found]) <= 0.05
        row = {"panel": panel, "test": test, "n": len(hit), "size": hit.mean()}
        for side, label in ((0, "origin"), (1, "destination")):
            shares, chance = by_economy(hit, dyads[:, side]), shuffled(hit, dyads, side)
            row |= {f"rmse_{label}": distance(shares), f"independent_{label}": independent(dyads[:, side]),
                    f"chance_{label}": chance[0], f"chance_95_{label}": chance[1],
                    f"beyond_chance_{label}": float(np.sqrt(max(distance(shares) ** 2 - chance[0] ** 2, 0.0))),
                    f"lasting_{label}": lasting(hit, dyads[:, side], start),
                    f"above_8_{label}": np.mean(shares > 0.08), f"chance_above_8_{label}": chance[2],
                    f"max_{label}": shares.max()}  # fmt: skip
        cuts = np.quantile(volatility, (0.2, 0.4, 0.6, 0.8))
        fifth = np.searchsorted(cuts, volatility)
        row |= {f"volatility_{k + 1}": hit[fifth == k].mean() for k in range(5)}
        row |= {f"from {low:g}m": hit[(size >= low) & (size < high)].mean()
                for low, high in ((1, 10), (10, 50), (50, 200), (200, 1000), (1000, np.inf))}  # fmt: skip
        row |= {f"horizon_{h}": hit[horizon == h].mean() for h in HORIZONS if (horizon == h).any()}
        row["top_positions"] = hit[position >= np.quantile(position, 0.95)].mean()
        row |= {"power_half": lost.mean(), "power_half_50m": lost[size >= 50].mean()}
        rows.append(row)
    return pl.DataFrame(rows)


def _relative(trial: Trial) -> Floats:
    """Log volatility less a cubic in log size."""
    x, y = np.log(trial.size), np.log(trial.volatility)
    return y - np.polyval(np.polyfit(x, y, 3), x)


def by_economy(hit: NDArray[np.bool_], economy: Ints) -> Floats:
    """Share of rejections of every economy with enough tests."""
    n = np.bincount(economy)
    kept = n >= min(FEWEST, np.sort(n)[-3])
    return np.bincount(economy, hit)[kept] / n[kept]


def distance(shares: Floats) -> float:
    """Root mean squared distance from 5%."""
    return float(np.sqrt(np.mean((shares - 0.05) ** 2)))


def independent(economy: Ints) -> float:
    """The distance of a test that rejects each time with a chance of 5%, whatever it did before."""
    n = np.bincount(economy)
    return float(np.sqrt(np.mean(0.05 * 0.95 / n[n >= min(FEWEST, np.sort(n)[-3])])))


def lasting(hit: NDArray[np.bool_], economy: Ints, start: Ints) -> float:
    """What of the distance is there both in the earlier and the later half of the starts, negative where nothing is.

    Chance in the ones owes nothing to chance in the others, so the mean product of the two is that of what lasts.
    """
    years, parts = np.unique(start), []
    for these in (start <= years[(len(years) - 1) // 2], start > years[(len(years) - 1) // 2]):
        n = np.bincount(economy[these], minlength=economy.max() + 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.bincount(economy[these], hit[these], len(n)) / n
        parts.append(np.where(n >= FEWEST / 2, share - 0.05, np.nan))
    product = parts[0] * parts[1]
    if np.isnan(product).all():
        return float("nan")
    mean = float(np.nanmean(product))
    return float(np.sign(mean) * np.sqrt(abs(mean)))


def shuffled(hit: NDArray[np.bool_], dyads: Ints, side: int, times: int = 100, seed: int = 0) -> tuple[float, ...]:
    """What a test that treats all economies alike would show: mean and 95% point of the distance, mean share above 8%.

    Dyads tested equally often change places at random, each with all of its own results: tests of one dyad over several
    windows go together, so that chance is larger than independent draws would have it.
    """
    rng = np.random.default_rng(seed)
    n = dyads.max() + 1
    code, at = np.unique(dyads[:, 0] * n + dyads[:, 1], return_inverse=True)
    tests, hits = np.bincount(at), np.bincount(at, hit)
    economy = np.divmod(code, n)[side]
    total = np.bincount(economy, tests)
    kept = total >= min(FEWEST, np.sort(total)[-3])
    alike = [np.flatnonzero(tests == k) for k in np.unique(tests)]
    found, above = np.empty(times), np.empty(times)
    for k in range(times):
        moved = hits.copy()
        for these in alike:
            moved[these] = hits[rng.permutation(these)]
        shares = np.bincount(economy, moved)[kept] / total[kept]
        found[k], above[k] = distance(shares), np.mean(shares > 0.08)
    return float(found.mean()), float(np.quantile(found, 0.95)), float(above.mean())


def panels(folder: Path) -> Iterator[tuple[str, list[Trial]]]:
    """Every panel and its trials."""
    whole = baci(folder)
    yield "BACI", list(trials("BACI", whole, STARTS["BACI"]))
    yield "COW", list(trials("COW", Sample.of(cow(folder)), STARTS["COW"]))
    for crisis in (False, True):
        name = "simulated, crises with the episode" if crisis else "simulated"
        yield name, [t for seed in range(5) for t in trials(name, simulated(seed, crisis), (2012,), seed)]
    for n in (20, 40):
        name = f"BACI, {n} economies"
        yield name, [t for seed in range(8) for t in trials(name, small(whole, n, seed), STARTS["BACI"][::3], seed)]


def main(folder: Path, out: Path) -> None:
    tables = []
    for name, found in panels(folder):
        tables.append(summary(name, found))
        sys.stdout.write(f"{name}\n")
        with pl.Config(tbl_cols=-1, tbl_width_chars=220, float_precision=3, tbl_rows=-1):
            sys.stdout.write(f"{tables[-1].drop('panel').transpose(include_header=True, column_names='test')}\n")
        sys.stdout.flush()
    pl.concat(tables, how="diagonal").with_columns(pl.selectors.float().round(4)).write_csv(out / "placebo_test.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path.cwd())
