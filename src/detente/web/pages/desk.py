"""The scenario desk: a page that holds its whole state in the address, and the two answers it asks for while moving."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import polars as pl
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.errors import DetenteError
from detente.record import Ledger
from detente.record.schema import PREFERRED
from detente.run.what_if.scenario_bands import DRAWS
from detente.study import Study
from detente.web.background.turns import in_turn
from detente.web.desk.bands import bands
from detente.web.desk.charts import desk_charts
from detente.web.desk.controls import lever_control, more_controls, named, pair_controls, scenario_cards
from detente.web.desk.desk_solver import DeskSolver, outcome
from detente.web.desk.levers import CLOSED, levers
from detente.web.desk.opening import open_solver
from detente.web.desk.result_rows import outcome_in_words
from detente.web.desk.settings import DEFICITS, LIMITS, MOST_PINS, Setting, read_pins, read_setting
from detente.web.desk.wider_effects import beside, people_in_words, recoveries
from detente.web.editor.record_checks import stamp_of
from detente.web.editor.study_edits import add_scenario
from detente.web.http.reply import NOT_STATE, as_json, go, page, told, words_of
from detente.web.http.reproduce import of_setting
from detente.web.http.words import Words
from detente.web.pages.study import head, require_writable

AT_ONCE = 2  # solves side by side; more only wait for the same two cores
MOST_SESSIONS = 2000


def desk(request: Request) -> Response:
    """The desk, drawn with what the address says."""
    key = request.path_params["study"]
    space = request.app.state.site.workspace
    study = space.study(key)
    solver, words = open_solver(study), words_of(request)
    problem = ""
    opening = _opening(solver, study)
    try:
        setting = read_setting(request.query_params, opening if _bare(request) else solver.default())
        pins = read_pins(request.query_params.multi_items(), solver.default())
        shown = [solved(solver, words, s, title) for title, s in [(words("desk.now"), setting), *pins]]
    except DetenteError as error:
        problem, setting, pins = named(told(request, error), solver, words), solver.default(), []
        shown = [solved(solver, words, setting, words("desk.now"))]
    data = head(space, study, key, words) | {
        "problem": problem,
        "typed": {k: v for k, v in request.query_params.items() if k not in ("lang", *NOT_STATE)} if problem else {},
        "setting": plain(setting),
        "query": setting.query(),
        "default": solver.default().query(),
        "opening": opening.query(),
        "title_suggested": words("desk.suggested", year=setting.year),
        "pins": [{"title": title, "query": s.query()} for title, s in pins],
        "scenarios": scenario_cards(solver, study, setting, words),
        "levers": [lever_control(lever, setting, words) for lever in levers()],
        "pair": pair_controls(solver, setting, words),
        "cases": [{"year": y, "gdp_case": c} for y, c in solver.cases],
        "deficits": list(DEFICITS),
        "limits": LIMITS,
        "n_draws": DRAWS,
        "most_pins": MOST_PINS,
        "n_economies": len(solver.panel.economies),
        "panel": solver.panel.name,
        "results": shown,
        "actual": _actual(solver, setting.year, words),
        **more_controls(solver, setting, words),
    }
    view = {
        "charts": desk_charts(words, solver.study),
        "not_state": ["lang", *NOT_STATE],
    }
    return page(request, "desk.html.j2", data, 422 if problem else 200, **view)


def _bare(request: Request) -> bool:
    """Whether the address says nothing of a setting."""
    return all(name in ("lang", *NOT_STATE) for name in request.query_params)


def _opening(solver: DeskSolver, study: Study) -> Setting:
    """What the desk opens on where the address says nothing: the study's headline scenario, its last that can be set."""
    for scenario in reversed(study.scenarios):
        with suppress(DetenteError):
            return solver.of_scenario(scenario, solver.default())
    return solver.default()


