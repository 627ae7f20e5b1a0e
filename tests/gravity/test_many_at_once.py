"""Many fits at once: on every kind of executor, with lean results, and when a worker is killed."""

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente as dt
from detente._workers import fresh_processes, share_out, workers_of
from detente.equilibrium import Economy
from detente.errors import InvalidFlow, UsageError, WorkerLost
from detente.gravity import compare, fit_ppml
from detente.gravity.formulas.grammar import parse
from detente.gravity.formulas.reading import columns_read
from detente.gravity.postestimation.many_fits import _rows_by_level
from detente.panel.frames import read_table
from detente.panel.reading.coded import coded

WORLD = Economy.from_arrays(["A", "B", "C"], [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
THREE_WAY = "exporter^year + importer^year + exporter^importer"
CONTEXTS = [name for name in ("fork", "spawn", "forkserver") if hasattr(os, "fork") or name == "spawn"]


def sectors(n=8, years=4, levels=("food", "fuel", "cars"), seed=0):
    r = np.random.default_rng(seed)
    s, t, i, j = (a.ravel() for a in np.meshgrid(range(len(levels)), range(years), range(n), range(n), indexing="ij"))
    abroad = i != j
    s, t, i, j = s[abroad], t[abroad], i[abroad], j[abroad]
    x = r.normal(size=len(i))
    flow = np.exp(r.normal(size=(n, years))[i, t] + r.normal(size=(n, n))[i, j] + 0.5 * x) * r.gamma(2, 0.5, len(i))
    names = np.array([f"E{k}" for k in range(n)])
    return pl.DataFrame(
        {"exporter": names[i], "importer": names[j], "year": t, "sector": np.array(levels)[s], "x": x, "trade": flow}
    )


LARGE = """
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
import numpy as np, polars as pl, detente as dt

if __name__ == "__main__":
    r = np.random.default_rng(1)
    o, d, t, s = (a.ravel() for a in np.meshgrid(range(40), range(40), range(25), range(4)))
    names = np.array([f"E{k}" for k in range(40)])
    y = r.gamma(1, 1, len(o))
    data = pl.DataFrame({"o": names[o], "d": names[d], "t": t, "s": s, "x": r.normal(size=len(o)), "y": y})
    data.group_by("o").agg(pl.col("y").sum()).sort("o")  # polars has threads from here on
    for kind in sys.argv[1:]:
        if kind == "threads":
            pool = ThreadPoolExecutor(2)
        elif kind == "own":
            pool = None
        else:
            pool = ProcessPoolExecutor(1, mp_context=get_context(kind))
        fits = dt.fit_many(data, "y ~ x | o^t + d^t + o^d", by="s", executor=pool, workers=2, keep="coef")
        print(data.height, len(fits), len(fits.failures), sum(f.coef["x"] for f in fits.fits.values()).hex())
        if pool is not None:
            pool.shutdown()
"""


def test_nobody_waits_for_ever_above_150_000_rows(tmp_path):
    """A forked child of a process with polars threads stops for ever in any call that needs these threads."""
    script = tmp_path / "large.py"
    script.write_text(LARGE)
    kinds = ["own", "threads", *CONTEXTS]
    done = subprocess.run([sys.executable, str(script), *kinds], capture_output=True, text=True, timeout=240)
    lines = done.stdout.splitlines()
    assert len(lines) == len(kinds), done.stderr
    assert len(set(lines)) == 1  # the same digits from all of them
    assert lines[0].split()[:3] == ["160000", "4", "0"]


def test_results_do_not_depend_on_who_makes_them():
    data, formula = sectors(), f"trade ~ x | {THREE_WAY}"
    alone = dt.fit_many(data, formula, by="sector", cluster="exporter^importer")
    shared = dt.fit_many(data, formula, by="sector", cluster="exporter^importer", workers=2)
    assert list(alone) == list(shared) == ["food", "fuel", "cars"]
    for level in alone:
        one, other = alone[level], shared[level]
        assert dict(one.coef) == dict(other.coef)
        np.testing.assert_array_equal(one.cov, other.cov)
        np.testing.assert_array_equal(one.predict(), other.predict())
        assert one.vcov("exporter + importer").se == other.vcov("exporter + importer").se  # its own rows are there


def test_a_lean_fit_tells_the_same_and_is_small():
    data, formula = sectors(), f"trade ~ x | {THREE_WAY}"
    whole = fit_ppml(data, "trade ~ x | exporter + importer", cluster="exporter^importer")
    lean = fit_ppml(data, "trade ~ x | exporter + importer", cluster="exporter^importer", keep="coef")
    for name in ("coef", "se", "loglik", "null_loglik", "deviance", "pseudo_r2", "r2", "aic", "bic", "n_parameters",
                 "effect_names", "n_used", "interval"):  # fmt: skip
        one, other = getattr(whole, name), getattr(lean, name)
        assert (one() if callable(one) else one) == (other() if callable(other) else other), name
    assert lean.summary() == whole.summary()
    assert lean.wald("x") == whole.wald("x")
    assert compare(lean, whole).to_frame() is not None
    back = pickle.loads(pickle.dumps(lean))
    assert back.coef == lean.coef
    assert len(pickle.dumps(lean)) < 3_000 < len(pickle.dumps(whole))
    for call in (lean.predict, lean.residuals, lean.fixed_effects, lean.fitted, lambda: lean.vcov("dyadic")):
        with pytest.raises(UsageError, match="keeps its coefficients"):
            call()
    with pytest.raises(UsageError, match="keep is one of design, coef"):
        fit_ppml(data, formula, keep="all")


def test_lean_fits_of_many_come_back_in_the_callers_kind_of_frame():
    data = sectors().to_pandas()
    fits = dt.fit_many(data, f"trade ~ x | {THREE_WAY}", by="sector", keep="coef", workers=2)
    assert type(fits.to_frame()) is type(data) is type(fits["food"].to_frame())
    assert len(pickle.dumps(dict(fits.fits))) < 6_000


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "two"])
def test_a_number_of_workers_is_a_count(workers):
    with pytest.raises(UsageError, match="workers is a count"):
        dt.fit_many(sectors(), f"trade ~ x | {THREE_WAY}", by="sector", workers=workers)


