"""The data of a study: its panel and its record as files, taken in, looked at, and then used or not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from detente.errors import DetenteError, StudyError, UsageError
from detente.record.exchange.spreadsheet import workbook as workbook_of
from detente.study import Study
from detente.study.panel_fit import misfits
from detente.web.desk.opening import open_panel
from detente.web.editor.editor import save
from detente.web.editor.export import Download
from detente.web.editor.journal import last_change, named
from detente.web.editor.merging import changes
from detente.web.editor.reading import FOUND, PANEL
from detente.web.editor.study_edits import choose_panel, keep_panel, panels
from detente.web.editor.uploads import KINDS, LONGEST_NAME, SECONDS, check_size
from detente.web.http.jobs import Job
from detente.web.http.reply import go, page, told, worded, words_of
from detente.web.http.reproduce import of_panel
from detente.web.http.telling import told_text
from detente.web.http.words import Words
from detente.web.pages.downloads import sent
from detente.web.pages.study import head, require_writable


def data(request: Request) -> Response:
    """The panel in use, others at hand, and where to upload a panel or a record."""
    site, key = request.app.state.site, request.path_params["study"]
    study, words = site.workspace.study(key), words_of(request)
    try:
        panel, problem = _panel(study, words), ""
    except DetenteError as error:
        panel, problem = None, told(request, error)
    answer = head(site.workspace, study, key, words) | {
        "panel": panel,
        "problem": problem,
        "panel_in_use": "world" if study.spec.panel.ships else study.spec.panel.use,
        "panels": panels(study),
        "server_panel": str(site.workspace.data or ""),
        "chosen": request.query_params.get("chosen", "")[:200],
        "uploads": [job.to_dict() for job in site.jobs.all() if job.key == key and job.kind in KINDS],
        "limits": {
            name: {"endings": list(kind.endings), "mb": kind.most_bytes >> 20, "rows": kind.most_rows}
            for name, kind in KINDS.items()
        },
    }
    return page(request, "data.html.j2", answer, code=of_panel(study))


async def upload(request: Request) -> Response:
    """Take a file in, as it comes, and start reading it; what breaks off leaves nothing."""
    site, key, kind = request.app.state.site, request.path_params["study"], request.path_params["kind"]
    if kind not in KINDS:
        raise HTTPException(404)
    study = site.workspace.study(key)
    require_writable(request, study)
    name = request.query_params.get("name", "")[:LONGEST_NAME]
    declared = request.headers.get("content-length", "0")
    check_size(int(declared) if declared.isdecimal() and len(declared) < 16 else 1 << 62, kind)
    file = site.uploads.place(kind, name)
    try:
        async with asyncio.timeout(SECONDS):
            await _take_in(request, file, kind)
        job = await run_in_threadpool(
            site.jobs.read, kind, key, study.id, study.folder.resolve(), file, name, KINDS[kind].seconds
        )
    except TimeoutError:
        site.uploads.drop(file)
        raise UsageError("The file took too long to arrive. Nothing was kept.", fix="Try again.") from None
    except ClientDisconnect:
        site.uploads.drop(file)
        raise HTTPException(400) from None
    except BaseException:
        site.uploads.drop(file)
        raise
    return go(request, f"/jobs/{job.id}")


async def _take_in(request: Request, file: Path, kind: str) -> None:
    n = 0
    with file.open("wb") as out:
        async for chunk in request.stream():
            n += len(chunk)
            check_size(n, kind)
            out.write(chunk)


def review(request: Request) -> Response:
    """What was found in an uploaded file, before anything of it is used."""
    study, job = _uploaded(request)
    return _review(request, study, job)


async def use(request: Request) -> Response:
    """Put what was found into the study."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_use, request, given)


async def choose(request: Request) -> Response:
    """Use another of the study's panels."""
    given = {name: str(value) for name, value in (await request.form()).items()}
    return await run_in_threadpool(_choose, request, given.get("use", ""))


def workbook(request: Request) -> Response:
    """The record as a workbook with drop-downs, to be filled in and uploaded again."""
    key = request.path_params["study"]
    study = request.app.state.site.workspace.study(key)
    return sent(Download(workbook_of(study.ledger()), "xlsx"), f"{key}-record")


