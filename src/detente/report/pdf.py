"""The first screen of a run on one sheet of A4, as a PDF: for a desk, a wall, an attachment."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from detente.charts.palette import FONT, SHADES
from detente.charts.pen import By, here
from detente.charts.standalone import as_pdf, plain
from detente.charts.strokes import breadth, wrapped
from detente.language import Catalogue
from detente.report.first_screen import KeyNumber, Picture, first_screen
from detente.report.story import Story

WIDE, HIGH = 794, 1123  # A4 at 96 dots an inch
LEFT, RIGHT = 60, 734
WIDTH = RIGHT - LEFT
LEAST = 190  # room below which a second chart is left out
LETTER = 0.49  # mean width of a letter that is not bold, in its size


def one_page(run: Any, language: str = "en", *, by: By = here) -> bytes | None:
    """The sheet of a finished run as PDF; None without trade by direction.

    Parameters
    ----------
    run : a finished :class:`detente.Run`, or anything with its attributes.
    language : one of the catalogue's.
    by : who draws it; this process unless given.
    """
    svg = one_page_svg(run, language)
    return None if svg is None else as_pdf(svg, by)


def one_page_svg(run: Any, language: str = "en") -> str | None:
    """The sheet as SVG text, 794 by 1123."""
    story = Story.of(run, language)
    words = story.words
    screen = first_screen(story.facts, words, story.within, f"{language}-sheet")
    if screen is None:
        return None
    sheet = _Sheet(words)
    sheet.say(story.own(story.study.title), 27, 32, bold=True)
    sheet.say(screen.answer, 16, 22)
    sheet.picture(screen.pictures[0], screen.source)
    for title, text in screen.sentences:
        sheet.say(f"{title} {text}", 13.5, 19, strong=len(title))
        sheet.down(5)
    sheet.say(words("first.caution"), 12, 17, colour="muted")
    sheet.down(10)
    sheet.numbers(screen.numbers)
    if screen.claims:
        sheet.say(screen.claims, 13.5, 19)
    for row in screen.wrong[:1]:
        sheet.say(f"{words('first.wrong_one')} “{row['claim']}” {row['source']} {row['evidence']}", 12, 17)
    if len(screen.pictures) > 1 and sheet.room() > LEAST:
        sheet.picture(screen.pictures[1], "")
    ran = words.date(str(story.manifest.get("started", ""))[:10])
    cite = words("page.made_with", version=story.manifest.get("detente", ""))
    return sheet.svg(story.own(story.study.title), " · ".join(filter(None, (cite, ran))))


class _Sheet:
    """What is on the sheet so far, from the top down."""

    def __init__(self, words: Catalogue) -> None:
        self.words = words
        self.y = 52.0
        self.parts: list[str] = [f'<rect width="{WIDE}" height="{HIGH}" fill="{SHADES["paper"][0]}"/>']

    def down(self, by: float) -> None:
        self.y += by

    def say(
        self, text: str, size: float, step: float, *, colour: str = "ink", bold: bool = False, strong: int = 0
    ) -> None:
        """A paragraph, its first ``strong`` letters bold."""
        most = WIDTH / size
        for k, line in enumerate(wrapped(text, most, breadth) if bold else wrapped(text, int(most / LETTER))):
            self.y += step
            head, rest = (line[:strong], line[strong:]) if k == 0 else ("", line)
            lead = f'<tspan font-weight="700">{escape(head)}</tspan>' if head else ""
            self.line(LEFT, f"{lead}{escape(rest)}", size, colour, bold=bold)

    def line(self, x: float, marked: str, size: float, colour: str, *, bold: bool = False) -> None:
        weight = ' font-weight="700"' if bold else ""
        shade = SHADES[colour][0]
        self.parts.append(
            f'<text x="{x:.1f}" y="{self.y:.1f}" font-size="{size}" fill="{shade}"{weight}>{marked}</text>'
        )

    def room(self) -> float:
        """What is left above the foot."""
        return HIGH - 56 - self.y

    def picture(self, one: Picture, source: str) -> None:
        """The chart of a direction as large as there is room for, with its title and its source."""
        self.down(10)
        self.say(one.title, 14, 19, bold=True)
        self.say(f"{one.subtitle}. {self.words('first.expected_from')}", 11.5, 16, colour="muted")
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', one.wide)
        wide, high = (float(box[1]), float(box[2])) if box else (776.0, 384.0)
        self.down(6)
        tall = min(WIDTH * high / wide, self.room())
        wide *= tall / high
        self.parts.append(
            plain(one.wide).replace(
                "<svg ", f'<svg x="{LEFT}" y="{self.y:.1f}" width="{wide:.1f}" height="{tall:.1f}" ', 1
            )
        )
        self.down(tall)
        if source:
            self.say(self.words("chart.source", source=source), 10.5, 14, colour="muted")
        self.down(8)

    def numbers(self, found: Any) -> None:
        """The key numbers side by side, each with how sure it is."""
        top, lowest = self.y, self.y
        wide = (WIDTH - 14 * (len(found) - 1)) / max(len(found), 1)
        for k, number in enumerate(found):
            self.y = top
            self._number(number, LEFT + k * (wide + 14), wide)
            lowest = max(lowest, self.y)
        self.y = lowest + 8

    def _number(self, number: KeyNumber, x: float, wide: float) -> None:
        self.parts.append(
            f'<path d="M{x:.1f} {self.y:.1f}h{wide:.1f}" stroke="{SHADES["ink"][0]}" stroke-width="2.5"/>'
        )
        self.y += 27
        self.line(x, escape(number.value), min(21.0, wide / breadth(number.value)), "ink", bold=True)
        for line in wrapped(number.what, int(wide / (11.5 * LETTER))):
            self.y += 15
            self.line(x, escape(line), 11.5, "ink")
        sure = f"{'●' * number.sure}{'○' * (3 - number.sure)} {self.words.known('first', f'sure_{number.sure}')}"
        for line in wrapped(f"{sure} {number.reason}", int(wide / (10.5 * LETTER))):
            self.y += 14
            self.line(x, escape(line), 10.5, "muted")

    def svg(self, title: str, foot: str) -> str:
        self.y = HIGH - 34
        self.line(LEFT, escape(foot), 10, "muted")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" '
            f'font-family="{escape(FONT)}"><title>{escape(title)}</title>{"".join(self.parts)}</svg>'
        )
