"""The helper process draws, ends when it has nothing to do, and comes back; the server itself stays small."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from detente.charts.pen import here, png_of, svg_of
from detente.charts.svg import draw
from detente.errors import UsageError
from detente.web.background.helper_process import Helper
from detente.web.background.turns import AT_ONCE, in_turn

SPEC = {"data": {"values": [{"a": 1}, {"a": 2}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>'


@pytest.fixture
def helper():
    made = Helper(rest=60)
    yield made
    made.close()


def test_what_the_helper_draws_is_what_this_process_draws(helper):
    assert helper(svg_of, SPEC, "en", False) == here(svg_of, SPEC, "en", False)
    assert draw(SPEC, ident="x", by=helper) == draw(SPEC, ident="x")
    assert helper(png_of, PICTURE, 1.0).startswith(b"\x89PNG")
    assert helper(os.getpid) != os.getpid()


def test_it_is_one_process_that_ends_when_it_has_rested_and_starts_again():
    helper = Helper(rest=0.2)
    first = helper(os.getpid)
    end = time.monotonic() + 180
    while helper.at_work:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert helper(os.getpid) != first
    helper.close()


def test_killed_from_outside_it_is_started_again(helper):
    before = helper(os.getpid)
    os.kill(before, signal.SIGKILL)
    assert helper(os.getpid) != before


def test_what_the_work_raises_is_raised(helper):
    with pytest.raises(ZeroDivisionError):
        helper(divmod, 1, 0)
    with pytest.raises(UsageError, match="no such thing"):
        helper(refused)


def refused():
    raise UsageError("There is no such thing.", fix="Look elsewhere.")


SERVER = """
import sys, tempfile
from pathlib import Path
from detente.web.background.helper_process import Helper
from detente.web.background.turns import AT_ONCE, in_turn
from detente.web.background.memory import keep_small
if __name__ == "__main__":
    assert keep_small() == (sys.platform == "linux" and "glibc" in __import__("platform").libc_ver())
    from starlette.testclient import TestClient
    from detente.web import Site, Workspace, create_app
    from detente.web.http.guard import Keys
    site = Site(Workspace(Path(tempfile.mkdtemp())), Keys(token="t" * 32), draws=Helper())
    with TestClient(create_app(site, hosts=frozenset({"testserver"}))) as asked:
        for path in ("/", "/pair/COL-ECU", "/pair/COL-ECU/picture.png", "/s/colombia-venezuela/desk"):
            assert asked.get(path).status_code == 200, path
    site.close()
    print(*({"vl_convert", "pandas", "matplotlib", "scipy.stats", "trafilatura"} & set(sys.modules)))
"""


def test_the_server_itself_loads_no_chart_library(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    told = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300, check=False)
    assert (told.returncode, told.stdout.strip()) == (0, ""), told.stderr


def test_heavy_answers_take_turns_and_nothing_else_waits_for_them():
    """Of twelve asked at once two are worked on, while an answer that is light comes at once."""
    working, most, open_, seen = 0, 0, threading.Event(), threading.Lock()

    def heavy(_):
        nonlocal working, most
        with seen:
            working += 1
            most = max(most, working)
        open_.wait(60)
        with seen:
            working -= 1
        return PlainTextResponse("done")

    def light(_):
        return PlainTextResponse("light")

    app = Starlette(routes=[Route("/heavy", in_turn(heavy)), Route("/light", light)])

    async def visit():
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="http://t", timeout=60
        ) as client:
            waiting = [asyncio.create_task(client.get("/heavy")) for _ in range(12)]
            while working < AT_ONCE:
                await asyncio.sleep(0.01)
            first = await client.get("/light")
            open_.set()
            return first.text, [answer.text for answer in await asyncio.gather(*waiting)]

    assert asyncio.run(visit()) == ("light", ["done"] * 12)
    assert most == AT_ONCE
