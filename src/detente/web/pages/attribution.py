"""The attribution desk: any dyad of the panel, any episode, against a class of placebos or those picked one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.attribution.comparison.placebos import FEWEST
from detente.attribution.words.strength import alike
from detente.economies import ROW, lookup_side
from detente.errors import DetenteError
from detente.language import said
from detente.study import Study
from detente.web.attribution.charts import attribution_charts
from detente.web.attribution.donors import write_donors
from detente.web.attribution.question import KINDS, PICKED, Question, answer, found_dyads, read_question
from detente.web.background.turns import in_turn
from detente.web.desk.opening import open_panel
from detente.web.editor.export import export
from detente.web.http.reply import as_json, page, told, words_of
from detente.web.http.reproduce import of_question
from detente.web.http.words import Words, in_order
from detente.web.pages.downloads import sent
from detente.web.pages.study import head

LONGEST_SEARCH = 80  # characters


def attribution(request: Request) -> Response:
    """The desk, with the question of the address answered."""
    key = request.path_params["study"]
    space = request.app.state.site.workspace
    study = space.study(key)
    panel, words = open_panel(study), words_of(request)
    default = _default(study)
    asked, found, problem, kind = default, None, "", ""
    text = request.query_params.get("find", "")[:LONGEST_SEARCH]
    try:
        asked = _asked(request, default)
        found = answer(panel, asked)
    except DetenteError as error:
        problem, kind = told(request, error), type(error).__name__
    data = head(space, study, key, words) | {
        "problem": problem,
        "error": kind,
        "asked": {
            "a": asked.origin, "b": asked.destination, "from": asked.start, "to": asked.end,
            "base_from": asked.base[0], "base_to": asked.base[1], "placebos": asked.placebos,
            "donors": write_donors(asked.donors),
        },
        "donors": [_dyad(words, a, b) for a, b in asked.donors],
        "fewest": FEWEST,
        "find": text,
        "offered": _offered(panel, asked, text, words),
        "query": asked.query(),
        "economies": sorted(
            ({"code": c, "name": words.economy(c)} for c in panel.economies if c != ROW), key=lambda e: in_order(e["name"])
        ),
        "years": list(panel.years),
        "kinds": list(KINDS),
        "episodes": [
            {"title": _titled(words, study, e), "query": _with_episode(asked, study, e).query()}
            for e in study.episodes
        ],
        "panel": panel.name,
        "n_economies": len(panel.economies),
        "answer": found and _answered(found, words),
    }  # fmt: skip
    named = {kind: words(f"why.kind_{kind}") for kind in KINDS}
    return page(
        request, "attribution.html.j2", data, 422 if problem else 200,
        charts=attribution_charts(words), names_of_kinds=named,
        python=of_question(study, asked),
    )  # fmt: skip


def _answered(found: dict[str, Any], words: Words) -> dict[str, Any]:
    """An answer with its findings, cautions and base years in the reader's words."""
    return {
        **found,
        "told": [_in_words(words, row) for row in found["findings"]],
        "cautions_told": [said(text, words) for text in found["cautions"]],
        "curve": [
            {**point, "base_said": words.periods(point["base_from"], point["base_to"])} for point in found["curve"]
        ],
    }


def _titled(words: Words, study: Study, episode: Any) -> str:
    """An episode's title, with its periods where another has the same title."""
    title = words.own(study, episode.title)
    alone = sum(words.own(study, other.title) == title for other in study.episodes) == 1
    return title if alone else f"{title}, {words.periods(episode.from_year, episode.to_year)}"


def pairs(request: Request) -> Response:
    """Dyads that a search offers for picking, while it is typed."""
    study = request.app.state.site.workspace.study(request.path_params["study"])
    panel, words = open_panel(study), words_of(request)
    asked = _asked(request, _default(study))
    found = found_dyads(panel, asked, request.query_params.get("find", "")[:LONGEST_SEARCH], words.economy)
    return as_json({"schema_version": 1, "offered": [_offer(words, row, asked) for row in found]})


