"""Draws: the same whatever the workers, equal to single solves, failures counted, variance by layer."""

from __future__ import annotations

import pickle
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest

from detente._workers import fresh_processes
from detente.equilibrium import (
    CLOSED,
    Choice,
    Coefficients,
    Economy,
    LogNormal,
    SectorEconomy,
    Shock,
    Uniform,
    ensemble,
    solve,
)
from detente.equilibrium.around import one_sector_draws
from detente.equilibrium.around.priors import as_prior
from detente.errors import EmptySample, InvalidShock, SpecificationError, UnknownEconomy, WorkerLost

FLOWS = np.array([[90.0, 2.0, 1.5, 8.0], [1.0, 50.0, 0.3, 6.0], [0.7, 0.2, 30.0, 4.0], [9.0, 3.0, 4.0, 900.0]])
ECO = Economy.from_arrays(("COL", "VEN", "ECU", "ROW"), FLOWS)
ONE = Coefficients({"closed": {("COL", "VEN"): 1.0}}, {"closed": -1.2}, [[0.09]])


def test_each_draw_is_the_single_solve_with_its_parameters():
    rules = ("multiplicative", "additive", "universal", "balanced")
    out = ensemble(
        ECO,
        Shock({("VEN", "COL"): CLOSED}, labour_hat={"ECU": 1.2}),
        draws=12,
        coefficients=ONE,
        theta=LogNormal(5, 0.3),
        supply_elasticity=Choice((0.0, 1.24)),
        deficits=rules,
        track=[("COL", "VEN")],
        tolerance=1e-12,
    )
    assert set(out.parameters["deficits"]) == set(rules)
    for k in range(12):
        p = {name: values[k] for name, values in out.parameters.items()}
        one = solve(
            ECO,
            Shock({("VEN", "COL"): CLOSED, ("COL", "VEN"): p["closed"]}, labour_hat={"ECU": 1.2}),
            theta=p["theta"],
            supply_elasticity=p["supply_elasticity"],
            deficits=str(p["deficits"]),
        )
        np.testing.assert_allclose(out.draws_pct[k], list(one.welfare_pct.values()), atol=1e-8)
        assert out.tracked["COL", "VEN"][k] == pytest.approx(one.flow("COL", "VEN"), rel=1e-8)


def test_workers_do_not_change_the_bands_and_the_seed_does():
    options = {"draws": 70, "coefficients": ONE, "theta": LogNormal(5, 0.3), "flow_error": 0.2}
    alone = ensemble(ECO, **options)
    with ThreadPoolExecutor(2) as pool:
        shared = ensemble(ECO, executor=pool, **options)
    np.testing.assert_array_equal(alone.draws_pct, shared.draws_pct)
    assert (ensemble(ECO, seed=1, **options).draws_pct != alone.draws_pct).all()
    longer = ensemble(ECO, **{**options, "draws": 96})
    # chunks differ, so only up to the tolerance of the solves
    np.testing.assert_allclose(longer.draws_pct[:64], alone.draws_pct[:64], atol=1e-6)


def test_work_can_be_sent_to_other_processes():
    fixed, nothing = as_prior(5.0, "theta"), as_prior(0.0, "psi")
    spec = one_sector_draws.drawn_setting(ECO, Shock(), ONE, fixed, nothing, 0.1, ("additive",), (), 0, 1e-9, 500)
    plan = np.tile(np.arange(4), (4, 1))
    here = one_sector_draws.solve_chunk(spec, plan)
    there = one_sector_draws.solve_chunk(pickle.loads(pickle.dumps(spec)), plan)
    np.testing.assert_array_equal(here[0], there[0])


MANY = SectorEconomy.from_arrays(
    ECO.economies, ["oil", "rest"], np.stack([0.3 * FLOWS, 0.7 * FLOWS]), theta=[8.0, 4.0], value_added=0.6
)


def test_each_draw_with_sectors_is_the_single_solve_with_its_parameters():
    """Tracked flows, real income and every cell that draws keep, under tariffs and a drawn effect on one sector."""
    rules = ("additive", "balanced")
    duty = Shock(tariff={("COL", "VEN", "oil"): 0.25})
    drawn = Coefficients({"less": {("VEN", "COL", "rest"): 1.0}}, {"less": -0.5}, [[0.04]])
    out = ensemble(
        MANY, duty, draws=6, coefficients=drawn, theta=LogNormal(1, 0.3), deficits=rules,
        track=[("COL", "VEN")], tolerance=1e-12, pass_through=0.7,
    )  # fmt: skip
    for k in range(6):
        p = {name: values[k] for name, values in out.parameters.items()}
        one = solve(
            SectorEconomy.from_arrays(
                ECO.economies, MANY.sectors, MANY.flows, theta=p["theta_factor"] * MANY.theta, value_added=0.6
            ),
            duty + Shock({("VEN", "COL", "rest"): p["less"]}),
            deficits=str(p["deficits"]),
            pass_through=0.7,
        )
        np.testing.assert_allclose(out.draws_pct[k], list(one.welfare_pct.values()), atol=1e-8)
        assert out.tracked["COL", "VEN"][k] == pytest.approx(one.flow("COL", "VEN"), rel=1e-8)
        table = one.to_frame("sectors")
        for name, values in out.cells.items():
            np.testing.assert_allclose(values[k].ravel(), table[name].to_numpy(), atol=1e-7)
    frame = out.to_frame(what="sectors")
    assert frame.select("sector", "economy").rows()[:2] == [("oil", "COL"), ("oil", "VEN")]
    jobs = out.cells["employment_pct"]
    np.testing.assert_allclose(frame["employment_pct_q5"].to_numpy(), np.quantile(jobs, 0.05, axis=0).ravel())
    np.testing.assert_allclose(frame["employment_pct_q95"].to_numpy(), np.quantile(jobs, 0.95, axis=0).ravel())
    assert frame["n_failed"].unique().to_list() == [0]


