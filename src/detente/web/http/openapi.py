"""The app's own OpenAPI description, built from one table of its endpoints."""

from __future__ import annotations

from typing import Any

from detente import __version__
from detente.record.schema import TABLES
from detente.web.attribution.question import KINDS as PLACEBOS
from detente.web.desk.levers import levers
from detente.web.desk.settings import DEFICITS, HIGHEST_TARIFF, LIMITS, MOST, TARIFFS
from detente.web.editor.editor import EDITABLE
from detente.web.editor.export import KINDS as FILES
from detente.web.editor.uploads import KINDS as UPLOADS
from detente.web.http.words import LANGUAGES

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "maxLength": 4000}
YEAR: Schema = {"type": "integer", "minimum": 1800, "maximum": 2100}


def number(low: float, high: float) -> Schema:
    return {"type": "number", "minimum": low, "maximum": high}


SETTING: dict[str, Schema] = {
    "year": YEAR,
    "gdp_case": {"type": "string", "enum": ["published", "low", "middle", "high"]},
    "deficits": {"type": "string", "enum": list(DEFICITS)},
    **{name: number(*ends) for name, ends in LIMITS.items()},
    **{name: number(0.0, HIGHEST_TARIFF) for name in TARIFFS},
    **{name: number(-MOST, MOST) for name in ("there", "back", *(lever.id for lever in levers()))},
}
ASKED: dict[str, Schema] = {
    "a": TEXT, "b": TEXT, "from": YEAR, "to": YEAR, "base_from": YEAR, "base_to": YEAR,
    "placebos": {"type": "string", "enum": list(PLACEBOS)}, "donors": TEXT,
}  # fmt: skip
SESSION: dict[str, Schema] = {"session": TEXT, "seq": {"type": "integer", "minimum": 0}, "label": TEXT}
IN_PATH: dict[str, Schema] = {
    "study": {"type": "string", "pattern": "^[A-Za-z0-9._-]+$"},
    "table": {"type": "string", "enum": list(EDITABLE)},
    "kind": {"type": "string", "enum": list(FILES)},
    "chart": {"type": "string", "pattern": "^[a-z]+(\\.(svg|png|html|csv|json))?$"},
    "codes": {"type": "string", "pattern": "^[A-Z]{3}-[A-Z]{3}$"},
    "part": {"type": "string", "enum": ["trade.csv", "trade.json", "picture.svg", "picture.png", "picture.html"]},
    "job": {"type": "string", "pattern": "^[0-9]+$"},
    "list": {"type": "string", "pattern": "^[A-Za-z0-9 ._-]+$"},
}
FILE: dict[str, Schema] = {"": {"type": "string", "format": "binary"}}  # the body is the file itself
ROW = {column: TEXT for name in EDITABLE for column in TABLES[name].allowed}

