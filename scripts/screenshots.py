"""Draw the pictures of ``docs/images`` anew: the report of the built-in study, on a desk and on a phone.

    python scripts/screenshots.py [RUN_DIR]

Runs the built-in study unless a finished run is given, opens its report in Chromium and photographs the page
and single charts, light and dark. Needs the ``dev`` extra and a Chromium or Chrome on the path.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CHROMES = ("chromium", "chromium-browser", "google-chrome")
PAGES = {  # name: width, height, colour scheme, language
    "report-desk": (1280, 960, "light", "en"),
    "report-desk-dark": (1280, 960, "dark", "en"),
    "report-phone": (390, 844, "light", "en"),
    "report-phone-es": (390, 844, "dark", "es"),
}
CHARTS = ("trade", "residuals", "library", "winners")


def report_of(run: Path | None) -> Path:
    """The report to photograph, from a finished run or a fresh one."""
    if run is not None:
        return run / "report.html"
    import detente as dt

    target = Path(tempfile.mkdtemp()) / "run"
    return dt.open_study("colombia-venezuela").run().write(target) / "report.html"


def main(arguments: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    report = report_of(Path(arguments[0]) if arguments else None).resolve()
    chrome = next(filter(None, map(shutil.which, CHROMES)))
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu"])
        for name, (width, height, scheme, language) in PAGES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(f"{report.as_uri()}#{language}")
            page.screenshot(path=IMAGES / f"{name}.png")
            if name == "report-desk":
                page.evaluate("document.querySelectorAll('.contents').forEach(n => n.style.position = 'static')")
                for slug in CHARTS:
                    page.locator(f"#en-chart-{slug}").screenshot(path=IMAGES / f"chart-{slug}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
