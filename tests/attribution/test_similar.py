"""The placebo test among similar pairs: against a slow, separate reading of its definition, and on known panels."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from functools import cache

import numpy as np
import pytest

from detente.attribution.comparison.features import features
from detente.attribution.comparison.similar import compare_window
from detente.attribution.comparison.similar.neighbours import Neighbours
from detente.attribution.comparison.similar.sides import SharedMoves, SortedScores
from detente.attribution.comparison.similar.window import FEWEST, _rank
from detente.attribution.fits import DyadFits
from detente.attribution.residuals import fit_effects, left_out
from detente.errors import SpecificationError, TooFewDonors
from detente.panel import world

N, T, START, END = 16, 12, 8, 10
YEARS = tuple(range(2000, 2000 + T))


@pytest.fixture(scope="module")
def flows() -> np.ndarray:
    """Flows with dyads that wander more or less, a few zeros and gaps."""
    rng = np.random.default_rng(3)
    walk = rng.normal(scale=0.2, size=(2, T, N)).cumsum(axis=1)
    scale = rng.lognormal(-1.5, 0.5, size=(N, N))
    x = np.exp(4 + walk[0][:, :, None] + walk[1][:, None, :] + 1.5 * rng.normal(size=(N, N))
               + scale * rng.normal(size=(T, N, N)).cumsum(axis=0) * 0.5)  # fmt: skip
    x[END, 3, 4] = 0.0
    x[2, 5, 6] = 0.0
    x[3, 7, 8] = np.nan
    return x


@pytest.fixture(scope="module")
def window(flows):
    used = ~left_out(flows.shape, [(0, 1), (1, 0)], slice(0, START + 1))
    return compare_window(flows, fit_effects(flows, used), YEARS, START, END, treated=[(0, 1), (1, 0)])


def fitted(effects, t, i, j):
    return effects.origin[t, i] * effects.destination[t, j] * effects.pair[i, j]


def slow_ratio(flows, effects):
    """Step 0, cell by cell."""
    r = np.full(flows.shape, np.nan)
    for t in range(T):
        for i in range(N):
            for j in range(N):
                a, b = effects.origin[t, i], effects.destination[t, j]
                if i == j or np.isnan(flows[t, i, j]):
                    continue
                r[t, i, j] = -np.inf if flows[t, i, j] == 0 else np.log(flows[t, i, j] / a / b)
                if t <= START or not effects.used[t, i, j]:
                    continue
                others = [k for k in range(N) if k not in (i, j)]
                row = [k for k in (*others, j) if effects.used[t, i, k]]
                column = [k for k in (*others, i) if effects.used[t, k, j]]
                big_r, fit_r = sum(flows[t, i, k] for k in row), sum(fitted(effects, t, i, k) for k in row)
                big_c, fit_c = sum(flows[t, k, j] for k in column), sum(fitted(effects, t, k, j) for k in column)
                x, m = flows[t, i, j], fitted(effects, t, i, j)
                r[t, i, j] -= np.log((big_r - x) / (fit_r - m)) + np.log((big_c - x) / (fit_c - m))
    return r


def slow_totals(flows, effects, side):
    """Of the last year, by origin (side 0) or destination: the sums of the flows used, and of what the fit expects."""
    cells = [(i, j) for i in range(N) for j in range(N) if effects.used[END, i, j]]
    sums = np.zeros((2, N))
    for d in cells:
        sums[0, d[side]] += flows[END][d]
        sums[1, d[side]] += fitted(effects, END, *d)
    return sums


def slow_features(flows, r):
    """Traits dyad by dyad, and the cubic by ordinary least squares on plain powers."""
    size, total, n = (np.full((N, N), np.nan) for _ in range(3))
    for i in range(N):
        for j in range(N):
            if i == j:
                continue
            recent = flows[START - 4 : START + 1, i, j]
            size[i, j] = np.nanmean(recent)
            moves = []
            for t in range(max(1, START - 9), START + 1):
                a, b = r[t - 1, i, j], r[t, i, j]
                if np.isnan(a) or np.isnan(b) or (a == b == -np.inf):
                    continue
                moves.append(min(abs(b - a), 3.0))
            total[i, j], n[i, j] = sum(moves), len(moves)
    learnt = (n >= 3) & (size >= 1) & (flows[START] > 0)
    x, y = np.log(size[learnt]), np.log(total[learnt] / n[learnt])
    beta = np.linalg.lstsq(np.vander(x, 4), y, rcond=None)[0]
    seen = np.clip(np.log(size).ravel(), x.min(), x.max())
    f = np.exp(np.vander(seen, 4) @ beta).reshape(N, N)
    v = (total + 3 * f) / (n + 3)
    mean = np.array([[np.mean([z for z in r[START - 4 : START + 1, i, j] if np.isfinite(z)] or [np.nan])
                      for j in range(N)] for i in range(N)])  # fmt: skip
    s = np.clip((r[START] - mean) / v, -3, 3)
    sums = np.nansum(np.where(np.eye(N, dtype=bool), np.nan, flows)[START - 4 : START + 1], axis=0)
    share = np.maximum(sums / sums.sum(1, keepdims=True), sums / sums.sum(0, keepdims=True))
    return size, v, s, np.maximum(share, 0.002)


def test_the_definition_read_slowly_gives_the_same_ranks(flows, window) -> None:
    used = ~left_out(flows.shape, [(0, 1), (1, 0)], slice(0, START + 1))
    effects = fit_effects(flows, used)
    r = slow_ratio(flows, effects)
    size, v, s, share = slow_features(flows, r)
    for ours, theirs in zip((size, v, s, share), vars_of(window.features)):
        off = ~np.eye(N, dtype=bool)
        assert theirs[off] == pytest.approx(ours[off], rel=1e-8, nan_ok=True)
    change = np.clip(r[END] - r[START], -8, 8)
    point = {(i, j): np.array([np.log(size[i, j]) / np.log(3), np.log(v[i, j]) / np.log(1.5), s[i, j] / 0.5,
                               np.log2(share[i, j])]) for i in range(N) for j in range(N) if i != j}  # fmt: skip
    pool = [d for d in point if size[d] >= 1 and flows[START][d] > 0 and not np.isnan(change[d])
            and d not in ((0, 1), (1, 0))]  # fmt: skip
    k = min(400, max(39, len(pool) // 4))
    assert (window.k, int(window.pool.sum())) == (k, len(pool))

    @cache
    def near(d):
        others = [o for o in pool if o not in (d, d[::-1])]
        return sorted(others, key=lambda o: np.sum((point[o] - point[d]) ** 2))[:k]

    @cache
    def unit(d):
        values = np.array([change[o] for o in near(d)])
        return 1.4826 * np.median(np.abs(values - np.median(values)))

    def scored(d):
        return (change[d] - np.median([change[o] for o in near(d)])) / unit(d)

    y = {d: scored(d) for d in pool}
    clipped = {d: np.clip(y[d], -5, 5) for d in pool}
    c = np.mean(list(clipped.values()))
    a = dict.fromkeys(pool, 0.0)
    b = dict.fromkeys(pool, 0.0)
    for _ in range(3):
        a = {d: without(pool, d, 0, {o: clipped[o] - c - b[o] for o in pool}, 5, 0) for d in pool}
        at_b = dict(b)
        b = {d: without(pool, d, 1, {o: clipped[o] - c - a[o] for o in pool}, 5, 0) for d in pool}
    q = {d: (clipped[d] - c - a[d] - b[d]) ** 2 for d in pool}
    mean = np.mean(list(q.values()))
    q = {d: value / mean for d, value in q.items()}

    totals = [slow_totals(flows, effects, side) for side in (0, 1)]

    def apart(d, side):
        """What the others' scores gain by the dyad's own flow in the effect that they share with it."""
        (total, fitted_total), x, m = totals[side], flows[END][d], fitted(effects, END, *d)
        if d in ((0, 1), (1, 0)):
            return 0.0  # left out of the fit
        log = np.log((total[d[side]] - x) / (fitted_total[d[side]] - m))
        return log * without(pool, d, side, {o: (abs(y[o]) < 5) / unit(o) for o in pool}, 5, 0)

    def freed(d, score, asked=False):
        move_a = without(pool, d, 0, {o: clipped[o] - c - at_b[o] for o in pool}, 5, 0) - (apart(d, 0) if asked else 0)
        move_b = without(pool, d, 1, {o: clipped[o] - c - a[o] for o in pool}, 5, 0) - (apart(d, 1) if asked else 0)
        scale = np.sqrt(without(pool, d, 0, q, 10, 1)) * np.sqrt(without(pool, d, 1, q, 10, 1))
        return (score - c - move_a - move_b) / scale

    u = {d: freed(d, y[d]) for d in pool}

    def rooted(d, score):
        p = (1 + sum(u[o] <= score for o in near(d))) / (1 + k)
        ranks = []
        for side in (0, 1):
            others = [o for o in pool if o[side] == d[side] and o != d]
            ranks.append((1 + sum(u[o] <= score for o in others) + 5 * p) / (1 + len(others) + 5))
        return np.sqrt(ranks[0] * ranks[1])

    root = {d: rooted(d, u[d]) for d in pool}
    for d in [(0, 1), (1, 0), (3, 4), (7, 8), *pool[::17]]:
        values = near(d)
        p_similar = (1 + sum(change[o] <= change[d] for o in values)) / (1 + k)
        own = rooted(d, freed(d, scored(d), asked=True))
        p = (1 + sum(root[o] <= own + 1e-12 for o in values)) / (1 + k)
        found = window.test(*d)
        np.testing.assert_array_equal(window.headline(*d), (found.p, found.low, found.high))
        assert (found.p_similar, found.p) == (pytest.approx(p_similar), pytest.approx(p)), d
        assert found.n_as_bad == sum(change[o] <= change[d] for o in values)


def vars_of(traits):
    return traits.size, traits.volatility, traits.position, traits.share


def without(pool, d, side, values, pull, prior):
    """Shrunk mean of one economy's dyads, the dyad itself left out."""
    others = [values[o] for o in pool if o[side] == d[side] and o != d]
    return (sum(others) + pull * prior) / (len(others) + pull)


