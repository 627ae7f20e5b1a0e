"""``detente workbook``."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente._atomic import folder_aside
from detente.cli.completing import studies
from detente.cli.telling import here, tell
from detente.errors import DetenteError, OutputError, RecordError

if TYPE_CHECKING:
    from detente.record.exchange.returning import Return, Where
    from detente.study import Study

SHOWN = 10  # rows of each sort that are shown


@click.command(
    "workbook",
    epilog="Example: detente workbook my-study record.xlsx, then: detente workbook my-study record.xlsx --read",
)
@click.argument("study", shell_complete=studies)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--read", "back", is_flag=True, help="Show what FILE would change in the study's record.")
@click.option("--accept", "accepted", is_flag=True, help="With --read: write it, and keep the record as it was.")
def command(study: str, file: Path, back: bool, accepted: bool) -> int:
    """Write STUDY's record to FILE, a spreadsheet with drop-downs for the vocabulary, or read it back.

    Reading checks everything first; after any problem the record is as it was. Rows that the record has won or
    changed since FILE was written stay. The record as it was before is kept beside FILE, in a folder that can be
    read back in the same way.
    """
    from detente.record.exchange.spreadsheet import write_workbook
    from detente.study import open_study

    opened = open_study(study)
    if back:
        opened.require_own()
        return _read(opened, study, file, accepted=accepted)
    if file.exists():
        raise OutputError(f"{file} is already there.", fix="Give another file name.")
    write_workbook(opened.ledger(), file)
    tell(f"Wrote {file}. Edit it, then: detente workbook {study} {file} --read")
    return 0


def _read(opened: Study, study: str, file: Path, *, accepted: bool) -> int:
    from detente.record.exchange.returning import plan_return

    plan = plan_return(file, opened.record)
    _show(plan)
    if plan.clashes:
        tell("Nothing was written: write a new workbook, and change these rows in that.", err=True)
        return RecordError.exit_code
    if plan.idle:
        tell("Nothing was written: the record says all that already.")
        return 0
    if not accepted:
        tell("Nothing was written: add --accept.")
        return 0
    before = _free(file)
    with folder_aside(before) as aside:
        plan.back_up(aside)
    try:
        plan.write()
    except DetenteError:
        shutil.rmtree(before)
        raise
    tell(f"Read {file} into {opened.record}.")
    tell(f"To go back: detente workbook {study} {before} --read --accept")
    return 0


def _show(plan: Return) -> None:
    """Every sort of change by its rows, those that go and those that change with what they say."""
    if not plan.marked and plan.gone:
        tell("FILE does not say that it was made from this record: every row that it lacks would go.")
    for sort, wheres in (("gone", plan.gone), ("changed", plan.changed), ("clash", plan.clashes)):
        for where in wheres[:SHOWN]:
            cells = "; ".join(f"{c}: {ours!r} → {theirs!r}" for c, ours, theirs in plan.cells(where))
            click.echo(f"{here(sort)}: {where[0]}, {where[1]}" + (f", {cells}" if sort != "gone" else ""))
    _ids("new", plan.new)
    _ids("kept, as the record has it since", plan.kept)
    counts = ((plan.new, "new"), (plan.changed, "changed"), (plan.gone, "gone"), (plan.kept, "kept"))
    click.echo(", ".join(f"{here(word)}: {len(rows)}" for rows, word in counts) + ".")


def _ids(word: str, wheres: Sequence[Where]) -> None:
    for name in dict.fromkeys(name for name, _ in wheres):
        ids = [id_ for of, id_ in wheres if of == name]
        more = f" +{len(ids) - SHOWN}" if len(ids) > SHOWN else ""
        click.echo(f"{here(word)}: {name}, {', '.join(ids[:SHOWN])}{more}")


def _free(file: Path) -> Path:
    """A folder beside the file that is not there yet: ``record.before``, ``record.before-2``, ..."""
    stem = file.name.split(".before")[0].removesuffix(file.suffix)
    names = (file.with_name(f"{stem}.before{'' if n == 1 else f'-{n}'}") for n in range(1, 1000))
    return next(path for path in names if not path.exists())
