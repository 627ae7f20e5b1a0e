"""One row of a record: shown, saved, deleted, and the last change taken back."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.errors import DetenteError
from detente.record.schema import TABLES
from detente.web.editor.editor import read_file, save, undo
from detente.web.editor.new_rows import completed, source_of
from detente.web.editor.row_changes import Conflict, InUse, Rejected, RowChange
from detente.web.http.reply import go, told
from detente.web.pages.record.form import NEW_SOURCE, RowForm, form_page
from detente.web.pages.record.place import TablePlace, place_of
from detente.web.pages.study import require_writable


def form(request: Request) -> Response:
    """The form of one row, or of a new one."""
    place, id_ = place_of(request), request.query_params.get("id", "")
    row = place.row(id_) if id_ else None
    return form_page(request, place, RowForm(id_, row.digest, dict(row.cells)) if row else RowForm())


async def change(request: Request) -> Response:
    """Save the form; on a problem or a conflict it comes back as it was filled in."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_change, request, given)


async def delete(request: Request) -> Response:
    """Take a row out; where something else names it, or it was changed meanwhile, the page says so."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_delete, request, given)


async def take_back(request: Request) -> Response:
    """Undo the last change of the record."""
    place = place_of(request)
    require_writable(request, place.study)
    ids = await run_in_threadpool(undo, place.study)
    return go(request, f"{place.address}?undone={quote(ids)}")


def _change(request: Request, given: dict[str, str]) -> Response:
    place = place_of(request)
    require_writable(request, place.study)
    id_, digest = given.get("id", ""), given.get("digest", "")
    cells = {c: given.get(c, "") for c in place.schema.allowed}
    source = {c: given.get(NEW_SOURCE + c, "").strip() for c in TABLES["sources"].allowed}
    changes = [RowChange(place.table, id_, digest, cells)]
    if not id_:
        cells, source = _filled_in(place, cells, source)
        changes = [RowChange(place.table, "", "", cells)]
    if source["source_id"]:
        changes.insert(0, RowChange("sources", "", "", source))
    try:
        save(place.study, changes)
    except Conflict as conflict:
        now = conflict.now
        stands = {"digest": now.digest if now else "", "cells": dict(now.cells) if now else {}}
        back = RowForm(
            id_ if now else "", stands["digest"], cells, source, conflict=stands, error=told(request, conflict)
        )
    except Rejected as rejected:
        back = RowForm(id_, digest, cells, source, problems=rejected.problems)
    except DetenteError as error:
        back = RowForm(id_, digest, cells, source, error=told(request, error))
    else:
        return go(request, f"{place.address}?saved={quote(cells[place.schema.key].strip())}")
    return form_page(request, place, back)


def _filled_in(
    place: TablePlace, cells: dict[str, str], source: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """A new row with its id made; a link where a source belongs becomes a source of its own."""

    @cache
    def taken(name: str) -> set[str]:
        return {row.cells.get(TABLES[name].key, "") for row in read_file(place.study, name).rows}

    cells = completed(place.table, cells, taken(place.table))
    column = next((c for c in ("source_ids", "source_id") if c in cells and c != place.schema.key), None)
    if any(source.values()) and not source["source_id"]:
        source = {**source, **completed("sources", source, taken("sources"))}
    elif column and not source["source_id"] and (made := source_of(cells[column], taken("sources"))):
        source = {**source, **made}
    if column and source["source_id"] and (not cells[column] or cells[column].startswith(("http://", "https://"))):
        cells[column] = source["source_id"]
    return cells, source


def _delete(request: Request, given: dict[str, str]) -> Response:
    place = place_of(request)
    require_writable(request, place.study)
    id_, digest = given.get("id", ""), given.get("digest", "")
    row = place.row(id_)
    cells = dict(row.cells)
    try:
        save(place.study, [RowChange(place.table, id_, digest, None)])
    except InUse as used:
        back = RowForm(id_, row.digest, cells, users=used.users)
    except Conflict as conflict:
        stands = {"digest": row.digest, "cells": cells}
        back = RowForm(id_, row.digest, cells, conflict=stands, error=told(request, conflict))
    except Rejected as rejected:
        back = RowForm(id_, digest, cells, problems=rejected.problems)
    else:
        return go(request, f"{place.address}?deleted={quote(id_)}")
    return form_page(request, place, back)


ROUTES = [
    Route("/s/{study}/record/{table}/row", form, methods=["GET"]),
    Route("/s/{study}/record/{table}/row", change, methods=["POST"]),
    Route("/s/{study}/record/{table}/delete", delete, methods=["POST"]),
    Route("/s/{study}/record/{table}/undo", take_back, methods=["POST"]),
]
