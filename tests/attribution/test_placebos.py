"""Comparable dyads and standing among them, against their definitions written out dyad by dyad."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detente.attribution.comparison.placebos import (
    FACTOR,
    FEWEST,
    check_kind,
    choose,
    mean_change,
    picked,
    refuse_clustered_error,
    stand,
    usable,
)
from detente.attribution.sample import Sample
from detente.errors import SpecificationError, TooFewDonors

N = 7
CODES = tuple(f"E{k:02d}" for k in range(N))


def slow(mean, i, j, kind, factor, barred, excluded, contiguity):
    """Each dyad asked one by one."""
    chosen = np.zeros((N, N), dtype=bool)
    for a in range(N):
        for b in range(N):
            if a == b or {a, b} == {i, j} or a in barred or b in barred or excluded[a, b]:
                continue
            if math.isnan(mean[a, b]) or not mean[a, b] > 0:
                continue
            if not mean[i, j] / factor <= mean[a, b] <= mean[i, j] * factor:
                continue
            asked = {"size": True, "contiguous": contiguity[a, b], "destination": b == j, "origin": a == i}[kind]
            chosen[a, b] = asked
    return chosen


@pytest.mark.parametrize("kind", ["size", "contiguous", "destination", "origin"])
@pytest.mark.parametrize("seed", range(5))
def test_the_dyads_chosen_are_those_of_the_definition(kind, seed):
    rng = np.random.default_rng(seed)
    mean = rng.choice([0.0, np.nan, 1.0, 2.0, 3.0, 6.0, 9.0, 18.0, 18.1], size=(N, N))
    i, j = rng.choice(N, 2, replace=False)
    mean[i, j] = 6.0
    excluded, contiguity = rng.random((N, N)) < 0.2, rng.random((N, N)) < 0.5
    barred = [int(k) for k in rng.choice(N, 1) if k not in (i, j)]
    found = choose(mean, i, j, kind=kind, barred=barred, excluded=excluded, contiguity=contiguity)
    assert (found.chosen == slow(mean, i, j, kind, FACTOR, barred, excluded, contiguity)).all()
    assert (found.kind, found.n) == (kind, int(found.chosen.sum()))


def test_both_ends_of_the_factor_belong_to_it_and_no_flow_never_does():
    mean = np.full((N, N), 100.0)
    mean[0, 1], mean[0, 2], mean[0, 3], mean[0, 4], mean[0, 5] = 6.0, 2.0, 18.0, 1.99, 18.01
    assert np.argwhere(choose(mean, 0, 1).chosen).tolist() == [[0, 2], [0, 3]]
    assert np.argwhere(choose(mean, 0, 1, factor=4.0).chosen).tolist() == [[0, 2], [0, 3], [0, 4], [0, 5]]
    nothing = np.zeros((N, N))
    assert choose(nothing, 0, 1).n == 0
    assert np.argwhere(choose(mean / 1000, 0, 1).chosen).tolist() == [[0, 2], [0, 3]]  # thousands as well as millions


def test_kinds_go_by_their_field_names_too_and_others_are_refused():
    assert [check_kind(name) for name in ("importer", "exporter", "size")] == ["destination", "origin", "size"]
    with pytest.raises(SpecificationError, match="no class of placebos"):
        check_kind("sizes of")
    with pytest.raises(SpecificationError, match="who borders whom"):
        choose(np.ones((N, N)), 0, 1, kind="contiguous")


@pytest.mark.parametrize("seed", range(5))
def test_a_standing_is_counted_and_its_points_are_placebos(seed):
    rng = np.random.default_rng(seed)
    drawn = np.round(rng.normal(size=41), 1)
    with_gaps = np.concatenate([drawn, [np.nan, np.nan]])
    value = float(drawn[3])  # ties count as at or below
    found = stand(value, with_gaps)
    assert found.share == (1 + sum(p <= value for p in drawn)) / 42
    ordered = sorted(drawn)
    for point, share in ((found.low, 0.05), (found.median, 0.5), (found.upper, 0.8), (found.high, 0.95)):
        assert point == ordered[math.ceil(share * 41) - 1]
    assert (found.n, found.smallest) == (41, 1 / 42)


def test_a_standing_without_a_number_or_without_placebos():
    found = stand(math.nan, np.array([0.1, 0.2]))
    assert math.isnan(found.share)
    assert found.n == 2
    assert stand(-math.inf, np.array([-math.inf, 0.0])).share == pytest.approx(2 / 3)
    with pytest.raises(TooFewDonors, match="No comparable pair"):
        stand(0.0, np.array([np.nan]))


def test_ten_that_traded_are_enough_and_nine_are_not():
    sample = Sample(np.ones((2, N, N)), CODES, (2000, 2001), "toy")
    chosen = np.zeros((N, N), dtype=bool)
    chosen.flat[[k for k in range(N * N) if k // N != k % N][: FEWEST + 1]] = True
    base = np.ones((N, N))
    base[tuple(np.argwhere(chosen)[0])] = 0.0
    assert usable(chosen, base, sample).sum() == FEWEST
    assert usable(chosen, np.ones((N, N)), sample).sum() == FEWEST + 1
    base[tuple(np.argwhere(chosen)[1])] = np.nan
    with pytest.raises(
        TooFewDonors, match=r"9 of the 11 pairs picked.*No trade in the base years: E00-E01, E00-E02"
    ) as few:
        usable(chosen, base, sample)
    assert few.value.fix.startswith("Pick at least 1 more,")
    with pytest.raises(TooFewDonors, match=r"0 of the 11") as none:
        usable(chosen, np.zeros((N, N)), sample)
    assert none.value.fix.startswith("Pick at least 10 more,")


def test_a_pair_is_picked_once_and_in_its_direction():
    sample = Sample(np.ones((2, N, N)), CODES, (2000, 2001), "toy")
    found = picked(sample, [("E02", "E03"), ("E02", "E03"), ("E00", "E02")], 0, 1)
    assert np.argwhere(found).tolist() == [[0, 2], [2, 3]]
    assert np.argwhere(picked(sample, [("E05", "E02"), ("E02", "E00")], 0, 1)).tolist() == [[2, 0], [5, 2]]
    for pair in (("E00", "E01"), ("E01", "E00"), ("E04", "E04")):
        with pytest.raises(SpecificationError, match=r"pair in question|is not a pair"):
            picked(sample, [pair], 0, 1)


def test_a_mean_change_is_after_less_before():
    ratio = np.array([[0.0, 1.0], [0.4, 3.0], [9.0, 9.0], [-1.0, np.nan], [-2.0, 0.0]])
    found = mean_change(ratio, slice(0, 2), slice(3, 5))
    assert found[0] == pytest.approx(-1.5 - 0.2)
    assert math.isnan(found[1])


def test_no_clustered_error_for_one_dyad():
    with pytest.raises(SpecificationError, match="not computed"):
        refuse_clustered_error()
