"""What if: the study's scenarios on every baseline, deficit rule and elasticity."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import polars as pl

from detente.equilibrium import Counterfactual, SectorCounterfactual, SectorEconomy, Shock, solve
from detente.run.schema import TableSchema, flag, number, text, whole
from detente.run.what_if.baseline import Baseline
from detente.run.what_if.shocks import ResidualAt, effects, heals_nothing, supply_elasticity, tariffs_of
from detente.study.spec import Ends, Scenario, Spec, both_ways

NO_RESIDUAL = "no residual"
"""Status of a scenario that heals a pair of which no residual is known: no trade that year, or none before."""


_WHICH = (text("scenario", "id of the scenario in `study.toml`"), text("title", "its title"))
_BASELINE_YEAR = whole("year", "baseline year")
SCENARIOS = TableSchema(
    "scenarios",
    "One row per scenario, specification and economy of the pair.",
    (
        *_WHICH,
        _BASELINE_YEAR,
        text(
            "gdp_case",
            "end of the GDP range: `low`, `middle`, `high`, or `published` where there is none; `table` on the study's "
            "input-output table",
        ),
        number("internal_ratio", "gross output over GDP; empty where the panel has internal trade, and on a table"),
        number("theta", "trade elasticity; empty on a table, which has one a sector"),
        text("deficits", "deficit rule"),
        flag(
            "middle",
            "whether this is the middle case: central elasticity, first deficit rule, middle of the GDP range and of the "
            "ratios",
        ),
        text("economy", "the economy the welfare refers to"),
        number(
            "effect",
            "on its exports to the other one; empty for a tariff; where closed, minus "
            "infinity in the CSV and null in `results.json`; empty "
            "where a scenario that heals leaves that direction as it is, having no residual",
            "log points",
        ),
        number("welfare_pct", "change in real income", "percent"),
        number("exports_before_usd_mn", "the economy's exports to the other one, before", "US$ million"),
        number("exports_after_usd_mn", "and after", "US$ million"),
        number("exports_change_usd_mn", "after minus before", "US$ million"),
        text(
            "status",
            "the solver's; `no residual` where a scenario would heal a pair of which no residual is known that year, and "
            "nothing was solved",
        ),
        number("residual_usd_mn", "the largest unbalanced market", "US$ million"),
    ),
)
WINNERS = TableSchema(
    "winners",
    "One row per scenario, baseline year and economy of the baseline, over the solved specifications.",
    (
        *_WHICH,
        _BASELINE_YEAR,
        text("economy", "any economy of the baseline"),
        number("welfare_pct_low", "smallest change in real income over the specifications", "percent"),
        number("welfare_pct_mid", "change in the middle case (see `scenarios`)", "percent"),
        number("welfare_pct_high", "largest change", "percent"),
        whole("n_specifications", "how many specifications that is"),
    ),
)


@dataclass(frozen=True, slots=True)
class _Specification:
    """One way to solve a scenario: a baseline, an elasticity and a deficit rule; ``middle`` marks the study's middle."""

    base: Baseline
    theta: float
    rule: str
    middle: bool


def _specifications(
    spec: Spec, plan: Iterable[Baseline], middle: Mapping[int, Baseline], quick: bool
) -> Iterator[_Specification]:
    """The grid that a study asks for, and the middle case of each year where the grid does not hold it."""
    wanted = spec.equilibrium
    centre = (wanted.central_theta, wanted.deficits[0])
    left = dict(middle)
    for base in plan:
        for theta in [wanted.central_theta] if quick else wanted.theta:
            for rule in wanted.deficits:
                mid = base.same_case(middle.get(base.year)) and (theta, rule) == centre
                if mid:
                    left.pop(base.year, None)
                yield _Specification(base, theta, rule, mid)
    yield from (_Specification(base, *centre, True) for base in left.values())


