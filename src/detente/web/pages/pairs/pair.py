"""The page of any pair: made at once from the panel, with an address that stays."""

from __future__ import annotations

from functools import lru_cache
from math import expm1
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente._same import Same
from detente.answer.facts import Fall
from detente.answer.pairs.found_pair import Pair, Similar
from detente.answer.pairs.scenarios import PairOutcome, PairScenarios, pair_scenarios
from detente.answer.speaker import Speaker
from detente.charts.gap_drawing import spark_svg
from detente.economies import in_text
from detente.errors import DetenteError
from detente.language.digits import short_of_all
from detente.language.text import said
from detente.panel import Panel
from detente.web.background.turns import in_turn
from detente.web.editor.study_edits import slug
from detente.web.http.reply import page, told, words_of
from detente.web.http.words import Words
from detente.web.pages.pairs.found import kept_pair, lanes_of, pair_asked, relation_of, screen_of
from detente.web.pages.pairs.partners import newest_sales, partners_data
from detente.web.pages.pairs.search import panel_of


def show(request: Request) -> Response:
    """A pair: trade and expectation, similar pairs, who else, and how to keep or reproduce it."""
    words = words_of(request)
    found = pair_asked(request, panel_of(request), request.path_params["codes"])
    panel = found.flows_of
    known = lanes_of(found)
    screen = screen_of(found, words, known)
    a, b = found.origin, found.destination
    names = {"a": words.economy(a), "b": words.economy(b)}
    year = newest_sales(panel, found)
    data = {
        "id": f"{a}-{b}",
        "a": {"code": a, "name": names["a"]},
        "b": {"code": b, "name": names["b"]},
        "title": words("pair.title", **names),
        "answer": screen.answer if screen else "",
        "sentences": [text for _, text in screen.sentences] if screen else [],
        "flows": [_flow(found, side) for side in (0, 1)],
        "states": [
            {"lane": lane.ident, "from": round(s.start, 3), "to": round(s.end, 3), "state": s.state}
            for lane in known
            for s in lane.segments
        ],
        "similar": [[_similar(s, words) for s in side] for side in found.similar],
        "base": list(found.base),
        "panel": found.panel,
        "source": said(panel.source, words),
        "years": [panel.years[0], panel.years[-1]],
        "name": "-".join(slug(name) for name in names.values()),
        "partners": partners_data(panel, found, year, words)["sides"],
        "partners_year": year,
    }
    site = str(request.base_url).rstrip("/")
    view = {
        "screen": screen,
        "relation": relation_of(found, words, known),
        "flow_names": [f"{words.economy(f.origin)} → {words.economy(f.destination)}" for f in found.facts.flows],
        "python": _python(found),
        "command": f"detente pair {a} {b}",
        "picture": f"{site}/pair/{a}-{b}/picture.png",
        "asked": f"{names['a']} – {names['b']}",
    }
    return page(request, "pair.html.j2", data, **view)


def what_if(request: Request) -> Response:
    """Three what-ifs from the panel's last year: ties as they once were, half of the way, and no trade at all."""
    words = words_of(request)
    found = pair_asked(request, panel_of(request), request.path_params["codes"])
    panel = found.flows_of
    cards, note, problem = [], "", ""
    try:
        found_effects = effects_of(Same(panel), found.origin, found.destination)
        cards = [_what_if_card(one, words) for one in found_effects.outcomes]
        note = words(
            "pair.what_if_note",
            year=found_effects.year,
            n=found_effects.n_economies,
            specs=found_effects.n_specifications,
        )
        note = " ".join(filter(None, (note, _in_fact(found, found_effects.year, words))))
    except DetenteError as error:
        problem = told(request, error)
    data = {
        "a": {"code": found.origin, "name": words.economy(found.origin)},
        "b": {"code": found.destination, "name": words.economy(found.destination)},
        "cards": cards, "note": note, "problem": problem,
    }  # fmt: skip
    return page(request, "what_if.html.j2", data, 422 if problem else 200)


@lru_cache(maxsize=64)
def effects_of(panel: Same[Panel], a: str, b: str) -> PairScenarios:
    """The three what-ifs of a pair, solved once."""
    return pair_scenarios(kept_pair(panel, a, b), panel.thing)


def _in_fact(found: Pair, base: int, words: Words) -> str:
    """What both sold in the newest year after the one that the what-ifs start from; empty where there is none."""
    there, back = found.facts.flows
    last = max({*there.sold} & {*back.sold}, default=base)
    if last <= base:
        return ""
    names = {"a": in_text(there.origin, words.language), "b": in_text(back.origin, words.language)}
    amounts = {"there": words.money(there.sold[last]), "back": words.money(back.sold[last])}
    return words("pair.in_fact", year=words.period(last), **names, **amounts)


def _what_if_card(one: PairOutcome, words: Words) -> dict[str, str]:
    most = max(one.income, key=lambda code: abs(one.income[code][1]))
    low, middle, high = one.income[most]
    flow = one.sales[0]
    return {
        "id": one.id,
        "title": words(f"pair.{one.id}", year=one.year),
        "headline": f"{words.economy(most)} {words.fine(middle)}",
        "note": words(
            "pair.outcome", span=words.between(words.fine(low), words.fine(high)),
            a=Speaker.begun(in_text(flow.origin, words.language)), before=words.money(flow.before), after=words.usd(flow.after),
        ),
    }  # fmt: skip


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
        "years": words.years(one.start, one.end, short=True),
        "own": words.log_percent(one.own),
    }


def _python(found: Pair) -> str:
    return (
        f'import detente as dt\n\nfound = dt.pair("{found.origin}", "{found.destination}")\n'
        "found.to_frame()      # sold and expected by year\nfound.facts.flows[0].falls"
    )


def card(panel: Panel, a: str, b: str, words: Words) -> dict[str, Any] | None:
    """A pair as a card of the start page: its two lines and its sentence; None where there is nothing to show."""
    found = kept_pair(Same(panel), a, b)
    falls = [(flow, flow.falls[0]) for flow in found.facts.flows if flow.falls]
    if not falls:
        return None
    flow, fall = min(falls, key=lambda pair: pair[1].own)
    if fall.as_bad is None:
        return None
    percent = 100 * expm1(fall.change)
    way = "fell" if percent < 0 else "rose"
    given = {
        "a": in_text(flow.origin, words.language), "b": in_text(flow.destination, words.language),
        "years": words.years(fall.start, fall.end, short=True),
        "change": words.percent(abs(percent), short_of_all(percent, 0)),
        "k": words.number(fall.as_bad), "n": words.number(fall.n),
    }  # fmt: skip
    return {
        "path": f"/pair/{a}-{b}",
        "title": f"{words.economy(a)} – {words.economy(b)}",
        "sentence": words(f"pair.card_{way}_{'none' if fall.as_bad == 0 else 'some'}", **given),
        "spark": spark_svg(dict(flow.sold), dict(flow.expected), "origin" if flow.origin == a else "destination"),
    }


ROUTES = [Route("/pair/{codes}", show), Route("/pair/{codes}/what-if", in_turn(what_if))]
