"""The record editor: rows of a record, a form for each, validation, conflicts, deletion and undo."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from detente.errors import DetenteError, Problem, RecordError, StudyError
from detente.language import LANGUAGES, Catalogue, spelt
from detente.record.references import Resting, references, resting_on
from detente.record.schema import TABLES, RecordTable
from detente.record.states.vocabulary import default_vocabulary
from detente.report.tables import safe_link
from detente.study import Study
from detente.web.editor.csv_rows import Row
from detente.web.editor.editor import EDITABLE, read_file, save, undo
from detente.web.editor.journal import last_change, named
from detente.web.editor.judging import record_with_verdicts
from detente.web.editor.listing import Asked, listed
from detente.web.editor.new_rows import FIRST, completed, source_of
from detente.web.editor.record_checks import problems_of
from detente.web.editor.row_changes import Conflict, InUse, Rejected, RowChange
from detente.web.http.reply import go, page, told, words_of
from detente.web.http.reproduce import of_record
from detente.web.http.telling import told_problem
from detente.web.http.words import Words
from detente.web.pages.study import head, require_writable

TEXTS = ("title", "claim", "note", "why_not")
LONG = (*TEXTS, "derivation", "target", "options", "sets")
LISTED = {
    "events": ("date", "title", "kind", "direction", "source_ids"),
    "claims": ("source_id", "claim", "type", "test", "verdict"),
    "figures": ("series", "period", "value", "unit", "status", "source_id"),
    "sources": ("title", "publisher", "date", "kind"),
}
ROWS = 300  # of a page
SHOWN = 50  # things that rest on a row
MOST_KINDS = 14
MOST_YEARS = 60
FACETS = {"events": "kind", "claims": "test", "figures": "status", "sources": "kind"}
NEW_SOURCE = "source:"  # prefix of the fields of a source added together with a row


def first(request: Request) -> Response:
    asked = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/s/{request.path_params['study']}/record/events{asked}", 307)


def rows(request: Request) -> Response:
    """All rows of one table, with what is wrong in the record and the way back."""
    study, key, table = _place(request)
    data = head(request.app.state.site.workspace, study, key, words_of(request)) | {
        "table": table.name,
        "tables": list(EDITABLE),
        "id_column": table.schema.key,
        "columns": list(LISTED[table.name]),
        "fixed": ["kind", *(table.schema.words or {})],
        **_listed(request, study, table),
        "problems": [told_problem(p, words_of(request)) for p in problems_of(study.record)],
        "can_undo": named(last_change(study)),
        "saved": request.query_params.get("saved", "")[:200],
        "undone": request.query_params.get("undone", "")[:200],
        "deleted": request.query_params.get("deleted", "")[:200],
    }
    return page(request, "record.html.j2", data, code=of_record(study, table.name))


def _listed(request: Request, study: Study, table: _Table) -> dict[str, Any]:
    """A page of a table's rows: those that fit what is searched for, and the kinds to choose from."""
    given, number = request.query_params, request.query_params.get("page", "1")
    asked = Asked(
        given.get("find", "")[:100], given.get("kind", "")[:60], given.get("year", "")[:4], given.get("verdict", "")[:40],
        int(number) if number.isdecimal() and len(number) < 7 else 1,
    )  # fmt: skip
    found = listed(study, table.name, FACETS[table.name], asked, ROWS)
    words = words_of(request)
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


def form(request: Request) -> Response:
    """The form of one row, or of a new one."""
    study, key, table = _place(request)
    id_ = request.query_params.get("id", "")
    row = _row(study, table, id_) if id_ else None
    return _form(request, study, key, table, id_, row.digest if row else "", dict(row.cells) if row else {})


async def change(request: Request) -> Response:
    """Save the form; on a problem or a conflict it comes back as it was filled in."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_change, request, given)


async def delete(request: Request) -> Response:
    """Take a row out; where something else names it, or it was changed meanwhile, the page says so."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_delete, request, given)


async def take_back(request: Request) -> Response:
    study, key, table = _place(request)
    require_writable(request, study)
    ids = await run_in_threadpool(undo, study)
    return go(request, f"/s/{key}/record/{table.name}?undone={quote(ids)}")


