"""``detente outlook``: odds of a break or a return, ranges of trade, incidents and missing counts, with the score beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.output import as_json, language_option, waiting
from detente.cli.reading import say_reading
from detente.economies import lookup
from detente.errors import UsageError
from detente.language import Catalogue, said

if TYPE_CHECKING:
    from detente.outlook.incidents import IncidentForecast

ODDS = ("break", "return")
EVENTS = (*ODDS, "trade", "reopening", "rupture", "incidents", "nowcast")


@click.command("outlook", epilog="Example: detente outlook IND PAK --on 2019-01-01")
@click.argument("a")
@click.argument("b")
@click.option("--on", "day", help="The day asked for, as 2019-01-01; nothing later is used. Today if not given.")
@click.option("--event", type=click.Choice(EVENTS), default="break", show_default=True,
              help="Odds of a break or a return; the trade of the next three years: with no event known (trade), "
              "after a reopening or after a rupture in the year of the day; incidents of a file of your own; or a count of "
              "people that is missing (nowcast).")  # fmt: skip
@click.option("--months", type=click.Choice(["12", "24"]), default="12", show_default=True, help="Of the odds.")
@click.option("--data", help="A panel for the trade: a file, or NAME@VERSION of the store. The world's if not given.")
@click.option(
    "--instrument", help="Of a rupture: closure, payment freeze, product ban, conflict or diplomatic quarrel."
)
@click.option("--scope", help="Of a closure: all trade or land border; of a product ban: all trade or part of trade.")
@click.option("--counts", type=click.Path(path_type=Path), help="Of incidents: an export of ACLED or UCDP, or a table "
              "with a date a row or with period and count.")  # fmt: skip
@click.option("--as", "source", help="Of incidents: the layout of the file, where it is not recognised.")
@click.option(
    "--all", "everything", is_flag=True, help="Of incidents: count all in the file, not only those that name both."
)
@click.option("--every", type=click.Choice(["month", "quarter", "year"]), default="month", show_default=True,
              help="Of incidents: the period they are counted by.")  # fmt: skip
@click.option("--since", help="Of incidents: the first day that the file covers; the first incident's if not given.")
@click.option("--until", help="Of incidents: the last day that the file covers; the last incident's if not given.")
@click.option("--population", type=click.Choice(["foreign_born", "movers", "protected"]), default="foreign_born",
              show_default=True, help="Of a nowcast: whose count.")  # fmt: skip
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
@language_option
def command(
    a: str, b: str, day: str | None, event: str, months: str, data: str | None, instrument: str | None, scope: str | None,
    counts: Path | None, source: str | None, everything: bool, every: str, since: str | None, until: str | None,
    population: str, json_: bool, language: str,
) -> None:  # fmt: skip
    """What next for A and B: odds beside the base rate of pairs like them, trade as a range, incidents, each with its score."""
    from detente.outlook import forecast, hazard
    from detente.panel import read_panel, world

    on, words = day or date.today().isoformat(), Catalogue(language)
    if event in ODDS:
        with waiting("Odds"):
            odds = hazard(a, b, event, on=on, months=int(months))
        click.echo(as_json(odds.to_dict()) if json_ else said(odds.summary(), words))
    elif event == "incidents":
        with waiting("Counting incidents"):
            told = _incidents(None if everything else (a, b), counts, source, every, since, until)
        click.echo(
            as_json({"ahead": [one.to_dict() for one in told]})
            if json_
            else "\n".join(said(one.summary(), words) for one in told)
        )
    elif event == "nowcast":
        from detente.outlook.people import nowcast

        with waiting("The count of the others"):
            count = nowcast(a, b, int(on[:4]) if day else None, population=population)
        click.echo(as_json(count.to_dict()) if json_ else said(count.summary(), words))
    else:
        with waiting("Trade of the next years"):
            panel = read_panel(data) if data else world()
            found = forecast(
                panel, a, b, as_of=on, event=None if event == "trade" else event, instrument=instrument, scope=scope
            )
        if data:
            say_reading(panel)
        click.echo(as_json(found.to_dict()) if json_ else said(found.summary(), words))


def _incidents(
    pair: tuple[str, str] | None,
    counts: Path | None,
    source: str | None,
    every: str,
    since: str | None,
    until: str | None,
) -> tuple[IncidentForecast, ...]:
    from detente.outlook.incidents import forecast_incidents, read_incidents

    if counts is None:
        raise UsageError(
            "--event incidents needs a file of incidents.",
            why="None ships: ACLED and UCDP are under terms of their own.",
            fix="Give your export with --counts FILE.",
        )
    both = None if pair is None else (lookup(pair[0]), lookup(pair[1]))
    return forecast_incidents(read_incidents(counts, pair=both, every=every, source=source, since=since, until=until))
