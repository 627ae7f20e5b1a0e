"""The scenario and attribution desks in a browser: by keyboard, by dragging, in the address, without JavaScript."""

from __future__ import annotations

import pytest

from browsed import SAID, answered, ready, unfold, until

pytestmark = pytest.mark.browser


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
    zero = f"→ {SAID('number.zero')}"
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


def test_a_lever_says_the_tariff_that_would_move_as_much(visit):
    page = visit()
    page.goto("/s/copy/desk?theta=5&there=-1&lang=en")
    ready(page)
    box = page.locator(".lever", has=page.locator("input[type=number][name=there]"))
    assert box.locator(".effect").inner_text() == "−63%"
    assert box.locator(".equal").inner_text() == "Tariff equivalent +22%", "(1.2214) ^ -5 = exp(-1)"
    unfold(page)
    page.fill("input[type=number][name=theta]", "10")
    assert box.locator(".equal").inner_text() == "Tariff equivalent +11%"


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


def test_without_javascript_the_desk_still_answers(visit):
    page = visit(java_script_enabled=False)
    page.goto("/s/copy/desk")
    before = page.inner_text("#told")
    page.click(".fold:has(input[name=bloc]) > summary")
    page.fill("input[name=bloc]", "0.475")
    page.click("noscript button")
    assert page.inner_text("#told") != before
    assert "bloc=0.475" in page.url
