"""The app: routes to pages, errors to pages, and the guard in front."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from detente.answer.pairs.any_pair import shipped_panel
from detente.charts.pen import By, here
from detente.errors import DetenteError, UnknownStudy, UsageError
from detente.run.folder import RUNS
from detente.run.folder import clear_abandoned as clear_abandoned_runs
from detente.web.background.helper_process import Helper
from detente.web.editor.uploads import KINDS, Uploads, clear_abandoned
from detente.web.http.guard import LOOPBACK, Guard, Keys, RefusedRequest
from detente.web.http.jobs import Jobs
from detente.web.http.reply import problem, templates, words_of
from detente.web.http.words import Words
from detente.web.http.workspace import Workspace
from detente.web.pages import (
    about,
    attribution,
    charts,
    data,
    desk,
    downloads,
    drafting,
    files,
    jobs,
    start,
    study,
    watch,
)
from detente.web.pages.pairs import compare, pair, pair_files, partners, search, what_next
from detente.web.pages.record import row, rows
from detente.web.pages.start import gallery

UPLOADS = re.compile(rf"/s/[^/]+/data/(?:{'|'.join(KINDS)})")  # the page itself counts the bytes as they come
log = logging.getLogger("detente.web")


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages share: where studies lie, the secrets, the work in progress, the files that wait, who draws."""

    workspace: Workspace
    keys: Keys = field(default_factory=Keys)
    jobs: Jobs = field(default_factory=Jobs)
    uploads: Uploads = field(default_factory=Uploads)
    draws: By = here

    def clear(self) -> None:
        """Remove what servers left behind that were ended before they could."""
        clear_abandoned()
        clear_abandoned_runs(self.workspace.root / RUNS)

    def warm(self) -> None:
        """Read the panel that pairs are answered from, and the first cards: before the first visit, where it can be."""
        with suppress(DetenteError):
            gallery(self.workspace.panel or shipped_panel(), Words("en"))

    def close(self) -> None:
        """Stop the work and clear what waits: the server is going."""
        self.jobs.close()
        self.uploads.close()
        if isinstance(self.draws, Helper):
            self.draws.close()


ROUTES: Sequence[Route] = [
    *start.ROUTES,
    *search.ROUTES,
    *pair.ROUTES,
    *what_next.ROUTES,
    *partners.ROUTES,
    *pair_files.ROUTES,
    *compare.ROUTES,
    *study.ROUTES,
    *desk.ROUTES,
    *attribution.ROUTES,
    *rows.ROUTES,
    *row.ROUTES,
    *drafting.ROUTES,
    *data.ROUTES,
    *jobs.ROUTES,
    *downloads.ROUTES,
    *charts.ROUTES,
    *files.ROUTES,
    *watch.ROUTES,
    *about.ROUTES,
]


def create_app(site: Site, *, hosts: frozenset[str] = LOOPBACK) -> Any:
    """The guarded ASGI application.

    Parameters
    ----------
    site : workspace, keys and jobs.
    hosts : names a request may be addressed to; empty for any, which needs ``site.keys.access``.
    """
    if not hosts and not site.keys.access:
        raise UsageError("A server that answers to any name needs an access token.", fix="Give Keys(access=...).")
    handlers = {DetenteError: _expected, HTTPException: _http, Exception: _unexpected}
    packed = Middleware(GZipMiddleware, minimum_size=2048, compresslevel=5)
    app = Starlette(routes=list(ROUTES), exception_handlers=handlers, middleware=[packed])
    app.state.site = site
    return Guard(app, keys=site.keys, hosts=hosts, refuse=_refused, streams=UPLOADS)


def _expected(request: Request, error: Exception) -> Response:
    return problem(request, error, 404 if isinstance(error, UnknownStudy) else 422)  # type: ignore[arg-type]


def _http(request: Request, error: Exception) -> Response:
    code = getattr(error, "status_code", 500)
    words = words_of(request)
    key = {404: "refused.no_page", 405: "refused.no_method"}.get(code, "refused.other")
    return problem(request, DetenteError(words(key), fix=words("refused.start")), code)


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("bug at %s", request.url.path, exc_info=error)
    words = words_of(request)
    bug = DetenteError(words("refused.bug", error=f"{type(error).__name__}: {error}"), fix=words("refused.bug_fix"))
    return problem(request, bug, 500)


def _refused(scope: dict, refusal: RefusedRequest) -> Any:
    """The answer to a refused request: short, and without anything of the site's."""
    words = words_of(Request(scope))
    text = (
        templates().get_template("refused.html.j2").render(w=words, reason=words(refusal.reason), status=refusal.status)
    )
    return HTMLResponse(text, refusal.status)


__all__ = ["Site", "create_app"]
