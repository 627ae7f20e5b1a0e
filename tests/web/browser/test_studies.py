"""Studies made, run and given data in a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from browsed import answered, ready, unfold, until
from small_world import small_world

pytestmark = pytest.mark.browser


def test_a_new_user_makes_a_study_runs_it_through_a_closed_tab_and_asks_what_if(visit, root):
    """The run goes on while its page is read again, and while nobody looks at it."""
    page = visit()
    page.goto("/")
    page.fill("input[name=origin]", "Colombia")
    page.fill("input[name=destination]", "Ecuado")
    page.click("text=Make the study")
    assert "Ecuador" in page.inner_text("[role=alert]")  # did you mean
    assert page.input_value("input[name=origin]") == "Colombia"
    page.fill("input[name=destination]", "Ecuador")
    page.click("text=Make the study")
    assert urlsplit(page.url).path == "/s/colombia-ecuador"
    page.click("text=Run the study")
    page.wait_for_url("**/jobs/*")
    page.reload()
    link, context = page.url, page.context
    page.close()
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("text=Finished.", timeout=180_000)
    page.click("text=See the study")
    page.wait_for_selector(".view .answer")
    run = root / "runs" / "colombia-ecuador" / "001"
    assert all((run / name).is_file() for name in ("results.json", "report.html"))
    page.click(".places >> text=Scenario desk")
    ready(page)
    before = page.inner_text("#told")
    unfold(page)
    page.click("[data-set=bloc] >> text=join")
    page.wait_for_function("text => document.querySelector('#told').textContent !== text", arg=before)
    ready(page)
    page.fill("#save input[name=title]", "A bloc of two")
    page.click("#save button")
    page.wait_for_selector("text=A bloc of two")
    assert 'title = "A bloc of two"' in (root / "colombia-ecuador" / "study.toml").read_text(encoding="utf-8")


def small_panel(file):
    """A panel that is uploaded and read in a moment."""
    small_world().to_frame().rename({"trade": "value_usd_mn"}).write_csv(file)
    return file


def test_a_run_is_cancelled_and_leaves_nothing_behind(visit, root):
    page = visit()
    page.goto("/s/copy")
    page.click("text=Run again")
    page.click("text=Cancel the run")
    page.wait_for_selector("text=Cancelled; nothing was written.")
    until(page, lambda: not [p for p in (root / "runs" / "copy").iterdir() if p.name.startswith(".")])


def test_a_panel_is_uploaded_looked_at_and_used(visit, root, tmp_path):
    file = small_panel(tmp_path / "My trade.csv")
    page = visit()
    page.goto("/")
    page.fill("input[name=origin]", "Peru")
    page.fill("input[name=destination]", "Chile")
    page.click("text=Make the study")
    page.click(".places >> text=Data")
    page.set_input_files("[data-upload$=panel] input[type=file]", file)
    page.click("[data-upload$=panel] button.main")
    page.wait_for_url("**/jobs/*")
    page.reload()
    page.click("text=See what was found", timeout=180_000)
    assert "It fits the study" in page.inner_text("main")
    page.click("text=Use this panel")
    page.wait_for_selector("text=The study now uses: panels/my-trade.parquet.")
    assert (root / "peru-chile" / "panels" / "my-trade.parquet").is_file()
    page.click(".places >> text=Attribution desk")
    answered(page)
    assert "my-trade.parquet" in page.inner_text(".standfirst")
