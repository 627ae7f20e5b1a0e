"""A running app with a copy of the built-in study, and visitors of it who complain of every error and foreign host."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from browsed import COMPUTED

pytest.importorskip("uvicorn")


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


def _watched(root):
    """A watch list that was looked at, with something told."""
    from detente import look
    from detente.watch import open_state
    from detente.watch.state import WatchState

    path = root / "andes.toml"
    path.write_text('[watch]\nname = "andes"\n[[dyad]]\npair = ["IND", "PAK"]\n[[rule]]\nmeasure = "odds"\n')
    look(path)
    body = {
        "id": "1-1",
        "dyad": "IND-PAK",
        "title": "t",
        "heading": "New flows",
        "changes": [{"line": "Exports: 1 → 2"}],
    }
    state = open_state(root / "andes.watch.db")
    WatchState(state).keep_alert(body, "2026-11-30T07:00:00+00:00")
    state.close()


@pytest.fixture(scope="session")
def address(root):
    """A running server with a copy of the built-in study that has a finished run."""
    from detente.study import open_study
    from detente.web import Site, Workspace
    from served import running

    space = Workspace(root)
    space.copy(open_study("colombia-venezuela"), "copy")
    space.study("copy").run(quick=True).write(root / "runs" / "copy" / "001")
    _watched(root)
    with running(Site(space)) as started:
        yield started


@pytest.fixture
def visit(browser, address):
    """A visitor; afterwards it must have met no error, no policy violation and no other host."""
    contexts, complaints = [], []

    def new(width=1280, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=address, **options
        )
        contexts.append(context)
        context.set_default_timeout(COMPUTED)  # bounds, not waits: two cores may be shared by many
        context.set_default_navigation_timeout(COMPUTED)

        def watch(page):
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and not _expected(m) else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda r: complaints.append(r.url) if _foreign(r.url, address) else None)

        context.on("page", watch)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    assert complaints == []


def _expected(message):
    """Pages that say what was wrong answer with a status that the browser's console repeats."""
    return re.search(r"status of (404|409|422)", message.text) is not None


def _foreign(url, address):
    return urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(address)
