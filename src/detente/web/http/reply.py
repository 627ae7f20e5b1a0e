"""Answers: one dictionary of plain values becomes a page or, with ``format=json`` in the address, JSON."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from detente import __version__
from detente.errors import DetenteError, RecordError
from detente.language.error_words import said_part
from detente.language.registry import SOURCE
from detente.report.glossary import explained, glossary
from detente.web.desk.desk_solver import finite
from detente.web.http.telling import (
    Told,
    WordedError,
    lang_of,
    stands_in_words,
    told_error,
    told_text,
    worded,
)
from detente.web.http.words import LANGUAGES, Words, preferred

NOT_STATE = ("format", "session", "seq", "access")


@cache
def templates() -> Any:
    """The template environment: everything is escaped, and an undefined name is a bug."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("detente.web"), PackageLoader("detente.report")]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    environment.globals["version"] = __version__
    environment.filters.update(explained=explained, glossary=glossary, lang_of=lang_of, told_text=told_text)
    environment.filters["markup"] = Markup  # drawings that were made here, and nothing else
    environment.filters["json"] = lambda value: json.dumps(finite(value), ensure_ascii=False)
    return environment


def words_of(request: Request) -> Words:
    """The words of the reader's language."""
    return Words(preferred(request.query_params, request.cookies, request.headers.get("accept-language", "")))


def wants_json(request: Request) -> bool:
    return request.query_params.get("format") == "json" or request.headers.get("accept", "") == "application/json"


def as_json(data: Any, status: int = 200) -> Response:
    text = json.dumps(finite(data), ensure_ascii=False, allow_nan=False)
    return Response(text, status, media_type="application/json")


def page(request: Request, template: str, data: dict[str, Any], status: int = 200, **view: Any) -> Response:
    """A page, or its data as JSON.

    Parameters
    ----------
    data : what the page says, in plain values: its JSON.
    view : what only the page needs (rendered fragments, forms).
    """
    if wants_json(request):
        return as_json({"schema_version": 1, **data}, status)
    words = words_of(request)
    site = request.app.state.site
    text = templates().get_template(template).render(
        w=words, token=site.keys.token, here=request.url.path, languages=_languages(request, words),
        json_link=_link(request, format="json"), **data, **view,
    )  # fmt: skip
    response = HTMLResponse(text, status)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie("lang", words.language, max_age=31536000, httponly=True, samesite="strict")
    return response


def told(request: Request, error: DetenteError) -> Told:
    """What an error says in the reader's language, or in English where it has no other words."""
    return told_error(error, words_of(request))


def go(request: Request, path: str) -> Response:
    """After a change: on to the page that shows it."""
    if wants_json(request):
        return as_json({"schema_version": 1, "location": path})
    return RedirectResponse(path, 303)


def problem(
    request: Request, error: DetenteError, status: int, *, back: str = "", kept: dict[str, str] | None = None
) -> Response:
    """What is wrong, why it matters and what to do; ``kept`` is what the user had typed."""
    data = {
        "error": type(error).__name__, "what": error.what, "where": error.where, "why": error.why, "fix": error.fix,
        "status": status, "back": back, "kept": kept or {},
    }  # fmt: skip
    language = words_of(request).language
    spoken = language if stands_in_words(error) else SOURCE
    parts = {name: said_part(data[name], language) for name in ("what", "where", "why", "fix") if data[name]}
    if isinstance(error, RecordError):
        told_all = told_error(error, words_of(request))
        data["what"], spoken = told_all, told_all.lang
    elif all(text is not None for text in parts.values()):
        data |= parts
        spoken = language
    key = request.path_params.get("study", "")
    known = key if key in request.app.state.site.workspace.folders() else ""
    return page(request, "problem.html.j2", data, status, spoken=spoken, key=known)


def _link(request: Request, **extra: str) -> str:
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k not in (*NOT_STATE, *extra)]
    return f"{request.url.path}?{urlencode([*pairs, *extra.items()])}"


def _languages(request: Request, words: Words) -> list[dict[str, str]]:
    return [
        {"code": code, "name": Words(code)("page.language"), "link": _link(request, lang=code)}
        for code in LANGUAGES
        if code != words.language
    ]


def asset(name: str) -> bytes:
    """A file of the app's own static folder."""
    return (files("detente.web") / "static" / name).read_bytes()


__all__ = [
    "Told", "WordedError", "as_json", "asset", "go", "lang_of", "page", "problem", "templates", "told", "wants_json",
    "worded", "words_of",
]  # fmt: skip
