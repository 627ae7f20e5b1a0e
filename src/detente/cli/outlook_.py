"""``detente outlook``: the odds that two states break relations or restore them, with the score beside them."""

from __future__ import annotations

from datetime import date

import click


@click.command("outlook", epilog="Example: detente outlook IND PAK --on 2019-01-01")
@click.argument("a")
@click.argument("b")
@click.option("--on", "day", help="The day asked for, as 2019-01-01; nothing later is used. Today if not given.")
@click.option("--event", type=click.Choice(["break", "return"]), default="break", show_default=True)
@click.option("--months", type=click.Choice(["12", "24"]), default="12", show_default=True)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(a: str, b: str, day: str | None, event: str, months: str, json_: bool) -> None:
    """Odds of a break or a return between A and B, beside the base rate of pairs like them."""
    from detente.cli.output import as_json, waiting
    from detente.outlook import hazard

    with waiting(f"Odds of a {event}"):
        odds = hazard(a, b, event, on=day or date.today(), months=int(months))
    click.echo(as_json(odds.to_dict()) if json_ else odds.summary())
