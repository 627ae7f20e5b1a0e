"""Fixtures shared by all tests: where the real data are, and a skip with its reason where they are not."""

from __future__ import annotations

import csv
import gc
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import vl_convert
from hypothesis import HealthCheck, settings

from drawn_once import DRAWING, PEN, kept, undrawn

FIXTURES = Path(__file__).resolve().parent / "fixtures"
SHARED = Path(__file__).resolve().parents[2] / "shared"
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # a busy machine makes no test fail
ABSENT = "the real data folder ../shared is not here"
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws the same pages for a third less of the processor than a whole browser without its window."""

if "PYTEST_XDIST_WORKER" in os.environ:
    sys.dont_write_bytecode = False  # what one worker or one process of a test compiled is there for all others
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with pytest.MonkeyPatch.context() as patch:  # a worker has one core; what it starts has as many threads as ever
        patch.setenv("POLARS_MAX_THREADS", "1")
        import polars as pl

        pl.thread_pool_size()


LONG = (
    "docs/test_examples.py",
    "docs/test_gallery_pages.py",
    "web/test_fuzz.py",
    "test_types.py",
    "web/browser/test_every_page.py",
    "web/browser/test_studies.py",
    "attribution/test_oracle_library_baci.py",
    "run/test_run.py",
    "report/test_page.py",
    "report/test_spanish.py",
    "web/test_server.py",
    "gravity/test_separation_agreement.py",
    "study/test_gallery.py",
    "study/test_any_pair.py",
    "equilibrium/test_every_case.py",
    "gravity/test_many_at_once.py",
    "gravity/test_blocks.py",
    "attribution/test_all_pairs.py",
    "docs/test_docstrings.py",
    "attribution/test_thirty_pairs.py",
    "record/test_scale.py",
)  # files that take longest, under tests/: begun first, so that no worker is left alone with one of them at the end


def pytest_configure(config: pytest.Config) -> None:
    """Workers take the files in the order given here, not the ones with most tests first."""
    if getattr(config.option, "dist", "no") == "loadfile":
        config.option.loadscopereorder = False


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What collecting makes stays to the end: the garbage collector does not go through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """An id of its own for each endpoint: pytest 9.2 leaves the endpoint out of schemathesis's, and of the tests that
    share an id workers run one."""
    if hasattr(item, "operation_label") and not item.nodeid.endswith(item.name):
        item._id = item.id.with_params(item.operation_label)  # type: ignore[attr-defined]  # nothing public sets it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No two tests share an id, since workers would run one; there the long files come first, then those with most tests."""
    alike = [name for name, number in Counter(item.nodeid for item in items).items() if number > 1]
    if alike:
        raise pytest.UsageError(f"Tests share an id, and workers would run one of them: {alike[:3]}.")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    place = {FIXTURES.parent / name: number for number, name in enumerate(LONG)}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (place.get(item.path, len(LONG)), -tests[item.path]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("shared") and not (SHARED / "data").is_dir():
        pytest.skip(ABSENT)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip(ABSENT)
    return SHARED / "data"


@pytest.fixture(scope="session")
def shared_case() -> Path:
    """The folder with the facts of the flagship case beside the checkout."""
    if not (SHARED / "case").is_dir():
        pytest.skip(ABSENT)
    return SHARED / "case"


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory) -> Path:
    """A folder that all workers of the session share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared-by-all"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _drawn_once(session_folder):
    """Every picture is drawn once for all tests; see :mod:`drawn_once`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in DRAWING:
            patch.setattr(vl_convert, name, kept(getattr(vl_convert, name), session_folder))
        yield


@pytest.fixture
def drawn_anew(monkeypatch):
    """Pictures are drawn each time they are asked for."""
    for name in DRAWING:
        monkeypatch.setattr(vl_convert, name, getattr(vl_convert, name).__wrapped__)
    monkeypatch.setattr("detente.charts.pen.KEPT", 0)


@pytest.fixture
def quick_pen(monkeypatch):
    """The report's charts are made but not drawn, where only the page around them is looked at."""
    monkeypatch.setattr(PEN, undrawn)


@pytest.fixture(scope="session")
def flagship(session_folder):
    """The built-in study run in full, once for all tests that only read it; see :mod:`ran_once`."""
    from ran_once import ran

    return ran(session_folder, "colombia-venezuela", quick=False)


@pytest.fixture(scope="session")
def flagship_quick(session_folder):
    """The built-in study run quickly, once for all tests that only read it; see :mod:`ran_once`."""
    from ran_once import ran

    return ran(session_folder, "colombia-venezuela", quick=True)


@pytest.fixture(scope="session")
def small_data(tmp_path_factory) -> Path:
    """A folder laid out as ``shared_data`` with the small aggregates of the replication targets instead."""
    import polars as pl

    folder = tmp_path_factory.mktemp("small") / "data"
    shutil.copytree(FIXTURES / "replications" / "caliendo_parro_2015", folder / "caliendo_parro_2015")
    (folder / "peer_examples").mkdir()
    guide = pl.read_csv(FIXTURES / "replications" / "advanced_guide.csv")
    guide.write_parquet(folder / "peer_examples" / "agtpa_69c_1986_2006.parquet")
    return folder


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    outcome = yield
    outcome.get_result().is_oracle = item.get_closest_marker("oracle") is not None


def pytest_terminal_summary(terminalreporter) -> None:
    """How many oracle tests ran and how many were skipped."""
    counts = {
        state: sum(getattr(r, "is_oracle", False) for r in terminalreporter.stats.get(state, []))
        for state in ("passed", "failed", "skipped")
    }
    ran = counts["passed"] + counts["failed"]
    terminalreporter.write_line(f"oracle tests: {ran} ran ({counts['failed']} failed), {counts['skipped']} skipped")


@pytest.fixture(scope="module")
def twelve() -> tuple[np.ndarray, tuple[str, ...], tuple[int, ...]]:
    """Flows [t, i, j] of twelve economies and the rest of the world, 2000-2020, with codes and years."""
    with open(FIXTURES / "attribution/twelve_and_row_2000_2020.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = tuple(dict.fromkeys(r["exporter"] for r in rows))
    years = tuple(sorted({int(r["year"]) for r in rows}))
    flows = np.full((len(years), len(codes), len(codes)), np.nan)
    for r in rows:
        place = int(r["year"]) - years[0], codes.index(r["exporter"]), codes.index(r["importer"])
        flows[place] = float(r["value_usd_mn"])
    return flows, codes, years


@pytest.fixture(scope="module")
def browser():
    """Chromium, driven by Playwright; a skip with its reason where it is absent."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield engine
        engine.close()
