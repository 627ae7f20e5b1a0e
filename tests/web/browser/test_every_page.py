"""Every page in a browser: it fits its width, draws its charts and breaks no rule of accessibility."""

from __future__ import annotations

from collections import deque

import pytest

from browsed import COMPUTED, answered, ready

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/s/copy",
    "/s/copy/desk?sanctions=0.85&pin=Closed|year=2014%26goods=closed",
    "/s/copy/attribution",
    "/s/copy/record/events",
    "/s/copy/record/events/row?id=E040",
    "/s/colombia-venezuela/record/claims",
    "/s/copy/attribution?placebos=picked&donors=DEU-NLD,NLD-DEU",
    "/s/copy/data",
    "/s/colombia-venezuela/data",
    "/s/copy/draft",
    "/pair/COL-ECU",
    "/pair/COL-ECU/what-if",
    "/pair/COL-VEN",
    "/pair/COL-VEN/partners?year=2008",
    "/compare",
    "/compare?pair=COL-VEN&pair=IND-PAK&pair=XXX-YYY",
    "/api",
    "/jobs",
    "/watch",
    "/watch/andes",
    "/s/none",
)
AHEAD = 3  # pages that load while one is looked at
SHAPES = {1280: ("light", "dark"), 390: ("dark", "light")}  # widths, and the schemes a page is loaded in and put into
REPORT = {
    "/s/copy": {"exclude": [[".page"]]}
}  # axe looks at a report, in both schemes, in tests/report/test_browser.py
COLOURS = ["color-contrast", "link-in-text-block"]  # axe's rules that look at colours


def opened(visitor):
    """Every page by its path, loaded while those before it are looked at."""
    waiting = deque()
    for path in (*PAGES, *[None] * AHEAD):
        if path:
            waiting.append((path, visitor.context.new_page()))
            waiting[-1][1].goto(path, wait_until="commit")
        if len(waiting) > AHEAD or not path:
            path, page = waiting.popleft()
            page.wait_for_load_state("networkidle", timeout=COMPUTED)
            if "/desk" in path:
                ready(page)
            if path == "/s/copy/attribution":
                answered(page)
            yield path, page
            page.close()


def checked(page, path):
    """The page fits its width and draws its charts."""
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, (path, wider)
    charts = page.evaluate(
        "[...document.querySelectorAll('.vega svg')].map(s => ({w: s.getBoundingClientRect().width, "
        "marks: s.querySelectorAll('.mark-symbol path, .mark-rect path, .mark-line path, .mark-area path').length, "
        "out: s.getBoundingClientRect().right - document.documentElement.clientWidth}))"
    )
    assert len(charts) == (3 if "/desk" in path else 4 if path == "/s/copy/attribution" else 0), path
    for chart in charts:
        assert chart["w"] > 200, (path, chart)
        assert chart["marks"] > 0, (path, chart)
        assert chart["out"] <= 1, (path, chart)


def barriers(page, axe, path, options):
    """What breaks a rule of accessibility; every rule where no ``options`` narrow them."""
    told = axe.run(page, context=REPORT.get(path), options={"resultTypes": ["violations"], **options}).response
    assert len(told["passes"]) > (0 if options else 10), page.url
    return [
        (v["id"], [n["target"] for n in v["nodes"]][:3], v["nodes"][0]["failureSummary"]) for v in told["violations"]
    ]


@pytest.mark.parametrize("width", SHAPES)
def test_every_page_fits_its_width_draws_its_charts_and_is_accessible(visit, width):
    """Put into its other scheme a page is the same but for its colours, and only the rules on them are asked again."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    first, then = SHAPES[width]
    found = {}
    for path, page in opened(visit(width, first)):
        for scheme, options in ((first, {}), (then, {"runOnly": COLOURS})):
            page.emulate_media(color_scheme=scheme)
            checked(page, path)
            if width == 1280 and (bad := barriers(page, axe, path, options)):
                found[path, scheme] = bad
    assert found == {}


def test_twice_the_size_fits_and_nothing_moves_by_itself(visit):
    """200% of 1280 pixels, for readers who asked for less motion."""
    page = visit(640)
    page.emulate_media(reduced_motion="reduce")
    for path in ("/", "/pair/IND-PAK", "/s/copy/desk", "/s/copy/record/events", "/s/copy"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate("document.getAnimations().length") == 0, path
