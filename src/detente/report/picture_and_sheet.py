"""The files that go with a report: the picture that links show, and the sheet of one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from detente.charts.standalone import as_png, standalone
from detente.report.first_screen import first_screen
from detente.report.page import render_report
from detente.report.pdf import one_page
from detente.report.story import Story

PICTURE, SHEET = "report.png", "one-page.pdf"


def report_files(language: str = "en") -> Mapping[str, Callable[[Any], str | bytes | None]]:
    """Name to what makes it of a run, for :meth:`detente.Run.write`: the report, its picture and its one-page sheet."""
    return {
        "report.html": lambda run: render_report(run, language, picture=PICTURE),
        PICTURE: lambda run: link_picture(run, language),
        SHEET: lambda run: one_page(run, language),
    }


def link_picture(run: Any, language: str = "en") -> bytes | None:
    """The first chart with title, source and date in it, as PNG; None without trade by direction."""
    story = Story.of(run, language)
    words = story.words
    screen = first_screen(story.facts, words, story.within, f"{language}-link")
    if screen is None:
        return None
    one = screen.pictures[0]
    return as_png(
        standalone(
            one.wide, one.title, f"{one.subtitle}. {words('first.expected_from')}",
            [words("chart.source", source=screen.source), run_stamp(story)],
        ),
        scale=1.5,
    )  # fmt: skip


def run_stamp(story: Story) -> str:
    """Study, day and version of a run, as pictures carry them."""
    day = story.words.date(str(story.manifest.get("started", ""))[:10])
    version = str(story.manifest.get("detente", ""))
    return story.words("chart.stamp", study=story.own(story.study.title), day=day, version=version)