def test_draws_without_sectors_have_no_table_of_them():
    one = ensemble(ECO, ONE.design["closed"], draws=2)
    with pytest.raises(SpecificationError, match="no table 'sectors'"):
        one.to_frame(what="sectors")
    with pytest.raises(UnknownEconomy, match="PER"):
        ensemble(MANY, draws=2, track=[("COL", "PER")])
    with pytest.raises(EmptySample):
        ensemble(MANY, draws=0)


def test_bands_widen_with_what_is_uncertain_and_contain_the_centre():
    narrow = ensemble(ECO, coefficients=ONE, draws=300)
    wide = ensemble(ECO, coefficients=ONE, theta=LogNormal(5, 0.4), draws=300)
    sd = [b.to_frame()["sd_pct"][1] for b in (narrow, wide)]
    assert sd[1] > sd[0] > 0
    centre = solve(ECO, {("COL", "VEN"): -1.2}).welfare_pct["VEN"]
    assert narrow.quantile(0.05)["VEN"] < centre < narrow.quantile(0.95)["VEN"]


def test_delta_method_agrees_for_a_small_standard_error():
    small = Coefficients(ONE.design, {"closed": -0.2}, [[1e-4]])
    out = ensemble(ECO, coefficients=small, draws=800, tolerance=1e-12)
    step = 1e-4
    ends = [solve(ECO, {("COL", "VEN"): -0.2 + s}).welfare_pct["VEN"] for s in (-step, step)]
    expected = abs(ends[1] - ends[0]) / (2 * step) * 0.01
    # the sample sd of 800 normals has a relative standard error of 1/sqrt(1600) = 2.5%; four of them
    assert out.to_frame()["sd_pct"][1] == pytest.approx(expected, rel=0.1)


def test_variance_shares_by_layer():
    only = ensemble(ECO, {("COL", "VEN"): -1.0}, draws=2, theta=Uniform(3, 8), decompose=200)
    assert only.shares["elasticities"][1] == pytest.approx(1.0, abs=1e-12)
    assert only.shares["coefficients"][1] == pytest.approx(0.0, abs=0.25)  # sampling error of 200 pairs
    assert only.total_shares["coefficients"][1] == 0.0
    both = ensemble(ECO, coefficients=ONE, theta=Uniform(4, 6), draws=2, decompose=400)
    total = both.total_shares
    assert total["coefficients"][1] > total["elasticities"][1] > 0
    assert total["coefficients"][1] + total["elasticities"][1] == pytest.approx(1.0, abs=0.2)
    assert total["flows"][1] == total["deficits"][1] == 0.0


def test_failed_draws_are_kept_and_counted():
    oil = Economy.from_arrays(["OIL", "A", "B"], [[1.0, 5.0, 4.0], [0.5, 50.0, 1.0], [0.5, 1.0, 60.0]])
    shock = {("OIL", "A"): -3.0, ("OIL", "B"): -3.0}
    out = ensemble(oil, shock, draws=40, deficits=("multiplicative", "additive"))
    assert 0 < out.n_failed < 40
    assert (out.parameters["deficits"][out.failed] == "additive").all()
    assert len(out.draws_pct) == 40
    assert np.isfinite(list(out.quantile(0.5).values())).all()
    assert f"{out.n_failed} without" in repr(out)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"theta": Uniform(-1, 5)}, SpecificationError, "theta"),
        ({"theta": "five"}, SpecificationError, "prior"),
        ({"supply_elasticity": -1.0}, SpecificationError, "supply_elasticity"),
        ({"deficits": "none"}, SpecificationError, "deficits"),
        ({"flow_error": -0.1}, SpecificationError, "flow_error"),
        ({"flow_error": np.ones(3)}, SpecificationError, "4 x 4"),
        ({"draws": 0}, EmptySample, "at least one"),
        ({"shock": {("COL", "XXX"): 1.0}}, InvalidShock, "XXX"),
    ],
)
def test_requests_that_make_no_sense(options, error, message):
    with pytest.raises(error, match=message):
        ensemble(ECO, **{"draws": 2, **options})


