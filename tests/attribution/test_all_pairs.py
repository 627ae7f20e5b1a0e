"""Many pairs in one table: the numbers of one pair at a time, wherever they are computed, with reasons for the rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import detente as dt
from detente._workers import fresh_processes
from detente.attribution import Inference, infer
from detente.attribution.attributing.all_pairs import tables_by_part
from detente.errors import NotIdentified, SpecificationError, UsageError

EPISODES, BASES = [(2006, 2008), ("two years", 2007, 2009)], [(2000, 2003), (2001, 2004)]
CODES = tuple(f"E{k:02d}" for k in range(16))
YEARS = range(2000, 2010)


def flows() -> np.ndarray:
    """Dyads that wander, with zeros, gaps, an economy that appears late and one that falls silent."""
    rng = np.random.default_rng(11)
    x = np.exp(4 + rng.normal(size=(16, 16)) + 0.3 * rng.normal(size=(10, 16, 16)).cumsum(axis=0))
    x[rng.random(x.shape) < 0.05] = 0.0
    x[rng.random(x.shape) < 0.03] = np.nan
    x[:5, 15] = x[:5, :, 15] = np.nan
    x[7:, 14] = 0.0
    return x


PANEL = (flows(), CODES, YEARS)


@pytest.fixture(scope="module")
def whole() -> pl.DataFrame:
    return dt.attribute_all(PANEL, EPISODES, base_windows=BASES)


@pytest.mark.property
@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(CODES), min_size=2, max_size=2, unique=True), st.booleans())
def test_a_pair_has_the_numbers_of_attribute_to_the_digit(whole, codes, quick) -> None:
    found = dt.attribute_all(PANEL, EPISODES, [codes], BASES, quick=quick)
    if found["flow_to_usd_mn"].null_count() == found.height and set(found["status"]) == {"no base trade"}:
        with pytest.raises(NotIdentified) as caught:
            dt.attribute(PANEL, *codes, EPISODES, BASES, quick=quick)
        assert set(found["reason"]) == {str(caught.value)}
        return
    one = dt.attribute(PANEL, *codes, EPISODES, BASES, quick=quick)
    assert_frame_equal(found.drop("cautions", "reason"), one.to_frame(), check_exact=True)
    assert set(found["cautions"]) == {" ".join(map(str, one.cautions)) or None}
    if not quick:
        among = whole.filter(pl.col("origin").is_in(codes) & pl.col("destination").is_in(codes))
        order = ["base_from", "origin", "episode"]
        mine, its = (
            table.drop("cautions").sort(order) for table in (found, among)
        )  # cautions begin with the first named
        assert_frame_equal(mine, its, check_exact=True)


@pytest.mark.shared
@pytest.mark.oracle
def test_on_the_world_panel_too() -> None:
    """Where the tensor has gaps, thousands of dyads and anchors, and windows that other pairs have used before."""
    world, rng = dt.world(), np.random.default_rng(21)
    pairs = [tuple(map(str, rng.choice(world.economies[:-1], 2, replace=False))) for _ in range(12)]
    pairs = [*pairs, ("COL", "VEN"), ("SAU", "QAT"), ("USA", "CAN")]
    table = dt.attribute_all(world, [(2012, 2018)], pairs, [(2000, 2004)])
    told = 0
    for a, b in pairs[::2] + pairs[-3:]:
        rows = table.filter(pl.col("origin").is_in([a, b]) & pl.col("destination").is_in([a, b]))
        if rows["status"][0] == "no base trade" and rows["flow_to_usd_mn"].null_count() == 2:
            continue
        one = dt.attribute(world, a, b, [(2012, 2018)], [(2000, 2004)]).to_frame()
        assert_frame_equal(rows.drop("cautions", "reason"), one, check_exact=True)
        told += 1
    assert told >= 6


def test_every_pair_is_there_once_both_ways(whole) -> None:
    assert whole.height == 16 * 15 * len(EPISODES) * len(BASES)
    assert whole.select("origin", "destination", "episode", "base_from").is_unique().all()
    told = whole.filter(pl.col("reason").is_null())
    assert told["status"].is_in(["computed", "bound", "unknown"]).all()
    assert whole.filter(pl.col("reason").is_not_null())["dyad_part"].is_null().all()


def test_what_no_pair_can_answer_is_an_error_and_what_one_cannot_a_reason() -> None:
    found = dt.attribute_all(PANEL, [(2006, 2008)], [("E00", "E01"), ("E01", "E00"), ("E00", "XXX"), ("E02", "E02")],
                             [(2000, 2003)], quick=True)  # fmt: skip
    assert found["status"].to_list() == ["computed", "computed", *["not told"] * 4]
    assert "'XXX' is not in the panel" in found["reason"][2]
    assert "are the same" in found["reason"][4]
    for wrong, error in (
        ({"episodes": [(1990, 2008)]}, SpecificationError), ({"base_windows": [(1980, 1985)]}, SpecificationError),
        ({"placebos": "nearest"}, SpecificationError), ({"placebos": [("E02", "E03")]}, SpecificationError),
        ({"workers": 0}, UsageError), ({"pairs": ["COL"]}, SpecificationError),
    ):  # fmt: skip
        with pytest.raises(error):
            dt.attribute_all(
                PANEL, **({"episodes": EPISODES, "pairs": [("E00", "E01")], "base_windows": BASES} | wrong)
            )
    assert dt.attribute_all(PANEL, EPISODES, []).schema == found.schema


def test_the_same_to_the_digit_wherever_it_is_done(whole, monkeypatch) -> None:
    """A third of the pairs in four parts, among all dyads of the panel as those of every pair are."""
    monkeypatch.setattr("detente.attribution.attributing.all_pairs.PART", 10)
    pairs = list(combinations(CODES, 2))[::3]
    alone = whole.filter(pl.concat_list("origin", "destination").list.sort().is_in([list(pair) for pair in pairs]))
    seen: list[tuple[int, int]] = []
    with ThreadPoolExecutor(2) as threads:
        for where in ({"executor": threads}, {"workers": 2}):
            found = dt.attribute_all(
                PANEL, EPISODES, pairs, BASES, progress=lambda n, of: seen.append((n, of)), **where
            )
            assert_frame_equal(found, alone, check_exact=True)
    assert seen[3] == (40, 40) == seen[-1]


def test_parts_come_one_by_one() -> None:
    parts = [[("E00", "E01")], [("E02", "E03"), ("E04", "E05")]]
    found = dict(tables_by_part(PANEL, [(2006, 2008)], parts, [(2000, 2003)], quick=True))
    assert [found[k].height for k in range(2)] == [2, 4]


@pytest.mark.parametrize(
    "place", [lambda: ThreadPoolExecutor(2), lambda: fresh_processes(1)], ids=["threads", "process"]
)
def test_methods_with_placebos_of_their_own_do_not_depend_on_who_works_them_out(place) -> None:
    """Synthetic control, completion and conformal limits, and the reasons of those that cannot be run."""
    calm = np.exp(4 + 0.03 * np.random.default_rng(3).normal(size=(14, 16, 16)).cumsum(axis=0))
    plain = ((calm, CODES, range(2000, 2014)), "E02", "E05", (2010, 2013), (2000, 2003))
    clear = infer(*plain)
    assert clear.synthetic
    assert clear.completed
    assert clear.conformal
    assert not clear.refused
    with place() as pool:
        check_same(infer(*plain, executor=pool), clear)
        question = (PANEL, "E02", "E05", (2006, 2008), (2000, 2003))
        alone = infer(*question)
        assert list(alone.refused) == ["synthetic control", "conformal"]
        check_same(infer(*question, executor=pool), alone)


@pytest.mark.parametrize(
    "place", [lambda: ThreadPoolExecutor(2), lambda: fresh_processes(1)], ids=["threads", "process"]
)
def test_base_windows_of_a_pair_do_not_depend_on_who_fits_them(place) -> None:
    picked = [("E02", "E05"), ("E03", "E07"), ("E04", "E09"), *((f"E{k:02d}", "E12") for k in range(2, 11))]
    with place() as pool:
        for pair, placebos in ((("E00", "E01"), "similar"), (("E03", "E14"), "size"), (("E00", "E01"), picked)):
            question = (PANEL, *pair, EPISODES, BASES, placebos)
            shared, alone = dt.attribute(*question, executor=pool), dt.attribute(*question)
            assert_frame_equal(shared.to_frame(), alone.to_frame(), check_exact=True)
            assert_frame_equal(shared.residuals(), alone.residuals(), check_exact=True)
            assert shared.summary() == alone.summary()
            assert shared.cautions == alone.cautions


def check_same(shared: Inference, alone: Inference) -> None:
    """Every number to the digit, every reason word for word."""
    assert_frame_equal(shared.to_frame(), alone.to_frame(), check_exact=True)
    assert shared.sentences == alone.sentences
    assert {name: str(why) for name, why in shared.refused.items()} == {k: str(w) for k, w in alone.refused.items()}
    for name in ("synthetic", "completed", "conformal"):
        one, other = (getattr(found, name) for found in (shared, alone))
        assert type(one) is type(other)
        for part in getattr(type(other), "__slots__", ()):
            np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
