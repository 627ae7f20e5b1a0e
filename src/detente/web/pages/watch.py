"""Watch lists of the workspace: what has fired and not cleared, and everything that was told."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente._foreign import read_text
from detente.economies import lookup_side
from detente.errors import DetenteError, UsageError, did_you_mean
from detente.watch import WatchList, read_watchlist
from detente.watch.earlier_looks import WatchHistory, history
from detente.watch.look_in_words import measure_in_words
from detente.watch.looking import title_of
from detente.web.http.reply import page, told, words_of
from detente.web.http.reproduce import of_watch
from detente.web.http.workspace import Workspace

MOST_LISTS = 100


def listed(request: Request) -> Response:
    """Every list at hand."""
    space: Workspace = request.app.state.site.workspace
    rows = [_summary(request, space, path) for path in _paths(space)]
    return page(request, "watch_lists.html.j2", {"lists": rows})


def show(request: Request) -> Response:
    """One list with its history."""
    space: Workspace = request.app.state.site.workspace
    name, paths = request.path_params["list"], {path.stem: path for path in _paths(space)}
    if name not in paths:
        raise UsageError(
            f"There is no watch list '{name[:40]}' here.{did_you_mean(name, paths)}",
            fix="Make one with: detente watch --new LIST.toml",
        )
    found = read_watchlist(paths[name])
    return page(
        request, "watch_list.html.j2", _data(request, space, found, name, paths[name]), code=of_watch(paths[name].name)
    )


def _paths(space: Workspace) -> list[Path]:
    """TOML files of the workspace's own folder that have a table ``[watch]``."""
    return [path for path in sorted(space.root.glob("*.toml"))[:MOST_LISTS] if space.is_inside(path) and _is_list(path)]


def _is_list(path: Path) -> bool:
    with suppress(DetenteError, tomllib.TOMLDecodeError, RecursionError):
        return "[watch]" in read_text(path, inside=path.parent)
    return False


def _summary(request: Request, space: Workspace, path: Path) -> dict[str, Any]:
    try:
        found = read_watchlist(path)
        held = _history(space, found)
    except DetenteError as error:
        return {
            "key": path.stem,
            "title": path.name,
            "error": told(request, error),
            "standing": 0,
            "alerts": 0,
            "last": "",
        }
    last = held.looks[-1][1] if held.looks else ""
    counts = {"standing": len(held.standing), "alerts": len(held.alerts)}
    return {"key": path.stem, "title": found.title, "error": "", "last": last, **counts}


def _history(space: Workspace, found: WatchList) -> WatchHistory:
    """The state, where it lies in the workspace as the list does."""
    if not space.is_inside(found.state_path):
        raise UsageError(
            "The list's state lies outside of this folder.", fix="Name one beside the list, or leave state out."
        )
    return history(found)


def _addresses(space: Workspace, found: WatchList) -> dict[str, str]:
    """Where the pages of the watched dyads are, by key: a pair's own, or a study's of this workspace."""
    studies = space.folders()
    return {
        one.key: f"/s/{quote(one.study)}" if one.pair is None else f"/pair/{'-'.join(map(lookup_side, one.pair))}"
        for one in found.dyad
        if one.pair is not None or one.study in studies
    }


def _titles(space: Workspace, found: WatchList, language: str) -> dict[str, str]:
    """The pairs of the list as the reader's language calls them, where their economies are known here."""
    titles = {}
    for one in found.dyad:
        with suppress(DetenteError):
            titles[one.key] = title_of(one, None if one.pair else space.study(one.study), language)
    return titles


def _data(request: Request, space: Workspace, found: WatchList, key: str, path: Path) -> dict[str, Any]:
    held, words = _history(space, found), words_of(request)
    titles = {dyad: title for dyad, title, _ in held.dyads} | _titles(space, found, words.language)
    places = _addresses(space, found)
    return {
        "key": key, "title": found.title, "path": path.name, "language": found.watch.lang,
        "looks": [{"look": n, "at": at} for n, at in held.looks],
        "dyads": [
            {"key": dyad, "title": titles.get(dyad, title), "failure": failure, "address": places.get(dyad, "")}
            for dyad, title, failure in held.dyads
        ],
        "standing": [
            {"dyad": titles.get(dyad, dyad), "address": places.get(dyad, ""), "measure": measure,
             "words": measure_in_words(measure, words), "since": since}
            for dyad, measure, since in held.standing
        ],
        "alerts": [
            {"id": f"l{one.look}-{one.number}", "at": one.at, "dyad": one.dyad, "heading": one.heading, "lines": list(_lines(one.body))}
            for one in held.alerts
        ],
    }  # fmt: skip


def _lines(body: Any) -> Iterator[str]:
    yield from (str(one.get("line", "")) for one in body.get("changes", []))


ROUTES = [Route("/watch", listed), Route("/watch/{list}", show)]
