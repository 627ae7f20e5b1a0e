"""``detente outlook``: odds of a break or a return, or ranges of trade, with the score beside them."""

from __future__ import annotations

from datetime import date

import click

from detente.cli.completing import economies

ODDS = ("break", "return")
EVENTS = (*ODDS, "trade", "reopening", "rupture")


@click.command("outlook", epilog="Example: detente outlook IND PAK --on 2019-01-01")
@click.argument("a", shell_complete=economies)
@click.argument("b", shell_complete=economies)
@click.option("--on", "day", help="The day asked for, as 2019-01-01; nothing later is used. Today if not given.")
@click.option("--event", type=click.Choice(EVENTS), default="break", show_default=True,
              help="Odds of a break or a return; or the trade of the next three years: with no event known (trade), "
              "after a reopening or after a rupture in the year of the day.")  # fmt: skip
@click.option("--months", type=click.Choice(["12", "24"]), default="12", show_default=True, help="Of the odds.")
@click.option("--data", help="A panel for the trade: a file, or NAME@VERSION of the store. The world's if not given.")
@click.option(
    "--instrument", help="Of a rupture: closure, payment freeze, product ban, conflict or diplomatic quarrel."
)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(
    a: str, b: str, day: str | None, event: str, months: str, data: str | None, instrument: str | None, json_: bool
) -> None:
    """What next for A and B: odds beside the base rate of pairs like them, or trade as a range, each with its score."""
    from detente.cli.output import as_json, waiting
    from detente.outlook import forecast, hazard
    from detente.panel import read_panel, world

    on = day or date.today().isoformat()
    if event in ODDS:
        with waiting(f"Odds of a {event}"):
            odds = hazard(a, b, event, on=on, months=int(months))
        click.echo(as_json(odds.to_dict()) if json_ else odds.summary())
        return
    with waiting("Trade of the next years"):
        panel = read_panel(data) if data else world()
        found = forecast(
            panel, a, b, as_of=on, event=None if event == "trade" else event, instrument=instrument
        )  # fmt: skip
    click.echo(as_json(found.to_dict()) if json_ else found.summary())
