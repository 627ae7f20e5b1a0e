"""Two threads inside a fit: the same digits on any number of cores, and the same fit as in one piece."""

import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import polars as pl
import pytest
from threadpoolctl import ThreadpoolController

import detente as dt
from detente.gravity.engines import threads


@pytest.fixture
def panel() -> pl.DataFrame:
    r = np.random.default_rng(4)
    o, d, t = (a.ravel() for a in np.meshgrid(range(8), range(9), range(6), indexing="ij"))
    x = r.normal(size=(5, len(o)))
    mean = np.exp(0.3 * x.sum(0) + r.normal(size=8)[o] + r.normal(size=9)[d])
    frame = pl.DataFrame({"o": o, "d": d, "t": t, "trade": mean * r.gamma(1, 1, len(o)) * (r.random(len(o)) > 0.2)})
    return frame.with_columns(pl.Series(f"x{k}", column) for k, column in enumerate(x))


FORMULA = "trade ~ x0 + x1 + x2 + x3 + x4 | o^t + d^t + o^d"


def fit(panel: pl.DataFrame):
    return dt.fit_ppml(panel, FORMULA, engine="tensor", cluster="o^d")


def test_a_fit_has_the_same_digits_on_any_number_of_cores(panel, monkeypatch):
    monkeypatch.setattr(threads, "LARGE", 1)
    fits = []
    for cores in (1, 2):
        monkeypatch.setattr(threads, "processors", lambda cores=cores: cores)
        fits.append(fit(panel))
    assert fits[0].coef == fits[1].coef
    assert fits[0].se == fits[1].se


def test_halves_change_nothing_but_rounding(panel, monkeypatch):
    whole = fit(panel)
    monkeypatch.setattr(threads, "LARGE", 1)
    cut = fit(panel)
    # both climb until the last step is below 1e-8 of a regressor's deviation, the square of which is left
    np.testing.assert_allclose(list(cut.coef.values()), list(whole.coef.values()), atol=1e-12)
    np.testing.assert_allclose(list(cut.se.values()), list(whole.se.values()), rtol=1e-7)


def test_pieces_come_back_in_order_with_the_callers_settings(monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: 4)
    with np.errstate(divide="raise"):  # settings of NumPy hold in every thread
        assert threads.side_by_side(lambda k: np.geterr()["divide"], range(3)) == ["raise"] * 3
    assert threads.side_by_side(lambda k: k * k, range(3)) == [0, 1, 4]


def test_a_fault_in_a_thread_reaches_the_caller(monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        threads.side_by_side(lambda k: 1 // (1 - k), [0, 1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_fits_too(panel, monkeypatch):
    """No thread is kept between parts, which a child would wait for in vain."""
    monkeypatch.setattr(threads, "LARGE", 1)
    monkeypatch.setattr(threads, "processors", lambda: 2)
    threads.side_by_side(lambda k: k, [0, 1])
    child = os.fork()
    if not child:
        os._exit(0 if threads.side_by_side(lambda k: k + 1, [0, 1]) == [1, 2] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in ThreadpoolController().info() if library["user_api"] == "blas"}


def test_one_thread_of_blas_lasts_until_the_last_that_needs_it_is_done():
    """A thread that ends before another leaves it its single thread of BLAS, and with it its digits."""
    inside, go_on = Event(), Event()

    @threads.one_blas_thread
    def long():
        inside.set()
        assert go_on.wait(30)
        return blas_threads()

    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = blas_threads()
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(long)
            assert inside.wait(30)
            threads.one_blas_thread(lambda: None)()
            go_on.set()
            assert waiting.result() <= {1}  # of macOS's own nothing is known
        assert blas_threads() == before


FAULTS = """
import resource, sys
import numpy as np
from detente.gravity.engines.threads import keep_freed_memory

if sys.argv[1] == "kept":
    keep_freed_memory()
np.ones(400_000)  # as large as those below: what has been freed so far is no larger
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    several = [np.ones(400_000) for _ in range(5)]
    del several
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators keep what is freed by their own rules")
def test_a_process_keeps_the_memory_of_its_arrays():
    """16 MB in five arrays, fifty times: their 3,900 pages are taken from the system once, not fifty times."""
    found = {
        word: int(
            subprocess.run([sys.executable, "-c", FAULTS, word], capture_output=True, text=True, check=True).stdout
        )
        for word in ("kept", "given back")
    }
    assert found["kept"] < 20_000 < found["given back"], found