def panel(seed: int, n: int = 45) -> np.ndarray:
    rng = np.random.default_rng(seed)
    walk = rng.normal(scale=0.1, size=(2, T, n)).cumsum(axis=1)
    noise = rng.lognormal(-1.6, 0.4, size=(n, n)) * rng.normal(size=(T, n, n))
    return np.exp(5 + walk[0][:, :, None] + walk[1][:, None, :] + rng.normal(size=(n, n)) + noise)


def outcome(x: np.ndarray):
    used = ~left_out(x.shape, [(0, 1), (1, 0)], slice(0, START + 1))
    return compare_window(x, fit_effects(x, used), YEARS, START, END, treated=[(0, 1), (1, 0)]).test(0, 1)


@pytest.mark.parametrize("dyad", [(2, 9), (3, 7), (10, 20), (5, 1)])
def test_leaving_a_dyad_out_by_formula_is_nearly_leaving_it_out_by_refit(dyad: tuple[int, int]) -> None:
    """The correction is the first step of the refit: it takes away more than half of what leaving it in costs."""
    x = panel(7)
    x[(slice(START + 1, None), *dyad)] *= 0.3
    whole = fit_effects(x, np.ones(x.shape, dtype=bool))
    refit = fit_effects(x, ~left_out(x.shape, [dyad], slice(0, START + 1)))
    by_formula, exact = (compare_window(x, fit, YEARS, START, END).change[dyad] for fit in (whole, refit))
    i, j = dyad
    plain = np.log(x[:, i, j]) - np.log(whole.origin[:, i]) - np.log(whole.destination[:, j])
    assert abs(by_formula - exact) < 0.5 * abs(plain[END] - plain[START] - exact)


