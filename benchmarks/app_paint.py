"""Latency of the scenario desk as a user sees it: from a slider's input to the chart on the screen, in Chromium.

Run from the project's root::

    python benchmarks/app_paint.py [--synthetic 200] [--panel PATH --gdp PATH]

The server runs in a process of its own (see ``app_load.py``), Chromium beside it. Two things are measured in the
page itself with ``performance.now``. *One move at a time*: from the time stamp of the slider's input event to the
first task after the animation frame that follows the drawing of that answer's charts, when the frame is painted.
*Dragging*: sixty moves a second; for each, the time until a chart of that move or of a
newer one was painted. Bands: from the last move until the ranges of 200 exact draws are painted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from app_load import serve, workspace

CHROMES = ("chromium", "chromium-browser", "google-chrome")
WATCH = """() => {
  const desk = document.querySelector('#desk'), form = document.querySelector('#controls');
  const log = window.paints = { moves: [], drawn: [], ready: null };
  form.addEventListener('input', event => log.moves.push({ number: Number(desk.dataset.asked), at: event.timeStamp }));
  const painted = done => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => done(performance.now());
    after.port2.postMessage(0);
  });
  new MutationObserver(() => {
    const number = Number(desk.dataset.drawn);
    painted(at => log.drawn.push({ number, at }));
    if (desk.dataset.state === 'ready') painted(at => { log.ready = at; });
    else log.ready = null;
  }).observe(desk, { attributes: true, attributeFilter: ['data-drawn', 'data-state'] });
}"""


def waits(log: dict) -> list[float]:
    """For each move the milliseconds until it, or a newer one, was painted."""
    found = []
    for move in log["moves"]:
        shown = [d["at"] for d in log["drawn"] if d["number"] >= move["number"]]
        if shown:
            found.append(min(shown) - move["at"])
    return found


def said(name: str, times: list[float]) -> str:
    cut = statistics.quantiles(times, n=20, method="inclusive")
    return f"{name}: n {len(times)}, median {cut[9]:.0f} ms, p95 {cut[18]:.0f} ms, max {max(times):.0f} ms"


def single(page: object, moves: int) -> list[float]:
    """Arrow keys on the slider, each when the last one's chart is on the screen."""
    page.focus("#s-goods")
    page.evaluate(WATCH)
    for _ in range(moves):
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(
            "() => paints.drawn.some(d => d.number === Number(document.querySelector('#desk').dataset.asked))"
        )
    return waits(page.evaluate("paints"))


def drag(page: object, moves: int, reach: float) -> tuple[list[float], float]:
    """The slider dragged at sixty moves a second; also the milliseconds from the last move to the painted bands."""
    page.evaluate(WATCH)
    box = page.locator("#s-goods").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.5, y)
    page.mouse.down()
    for k in range(moves):
        page.mouse.move(box["x"] + box["width"] * (0.5 + reach * (k + 1) / moves), y)
        page.wait_for_timeout(1000 / 60)
    page.mouse.up()
    page.wait_for_function("() => paints.ready && document.querySelector('#desk').dataset.state === 'ready'")
    log = page.evaluate("paints")
    return waits(log), log["ready"] - log["moves"][-1]["at"]


def main() -> None:
    from playwright.sync_api import sync_playwright

    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--synthetic", type=int, default=0)
    parse.add_argument("--panel", type=Path)
    parse.add_argument("--gdp", type=Path)
    parse.add_argument("--moves", type=int, default=80)
    given = parse.parse_args()
    folder = Path(tempfile.mkdtemp())
    key = workspace(folder, given.synthetic, given.panel, given.gdp)
    process, port = serve(folder, key)
    try:
        with sync_playwright() as playwright:
            chrome = next(filter(None, map(shutil.which, CHROMES)))
            browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"http://localhost:{port}/s/{key}/desk")
            page.wait_for_selector("#desk[data-state=ready]")
            load = os.getloadavg()[0]
            print(f"Chromium {browser.version}, {os.cpu_count()} cores, load average {load:.1f} before")
            single(page, 10)
            print(said("one move at a time, painted", single(page, given.moves)))
            for name, reach in (("first", 0.43), ("second", 0.37), ("third", 0.29)):  # each ends where none did before
                times, ready = drag(page, given.moves, reach)
                print(said(f"dragging, {name} time, painted", times) + f"; bands {ready:.0f} ms after the last move")
            print(f"load average {os.getloadavg()[0]:.1f} after")
            browser.close()
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
