"""All rows of one table of a record: what fits what is searched for, what is wrong, and the way back."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from detente.web.editor.editor import EDITABLE
from detente.web.editor.journal import last_change, named
from detente.web.editor.listing import Asked, listed
from detente.web.editor.record_checks import problems_of
from detente.web.http.reply import page, words_of
from detente.web.http.reproduce import of_record
from detente.web.http.telling import told_problem
from detente.web.http.words import Words
from detente.web.pages.record.place import TablePlace, place_of
from detente.web.pages.study import head

LISTED = {
    "events": ("date", "title", "kind", "direction", "source_ids"),
    "claims": ("source_id", "claim", "type", "test", "verdict"),
    "figures": ("series", "period", "value", "unit", "status", "source_id"),
    "sources": ("title", "publisher", "date", "kind"),
}
ROWS = 300  # of a page
MOST_KINDS = 14
MOST_YEARS = 60
FACETS = {"events": "kind", "claims": "test", "figures": "status", "sources": "kind"}


def first(request: Request) -> Response:
    """The record without a table named: its events."""
    asked = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/s/{request.path_params['study']}/record/events{asked}", 307)


def rows(request: Request) -> Response:
    """All rows of one table, with what is wrong in the record and the way back."""
    place, words = place_of(request), words_of(request)
    study, schema = place.study, place.schema
    data = head(request.app.state.site.workspace, study, place.key, words) | {
        "table": place.table,
        "tables": list(EDITABLE),
        "id_column": schema.key,
        "columns": list(LISTED[place.table]),
        "fixed": ["kind", *(schema.words or {})],
        **_listed(request, place, words),
        "problems": [told_problem(p, words) for p in problems_of(study.record)],
        "can_undo": named(last_change(study)),
        "saved": request.query_params.get("saved", "")[:200],
        "undone": request.query_params.get("undone", "")[:200],
        "deleted": request.query_params.get("deleted", "")[:200],
    }
    return page(request, "record.html.j2", data, code=of_record(study, place.table))


def _listed(request: Request, place: TablePlace, words: Words) -> dict[str, Any]:
    """A page of a table's rows: those that fit what is searched for, and the kinds to choose from."""
    given, number = request.query_params, request.query_params.get("page", "1")
    asked = Asked(
        given.get("find", "")[:100], given.get("kind", "")[:60], given.get("year", "")[:4], given.get("verdict", "")[:40],
        int(number) if number.isdecimal() and len(number) < 7 else 1,
    )  # fmt: skip
    found = listed(place.study, place.table, FACETS[place.table], asked, ROWS)
    return {
        "rows": list(found.rows),
        "total": found.total,
        "fitting": found.fitting,
        "page": found.page,
        "pages": found.pages,
        "find": asked.find,
        "kind": asked.kind,
        "narrowed": {"find": asked.find, "kind": asked.kind, "year": asked.year, "verdict": asked.verdict},
        "kinds": [{"kind": kind, "n": n} for kind, n in found.kinds[:MOST_KINDS]],
        "facets": [
            _facet("kind", asked.kind, [(k, words.known("word", k), n) for k, n in found.kinds[:MOST_KINDS]]),
            _facet("year", asked.year, [(year, year, n) for year, n in found.years[:MOST_YEARS]]),
            _facet("verdict", asked.verdict, [(v, words.known("verdict", v), n) for v, n in found.verdicts]),
        ],
    }


def _facet(name: str, chosen: str, words: list[tuple[str, str, int]]) -> dict[str, Any]:
    """What a list can be narrowed to: a word, how it is said, and its rows."""
    return {"name": name, "chosen": chosen, "words": [{"word": w, "said": said, "n": n} for w, said, n in words]}


ROUTES = [
    Route("/s/{study}/record", first),
    Route("/s/{study}/record/{table}", rows),
]