def download(request: Request) -> Response:
    """The findings, the fan and the curve as tables."""
    study = request.app.state.site.workspace.study(request.path_params["study"])
    panel, words = open_panel(study), words_of(request)
    asked = _asked(request, _default(study))
    found = answer(panel, asked)
    tables = {
        "findings": pl.DataFrame(found["findings"], infer_schema_length=None),
        "curve": pl.DataFrame(found["curve"], infer_schema_length=None),
        "fan": pl.DataFrame(
            [{"from": f["from"], "to": f["to"], **p, **b} for f in found["fans"] for p, b in zip(f["path"], f["band"])],
            infer_schema_length=None,
        ).drop("x"),
    }
    notes = [
        *(said(row["sentence"], words) for row in found["findings"]),
        *(said(text, words) for text in found["cautions"]),
        f"Panel: {found['panel']}. {panel.source}",
    ]
    name = f"{asked.origin}-{asked.destination}-attribution".lower()
    return sent(export(tables, request.path_params["kind"], title=study.title, notes=notes), name)


def _asked(request: Request, default: Question) -> Question:
    query = dict(request.query_params)
    for side in ("a", "b"):
        if query.get(side):
            query[side] = lookup_side(query[side])
    return read_question(query, default)


def _default(study: Study) -> Question:
    panel = open_panel(study)
    window = tuple(study.spec.attribution.base_windows[0])
    start, end = (
        (study.episodes[0].from_year, study.episodes[0].to_year) if study.episodes else (window[1], panel.years[-1])
    )
    return Question(study.origin, study.destination, start, end, window)


def _with_episode(asked: Question, study: Study, episode: Any) -> Question:
    return replace(
        asked, origin=study.origin, destination=study.destination, start=episode.from_year, end=episode.to_year
    )


def _offered(panel: Any, asked: Question, text: str, words: Words) -> list[dict[str, Any]]:
    """What the search finds; nothing where the question itself makes no sense, which the page says."""
    try:
        return [_offer(words, row, asked) for row in found_dyads(panel, asked, text, words.economy)]
    except DetenteError:
        return []


def _offer(words: Words, row: dict[str, Any], asked: Question) -> dict[str, Any]:
    donors = tuple(dict.fromkeys([*asked.donors, (row["from"], row["to"])]))
    return _dyad(words, row["from"], row["to"]) | {
        "base_usd_mn": row["base_usd_mn"],
        "said": words("why.in_base", money=words.money(row["base_usd_mn"])),
        "query": replace(asked, placebos=PICKED, donors=donors).query(),
    }


def _dyad(words: Words, a: str, b: str) -> dict[str, str]:
    return {"id": f"{a}-{b}", "name": f"{words.economy(a)} → {words.economy(b)}"}


def _in_words(words: Words, row: dict[str, Any]) -> dict[str, str]:
    """A finding in words and formatted numbers."""
    n, own = row["n_placebos"], row["dyad_part"]
    return {
        "flow": f"{words.economy(row['origin'])} → {words.economy(row['destination'])}",
        "before": words.money(row["flow_from_usd_mn"]),
        "after": words.money(row["flow_to_usd_mn"]),
        "change": words.number(row["log_change"], 2, sign=True),
        "change_pct": words.log_percent(row["log_change"]),
        "economies": words.number(row["supply_demand_part"], 2, sign=True),
        "dyad": words.number(own, 2, sign=True),
        "placebo": ""
        if row["placebo_share"] is None
        else words("attribution.of_pairs", k=words.number(alike(row["n_as_bad"], n, own)), n=words.number(n)),
        "sentence": said(row["sentence"], words),
    }


ROUTES = [
    Route("/s/{study}/attribution", in_turn(attribution)),
    Route("/s/{study}/attribution/pairs", in_turn(pairs)),
    Route("/s/{study}/attribution/download/{kind}", in_turn(download)),
]
