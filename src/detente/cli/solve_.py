"""``detente solve`` and its SHOCK.toml."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente._atomic import write_files
from detente.cli.output import as_json, waiting
from detente.cli.telling import tell, tell_table
from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.equilibrium import Counterfactual, Economy, SectorCounterfactual, SectorEconomy, Shock
    from detente.panel.frames import Table

RULES = ("multiplicative", "additive", "universal", "balanced")


@click.command("solve", epilog="Example: detente solve flows.csv --shock closed.toml --theta 5 --json")
@click.argument("flows", type=click.Path(path_type=Path))
@click.option(
    "--shock",
    "shock_file",
    type=click.Path(path_type=Path),
    required=True,
    help='TOML with [[shock]] entries: from, to (an economy, a list, a bloc or "*"), and effect (log points or '
    '"-50%"), closed = true, tariff, points or export_tax ("25%"); both = true, retaliation = true, sector.',
)
@click.option("--theta", type=float, default=5.0, show_default=True, help="Trade elasticity.")
@click.option("--supply-elasticity", type=float, default=0.0, show_default=True, help="Supply elasticity psi.")
@click.option(
    "--deficits",
    type=click.Choice(RULES),
    default="multiplicative",
    show_default=True,
    help="What happens to trade deficits.",
)
@click.option(
    "--revenue",
    type=click.Choice(["lump-sum", "income-tax"]),
    default="lump-sum",
    show_default=True,
    help="What tariff revenue pays for.",
)
@click.option(
    "--pass-through",
    type=float,
    default=1.0,
    show_default=True,
    help="Share of a tariff that buyers see; exporters absorb the rest.",
)
@click.option("--scale", type=float, default=0.0, show_default=True, help="Elasticity of productivity to employment.")
@click.option("--year", type=int, help="The year to use, where the table has several.")
@click.option(
    "--drop", multiple=True, help="Leave an economy out (repeatable), or 'unusable' for those no model can use."
)
@click.option("--sectors", is_flag=True, help="FLOWS has a column of sectors.")
@click.option("--tariffs", "tariff_column", help="Column of FLOWS with the tariffs in force (0.25 is 25%).")
@click.option("--input-output", is_flag=True, help="FLOWS is an input-output table between economies.")
@click.option("--final", type=click.Path(path_type=Path), help="Final demand, where it is a table of its own.")
@click.option("--flows", "with_flows", is_flag=True, help="Put every flow into the JSON.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables to this folder as CSV.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(shock_file: Path, json_: bool, with_flows: bool, out: Path | None, **options: Any) -> None:
    """Solve a counterfactual on FLOWS, a square table with internal trade (CSV or Parquet)."""
    from detente.study.shock_file import read_shock

    flows = options.pop("flows")
    how = {name: options.pop(name) for name in ("supply_elasticity", "deficits", "revenue", "pass_through", "scale")}
    with waiting(f"Solving {flows}"):
        shock = read_shock(shock_file)
        economy, notes = baseline(flows, shock, **options)
        found = solve_one(economy, shock, options["theta"], how)
    for note in notes:
        tell(note, err=True)
    if out is not None:
        write_tables(found, out)
    if json_:
        click.echo(as_json(as_object(found, options["theta"], how, with_flows)))
        return
    tell_table(found.summary())
    tell_table(other_rules(economy, shock, options["theta"], how, found))
    if out is not None:
        tell(f"Tables: {out}")


def baseline(
    flows: Path, shock: Shock, *, theta: float, year: int | None, drop: tuple[str, ...], sectors: bool,
    tariff_column: str | None, input_output: bool, final: Path | None,
) -> tuple[Economy | SectorEconomy, Sequence[str]]:  # fmt: skip
    """The economy a table holds, with sectors where it has them or where a tariff needs them; notes of its reading."""
    from detente.equilibrium import Economy, SectorEconomy
    from detente.equilibrium import input_output as read_input_output
    from detente.panel import read_table

    left_out: Any = "unusable" if "unusable" in drop else list(drop)
    if input_output or final is not None:
        return read_input_output(flows, final, theta=theta, year=year, drop=left_out), ()
    table = read_table(flows)
    if sectors or tariff_column is not None:
        rows = table if sectors else one_sector(table)
        found = SectorEconomy.from_flows(rows, theta=theta, year=year, drop=left_out, tariff=tariff_column)
        return found, table.notes
    economy = Economy.from_flows(table, year=year, drop=left_out)
    return SectorEconomy.of(economy, theta=theta) if shock.trade_policy else economy, table.notes


def one_sector(table: Table) -> Any:
    """The table with one sector named in every row."""
    import narwhals.stable.v2 as nw

    return table.frame.with_columns(sector=nw.lit("all")).to_native()


def solve_one(economy: Any, shock: Shock, theta: float, how: dict[str, Any]) -> Counterfactual | SectorCounterfactual:
    """One solve; a sector economy carries its own elasticities."""
    from detente.equilibrium import Economy, solve

    if not isinstance(economy, Economy):
        return solve(economy, shock, **how)
    if (how["revenue"], how["pass_through"], how["scale"]) == ("lump-sum", 1.0, 0.0):
        how = {name: how[name] for name in ("supply_elasticity", "deficits")}
    return solve(economy, shock, theta=theta, **how)


def other_rules(economy: Any, shock: Shock, theta: float, how: dict[str, Any], found: Any) -> str:
    """What the deficit rule does to the answer: real income of the economies that change most, rule by rule."""
    most = sorted(found.welfare_pct, key=lambda code: -abs(found.welfare_pct[code]))[:5]
    lines = ["Real income by deficit rule, %", "  " + "rule".ljust(16) + "".join(code.rjust(12) for code in most)]
    answers: dict[str, list[float]] = {code: [] for code in most}
    for rule in RULES:
        try:
            out = found if rule == how["deficits"] else solve_one(economy, shock, theta, {**how, "deficits": rule})
            cells = "".join(f"{out.welfare_pct[code]:+12.4f}" for code in most)
            for code in most:
                answers[code].append(out.welfare_pct[code])
        except DetenteError as error:
            cells = "  " + str(error).partition(".")[0]
        lines.append("  " + rule.ljust(16) + cells)
    code = max(answers, key=lambda one: max(answers[one]) - min(answers[one]))
    low, high = min(answers[code]), max(answers[code])
    lines.append(f"What happens to deficits moves the answer most for {code}: from {low:+.4f}% to {high:+.4f}%.")
    return "\n".join(lines)


def as_object(found: Any, theta: float, how: dict[str, Any], with_flows: bool) -> dict[str, Any]:
    """The answer as one JSON object."""
    from detente.equilibrium import Economy

    one = isinstance(found.baseline, Economy)
    answer: dict[str, Any] = {
        "status": str(found.report.status.value),
        "residual_usd_mn": found.report.residual,
        "residual_relative": found.report.gap,
        "iterations": found.report.iterations,
        "theta": theta,
        "supply_elasticity": how["supply_elasticity"],
        "deficits": how["deficits"],
        "unit": found.baseline.unit if one else "usd_mn",
        "parts": [list(part) for part in found.report.parts],
        "cautions": list(found.cautions),
        "economies": rows(found, "economies"),
    }
    if not one:
        answer |= {name: how[name] for name in ("revenue", "pass_through", "scale")}
        answer["sectors"] = rows(found, "sectors")
    if with_flows:
        answer["flows"] = rows(found, "flows")
    return answer


def rows(found: Any, what: str) -> list[dict[str, Any]]:
    """One table of a result as records."""
    return found.to_frame(what).to_dicts()


def write_tables(found: Any, folder: Path) -> None:
    """Every table of a result as CSV in ``folder``."""
    from detente.equilibrium import Economy

    names = ("economies", "flows") if isinstance(found.baseline, Economy) else ("economies", "sectors", "flows")
    folder.mkdir(parents=True, exist_ok=True)
    write_files({folder / f"{name}.csv": found.to_frame(name).write_csv() for name in names}, folder)
