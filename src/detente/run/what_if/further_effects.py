"""What else a scenario does: to sectors, over the years while capital adjusts, and to where people live."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from detente.economies import ROW
from detente.equilibrium import Economy, accumulate, input_output, migrate
from detente.errors import DuplicateRows, InvalidFlow, StudyError, UnknownColumn, first_five
from detente.panel import read_table
from detente.run.attributed import residual_lookup
from detente.run.schema import Computed, TableSchema, number, text, whole
from detente.run.what_if.baseline import Baseline, accounts
from detente.run.what_if.scenario_bands import scenario_moves, table_draws
from detente.run.what_if.scenarios import TableOfStudy, solved_on_table
from detente.run.what_if.shocks import ResidualAt, effects, heals_nothing
from detente.study.spec import Ends, People, Scenario, Spec
from detente.study.study import Study

YEARS = 40
"""Years of a path of capital; with a depreciation of 6% nine tenths of the way are behind it."""

_WHICH = (text("scenario", "id of the scenario in `study.toml`"), text("title", "its title"))
SECTORS = TableSchema(
    "sectors",
    "One row per scenario, sector and economy of the pair, solved on the study's input-output table under its first "
    "deficit rule, with the ends of the draws that `bands` has too; empty without `[equilibrium.table]`. The ends are "
    "empty in a quick run, and where comparable pairs may stop trading altogether.",
    (
        *_WHICH,
        whole("year", "of the table"),
        text("deficits", "deficit rule"),
        text("economy", "which of the two"),
        text("sector", "as the table names it"),
        number("output_before_usd_mn", "gross output before", "US$ million"),
        number("output_after_usd_mn", "and after, in money of constant world value added", "US$ million"),
        number("real_output_pct", "change of output at the prices of before", "percent"),
        number("employment_pct", "change of employment", "percent"),
        number("lost_wages_usd_mn", "change of employment at the wages of before; negative is a loss", "US$ million"),
        number("exports_before_usd_mn", "exports to everyone, before", "US$ million"),
        number("exports_after_usd_mn", "and after", "US$ million"),
        number("imports_before_usd_mn", "imports from everyone, before tariffs, before", "US$ million"),
        number("imports_after_usd_mn", "and after", "US$ million"),
        number("price_pct", "change of what buyers pay", "percent"),
        number("revenue_after_usd_mn", "revenue from tariffs on the sector", "US$ million"),
        number("residual_pct", "the largest unbalanced market, of its size", "percent"),
        *(
            number(f"{name}_{point}", f"{end} of the draws of `{name}`", unit, added=True)
            for name, unit in (
                ("real_output_pct", "percent"),
                ("employment_pct", "percent"),
                ("exports_after_usd_mn", "US$ million"),
            )
            for point, end in (("p05", "5% point"), ("p95", "95% point"))
        ),
        whole("draws", "how many draws", added=True),
        whole("failed", "how many of them had no solution", added=True),
    ),
    make=lambda run: SECTORS.of_rows(_sector_rows(run)),
)
CAPITAL = TableSchema(
    "capital",
    "One row per scenario with `long_run = true`, economy of the pair and year after it, on the newest baseline's "
    "middle case; a tariff has no path, only its end in `scenarios`.",
    (
        *_WHICH,
        whole("year", "years since the change; 0 is the year itself"),
        text("economy", "which of the two"),
        number("capital_pct", "change of the stock of capital", "percent"),
        number("welfare_pct", "change in real income", "percent"),
        number("welfare_pct_end", "change in real income once capital has followed altogether", "percent"),
        number("residual_usd_mn", "the largest unbalanced market of the year", "US$ million"),
    ),
    make=lambda run: CAPITAL.of_rows(_capital_rows(run)),
)
PEOPLE = TableSchema(
    "people",
    "One row per scenario with `migration = true`, origin and residence of which one is of the pair, on the newest "
    "baseline's middle case with economies that the file of people does not have as one.",
    (
        *_WHICH,
        text("origin", "where they come from"),
        text("residence", "where they live"),
        number("persons_before", "how many, before", "persons"),
        number("persons_after", "and after", "persons"),
        number("change", "after minus before", "persons"),
        number("real_wage_pct", "change of the real wage where they live", "percent"),
        number("origin_welfare_pct", "change of expected real income of all who come from there", "percent"),
        number("residual_usd_mn", "the largest unbalanced market", "US$ million"),
    ),
    make=lambda run: PEOPLE.of_rows(_people_rows(run)),
)


def table_of(study: Study) -> TableOfStudy | None:
    """The input-output table that a study names, read; None where it names none.

    Raises
    ------
    StudyError
        It lacks one of the pair, or a sector that a scenario names.
    """
    spec, named = study.spec, study.spec.equilibrium.table
    if named is None:
        return None
    final = None if named.final is None else study.folder / named.final
    economy = input_output(study.folder / named.file, final, theta=named.theta, year=named.year, drop="unusable")
    where = "study.toml: equilibrium.table"
    if lacking := [code for code in spec.dyad if code not in economy.economies]:
        raise StudyError(
            f"The table {named.file} has no {first_five(lacking)}.",
            where=where,
            why="Scenarios by sector need both economies of the pair.",
            fix=f"It has {first_five(economy.economies)}; rename them, or take another table.",
        )
    for scenario in spec.scenarios:
        if scenario.sector and scenario.sector not in economy.sectors:
            raise StudyError(
                f"The scenario '{scenario.id}' names the sector '{scenario.sector}', which {named.file} does not have.",
                where=where,
                fix=f"It has {first_five(economy.sectors)}.",
            )
    return TableOfStudy(economy, named.year or max(spec.equilibrium.years, default=0))


def _residual(run: Computed) -> ResidualAt:
    return _residual_and_spread(run)[0]


def _residual_and_spread(run: Computed) -> tuple[ResidualAt, ResidualAt]:
    return residual_lookup(run.frames["residuals"], run.study.spec.attribution.base_windows[0])


def _shock(scenario: Scenario, spec: Spec, year: int, residual: ResidualAt) -> dict[Ends, float] | None:
    """Log points by direction; None where a scenario has nothing to move."""
    return None if heals_nothing(scenario, spec.dyad, year, residual) else effects(scenario, spec.dyad, year, residual)


def _sector_rows(run: Computed) -> Iterator[dict[str, object]]:
    table, spec = table_of(run.study) if run.panel is not None and run.study.scenarios else None, run.study.spec
    if table is None:
        return
    rule, newest = spec.equilibrium.deficits[0], max(spec.equilibrium.years, default=table.year)
    for scenario in spec.scenarios:
        shock = _shock(scenario, spec, newest, _residual(run))
        out = None if shock is None else solved_on_table(table, scenario, spec, rule, shock)
        if out is None or not out.report.ok:
            continue
        lost = pl.col("wages_before_usd_mn") * pl.col("employment_pct") / 100
        cells = pl.DataFrame(out.to_frame("sectors")).with_columns(lost_wages_usd_mn=lost)
        if (ends := _sector_ends(run, table, scenario, newest)) is not None:
            cells = cells.join(ends, on=["sector", "economy"], how="left", maintain_order="left")
        head: dict[str, object] = {
            "scenario": scenario.id,
            "title": scenario.title,
            "year": table.year,
            "deficits": rule,
        }
        for row in cells.filter(pl.col("economy").is_in(spec.dyad)).iter_rows(named=True):
            cells_said: dict[str, object] = {name: None if value != value else value for name, value in row.items()}
            yield head | cells_said


def _sector_ends(run: Computed, table: TableOfStudy, scenario: Scenario, year: int) -> pl.DataFrame | None:
    """The ends of a scenario's draws by sector and economy; None in a quick run, or where nothing is drawn."""
    moves = None if run.quick else scenario_moves(scenario, run.study.spec, year, *_residual_and_spread(run))
    if moves is None or len(table.economy.sectors) == 1:
        return None
    drawn = table_draws(table, scenario, run.study.spec, moves, run.seed)
    if drawn.failed.all():
        return None
    frame = drawn.to_frame(what="sectors").rename({"n_draws": "draws", "n_failed": "failed"})
    said = {name: name.removesuffix(old) + new for old, new in (("_q5", "_p05"), ("_q95", "_p95"))
            for name in frame.columns if name.endswith(old)}  # fmt: skip
    return frame.rename(said)


