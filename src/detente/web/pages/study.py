"""The study page: the report's views of the newest run, live, and what to do next."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente._foreign import TABLE, read_bytes
from detente.errors import DetenteError, StudyError, UnreadableFile
from detente.report.pdf import one_page
from detente.run import Run
from detente.run.folder import as_json as run_as_json
from detente.run.manifest import file_hashes
from detente.study import Study
from detente.web.http.reply import WordedError, page, told, wants_json, words_of
from detente.web.http.reproduce import of_folder, of_run
from detente.web.http.view_store import view_of
from detente.web.http.words import Words
from detente.web.http.workspace import Workspace


def study(request: Request) -> Response:
    """A study with its newest run, or the offer to run it."""
    space: Workspace = request.app.state.site.workspace
    found = space.study(request.path_params["study"])
    runs = space.runs(found)
    wanted = request.query_params.get("run")
    path = next((p for p in runs if p.name == wanted), runs[0] if runs else None)
    data: dict[str, Any] = head(space, found, request.path_params["study"], words_of(request))
    shown, problem = None, ""
    try:
        shown = space.read(path) if path else None
    except DetenteError as error:  # a damaged or foreign run folder: the study itself can still be run
        problem = told(request, error)
    data |= {
        "runs": [p.name for p in runs],
        "run": path.name if path else "",
        "problem": problem,
        "stale": shown is not None and _stale(shown, found),
        "ran": str(shown.manifest.get("started", ""))[:10] if shown is not None else "",
        "job": request.app.state.site.jobs.of(found.id),
    }
    return _with_view(request, data, shown, path, of_run(found))


def run(request: Request) -> Response:
    """A run folder of the workspace, opened by its path."""
    space: Workspace = request.app.state.site.workspace
    path = space.run_at(request.query_params.get("path", ""))
    found = space.read(path)
    data = head(space, found.study, "", words_of(request))
    data |= {
        "runs": [],
        "run": request.query_params["path"],
        "problem": "",
        "stale": False,
        "ran": "",
        "job": None,
        "readonly": True,
    }
    return _with_view(request, data, found, path, of_folder(request.query_params["path"]))


def head(space: Workspace, found: Study, key: str, words: Words) -> dict[str, Any]:
    """What every page of a study says at its top."""
    return {
        "key": key,
        "title": words.own(found, found.title),
        "subtitle": words.own(found, found.subtitle),
        "summary": words.own(found, found.summary),
        "dyad": [{"code": c, "name": words.economy(c)} for c in found.spec.dyad],
        "readonly": space.is_builtin(found),
    }


def require_writable(request: Request, study: Study) -> None:
    """Raise for a study that ships with the package.

    Raises
    ------
    StudyError
    """
    if request.app.state.site.workspace.is_builtin(study):
        raise StudyError(
            "This study ships with the package and is not changed.",
            fix="Make a copy of it first, on its page.",
        )


def _with_view(
    request: Request, data: dict[str, Any], run: Run | None, path: Path | None, code: tuple[str, str]
) -> Response:
    if run is None or path is None:
        return page(request, "study.html.j2", {**data, "results": None}, view=None)
    if wants_json(request):
        return page(request, "study.html.j2", {**data, "results": run_as_json(run)})
    stamp = (path / "results.json").stat().st_mtime_ns
    view = _view(path, stamp, words_of(request).language)
    python, command = code
    return page(request, "study.html.j2", {**data, "results": True}, view=view, python=python, command=command)


@lru_cache(maxsize=8)
def _view(path: Path, stamp: int, language: str) -> Any:
    """The report's page of a run, as markup; ``stamp`` tells one state of the folder from another."""
    return Markup(view_of(path, language))


def _stale(run: Run, study: Study) -> bool:
    """Whether the study's files have changed since it was run."""
    return run.manifest.get("study", {}).get("files") != file_hashes(study.folder)


def sheet(request: Request) -> Response:
    """The first screen of a run on one page, as PDF."""
    _, path = _run_asked(request)
    site = request.app.state.site
    made = one_page(site.workspace.read(path), words_of(request).language, by=site.draws)
    if made is None:
        words = words_of(request)
        raise WordedError(words("page.no_timeline"))
    name = f"{request.path_params['study']}-{path.name}.pdf"
    return Response(
        made, media_type="application/pdf", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def report(request: Request) -> Response:
    """The report of a run as one file, as it was written with the run."""
    _, path = _run_asked(request)
    body = read_bytes(path / "report.html", TABLE, inside=path)
    return Response(
        body, media_type="text/html; charset=utf-8", headers={"content-disposition": "attachment; filename=report.html"}
    )


def _run_asked(request: Request) -> tuple[Study, Path]:
    """The study and the run folder of an address, the newest where none is named."""
    space: Workspace = request.app.state.site.workspace
    found = space.study(request.path_params["study"])
    wanted = request.query_params.get("run")
    path = next((p for p in space.runs(found) if wanted in (None, p.name)), None)
    if path is None:
        raise UnreadableFile(f"There is no run '{(wanted or '')[:20]}' of this study.", fix="Run it on its page first.")
    return found, path


ROUTES = [
    Route("/s/{study}", study, name="study"),
    Route("/s/{study}/report.html", report),
    Route("/s/{study}/one-page.pdf", sheet),
    Route("/run", run),
]
