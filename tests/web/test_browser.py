"""The app in a real browser: whole journeys, and on every page no foreign request and no broken rule."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import pytest

from detente.web.http.words import Words

pytestmark = pytest.mark.browser
pytest.importorskip("uvicorn")

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
SAID = Words("en")  # the page's own words: a test does not break when a sentence is put better
COMPUTED = 60_000  # ms, for an answer that is computed first
SHAPES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


def _watched(root):
    """A watch list that was looked at, with something told."""
    from detente import look
    from detente.watch import open_state
    from detente.watch.state import WatchState

    path = root / "andes.toml"
    path.write_text('[watch]\nname = "andes"\n[[dyad]]\npair = ["IND", "PAK"]\n[[rule]]\nmeasure = "odds"\n')
    look(path)
    body = {
        "id": "1-1",
        "dyad": "IND-PAK",
        "title": "t",
        "heading": "New flows",
        "changes": [{"line": "Exports: 1 → 2"}],
    }
    state = open_state(root / "andes.watch.db")
    WatchState(state).keep_alert(body, "2026-11-30T07:00:00+00:00")
    state.close()


@pytest.fixture(scope="module")
def address(root):
    """A running server with a copy of the built-in study that has a finished run."""
    from detente.study import open_study
    from detente.web import Site, Workspace
    from served import running

    space = Workspace(root)
    space.copy(open_study("colombia-venezuela"), "copy")
    space.study("copy").run(quick=True).write(root / "runs" / "copy" / "001")
    _watched(root)
    with running(Site(space)) as started:
        yield started


@pytest.fixture
def visit(browser, address):
    """A visitor; afterwards it must have met no error, no policy violation and no other host."""
    contexts, complaints = [], []

    def new(width=1280, scheme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=address, **options
        )
        contexts.append(context)
        context.set_default_timeout(20_000)  # bounds, not waits: two cores may be shared by many
        context.set_default_navigation_timeout(COMPUTED)

        def watch(page):
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and not _expected(m) else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda r: complaints.append(r.url) if _foreign(r.url, address) else None)

        context.on("page", watch)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    assert complaints == []


def _expected(message):
    """Pages that say what was wrong answer with a status that the browser's console repeats."""
    return re.search(r"status of (404|409|422)", message.text) is not None


def _foreign(url, address):
    return urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(address)


def ready(page):
    page.wait_for_selector("#desk[data-state=ready]", timeout=COMPUTED)


def answered(page):
    page.wait_for_selector("#answer[data-state=ready]", timeout=COMPUTED)


def unfold(page):
    """Open what the page keeps folded."""
    page.evaluate("document.querySelectorAll('.fold, form.row details').forEach(part => { part.open = true; })")


