"""Files of a pair: its trade as CSV or JSON, and its chart as a picture or as a page that can be framed anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente import __version__
from detente._leaving import csv_text
from detente.answer.pairs.found_pair import Pair
from detente.charts.standalone import as_page, as_png, standalone
from detente.panel import Panel
from detente.web.http.reply import WordedError, as_json, words_of
from detente.web.http.words import Words
from detente.web.pages.pairs.found import lanes_of, pair_asked, screen_of
from detente.web.pages.pairs.search import panel_of

PARTS = ("trade.csv", "trade.json", "picture.svg", "picture.png", "picture.html")


def download(request: Request) -> Response:
    """One file of a pair."""
    part = request.path_params["part"]
    words = words_of(request)
    found = pair_asked(request, panel_of(request), request.path_params["codes"])
    panel = found.flows_of
    if part not in PARTS:
        raise WordedError(words("pair.no_file", part=part[:20]), fix=words("pair.files", names=", ".join(PARTS)))
    name = f"{found.origin}-{found.destination}".lower()
    if part == "trade.csv":
        return _kept(csv_text(found.to_frame()), "text/csv; charset=utf-8", f"{name}.csv")
    if part == "trade.json":
        return as_json({"schema_version": 1, "source": panel.source, "rows": found.to_frame().to_dicts()})
    title, svg = _picture(found, panel, words, request.query_params.get("side", ""))
    if part == "picture.html":
        return _kept(as_page(svg, title, words.language), "text/html; charset=utf-8", f"{name}.html")
    if part == "picture.svg":
        return _kept(svg, "image/svg+xml", f"{name}.svg")
    return Response(as_png(svg, by=request.app.state.site.draws), media_type="image/png")


def _picture(found: Pair, panel: Panel, words: Words, side: str) -> tuple[str, str]:
    """Title and SVG of one direction's chart, with its source and setting in it."""
    screen = screen_of(found, words, lanes_of(found))
    if screen is None:
        raise WordedError(words("pair.no_trade"))
    drawn = next((p for p in screen.pictures if p.ident.endswith(f"-{side}")), screen.pictures[0])
    day = words.date(datetime.now(UTC).date().isoformat())
    stamp = words("pair.stamp", first=found.base[0], last=found.base[1], version=__version__, day=day)
    notes = [words("chart.source", source=panel.source or found.panel), stamp]
    return drawn.title, standalone(drawn.wide, drawn.title, f"{drawn.subtitle}. {words('first.expected_from')}", notes)


def _kept(body: str, media: str, name: str) -> Response:
    return Response(body, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


ROUTES = [Route("/pair/{codes}/{part}", download)]
