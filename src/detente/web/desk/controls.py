"""The controls of the scenario desk as its page shows them: levers, the pair's sliders, sectors, people, scenarios to start from."""

from __future__ import annotations

import re
from typing import Any

from detente.errors import DetenteError
from detente.study import Study
from detente.web.desk.desk_solver import DeskSolver
from detente.web.desk.levers import CLOSED, Lever, levers
from detente.web.desk.settings import GROWTH, TARIFFS, Setting
from detente.web.desk.wider_effects import can_recover
from detente.web.http.telling import Told, lang_of, told_error
from detente.web.http.words import Words

FALLS, RISES = "M1 4H12V18H33", "M1 18H12L22 4H33"  # the little pictures of the presets


def lever_control(lever: Lever, setting: Setting, words: Words) -> dict[str, Any]:
    value = setting.effects.get(lever.id, 0.0)
    cases = {k: v if k == "n" else words.number(v, 2, sign=True) for k, v in lever.cases.items()}
    return {
        "id": lever.id, "low": lever.low, "high": lever.high, "value": 0.0 if value == CLOSED else value,
        "closes": lever.closes, "closed": value == CLOSED, "sd": lever.sd,
        "presets": [{"name": n, "value": v} for n, v in lever.presets.items()],
        "source": words(f"lever.{lever.id}_source", size=words.number(lever.size, 2, sign=True), **cases),
    }  # fmt: skip


def pair_controls(solver: DeskSolver, setting: Setting, words: Words) -> list[dict[str, Any]]:
    """The two sliders of the pair's own residual, with where healing would bring them."""
    rows = []
    for name, dyad in zip(("there", "back"), solver.directions):
        residual, tariff = solver.residual(*dyad, setting.year), f"tariff_{name}_pct"
        rows.append(
            {"id": name, "from": words.economy(dyad[0]), "to": words.economy(dyad[1]), "value": getattr(setting, name),
             "tariff": tariff, "tariff_value": getattr(setting, tariff), "residual": residual, "base": list(solver.window)}
        )  # fmt: skip
    return rows


def more_controls(solver: DeskSolver, setting: Setting, words: Words) -> dict[str, Any]:
    """What the study and the two economies let be set beside: sectors of its table, people."""
    table, problem = None, ""
    try:
        table = solver.table
    except DetenteError as error:
        problem = told_error(error, words)
    growths = zip(GROWTH, solver.dyad, setting.growths)
    return {
        "sectors": list(table.economy.sectors) if table else [],
        "sector_lead": words("desk.sectors_lead", year=table.year, n=len(table.economy.sectors)) if table else problem,
        "growths": [{"id": name, "of": words.economy(code), "value": value} for name, code, value in growths]
        if can_recover(solver) else [],
        "may_move": solver.study.spec.equilibrium.people is not None,
    }  # fmt: skip


def scenario_cards(solver: DeskSolver, study: Study, setting: Setting, words: Words) -> list[dict[str, Any]]:
    """The study's own scenarios as settings to start from; one without a residual that year says why."""
    rows = []
    for scenario in study.scenarios:
        shape, effect = "M1 11H33", ""
        try:
            found = solver.of_scenario(scenario, setting)
            query, why_not = found.query(), ""
            there, back = found.totals()
            closed = found.closed or there == CLOSED
            shape = FALLS if closed else RISES if there + back > 0 else FALLS
            effect = "" if closed else f"{words.log_percent(there)} · {words.log_percent(back)}"
            if any(found.tariffs):
                effect = " · ".join(words.percent(100 * rate, 0) for rate in found.tariffs)
            effect = f"{found.sector}: {effect}" if found.sector and effect else found.sector or effect
        except DetenteError as problem:
            query, why_not = "", told_error(problem, words)
        rows.append(
            {
                "id": scenario.id,
                "title": words.own(study, scenario.title),
                "note": words.own(study, scenario.note),
                "query": query,
                "why_not": why_not,
                "shape": shape,
                "effect": effect,
            }
        )
    return rows


def named(text: Told, solver: DeskSolver, words: Words) -> Told:
    """What is wrong with a setting, with the names of the controls where it has those of the address."""
    first, second = (words.economy(code) for code in solver.dyad)
    names = {
        "there": words("desk.flow", a=first, b=second), "back": words("desk.flow", a=second, b=first),
        TARIFFS[0]: words("desk.tariff_on", a=first, b=second), TARIFFS[1]: words("desk.tariff_on", a=second, b=first),
        GROWTH[0]: words("desk.growth_of", a=first), GROWTH[1]: words("desk.growth_of", a=second),
        "pass_through_pct": words("desk.pass_through"), "migration": words("heading.people"),
        **{key: words(f"desk.{key}") for key in ("year", "ratio", "theta", "psi", "deficits")},
        **{lever.id: words(f"lever.{lever.id}") for lever in levers()},
    }  # fmt: skip
    said = re.sub(rf"\b({'|'.join(names)}): ", lambda found: f"{names[found[1]]}: ", text)
    return Told.in_language(said, lang_of(text))
