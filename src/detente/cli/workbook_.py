"""``detente workbook``."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.completing import studies
from detente.errors import OutputError


@click.command(
    "workbook",
    epilog="Example: detente workbook my-study record.xlsx, then: detente workbook my-study record.xlsx --read",
)
@click.argument("study", shell_complete=studies)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--read", "back", is_flag=True, help="Read FILE back into the study's record instead of writing it.")
def command(study: str, file: Path, back: bool) -> None:
    """Write STUDY's record to FILE, a spreadsheet with drop-downs for the vocabulary, or read it back.

    Reading checks everything first; after any problem the record is as it was.
    """
    from detente.record.exchange.spreadsheet import read_workbook, write_workbook
    from detente.study import open_study

    opened = open_study(study)
    if back:
        opened.require_own()
        read_workbook(file, opened.record)
        click.echo(f"Read {file} into {opened.record}.")
        return
    if file.exists():
        raise OutputError(f"{file} is already there.", fix="Give another file name.")
    write_workbook(opened.ledger(), file)
    click.echo(f"Wrote {file}. Edit it, then: detente workbook {study} {file} --read")
