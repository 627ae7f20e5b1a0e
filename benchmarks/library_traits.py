"""Do the size of the flow and a common land border make the library's forecasts of ruptures better? Regions left out.

    python benchmarks/library_traits.py

Cases alike in the log of the flow before (a normal kernel of width ``size``) and in whether the two are land neighbours
(the others weigh ``other`` of it) weigh more, on top of what :func:`detente.attribution.library.predict` does. "Chosen":
both constants are chosen by CRPS within the learning regions alone, each of them predicted from the rest. The gain
is over the library pooled, as in ``docs/library.md``.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from detente.attribution.library.catalogue import cases
from detente.attribution.library.expected_paths import CAP, outcomes
from detente.attribution.library.paths import shipped_points
from detente.attribution.library.prediction import KERNEL, SPREAD
from detente.attribution.library.shrinkage import credibility_constant, own_weight
from detente.data import land_neighbours

WIDTHS, OTHERS = (1.5, 2.0, 3.0, np.inf), (0.2, 0.5, 1.0)
SHIPPED = (np.inf, 1.0)


class Ruptures:
    def __init__(self) -> None:
        rows = [o for o in outcomes() if o.kind == "rupture"]
        known = {case.case_id: case for case in cases()}
        before: dict[str, list[float]] = {}
        for point in shipped_points():
            if -3 <= point.since < 0 and point.actual and point.actual > 0:
                before.setdefault(point.case_id, []).append(point.actual)
        self.case = np.array([o.case_id for o in rows])
        self.region = np.array([o.region for o in rows])
        self.instrument = np.array([o.instrument for o in rows])
        self.horizon = np.array([o.horizon for o in rows])
        self.value = np.array([o.value for o in rows])
        size = np.array([np.log(np.mean(before.get(o.case_id, [np.nan]))) for o in rows])
        self.size = np.where(np.isnan(size), np.nanmedian(size), size)
        ends = [(known[o.case_id].origin, known[o.case_id].destination) for o in rows]
        self.near = np.array([bool(land_neighbours(pair)[0, 1]) for pair in ends])

    def forecast(self, k: int, learn: np.ndarray, traits: tuple[float, float], pooled: bool = False):
        """Points and weights of the forecast of row ``k`` from the rows ``learn``."""
        at = np.flatnonzero(learn & (np.abs(self.horizon - self.horizon[k]) <= 1))
        same = self.instrument[at] == self.instrument[k]
        share = 0.0
        if not pooled and same.any():
            of_case = {(self.instrument[i], self.case[i]): [] for i in at}
            for i in at:
                of_case[self.instrument[i], self.case[i]].append(self.value[i])
            groups: dict[str, list[float]] = {}
            for (instrument, _), values in of_case.items():
                groups.setdefault(instrument, []).append(float(np.mean(values)))
            share = own_weight(len(set(self.case[at[same]])), credibility_constant(list(groups.values())))
        parts = [(at[same], share), (at, 1 - share)]
        weights = np.concatenate([self.weights(k, part, SHIPPED if pooled else traits, total) for part, total in parts])
        centres = np.concatenate([self.value[part] for part, _ in parts])
        points = np.maximum(np.add.outer(centres, SPREAD * KERNEL).ravel(), CAP)
        weights = np.repeat(weights / len(KERNEL), len(KERNEL))
        order = np.argsort(points)
        return points[order], weights[order] / weights.sum()

    def weights(self, k: int, part: np.ndarray, traits: tuple[float, float], total: float) -> np.ndarray:
        if not len(part) or total == 0:
            return np.zeros(len(part))
        width, other = traits
        _, inverse, counts = np.unique(self.case[part], return_inverse=True, return_counts=True)
        weights = 1.0 / counts[inverse]
        weights *= np.exp(-0.5 * ((self.size[part] - self.size[k]) / width) ** 2) + 1e-6
        weights *= np.where(self.near[part] == self.near[k], 1.0, other)
        return total * weights / weights.sum()

    def scored(
        self, k: int, learn: np.ndarray, traits: tuple[float, float], pooled: bool = False
    ) -> tuple[float, bool]:
        """CRPS of one forecast, and whether the outcome lies in its central 80%."""
        x, w = self.forecast(k, learn, traits, pooled)
        spread = np.sum(w * x * (2 * np.cumsum(w) - w - 1))
        low, high = np.interp((0.1, 0.9), np.cumsum(w) - w / 2, x)
        return float(np.sum(w * np.abs(x - self.value[k])) - spread), bool(low <= self.value[k] <= high)

    def without_regions(self, traits, pooled: bool = False) -> np.ndarray:
        """(n, 2) scores; ``traits`` by region."""
        return np.array(
            [self.scored(k, self.region != r, traits[r], pooled) for k, r in enumerate(self.region)], dtype=float
        )

    def chosen(self) -> dict[str, tuple[float, float]]:
        """The constants that score best within the other regions, each of them predicted from the rest."""
        found = {}
        for out in sorted(set(self.region)):
            inner = [k for k in range(len(self.region)) if self.region[k] != out]
            means = {}
            for traits in product(WIDTHS, OTHERS):
                learn = [(self.region != out) & (self.region != self.region[k]) for k in inner]
                means[traits] = np.mean([self.scored(k, rows, traits)[0] for k, rows in zip(inner, learn)])
            found[out] = min(means, key=means.__getitem__)
        return found


def main() -> None:
    data = Ruptures()
    regions = sorted(set(data.region))
    pool = data.without_regions(dict.fromkeys(regions, SHIPPED), pooled=True)[:, 0].mean()
    print("| traits | CRPS | gain over pooled | coverage of 80% |\n|---|---|---|---|")
    tried = {"none (shipped)": dict.fromkeys(regions, SHIPPED), "size": dict.fromkeys(regions, (2.0, 1.0)),
             "border": dict.fromkeys(regions, (np.inf, 0.5)), "size and border": dict.fromkeys(regions, (2.0, 0.5)),
             "chosen within": data.chosen()}  # fmt: skip
    for name, traits in tried.items():
        scores = data.without_regions(traits)
        print(
            f"| {name} | {scores[:, 0].mean():.3f} | {100 * (1 - scores[:, 0].mean() / pool):.1f}% | {100 * scores[:, 1].mean():.0f}% |"
        )
    print("\n| region | points | coverage of 80% | with size and border |\n|---|---|---|---|")
    plain, both = (data.without_regions(tried[name])[:, 1] for name in ("none (shipped)", "size and border"))
    for region in regions:
        mine = data.region == region
        print(f"| {region} | {mine.sum()} | {100 * plain[mine].mean():.0f}% | {100 * both[mine].mean():.0f}% |")


if __name__ == "__main__":
    main()
