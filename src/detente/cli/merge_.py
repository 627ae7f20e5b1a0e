"""``detente merge``."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.telling import tell
from detente.errors import OutputError, RecordError, UnreadableFile, how_many
from detente.language import Text


@click.command("merge", epilog="Example: detente merge my-study her-study --base as-we-began --out merged/record")
@click.argument("ours", type=click.Path(path_type=Path))
@click.argument("theirs", type=click.Path(path_type=Path))
@click.option("--base", type=click.Path(path_type=Path), help="The record both began from; fewer conflicts with it.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the merged record; must be new.")
def command(ours: Path, theirs: Path, base: Path | None, out: Path) -> int:
    """Merge two analysts' records (study or record folders) row by row; conflicts are shown, never decided."""
    from detente.record.exchange.merging import merge_records

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out} is already in use.", fix="Give a new folder with --out.")
    found = merge_records(
        record_folder(ours), record_folder(theirs), base=None if base is None else record_folder(base)
    )
    if found.conflicts.is_empty():
        found.write(out)
        for table, mine, hers in found.twice:
            tell(f"{table}: {mine} and {hers} say the same; both are kept.")
        tell(Text("told.merged", out=str(out), **{name: table.height for name, table in found.tables.items()}))
        return 0
    for row in found.conflicts.iter_rows(named=True):
        began = f" (was: {row['base']!r})" if row["base"] is not None else ""
        where = f"{row['table']}, {row['id']}, {row['column']}"
        tell(f"{where}: ours {row['ours']!r}, theirs {row['theirs']!r}{began}", err=True)
    tell(
        f"{how_many(found.conflicts.height, 'conflict')}: decide in one of the two records. Nothing was written.",
        err=True,
    )
    return RecordError.exit_code


def record_folder(path: Path) -> Path:
    """The record in ``path``: itself, or its ``record`` folder where it is a study.

    Raises
    ------
    UnreadableFile
    """
    folder = path / "record" if (path / "record").is_dir() else path
    if not (folder / "sources.csv").is_file():
        raise UnreadableFile(
            f"{path} holds no record: there is no sources.csv.", fix="Give a study or its record folder."
        )
    return folder