def test_coefficients_need_a_proper_covariance():
    with pytest.raises(SpecificationError, match="positive"):
        Coefficients(ONE.design, ONE.mean, [[-1.0]])
    with pytest.raises(SpecificationError, match="no estimate"):
        Coefficients(ONE.design, {}, [[1.0]])


def test_coefficients_come_from_a_gravity_fit():
    import polars as pl

    from detente.gravity import fit_ppml

    rng = np.random.default_rng(4)
    names = [f"E{k}" for k in range(8)]
    rows = [
        {"exporter": a, "importer": b, "year": t, "closed": float((i + j + t) % 5 == 0), "tie": float((i * j + t) % 3)}
        for t in range(3)
        for i, a in enumerate(names)
        for j, b in enumerate(names)
    ]
    frame = pl.DataFrame(rows)
    noise = np.exp(rng.normal(0, 0.3, len(frame)))
    frame = frame.with_columns(trade=10 * np.exp(-0.8 * frame["closed"].to_numpy()) * noise)
    fit = fit_ppml(frame, "trade ~ closed + tie | exporter^year + importer^year")
    drawn = Coefficients.from_fit(fit, {"closed": {("COL", "VEN"): 1.0}})
    assert drawn.mean["closed"] == fit.coef["closed"]
    assert drawn.standard_errors["closed"] == pytest.approx(fit.se["closed"])
    out = ensemble(ECO, coefficients=drawn, draws=400)
    assert out.parameters["closed"].std() == pytest.approx(fit.se["closed"], rel=0.15)  # 4 s.e. of 400 draws
    with pytest.raises(SpecificationError, match="Did you mean 'closed'"):
        Coefficients.from_fit(fit, {"close": {("COL", "VEN"): 1.0}})


SHARED_OUT = {
    "draws": 20, "theta": LogNormal(1, 0.2), "flow_error": 0.1, "deficits": ("additive", "multiplicative"),
    "supply_elasticity": Choice((0.0, 0.5)), "track": [("COL", "VEN")],
    "coefficients": Coefficients({"less": {("VEN", "COL", "rest"): 1.0}}, {"less": -0.5}, [[0.04]]),
}  # fmt: skip


def test_dask_cluster_gives_the_same_draws():
    distributed = pytest.importorskip("distributed")
    with distributed.Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as client:
        there = ensemble(ECO, coefficients=ONE, draws=40, executor=client.get_executor())
        many = ensemble(MANY, executor=client.get_executor(), **SHARED_OUT)
    np.testing.assert_array_equal(there.draws_pct, ensemble(ECO, coefficients=ONE, draws=40).draws_pct)
    np.testing.assert_array_equal(many.draws_pct, ensemble(MANY, **SHARED_OUT).draws_pct)


def test_draws_with_sectors_do_not_depend_on_who_solves_them():
    """Threads, and the caller's processes: every array to the digit, twenty draws in two parts."""
    alone = ensemble(MANY, **SHARED_OUT)
    assert alone.n_failed < 20
    for executor in (ThreadPoolExecutor(2), ProcessPoolExecutor(1, get_context("spawn"))):
        with executor as pool:
            shared = ensemble(MANY, executor=pool, **SHARED_OUT)
        for name in ("draws_pct", "gap"):
            np.testing.assert_array_equal(getattr(shared, name), getattr(alone, name))
        for name in ("parameters", "tracked", "cells"):
            mine, other = getattr(shared, name), getattr(alone, name)
            assert list(mine) == list(other)
            for key, values in mine.items():
                np.testing.assert_array_equal(values, other[key])
    longer = ensemble(MANY, **{**SHARED_OUT, "draws": 24})
    np.testing.assert_array_equal(longer.draws_pct[:20], alone.draws_pct)


def test_an_economy_read_from_a_frame_can_be_shared_out():
    """pandas' module is what ``to_frame`` goes by, and no module can be sent to another process."""
    rows = [
        {"exporter": a, "importer": b, "sector": s, "trade": MANY.flows[k, i, j]}
        for k, s in enumerate(MANY.sectors)
        for i, a in enumerate(MANY.economies)
        for j, b in enumerate(MANY.economies)
    ]
    frame = pd.DataFrame(rows)
    many = SectorEconomy.from_flows(frame, theta=[8.0, 4.0], value_added=0.6)
    one = Economy.from_flows(frame.groupby(["exporter", "importer"], as_index=False)["trade"].sum())
    with fresh_processes(1) as pool:
        for economy in (many, one):
            options = {"draws": 8, "flow_error": 0.1}
            np.testing.assert_array_equal(
                ensemble(economy, executor=pool, **options).draws_pct, ensemble(economy, **options).draws_pct
            )


class Killed(Executor):
    """Its process is gone before the work is done."""

    def submit(self, *_args, **_more):
        future = Future()
        future.set_exception(BrokenProcessPool("gone"))
        return future


@pytest.mark.parametrize("economy", [ECO, MANY])
def test_a_worker_that_is_gone_is_a_named_error(economy):
    with pytest.raises(WorkerLost, match="ended before its work"):
        ensemble(economy, draws=40, executor=Killed())
