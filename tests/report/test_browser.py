"""The report in a real browser, from ``file://``: it works, breaks none of its own rules and asks nobody."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
FIXTURE = Path(__file__).parents[1] / "fixtures" / "report" / "fake_run.py"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    from detente.report import write_report

    spec = importlib.util.spec_from_file_location("fake_run", FIXTURE)
    module = sys.modules["fake_run"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return write_report(module.FakeRun(), tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def page(browser, report, request):
    """The open report; fails afterwards on any console error, policy violation or request to a host."""
    width, scheme = getattr(request, "param", (1280, "light"))
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url[:80]) if asked.url.startswith("http") else None)
    page.goto(report.as_uri())
    yield page
    context.close()
    assert complaints == []


SHAPES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.mark.parametrize("page", SHAPES, indirect=True, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def test_no_chart_is_empty_or_clipped(page):
    drawings = page.locator(".page:not([hidden]) figure.chart .picture:visible svg")
    assert drawings.count() == 14
    for index in range(drawings.count()):
        found = drawings.nth(index).evaluate("""svg => {
            const frame = svg.getBoundingClientRect();
            const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim());
            const out = texts.filter(t => {
                const box = t.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1
                    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
            });
            return {width: frame.width, height: frame.height, texts: texts.length,
                    out: out.map(t => t.textContent),
                    hits: svg.querySelectorAll('.hit').length,
                    small: texts.filter(t => t.getBoundingClientRect().height < 9).length};
        }""")
        assert found["width"] > 250
        assert found["height"] > 100
        assert found["texts"] > 5
        assert found["hits"] > 2
        assert found["out"] == []
        assert found["small"] == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("page", [(390, "light")], indirect=True, ids=["390"])
def test_on_a_phone_tables_are_cards_that_name_their_columns(page):
    page.evaluate("for (const part of document.querySelectorAll('.page:not([hidden]) details')) part.open = true")
    regions = page.locator(".page:not([hidden]) .scroll:not(.numbers .scroll)")
    assert regions.count() > 5
    wide = regions.evaluate_all("all => all.filter(r => r.scrollWidth > r.clientWidth + 1).map(r => r.ariaLabel)")
    assert wide == []
    cell = page.locator(".page:not([hidden]) [aria-label='Sources'] tbody td").first
    assert "Publisher" in cell.evaluate("cell => getComputedStyle(cell, '::before').content")


def test_claims_filter_and_open(page):
    rows = page.locator("#en-claim-rows > li:visible")
    everything = rows.count()
    page.locator("#en form.filter button", has_text="contradicted").click()
    assert rows.count() == 1
    assert page.locator("#en output").inner_text() == f"1 of {everything} shown"
    rows.first.locator("summary").click()
    assert page.get_by_text("The first flight came in November").first.is_visible()
    page.locator("#en form.filter button", has_text="All").click()
    page.locator("#en input[type=search]").fill("border 2,200")
    assert rows.count() == 1


def test_a_mark_speaks_to_pointer_and_keys(page):
    tip = page.locator("#tip")
    chart = page.locator("#en-chart-trade")
    chart.focus()
    page.keyboard.press("ArrowRight")
    assert "Colombia → Venezuela, 1990" in tip.inner_text()
    page.keyboard.press("ArrowRight")
    assert "1991" in tip.inner_text()
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    chart.locator(".wide .hit").first.hover(force=True)
    assert tip.is_visible()


@pytest.mark.parametrize("page", [SHAPES[2]], indirect=True)
def test_marks_of_the_narrow_pictures_have_the_words_of_the_wide(page):
    unlike = page.evaluate("""[...document.querySelectorAll('figure.chart')].filter(chart => {
        const tips = kind => [...chart.querySelectorAll(`.${kind} .hit`)].map(mark => mark.dataset.tip);
        return !tips('wide').length || JSON.stringify(tips('wide')) !== JSON.stringify(tips('narrow'));
    }).map(chart => chart.id)""")
    assert unlike == []


def test_downloads(page):
    chart = page.locator("#en-chart-residuals")
    for words, start in (
        ("Data (CSV)", b"origin,destination,year"),
        ("Picture (SVG)", b"<svg"),
        ("Picture (PNG)", b"\x89PNG"),
    ):
        with page.expect_download() as waiting:
            chart.get_by_text(words).click()
        content = Path(waiting.value.path()).read_bytes()
        assert content.startswith(start)
        assert b"var(--" not in content
        assert len(content) > 2000


def test_language_and_theme_switch(page):
    page.locator("#en [data-language=es]").click()
    page.locator("#es h2").first.wait_for()  # the address changes first, the page just after
    assert page.locator("#en").is_hidden()
    assert page.locator("#es h2").first.is_visible()
    assert page.evaluate("document.documentElement.lang") == "es"
    assert page.title() == page.locator("#es").get_attribute("data-title")
    before = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.locator("#es [data-theme-switch]").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != before


def test_prints_without_controls(page):
    page.emulate_media(media="print")
    assert page.locator("#en .contents").is_hidden()
    assert page.locator("#en form.filter").is_hidden()
    assert page.locator("#en-chart-trade .wide svg").is_visible()
    assert len(page.pdf()) > 50_000


@pytest.mark.slow
@pytest.mark.parametrize("page", [SHAPES[0], SHAPES[3]], indirect=True, ids=["desk-light-en", "phone-dark-es"])
def test_no_serious_accessibility_finding(page):
    axe = pytest.importorskip("axe_playwright_python", reason="the package axe-playwright-python is not installed")
    if page.viewport_size["width"] < 500:
        page.locator("#en [data-language=es]").click()
        page.locator("#es h2").first.wait_for()  # the address changes first, the page just after
    page.evaluate("document.querySelectorAll('.page:not([hidden]) details').forEach(part => part.open = true)")
    page.evaluate(next(Path(axe.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run({exclude: [['.picture > svg']]}, {resultTypes: ['violations']})"
    )  # pictures are one image to a reader
    assert len(found["passes"]) > 30
    grave = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in grave] == []


def test_whole_page_by_keyboard(page):
    """Tab reaches the skip link, the switches, a filter, a claim and a chart, and each of them answers."""
    seen = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate("""() => { const e = document.activeElement;
            return e.matches('.skip') ? 'skip' : e.matches('[data-language]') ? 'language'
                : e.matches('form.filter button') ? 'filter' : e.matches('.claims summary') ? 'claim'
                : e.matches('figure.chart') ? 'chart' : e.matches('[data-save]') ? 'save' : ''; }""")
        )
    assert {"skip", "language", "chart", "save", "filter", "claim"} <= seen
    page.locator("#en .claims summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#en .claims details").first.get_attribute("open") is not None
