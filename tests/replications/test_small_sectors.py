"""NAFTA's tariffs after Caliendo and Parro on a six-by-eight aggregate, done over from the printed equations."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import root

from detente.errors import UnreadableFile
from detente.replications.published import replicate

pytestmark = [pytest.mark.oracle, pytest.mark.oracle]

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "replications" / "caliendo_parro_2015"
NAFTA = ("CAN", "MEX", "USA")
PERCENT = 1e-7
"""Percentage points: both sides are solved to about 1e-12 of each market."""


class World(NamedTuple):
    """The paper's objects, importer n before exporter i: spending shares pi [j, n, i], tariffs tau [j, n, i] (one
    plus the rate), expenditure X [j, n], value-added shares beta [j, n], input shares gamma [k, j, n] of k in what j
    buys, final shares alpha [j, n], theta [j, 1, 1], value added VA [n]."""

    pi: np.ndarray
    tau: np.ndarray
    X: np.ndarray
    beta: np.ndarray
    gamma: np.ndarray
    alpha: np.ndarray
    theta: np.ndarray
    VA: np.ndarray


def read(name):
    return np.loadtxt(FOLDER / f"{name}.txt")


@pytest.fixture(scope="module")
def data():
    """The accounts of 1993 as the published program sets them up, and the tariffs of 1993 and 2005."""
    names = (FOLDER / "economies.txt").read_text().split()
    n, (J, _), theta = len(names), read("B").shape, read("T")
    bilateral, before, after = np.zeros((J, n, n)), np.ones((J, n, n)), np.ones((J, n, n))
    goods = len(theta)
    bilateral[:goods] = read("xbilat1993").reshape(goods, n, n) * 1000
    before[:goods] += read("tariffs1993").reshape(goods, n, n) / 100
    after[:goods] += read("tariffs2005").reshape(goods, n, n) / 100
    exports = bilateral.sum(axis=1)
    output = np.maximum(read("GO"), exports)
    for k in range(n):
        bilateral[:, k, k] = output[:, k] - exports[:, k]
    beta, gamma = read("B"), read("IO").reshape(n, J, J).transpose(1, 2, 0)
    gamma = gamma / gamma.sum(axis=0)
    spending = (bilateral * before).sum(axis=2)
    final = spending - np.einsum("kjn,jn->kn", gamma, (1 - beta) * output)
    assert (final < 0).any()  # the program's truncation has something to do
    final = np.maximum(final, 0)
    world = World(
        pi=bilateral * before / spending[:, :, None],
        tau=before,
        X=spending,
        beta=beta,
        gamma=gamma,
        alpha=final / final.sum(axis=0),
        theta=np.append(theta, np.full(J - goods, 8.22))[:, None, None],
        VA=(beta * output).sum(axis=0),
    )
    members = [names.index(code) for code in NAFTA]
    shocked = before.copy()
    for a in members:
        for b in members:
            shocked[:, a, b] = after[:, a, b]
    return names, world, shocked


def costs(w, P, world):
    """Equation 10: changes of unit costs [j, n]."""
    inputs = np.exp(np.einsum("kjn,kn->jn", world.gamma, np.log(P)))
    return w**world.beta * inputs ** (1 - world.beta)


def shares(w, P, world, tau):
    """Equations 11 and 12: the price index that follows, and the new spending shares."""
    priced = world.pi * (tau / world.tau * costs(w, P, world)[:, None, :]) ** -world.theta
    total = priced.sum(axis=2, keepdims=True)
    return total[:, :, 0] ** (-1 / world.theta[:, :, 0]), priced / total


def uses(w, X, pi, world, tau):
    """Equation 13 without deficits: what is spent on each sector."""
    sales = np.einsum("jni,jn->ji", pi / tau, X)
    income = w * world.VA + ((tau - 1) / tau * pi * X[:, :, None]).sum(axis=(0, 2))
    return np.einsum("kjn,jn->kn", world.gamma, (1 - world.beta) * sales) + world.alpha * income


def balance(X, pi, tau):
    """Equation 14 without deficits: exports minus imports."""
    trade = pi / tau * X[:, :, None]
    return trade.sum(axis=(0, 1)) - trade.sum(axis=(0, 2))


def by_root(world, tau):
    """Wages, prices and expenditure at once, by scipy's hybrid method; world value added is the numeraire."""
    J, n = world.X.shape

    def unpack(z):
        return np.exp(z[:n]), np.exp(z[n : n + J * n].reshape(J, n)), np.exp(z[n + J * n :].reshape(J, n)) * world.X

    def system(z):
        w, P, X = unpack(z)
        index, pi = shares(w, P, world, tau)
        gaps = balance(X, pi, tau) / world.VA
        gaps[0] = (w * world.VA).sum() / world.VA.sum() - 1
        return np.concatenate([gaps, np.log(index / P).ravel(), (uses(w, X, pi, world, tau) / X - 1).ravel()])

    found = root(system, np.zeros(n + 2 * J * n), tol=1e-13)
    assert np.abs(system(found.x)).max() < 1e-10
    return unpack(found.x)


