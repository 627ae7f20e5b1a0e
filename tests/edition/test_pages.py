"""The edition's pages in a real browser, at desk and phone width, light and dark, by axe."""

from __future__ import annotations

import pytest

from browsed import COMPUTED


@pytest.mark.browser
@pytest.mark.parametrize(
    "path", ["2026-03-16/index.html", "2026-03-16/es/index.html", "archive.html", "2026-03-16/mail.html"]
)
def test_a_page_in_a_browser(sounding, browser, path):
    from axe_playwright_python.sync_playwright import Axe

    for width, scheme in ((1200, "light"), (390, "dark")):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(COMPUTED)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.goto((sounding / path).as_uri())
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert said == []
        if path.endswith("index.html"):
            page.click("[data-copy]")
            page.wait_for_function("document.querySelector('.said').textContent.length > 0")
            page.click("details.transcript summary")
            assert page.locator("details.transcript p").first.is_visible()
        context.close()