def solve_scenarios(
    spec: Spec,
    plan: Iterable[Baseline],
    middle: Mapping[int, Baseline],
    residual: ResidualAt,
    *,
    quick: bool = False,
    table: TableOfStudy | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables ``scenarios`` (the dyad, every specification) and ``winners`` (every economy, the range over them).

    Parameters
    ----------
    plan : baselines; every elasticity and deficit rule of the study on each.
    middle : the baseline of the middle case by year.
    residual : of a direction and year on a base window, log points.
    quick : keep the central elasticity only.
    table : the study's input-output table, for scenarios on one sector.

    Notes
    -----
    A solve that fails keeps its row with its status, and so does a scenario that has nothing to move.
    """
    rows: list[dict[str, object]] = []
    welfare: list[tuple] = []
    for one in _specifications(spec, plan, middle, quick):
        for scenario in (s for s in spec.scenarios if not s.sector):
            lost = heals_nothing(scenario, spec.dyad, one.base.year, residual)
            shock = {} if lost else effects(scenario, spec.dyad, one.base.year, residual)
            out = None if lost else solved_on(one.base, shock, one.theta, one.rule, scenario, spec.dyad)
            rows += _rows(one, scenario, shock, spec.dyad, out)
            if out is not None and out.report.ok:
                head = (scenario.id, scenario.title, one.base.year)
                welfare += [(*head, code, pct, pct if one.middle else None) for code, pct in out.welfare_pct.items()]
    if table is not None:
        for scenario, rule in product((s for s in spec.scenarios if s.sector), spec.equilibrium.deficits):
            found, told = _on_table(scenario, spec, table, rule)
            rows += found
            welfare += told
    order = {s.id: k for k, s in enumerate(spec.scenarios)}
    return SCENARIOS.of_rows(rows).sort(
        pl.col("scenario").replace_strict(order), "year", maintain_order=True
    ), _winners(welfare)


@dataclass(frozen=True, slots=True)
class TableOfStudy:
    """The input-output table of a study: the economy by sector, and its year."""

    economy: SectorEconomy
    year: int


ON_TABLE = "table"
"""GDP case of what is solved on the study's input-output table, which carries its own accounts."""


def solved_on_table(
    table: TableOfStudy, scenario: Scenario, spec: Spec, rule: str, effect: Mapping[Ends, float]
) -> SectorCounterfactual:
    """The exact counterfactual of a scenario by sector; ``effect`` is log points by direction, for all but tariffs."""
    more = (scenario.sector,) if scenario.sector else ()
    shock = tariffs_of(scenario, spec.dyad) if scenario.tariff is not None else Shock(
        {(*ends, *more): size for ends, size in effect.items()}
    )  # fmt: skip
    how = {"supply_elasticity": supply_elasticity(scenario), "pass_through": scenario.pass_through}
    return solve(table.economy, shock, deficits=rule, throw=False, **how)


def _on_table(
    scenario: Scenario, spec: Spec, table: TableOfStudy, rule: str
) -> tuple[list[dict[str, object]], list[tuple]]:
    """Rows of ``scenarios`` and of the winners for a scenario on one sector."""
    shock = effects(scenario, spec.dyad, table.year, lambda *_: None)
    out = solved_on_table(table, scenario, spec, rule, shock)
    solved, middle = out if out.report.ok else None, rule == spec.equilibrium.deficits[0]
    rows = []
    for code, partner in both_ways(spec.dyad):
        before = table.economy.flow(code, partner)
        after = None if solved is None else solved.flow(code, partner)
        rows.append(
            {
                "scenario": scenario.id, "title": scenario.title, "year": table.year, "gdp_case": ON_TABLE,
                "deficits": rule, "middle": middle, "economy": code, "effect": shock.get((code, partner)),
                "welfare_pct": None if solved is None else solved.welfare_pct[code],
                "exports_before_usd_mn": before, "exports_after_usd_mn": after,
                "exports_change_usd_mn": None if after is None else after - before,
                "status": str(out.report.status.value), "residual_usd_mn": out.report.residual,
            }
        )  # fmt: skip
    head = (scenario.id, scenario.title, table.year)
    told = [] if solved is None else [(*head, c, w, w if middle else None) for c, w in solved.welfare_pct.items()]
    return rows, told


def _winners(welfare: list[tuple]) -> pl.DataFrame:
    texts = dict.fromkeys(("scenario", "title"), pl.String)
    schema = texts | {"year": pl.Int64, "economy": pl.String, "w": pl.Float64, "middle": pl.Float64}
    frame = pl.DataFrame(welfare, schema=schema, orient="row")
    return frame.group_by("scenario", "title", "year", "economy", maintain_order=True).agg(
        pl.col("w").min().alias("welfare_pct_low"),
        pl.col("middle").drop_nulls().first().alias("welfare_pct_mid"),
        pl.col("w").max().alias("welfare_pct_high"),
        pl.len().cast(pl.Int64).alias("n_specifications"),
    )


def solved_on(
    base: Baseline, shock: Mapping[Ends, float], theta: float, rule: str, scenario: Scenario, dyad: Ends
) -> Counterfactual | SectorCounterfactual:
    """The exact counterfactual of a scenario; one that did not converge comes back with its status.

    A tariff is solved with its revenue, on the same economy taken as one sector without tariffs before.
    """
    psi = supply_elasticity(scenario)
    if scenario.tariff is None:
        return solve(base.economy, shock, theta=theta, supply_elasticity=psi, deficits=rule, throw=False)
    economy = SectorEconomy.of(base.economy, theta=theta)
    how = {"supply_elasticity": psi, "pass_through": scenario.pass_through}
    return solve(economy, tariffs_of(scenario, dyad), deficits=rule, throw=False, **how)


def _rows(
    one: _Specification, scenario: Scenario, shock: Mapping[Ends, float], dyad: Ends,
    out: Counterfactual | SectorCounterfactual | None,
) -> list[dict[str, object]]:  # fmt: skip
    base, solved = one.base, out if out is not None and out.report.ok else None
    rows = []
    for code, partner in both_ways(dyad):
        before = base.economy.flow(code, partner)
        after = None if solved is None else solved.flow(code, partner)
        rows.append(
            {
                "scenario": scenario.id, "title": scenario.title, "year": base.year, "gdp_case": base.gdp_case,
                "internal_ratio": None if math.isnan(base.internal_ratio) else base.internal_ratio,
                "theta": one.theta, "deficits": one.rule, "middle": one.middle, "economy": code,
                "effect": shock.get((code, partner)),
                "welfare_pct": None if solved is None else solved.welfare_pct[code],
                "exports_before_usd_mn": before, "exports_after_usd_mn": after,
                "exports_change_usd_mn": None if after is None else after - before,
                "status": NO_RESIDUAL if out is None else str(out.report.status.value),
                "residual_usd_mn": None if out is None else out.report.residual,
            }
        )  # fmt: skip
    return rows
