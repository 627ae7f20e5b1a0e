"""The page of any pair: made at once from the panel, with an address that stays."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente import __version__
from detente._leaving import csv_text
from detente.answer.any_pair import Pair, Similar, pair
from detente.answer.facts import Fall, span
from detente.answer.pair_scenarios import PairOutcome, PairScenarios, pair_scenarios
from detente.charts.gap import spark_svg
from detente.charts.standalone import as_png, standalone
from detente.economies import in_text
from detente.errors import DetenteError, UsageError
from detente.panel import Panel
from detente.report.first_screen import FirstScreen, first_screen
from detente.web.editor.study_edits import slug
from detente.web.http.reply import as_json, page, words_of
from detente.web.http.words import Words
from detente.web.pages.search import panel_of

CODES = re.compile(r"([A-Za-z0-9]{3})-([A-Za-z0-9]{3})")


def show(request: Request) -> Response:
    """A pair: trade and expectation, similar pairs, who else, and how to keep or reproduce it."""
    panel, words = panel_of(request), words_of(request)
    found = _found(request, panel)
    screen = _screen(found, words)
    a, b = found.origin, found.destination
    data = {
        "id": f"{a}-{b}",
        "a": {"code": a, "name": words.economy(a)},
        "b": {"code": b, "name": words.economy(b)},
        "title": words("pair.title", a=words.economy(a), b=words.economy(b)),
        "answer": screen.answer if screen else "",
        "sentences": [text for _, text in screen.sentences] if screen else [],
        "flows": [_flow(found, side) for side in (0, 1)],
        "similar": [[_similar(s, words) for s in side] for side in found.similar],
        "partners": [
            [{"code": p.economy, "name": words.economy(p.economy), "usd_mn": p.usd_mn, "share": p.share} for p in side]
            for side in found.partners
        ],
        "base": list(found.base),
        "panel": found.panel,
        "source": panel.source,
        "years": [panel.years[0], panel.years[-1]],
        "name": "-".join(slug(words.economy(c)) for c in (a, b)),
    }
    site = str(request.base_url).rstrip("/")
    view = {
        "screen": screen,
        "flow_names": [f"{words.economy(f.origin)} → {words.economy(f.destination)}" for f in found.facts.flows],
        "python": _python(found),
        "command": f"detente pair {a} {b}",
        "picture": f"{site}/pair/{a}-{b}/picture.png",
        "asked": f"{words.economy(a)} – {words.economy(b)}",
    }
    return page(request, "pair.html.j2", data, **view)


def download(request: Request) -> Response:
    """The pair's trade as CSV or JSON, or its picture as SVG or PNG."""
    part = request.path_params["part"]
    panel, words = panel_of(request), words_of(request)
    found = _found(request, panel)
    name = f"{found.origin}-{found.destination}".lower()
    if part == "trade.csv":
        return Response(csv_text(found.to_frame()), media_type="text/csv; charset=utf-8", headers=_as(f"{name}.csv"))
    if part == "trade.json":
        return as_json({"schema_version": 1, "source": panel.source, "rows": found.to_frame().to_dicts()})
    if part not in ("picture.svg", "picture.png"):
        raise UsageError(
            f"A pair has no '{part[:20]}'.", fix="Ask for trade.csv, trade.json, picture.svg or picture.png."
        )
    screen = _screen(found, words)
    if screen is None:
        raise UsageError(words("pair.no_trade"))
    side = 1 if request.query_params.get("side") == "destination" and len(screen.pictures) > 1 else 0
    drawn = screen.pictures[side]
    notes = [words("chart.source", source=panel.source or found.panel), _stamp(words, found)]
    svg = standalone(drawn.wide, drawn.title, f"{drawn.subtitle}. {words('first.expected_from')}", notes)
    if part == "picture.svg":
        return Response(svg, media_type="image/svg+xml", headers=_as(f"{name}.svg"))
    return Response(as_png(svg), media_type="image/png")


def what_if(request: Request) -> Response:
    """Three what-ifs from the panel's last year: ties as they once were, half of the way, and no trade at all."""
    panel, words = panel_of(request), words_of(request)
    found = _found(request, panel)
    cards, note, problem = [], "", ""
    try:
        told = effects_of(_Same(panel), found.origin, found.destination)
        cards = [_what_if_card(one, found, words) for one in told.outcomes]
        note = words("pair.what_if_note", year=told.year, n=told.n_economies, specs=told.n_specifications)
    except DetenteError as error:
        problem = str(error)
    data = {
        "a": {"code": found.origin, "name": words.economy(found.origin)},
        "b": {"code": found.destination, "name": words.economy(found.destination)},
        "cards": cards, "note": note, "problem": problem,
    }  # fmt: skip
    return page(request, "what_if.html.j2", data, 422 if problem else 200)