def _actual(solver: DeskSolver, base: int, words: Words) -> dict[str, Any] | None:
    """What was sold in the newest year of the record, or of the panel, that lies after the baseline's."""
    study, found = solver.study, None
    with suppress(DetenteError):
        found = _newest(study.folder, stamp_of(study.record), study.spec.dyad)
    found = found or _newest_of_panel(solver)
    if found is None or found[0] <= base:
        return None
    said = {"there": words.money(found[1]), "back": words.money(found[2])}
    return {"year": found[0], **said, "usd_mn": list(found[1:])}


def _newest_of_panel(solver: DeskSolver) -> tuple[int, float, float] | None:
    there, back = (solver.panel.flow(*ends) for ends in solver.directions)
    known = [k for k in range(len(there)) if math.isfinite(there[k]) and math.isfinite(back[k])]
    return (solver.panel.years[known[-1]], float(there[known[-1]]), float(back[known[-1]])) if known else None


@lru_cache(maxsize=64)
def _newest(folder: Path, stamp: tuple[Any, ...], dyad: tuple[str, str]) -> tuple[int, float, float] | None:
    figures = Ledger.read(folder / "record").figures
    by_flow = []
    for series in ("trade.exports", "trade.imports"):
        rows = figures.filter(
            pl.col("series") == series,
            PREFERRED,
            pl.col("period").str.contains(r"^\d{4}$"),
            pl.col("unit") == "usd_mn",
            ~pl.col("status").is_in(["forecast", "bound"]),
        )
        by_flow.append({int(year): float(value) for year, value in rows.select("period", "value").iter_rows()})
    both = sorted(set(by_flow[0]) & set(by_flow[1]))
    return (both[-1], by_flow[0][both[-1]], by_flow[1][both[-1]]) if both else None


async def solve_now(request: Request) -> Response:
    """The central path of one setting; a request that its own session has overtaken is dropped."""
    return await _answer(request, solved)


async def bands_now(request: Request) -> Response:
    """The bands of one setting, from exact draws."""
    return await _answer(request, banded)


def save(request: Request, fields: list[tuple[str, str]]) -> Response:
    """Write the setting into the study as a scenario; what was kept for comparison stays beside it."""
    form = dict(fields)
    space, key = request.app.state.site.workspace, request.path_params["study"]
    study = space.study(key)
    require_writable(request, study)
    solver = open_solver(study)
    setting = read_setting(form, solver.default())
    add_scenario(study, form.get("title", "").strip(), setting, solver.residual)
    kept = [("pin", f"{title}|{pin.query()}") for title, pin in read_pins(fields, solver.default())]
    return go(request, f"/s/{key}/desk?{setting.query()}{'&' if kept else ''}{urlencode(kept)}")


async def save_form(request: Request) -> Response:
    fields = [(name, str(value)) for name, value in (await request.form()).multi_items()]
    return await run_in_threadpool(save, request, fields)


class Latest:
    """The newest request number by session, and the places at the solver.

    A session that drags a slider sends many requests; only its newest one is worth solving.
    """

    def __init__(self) -> None:
        self.seen: OrderedDict[str, int] = OrderedDict()
        self.places: dict[int, asyncio.Semaphore] = {}

    def note(self, session: str, number: int) -> None:
        self.seen[session] = max(number, self.seen.pop(session, 0))
        while len(self.seen) > MOST_SESSIONS:
            self.seen.popitem(last=False)

    def overtaken(self, session: str, number: int) -> bool:
        return number < self.seen.get(session, 0)

    def place(self) -> asyncio.Semaphore:
        """The places of the running event loop."""
        return self.places.setdefault(id(asyncio.get_running_loop()), asyncio.Semaphore(AT_ONCE))


LATEST = Latest()


