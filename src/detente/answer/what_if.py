"""What if: each scenario on the newest baseline year, and in a line each on the years before.

The facts (:class:`Outcome`, :class:`ScenarioOutcome`, :class:`WhatIf`) are read once from a run's tables;
sentences and the small table say them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from detente.answer.small_table import Row, SmallTable
from detente.answer.speaker import Speaker, two_digits
from detente.economies import name_of
from detente.run.what_if.scenarios import NO_RESIDUAL, ON_TABLE
from detente.study.spec import Ends, Scenario, Spec

Interval = tuple[float, float]
COLUMNS = ("exports", "income")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario does to one economy of the pair.

    Attributes
    ----------
    economy, partner : codes.
    before : the economy's exports to its partner on the baseline, million US$.
    exports : the same after, low and high end, million US$.
    income : change in real income, low and high end, percent.
    moved : whether the scenario moves these exports; one that heals leaves a direction without a residual alone.
    """

    economy: str
    partner: str
    before: float
    exports: Interval
    income: Interval
    moved: bool


@dataclass(frozen=True, slots=True)
class ScenarioOutcome:
    """One scenario on one baseline year.

    Attributes
    ----------
    id, title : as the study has them.
    outcomes : of the two economies; empty unless solved.
    status : ``solved``, ``no residual`` (nothing to move is known) or ``no equilibrium``.
    drawn : whether the ends are those of 90% of the draws, rather than of all specifications.
    heals : whether the scenario heals the pair.
    table_year : the year of the input-output table that it is solved on; None where it starts from the baselines.
    """

    id: str
    title: str
    outcomes: tuple[Outcome, ...]
    status: Literal["solved", "no residual", "no equilibrium"]
    drawn: bool
    heals: bool
    table_year: int | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every scenario of a study.

    Attributes
    ----------
    year : the newest baseline year that was solved; None where none was.
    scenarios : on that year.
    earlier : ranges of real income over everything solved on earlier years, newest first: year, then by scenario
        title the ends for either economy.
    draws, failed_draws : draws behind the bands, and those without a solution; 0 where there are no bands.
    tried, unsolved : rows that were to be solved, and those that were not.
    quick : whether the run kept the central elasticity only.
    """

    year: int | None
    scenarios: tuple[ScenarioOutcome, ...]
    earlier: tuple[tuple[int, tuple[tuple[str, Interval, Interval], ...]], ...]
    draws: int
    failed_draws: int
    tried: int
    unsolved: int
    quick: bool


def what_if_of(scenarios: pl.DataFrame, bands: pl.DataFrame, spec: Spec, *, quick: bool) -> WhatIf:
    """The facts of what if, from the run's tables ``scenarios`` and ``bands``."""
    solved = scenarios.filter(pl.col("status") == "converged")
    newest = _latest(solved)
    now = scenarios.filter((pl.col("year") == newest) | _on_table()) if newest is not None else scenarios
    tried = scenarios.filter(pl.col("status") != NO_RESIDUAL).height
    return WhatIf(
        newest,
        tuple(_scenario(s, now, bands, spec.directions) for s in spec.scenarios),
        tuple(_earlier(solved, year, spec) for year in _years(solved) if year != newest),
        0 if bands.is_empty() else int(bands["draws"].to_numpy().max()),
        0 if bands.is_empty() else int(bands["failed"].sum()),
        tried,
        tried - solved.height,
        quick,
    )


def _latest(solved: pl.DataFrame) -> int | None:
    years = _years(solved)
    return years[0] if years else None


def _years(solved: pl.DataFrame) -> list[int]:
    """Baseline years, newest first; the year of an input-output table is one only where nothing else is solved."""
    whole = solved.filter(~_on_table())
    return sorted((whole if whole.height else solved)["year"].unique(), reverse=True)


def _on_table() -> pl.Expr:
    return (pl.col("gdp_case") == ON_TABLE).fill_null(False)


