"""Downloads: the tables of a run, and what the desks show."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente._leaving import csv_text
from detente.charts.standalone import as_png, standalone
from detente.charts.svg import draw
from detente.errors import UnreadableFile, UsageError
from detente.report.beside import run_stamp
from detente.report.figures import CHARTS
from detente.report.first_screen import facts_of, first_screen
from detente.report.story import Story
from detente.study import Study
from detente.web.desk.bands import bands
from detente.web.desk.settings import read_setting
from detente.web.desk.solver_cache import open_solver, outcome
from detente.web.editor.export import Download, export
from detente.web.http.reply import as_json, words_of
from detente.web.http.workspace import Workspace

CHART_KINDS = ("svg", "png", "csv", "json")
WORD_TABLES = ("attribution", "claims", "scenarios")  # what a reader wants in a document; the rest is data


def of_run(request: Request) -> Response:
    """All tables of a finished run."""
    space, key, kind = (
        request.app.state.site.workspace,
        request.path_params["study"],
        request.path_params["kind"],
    )
    study = space.study(key)
    path = _run_path(space, study, request)
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
    """The setting of the scenario desk with its central path and its bands."""
    space, key, kind = (
        request.app.state.site.workspace,
        request.path_params["study"],
        request.path_params["kind"],
    )
    study = space.study(key)
    solver = open_solver(study)
    setting = read_setting(request.query_params, solver.default())
    found, around = outcome(solver, solver.solve(setting)), bands(solver, setting)
    rows = [
        {"what": f"exports {f['from']} to {f['to']}", "unit": "usd_mn", "before": f["before"], "after": f["after"],
         "low_5pct": low, "high_95pct": high}
        for f, (low, high) in zip(found["flows"], around.flow.tolist())
    ]  # fmt: skip
    rows += [
        {"what": f"real income {f['economy']}", "unit": "pct", "before": 0.0, "after": f["pct"],
         "low_5pct": around.income[f["economy"]][0], "high_95pct": around.income[f["economy"]][1]}
        for f in found["income"]
    ]  # fmt: skip
    rows += [
        {
            "what": f"real income {f['economy']}",
            "unit": "pct",
            "before": 0.0,
            "after": f["pct"],
            "low_5pct": None,
            "high_95pct": None,
        }
        for f in found["elsewhere"]
    ]
    notes = [
        setting.query(),
        f"{around.n} exact draws. {found['certificate']['status']}. Panel: {solver.panel.name}. {solver.panel.source}",
    ]
    return sent(export({"scenario": pl.DataFrame(rows)}, kind, title=study.title, notes=notes), f"{key}-scenario")


def of_chart(request: Request) -> Response:
    """One chart of a run by its address: a picture with title, source and date in it, or its numbers."""
    space, key = request.app.state.site.workspace, request.path_params["study"]
    slug, _, kind = request.path_params["chart"].rpartition(".")
    if kind not in CHART_KINDS or slug not in (*CHARTS, "first"):
        raise UsageError(
            f"There is no chart '{request.path_params['chart'][:40]}'.",
            fix=f"Charts: first, {', '.join(CHARTS)}; as .{', .'.join(CHART_KINDS)}.",
        )
    study, words = space.study(key), words_of(request)
    run = space.read(_run_path(space, study, request))
    story = Story.of(run, words.language)
    stamp = run_stamp(story)
    name = f"{key}-{slug}"
    if slug == "first":
        screen = first_screen(facts_of(story, words), words, story.economy, "first")
        if screen is None:
            raise UsageError(words("page.no_timeline"))
        one = screen.pictures[0]
        rows = [{"year": y, "sold_usd_mn": sold, "expected_usd_mn": due} for y, sold, due in one.rows]
        svg, title, subtitle, source = one.wide, one.title, one.subtitle, screen.source
        data = pl.DataFrame(rows, infer_schema_length=None)
    else:
        chart = CHARTS[slug].draw(story, words)
        if chart is None:
            raise UsageError(f"This run has no chart '{slug}'.", fix="See the study's page for those it has.")
        svg, outlines = "", {}
        if kind in ("svg", "png"):
            svg = draw(chart.spec, ident=slug, language=words.language, outlines=outlines)
            shapes = "".join(f'<path id="{shape}" d="{path}"/>' for path, shape in outlines.items())
            svg = svg.replace(">", f"><defs>{shapes}</defs>", 1) if shapes else svg
        title, subtitle, source, data = chart.title, chart.subtitle, chart.source, chart.data
    if kind == "csv":
        return sent(Download(csv_text(data).encode(), "csv"), name)
    if kind == "json":
        return as_json(
            {"schema_version": 1, "title": title, "subtitle": subtitle, "source": source, "rows": data.to_dicts()}
        )
    picture = standalone(svg, title, subtitle, [words("chart.source", source=source), stamp])
    body, media = (picture, "image/svg+xml") if kind == "svg" else (as_png(picture), "image/png")
    return Response(body, media_type=media)


def _run_path(space: Workspace, study: Study, request: Request) -> Path:
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
    Route("/s/{study}/chart/{chart}", of_chart),
    Route("/s/{study}/download/{kind}", of_run),
    Route("/s/{study}/desk/download/{kind}", of_desk),
]