@lru_cache(maxsize=64)
def effects_of(panel: _Same, a: str, b: str) -> PairScenarios:
    return pair_scenarios(_kept(panel, a, b), panel.panel)


def _what_if_card(one: PairOutcome, found: Pair, words: Words) -> dict[str, str]:
    most = max(one.income, key=lambda code: abs(one.income[code][1]))
    low, middle, high = one.income[most]
    flow = one.sales[0]
    return {
        "id": one.id,
        "title": words(f"pair.{one.id}", year=one.year),
        "headline": f"{words.economy(most)} {words.fine(middle)}",
        "note": words(
            "pair.outcome", span=words("number.percent", value=words.span(low, high, 2)),
            a=in_text(flow.origin, words.language), before=words.money(flow.before), after=words.usd(flow.after),
        ),
    }  # fmt: skip


def _found(request: Request, panel: Panel) -> Pair:
    codes = CODES.fullmatch(request.path_params["codes"])
    if codes is None:
        words = words_of(request)
        raise UsageError(words("search.unknown", text=request.path_params["codes"][:40]), fix=words("search.how"))
    return _kept(_Same(panel), codes[1].upper(), codes[2].upper())


class _Same:
    """A panel as a key: two are the same only where they are one object."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def __hash__(self) -> int:
        return id(self.panel)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.panel is self.panel


@lru_cache(maxsize=128)
def _kept(panel: _Same, a: str, b: str) -> Pair:
    return pair(a, b, panel=panel.panel)


def _screen(found: Pair, words: Words) -> FirstScreen | None:
    return first_screen(found.facts, words, lambda code: in_text(code, words.language), f"{words.language}-pair")


def _flow(found: Pair, side: int) -> dict[str, Any]:
    flow = found.facts.flows[side]
    fall: Fall | None = flow.falls[0] if flow.falls else None
    return {
        "from": flow.origin, "to": flow.destination,
        "sold_usd_mn": {str(y): v for y, v in flow.sold.items()},
        "expected_usd_mn": {str(y): v for y, v in flow.expected.items()},
        "worst": fall and {"from": fall.start, "to": fall.end, "log_change": fall.change, "others": fall.others,
                           "own": fall.own, "as_bad": fall.as_bad, "n": fall.n},
    }  # fmt: skip


def _similar(one: Similar, words: Words) -> dict[str, str]:
    return {
        "id": f"{one.origin}-{one.destination}",
        "name": f"{words.economy(one.origin)} → {words.economy(one.destination)}",
        "years": span(Fall(one.start, one.end, 0, 0, 0, None, None)),
        "own": words.log_percent(one.own),
    }


def _python(found: Pair) -> str:
    return (
        f'import detente as dt\n\nfound = dt.pair("{found.origin}", "{found.destination}")\n'
        "found.to_frame()      # sold and expected by year\nfound.facts.flows[0].falls"
    )


def _stamp(words: Words, found: Pair) -> str:
    day = words.date(datetime.now(UTC).date().isoformat())
    return words("pair.stamp", first=found.base[0], last=found.base[1], version=__version__, day=day)


def _as(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def card(panel: Panel, a: str, b: str, words: Words) -> dict[str, Any] | None:
    """A pair as a card of the start page: its two lines and its sentence; None where there is nothing to show."""
    found = _kept(_Same(panel), a, b)
    falls = [(flow, flow.falls[0]) for flow in found.facts.flows if flow.falls]
    if not falls:
        return None
    flow, fall = min(falls, key=lambda pair: pair[1].own)
    side = "origin" if flow.origin == a else "destination"
    key = "pair.card_none" if fall.as_bad == 0 else "pair.card"
    if fall.as_bad is None:
        return None
    given = {"a": in_text(flow.origin, words.language), "b": in_text(flow.destination, words.language), "years": span(fall),
             "change": words.log_percent(fall.change), "k": words.number(fall.as_bad), "n": words.number(fall.n)}  # fmt: skip
    return {
        "path": f"/pair/{a}-{b}", "title": f"{words.economy(a)} – {words.economy(b)}", "sentence": words(key, **given),
        "spark": spark_svg(dict(flow.sold), dict(flow.expected), side),
    }  # fmt: skip


ROUTES = [
    Route("/pair/{codes}", show),
    Route("/pair/{codes}/what-if", what_if),
    Route("/pair/{codes}/{part}", download),
]
