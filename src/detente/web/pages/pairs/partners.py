"""Whom two economies sell to, year by year: a list that stands alone, and the numbers behind the map that plays."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente._same import Same
from detente.answer.pairs.found_pair import Pair
from detente.economies import ROW
from detente.panel import Panel
from detente.web.http.reply import page, words_of
from detente.web.http.reproduce import of_partners
from detente.web.http.words import Words
from detente.web.pages.pairs.found import pair_asked
from detente.web.pages.pairs.search import panel_of

LISTED = 12
STEPS = (0.002, 0.01, 0.03, 0.10, 0.25)  # shares at which the map's shade changes


def partners(request: Request) -> Response:
    """The partners of both economies in one year, and by format=json of every year."""
    words = words_of(request)
    found = pair_asked(request, panel_of(request), request.path_params["codes"])
    panel = found.flows_of
    asked = request.query_params.get("year", "")
    year = (
        int(asked) if asked.isdecimal() and len(asked) < 5 and int(asked) in panel.years else newest_sales(panel, found)
    )
    data = partners_data(panel, found, year, words) | {
        "id": f"{found.origin}-{found.destination}",
        "a": {"code": found.origin, "name": words.economy(found.origin)},
        "b": {"code": found.destination, "name": words.economy(found.destination)},
        "years": list(panel.years),
        "steps": list(STEPS),
        "by_year": [_by_year(Same(panel), code) for code in (found.origin, found.destination)],
        "names": {code: words.economy(code) for code in panel.economies if code != ROW},
    }
    return page(request, "partners.html.j2", data, code=of_partners(found.origin, found.destination, year))


def newest_sales(panel: Panel, found: Pair) -> int:
    """The newest year in which both sell something on record, or one of them; the panel's last where neither ever does."""
    sides = [_by_year(Same(panel), code) for code in (found.origin, found.destination)]
    for enough in (all, any):
        known = [year for t, year in enumerate(panel.years) if enough(side[t] for side in sides)]
        if known:
            return known[-1]
    return panel.years[-1]


def partners_data(panel: Panel, found: Pair, year: int, words: Words) -> dict[str, Any]:
    """Year and the largest partners of both sides in it, with their share of all that was sold."""
    return {
        "year": year,
        "sides": [_largest(panel, code, year, words) for code in (found.origin, found.destination)],
    }


def _largest(panel: Panel, code: str, year: int, words: Words) -> list[dict[str, Any]]:
    shares = _by_year(Same(panel), code)[panel.years.index(year)]
    first = sorted(shares.items(), key=lambda item: -item[1][0])[:LISTED]
    return [
        {"code": other, "name": words.economy(other), "usd_mn": usd_mn, "share": share}
        for other, (share, usd_mn) in first
    ]


@lru_cache(maxsize=16)
def _by_year(panel: Same[Panel], code: str) -> tuple[dict[str, tuple[float, float]], ...]:
    """For each year of the panel, partner to share of all that was sold and million US$; those below a thousandth left out."""
    flows, i = panel.thing.flows, panel.thing.index(code)
    out = []
    for t in range(len(panel.thing.years)):
        sold = np.where(np.isfinite(flows[t, i]), flows[t, i], 0.0).copy()
        for k, other in enumerate(panel.thing.economies):
            if other in (code, ROW):
                sold[k] = 0.0
        total = float(sold.sum())
        kept = np.flatnonzero(sold > 0.001 * total) if total > 0 else ()
        out.append(
            {panel.thing.economies[k]: (round(float(sold[k]) / total, 4), round(float(sold[k]), 2)) for k in kept}
        )
    return tuple(out)


ROUTES = [Route("/pair/{codes}/partners", partners)]
