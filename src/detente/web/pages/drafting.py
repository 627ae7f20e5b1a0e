"""Claims out of an article: paste its text, look at what was read out of it, keep what holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.errors import DetenteError, RecordError, StudyError
from detente.language import spelt
from detente.record.draft.accept import QUOTED
from detente.record.draft.clean import article_of
from detente.record.draft.drafting import Draft, draft_claims
from detente.record.draft.row import fingerprint
from detente.record.draft.suggest import KnownRecord
from detente.record.schema import CLAIMS, FRICTION, TABLES
from detente.record.states.vocabulary import vocabulary_of
from detente.study import Study
from detente.web.editor.editor import read_file, save
from detente.web.editor.new_rows import completed, made_id, source_of
from detente.web.editor.row_changes import Rejected, RowChange
from detente.web.http.reply import WordedError, go, page, told, words_of
from detente.web.http.reproduce import of_draft
from detente.web.http.telling import Told, told_problem
from detente.web.http.words import Words
from detente.web.pages.study import head, require_writable

LONGEST = 200_000  # characters of an article
MOST = 60  # claims on a page
PREFIX = {"claims": "", "events": "e", "figures": "f"}
"""What stands before the number of a card in the names of its fields, by table."""
ASKED = ("text", "link", "title", "publisher", "published")
SHOWN = ("claim", "type", "value", "unit", "date", "attributed_to", "test", "target")
EVIDENCE = {"events": ("date", "kind", "direction", "sets"), "figures": ("series", "period", "value", "unit", "status")}
"""What an article offers as evidence beside its claims, and the columns shown of it."""


def form(request: Request) -> Response:
    """Where an article is pasted."""
    return _page(request, {}, [])


async def read(request: Request) -> Response:
    """What was read out of an article: a card a claim, nothing kept yet."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_read, request, given)


