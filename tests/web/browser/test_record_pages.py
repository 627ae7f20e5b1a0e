"""The pages of a record in a browser: rows edited, deleted, undone, uploaded and found."""

from __future__ import annotations

import pytest

from browsed import SAID, unfold

pytestmark = pytest.mark.browser


def test_two_tabs_on_one_row_and_nothing_typed_is_lost(visit, root):
    one = visit()
    one.goto("/s/copy/record/events/row?id=E041")
    two = one.context.new_page()
    two.goto("/s/copy/record/events/row?id=E041")
    one.fill("textarea[name=note]", "from the first tab")
    one.click("#row button.main")
    one.wait_for_selector("text=Saved: E041.")
    two.fill("textarea[name=note]", "from the second tab")
    two.click("#row button.main")
    two.wait_for_selector(".conflict")
    assert two.input_value("textarea[name=note]") == "from the second tab"
    assert "from the first tab" in two.inner_text(".conflict")
    two.click("#row button.main")
    two.wait_for_selector("text=Saved: E041.")
    two.click("text=Undo the last change (E041)")
    two.wait_for_selector("text=Undone: E041.")
    assert "from the first tab" in (root / "copy" / "record" / "events.csv").read_text(encoding="utf-8")


def test_a_wrong_row_comes_back_as_typed_and_a_closed_tab_keeps_its_draft(visit):
    page = visit()
    page.goto("/s/copy/record/events/row")
    unfold(page)
    page.fill("input[name=event_id]", "N1")
    page.fill("input[name=date]", "2026-02-30")
    page.fill("textarea[name=title]", '<script>alert("x")</script>')
    page.select_option("select[name=kind]", "election")
    page.select_option("select[name=direction]", "0")
    page.fill("input[name=source_ids]", "unsourced")
    page.click("#row button.main")
    page.wait_for_selector("[aria-invalid=true]")
    assert page.get_attribute("[aria-invalid=true]", "name") == "date"
    assert page.input_value("textarea[name=title]") == '<script>alert("x")</script>'
    page.fill("input[name=date]", "2026-02-28")
    other = page.context.new_page()
    other.goto("/jobs")
    other.wait_for_function("() => Object.values(localStorage).some(kept => kept.includes('2026-02-28'))")
    page.close()
    page = other
    page.goto("/s/copy/record/events/row")
    assert page.input_value("input[name=date]") == "2026-02-28"
    page.click("#row button.main")
    page.wait_for_selector("text=Saved: N1.")
    page.fill("#find", "alert(")
    page.wait_for_selector("#found:has-text('1 of 153')")
    assert page.inner_text("#rows tbody tr td:nth-child(3)") == '<script>alert("x")</script>'
    page.goto("/s/copy/record/events/row")
    assert page.input_value("input[name=date]") == ""
    page.goto("/s/copy/record/events")
    page.click("text=Undo the last change (N1)")


def test_a_row_is_deleted_and_undone_and_a_source_in_use_is_not(visit, root):
    before = (root / "copy" / "record" / "events.csv").read_bytes()
    page = visit()
    page.goto("/s/copy/record/events/row?id=E029")
    page.click("text=Delete this row")
    page.click("text=Delete E029")
    page.wait_for_selector("text=Deleted: E029.")
    assert b"\nE029," not in (root / "copy" / "record" / "events.csv").read_bytes()
    page.click("text=Undo the last change (E029)")
    page.wait_for_selector("text=Undone: E029.")
    assert (root / "copy" / "record" / "events.csv").read_bytes() == before
    page.goto("/s/copy/record/sources/row?id=cepii-baci")
    page.click("text=Delete this row")
    page.click("text=Delete cepii-baci")
    page.wait_for_selector(".alert[role=alert]:has-text('cepii-baci')")
    n = page.locator(".alert li").count()
    assert n > 5
    assert page.inner_text(".alert p") == SAID("record.in_use", id="cepii-baci", n=n)


def test_a_record_is_uploaded_and_its_conflict_decided(visit, root, tmp_path):
    from detente.study import open_study

    before = (root / "copy" / "record" / "events.csv").read_bytes()
    event = open_study(root / "copy").ledger().events.filter(event_id="E030").to_dicts()[0]
    file = tmp_path / "events.csv"
    file.write_text(
        "event_id,date,title,kind,direction,source_ids\n"
        f"E030,{event['date']},Another title,{event['kind']},{event['direction']},{event['source_ids']}\n",
        encoding="utf-8",
    )
    page = visit()
    page.goto("/s/copy/data")
    page.set_input_files("[data-upload$=record] input[type=file]", file)
    page.click("[data-upload$=record] button.main")
    page.click("text=See what was found", timeout=180_000)
    page.check("input[name=take-0][value=theirs]")
    page.click(f"text={SAID('data.use_record')}")
    page.wait_for_selector("text=Saved: E030.")
    assert b"Another title" in (root / "copy" / "record" / "events.csv").read_bytes()
    page.click("text=Undo the last change (E030)")
    page.wait_for_selector("text=Undone: E030.")
    assert (root / "copy" / "record" / "events.csv").read_bytes() == before


def test_an_upload_is_stopped_and_a_wrong_file_is_said(visit, tmp_path):
    page = visit()
    page.goto("/s/copy/data")
    (tmp_path / "x.exe").write_bytes(b"MZ")
    page.set_input_files("[data-upload$=panel] input[type=file]", tmp_path / "x.exe")
    page.click("[data-upload$=panel] button.main")
    page.wait_for_selector("[data-upload$=panel] .alert:has-text('of no kind that is read here')")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    page.route("**/data/record**", lambda route: None)  # never answered
    page.set_input_files("[data-upload$=record] input[type=file]", tmp_path / "x.csv")
    page.click("[data-upload$=record] button.main")
    page.click("[data-upload$=record] [data-stop]")
    page.wait_for_selector("[data-upload$=record] .alert:has-text('Stopped; nothing was kept.')")


def test_what_a_page_is_narrowed_to_is_in_its_link(visit):
    page = visit()
    page.goto("/s/copy/record/events")
    page.fill("#find", "andean")
    page.wait_for_function("() => /^[1-9] of 152/.test(document.querySelector('#found').textContent)")
    assert page.url.endswith("?find=andean")
    other = visit()
    other.goto(page.url)
    assert other.inner_text("#found") == page.inner_text("#found") != "152 of 152 shown"
    page.goto("/s/copy")
    page.click("form.filter [data-verdict=imprecise]")
    page.fill("form.filter input[type=search]", "andean")
    page.wait_for_url("**?verdict=imprecise&words=andean")
    other.goto(page.url)
    assert other.get_attribute("form.filter [data-verdict=imprecise]", "aria-pressed") == "true"
    assert other.inner_text("form.filter output") == page.inner_text("form.filter output")
