"""What next for a pair, and its people: ranges and odds with their scores, in sentences; fetched once the pair's page stands."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente._same import Same
from detente.answer.people import pair_people_sentences
from detente.answer.what_next import pair_next_sentences
from detente.panel import Panel
from detente.web.background.turns import in_turn
from detente.web.http.reply import page, words_of
from detente.web.http.reproduce import of_pair_ahead
from detente.web.http.words import Words
from detente.web.pages.pairs.found import kept_pair, pair_asked
from detente.web.pages.pairs.search import panel_of


def ahead(request: Request) -> Response:
    """The sentences of ``detente pair`` on what next and on people."""
    panel, words = panel_of(request), words_of(request)
    found = pair_asked(request, panel, request.path_params["codes"])
    data = {
        "a": {"code": found.origin, "name": words.economy(found.origin)},
        "b": {"code": found.destination, "name": words.economy(found.destination)},
        "parts": parts_of(Same(panel), found.origin, found.destination, words),
    }
    return page(request, "next.html.j2", data, code=of_pair_ahead(found.origin, found.destination))


def parts_of(panel: Same[Panel], a: str, b: str, words: Words) -> list[dict[str, Any]]:
    """What is told, a part each; parts without a sentence are left out."""
    told = {"next": ("page.what_next", _told(panel, a, b, words.language)[0]),
            "people": ("heading.people", _told(panel, a, b, words.language)[1])}  # fmt: skip
    return [
        {"id": f"part-{ident}", "title": words(title), "sentences": list(sentences)}
        for ident, (title, sentences) in told.items()
        if sentences
    ]


@lru_cache(maxsize=128)
def _told(panel: Same[Panel], a: str, b: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sentences of both parts, computed once."""
    found, words = kept_pair(panel, a, b), Words(language)
    return pair_next_sentences(found.outlook(), words), pair_people_sentences(found.people(), words)


ROUTES = [Route("/pair/{codes}/next", in_turn(ahead))]