async def accept(request: Request) -> Response:
    """Put the claims that were ticked into the record, with their source, as one change."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_accept, request, given)


def _read(request: Request, given: dict[str, str]) -> Response:
    study = _study(request)
    try:
        draft = _draft(study, given)
    except DetenteError as error:
        return _page(request, given, [], told(request, error), 422)
    language = words_of(request).language
    rows = [row.as_row(language) for row in draft.rows[:MOST]]
    offered = {
        name: [row.as_evidence(TABLES[name], language) for row in held[:MOST]]
        for name, held in (("events", draft.events), ("figures", draft.figures))
    }
    return _page(request, given, rows, offered=offered)


def _told(cells: dict[str, str], names: Iterable[str], titles: dict[str, str], words: Words) -> list[dict[str, str]]:
    """What a card shows of a row beside its text: columns by their names, fixed words, dates and codes in words."""
    return [
        {"name": words.short(name), "value": _in_words(name, cells[name], titles, words)}
        for name in names
        if cells.get(name) and name not in ("claim", "title")
    ]


def _in_words(name: str, cell: str, titles: dict[str, str], words: Words) -> str:
    if name in ("date", "period"):
        return words.date(cell)
    if name == "unit":
        return words.known("unit", cell)
    if name == "value":
        return words.signs(cell) if re.fullmatch(r"-?[\d.]+", cell, re.ASCII) else cell
    if name in ("series", "target"):
        return titles.get(cell) or spelt(words, "series_name", cell)
    if name == "direction":
        return words(f"drafting.{FRICTION[cell]}") if cell in FRICTION else cell
    return cell if name == "sets" else words.known("word", cell)


def _asks(study: Study, table: str, row: dict[str, Any], words: Words) -> dict[str, list[tuple[str, str]]]:
    """The choices for what an event needs and the article leaves open: its kind and its direction, where they are empty."""
    if table != "events":
        return {}
    choices = {
        "kind": [(kind, words.known("word", kind)) for kind in vocabulary_of(study.record)[0].kinds],
        "direction": [(sign, words(f"drafting.{said}")) for sign, said in FRICTION.items()],
    }
    return {name: options for name, options in choices.items() if not row.get(name)}


def _titles(study: Study, words: Words) -> dict[str, str]:
    """What a claim is compared with, by its code: the record's events by their titles, the pair's flows by both names."""
    first, second = map(words.economy, study.spec.dyad)
    flows = {
        "trade.exports": words("desk.flow", a=first, b=second),
        "trade.imports": words("desk.flow", a=second, b=first),
    }
    column = f"title_{words.language}"
    rows = [row.cells for row in read_file(study, "events").rows]
    return flows | {row.get("event_id", ""): row.get(column) or row.get("title", "") for row in rows}


def _draft(study: Study, given: dict[str, str]) -> Draft:
    published = given.get("published", "").strip()
    if published and not re.fullmatch(r"\d{4}-\d\d-\d\d", published):
        raise StudyError(f"'{published[:20]}' is no day.", fix="Write it as 2022-11-03, or leave it empty.")
    article = article_of(given.get("text", "")[:LONGEST], published)
    claims = [row.cells for row in read_file(study, "claims").rows]
    taken = [cells.get("claim_id", "") for cells in claims]
    known = KnownRecord((study.origin, study.destination))
    with suppress(RecordError):  # a record with problems is mended on its own pages; drafting goes on without it
        known = KnownRecord.of(study.ledger(), known.dyad)
    return draft_claims(article, _source(study, given)["source_id"], taken, known=known, on_record=claims)


def _source(study: Study, given: dict[str, str]) -> dict[str, str]:
    """The article as a source of the record: the row that has its link already, or a new one."""
    rows = [row.cells for row in read_file(study, "sources").rows]
    link, taken = given.get("link", "").strip(), {row.get("source_id", "") for row in rows}
    known = next((row for row in rows if link and row.get("url") == link), None)
    if known is not None:
        return dict(known)
    made = source_of(link, taken) or {}
    own = {"title": given.get("title", "").strip(), "publisher": given.get("publisher", "").strip(),
           "date": given.get("published", "").strip(), "kind": "article"}  # fmt: skip
    cells = completed("sources", {**made, **{name: value for name, value in own.items() if value}}, taken)
    return {"title": "[article]", "publisher": "unknown", "url": "", **{k: v for k, v in cells.items() if v}}


def _accept(request: Request, given: dict[str, str]) -> Response:
    study = _study(request)
    require_writable(request, study)
    source = _source(study, given)
    known = any(row.cells.get("source_id") == source["source_id"] for row in read_file(study, "sources").rows)
    changes = [] if known else [RowChange("sources", "", "", source)]
    rows = _rows(given)
    offered = {name: _rows(given, name) for name in EVIDENCE}
    chosen = [row for row in rows if row["accept"] == "yes"]
    evidence = [(name, row) for name, held in offered.items() for row in held if row["accept"] == "yes"]
    for row in chosen:
        cells = {name: row.get(name, "") for name in CLAIMS.allowed}
        cells["source_id"] = source["source_id"]
        if fingerprint(cells["claim"]) == row["wording"]:
            cells["note"] = "; ".join(part for part in (cells.get("note", ""), QUOTED) if part)
        changes.append(RowChange("claims", "", "", cells))
    changes += [_evidence(study, name, row, source["source_id"]) for name, row in evidence]
    try:
        if not (chosen or evidence):
            raise WordedError(words_of(request)("drafting.none_chosen"))
        save(study, changes)
    except Rejected as rejected:
        return _page(request, given, rows, _first(rejected, words_of(request)), 422, offered=offered)
    except DetenteError as error:
        return _page(request, given, rows, told(request, error), 422, offered=offered)
    where = "claims" if chosen else evidence[0][0]
    return go(request, f"/s/{request.path_params['study']}/record/{where}?saved={len(chosen) + len(evidence)}")


def _evidence(study: Study, table: str, row: dict[str, str], source_id: str) -> RowChange:
    """A row of evidence that was ticked, with the article as its source and an id that no other has."""
    schema = TABLES[table]
    cells = {name: row.get(name, "") for name in schema.allowed}
    cells["source_ids" if table == "events" else "source_id"] = source_id
    taken = {held.cells.get(schema.key, "") for held in read_file(study, table).rows}
    if cells[schema.key] in taken:
        cells[schema.key] = made_id(table, taken)
    return RowChange(table, "", "", cells)


def _rows(given: dict[str, str], table: str = "claims") -> list[dict[str, str]]:
    """The cards of a table as they came back."""
    rows: list[dict[str, str]] = []
    names = ("wording", "hint", "confidence", *TABLES[table].allowed)
    for k in range(MOST):
        place = f"{PREFIX[table]}{k}"
        if f"cell-{place}-{TABLES[table].key}" not in given and f"cell-{place}-claim" not in given:
            break
        row = {name: given.get(f"cell-{place}-{name}", "") for name in names}
        rows.append({**row, "accept": "yes" if given.get(f"take-{place}") else ""})
    return rows


def _first(rejected: Rejected, words: Words) -> Told:
    """What keeps the chosen cards out, the first five reasons."""
    told = [told_problem(p, words, placed=False) for p in rejected.problems[:5]]
    return Told.in_language("; ".join(told), told[0].lang if told else words.language)


def _study(request: Request) -> Study:
    return request.app.state.site.workspace.study(request.path_params["study"])


def _cards(
    rows: list[dict[str, Any]], names: Iterable[str], titles: dict[str, str], words: Words
) -> list[dict[str, Any]]:
    return [row | {"told": _told(row, names, titles, words)} for row in rows]


def _page(
    request: Request, given: dict[str, str], rows: list[dict[str, Any]], error: str = "", status: int = 200, *,
    offered: dict[str, list[dict[str, str]]] | None = None,
) -> Response:  # fmt: skip
    key, words, study = request.path_params["study"], words_of(request), _study(request)
    titles = _titles(study, words) if rows or offered else {}
    data = head(request.app.state.site.workspace, study, key, words) | {
        "asked": {name: given.get(name, "") for name in ASKED},
        "rows": _cards(rows, SHOWN, titles, words),
        "offered": [
            {
                "table": name,
                "rows": [
                    row | {"asks": _asks(study, name, row, words)}
                    for row in _cards(held, EVIDENCE[name], titles, words)
                ],
                "prefix": PREFIX[name],
                "columns": ["hint", *TABLES[name].allowed],
            }
            for name, held in (offered or {}).items()
            if held
        ],
        "read": bool(rows) or (status == 200 and bool(given)),
        "columns": ["wording", "hint", "confidence", *CLAIMS.allowed],
        "error": error,
    }
    return page(request, "drafting.html.j2", data, status, code=of_draft(study))


ROUTES = [
    Route("/s/{study}/draft", form, methods=["GET"]),
    Route("/s/{study}/draft", read, methods=["POST"]),
    Route("/s/{study}/draft/accept", accept, methods=["POST"]),
]
