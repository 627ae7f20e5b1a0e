"""The form of a row: its fields with their problems, the source that comes with it, and what rests on the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from detente.errors import Problem, RecordError
from detente.language import LANGUAGES, Catalogue, spelt
from detente.record.references import Resting, references, resting_on
from detente.record.schema import TABLES, RecordTable
from detente.record.states.vocabulary import default_vocabulary
from detente.report.tables import safe_link
from detente.web.editor.editor import EDITABLE, read_file
from detente.web.editor.judging import record_with_verdicts
from detente.web.editor.new_rows import FIRST
from detente.web.http.reply import page, words_of
from detente.web.http.reproduce import of_record
from detente.web.http.telling import told_problem
from detente.web.http.words import Words
from detente.web.pages.record.place import TablePlace
from detente.web.pages.study import head

TEXTS = ("title", "claim", "note", "why_not")
LONG = (*TEXTS, "derivation", "target", "options", "sets")
NEW_SOURCE = "source:"  # prefix of the fields of a source added together with a row
SHOWN = 50  # things that rest on a row


@dataclass(frozen=True, slots=True)
class RowForm:
    """A row as its form is filled in, and what stood against saving or deleting it.

    ``digest`` is of the row as it was read. ``conflict`` is the row as it stands now (``digest``, ``cells``), where
    somebody else changed it meanwhile; ``users`` are the rows that name it.
    """

    id: str = ""
    digest: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    conflict: dict[str, Any] | None = None
    error: str = ""
    users: tuple[str, ...] = ()


def form_page(request: Request, place: TablePlace, form: RowForm) -> Response:
    """The page of one row; 409 where something stands against a change, 422 where it is not valid."""
    words, schema, problems = words_of(request), place.schema, form.problems
    own = [p for p in problems if p.file == schema.file and p.column in schema.allowed]
    of_source = [p for p in problems if p.file == TABLES["sources"].file]
    others = [p for p in problems if p not in own and p not in of_source]
    data = head(request.app.state.site.workspace, place.study, place.key, words) | {
        "table": place.table,
        "tables": list(EDITABLE),
        "id": form.id,
        "digest": form.digest,
        "fields": [
            _field(schema, c, form.cells.get(c, ""), own, words) | {"shown": _shown(schema, form.cells, c, words)}
            for c in schema.allowed
        ],
        "source_fields": _source_fields(place, form.source, of_source, words),
        "source_open": bool(form.source and form.source["source_id"]),
        "sources": _sources(place),
        "problems": [told_problem(p, words, placed=False) for p in others],
        "rejected": bool(problems),
        "used_by": _used_by(place, form.id, words),
        "first": list(FIRST[place.table]),
        "conflict": form.conflict,
        "error": form.error,
        "users": list(form.users),
    }
    status = 409 if form.conflict is not None or form.users else 422 if problems or form.error else 200
    code = of_record(place.study, place.table, form.id) if form.id else None
    return page(request, "row.html.j2", data, status, code=code)


def _source_fields(
    place: TablePlace, source: Mapping[str, str], problems: list[Problem], words: Words
) -> list[dict[str, Any]]:
    """The fields of a source that comes with the row; none where the row is a source."""
    schema = TABLES["sources"]
    if place.schema is schema:
        return []
    return [_field(schema, c, source.get(c, ""), problems, words) for c in schema.allowed]


def _sources(place: TablePlace) -> list[dict[str, str]]:
    cells = [row.cells for row in read_file(place.study, "sources").rows]
    return [{"id": c.get("source_id", ""), "title": f"{c.get('publisher', '')}: {c.get('title', '')}"} for c in cells]


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


def _shown(schema: RecordTable, cells: Mapping[str, str], column: str, words: Words) -> str:
    """A cell as somebody reads it who cannot change it: fixed words and translated texts in the reader's language."""
    base, _, language = column.rpartition("_")
    if base in cells and language in LANGUAGES:
        return ""  # a translation stands where its text does
    value = cells.get(f"{column}_{words.language}") or cells.get(column, "")
    group = "subsystem" if column == "subsystems" else "word" if column in ("kind", *(schema.words or {})) else ""
    parts = (part.strip() for part in value.split(";"))
    return "; ".join(words.known(group, part) if group else part for part in parts)


def _used_by(place: TablePlace, id_: str, words: Words) -> list[dict[str, str]]:
    """What rests on a row, in words and with its address: claims that it decides, rows that name it, states that it begins."""
    if not id_:
        return []
    try:
        ledger, verdicts = record_with_verdicts(place.study)
    except RecordError:  # a record with problems has no verdicts: what names the row can still be told
        rows = {name: [row.cells for row in read_file(place.study, name).rows] for name in TABLES}
        return [{"said": str(found), "link": ""} for found in references(rows, place.table, id_)][:SHOWN]
    home = f"/s/{place.key}/record"
    return [
        {"said": _resting(words, thing),
         "link": f"{home}/{thing.table}/row?id={quote(thing.id)}" if thing.table in EDITABLE else ""}
        for thing in resting_on(ledger, verdicts, place.table, id_)
    ][:SHOWN]  # fmt: skip


def _resting(words: Catalogue, thing: Resting) -> str:
    if thing.how == "state":
        return words("record.begins", name=spelt(words, "state_name", thing.id), what=thing.what)
    if thing.how == "evidence":
        verdict = words.known("verdict", thing.verdict.replace(" ", "_"))
        return words("record.decides", id=thing.id, verdict=verdict, what=thing.what)
    return words("record.names_it", file=TABLES[thing.table].file, id=thing.id, what=thing.what)