def _change(request: Request, given: dict[str, str]) -> Response:
    study, key, table = _place(request)
    require_writable(request, study)
    id_, digest = given.get("id", ""), given.get("digest", "")
    cells = {c: given.get(c, "") for c in table.schema.allowed}
    source = {c: given.get(NEW_SOURCE + c, "").strip() for c in TABLES["sources"].allowed}
    changes = [RowChange(table.name, id_, digest, cells)]
    if not id_:
        cells, source = _filled_in(study, table, cells, source)
        changes = [RowChange(table.name, "", "", cells)]
    if source["source_id"]:
        changes.insert(0, RowChange("sources", "", "", source))
    try:
        save(study, changes)
    except Conflict as conflict:
        now = conflict.now
        stands = {"digest": now.digest if now else "", "cells": dict(now.cells) if now else {}}
        return _form(
            request,
            study,
            key,
            table,
            id_ if now else "",
            stands["digest"],
            cells,
            source,
            conflict=stands,
            error=told(request, conflict),
        )
    except Rejected as rejected:
        return _form(request, study, key, table, id_, digest, cells, source, problems=rejected.problems)
    except DetenteError as error:
        return _form(request, study, key, table, id_, digest, cells, source, error=told(request, error))
    return go(request, f"/s/{key}/record/{table.name}?saved={quote(cells[table.schema.key].strip())}")


