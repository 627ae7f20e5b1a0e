"""The report: one HTML file that needs nothing beside itself.

A strict Content-Security-Policy allows exactly the page's own style and script, by hash; every text from
a study is escaped by the template engine; nothing is loaded from anywhere.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from detente._leaving import csv_text
from detente.charts.palette import css_variables
from detente.charts.svg import draw, store
from detente.language import LANGUAGES, Catalogue
from detente.report import numbers, tables
from detente.report.figures import SECTIONS, Chart, in_order
from detente.report.figures.verdicts import verdict_counts
from detente.report.first_screen import first_screen
from detente.report.glossary import explained, glossary
from detente.report.story import Story


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart drawn for the page: wide and narrow picture as SVG text."""

    ident: str
    chart: Chart
    wide: str
    narrow: str
    head: list[str]
    rows: list[list[str]]


def render_report(run: Any, language: str = "en", picture: str = "") -> str:
    """The whole report as HTML text.

    Parameters
    ----------
    run : a finished :class:`detente.Run`, or anything with its attributes.
    language : the one in which the page opens; it holds the others too.
    picture : address of the picture that a link to the page shows; none if empty.

    Returns
    -------
    HTML that opens offline, in every language of the catalogue, with its own Content-Security-Policy.
    """
    style = css_variables() + _static("report.css")
    script = _static("report.js") + _static("terms.js")
    outlines: dict[str, str] = {}
    order = sorted(LANGUAGES, key=lambda name: name != language)
    pages = [_page(story, story.words, outlines) for story in (Story.of(run, name) for name in order)]
    story = pages[0]["story"]
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            story=story,
            pages=pages,
            style=_safe(style),
            script=_safe(script),
            policy=_policy(style, script),
            default=pages[0]["words"],
            shapes=store(outlines),
            story_language=getattr(story.study, "language", "en"),
            framed=True,
            picture=picture,
        )
    )


def render_view(run: Any, language: str) -> str:
    """One language's page without the frame around it, for a page that brings its own head and script."""
    story = Story.of(run, language)
    words = story.words
    outlines: dict[str, str] = {}
    shown = _page(story, words, outlines)
    return (
        _templates()
        .get_template("view.html.j2")
        .render(
            story=story,
            pages=[shown],
            default=words,
            shapes=store(outlines),
            story_language=getattr(story.study, "language", "en"),
            framed=False,
        )
    )


def _page(story: Story, words: Catalogue, outlines: dict[str, str]) -> dict[str, Any]:
    """What the template needs in one language."""
    figures: dict[str, DrawnChart] = {}
    shown: dict[str, list[DrawnChart]] = {section: [] for section in SECTIONS}
    for name, kind in in_order():
        chart = kind.draw(story, words)
        if chart is not None:
            figures[name] = _figure(chart, story, words, outlines)
            shown[kind.section].append(figures[name])
    return {
        "story": story,
        "words": words,
        "first": first_screen(story.facts, words, story.within, f"{words.language}-first"),
        "figures": figures,
        "shown": shown,
        "claims": tables.claim_rows(story) if not story.claims.is_empty() else [],
        "untranslated": story.untranslated,
        "counts": verdict_counts(story),
        "events": tables.event_rows(story, words) if not story.events.is_empty() else [],
        "attribution": tables.attribution_rows(story, words),
        "methods": tables.method_rows(story, words),
        "breaks": tables.break_rows(story, words),
        "articles": tables.article_rows(story, words),
        "conflicts": tables.conflict_rows(story, words),
        "scenarios": tables.scenario_rows(story, words),
        "further": tables.further_tables(story, words),
        "forecasts": tables.forecast_rows(story, words),
        "sources": tables.source_rows(story, words),
        "forecasters": tables.forecaster_rows(story, words),
        "inputs": tables.inputs(story.manifest),
        "versions": tables.versions(story.manifest),
    }


def _figure(chart: Chart, story: Story, words: Catalogue, outlines: dict[str, str]) -> DrawnChart:
    ident = f"{words.language}-chart-{chart.slug}"
    return DrawnChart(
        ident,
        chart,
        draw(chart.spec, ident=f"{ident}-w", language=words.language, outlines=outlines),
        draw(chart.compact, ident=f"{ident}-n", language=words.language, narrow=True, outlines=outlines),
        numbers.head(chart, words),
        numbers.cells(chart, story, words),
    )


def csv_link(frame: pl.DataFrame) -> str:
    """A frame as a ``data:`` link to a CSV file."""
    return "data:text/csv;charset=utf-8," + quote(csv_text(frame), safe=",:;/()+ -_.\n".replace("\n", ""))


def _policy(style: str, script: str) -> str:
    def allowed(text: str) -> str:
        return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; style-src {allowed(style)}; script-src {allowed(script)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _static(name: str) -> str:
    return (files("detente.report") / "static" / name).read_text(encoding="utf-8")


def _safe(text: str) -> Any:
    return Markup(text)


@cache  # parsing them takes a third of a second
def _templates() -> Any:
    environment = Environment(
        loader=PackageLoader("detente.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=select_autoescape(default=True, default_for_string=True),
    )
    environment.filters.update(markup=_safe, csv_link=csv_link, explained=explained, glossary=glossary)
    environment.globals["shown_rows"] = numbers.SHOWN_ROWS
    return environment