def _scenario(
    scenario: Scenario, now: pl.DataFrame, bands: pl.DataFrame, directions: tuple[Ends, Ends]
) -> ScenarioOutcome:
    mine = now.filter(pl.col("scenario") == scenario.id)
    solved = mine.filter(pl.col("status") == "converged")
    if solved.is_empty():
        status = "no residual" if NO_RESIDUAL in mine["status"] else "no equilibrium"
        return ScenarioOutcome(scenario.id, scenario.title, (), status, False, scenario.healed)
    drawn = bands.filter((pl.col("scenario") == scenario.id) & (pl.col("year") == solved["year"][0]))
    outcomes = tuple(
        _outcome(scenario, solved.filter(pl.col("economy") == a), drawn.filter(pl.col("economy") == a), a, b)
        for a, b in directions
    )
    year = int(solved["year"][0]) if scenario.sector else None
    return ScenarioOutcome(scenario.id, scenario.title, outcomes, "solved", not drawn.is_empty(), scenario.healed, year)


def _outcome(scenario: Scenario, rows: pl.DataFrame, drawn: pl.DataFrame, economy: str, partner: str) -> Outcome:
    if drawn.is_empty():
        exports, income = _span(rows["exports_after_usd_mn"]), _span(rows["welfare_pct"])
    else:
        exports = drawn["exports_usd_mn_p05"][0], drawn["exports_usd_mn_p95"][0]
        income = drawn["welfare_pct_p05"][0], drawn["welfare_pct_p95"][0]
    moved = not scenario.healed or rows["effect"].null_count() == 0
    return Outcome(economy, partner, rows["exports_before_usd_mn"][0], exports, income, moved)


def _span(column: pl.Series) -> Interval:
    values = column.to_numpy()
    return float(values.min()), float(values.max())


def _earlier(solved: pl.DataFrame, year: int, spec: Spec) -> tuple[int, tuple[tuple[str, Interval, Interval], ...]]:
    rows = solved.filter(pl.col("year") == year)
    first, second = spec.dyad
    found = []
    for scenario in rows["scenario"].unique(maintain_order=True):
        part = rows.filter(pl.col("scenario") == scenario)
        ends = (_span(part.filter(pl.col("economy") == code)["welfare_pct"]) for code in (first, second))
        found.append((part["title"][0], *ends))
    return year, tuple(found)


def what_if_sentences(found: WhatIf, say: Speaker) -> Iterator[str]:
    """One sentence a scenario, what its ranges are, and one a baseline year before the newest."""
    if not found.scenarios:
        yield say("no_scenarios")
        return
    yield from (_sentence(scenario, found, say) for scenario in found.scenarios)
    yield from (*_unmoved(found, say), *_unbanded(found, say))
    yield _how(found, say)
    yield from (_earlier_sentence(*one, say) for one in found.earlier)


def what_if_means(found: WhatIf, say: Speaker) -> str:
    """What the ranges of the small table hold; why there is no table where there is none."""
    if not found.scenarios:
        return say("no_scenarios")
    if found.year is None:
        return ""
    if not found.draws:
        return say.words("screen.ranges", year=say.words.year(found.year))
    return say.words("screen.bands", year=say.words.year(found.year), draws=found.draws)


def what_if_tables(found: WhatIf, say: Speaker) -> Iterator[SmallTable]:
    """The scenarios in one table, a row an economy; none where the study has no scenario."""
    if not found.scenarios:
        return
    rows: list[Row] = []
    scale = _scale(found, say)
    for scenario in found.scenarios:
        title = say.own(scenario.title)
        if not scenario.outcomes:
            absent = say.words("screen.uncomputed" if scenario.status == "no residual" else "screen.unsolved")
            rows.append((title, absent, "-"))
            continue
        rows.append((title, "", ""))
        rows += [(name_of(o.economy, say.words.language), *_cells(o, say, scale)) for o in scenario.outcomes]
    head = (say.words("screen.exports" if scale == 1 else "screen.exports_bn"), say.words("scenarios.welfare_pct"))
    yield SmallTable("", COLUMNS, head, tuple(rows), (*_unmoved(found, say), *_unbanded(found, say)))


