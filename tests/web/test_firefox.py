"""The app in Firefox: every kind of view fits, draws and answers there as well, without an error on the way."""

from __future__ import annotations

import json
import os
import shutil
import time

import pytest

from detente.study import open_study

pytestmark = pytest.mark.browser
pytest.importorskip("uvicorn")

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
PAGES = (
    "/", "/pair/KEN-TZA", "/pair/COL-VEN/partners?year=2008", "/compare?pair=COL-VEN&pair=IND-PAK", "/s/copy/desk",
    "/s/copy/attribution", "/s/copy/record/events", "/s/copy/record/events/row?id=E040", "/s/copy/data", "/s/copy/draft",
    "/api", "/s/none",
)  # fmt: skip
PHONE, DESK = 390, 1280
ON_PHONE = ("/pair/KEN-TZA", "/s/copy/desk", "/s/copy/record/events")
READY = """
const drawn = [...document.querySelectorAll('#desk, #answer')].every(part => part.dataset.state === 'ready');
return document.readyState === 'complete' && drawn;
"""
COMPUTED = 180  # seconds, for an answer that is computed first: a bound, not a wait


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A running server with a copy of the built-in study."""
    from detente.web import Site, Workspace
    from served import running

    space = Workspace(tmp_path_factory.mktemp("workspace"))
    space.copy(open_study("colombia-venezuela"), "copy")
    with running(Site(space)) as started:
        yield started


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    """Firefox through its own protocol; a skip with its reason where it is absent."""
    driver = pytest.importorskip("marionette_driver.marionette")
    if FIREFOX is None:
        pytest.skip("no Firefox on this machine")
    kept = os.environ.get("HOME")
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))  # whose settings and caches a browser would read
    profiles = pytest.importorskip("mozprofile.profile")
    profiles.BaseProfile.__del__ = lambda _: (
        None
    )  # it would import while the interpreter ends; cleanup() has done its work
    found = driver.Marionette(
        bin=FIREFOX,
        headless=True,
        port=0,
        gecko_log=os.devnull,
        startup_timeout=120,
        prefs={"intl.accept_languages": "en"},
    )
    try:
        found.start_session()
        found.timeout.script = COMPUTED
        yield found
    finally:
        found.cleanup()
        if kept is not None:
            os.environ["HOME"] = kept


def _visit(firefox, address, path, width):
    firefox.set_window_rect(width=width, height=900)
    firefox.navigate(address + path)
    end = time.monotonic() + COMPUTED
    while not firefox.execute_script(READY):
        assert time.monotonic() < end, f"{path} was never ready"
        time.sleep(0.1)


def _wider(firefox):
    """Letters by which the page is wider than its window, as the reader sees it, in a frame as narrow as a phone."""
    return firefox.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")


def _complaints(firefox):
    """What the browser's console holds of our pages: errors of scripts and of styles that were refused."""
    with firefox.using_context("chrome"):
        found = firefox.execute_script(
            """
            const kept = Services.console.getMessageArray().filter(one => one instanceof Ci.nsIScriptError);
            const own = kept.filter(one => one.sourceName.startsWith('http') && !(one.flags & Ci.nsIScriptError.warningFlag));
            Services.console.reset();
            return JSON.stringify(own.map(one => `${one.sourceName}: ${one.errorMessage}`));
            """
        )
    return json.loads(found)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_every_view_fits_and_draws(firefox, address, width):
    _complaints(firefox)
    for path in PAGES if width == DESK else ON_PHONE:
        _visit(firefox, address, path, width)
        assert _wider(firefox) <= 0, path
        shown = firefox.execute_script(
            "return [...document.querySelectorAll('main svg')].filter(one => one.checkVisibility()).map(one => "
            "one.getBoundingClientRect().width)"
        )
        assert any(size > 100 for size in shown) or not path.startswith(
            ("/pair/KEN", "/compare", "/s/copy/desk", "/s/copy/attribution")
        ), path
        assert _complaints(firefox) == [], path


def test_typing_offers_pairs_and_a_lever_moves_its_sentence(firefox, address):
    _visit(firefox, address, "/", DESK)
    firefox.execute_script(
        "const box = document.querySelector('main [data-search] input, main input[data-search], input[type=search]');"
        "box.focus(); box.value = 'kenya tanz'; box.dispatchEvent(new Event('input', {bubbles: true}));"
    )
    _until(firefox, "return document.body.innerText.includes('Tanzania')")
    _visit(firefox, address, "/s/copy/desk", DESK)
    before = firefox.execute_script("return document.querySelector('#told').textContent")
    firefox.execute_script(
        "const range = document.querySelector('#s-there'); range.value = -1;"
        "range.dispatchEvent(new Event('input', {bubbles: true}));"
    )
    _until(firefox, f"return document.querySelector('#told').textContent !== {json.dumps(before)}")
    assert _complaints(firefox) == []


def _until(firefox, script):
    end = time.monotonic() + COMPUTED
    while not firefox.execute_script(script):
        assert time.monotonic() < end, script
        time.sleep(0.1)