def _newest(run: Computed) -> Baseline | None:
    """The middle case of the newest baseline year."""
    years = run.study.spec.equilibrium.years
    if run.panel is None or not years:
        return None
    return accounts(run.panel, run.study.spec, run.study.folder).middle(max(years))


def _capital_rows(run: Computed) -> Iterator[dict[str, object]]:
    spec = run.study.spec
    asked = [s for s in spec.scenarios if s.long_run and s.tariff is None and not s.sector]
    base = _newest(run) if asked else None
    if base is None:
        return
    for scenario in asked:
        shock = _shock(scenario, spec, base.year, _residual(run))
        if shock is None:
            continue
        path = accumulate(
            base.economy,
            shock,
            theta=spec.equilibrium.central_theta,
            years=YEARS,
            deficits=spec.equilibrium.deficits[0],
        )
        for code in spec.dyad:
            k = base.economy.index(code)
            for year in range(YEARS):
                yield {
                    "scenario": scenario.id, "title": scenario.title, "year": year, "economy": code,
                    "capital_pct": 100 * (path.capital_hat[year, k] - 1),
                    "welfare_pct": 100 * (path.welfare_hat[year, k] - 1),
                    "welfare_pct_end": path.steady_state.welfare_pct[code],
                    "residual_usd_mn": float(path.residual[year]),
                }  # fmt: skip


