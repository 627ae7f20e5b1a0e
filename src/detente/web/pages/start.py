"""The start page: studies at hand, a new one, a run to open."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.economies import ROW, lookup_side, name_of
from detente.errors import DetenteError, StudyError
from detente.panel import Panel
from detente.study import Study, new_study
from detente.web.editor.study_edits import slug
from detente.web.http.reply import go, page, told, words_of
from detente.web.http.telling import told_error
from detente.web.http.words import Words, in_order
from detente.web.http.workspace import Workspace
from detente.web.pages.pairs.pair import card
from detente.web.pages.pairs.search import panel_of

GALLERY = (
    ("COL", "VEN"), ("RUS", "UKR"), ("IND", "PAK"), ("TUR", "RUS"), ("SAU", "QAT"), ("CHN", "AUS"), ("CHN", "USA"),
    ("JPN", "KOR"), ("COL", "ECU"), ("ARG", "BRA"),
)  # fmt: skip
MOST_CARDS = 6


def start(request: Request) -> Response:
    """Everything at hand."""
    return page(request, "start.html.j2", _data(request))


async def make(request: Request) -> Response:
    """A new study for two economies; on an error the form comes back as it was filled in."""
    form = dict(await request.form())
    space: Workspace = request.app.state.site.workspace
    kept = {name: str(form.get(name, "")) for name in ("origin", "destination", "name")}
    try:
        folder = _make(space, kept)
    except DetenteError as error:
        return page(request, "start.html.j2", {**_data(request), "error": told(request, error), "kept": kept}, 422)
    return go(request, f"/s/{folder}")


async def copy(request: Request) -> Response:
    """A copy of a study that may be changed."""
    form = await request.form()
    space: Workspace = request.app.state.site.workspace
    original = space.study(str(form.get("study", "")))
    return go(request, f"/s/{space.copy(original, str(form.get('name', '')).strip())}/record")


def open_run(request: Request) -> Response:
    """A run folder by its path."""
    space: Workspace = request.app.state.site.workspace
    text = request.query_params.get("path", "")
    try:
        path = space.run_at(text)
        space.read(path)
    except DetenteError as error:
        return page(
            request, "start.html.j2", {**_data(request), "run_error": told(request, error), "run_path": text}, 422
        )
    return go(request, f"/run?path={path.resolve().relative_to(space.root.resolve()).as_posix()}")


def _make(space: Workspace, form: dict[str, str]) -> str:
    names = [name_of(lookup_side(form[k])) for k in ("origin", "destination")]
    name = form["name"].strip() or "-".join(slug(n) for n in names)
    if name != slug(name):
        raise StudyError(
            f"'{name}' is no name for a folder.", fix=f"Use lowercase letters, digits and hyphens: {slug(name)}."
        )
    made = new_study(form["origin"], form["destination"], folder=space.root / name, data=space.data, panel=space.panel)
    return made.name


def _data(request: Request) -> dict[str, Any]:
    space, words = request.app.state.site.workspace, words_of(request)
    panel = panel_of(request)
    codes = [c for c in panel.economies if c != ROW]
    return {
        "studies": [_card(space, key, found, words) for key, found in space.listed()],
        "economies": sorted(({"code": c, "name": words.economy(c)} for c in codes), key=lambda e: in_order(e["name"])),
        "n_economies": len(codes),
        "gallery": gallery(panel, words),
        "years": [panel.years[0], panel.years[-1]],
        "server_panel": str(space.data or ""),
        "root": str(space.root),
        "error": "",
        "kept": {"origin": "", "destination": "", "name": ""},
        "run_error": "",
        "run_path": "",
    }


def gallery(panel: Panel, words: Words) -> list[dict[str, Any]]:
    """Pairs to begin with, as far as the panel has them."""
    out = []
    for a, b in GALLERY:
        if a in panel.economies and b in panel.economies:
            with suppress(DetenteError):
                out.append(card(panel, a, b, words))
    return [one for one in out if one is not None][:MOST_CARDS]


def _card(space: Workspace, key: str, found: Study | DetenteError, words: Words) -> dict[str, Any]:
    if isinstance(found, DetenteError):
        return {
            "key": key,
            "title": key,
            "subtitle": "",
            "problem": told_error(found, words),
            "builtin": False,
            "picture": "",
            "runs": 0,
        }
    drawn = found.folder / "picture.svg"  # of a built-in study alone: what a copy holds is not ours to trust
    builtin = space.is_builtin(found)
    return {
        "key": key,
        "title": words.own(found, found.title),
        "subtitle": words.own(found, found.subtitle) or " – ".join(map(words.economy, found.spec.dyad)),
        "problem": "",
        "builtin": builtin,
        "picture": drawn.read_text(encoding="utf-8") if builtin and drawn.is_file() else "",
        "runs": len(space.runs(found)),
    }


ROUTES = [
    Route("/", start),
    Route("/studies", make, methods=["POST"]),
    Route("/copies", copy, methods=["POST"]),
    Route("/open", open_run),
]
