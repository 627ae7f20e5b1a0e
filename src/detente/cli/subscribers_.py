"""``detente subscribers``: the readers of an edition."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from detente.cli.edition_ import list_option
from detente.cli.telling import tell


@click.group("subscribers", epilog="Example: detente subscribers stats --list desk.db")
def command() -> None:
    """The readers of an edition: add, import, export, forget, count."""


@command.command(
    "add", epilog='Example: detente subscribers add ana@example.org --list desk.db --consent "by letter, 3 Nov 2026"'
)
@click.argument("email")
@list_option
@click.option("--consent", required=True, help="How and when they agreed, in words.")
@click.option("--lang", "language", default="en", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="Time zone, such as Asia/Tokyo.")
@click.option("--hour", type=click.IntRange(0, 23), default=7, show_default=True, help="Of the reader's clock.")
@click.option("--paid-until", type=click.DateTime(["%Y-%m-%d"]), help="If they have paid already.")
def add(email: str, list_: Path, consent: str, language: str, zone: str, hour: int, paid_until: object) -> None:
    """Add one reader whose consent was given elsewhere."""
    from detente.edition.subscribers import Desk, Wish

    until = paid_until.replace(tzinfo=UTC).timestamp() if isinstance(paid_until, datetime) else 0.0
    with Desk(list_) as desk:
        added = desk.add(email, Wish(language, zone, hour), time.time(), consent, paid_until=until)
    tell(f"{email} is on the list." if added else f"{email} was left as it was: known, or not to be written to.")


@command.command("import", epilog="Example: detente subscribers import readers.csv --list desk.db")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@list_option
def import_(path: Path, list_: Path) -> None:
    """Add the readers of a CSV file (email, consent; language, zone, hour, paid_until): all, or none if one is wrong."""
    from detente.edition.subscribers import Desk, import_list

    with Desk(list_) as desk:
        done = import_list(desk, path, time.time())
    tell(f"Added {done.added}; left {done.left} as they were (known, or not to be written to).")


@command.command("export", epilog="Example: detente subscribers export --list desk.db > readers.csv")
@list_option
@click.option("--person", help="Everything kept about one address, as JSON.")
def export(list_: Path, person: str | None) -> None:
    """Print the list as CSV that is safe in a spreadsheet, or everything that is kept about one person."""
    from detente.edition.subscribers import Desk, export_list
    from detente.edition.subscribers.lists import person as of_person

    with Desk(list_) as desk:
        click.echo(export_list(desk) if person is None else of_person(desk, person) or "Nothing is kept.", nl=False)


@command.command("forget", epilog="Example: detente subscribers forget ana@example.org --list desk.db")
@click.argument("email")
@list_option
def forget(email: str, list_: Path) -> None:
    """Erase everything about a person; a keyed hash stays, so that no import brings the address back."""
    from detente.edition.subscribers import Desk

    with Desk(list_) as desk:
        gone = desk.forget(email, time.time())
    tell("Erased." if gone else "Nothing was kept.")


@command.command("stats", epilog="Example: detente subscribers stats --list desk.db")
@list_option
def stats(list_: Path) -> None:
    """Count readers by state, and no person."""
    from detente.edition.subscribers import Desk

    with Desk(list_) as desk:
        for name, count in desk.stats(time.time()).items():
            click.echo(f"{name}: {count}")
