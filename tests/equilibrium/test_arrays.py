"""Arrays of other libraries: the same answers as numpy's, of the same kind and on the same device."""

from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import array_api_strict
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente._arrays import ArrayKind, host
from detente.equilibrium import (
    CLOSED,
    Choice,
    Coefficients,
    Economy,
    LogNormal,
    SectorEconomy,
    Shock,
    accumulate,
    decompose,
    ensemble,
    sensitivity,
    solve,
)
from detente.equilibrium.around import one_sector_draws
from detente.equilibrium.assembly import one_sector
from detente.equilibrium.solver import fixed_point, newton
from detente.errors import InvalidFlow, MissingExtra, NoEquilibrium, SpecificationError

FLOWS = np.array([[90.0, 2.0, 1.5, 8.0], [1.0, 50.0, 0.3, 6.0], [0.7, 0.2, 30.0, 4.0], [9.0, 3.0, 4.0, 900.0]])
CODES = ("COL", "VEN", "ECU", "ROW")
ECO = Economy.from_arrays(CODES, FLOWS)

MAKERS = {
    # raises on whatever the standard does not promise, and on arrays of two devices together
    "strict": lambda a: array_api_strict.asarray(np.array(a)),
    "strict, device": lambda a: array_api_strict.asarray(np.array(a), device=array_api_strict.Device("device1")),
}


def tensor(values: np.ndarray, **more: bool):
    """A torch tensor; the library is loaded when the first is made."""
    import torch

    return torch.tensor(values, dtype=torch.float64, **more)


if importlib.util.find_spec("torch"):  # its usual builds for Linux bring gigabytes; where one is installed it is tested
    MAKERS |= {"torch": tensor, "torch, gradients": lambda a: tensor(a, requires_grad=True)}
every_kind = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)

SHOCKS = {
    "closed one way": {("COL", "VEN"): CLOSED, ("VEN", "COL"): -2.0},
    "far": {("COL", "*"): -6.0, ("ROW", "VEN"): 3.0},
    "cut off": {("COL", "*"): CLOSED, ("*", "COL"): CLOSED},
    "hats": Shock({("ECU", "COL"): 0.4}, productivity_hat={"VEN": 1.3}, labour_hat={"ECU": 0.8}),
}
OPTIONS = [{}, {"deficits": "additive"}, {"deficits": "balanced"}, {"supply_elasticity": 1.24}]
CASES = [*product(SHOCKS, OPTIONS), ("far", {"mode": "published"})]
FIELDS = ("price_hat", "index_hat", "output_hat", "expenditure_hat", "welfare_hat", "flows")
# A library may sum in another order than numpy: some rounding errors on numbers of order one, times the condition.
ROUNDING = {"rtol": 1e-10, "atol": 1e-12}


def same_place(one, other) -> bool:
    return type(one) is type(other) and one.device == other.device


@every_kind
@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_a_solve_is_numpys_in_arrays_of_the_same_kind(make, name, options):
    given = make(FLOWS)
    mine = solve(Economy.from_arrays(CODES, given), SHOCKS[name], throw=False, **options)
    plain = solve(ECO, SHOCKS[name], throw=False, **options)
    assert (mine.report.status, mine.report.parts) == (plain.report.status, plain.report.parts)
    assert mine.report.iterations == plain.report.iterations
    if plain.report.ok:
        assert mine.report.gap < 1e-12
    for field in FIELDS:
        assert same_place(getattr(mine, field), given)
        np.testing.assert_allclose(host(getattr(mine, field)), getattr(plain, field), **ROUNDING)
    np.testing.assert_array_equal(host(given), FLOWS)


@every_kind
def test_methods_answer_as_they_do_for_numpy(make):
    mine, plain = (solve(Economy.from_arrays(CODES, a), {("COL", "VEN"): -1.0}) for a in (make(FLOWS), FLOWS))
    assert list(mine.welfare_pct) == list(plain.welfare_pct)
    for table in ("economies", "flows"):
        one, other = mine.to_frame(table), plain.to_frame(table)
        assert one.schema == other.schema
        for column, kind in one.schema.items():
            if kind.is_float():
                np.testing.assert_allclose(one[column], other[column], **ROUNDING)
    assert mine.summary().splitlines()[:5] == plain.summary().splitlines()[:5]
    assert repr(mine).split("Walras")[0].split("market")[0] == repr(plain).split("Walras")[0].split("market")[0]
    assert mine.flow("COL", "VEN") == pytest.approx(plain.flow("COL", "VEN"))
    assert mine.diversion("COL", "VEN") == pytest.approx(plain.diversion("COL", "VEN"), abs=1e-9)
    assert mine.condition() == pytest.approx(plain.condition(), rel=1e-6)
    again = solve(mine.economy, {("VEN", "COL"): 0.5})  # what follows stays where it is
    assert same_place(again.flows, mine.flows)
    np.testing.assert_allclose(host(again.flows), solve(plain.economy, {("VEN", "COL"): 0.5}).flows, **ROUNDING)
    for work in (lambda out: sensitivity(out, "VEN").to_frame(), lambda out: decompose(out).to_frame()):
        one, other = work(mine), work(plain)
        assert one.schema == other.schema
        for column, kind in one.schema.items():
            if kind.is_float():
                np.testing.assert_allclose(one[column], other[column], rtol=1e-8, atol=1e-9)
    paths = [accumulate(out.baseline, {("COL", "VEN"): -1.0}, years=3) for out in (mine, plain)]
    np.testing.assert_allclose(paths[0].welfare_hat, paths[1].welfare_hat, **ROUNDING)


