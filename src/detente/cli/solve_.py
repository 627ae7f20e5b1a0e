"""``detente solve`` and its SHOCK.toml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente._foreign import read_toml

if TYPE_CHECKING:
    from detente.equilibrium import Shock

KEYS = {"from", "to", "effect", "closed", "both"}


@click.command("solve", epilog="Example: detente solve flows.csv --shock closed.toml --theta 5 --json")
@click.argument("flows", type=click.Path(path_type=Path))
@click.option(
    "--shock",
    "shock_file",
    type=click.Path(path_type=Path),
    required=True,
    help="TOML with [[shock]] entries: from, to, effect (log points) or closed = true, both = true.",
)
@click.option("--theta", type=float, default=5.0, show_default=True, help="Trade elasticity.")
@click.option("--supply-elasticity", type=float, default=0.0, show_default=True, help="Supply elasticity psi.")
@click.option(
    "--deficits",
    type=click.Choice(["multiplicative", "additive", "universal", "balanced"]),
    default="multiplicative",
    show_default=True,
    help="What happens to trade deficits.",
)
@click.option("--year", type=int, help="The year to use, where the table has several.")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(
    flows: Path, shock_file: Path, theta: float, supply_elasticity: float, deficits: str, year: int | None, json_: bool
) -> None:  # fmt: skip
    """Solve a counterfactual on FLOWS, a square table with internal trade (CSV or Parquet)."""
    from detente.cli.output import as_json, waiting
    from detente.equilibrium import Economy, solve

    with waiting(f"Solving {flows}"):
        economy = Economy.from_flows(flows, year=year)
        shock = read_shock(shock_file)
        out = solve(economy, shock, theta=theta, supply_elasticity=supply_elasticity, deficits=deficits)
    if json_:
        click.echo(
            as_json(
                {
                    "status": str(out.report.status.value), "residual_usd_mn": out.report.residual,
                    "iterations": out.report.iterations, "theta": theta, "supply_elasticity": supply_elasticity,
                    "deficits": deficits, "unit": economy.unit, "economies": out.to_frame().to_dicts(),
                }
            )
        )  # fmt: skip
    else:
        click.echo(out.summary())


def read_shock(path: Path) -> Shock:
    """A shock from a TOML file; every entry is checked, with its number in the message.

    Raises
    ------
    UnreadableFile, InvalidShock
    """
    from detente.equilibrium import CLOSED, Shock
    from detente.errors import InvalidShock

    raw = read_toml(path, error=InvalidShock)
    entries = raw.get("shock")
    if not isinstance(entries, list) or not entries or set(raw) != {"shock"}:
        raise InvalidShock(
            f"{path} needs [[shock]] entries and nothing else.",
            fix='For example:\n[[shock]]\nfrom = "COL"\nto = "VEN"\nclosed = true\nboth = true',
        )
    partial: dict[tuple, float] = {}
    for number, entry in enumerate(entries, 1):
        origin, destination, effect, both = _entry(entry, f"{path}, shock {number}")
        effect = CLOSED if effect is None else effect
        for key in [(origin, destination), (destination, origin)][: 2 if both else 1]:
            if key in partial:
                raise InvalidShock(f"{path}, shock {number}: {key[0]} -> {key[1]} stands twice.", fix="Keep one entry.")
            partial[key] = effect
    return Shock(partial)


def _entry(entry: Any, where: str) -> tuple[str, str, float | None, bool]:
    from detente.errors import InvalidShock, did_you_mean

    if not isinstance(entry, dict):
        raise InvalidShock(f"{where} is not a table.")
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        raise InvalidShock(f"{where}: unknown key '{unknown[0]}'.{did_you_mean(unknown[0], KEYS)}")
    for key in ("from", "to"):
        if not isinstance(entry.get(key), str):
            raise InvalidShock(f"{where}: '{key}' must name an economy, such as \"COL\".")
    closed, effect = entry.get("closed", False), entry.get("effect")
    if not isinstance(closed, bool) or not isinstance(entry.get("both", False), bool):
        raise InvalidShock(f"{where}: 'closed' and 'both' are true or false.")
    if closed == (effect is not None):
        raise InvalidShock(f"{where} needs either effect = (log points) or closed = true, and not both.")
    if effect is not None and (isinstance(effect, bool) or not isinstance(effect, int | float)):
        raise InvalidShock(f"{where}: effect = {effect!r} is not a number.")
    return entry["from"], entry["to"], None if closed else float(effect), entry.get("both", False)