async def _answer(request: Request, how: Any) -> Response:
    """Solve what the address says with ``how``, unless a newer request of the same session has come in."""
    session = request.query_params.get("session", "")[:64]
    number = int(text) if (text := request.query_params.get("seq", "0")).isdecimal() and len(text) < 16 else 0
    session = f"{how.__name__}:{session}" if session else ""
    if session:
        LATEST.note(session, number)
    async with LATEST.place():
        if session and LATEST.overtaken(session, number):
            return as_json({"schema_version": 1, "seq": number, "superseded": True})
        try:
            found = await run_in_threadpool(_for_request, request, how)
        except DetenteError as error:
            said = await run_in_threadpool(_refusal, request, error)
            return as_json({"schema_version": 1, "seq": number, "problem": said}, 422)
    return as_json({"schema_version": 1, "seq": number, **found})


def _refusal(request: Request, error: DetenteError) -> str:
    """What is wrong with a setting, by the names that its controls have on the page."""
    study = request.app.state.site.workspace.study(request.path_params["study"])
    return named(told(request, error), open_solver(study), words_of(request))


def _for_request(request: Request, how: Any) -> dict[str, Any]:
    study = request.app.state.site.workspace.study(request.path_params["study"])
    solver, words = open_solver(study), words_of(request)
    setting = read_setting(request.query_params, solver.default())
    return how(solver, words, setting, request.query_params.get("label", words("desk.now"))[:80])


def solved(solver: DeskSolver, words: Words, setting: Setting, label: str) -> dict[str, Any]:
    """The central path of a setting, with the words that tell it."""
    found = _solved(solver, setting.query())
    known = setting.year if not setting.sector or solver.table is None else solver.table.year
    return {
        "label": label,
        "query": setting.query(),
        "setting": plain(setting),
        **found,
        **outcome_in_words(words, found, label),
        "people": people_in_words(words, recoveries(solver, setting)),
        "from": words("desk.from_table" if setting.sector else "desk.from_economies", year=known),
        "python": of_setting(solver.study, setting),
    }


def banded(solver: DeskSolver, words: Words, setting: Setting, label: str) -> dict[str, Any]:
    """The bands of a setting."""
    found = _bands(solver, setting.query())
    flow, income = found.flow.tolist(), [list(ends) for ends in found.income.values()]
    ranges = [
        words.between(words.usd(low, rough=True), words.usd(high, rough=True)) if found.n else "" for low, high in flow
    ]
    ranges += [words.between(words.fine(low), words.fine(high)) if found.n else "" for low, high in income]
    return {
        "label": label,
        "query": setting.query(),
        "flow": flow,
        "income": income,
        "n": found.n,
        "ranges": ranges,
    }


@lru_cache(maxsize=2048)
def _solved(solver: DeskSolver, query: str) -> dict[str, Any]:
    setting = read_setting(dict(parse_qsl(query)), solver.default())
    out = solver.solve(setting)
    return outcome(solver, out) | beside(solver, setting, out)


@lru_cache(maxsize=512)
def _bands(solver: DeskSolver, query: str) -> Any:
    return bands(solver, read_setting(dict(parse_qsl(query)), solver.default()))


def plain(setting: Setting) -> dict[str, Any]:
    """A setting as plain values: what the controls show."""
    there, back = setting.totals()
    return {
        "year": setting.year, "gdp_case": setting.gdp_case, "ratio": setting.ratio, "theta": setting.theta,
        "psi": setting.psi, "deficits": setting.deficits, "there": setting.there, "back": setting.back,
        "tariff_there_pct": setting.tariff_there_pct, "tariff_back_pct": setting.tariff_back_pct,
        "pass_through_pct": setting.pass_through_pct, "sector": setting.sector, "migration": setting.migration,
        "growth_first_pct": setting.growth_first_pct, "growth_second_pct": setting.growth_second_pct,
        "closed": setting.closed, "total_there": there, "total_back": back,
        "effects": {k: v for k, v in setting.effects.items() if v != CLOSED},
    }  # fmt: skip


ROUTES = [
    Route("/s/{study}/desk", in_turn(desk)),
    Route("/s/{study}/desk/solve", solve_now),
    Route("/s/{study}/desk/bands", bands_now),
    Route("/s/{study}/desk/save", save_form, methods=["POST"]),
]
