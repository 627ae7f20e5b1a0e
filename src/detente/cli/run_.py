"""``detente run``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from detente.cli.completing import studies
from detente.cli.output import ProgressLine, language_option
from detente.cli.reading import reading, reading_options
from detente.language import Catalogue, said
from detente.study.shipped import builtin_studies

EPILOG = f"Built-in studies: {', '.join(builtin_studies())}. Example: detente run colombia-venezuela --data BACI_HS92_V202501.zip"


@click.command("run", epilog=EPILOG)
@click.argument("study", shell_complete=studies)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write; a new runs/STUDY/NNN if left out.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Panel to use instead: CSV, Parquet, or BACI as published."
)
@click.option("--quick", is_flag=True, help="Skip placebos and ensembles; every output says so.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=20220926, show_default=True, help="Seed of whatever is drawn."
)
@click.option("--full", is_flag=True, help="Print every sentence of the answer, not the one screen.")
@language_option
@reading_options
def command(
    study: str, out: Path | None, data: Path | None, quick: bool, seed: int, full: bool, language: str, **how: Any
) -> None:
    """Run STUDY (a built-in study's name or a folder) and write a run folder.

    Prints what happened, why, what if, and which claims hold, and where the report is.
    """
    from detente.report import report_files
    from detente.run import read_run
    from detente.run.folder import check_free, next_folder, previous_folder
    from detente.run.further.run_changes import changes
    from detente.study import open_study

    opened = open_study(study).reading(**reading(how))
    folder = out or next_folder(opened)
    check_free(folder)
    line = ProgressLine(f"Running {opened.id}")
    try:
        typed = " ".join(["detente", *sys.argv[1:]])
        run = opened.run(data=data, quick=quick, seed=seed, command=typed, progress=line)
        line("report", 0.95)
        run.write(folder, report_files(language))
    finally:
        line.done()
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    words = Catalogue(language)
    click.echo(run.summary(full=full, width=width, language=language))
    earlier = None if out else previous_folder(folder)
    if earlier is not None:
        differences = [said(text, words) for text in changes(read_run(earlier), run)] or [words("since.nothing")]
        click.echo("\n".join(["", words("since.head", run=earlier.name), *(f"  - {line}" for line in differences)]))
    click.echo("\n" + words("since.report", path=folder / "report.html"))
