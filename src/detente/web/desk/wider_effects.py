"""What a setting of the desk does beside the two flows: to its sector, to where people live, to who leaves a country."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import polars as pl

from detente.answer.people import recovery_told
from detente.equilibrium import Counterfactual, SectorCounterfactual, migrate
from detente.errors import DetenteError
from detente.outlook.people import OriginRecovery, origin_recovers
from detente.run.what_if.further_effects import with_people
from detente.web.desk.desk_solver import DeskSolver
from detente.web.desk.settings import Setting
from detente.web.http.words import Words


def beside(solver: DeskSolver, setting: Setting, out: Counterfactual | SectorCounterfactual) -> dict[str, Any]:
    """``sector``, ``persons`` and ``recoveries``: each empty where the setting asks for none."""
    return {
        "sector": _sector(solver, setting, out),
        "persons": _persons(solver, setting),
        "recoveries": [one.to_dict() for one in recoveries(solver, setting)],
    }


def _sector(solver: DeskSolver, setting: Setting, out: Counterfactual | SectorCounterfactual) -> list[dict[str, Any]]:
    """A row an economy of the pair: what it sells of the setting's sector to the other, and its employment there."""
    if not setting.sector or not isinstance(out, SectorCounterfactual):
        return []
    s, base = out.sectors.index(setting.sector), out.baseline
    jobs = pl.DataFrame(out.to_frame("sectors")).filter(sector=setting.sector)
    rows = []
    for a, b in solver.directions:
        i, j = base.index(a), base.index(b)
        before, after = float(base.flows[s, i, j]), float(out.flows[s, i, j])
        employment = float(jobs.filter(economy=a)["employment_pct"][0])
        rows.append({"from": a, "to": b, "sector": setting.sector, "before": before, "after": after,
                     "employment_pct": employment})  # fmt: skip
    return rows


def _persons(solver: DeskSolver, setting: Setting) -> list[dict[str, Any]]:
    """People of either economy in the other, before and after they followed real wages; as a run's table ``people``."""
    named = solver.study.spec.equilibrium.people
    if not setting.migration or named is None:
        return []
    economy, people = with_people(solver.baseline(setting).economy, solver.study, named)
    totals = setting.totals()
    shock = dict(zip(solver.directions, totals)) if totals != (0.0, 0.0) else {}
    out = migrate(
        economy, people, shock, nu=named.nu, delta=named.congestion, theta=setting.theta,
        supply_elasticity=setting.psi, deficits=setting.deficits,
    )  # fmt: skip
    rows = []
    for a, b in solver.directions:
        i, j = economy.index(a), economy.index(b)
        if people[i, j] > 0:
            rows.append({"origin": a, "residence": b, "before": float(people[i, j]), "after": float(out.people[i, j])})
    return rows


def recoveries(solver: DeskSolver, setting: Setting) -> list[OriginRecovery]:
    """Who leaves either economy for the other where its income per head has changed."""
    return [
        origin_recovers(a, b, growth_pct=growth) for (a, b), growth in zip(solver.directions, setting.growths) if growth
    ]


def can_recover(solver: DeskSolver) -> bool:
    """Whether anything is known of who leaves one of the two for the other: they are countries, not blocs."""
    with suppress(DetenteError):
        return bool(origin_recovers(*solver.dyad))
    return False


def people_in_words(words: Words, found: list[OriginRecovery]) -> list[str]:
    """The sentences of the report on an origin that recovers, for the growth of the setting."""
    return [sentence for one in found for sentence in recovery_told(one, words, words.economy)]


def rows_in_words(words: Words, found: dict[str, Any]) -> list[dict[str, str]]:
    """What the setting does to its sector and to where people live, as rows of the desk's table."""
    rows = []
    for one in found.get("sector", ()):
        names = {"a": words.economy(one["from"]), "b": words.economy(one["to"]), "sector": one["sector"]}
        rows.append(_row(words("desk.sector_flow", **names), words.usd(one["before"]), words.usd(one["after"]),
                         words.percent(100 * (one["after"] / one["before"] - 1), 0, sign=True) if one["before"] else ""))  # fmt: skip
    for one in found.get("sector", ()):
        names = {"a": words.economy(one["from"]), "sector": one["sector"]}
        rows.append(_row(words("desk.sector_jobs", **names), "", "", words.fine(one["employment_pct"])))
    for one in found.get("persons", ()):
        names = {"a": words.economy(one["origin"]), "b": words.economy(one["residence"])}
        before, after = (words.number(float(f"{one[when]:.3g}")) for when in ("before", "after"))
        rows.append(
            _row(words("desk.people_of", **names), before, after, words.fine(100 * (one["after"] / one["before"] - 1)))
        )
    return rows


def _row(what: str, before: str, after: str, change: str) -> dict[str, str]:
    return {"what": what, "before": before, "after": after, "change": change}