def _filled_in(
    study: Study, table: _Table, cells: dict[str, str], source: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """A new row with its id made; a link where a source belongs becomes a source of its own."""

    @cache
    def taken(name: str) -> set[str]:
        return {row.cells.get(TABLES[name].key, "") for row in read_file(study, name).rows}

    cells = completed(table.name, cells, taken(table.name))
    column = next((c for c in ("source_ids", "source_id") if c in cells and c != table.schema.key), None)
    if any(source.values()) and not source["source_id"]:
        source = {**source, **completed("sources", source, taken("sources"))}
    elif column and not source["source_id"] and (made := source_of(cells[column], taken("sources"))):
        source = {**source, **made}
    if column and source["source_id"] and (not cells[column] or cells[column].startswith(("http://", "https://"))):
        cells[column] = source["source_id"]
    return cells, source


def _delete(request: Request, given: dict[str, str]) -> Response:
    study, key, table = _place(request)
    require_writable(request, study)
    id_, digest = given.get("id", ""), given.get("digest", "")
    row = _row(study, table, id_)
    try:
        save(study, [RowChange(table.name, id_, digest, None)])
    except InUse as used:
        return _form(request, study, key, table, id_, row.digest, dict(row.cells), users=used.users)
    except Conflict as conflict:
        cells = dict(row.cells)
        stands = {"digest": row.digest, "cells": cells}
        return _form(request, study, key, table, id_, row.digest, cells, conflict=stands, error=told(request, conflict))
    except Rejected as rejected:
        return _form(request, study, key, table, id_, digest, dict(row.cells), problems=rejected.problems)
    return go(request, f"/s/{key}/record/{table.name}?deleted={quote(id_)}")


def _row(study: Study, table: _Table, id_: str) -> Row:
    row = read_file(study, table.name).find(table.schema.key, id_) if id_ else None
    if row is None:
        raise StudyError(
            f"There is no row '{id_[:60]}' in {table.schema.file}.",
            fix="It may have been renamed or removed.",
        )
    return row


def _form(
    request: Request, study: Study, key: str, table: _Table, id_: str, digest: str, cells: dict[str, str],
    source: dict[str, str] | None = None, *, problems: tuple[Problem, ...] = (), conflict: dict | None = None,
    error: str = "", users: tuple[str, ...] = (),
) -> Response:  # fmt: skip
    own = [p for p in problems if p.file == table.schema.file and p.column in table.schema.allowed]
    data = head(request.app.state.site.workspace, study, key, words_of(request)) | {
        "table": table.name,
        "tables": list(EDITABLE),
        "id": id_,
        "digest": digest,
        "fields": [
            _field(table.schema, c, cells.get(c, ""), own, words_of(request))
            | {"shown": _shown(table.schema, cells, c, words_of(request))}
            for c in table.schema.allowed
        ],
        "source_fields": [
            _field(
                TABLES["sources"],
                c,
                (source or {}).get(c, ""),
                [p for p in problems if p.file == "sources.csv"],
                words_of(request),
            )
            for c in TABLES["sources"].allowed
        ]
        if table.name != "sources"
        else [],
        "source_open": bool(source and source["source_id"]),
        "sources": [
            {
                "id": r.cells.get("source_id", ""),
                "title": f"{r.cells.get('publisher', '')}: {r.cells.get('title', '')}",
            }
            for r in read_file(study, "sources").rows
        ],
        "problems": [
            told_problem(p, words_of(request), placed=False)
            for p in problems
            if p not in own and p.file != "sources.csv"
        ],
        "rejected": bool(problems),
        "used_by": _used_by(request, study, table, id_),
        "first": list(FIRST[table.name]),
        "conflict": conflict,
        "error": error,
        "users": list(users),
    }
    status = 409 if conflict is not None or users else 422 if problems or error else 200
    return page(request, "row.html.j2", data, status, code=of_record(study, table.name, id_) if id_ else None)


def _field(schema: RecordTable, column: str, value: str, problems: list[Problem], words: Words) -> dict[str, Any]:
    options = list((schema.words or {}).get(column, ()))
    if schema.file == "events.csv" and column == "kind":
        options = sorted(default_vocabulary().kinds)
    return {
        "name": column,
        "value": value,
        "link": safe_link(value) if column == "url" else "",
        "needed": column in schema.needed,
        "words": options,
        "long": column in LONG or column.rpartition("_")[0] in TEXTS,
        "date": column in schema.dates,
        "sources": column in ("source_id", "source_ids", "cites") and column != schema.key,
        "wrong": [told_problem(p, words, placed=False) for p in problems if p.column == column],
    }


def _shown(schema: RecordTable, cells: dict[str, str], column: str, words: Words) -> str:
    """A cell as somebody reads it who cannot change it: fixed words and translated texts in the reader's language."""
    base, _, language = column.rpartition("_")
    if base in cells and language in LANGUAGES:
        return ""  # a translation stands where its text does
    value = cells.get(f"{column}_{words.language}") or cells.get(column, "")
    group = "subsystem" if column == "subsystems" else "word" if column in ("kind", *(schema.words or {})) else ""
    parts = (part.strip() for part in value.split(";"))
    return "; ".join(words.known(group, part) if group else part for part in parts)


def _used_by(request: Request, study: Study, table: _Table, id_: str) -> list[dict[str, str]]:
    """What rests on a row, in words and with its address: claims that it decides, rows that name it, states that it begins."""
    if not id_:
        return []
    words = words_of(request)
    try:
        ledger, verdicts = record_with_verdicts(study)
    except RecordError:  # a record with problems has no verdicts: what names the row can still be told
        rows = {name: [row.cells for row in read_file(study, name).rows] for name in TABLES}
        return [{"said": str(found), "link": ""} for found in references(rows, table.name, id_)][:SHOWN]
    home = f"/s/{request.path_params['study']}/record"
    return [
        {"said": _resting(words, thing),
         "link": f"{home}/{thing.table}/row?id={quote(thing.id)}" if thing.table in EDITABLE else ""}
        for thing in resting_on(ledger, verdicts, table.name, id_)
    ][:SHOWN]  # fmt: skip


def _resting(words: Catalogue, thing: Resting) -> str:
    if thing.how == "state":
        return words("record.begins", name=spelt(words, "state_name", thing.id), what=thing.what)
    if thing.how == "evidence":
        verdict = words.known("verdict", thing.verdict.replace(" ", "_"))
        return words("record.decides", id=thing.id, verdict=verdict, what=thing.what)
    return words("record.names_it", file=TABLES[thing.table].file, id=thing.id, what=thing.what)


class _Table:
    """A table by its name in the address."""

    def __init__(self, name: str) -> None:
        if name not in EDITABLE:
            raise HTTPException(404)
        self.name, self.schema = name, TABLES[name]


def _place(request: Request) -> tuple[Study, str, _Table]:
    key = request.path_params["study"]
    return request.app.state.site.workspace.study(key), key, _Table(request.path_params["table"])


ROUTES = [
    Route("/s/{study}/record", first),
    Route("/s/{study}/record/{table}", rows),
    Route("/s/{study}/record/{table}/row", form, methods=["GET"]),
    Route("/s/{study}/record/{table}/row", change, methods=["POST"]),
    Route("/s/{study}/record/{table}/delete", delete, methods=["POST"]),
    Route("/s/{study}/record/{table}/undo", take_back, methods=["POST"]),
]