# method, path, summary, query, form
ENDPOINTS: tuple[tuple[str, str, str, dict[str, Schema], dict[str, Schema]], ...] = (
    ("get", "/", "Available studies", {}, {}),
    (
        "post",
        "/studies",
        "Make a study for two economies",
        {},
        {"origin": TEXT, "destination": TEXT, "name": TEXT},
    ),
    ("post", "/copies", "Copy a study", {}, {"study": TEXT, "name": TEXT}),
    ("get", "/search", "Pairs that fit what is being typed", {"q": TEXT}, {}),
    ("get", "/pair", "To the pair that a question names best", {"q": TEXT}, {}),
    ("get", "/pair/{codes}", "Any pair: trade and expectation, similar pairs, partners", {}, {}),
    ("get", "/pair/{codes}/what-if", "What if the pair's ties changed", {}, {}),
    ("get", "/pair/{codes}/partners", "Whom the two sell to, year by year", {"year": YEAR}, {}),
    ("get", "/pair/{codes}/next", "What next between the two, and their people", {}, {}),
    ("get", "/compare", "Pairs side by side", {"pair": TEXT, "add": TEXT}, {}),
    ("get", "/pair/{codes}/{part}", "The pair's trade or picture as a file", {"side": TEXT}, {}),
    ("get", "/open", "Open a run folder of the workspace", {"path": TEXT}, {}),
    ("get", "/run", "An opened run", {"path": TEXT}, {}),
    ("get", "/s/{study}", "A study with its newest run", {"run": TEXT}, {}),
    ("get", "/s/{study}/report.html", "The report of a run as one file", {"run": TEXT}, {}),
    ("get", "/s/{study}/one-page.pdf", "The first screen of a run on one page", {"run": TEXT}, {}),
    ("get", "/s/{study}/download/{kind}", "The tables of a run", {"run": TEXT}, {}),
    (
        "get",
        "/s/{study}/chart/{chart}",
        "One chart of a run: a page, a picture, a page to embed, or numbers",
        {"run": TEXT},
        {},
    ),
    ("get", "/watch", "Watch lists of this folder", {}, {}),
    ("get", "/watch/{list}", "A watch list: what has fired, what was told", {}, {}),
    ("get", "/api", "This interface, for readers", {}, {}),
    ("get", "/s/{study}/desk", "The scenario desk", {**SETTING, "pin": TEXT}, {}),
    ("get", "/s/{study}/desk/solve", "Central path of a setting", {**SETTING, **SESSION}, {}),
    ("get", "/s/{study}/desk/bands", "Bands of a setting from exact draws", {**SETTING, **SESSION}, {}),
    ("get", "/s/{study}/desk/download/{kind}", "A setting as a file", SETTING, {}),
    ("post", "/s/{study}/desk/save", "Save a setting as a scenario", {}, {"title": TEXT, **SETTING}),
    ("get", "/s/{study}/attribution", "The attribution desk", {**ASKED, "find": TEXT}, {}),
    ("get", "/s/{study}/attribution/pairs", "Pairs to pick for comparison", {**ASKED, "find": TEXT}, {}),
    ("get", "/s/{study}/attribution/download/{kind}", "An attribution as a file", ASKED, {}),
    ("get", "/s/{study}/record", "The record", {}, {}),
    ("get", "/s/{study}/draft", "Where an article is pasted", {}, {}),
    (
        "post",
        "/s/{study}/draft",
        "Read claims out of an article",
        {},
        dict.fromkeys(("text", "link", "title", "publisher", "published"), TEXT),
    ),
    (
        "post",
        "/s/{study}/draft/accept",
        "Keep drafted claims",
        {},
        {"link": TEXT, "take-0": TEXT, "cell-0-claim": TEXT},
    ),
    (
        "get",
        "/s/{study}/record/{table}",
        "Rows of a table of the record",
        {"saved": TEXT, "undone": TEXT, "deleted": TEXT},
        {},
    ),
    ("get", "/s/{study}/record/{table}/row", "The form of a row", {"id": TEXT}, {}),
    ("post", "/s/{study}/record/{table}/row", "Save a row", {}, {"id": TEXT, "digest": TEXT, **ROW}),
    ("post", "/s/{study}/record/{table}/delete", "Delete a row", {}, {"id": TEXT, "digest": TEXT}),
    ("post", "/s/{study}/record/{table}/undo", "Undo the last change", {}, {}),
    ("get", "/s/{study}/data", "The panel and the record as files", {"chosen": TEXT}, {}),
    ("post", "/s/{study}/data/{kind}", "Upload a panel or a record", {"name": TEXT}, FILE),
    ("get", "/s/{study}/data/{job}", "What an uploaded file holds", {}, {}),
    (
        "post",
        "/s/{study}/data/{job}/use",
        "Use an uploaded file",
        {},
        {"all": {"type": "string", "enum": ["ours", "theirs"]}},
    ),
    ("post", "/s/{study}/panel", "Use another of the study's panels", {}, {"use": TEXT}),
    ("get", "/s/{study}/workbook", "The record as a workbook", {}, {}),
    ("post", "/s/{study}/run", "Start a full run", {}, {}),
    ("get", "/jobs", "Runs in progress and finished", {}, {}),
    ("get", "/jobs/{job}", "One run", {}, {}),
    ("post", "/jobs/{job}/cancel", "Stop a run", {}, {}),
)
ANSWERS = {
    "200": "The page, its JSON, or the file.",
    "303": "Done or found; the address of the page that shows it.",
    "307": "Moved to the page meant.",
    "400": "The request could not be read.",
    "401": "The access token is missing (servers beyond loopback).",
    "403": "Refused: another site, or a token that is not ours.",
    "404": "No such page or study.",
    "405": "Not that method.",
    "409": "The row was changed by somebody else, or is named elsewhere and cannot go; what stands there is shown.",
    "413": "Too large.",
    "421": "Another host name.",
    "422": "What was asked makes no sense; the answer says what and what to do, and keeps what was entered.",
}
FILE_TYPES = (
    "text/html", "application/json", "text/csv", "application/zip", "application/pdf", "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)  # fmt: skip


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for method, path, summary, query, form in ENDPOINTS:
        paths.setdefault(path, {})[method] = _operation(method, path, summary, query, form)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "détente, local app",
            "version": __version__,
            "description": "Every page and its JSON (format=json). Changes carry the token of our own pages.",
        },
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "x-detente-token"}}},
    }


def _operation(
    method: str, path: str, summary: str, query: dict[str, Schema], form: dict[str, Schema]
) -> dict[str, Any]:
    places = IN_PATH | ({"kind": {"type": "string", "enum": list(UPLOADS)}} if form is FILE else {})
    asked = [(name, "path", places[name]) for name in places if f"{{{name}}}" in path]
    asked += [(name, "query", schema) for name, schema in query.items()]
    if method == "get":
        asked += [
            ("format", "query", {"type": "string", "enum": ["json"]}),
            ("lang", "query", {"type": "string", "enum": list(LANGUAGES)}),
        ]
    content = {media: {} for media in FILE_TYPES}
    out: dict[str, Any] = {
        "summary": summary,
        "parameters": [
            {"name": name, "in": place, "required": place == "path", "schema": schema} for name, place, schema in asked
        ],
        "responses": {
            code: {"description": text} | ({} if code in ("303", "307") else {"content": content})
            for code, text in ANSWERS.items()
        },
    }
    if method == "post":
        out["security"] = [{"token": []}]
        schema = {"type": "object", "properties": form}
        content = {"application/x-www-form-urlencoded": {"schema": schema}}
        out["requestBody"] = {
            "content": {"application/octet-stream": {"schema": form[""]}} if form is FILE else content
        }
    return out
