"""What a reader meets in a browser: words explained, links copied, languages kept, years played, the first screen read out."""

from __future__ import annotations

from itertools import combinations

import pytest

from browsed import COMPUTED, ready

pytestmark = pytest.mark.browser

READ_OUT = (
    'link "Skip to the content"',
    "- banner:",
    'combobox "Search for two economies"',
    "- main:",
    'heading "India and Pakistan" [level=1]',
    "is specific to this pair",  # the answer in a line
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


def test_a_copied_link_says_for_whom_it_opens(visit):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/s/copy/record/events?find=border")
    page.click("[data-copy-link]")
    page.wait_for_function("document.querySelector('#status').textContent.includes('this machine only')")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/s/copy/record/events?find=border")


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


def test_no_partner_buys_nothing_of_what_is_sold(visit):
    page = visit()
    page.goto("/pair/MNG-CHN")
    page.wait_for_selector("#partners .playing:not([hidden])")
    said = page.inner_text("#partners-now")
    assert "%" in said
    assert " 0%" not in said


@pytest.mark.parametrize("width", [1280, 390])
def test_amounts_at_the_lines_stand_apart(visit, width):
    page = visit(width)
    for pair in ("IND-PAK", "NIC-CRI", "COL-VEN", "KEN-UGA", "RUS-UKR", "QAT-SAU"):
        page.goto(f"/pair/{pair}")
        boxes = page.evaluate(
            "[...document.querySelectorAll('figure svg text[font-weight=\"700\"]')].map(t => t.getBoundingClientRect())"
            ".filter(b => b.width > 0).map(b => [b.left, b.top, b.right, b.bottom])"
        )
        assert len(boxes) > 1, pair
        for (left, top, right, bottom), (l, t, r, b) in combinations(boxes, 2):
            over = min(right, r) - max(left, l), min(bottom, b) - max(top, t)
            assert over[0] < 2 or over[1] < 4, (pair, width, over)  # letters are lower than their boxes
