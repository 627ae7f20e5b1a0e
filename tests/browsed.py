"""What journeys in a browser wait for."""

from __future__ import annotations

import time

from detente.web.http.words import Words

SAID = Words("en")  # the page's own words: a test does not break when a sentence is put better
COMPUTED = 180_000  # ms, for an answer that is computed first: a bound, not a wait, on a busy machine as well


def ready(page):
    page.wait_for_selector("#desk[data-state=ready]", timeout=COMPUTED)


def answered(page):
    page.wait_for_selector("#answer[data-state=ready]", timeout=COMPUTED)


def unfold(page):
    """Open what the page keeps folded."""
    page.evaluate("document.querySelectorAll('.fold, form.row details').forEach(part => { part.open = true; })")


def until(page, holds, seconds=180.0):
    """Wait for something that only this process can see."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came about"
        page.wait_for_timeout(20)
