"""Jobs: start a full run; watch a run or the reading of an upload, and stop it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.errors import UsageError
from detente.run.folder import RUNS, claimed_folder
from detente.web.http.jobs import Job
from detente.web.http.reply import go, page, words_of


def start(request: Request) -> Response:
    """Start a full run of a study."""
    site = request.app.state.site
    key = request.path_params["study"]
    found = site.workspace.study(key)
    out = claimed_folder(found, site.workspace.root / RUNS)
    try:
        job = site.jobs.start(key, found.id, found.folder.resolve(), out, site.workspace.data, site.workspace.reading)
    except UsageError:
        out.rmdir()
        raise
    if job.out != out:  # it was running already
        out.rmdir()
    return go(request, f"/jobs/{job.id}")


def show(request: Request) -> Response:
    """One job: its progress, and what it led to."""
    job = _job(request)
    said = words_of(request).known("stage", job.stage) if job.state == "running" else ""
    return page(request, "job.html.j2", {"job": {**job.to_dict(), "said": said}})


def cancel(request: Request) -> Response:
    """Stop a job."""
    job = _job(request)
    request.app.state.site.jobs.cancel(job)
    return go(request, f"/jobs/{job.id}")


def listed(request: Request) -> Response:
    """All jobs of this server, newest first."""
    return page(request, "jobs.html.j2", {"jobs": [job.to_dict() for job in request.app.state.site.jobs.all()]})


def _job(request: Request) -> Job:
    job = request.app.state.site.jobs.get(request.path_params["job"])
    if job is None:
        raise UsageError(
            f"There is no job {request.path_params['job'][:20]}.",
            why="Jobs are forgotten when the server stops; the run folders stay.",
            fix="See the study's page for its finished runs.",
        )
    return job


ROUTES = [
    Route("/s/{study}/run", start, methods=["POST"]),
    Route("/jobs", listed),
    Route("/jobs/{job}", show),
    Route("/jobs/{job}/cancel", cancel, methods=["POST"]),
]