def test_a_loss_that_all_suppliers_share_unevenly_is_not_the_pairs_own() -> None:
    """Three in four suppliers of 1 lose their trade with it, the dyad among them: p_similar finds it, p does not."""
    x = panel(5)
    x[START + 1 :, np.arange(45) % 4 != 1, 1] *= 0.05
    found = outcome(x)
    assert found.p_similar < 0.02
    assert found.p > 0.10
    assert found.p_destination > 0.10
    alone = panel(5)
    alone[START + 1 :, 0, 1] *= 0.05
    found = outcome(alone)
    assert found.p < 0.02
    assert found.p_destination < 0.05
    assert found.p_origin < 0.05


def test_a_rupture_elsewhere_is_kept_out_and_counted(flows) -> None:
    known = np.zeros((N, N), dtype=bool)
    known[4, 5] = known[5, 4] = True
    effects = fit_effects(flows, np.ones(flows.shape, dtype=bool))
    with_it, without_it = (compare_window(flows, effects, YEARS, START, END, r) for r in (None, known))
    assert with_it.pool[4, 5] and not without_it.pool[4, 5]  # noqa: PT018
    assert without_it.n_ruptured == 2
    assert without_it.test(4, 5).value == with_it.test(4, 5).value  # still told itself


def test_a_recorded_zero_ranks_lowest_and_a_missing_flow_not_at_all(flows, window) -> None:
    zero = window.test(3, 4)
    assert zero.value == -np.inf
    assert zero.p_similar == 1 / (1 + zero.n)
    gone = flows.copy()
    gone[END, 3, 4] = np.nan
    missing = compare_window(gone, fit_effects(gone, np.ones(gone.shape, dtype=bool)), YEARS, START, END).test(3, 4)
    assert np.isnan([missing.value, missing.p, missing.p_similar]).all()


