"""Downloads: the tables of a run, and what the desks show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.errors import UnreadableFile
from detente.study import Study
from detente.web.background.turns import in_turn
from detente.web.desk.bands import Bands, bands
from detente.web.desk.desk_solver import outcome
from detente.web.desk.opening import open_solver
from detente.web.desk.settings import read_pins, read_setting
from detente.web.desk.wider_effects import beside
from detente.web.editor.export import Download, export
from detente.web.http.reply import words_of
from detente.web.http.workspace import Workspace

WORD_TABLES = ("attribution", "claims", "scenarios")  # what a reader wants in a document; the rest is data


def of_run(request: Request) -> Response:
    """All tables of a finished run."""
    space, key, kind = (
        request.app.state.site.workspace,
        request.path_params["study"],
        request.path_params["kind"],
    )
    study = space.study(key)
    path = run_path(space, study, request)
    run = space.read(path)
    tables = {name: table.to_frame() for name, table in run.tables().items()}
    if kind == "docx":
        columns = {
            "claims": ["claim_id", "claim", "verdict", "evidence"],
            "attribution": ["origin", "destination", "episode", "log_change", "dyad_part", "placebo_share"],
            "scenarios": [
                "scenario",
                "year",
                "theta",
                "deficits",
                "economy",
                "welfare_pct",
                "exports_change_usd_mn",
            ],
        }
        tables = {name: tables[name].select(columns[name]) for name in WORD_TABLES}
    parts = ("happened", "why", "what_if", "what_next", "people", "claims")
    answer = [line for part in parts for line in getattr(run.answer, part)]
    notes = [*answer, *run.notes, run.manifest.get("cite", "")]
    return sent(export(tables, kind, title=study.title, notes=notes), f"{key}-{path.name}")


def of_desk(request: Request) -> Response:
    """The setting of the scenario desk and those pinned beside it, each with its central path and its bands."""
    space, key, kind = (
        request.app.state.site.workspace,
        request.path_params["study"],
        request.path_params["kind"],
    )
    study = space.study(key)
    solver = open_solver(study)
    setting = read_setting(request.query_params, solver.default())
    pins = read_pins(request.query_params.multi_items(), solver.default())
    rows, notes = [], []
    for title, one in [(words_of(request)("desk.now"), setting), *pins]:
        out, around = solver.solve(one), bands(solver, one)
        found = outcome(solver, out) | beside(solver, one, out)
        rows += [{"scenario": title, **row} for row in _desk_rows(found, around)]
        notes.append(f"{title}: {one.query()}; {around.n} exact draws. {found['certificate']['status']}.")
    notes.append(f"Panel: {solver.panel.name}. {solver.panel.source}")
    return sent(export({"scenario": pl.DataFrame(rows)}, kind, title=study.title, notes=notes), f"{key}-scenario")


def _desk_rows(found: dict[str, Any], around: Bands) -> list[dict[str, Any]]:
    """One setting's exports and real incomes, with the ends of its draws where they were made."""
    rows = [
        {"what": f"exports {f['from']} to {f['to']}", "unit": "usd_mn", "before": f["before"], "after": f["after"],
         "low_5pct": low, "high_95pct": high}
        for f, (low, high) in zip(found["flows"], around.flow.tolist())
    ]  # fmt: skip
    for f in (*found["income"], *found["elsewhere"]):
        low, high = around.income.get(f["economy"], (None, None))
        rows.append({"what": f"real income {f['economy']}", "unit": "pct", "before": 0.0, "after": f["pct"],
                     "low_5pct": low, "high_95pct": high})  # fmt: skip
    for f in found["sector"]:
        what = f"exports of {f['sector']} {f['from']} to {f['to']}"
        rows.append({"what": what, "unit": "usd_mn", "before": f["before"], "after": f["after"]})
        jobs = {"what": f"employment in {f['sector']} {f['from']}", "unit": "pct"}
        rows.append(jobs | {"before": 0.0, "after": f["employment_pct"]})
    for f in found["persons"]:
        what = f"people from {f['origin']} in {f['residence']}"
        rows.append({"what": what, "unit": "persons", "before": f["before"], "after": f["after"]})
    for f in found["recoveries"]:
        what = f"moves {f['origin']} to {f['destination']}, income per head of {f['origin']} {f['growth_pct']:+g}%"
        rows.append({"what": what, "unit": "pct", "before": 0.0, "after": f["middle"],
                     "low_5pct": f["interval"][0], "high_95pct": f["interval"][1]})  # fmt: skip
    return rows


def run_path(space: Workspace, study: Study, request: Request) -> Path:
    """The run folder that an address names, else the newest.

    Raises
    ------
    UnreadableFile
        There is none.
    """
    wanted = request.query_params.get("run")
    path = next((p for p in space.runs(study) if wanted in (None, p.name)), None)
    if path is None:
        raise UnreadableFile(f"There is no run '{(wanted or '')[:20]}' of this study.", fix="Run it on its page first.")
    return path


def sent(file: Download, name: str) -> Response:
    """A file to keep."""
    return Response(
        file.body,
        media_type=file.media,
        headers={"content-disposition": f'attachment; filename="{name}.{file.ending}"'},
    )


ROUTES = [
    Route("/s/{study}/download/{kind}", of_run),
    Route("/s/{study}/desk/download/{kind}", in_turn(of_desk)),
]
