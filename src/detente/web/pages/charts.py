"""One chart of a run by its address: a page, a picture with title, source and date in it, a page to embed, or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente._leaving import csv_text
from detente.charts.gap import Flag
from detente.charts.pen import By
from detente.charts.standalone import as_page, as_png, standalone
from detente.charts.svg import draw
from detente.report.figures import CHARTS
from detente.report.first_screen import first_screen
from detente.report.picture_and_sheet import run_stamp
from detente.report.story import Story
from detente.web.editor.export import Download
from detente.web.http.reply import WordedError, as_json, page, words_of
from detente.web.http.reproduce import of_run
from detente.web.http.words import Words
from detente.web.pages.downloads import run_path, sent
from detente.web.pages.study import head

KINDS = ("svg", "png", "html", "csv", "json")
FIRST = "first"  # the chart of the first screen


@dataclass(frozen=True, slots=True)
class OneChart:
    """What a chart is in every form: its words, its drawing (empty where only numbers are asked for), its rows, and its
    drawing for a phone where there is one."""

    title: str
    subtitle: str
    source: str
    alt: str
    svg: str
    data: pl.DataFrame
    narrow: str = ""
    flags: Sequence[Flag] = ()


def chart(request: Request) -> Response:
    """A chart, in the form that the address ends in."""
    space, key, asked = (
        request.app.state.site.workspace, request.path_params["study"], request.path_params["chart"]
    )  # fmt: skip
    slug, _, kind = asked.partition(".")
    words = words_of(request)
    if kind not in ("", *KINDS) or slug not in (FIRST, *CHARTS):
        raise WordedError(
            words("chart.unknown", name=asked[:40]),
            fix=words("chart.known", names=", ".join((FIRST, *CHARTS)), kinds=", .".join(KINDS)),
        )
    study = space.study(key)
    run = space.read(run_path(space, study, request))
    story = Story.of(run, words.language)
    by = request.app.state.site.draws
    found = _found(story, slug, words, by if kind in ("", "svg", "png", "html") else None, both=not kind)
    if kind == "":
        data = head(space, study, key, words) | {
            "chart": slug,
            "name": found.title,
            "lead": found.subtitle,
            "source": found.source,
            "alt": found.alt,
            "run": request.query_params.get("run", ""),
            "stamp": run_stamp(story),
        }
        return page(
            request,
            "chart.html.j2",
            data,
            picture=found.svg,
            narrow=found.narrow,
            flags=found.flags,
            kinds=KINDS,
            code=of_run(study),
            site=str(request.base_url).rstrip("/"),
        )
    return _as_file(found, kind, f"{key}-{slug}", run_stamp(story), words, by)


def _as_file(found: OneChart, kind: str, name: str, stamp: str, words: Words, by: By) -> Response:
    if kind == "csv":
        return sent(Download(csv_text(found.data).encode(), "csv"), name)
    if kind == "json":
        rows = found.data.to_dicts()
        told = {"title": found.title, "subtitle": found.subtitle, "source": found.source, "stamp": stamp}
        return as_json({"schema_version": 1, **told, "rows": rows})
    picture = standalone(found.svg, found.title, found.subtitle, [words("chart.source", source=found.source), stamp])
    if kind == "html":
        named = {"content-disposition": f'attachment; filename="{name}.html"'}
        return Response(
            as_page(picture, found.title, words.language), media_type="text/html; charset=utf-8", headers=named
        )
    body, media = (picture, "image/svg+xml") if kind == "svg" else (as_png(picture, by=by), "image/png")
    return Response(body, media_type=media)


def _found(story: Story, slug: str, words: Words, by: By | None, *, both: bool) -> OneChart:
    """The chart, drawn by whom is named, for a phone too; by nobody where only its numbers are wanted."""
    if slug == FIRST:
        screen = first_screen(story.facts, story.words, story.within, "first")
        if screen is None:
            raise WordedError(words("page.no_timeline"))
        one = screen.pictures[0]
        rows = pl.DataFrame(
            [(y, sold, due) for y, sold, due in one.rows],
            schema={"year": pl.Int64, "sold_usd_mn": pl.Float64, "expected_usd_mn": pl.Float64}, orient="row",
        )  # fmt: skip
        return OneChart(one.title, one.subtitle, screen.source, one.alt, one.wide, rows, one.narrow, one.flags)
    made = CHARTS[slug].draw(story, story.words)
    if made is None:
        raise WordedError(words("chart.absent", name=slug), fix=words("chart.absent_fix"))
    wide, narrow = ("", "") if by is None else (
        _drawn(spec, ident, words, by) if spec else ""
        for spec, ident in ((made.spec, slug), (made.compact if both else None, f"{slug}-n"))
    )  # fmt: skip
    return OneChart(made.title, made.subtitle, made.source, made.alt, wide, made.data, narrow)


def _drawn(spec: dict[str, Any], ident: str, words: Words, by: By) -> str:
    """A picture that stands alone: with the outlines that pictures of a report share."""
    outlines: dict[str, str] = {}
    svg = draw(spec, ident=ident, language=words.language, outlines=outlines, by=by)
    shapes = "".join(f'<path id="{shape}" d="{path}"/>' for path, shape in outlines.items())
    return svg.replace(">", f"><defs>{shapes}</defs>", 1) if shapes else svg


ROUTES = [Route("/s/{study}/chart/{chart}", chart)]
