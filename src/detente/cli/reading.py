"""Options that say how a file of flows is to be read; the same for every command that takes ``--data``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

KINDS = ("goods", "persons", "energy", "flights", "other")
UNITS = ("usd", "kusd", "usd_mn", "usd_bn", "persons", "gwh", "mn_m3", "flights")
_OPTIONS = (
    click.option(
        "--as", "source", metavar="SOURCE", help="Whose layout the file is in (detente data list); found by itself."
    ),
    click.option(
        "--unit", type=click.Choice(UNITS), help="Unit of the flows, where neither source nor column says it."
    ),
    click.option("--kind", type=click.Choice(KINDS), help="What flows; goods where the unit is money."),
    click.option("--absent", type=click.Choice(("zero", "missing")), help="What a row that is not there means."),
    click.option("--origin", "origin_column", metavar="COLUMN", help="Column of the origin."),
    click.option("--destination", "destination_column", metavar="COLUMN", help="Column of the destination."),
    click.option("--year", "year_column", metavar="COLUMN", help="Column of the year, quarter or month."),
    click.option("--value", "value_column", metavar="COLUMN", help="Column of the flow."),
    click.option(
        "--side", type=click.Choice(("either", "origin", "destination")), help="Whose report, where there are both."
    ),
    click.option(
        "--missing", multiple=True, metavar="TEXT", help="What means missing beside empty cells; may be repeated."
    ),
    click.option("--codes-as-of", type=int, metavar="YEAR", help="Map codes in use then to today's."),
    click.option("--rates", metavar="FILE", help="Exchange rates (ECB, FRED), for flows in other money."),
)
_NAMES = {
    "origin_column": "origin",
    "destination_column": "destination",
    "year_column": "year",
    "value_column": "value",
}


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of :data:`_OPTIONS` on a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def reading(given: dict[str, Any]) -> dict[str, Any]:
    """The options as keywords of :func:`detente.read_panel`, those that were given.

    Examples
    --------
    >>> reading({"source": None, "unit": "kusd", "year_column": "t", "missing": ()})
    {'unit': 'kusd', 'year': 't'}
    """
    return {
        _NAMES.get(name, name): list(v) if isinstance(v, tuple) else v
        for name, v in given.items()
        if v not in (None, ())
    }
