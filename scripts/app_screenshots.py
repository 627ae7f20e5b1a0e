"""Draw the app's pictures of ``docs/images`` anew: every view on a desk, some on a phone and in the dark.

    python scripts/app_screenshots.py [FOLDER]

Serves a fresh workspace with a copy of the built-in study that has a finished run, and photographs it in
Chromium. Pictures go to ``docs/images`` unless another folder is given. Needs the ``dev`` extra.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CHROMES = ("chromium", "chromium-browser", "google-chrome")
HEALED = "pin=Healed|year=2020%26gdp_case=high%26ratio=1.8%26theta=5%26there=1.1451%26back=2.0163"
VIEWS = {  # name: address, width, height, colour scheme
    "app-start": ("/", 1280, 900, "light"),
    "app-report": ("/s/copy", 1280, 900, "light"),
    "app-desk": (f"/s/copy/desk?sanctions=0.85&bloc=0.475&{HEALED}", 1280, 900, "light"),
    "app-desk-dark": (f"/s/copy/desk?goods=closed&{HEALED}", 1280, 900, "dark"),
    "app-desk-phone": ("/s/copy/desk?sanctions=0.85&lang=es", 390, 844, "light"),
    "app-attribution": ("/s/copy/attribution", 1280, 1500, "light"),
    "app-record": ("/s/copy/record/events", 1280, 900, "light"),
    "app-row": ("/s/copy/record/events/row?id=E040", 1280, 1160, "light"),
}
READY = {"/desk": "#desk[data-state=ready]", "/attribution": "#answer[data-state=ready]"}


def serve(root: Path) -> tuple[object, str]:
    """A running server on a workspace with a copy of the built-in study and one run of it."""
    import uvicorn

    from detente.report import render_report
    from detente.study import open_study
    from detente.web import Site, Workspace, create_app

    space = Workspace(root)
    space.copy(open_study("colombia-venezuela"), "copy")
    space.study("copy").run().write(root / "runs" / "copy" / "001", {"report.html": render_report})
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(Site(space)), log_level="error"))
    threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
    return server, f"http://localhost:{listener.getsockname()[1]}"


def main(arguments: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    images = Path(arguments[0]) if arguments else IMAGES
    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server, address = serve(Path(folder))
        with sync_playwright() as playwright:
            chrome = next(filter(None, map(shutil.which, CHROMES)))
            browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
            for name, (path, width, height, scheme) in VIEWS.items():
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page = context.new_page()
                page.goto(address + path, wait_until="networkidle")
                for part, mark in READY.items():
                    if part in path:
                        page.wait_for_selector(mark)
                page.screenshot(path=images / f"{name}.png")
                context.close()
            browser.close()
        server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1:])