def test_the_power_is_the_loss_that_half_of_the_similar_dyads_would_show(window) -> None:
    """Put the loss on each similar dyad in turn, as the test sees it: half of them rank at 5% or below."""
    found = window.test(0, 1)
    near = window.similar(0, 1)
    u = np.array([window.ranks(d[None]).score[0] for d in near])
    limit = np.sort(u)[int(0.05 * (1 + window.k)) - 1]
    hit = []
    for d in near:
        value = window.change[tuple(d)]
        moved = window.ranks(d[None], np.array([value + found.unseen])).score[0]
        hit.append(moved <= limit + 1e-9)
    assert np.mean(hit) == pytest.approx(0.5, abs=0.03)


def test_too_few_dyads_are_refused() -> None:
    x = np.ones((T, 6, 6)) * 10
    with pytest.raises(TooFewDonors, match="30 dyads"):
        compare_window(x, fit_effects(x, np.ones(x.shape, dtype=bool)), YEARS, START, END)


def test_traits_look_back_only() -> None:
    """Whatever comes after the starting year leaves the traits as they were."""
    rng = np.random.default_rng(0)
    x = rng.lognormal(sigma=0.3, size=(T, N, N)) * 10
    r = np.log(x)
    before = features(x, r, YEARS, START)
    x[START + 1 :] *= 7
    r[START + 1 :] -= 3
    for a, b in zip(vars_of(before), vars_of(features(x, r, YEARS, START))):
        assert np.array_equal(a, b, equal_nan=True)


def test_a_season_is_no_volatility() -> None:
    """Flows that swing with the season and are otherwise still: by the year they are quiet, by the quarter they are not."""
    rng = np.random.default_rng(1)
    swing = np.tile([1.0, 3.0, 1.0, 0.3], 6)[:, None, None]
    x = swing * rng.lognormal(sigma=1.0, size=(N, N)) * np.exp(rng.normal(scale=0.01, size=(24, N, N))) * 10
    labels = tuple(20001 + 10 * (t // 4) + t % 4 for t in range(24))
    by_year, by_quarter = (features(x, np.log(x), labels, 20, season) for season in (4, 1))
    off = ~np.eye(N, dtype=bool)
    assert np.median(by_year.volatility[off]) < 0.05
    assert np.median(by_quarter.volatility[off]) > 0.5


def test_a_panel_of_stocks_is_refused(world_of_stocks) -> None:
    with pytest.raises(SpecificationError, match="stocks, not flows"):
        DyadFits.of(world_of_stocks, "COL", "VEN")


@pytest.fixture
def world_of_stocks():
    return replace(world(), stock=True)


def test_what_the_sides_did_is_not_changed_afterwards() -> None:
    """One window's sums serve every dyad that is asked about."""
    score, dyads = np.array([1.0, -1.0, 0.5]), np.array([[0, 1], [1, 2], [2, 0]])
    shared = SharedMoves.of(score, np.ones(3), dyads, (np.zeros((3, 3)), np.zeros((3, 3))))
    for one, name in [
        (shared, "centre"), (shared.means[0], "sums"), (SortedScores.of(score, dyads[:, 0], 3), "values"),
    ]:  # fmt: skip
        with pytest.raises(FrozenInstanceError):
            setattr(one, name, 0.0)


def test_the_nearest_members_are_those_of_a_full_search_whoever_asks() -> None:
    """Of members and others alike, never the dyad itself or its reverse."""
    rng = np.random.default_rng(4)
    points, pool = rng.normal(size=(8, 8, 2)), rng.random((8, 8)) < 0.6
    neighbours = Neighbours.of(points, pool, 5)
    members = [divmod(int(at), 8) for at in neighbours.members]
    dyads = np.argwhere(np.ones((8, 8), dtype=bool))
    for (i, j), found in zip(dyads.tolist(), neighbours.nearest(dyads)):
        others = [m for m in range(len(members)) if members[m] not in ((i, j), (j, i))]
        near = sorted(others, key=lambda m: float(((points[members[m]] - points[i, j]) ** 2).sum()))[:5]
        assert sorted(found.tolist()) == sorted(near), (i, j)


def test_a_change_as_bad_counts_against_the_pair() -> None:
    """(1 + as bad or worse) / (1 + all), a tie among them."""
    near = np.array([[-2.0, -1.0, -1.0, 0.0], [-2.0, -1.0, -1.0, 0.0]])
    assert _rank(near, np.array([-1.0, -2.5])).tolist() == [0.8, 0.2]


def test_a_share_of_two_and_a_half_percent_needs_thirty_nine_pairs() -> None:
    assert 1 / (1 + FEWEST) == 0.025


def test_a_rank_among_one_economys_dyads_needs_as_many(window) -> None:
    """Sixteen economies have fifteen partners each."""
    dyads = np.argwhere(window.pool)[:5]
    assert all(np.isnan(window._among(i, j, 0.5, side)) for i, j in dyads for side in (0, 1))
