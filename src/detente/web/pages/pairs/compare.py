"""Pairs side by side: the same chart, the same numbers, and how far each was from what one would expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from detente.answer.facts import Fall, Flow
from detente.answer.pairs.found_pair import Pair
from detente.charts.ratio import RatioLine, draw_ratios
from detente.economies import in_text
from detente.errors import DetenteError
from detente.panel import Panel
from detente.report.first_screen import FirstScreen
from detente.report.relation_lanes import RelationPicture
from detente.web.http.reply import WordedError, page, told, words_of
from detente.web.http.words import Words
from detente.web.pages.pairs.found import lanes_of, pair_asked, relation_of, screen_of
from detente.web.pages.pairs.search import found as offers_of
from detente.web.pages.pairs.search import panel_of

MOST = 4
COLOURS = ("origin", "destination", "accent", "lowers")


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One pair of the page: its address part, its title, and what it shows; ``problem`` where it cannot be shown."""

    ident: str
    title: str
    found: Pair | None
    screen: FirstScreen | None
    problem: str = ""


def compare(request: Request) -> Response:
    """Up to four pairs of the address side by side; ``add`` takes words as the search does."""
    panel, words = panel_of(request), words_of(request)
    asked = list(dict.fromkeys(code[:20].upper() for code in request.query_params.getlist("pair")))[:MOST]
    text = request.query_params.get("add", "")
    if text:
        offers = offers_of(panel, text)
        if not offers:
            raise WordedError(words("search.unknown", text=text[:60]), fix=words("search.how"))
        asked = list(dict.fromkeys([*asked, f"{offers[0].origin}-{offers[0].destination}"]))[:MOST]
        return RedirectResponse(address(asked), 303)
    columns = [_column(request, panel, words, code) for code in asked]
    data = {
        "pairs": [
            {"id": c.ident, "title": c.title, "problem": c.problem, "answer": c.screen.answer if c.screen else "",
             "without": address([code for code in asked if code != c.ident])}
            for c in columns
        ],
        "rows": _rows(columns, words),
        "full": len(asked) >= MOST,
    }  # fmt: skip
    view = {
        "screens": [c.screen for c in columns],
        "relations": [_states(c, words) for c in columns],
        "ratios": _ratios(columns, words),
        "python": "\n".join(["import detente as dt", "", *(_python(c) for c in columns if c.found)]),
        "command": "\n".join(f"detente pair {c.ident.replace('-', ' ')}" for c in columns if c.found),
    }
    return page(request, "compare.html.j2", data, **view)


def address(codes: list[str]) -> str:
    """Where the pairs stand side by side.

    >>> address(["IND-PAK", "COL-VEN"])
    '/compare?pair=IND-PAK&pair=RUS-UKR'
    """
    return "/compare?" + "&".join(f"pair={code}" for code in codes)


def _column(request: Request, panel: Panel, words: Words, code: str) -> SideBySide:
    try:
        found = pair_asked(request, panel, code)
    except DetenteError as error:
        return SideBySide(code, code, None, None, told(request, error))
    title = words("pair.title", a=words.economy(found.origin), b=words.economy(found.destination))
    screen = screen_of(found, words, lanes_of(found), f"{words.language}-{code}")
    return SideBySide(code, title, found, screen, "" if screen else words("pair.no_trade"))


def _states(column: SideBySide, words: Words) -> RelationPicture | None:
    """The strips of one column, under an id of their own."""
    if column.found is None:
        return None
    return relation_of(column.found, words, lanes_of(column.found), f"{words.language}-{column.ident}-lanes")


def _rows(columns: list[SideBySide], words: Words) -> list[dict[str, Any]]:
    """The same numbers of every pair, a row each."""
    rows = [
        {"what": words("compare.peak"), "cells": [_peak(c, words) for c in columns]},
        {"what": words("compare.last"), "cells": [_last(c, words) for c in columns]},
    ]
    for side in (0, 1):
        falls = [_fall(c, side) for c in columns]
        rows += [
            {
                "what": words(f"compare.worst_{side}"),
                "cells": [_years(c, side, f, words) for c, f in zip(columns, falls)],
            },
            {"what": words("compare.fell"), "cells": [words.log_percent(f.change) if f else "" for f in falls]},
            {"what": words("compare.others"), "cells": [words.log_percent(f.others) if f else "" for f in falls]},
            {"what": words("compare.similar"), "cells": [_counted(f, words) for f in falls]},
        ]
    return rows


def _peak(column: SideBySide, words: Words) -> str:
    totals = column.found.facts.totals if column.found else {}
    top = max(totals, key=totals.__getitem__, default=None)
    return "" if top is None else f"{words.money(totals[top])} ({top})"


def _last(column: SideBySide, words: Words) -> str:
    totals = column.found.facts.totals if column.found else {}
    return f"{words.money(totals[max(totals)])} ({max(totals)})" if totals else ""


def _fall(column: SideBySide, side: int) -> Fall | None:
    falls = column.found.facts.flows[side].falls if column.found else ()
    return falls[0] if falls else None


def _years(column: SideBySide, side: int, fall: Fall | None, words: Words) -> str:
    if column.found is None or fall is None:
        return ""
    flow = column.found.facts.flows[side]
    return f"{words('first.seller', a=in_text(flow.origin, words.language))}, {words.years(fall.start, fall.end, short=True)}"


def _counted(fall: Fall | None, words: Words) -> str:
    if fall is None or fall.as_bad is None or not fall.n:
        return ""
    return words("attribution.of_pairs", k=words.number(fall.as_bad), n=words.number(fall.n))


def _ratios(columns: list[SideBySide], words: Words) -> dict[str, Any] | None:
    """Both directions together as a share of what was expected, one line a pair."""
    lines = []
    for colour, column in zip(COLOURS, columns):
        values = _share(column.found.facts.flows) if column.found else {}
        if len(values) > 1:
            lines.append(RatioLine(column.title, values, colour))
    if not lines:
        return None
    title = words("compare.ratio", n=len(lines))
    alt = " ".join(
        words("compare.ratio_alt", pair=line.name, year=max(line.values), share=words.whole_percent(100 * line.values[max(line.values)]))
        for line in lines
    )  # fmt: skip
    labels = {year: {line.name: words.whole_percent(100 * v) for line in lines if (v := line.values.get(year)) is not None}
              for year in sorted({y for line in lines for y in line.values})}  # fmt: skip
    return {
        "title": title, "alt": alt, "rows": labels, "names": [line.name for line in lines],
        "wide": draw_ratios(lines, words.whole_percent), "narrow": draw_ratios(lines, words.whole_percent, compact=True),
    }  # fmt: skip


def _share(flows: tuple[Flow, Flow]) -> dict[int, float]:
    """Sold over expected, both directions together, where both are known."""
    there, back = flows
    years = set(there.sold) & set(there.expected) & set(back.sold) & set(back.expected)
    due = {y: there.expected[y] + back.expected[y] for y in years}
    return {y: (there.sold[y] + back.sold[y]) / due[y] for y in sorted(years) if due[y] > 0}


def _python(column: SideBySide) -> str:
    a, b = column.ident.split("-")
    return f'dt.pair("{a}", "{b}").to_frame()'


ROUTES = [Route("/compare", compare)]