def by_program(world, tau):
    """The published program's loops: prices within expenditure within wages, moved by a fifth of the imbalance."""
    J, n = world.X.shape
    w, P = np.ones(n), np.ones((J, n))
    for _ in range(2000):
        for _ in range(500):
            index, pi = shares(w, P, world, tau)
            P, moved = index, np.abs(index - P).max()
            if moved < 1e-14:
                break
        unit = np.eye(J * n).reshape(J * n, J, n)
        system = np.array([uses(0 * w, one, pi, world, tau) for one in unit]).reshape(J * n, J * n).T
        X = np.linalg.solve(np.eye(J * n) - system, (world.alpha * w * world.VA).ravel()).reshape(J, n)
        imbalance = balance(X, pi, tau) / world.VA
        w = w * (1 + 0.2 * imbalance / w)
        if np.abs(imbalance).max() < 1e-12:
            return w, P, X
    raise AssertionError(f"the program's loop is still {np.abs(imbalance).max():.1e} away")


def moved(world, tau, solution):
    """The world after a solution."""
    w, P, X = solution
    return world._replace(pi=shares(w, P, world, tau)[1], tau=tau, X=X, VA=w * world.VA)


def spent(world):
    """Final expenditure [n]: value added and tariff revenue."""
    return world.VA + ((world.tau - 1) / world.tau * world.pi * world.X[:, :, None]).sum(axis=(0, 2))


def first_order(base, after, c_hat):
    """Equation 16 at base-period weights, in levels: terms of trade and volume of trade, percent of income."""
    M, now = (v.pi / v.tau * v.X[:, :, None] for v in (base, after))  # [j, n, i], before tariffs
    cost = (c_hat - 1)[:, None, :]
    growth = np.divide(now, M, out=np.ones_like(M), where=M > 0) - 1
    terms = (M * cost).sum(axis=(0, 1)) - (M * cost).sum(axis=(0, 2))
    volume = ((base.tau - 1) * M * (growth - cost)).sum(axis=(0, 2))
    return 100 * terms / spent(base), 100 * volume / spent(base)


@pytest.fixture(scope="module", params=[by_root, by_program], ids=["scipy", "published program"])
def expected(request, data):
    """All that is reported, by quantity: first the balanced world of 1993, then the tariffs."""
    names, world, tau = data
    base = moved(world, world.tau, request.param(world, world.tau))
    w, P, X = request.param(base, tau)
    after = moved(base, tau, (w, P, X))
    terms, volume = first_order(base, after, costs(w, P, base))
    prices = np.prod(P**base.alpha, axis=0)
    M, now = (v.pi / v.tau * v.X[:, :, None] for v in (base, after))
    out = {}
    for code in ("MEX", "CAN", "USA"):
        k = names.index(code)
        bloc = [names.index(other) for other in NAFTA if other != code]
        out["published", f"{code} terms of trade"] = terms[k]
        out["published", f"{code} volume of trade"] = volume[k]
        out["published", f"{code} welfare, NAFTA tariffs"] = terms[k] + volume[k]
        out["exact", f"{code} welfare, NAFTA tariffs"] = 100 * (spent(after)[k] / spent(base)[k] / prices[k] - 1)
        out["exact", f"{code} real wage"] = 100 * (w[k] / prices[k] - 1)
        out["exact", f"{code} imports from NAFTA"] = 100 * (now[:, k, bloc].sum() / M[:, k, bloc].sum() - 1)
    return out


@pytest.fixture(scope="module")
def computed(small_data):
    return replicate("caliendo-parro", data=small_data)


def test_every_figure_of_both_modes(computed, expected):
    found = {(t.mode, t.quantity): t.computed for t in computed.targets}
    assert found.keys() == expected.keys()
    for key, number in expected.items():
        assert found[key] == pytest.approx(number, abs=PERCENT), key
    assert computed.results["exact"].report.ok


def test_the_modes_differ_as_in_the_full_data(computed):
    """Mexico's first-order gain is large, its exact one is not."""
    found = {(t.mode, t.quantity): t.computed for t in computed.targets}
    assert found["published", "MEX welfare, NAFTA tariffs"] > 0.5 > found["exact", "MEX welfare, NAFTA tariffs"]
    assert "6 economies, not the 31 published" in computed.summary()


def test_a_folder_that_does_not_say_whose_columns_it_has(small_data, tmp_path):
    target = tmp_path / "caliendo_parro_2015"
    target.mkdir()
    for path in (small_data / target.name).glob("*.txt"):
        if path.name != "economies.txt":
            (target / path.name).write_bytes(path.read_bytes())
    with pytest.raises(UnreadableFile, match=r"6 columns, but there are 31.*economies\.txt"):
        replicate("caliendo-parro", data=tmp_path)
    (target / "T.txt").write_text("five\n")
    with pytest.raises(UnreadableFile, match=r"T\.txt cannot be read"):
        replicate("caliendo-parro", data=tmp_path)