DRAWN = {
    "draws": 40, "coefficients": Coefficients({"closed": {("COL", "VEN"): 1.0}}, {"closed": -1.2}, [[0.09]]),
    "theta": LogNormal(5, 0.3), "supply_elasticity": Choice((0.0, 1.24)), "flow_error": 0.2,
    "deficits": ("multiplicative", "additive", "universal", "balanced"), "track": [("COL", "VEN")], "decompose": 6,
}  # fmt: skip


@every_kind
def test_an_ensemble_is_numpys_in_arrays_of_the_same_kind(make):
    given = make(FLOWS)
    mine, plain = ensemble(Economy.from_arrays(CODES, given), **DRAWN), ensemble(ECO, **DRAWN)
    theta, flow = mine.parameters["theta"], mine.tracked["COL", "VEN"]
    for one, other in (
        (mine.draws_pct, plain.draws_pct),
        (theta, plain.parameters["theta"]),
        (flow, plain.tracked["COL", "VEN"]),
    ):
        assert same_place(one, given)
        np.testing.assert_allclose(host(one), other, rtol=1e-7, atol=1e-6)  # draws are solved to 1e-9 of output
    assert same_place(mine.gap, given)
    assert host(mine.gap).max() < 1e-9
    assert mine.parameters["deficits"].tolist() == plain.parameters["deficits"].tolist()
    assert mine.n_failed == plain.n_failed == 0
    assert mine.quantile(0.5) == pytest.approx(plain.quantile(0.5), abs=1e-6)
    for layer, share in plain.shares.items():
        np.testing.assert_allclose(mine.shares[layer], share, atol=1e-6)
    assert mine.to_frame().schema == plain.to_frame().schema
    assert mine.summary().splitlines()[0] == repr(plain)


@every_kind
def test_draws_without_an_equilibrium_are_the_same(make):
    """A surplus held fixed while sales abroad fall: some draws leave an equilibrium and some do not."""
    owing = np.array([[50.0, 30.0, 2.0], [5.0, 40.0, 3.0], [1.0, 4.0, 60.0]])
    drawn = {"theta": LogNormal(3, 0.8), "draws": 24, "deficits": "additive"}
    shock = {("A", "B"): -3.5}
    mine, plain = (ensemble(Economy.from_arrays("ABC", a), shock, **drawn) for a in (make(owing), owing))
    assert mine.failed.tolist() == plain.failed.tolist()
    assert 0 < plain.n_failed < 24
    np.testing.assert_allclose(mine.solved(), plain.solved(), rtol=1e-6, atol=1e-6)
    with pytest.raises(NoEquilibrium, match="A"):
        solve(Economy.from_arrays("ABC", make(owing)), {("A", "*"): -20.0}, deficits="additive")


@every_kind
def test_work_on_draws_can_be_shared_out(make):
    eco = Economy.from_arrays(CODES, make(FLOWS))
    few = {**DRAWN, "draws": 40, "decompose": 0, "deficits": "additive"}
    alone = ensemble(eco, **few)
    with ThreadPoolExecutor(2) as pool:
        np.testing.assert_array_equal(host(ensemble(eco, executor=pool, **few).draws_pct), host(alone.draws_pct))
    there = pickle.loads(pickle.dumps(eco))
    np.testing.assert_array_equal(host(ensemble(there, **few).draws_pct), host(alone.draws_pct))


def test_an_accelerator_gets_more_draws_at_once_for_the_same_answers(monkeypatch):
    device = Economy.from_arrays(CODES, MAKERS["strict, device"](FLOWS))
    sizes, solved = [], one_sector_draws.solve_model
    monkeypatch.setattr(
        one_sector_draws, "solve_model", lambda m, start, **k: sizes.append(start.shape[0]) or solved(m, start, **k)
    )
    many = {"theta": LogNormal(5, 0.3), "draws": 100, "tolerance": 1e-12}
    plain, mine = ensemble(ECO, SHOCKS["far"], **many), ensemble(device, SHOCKS["far"], **many)
    assert sizes == [32, 32, 32, 4, 100]
    np.testing.assert_allclose(host(mine.draws_pct), plain.draws_pct, atol=1e-8)