def _panel(study: Study, words: Words) -> dict[str, Any]:
    panel = open_panel(study)
    return {
        "name": panel.name,
        "source": worded(panel.source, words),
        "n_economies": len(panel.economies),
        "years": [panel.years[0], panel.years[-1]],
        "notes": [worded(note, words) for note in panel.report.notes],
        "misfits": [told_text(one, words) for one in misfits(panel, study.spec)],
    }


def _uploaded(request: Request) -> tuple[Study, Job]:
    """The study and the upload of an address."""
    site, key = request.app.state.site, request.path_params["study"]
    study, job = site.workspace.study(key), site.jobs.get(request.path_params["job"])
    if job is None or job.key != key or job.kind not in KINDS or not (job.out / FOUND).is_file():
        raise UsageError(
            f"There is no upload {request.path_params['job'][:20]} waiting for this study.",
            why="Uploads are dropped when they are used, when newer ones need the room, and when the server stops.",
            fix="Upload the file again.",
        )
    return study, job


def _review(request: Request, study: Study, job: Job, error: str = "", status: int = 200) -> Response:
    key, words = request.path_params["study"], words_of(request)
    found = json.loads((job.out / FOUND).read_text(encoding="utf-8"))
    if job.kind == "panel":
        found |= {part: [told_text(one, words) for one in found[part]] for part in ("notes", "misfits")}
    answer = head(request.app.state.site.workspace, study, key, words) | {
        "upload": job.to_dict(),
        "found": found,
        "error": error,
    }
    return page(request, f"review_{job.kind}.html.j2", answer, status)


def _use(request: Request, given: dict[str, str]) -> Response:
    site, key = request.app.state.site, request.path_params["study"]
    study, job = _uploaded(request)
    require_writable(request, study)
    found = json.loads((job.out / FOUND).read_text(encoding="utf-8"))
    try:
        place = _use_panel(study, job, found) if job.kind == "panel" else _use_record(study, found, given)
    except DetenteError as error:
        return _review(request, study, job, told(request, error), 422)
    site.uploads.drop(job.out / "upload")
    return go(request, f"/s/{key}/{place}")


def _use_panel(study: Study, job: Job, found: dict[str, Any]) -> str:
    if found["misfits"]:
        raise StudyError(
            "This panel does not fit the study.", why=" ".join(found["misfits"]), fix="Nothing was changed."
        )
    kept = keep_panel(study, job.out / PANEL, job.name)
    try:
        choose_panel(study, kept)
    except DetenteError:
        (study.folder / kept).unlink(missing_ok=True)
        raise
    return f"data?chosen={quote(kept)}"


def _use_record(study: Study, found: dict[str, Any], given: dict[str, str]) -> str:
    """Where conflicts stand, each is decided in the form; what is not decided stays as the study has it."""
    if found["problems"]:
        raise StudyError("The file's record has problems.", fix="Fix them in the file and upload it again.")
    everywhere = given.get("all", "")
    taken = {k: everywhere or given.get(f"take-{k}", "") for k in range(len(found["conflicts"]))}
    wanted = changes(found, taken)
    if not wanted:
        return "record"
    save(study, wanted)
    return f"record/events?saved={quote(named(last_change(study)))}"


def _choose(request: Request, use: str) -> Response:
    key = request.path_params["study"]
    study = request.app.state.site.workspace.study(key)
    require_writable(request, study)
    if use not in panels(study):
        raise StudyError(f"This study has no panel '{use[:100]}'.", fix=f"Available: {', '.join(panels(study))}.")
    choose_panel(study, use)
    return go(request, f"/s/{key}/data?chosen={quote(use)}")


ROUTES = [
    Route("/s/{study}/data", data),
    Route("/s/{study}/data/{kind}", upload, methods=["POST"]),
    Route("/s/{study}/data/{job}", review, methods=["GET"]),
    Route("/s/{study}/data/{job}/use", use, methods=["POST"]),
    Route("/s/{study}/panel", choose, methods=["POST"]),
    Route("/s/{study}/workbook", workbook),
]