def test_failures_come_back_from_workers_as_they_are():
    data = sectors().with_columns(trade=pl.when(pl.col("sector") == "fuel").then(-1.0).otherwise("trade"))
    fits = dt.fit_many(data, f"trade ~ x | {THREE_WAY}", by="sector", keep="coef", workers=2)
    assert list(fits) == ["food", "cars"]
    with pytest.raises(InvalidFlow, match="negative"):
        fits["fuel"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no signal that ends a process at once")
@pytest.mark.parametrize("here", [False, True])
def test_a_killed_worker_gives_a_named_error_and_nothing_hangs(here):
    began = time.monotonic()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(os.getpid).result()  # it is there
        with pytest.raises(WorkerLost, match="worker"):
            list(share_out(_killed_away, [lambda: (os.getpid(),)] * 400, pool, here=here, ahead=4))
    assert time.monotonic() - began < 120


def test_a_pool_that_has_lost_its_worker_before_is_named_too():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(os._exit, 1).result()
        with pytest.raises(WorkerLost):
            dt.fit_many(sectors(), f"trade ~ x | {THREE_WAY}", by="sector", keep="coef", executor=pool)


def _killed_away(parent: int) -> int:
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return parent


def test_a_worker_has_imported_what_it_needs_and_collects_again():
    module = "detente.gravity.postestimation.many_fits"
    with workers_of(None, 1, module) as pool:
        assert pool is not None
        assert pool.submit(eval, f"{module!r} in __import__('sys').modules").result()
        assert pool.submit(gc.isenabled).result()
    with workers_of(None, 0, module) as pool:
        assert pool is None


def test_a_worker_that_does_nothing_is_not_waited_for():
    """A busy machine may start a process when the work is long done: this one does all of it then."""
    idle = ThreadPoolExecutor(1)
    gate = threading.Event()
    idle.submit(gate.wait)
    found = dict(share_out(pow, [partial(_numbers, k) for k in range(20)], idle, here=True, ahead=5))
    gate.set()
    idle.shutdown()
    assert found == {k: k**2 for k in range(20)}


def _numbers(k):
    return k, 2


def test_other_errors_of_workers_stay_what_they_are():
    with fresh_processes(1) as pool, pytest.raises(ZeroDivisionError):
        list(share_out(divmod, [lambda: (1, 0)], pool))
    assert issubclass(WorkerLost, RuntimeError)
    assert issubclass(BrokenExecutor, RuntimeError)


def test_coded_columns_read_like_the_table_they_came_from():
    data = sectors().with_columns(
        year=pl.when(pl.col("year") == 1).then(None).otherwise("year"),
        exporter=pl.when(pl.col("importer") == "E3").then(None).otherwise("exporter"),
    )
    table = read_table(data)
    reads = columns_read(parse("log(trade) ~ x:i(year) + l(x, 1) | exporter^sector + importer[x]"), data.columns)
    assert set(reads.numbers) == {"trade", "x"}
    assert set(reads.labels) == {"year", "exporter", "importer", "sector"}
    whole = coded(table, reads.numbers, reads.labels)
    rows = np.flatnonzero(np.random.default_rng(0).random(len(table)) < 0.2)
    for chosen in (slice(0, len(table)), slice(30, 90), rows):
        part = read_table(data[chosen] if isinstance(chosen, np.ndarray) else data[chosen.start : chosen.stop])
        other = whole.take(chosen)
        assert len(other) == len(part)
        for name in reads.numbers:
            np.testing.assert_array_equal(other.numbers(name), part.numbers(name))
        for name in reads.labels:
            for one, two in zip(other.codes(name), part.codes(name)):
                np.testing.assert_array_equal(one, two)
            assert other.series(name).to_list() == part.series(name).to_list()


@pytest.fixture(scope="module")
def one_process():
    with fresh_processes(1) as pool:
        yield pool


@pytest.mark.parametrize(
    "formula",
    ["trade ~ x + i(year) | exporter + importer", "trade ~ log1p(d) + x:d | exporter^year + importer^year",
     "trade ~ l(x, 1) | exporter^importer", "trade ~ x | exporter[year] + importer", "trade ~ poly(x, 2) | exporter"],
)  # fmt: skip
def test_every_kind_of_term_fits_alike_from_codes(formula, one_process):
    data = sectors().with_columns(d=pl.col("x").abs())
    one = dt.fit_many(data, formula, by="sector", keep="coef", workers=1)
    two = dt.fit_many(data, formula, by="sector", keep="coef", executor=one_process)
    assert [dict(one[k].coef) for k in one] == [dict(two[k].coef) for k in two]
    assert len(one) == 3


ELSEWHERE = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
import numpy as np
import detente as dt
from detente.equilibrium import Economy, LogNormal, ensemble
from detente.run import batch
from test_many_at_once import WORLD, THREE_WAY, sectors


def answers(pool):
    # everything that takes an executor, as text in which every digit stands
    data = sectors(n=41, years=25, levels=("cars", "food", "fuel", "tea"))  # 164,000 rows
    by_sector = "exporter^year^sector + importer^year^sector + exporter^importer^sector"
    many = dt.fit_many(data, f"trade ~ x | {THREE_WAY}", by="sector", keep="coef", executor=pool, workers=1)
    blocks = dt.fit_ppml(
        data, f"trade ~ x | {by_sector}", cluster="exporter^importer", blocks="sector", executor=pool
    )
    drawn = ensemble(WORLD, {("A", "B"): -0.5}, draws=100, theta=LogNormal(5, 0.2), executor=pool)
    flows = np.random.default_rng(1).lognormal(size=(8, 12, 12)) * 100
    panel = flows, tuple(f"E{k:02d}" for k in range(12)), range(2000, 2008)
    with TemporaryDirectory() as folder:
        table = batch(panel, Path(folder) / "changes.parquet", quick=True, executor=pool).table
    fits = [many[level] for level in many] + [blocks]
    numbers = [x.hex() for fit in fits for x in (*fit.coef.values(), *fit.se.values(), fit.loglik)]
    return [*numbers, drawn.draws_pct.tobytes().hex(), table.to_dicts()]


if __name__ == "__main__":
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        pids = client.run(lambda: __import__("os").getpid())
        there = answers(client.get_executor())
    print(len(set(pids.values())), repr(there) == repr(answers(None)))
"""


def test_a_dask_cluster_of_two_processes_gives_the_same_digits_above_150_000_rows(tmp_path):
    script = tmp_path / "elsewhere.py"
    script.write_text(ELSEWHERE)
    paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=900,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.stdout.split() == ["2", "True"], done.stderr


@pytest.mark.property
@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=40), st.integers(1, 60))
def test_rows_of_each_level_in_the_order_of_the_data(values, repeats):
    series = pl.Series("by", [value for value in values for _ in range(repeats)], dtype=pl.String)
    found = _rows_by_level(series)
    assert list(found) == list(dict.fromkeys(map(str, series)))
    for level, rows in found.items():
        assert np.arange(len(series))[rows].tolist() == [k for k, value in enumerate(series) if str(value) == level]