@pytest.mark.property
@settings(max_examples=20, deadline=None)
@given(
    flows=st.integers(3, 6).flatmap(
        lambda n: st.lists(st.floats(-4, 4), min_size=n * n, max_size=n * n).map(lambda x: np.exp(x).reshape(n, n))
    ),
    effect=st.floats(-6, 2),
    theta=st.floats(0.5, 12),
    rule=st.sampled_from(["multiplicative", "additive", "universal", "balanced"]),
    make=st.sampled_from([*MAKERS.values()]),
)
def test_any_world_ends_alike(flows, effect, theta, rule, make):
    """The same status; where solved, the same prices to what the certificate leaves open."""
    codes = [f"E{k}" for k in range(len(flows))]
    mine, plain = (
        solve(Economy.from_arrays(codes, a), {("E0", "E1"): effect}, theta=theta, deficits=rule, throw=False)
        for a in (make(flows), flows)
    )
    assert mine.report.status == plain.report.status
    if plain.report.ok:
        np.testing.assert_allclose(host(mine.welfare_hat), plain.welfare_hat, rtol=1e-7)


@every_kind
@pytest.mark.parametrize("method", [fixed_point, newton])
def test_either_method_alone_solves_draws_side_by_side(make, method):
    models = [one_sector(ECO, Shock({("COL", "VEN"): x}), 5.0, 0.5, "additive") for x in (-0.5, 0.0, -4.0)]
    names = models[0].__slots__
    draws = type(models[0])(*(np.concatenate([getattr(m, name) for m in models]) for name in names))
    start = np.zeros((3, 4))
    plain = method(draws, start)
    kind = ArrayKind.of(make(FLOWS))
    mine = method(draws.on(kind), kind.here(start))
    np.testing.assert_allclose(host(mine.u), plain.u, atol=1e-12)
    assert mine.iterations.tolist() == plain.iterations.tolist()
    assert (mine.gap < 1e-12).all()
    assert (start == 0).all()


@every_kind
def test_inputs_beside_the_flows_may_be_such_arrays(make):
    eco = Economy.from_arrays(CODES, make(1000 * FLOWS), unit="kusd")
    np.testing.assert_allclose(eco.flows, FLOWS)
    error = ensemble(eco, draws=4, flow_error=make(0.1 * np.ones((4, 4))))
    np.testing.assert_allclose(host(error.draws_pct), ensemble(ECO, draws=4, flow_error=0.1).draws_pct, atol=1e-6)
    shares = np.full((1, 4), 0.6)
    sectors = SectorEconomy.from_arrays(CODES, ["all"], make(FLOWS[None]), theta=[5.0], value_added=make(shares))
    plain = SectorEconomy.from_arrays(CODES, ["all"], FLOWS[None], theta=[5.0], value_added=shares)
    np.testing.assert_array_equal(
        solve(sectors, {("COL", "VEN"): -1.0}).flows, solve(plain, {("COL", "VEN"): -1.0}).flows
    )
    with pytest.raises(InvalidFlow, match="missing"):
        Economy.from_arrays(CODES, make(np.where(FLOWS == 2.0, np.nan, FLOWS)))


def test_single_precision_is_solved_in_double():
    given = array_api_strict.asarray(FLOWS.astype("float32"))
    out = solve(Economy.from_arrays(CODES, given), {("COL", "VEN"): -1.0})
    assert out.flows.dtype == array_api_strict.float64
    assert out.report.ok
    plain = solve(Economy.from_arrays(CODES, FLOWS.astype("float32")), {("COL", "VEN"): -1.0})
    np.testing.assert_array_equal(host(out.flows), plain.flows)


def test_a_device_without_double_precision_is_refused_by_name():
    device = array_api_strict.Device("no_float64")
    given = array_api_strict.asarray(FLOWS.astype("float32"), dtype=array_api_strict.float32, device=device)
    with pytest.raises(SpecificationError, match=r"no_float64.*no double precision"):
        Economy.from_arrays(CODES, given)


def test_numpy_needs_no_other_package():
    ask = (
        "import sys, numpy as np; from detente.equilibrium import Economy, ensemble, solve\n"
        "eco = Economy.from_arrays('AB', np.array([[9.0, 1.0], [2.0, 8.0]]))\n"
        "solve(eco, {('A', 'B'): -1.0}); ensemble(eco, draws=2); print('array_api_compat' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout == "False\n"


def test_without_the_extra_an_array_of_another_library_says_what_to_install(monkeypatch):
    given = MAKERS["strict"](FLOWS)
    monkeypatch.setitem(sys.modules, "array_api_compat", None)
    with pytest.raises(MissingExtra, match=r"detente\[arrays\]"):
        Economy.from_arrays(CODES, given)
    assert Economy.from_arrays(CODES, FLOWS.tolist()).arrays is None
