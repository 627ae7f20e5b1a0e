"""Ways to make the library's 80% intervals hold in every region; each pair of economies predicted from all other pairs.

    python benchmarks/library_regions.py

"plain" is the forecast without the region; "recalibrated" is what ships when it is told (its m pairs weigh m / (m + k));
"by pair" counts each pair of economies once there instead of each outcome; "scale" multiplies distances from the middle by
the region's mean error, in its forecasts' own mean distances, over that of all; "conformal" takes the level of the
interval from the region's own outcomes; "weights" counts cases of the same region so many times. The gain is over the
library pooled.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library import regions
from detente.attribution.library.expected_paths import CAP, ObservedOutcome, outcomes
from detente.attribution.library.prediction import predict_case
from detente.attribution.library.regions import Miss, pair_of, recalibrated

Floats = NDArray[np.float64]
LEVEL, FEWEST = 0.8, 20


class Cases:
    """The outcomes of one kind, and the forecast of each from the other pairs."""

    def __init__(self, kind: str) -> None:
        self.rows = [o for o in outcomes() if o.kind == kind]
        self.pair = np.array([pair_of(o) for o in self.rows])
        self.region = np.array([o.region for o in self.rows])
        self.value = np.array([o.value for o in self.rows])
        found = [self.ask(o) for o in self.rows]
        self.points, self.weights = [f.values for f in found], [f.weights for f in found]
        self.middle = np.array([float(f.quantile(0.5)) for f in found])
        self.central = np.array([abs(2 * np.interp(v, x, np.cumsum(w) - w / 2) - 1)
                                 for v, x, w in zip(self.value, self.points, self.weights)])  # fmt: skip
        distance = [float(w @ np.abs(x - m)) for x, w, m in zip(self.points, self.weights, self.middle)]
        self.error = np.abs(self.value - self.middle) / np.array(distance)
        self.miss = [Miss(p, r, c) for p, r, c in zip(self.pair, self.region, self.central)]
        self.pooled = float(np.mean([self.ask(o, pooled=True).crps(o.value) for o in self.rows]))

    def ask(self, o: ObservedOutcome, pooled: bool = False, times: int = 1):
        others = [r for r in self.rows if pair_of(r) != pair_of(o)]
        more = [r for r in others if r.region == o.region] * (times - 1)
        # a copied case counts as one more case, not as more outcomes of the same one
        more = [ObservedOutcome(f"{r.case_id}-{k}", *_rest(r)) for k, r in enumerate(more)]
        return predict_case(o, [*others, *more], pooled=pooled)

    def others(self, k: int) -> list[Miss]:
        return [m for m, p in zip(self.miss, self.pair) if p != self.pair[k]]

    def told(self, name: str, forecasts: list[tuple[Floats, Floats]], level: Floats | None = None) -> None:
        inside, score = [], []
        for k, (x, w) in enumerate(forecasts):
            q = LEVEL if level is None else level[k]
            low, high = np.interp((0.5 - q / 2, 0.5 + q / 2), np.cumsum(w) - w / 2, x)
            inside.append(low <= self.value[k] <= high)
            score.append(np.sum(w * np.abs(x - self.value[k])) - np.sum(w * x * (2 * np.cumsum(w) - w - 1)))
        held = np.array(inside)
        shares = {str(r): f"{held[self.region == r].mean():.2f}" for r in self.large()}
        print(
            f"{name:28} CRPS {np.mean(score):.3f} gain {1 - np.mean(score) / self.pooled:.3f} all {held.mean():.2f} {shares}"
        )

    def large(self) -> list[str]:
        return [r for r in sorted(set(self.region)) if (self.region == r).sum() >= FEWEST]

    def recalibrated(self, constant: float) -> list[tuple[Floats, Floats]]:
        shipped, regions.ALL_PAIRS = regions.ALL_PAIRS, constant
        found = [recalibrated(w, self.others(k), self.region[k]) for k, w in enumerate(self.weights)]
        regions.ALL_PAIRS = shipped
        return list(zip(self.points, found))

    def scaled(self, k: int, constant: float) -> tuple[Floats, Floats]:
        other = self.pair != self.pair[k]
        own = _by_pair(self.error, self.pair, other & (self.region == self.region[k]))
        weight = len(own) / (len(own) + constant)
        factor = float((np.mean(own) / np.mean(_by_pair(self.error, self.pair, other))) ** weight) if own else 1.0
        return np.maximum(self.middle[k] + (self.points[k] - self.middle[k]) * factor, CAP), self.weights[k]

    def by_pair(self, constant: float) -> list[tuple[Floats, Floats]]:
        """Recalibrated with every pair counted once: as many copies of each outcome as make its pair weigh alike."""
        copied = []
        for k in range(len(self.rows)):
            kept = self.others(k)
            n = {p: sum(m.pair == p for m in kept) for p in {m.pair for m in kept}}
            copied.append([m for m in kept for _ in range(max(1, round(12 / n[m.pair])))])
        shipped, regions.ALL_PAIRS = regions.ALL_PAIRS, constant
        found = [recalibrated(w, some, r) for w, some, r in zip(self.weights, copied, self.region)]
        regions.ALL_PAIRS = shipped
        return list(zip(self.points, found))

    def conformal(self, constant: float) -> Floats:
        """The level of each interval, from how central the outcomes of the other pairs were."""
        central = self.central
        levels = []
        for k in range(len(self.rows)):
            other = self.pair != self.pair[k]
            same = other & (self.region == self.region[k])
            n = len(set(self.pair[same]))
            share = n / (n + constant)
            at = np.concatenate([np.flatnonzero(same), np.flatnonzero(other)])
            w = np.concatenate([share * _each_pair(self.pair[same]), (1 - share) * _each_pair(self.pair[other])])
            order = np.argsort(central[at])
            place = min(int(np.searchsorted(np.cumsum(w[order]), LEVEL * w.sum())), len(at) - 1)
            levels.append(min(float(central[at][order][place]), 0.999))
        return np.array(levels)


def _rest(o: ObservedOutcome) -> tuple:
    return o.kind, o.instrument, o.region, o.horizon, o.value, o.before, o.zero, o.scope, o.flow


def _by_pair(error: Floats, pair: NDArray[np.str_], at: NDArray[np.bool_]) -> list[float]:
    return [float(error[at & (pair == p)].mean()) for p in sorted(set(pair[at]))]


def _each_pair(pairs: NDArray[np.str_]) -> Floats:
    """Weights that give each pair as much, one in all."""
    if not len(pairs):
        return np.empty(0)
    _, at, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    return 1.0 / counts[at] / len(counts)


def main() -> None:
    for kind in ("rupture", "reopening"):
        found = Cases(kind)
        n = range(len(found.rows))
        plain = list(zip(found.points, found.weights))
        print(f"{kind}: {len(found.rows)} points, {len(set(found.pair))} pairs, pooled CRPS {found.pooled:.3f}")
        found.told("plain", plain)
        for constant in (1, 2, 4, 8):
            found.told(f"recalibrated, k = {constant}", found.recalibrated(constant))
            found.told(f"by pair, k = {constant}", found.by_pair(constant))
        for constant in (3, 8, 20):
            found.told(f"scale, k = {constant}", [found.scaled(k, constant) for k in n])
        for constant in (2, 8):
            found.told(f"conformal, k = {constant}", plain, found.conformal(constant))
        for times in (2, 4, 8):
            asked = [found.ask(o, times=times) for o in found.rows]
            found.told(f"weights, {times} times", [(f.values, f.weights) for f in asked])


if __name__ == "__main__":
    main()
