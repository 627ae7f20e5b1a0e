"""Search: two names, or the beginnings of two, in either language, lead to a pair."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile

import numpy as np
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from detente.aggregates import aggregate_named
from detente.answer.pairs.any_pair import shipped_panel
from detente.blocs import blocs
from detente.economies import ROW, every_name, lookup_side, table
from detente.panel import Panel
from detente.web.http.reply import WordedError, as_json, words_of
from detente.web.http.words import Words

LONGEST = 80  # characters of a question
MOST = 8  # answers
BETWEEN = re.compile(r"\s+(?:-|–|—|and|y|e|vs\.?|against|contra|to|with|con)\s+|\s*[–—/,;&→+]\s*")


@dataclass(frozen=True, slots=True)
class Offer:
    """A pair that fits a question."""

    origin: str
    destination: str
    worse: int
    traded: float


def panel_of(request: Request) -> Panel:
    """The panel that pairs are answered from: the server's own if it has one, else the one that ships."""
    return request.app.state.site.workspace.panel or shipped_panel()


def found(panel: Panel, text: str) -> list[Offer]:
    """Pairs whose names begin as the question's words do, the best first.

    With one name only, the economy's largest partners. Ties go to the pair that trades more.
    """
    text = text[:LONGEST].casefold()
    if not folded(text):
        return []
    places = {code: k for k, code in enumerate(panel.economies)}
    sides = (*places, *blocs())
    offers: dict[tuple[str, str], Offer] = {}
    for first, second in _splits(text):
        for a, worse_a in _fitting(first, sides):
            for b, worse_b in _fitting(second, sides):
                key = (a, b)
                if a != b and (key not in offers or offers[key].worse > worse_a + worse_b):
                    traded = _peak(panel, places[a], places[b]) if a in places and b in places else 0.0
                    offers[key] = Offer(a, b, worse_a + worse_b, traded)
    for a, worse in _fitting(folded(text), panel.economies):
        totals = _partners(panel, places[a])
        for b in np.argsort(-totals)[:MOST]:
            code = panel.economies[b]
            if code != ROW and code != a and (a, code) not in offers and totals[b] > 0:
                offers[a, code] = Offer(a, code, worse + 3, float(totals[b]))
    return sorted(offers.values(), key=lambda o: (o.worse, -o.traded, o.origin, o.destination))[:MOST]


def folded(text: str) -> str:
    """Small letters without accents, and only letters and digits.

    >>> folded("  Türkiye  – CÔTE d'Ivoire ")
    'turkiye cote d ivoire'
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def _splits(text: str) -> Iterable[tuple[str, str]]:
    """Ways to read a question as two names."""
    parts = [part for part in map(folded, BETWEEN.split(text)) if part]
    if len(parts) == 2:
        yield parts[0], parts[1]
    tokens = folded(text).split()
    for k in range(1, len(tokens)):
        yield " ".join(tokens[:k]), " ".join(tokens[k:])


@lru_cache(maxsize=4096)
def _names(code: str) -> tuple[str, ...]:
    bloc = blocs().get(code)
    names = every_name(code) if code in table() else ()
    names = names if bloc is None else (*(name for name, _ in bloc.names.values()), *bloc.aliases)
    return tuple(dict.fromkeys(folded(name) for name in (*names, code)))


@lru_cache(maxsize=16)
def _index(places: tuple[str, ...]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Every name with its code, and every later word of a name, each in order."""
    names = sorted((name, code) for code in places if code != ROW for name in _names(code))
    return names, sorted({(word, code) for name, code in names for word in name.split()[1:]})


def _beginning(index: list[tuple[str, str]], text: str) -> Iterable[tuple[str, str]]:
    return takewhile(lambda entry: entry[0].startswith(text), islice(index, bisect_left(index, (text,)), None))


def _fitting(text: str, places: tuple[str, ...]) -> list[tuple[str, int]]:
    """Economies, blocs and regions a name may mean, with how well: 0 the name or code itself, 1 its beginning, 2 that of a later word."""
    names, later = _index(places)
    best = {code: 2 for _, code in _beginning(later, text)} if len(text) > 1 else {}
    for name, code in _beginning(names, text):
        best[code] = min(best.get(code, 1), 0 if name == text else 1)
    return [(code, best[code]) for code in places if code in best]


def _peak(panel: Panel, i: int, j: int) -> float:
    both = np.nan_to_num(panel.flows[:, i, j]) + np.nan_to_num(panel.flows[:, j, i])
    return float(both.max())


def _both(panel: Panel, i: int, j: int) -> np.ndarray:
    return panel.flows[:, i, j] + panel.flows[:, j, i]


def _partners(panel: Panel, i: int) -> np.ndarray:
    return np.nan_to_num(panel.flows[-1, i]) + np.nan_to_num(panel.flows[-1, :, i])


def said(panel: Panel, offer: Offer, words: Words) -> dict[str, str]:
    """An offer in plain values for the list: names, address, and what the two traded at most and last."""
    summed = {offer.origin, offer.destination} - set(panel.economies)
    note = words("search.summed" if summed else "search.none")
    both = np.array([]) if summed else _both(panel, panel.index(offer.origin), panel.index(offer.destination))
    known = np.isfinite(both)
    if known.any():
        years = np.array(panel.years)[known]
        top, last = int(years[both[known].argmax()]), int(years[-1])
        values = dict(zip(years.tolist(), both[known].tolist()))
        note = words(
            "search.traded",
            peak_value=words.money(values[top]),
            peak=top,
            last_value=words.money(values[last]),
            last=last,
        )
        if top == last:
            note = words("search.traded_last", last_value=words.money(values[last]), last=last)
    return {
        "id": f"{offer.origin}-{offer.destination}",
        "a": words.economy(offer.origin),
        "b": words.economy(offer.destination),
        "path": f"/pair/{offer.origin}-{offer.destination}",
        "note": note,
    }


def search(request: Request) -> Response:
    """Pairs that fit what is being typed."""
    panel, words = panel_of(request), words_of(request)
    offers = found(panel, request.query_params.get("q", ""))
    return as_json({"schema_version": 1, "offered": [said(panel, offer, words) for offer in offers]})


def go_to(request: Request) -> Response:
    """To the page of the pair that a question names best; without JavaScript this is the search."""
    text = request.query_params.get("q", "")
    parts = [part.strip() for part in BETWEEN.split(text[:LONGEST]) if part.strip()]
    if len(parts) == 2 and any(map(aggregate_named, parts)):
        _sides(*parts)
    offers = found(panel_of(request), text)
    if not offers:
        if len(parts) == 2:
            _sides(*parts)  # says which of the two is none, and what it is
        words = words_of(request)
        raise WordedError(words("search.unknown", text=text[:LONGEST]), fix=words("search.how"))
    return RedirectResponse(f"/pair/{offers[0].origin}-{offers[0].destination}", 303)


def _sides(*names: str) -> None:
    """Raise :class:`UnknownEconomy` where a name is none of a side: the world, a former state, a group, a part of one."""
    for name in names:
        lookup_side(name)


ROUTES = [Route("/search", search), Route("/pair", go_to)]