def _sentence(scenario: ScenarioOutcome, found: WhatIf, say: Speaker) -> str:
    title = say.own(scenario.title)
    if not scenario.outcomes:
        return say("no_residual" if scenario.status == "no residual" else "unsolved", title=title)
    first, second = (
        say(
            "outcome_flat" if _income(o.income, say) == say.words("number.about_zero") else "outcome",
            a=say.name(o.economy),
            b=say.name(o.partner),
            move=_move(o, say),
            income=_income(o.income, say),
        )
        for o in scenario.outcomes
    )
    year = scenario.table_year or found.year
    when = "" if year is None else say.words.year(year)
    return say("scenario", title=title, year=when, first=first, second=second)


def _move(outcome: Outcome, say: Speaker) -> str:
    """How exports move, from one amount to another or to a range: ``fall from US$200 million to zero``."""
    before, low, high = map(two_digits, (outcome.before, *sorted(outcome.exports)))
    if low == high == before:
        return say("move_same", before=say.rough(before))
    ends = say.rough(low), say.rough(high)
    after = ends[0] if ends[0] == ends[1] else say("between", low=ends[0], high=ends[1])
    way = "zero" if high == 0 else "rise" if low >= before else "fall" if high <= before else "either"
    return say(f"move_{way}", before=say.rough(before), after=after)


def _scale(found: WhatIf, say: Speaker) -> float:
    """In how many million US$ the table counts: a thousand where the language has billions and every flow is that large."""
    flows = [o.before for scenario in found.scenarios for o in scenario.outcomes]
    scale = 1.0 if say.words.spoken else float(say.words("number.billion_scale"))
    return scale if flows and min(flows) >= scale and max(flows) >= 10 * scale else 1.0


def _cells(outcome: Outcome, say: Speaker, scale: float) -> Row:
    def show(usd_mn: float) -> str:
        return say.figure(usd_mn / scale)

    after = say.span(*outcome.exports, show)
    return say.words("screen.from_to", before=show(outcome.before), after=after), _income(outcome.income, say)


def _income(ends: Interval, say: Speaker) -> str:
    return say.span(*ends, lambda value: say.pct(value, sign=True))


def _unmoved(found: WhatIf, say: Speaker) -> list[str]:
    """Where a scenario that heals both directions leaves one as it is, because its residual is unknown."""
    return [
        say("unmoved", title=say.own(scenario.title), a=say.name(o.economy), b=say.name(o.partner))
        for scenario in found.scenarios
        if scenario.heals
        for o in scenario.outcomes
        if not o.moved
    ]


def _unbanded(found: WhatIf, say: Speaker) -> list[str]:
    """Which scenarios have the plain range of their specifications, because their draws have no width."""
    plain = [s for s in found.scenarios if s.outcomes and not s.drawn] if found.draws else []
    return [say("unbanded", title=say.own(s.title)) for s in plain]


def _how(found: WhatIf, say: Speaker) -> str:
    """How the ranges came about, what did not solve, and whether the run was quick."""
    draws = {"draws": found.draws, "failed": found.failed_draws}
    parts = [say("bands" if found.failed_draws else "bands_all", **draws) if found.draws else say("ranges")]
    if found.unsolved:
        parts.append(say("failed", n=found.unsolved, all=found.tried))
    if found.quick:
        parts.append(say("quick"))
    return " ".join(parts)


def _earlier_sentence(year: int, scenarios: tuple[tuple[str, Interval, Interval], ...], say: Speaker) -> str:
    names = dict(zip(("a", "b"), map(say.name, say.spec.dyad)))
    parts = [
        say("other_year_part", title=say.own(title), first=_income(one, say), second=_income(other, say), **names)
        for title, one, other in scenarios
    ]
    return say("other_year", year=say.words.year(year), parts="; ".join(parts))