def until(page, holds, seconds=20.0):
    """Wait for something that only this process can see."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came about"
        page.wait_for_timeout(20)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def test_every_page_fits_its_width_and_draws_its_charts(visit, shape):
    page = visit(*shape)
    for path in PAGES:
        page.goto(path, wait_until="networkidle")
        if "/desk" in path:
            ready(page)
        if path == "/s/copy/attribution":
            answered(page)
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


def test_twice_the_size_fits_and_nothing_moves_by_itself(visit):
    """200% of 1280 pixels, for readers who asked for less motion."""
    page = visit(640)
    page.emulate_media(reduced_motion="reduce")
    for path in ("/", "/pair/IND-PAK", "/s/copy/desk", "/s/copy/record/events", "/s/copy"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate("document.getAnimations().length") == 0, path


def test_a_copied_link_says_for_whom_it_opens(visit):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/s/copy/record/events?find=border")
    page.click("[data-copy-link]")
    page.wait_for_function("document.querySelector('#status').textContent.includes('this machine only')")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/s/copy/record/events?find=border")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_finding(visit, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    # bypass_csp lets the checker's own script in; what it looks at is the page as served
    page = visit(scheme=scheme, bypass_csp=True)
    found = {}
    for path in PAGES:
        page.goto(path, wait_until="networkidle")
        if "/desk" in path:
            ready(page)
        bad = axe.run(page).response["violations"]
        if bad:
            found[path] = [
                (v["id"], [n["target"] for n in v["nodes"]][:3], v["nodes"][0]["failureSummary"]) for v in bad
            ]
    assert found == {}


def test_a_new_user_makes_a_study_runs_it_and_asks_what_if(visit, root):
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
    page.wait_for_selector("text=Finished.", timeout=180_000)
    page.click("text=See the study")
    page.wait_for_selector(".view .answer")
    assert (root / "runs" / "colombia-ecuador" / "001" / "results.json").is_file()
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


def test_the_desk_by_keyboard_alone(visit):
    page = visit()
    page.goto("/s/copy/desk")
    ready(page)
    before = page.inner_text("#told")
    unfold(page)
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "s-goods":
            break
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    for _ in range(5):
        page.keyboard.press("PageDown")
    page.wait_for_function("text => document.querySelector('#told').textContent !== text", arg=before)
    assert "goods=-" in page.url
    ready(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_function("() => location.search.includes('goods=closed')")
    zero = f"→ {SAID('desk.nothing')}"
    page.wait_for_function("zero => document.querySelector('#told').textContent.includes(zero)", arg=zero)


def test_the_address_holds_the_state_and_back_and_forward_work(visit):
    page = visit()
    page.goto("/s/copy/desk")
    ready(page)
    first = page.inner_text("#told")
    unfold(page)
    page.click("[data-set=sanctions] >> text=lifted")
    page.wait_for_function("text => document.querySelector('#told').textContent !== text", arg=first)
    second, link = page.inner_text("#told"), page.url
    page.click("[data-set=payments] >> text=frozen")
    page.wait_for_function("text => document.querySelector('#told').textContent !== text", arg=second)
    page.go_back()
    page.wait_for_function("text => document.querySelector('#told').textContent === text", arg=second)
    page.go_back()
    page.wait_for_function("text => document.querySelector('#told').textContent === text", arg=first)
    page.go_forward()
    page.wait_for_function("text => document.querySelector('#told').textContent === text", arg=second)
    other = visit()
    other.goto(link)
    assert other.inner_text("#told") == second
    assert f"sanctions={other.input_value('input[name=sanctions]')}" in link


def test_dragging_updates_the_centre_and_greys_the_old_bands(visit):
    page = visit()
    page.goto("/s/copy/desk?sanctions=0.85")
    ready(page)
    held = []
    page.route("**/desk/bands?**", lambda route: held.append(route))
    before = page.inner_text("#told")
    slider = page.locator("#s-sanctions")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + box["width"] * (0.6 + step / 100), box["y"] + box["height"] / 2)
    page.wait_for_function("text => document.querySelector('#told').textContent !== text", arg=before)
    page.wait_for_selector("#desk[data-state=central]")
    assert page.locator("#rows td.band.stale").count() == 4
    page.mouse.up()
    until(page, lambda: bool(held))
    assert page.locator("#rows td.band.stale").count() == 4
    held[-1].continue_()
    ready(page)
    assert page.locator("#rows td.band.stale").count() == 0


def test_scenarios_are_kept_compared_and_removed(visit):
    page = visit()
    page.goto("/s/copy/desk?goods=-1")
    ready(page)
    for name in ("One", "Two", "Three"):
        page.fill("#pin-name", name)
        page.click("#pin")
    assert page.is_disabled("#pin")
    assert page.locator("#pins li").count() == 3
    labels = page.locator("#chart-flows svg text").all_text_contents()
    assert {"One", "Two", "Three", "This scenario"} <= set(labels)
    page.reload()
    ready(page)
    assert page.locator("#pins li").count() == 3
    page.click("#pins li:first-child button")
    assert page.locator("#pins li").count() == 2
    assert "One" not in page.url


def test_a_value_beyond_the_domain_is_said_and_kept_in_sight(visit):
    page = visit()
    page.goto("/s/copy/desk?theta=-3&bloc=0.475")
    assert "Trade elasticity θ" in page.inner_text(".alert[role=alert] >> nth=0")
    assert page.inner_text("code >> nth=0") == "theta=-3"
    page.goto("/s/copy/desk")
    ready(page)
    unfold(page)
    page.fill("input[name=theta]", "-3")
    page.wait_for_selector("#desk-problem:not([hidden])")
    assert page.input_value("input[name=theta]") == "-3"
    page.fill("input[name=theta]", "4")
    page.wait_for_selector("#desk-problem", state="hidden")


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


def test_a_run_survives_a_reload_and_a_closed_tab(visit, root):
    page = visit()
    page.goto("/s/copy")
    page.click("text=Run again")
    page.wait_for_url("**/jobs/*")
    page.reload()
    link, context = page.url, page.context
    page.close()
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("text=Finished.", timeout=180_000)
    assert (root / "runs" / "copy" / "002" / "report.html").is_file()


def test_a_run_is_cancelled_and_leaves_nothing_behind(visit, root):
    page = visit()
    page.goto("/s/copy")
    page.click("text=Run again")
    page.click("text=Cancel the run")
    page.wait_for_selector("text=Cancelled; nothing was written.")
    until(page, lambda: not [p for p in (root / "runs" / "copy").iterdir() if p.name.startswith(".")])


def test_pairs_are_picked_by_keyboard_and_copied_with_the_link(visit):
    page = visit()
    page.goto("/s/copy/attribution")
    answered(page)
    page.focus("#picks summary")
    page.keyboard.press("Enter")
    page.focus("#find-pairs")
    page.keyboard.type("brazil")
    page.wait_for_function("""() => {
        const names = [...document.querySelectorAll('#offered span:not(.note)')].map(name => name.textContent);
        return names.length > 10 && names.every(name => name.includes('Brazil'));
    }""")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "pick-all"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('#picked button').length > 10")
    n = page.locator("#picked button").count()
    page.focus("#picked button")
    page.keyboard.press("Space")
    page.wait_for_function("n => document.querySelectorAll('#picked button').length === n - 1", arg=n)
    assert page.input_value("select[name=placebos]") == "picked"
    page.wait_for_function("n => (location.search.match(/BRA/g) ?? []).length === n - 1", arg=n)
    link = page.evaluate("location.href")
    assert "placebos=picked" in link
    assert link.count("BRA") == n - 1
    page.focus("#ask button.main")
    page.keyboard.press("Enter")
    answered(page)
    assert "picked by hand" in page.inner_text("#answer")
    page.go_back()
    page.wait_for_function("n => document.querySelectorAll('#picked button').length === n - 1", arg=n)
    other = visit()
    other.goto(link)
    answered(other)
    assert other.locator("#picked button").count() == n - 1
    assert f"of {n - 1} similar pairs" in other.inner_text("#says-0")


def test_too_few_pairs_are_said_and_the_picks_stay(visit):
    page = visit()
    page.goto("/s/copy/attribution?placebos=picked&donors=DEU-NLD,NLD-DEU")
    assert "10 are needed" in page.inner_text("#problem")
    assert page.locator("#picked button").count() == 2


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


def test_a_panel_is_uploaded_looked_at_and_used(visit, root, tmp_path):
    from small_world import small_world

    file = tmp_path / "My trade.csv"
    small_world().to_frame().rename({"trade": "value_usd_mn"}).write_csv(file)
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


def test_the_address_is_right_after_a_long_drag(visit):
    page = visit()
    page.goto("/s/copy/desk")
    ready(page)
    page.evaluate("""async () => {
        const slider = document.querySelector('#s-goods');
        for (let k = 1; k <= 400; k++) {
            slider.value = -k / 200;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            if (k % 10 === 0) await new Promise(requestAnimationFrame);
        }
        slider.dispatchEvent(new Event('change', { bubbles: true }));
    }""")
    page.wait_for_function(
        "() => document.querySelector('#desk').dataset.drawn === document.querySelector('#desk').dataset.asked"
    )
    assert "goods=-2" in page.evaluate("location.href")
    ready(page)
    shown = page.inner_text("#told")
    page.reload()
    assert page.inner_text("#told") == shown


def test_spanish_is_chosen_once_and_stays(visit):
    page = visit()
    page.goto("/s/copy/desk")
    page.click("text=Español")
    ready(page)
    assert page.get_attribute("html", "lang") == "es"
    assert page.inner_text("h1") == "Mesa de escenarios"
    assert "millones" in page.inner_text("#told")
    page.goto("/s/copy/attribution")
    assert page.inner_text("h1") == "Mesa de atribución"


READ_OUT = (
    'link "Skip to the content"',
    "- banner:",
    'combobox "Search for two economies"',
    "- main:",
    'heading "India and Pakistan" [level=1]',
    "hit this pair as it hit few others",  # the answer in a line
    'group "Who sells"',
    'button "India sells" [pressed]',
    'figure "What India sold to Pakistan, and what one would expect"',
    "A line of what India sold to Pakistan",  # the picture in words
    "Source: CEPII BACI",
    "group: Show the numbers",
    'figure "State of relations"',
    "Envoys – relations lowered",
    "What happened.",
    "Why.",
    "It need not be politics",
    'region "What if"',
    'list "Four numbers, and how sure they are"',
    'button "Fair"',
    "Nobody has checked this page",
    'region "Similar pairs"',
    'region "Who else they sell to',
    'region "Reproduce this"',
    'button "Keep as a study"',
)


def test_a_screen_reader_meets_the_first_screen_in_this_order(visit):
    page = visit()
    page.goto("/pair/IND-PAK")
    page.wait_for_selector("#what-if .card", timeout=COMPUTED)
    told = page.locator("body").aria_snapshot()
    places = [told.find(part) for part in READ_OUT]
    assert [part for part, place in zip(READ_OUT, places) if place < 0] == []
    assert places == sorted(places), [part for part, a, b in zip(READ_OUT[1:], places, places[1:]) if b < a]


def test_a_word_is_explained_by_pointer_and_by_keyboard(visit):
    page = visit()
    page.goto("/pair/IND-PAK")
    word, card = page.locator(".term:visible").first, page.locator("#term-card")
    word.hover()
    card.wait_for()
    named = word.get_attribute("aria-describedby")
    assert card.inner_text() == page.evaluate("id => document.getElementById(id).textContent", named)
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    word.focus()
    card.wait_for()
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    page.keyboard.press("Tab")
    card.wait_for(state="hidden")


def test_partners_play_through_the_years(visit):
    page = visit()
    page.goto("/pair/COL-VEN")
    page.wait_for_selector("#partners .playing:not([hidden])")
    first = page.inner_text("#partners-now")
    page.focus("#partners input[type=range]")
    page.keyboard.press("Home")
    page.wait_for_function("text => document.querySelector('#partners-now').textContent !== text", arg=first)
    assert page.inner_text("#partners output") == "2000"
    assert "2000" in page.inner_text("#partners-title")
    page.click("#partners [data-whose='1']")
    assert page.inner_text("#partners-now").startswith("Venezuela")
    page.click("#partners [data-play]")
    page.wait_for_function("() => Number(document.querySelector('#partners output').textContent) >= 2002")
    page.click("#partners [data-play]")
    held = page.inner_text("#partners output")
    page.wait_for_timeout(1500)
    assert page.inner_text("#partners output") == held


def test_without_javascript_the_desk_still_answers(visit):
    page = visit(java_script_enabled=False)
    page.goto("/s/copy/desk")
    before = page.inner_text("#told")
    page.click(".fold:has(input[name=bloc]) > summary")
    page.fill("input[name=bloc]", "0.475")
    page.click("noscript button")
    assert page.inner_text("#told") != before
    assert "bloc=0.475" in page.url
