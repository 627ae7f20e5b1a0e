"""``detente report``."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.output import language_option, waiting
from detente.language import Catalogue


@click.command("report", epilog="Example: detente report runs/colombia-venezuela/001")
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write; report.html in the run folder if left out."
)
@language_option
def command(run_dir: Path, out: Path | None, language: str) -> None:
    """Write the report of the finished run in RUN_DIR again."""
    from detente.report import write_report
    from detente.run import read_run

    target = out or run_dir / "report.html"
    with waiting(f"Drawing the report of {run_dir}", after=0.0):
        write_report(read_run(run_dir), target, language)
    click.echo(Catalogue(language)("since.report", path=target))
