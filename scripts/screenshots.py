"""Draw every picture of ``docs/images`` anew: the report and the app, on a desk and on a phone, light, dark, Spanish.

    python scripts/screenshots.py                  # what the README and the docs show, into docs/images
    python scripts/screenshots.py --whole FOLDER   # every view whole, in every shape: for a demanding reader

Runs the built-in study in a fresh workspace, serves a copy of it, and photographs the served pages and the
report from its file in Chromium. Needs the ``dev`` extra and a Chromium or Chrome on the path.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CHROMES = ("chromium", "chromium-browser", "google-chrome")
SHAPES = {  # name: width, height, colour scheme, language
    "": (1280, 1000, "light", "en"),
    "-dark": (1280, 1000, "dark", "en"),
    "-phone": (390, 844, "light", "en"),
    "-phone-es": (390, 844, "dark", "es"),
}
HEALED = "pin=Healed|year=2020%26gdp_case=published%26ratio=1.8%26theta=5%26there=1.1451%26back=2.0163"
PICKS = "DEU-NLD,NLD-DEU,BRA-ARG,ARG-BRA,PER-CHL,CHL-PER,MEX-ESP,ESP-MEX,ITA-DEU,USA-MEX,CHN-USA,ECU-PER,PER-ECU"
VIEWS = {  # the app's: address
    "app-start": "/",
    "app-report": "/s/copy",
    "app-desk": f"/s/copy/desk?sanctions=0.85&bloc=0.475&{HEALED}",
    "app-attribution": "/s/copy/attribution",
    "app-picks": f"/s/copy/attribution?placebos=picked&donors={PICKS}",
    "app-record": "/s/copy/record/events",
    "app-row": "/s/copy/record/events/row?id=E040",
    "app-data": "/s/copy/data",
    "app-upload": "/s/copy/data/{upload}",
    "app-job": "/jobs/{upload}",
    "app-error": "/s/copy/desk?theta=-3&bloc=0.475",
}
REPORT = "report"
CHARTS = ("trade", "residuals", "library", "winners")  # shown by themselves
KEPT = {  # pictures of docs/images: view to shapes
    "report": ("", "-dark", "-phone", "-phone-es"),
    "app-start": ("", "-phone"),
    "app-report": ("",),
    "app-desk": ("", "-dark", "-phone-es"),
    "app-attribution": ("", "-phone"),
    "app-picks": ("",),
    "app-record": ("", "-phone"),
    "app-row": ("",),
    "app-data": ("", "-phone"),
    "app-upload": ("",),
}
READY = "() => [...document.querySelectorAll('#desk, #answer')].every(part => part.dataset.state === 'ready')"


def serve(root: Path) -> tuple[object, str, Path]:
    """A running server on a workspace with a copy of the built-in study and one run of it, and the run's report."""
    import uvicorn

    from detente.report import render_report
    from detente.study import open_study
    from detente.web import Site, Workspace, create_app

    space = Workspace(root)
    space.copy(open_study("colombia-venezuela"), "copy")
    run = space.study("copy").run().write(root / "runs" / "copy" / "001", {"report.html": render_report})
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(Site(space)), log_level="error"))
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    return server, f"http://localhost:{listener.getsockname()[1]}", run / "report.html"


def upload(page: object, address: str, folder: Path) -> str:
    """Upload a table of events that adds a row and differs in two cells; returns the number of the upload."""
    from detente.study import open_study

    event = open_study(folder / "copy").ledger().events.filter(event_id="E040").to_dicts()[0]
    file = folder / "more events.csv"
    file.write_text(
        "event_id,date,title,kind,direction,source_ids,note\n"
        f"E040,{event['date']},A FARC attack cuts the gas line,{event['kind']},{event['direction']},unsourced,\n"
        "N001,2026-10-01,A second crossing opens to lorries,border opening,-,unsourced,an example row\n",
        encoding="utf-8",
    )
    page.goto(f"{address}/s/copy/data")
    page.set_input_files("[data-upload$=record] input[type=file]", file)
    page.click("[data-upload$=record] button.main")
    page.wait_for_selector("text=See what was found")
    return page.url.rsplit("/", 1)[1]


def photograph(browser: object, address: str, report: Path, folder: Path, images: Path, *, whole: bool) -> None:
    """Every view in its shapes: the first screen, or the whole page."""
    number = upload(browser.new_page(), address, folder)
    views = {REPORT: report.resolve().as_uri()} | {n: address + p.format(upload=number) for n, p in VIEWS.items()}
    for name, place in views.items():
        for shape in SHAPES if whole else KEPT.get(name, ()):
            width, height, scheme, language = SHAPES[shape]
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, locale=language)
            page.goto(f"{place}#{language}" if name == REPORT else place, wait_until="networkidle")
            page.wait_for_function(READY)
            page.screenshot(path=images / f"{name}{shape}.png", full_page=whole)
            if name == REPORT and shape == "":
                single_charts(page, images)
            page.close()


def single_charts(page: object, images: Path) -> None:
    page.evaluate("document.querySelectorAll('.contents').forEach(part => part.style.position = 'static')")
    page.evaluate("document.querySelectorAll('figure.chart').forEach(part => part.style.padding = '10px 16px')")
    for slug in CHARTS:
        page.locator(f"#en-chart-{slug}").screenshot(path=images / f"chart-{slug}.png")


def main() -> None:
    from playwright.sync_api import sync_playwright

    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--whole", type=Path, metavar="FOLDER", help="every view whole, in every shape, into FOLDER")
    given = parse.parse_args()
    images = given.whole or IMAGES
    images.mkdir(parents=True, exist_ok=True)
    if given.whole is None:
        for old in images.glob("*.png"):
            if not old.name.startswith("gallery-"):  # build_gallery.py draws those
                old.unlink()
    folder = Path(tempfile.gettempdir()) / "detente-pictures"  # its name is in a picture: the same every time
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with sync_playwright() as playwright:
        server, address, report = serve(folder)
        chrome = next(filter(None, map(shutil.which, CHROMES)))
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
        photograph(browser, address, report, folder, images, whole=given.whole is not None)
        browser.close()
        server.should_exit = True
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