def _people_rows(run: Computed) -> Iterator[dict[str, object]]:
    spec, named = run.study.spec, run.study.spec.equilibrium.people
    asked = [s for s in spec.scenarios if s.migration]
    base = _newest(run) if asked else None
    if base is None or named is None:
        return
    economy, people = with_people(base.economy, run.study, named)
    for scenario in asked:
        shock = _shock(scenario, spec, base.year, _residual(run))
        if shock is None:
            continue
        out = migrate(
            economy, people, shock, nu=named.nu, delta=named.congestion, theta=spec.equilibrium.central_theta,
            deficits=spec.equilibrium.deficits[0],
        )  # fmt: skip
        pair = [economy.index(code) for code in spec.dyad]
        for i, j in np.argwhere(people > 0).tolist():
            if i in pair or j in pair:
                yield {
                    "scenario": scenario.id, "title": scenario.title,
                    "origin": economy.economies[i], "residence": economy.economies[j],
                    "persons_before": people[i, j], "persons_after": float(out.people[i, j]),
                    "change": float(out.migrants[i, j]),
                    "real_wage_pct": out.real_wage_pct[economy.economies[j]],
                    "origin_welfare_pct": 100 * float(out.origin_welfare_hat[i] - 1),
                    "residual_usd_mn": out.trade.report.residual,
                }  # fmt: skip


def with_people(economy: Economy, study: Study, named: People) -> tuple[Economy, np.ndarray]:
    """The economies that a file of people has, all others as one, and people by [origin, residence].

    The file has columns origin, residence and persons, with a row for those who live where they come from. Nobody moves
    to or from economies that it does not have.

    Raises
    ------
    UnreadableFile, UnknownColumn, InvalidFlow, DuplicateRows, StudyError
    """
    frame = read_table(study.folder / named.file).frame.to_polars()
    for column in ("origin", "residence", "persons"):
        if column not in frame.columns:
            raise UnknownColumn.named(column, frame.columns, where=named.file)
    rows = frame.select(pl.col("origin", "residence").cast(pl.String), pl.col("persons").cast(pl.Float64, strict=False))
    if rows["persons"].null_count() or not rows["persons"].is_finite().all() or (rows["persons"] < 0).any():
        raise InvalidFlow(f"{named.file} holds persons that are missing or negative.", fix="Write a number a row.")
    if rows.select("origin", "residence").is_duplicated().any():
        raise DuplicateRows(f"{named.file} has an origin and residence twice.", fix="Keep one row each.")
    at_home = set(rows.filter((pl.col("origin") == pl.col("residence")) & (pl.col("persons") > 0))["origin"])
    if lacking := [code for code in study.spec.dyad if code not in at_home]:
        raise StudyError(
            f"{named.file} does not say how many of {first_five(lacking)} live at home.",
            where="study.toml: equilibrium.people",
            why="Migration is a share of all who come from there.",
            fix="Add a row with the same origin and residence.",
        )
    known = [code for code in economy.economies if code in at_home and code != ROW]
    others = [code for code in economy.economies if code not in known]
    codes = [*known, *([ROW] if others else [])]
    member = np.zeros((len(codes), len(economy)))
    for k, code in enumerate(economy.economies):
        member[known.index(code) if code in known else len(known), k] = 1.0
    people = np.zeros((len(codes), len(codes)))
    for origin, residence, persons in rows.iter_rows():
        if origin in known and residence in known:
            people[known.index(origin), known.index(residence)] = persons
    if others:
        people[-1, -1] = 1.0
    return Economy.from_arrays(codes, member @ economy.flows @ member.T, year=economy.year), people
