"""``detente new``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from detente.cli.completing import economies
from detente.cli.reading import as_of_option, reading, reading_options, say_reading
from detente.cli.telling import tell


@click.command("new", epilog="Example: detente new CHL PER && detente run chile-peru")
@click.argument("origin", shell_complete=economies)
@click.argument("destination", shell_complete=economies)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to make it; named after the two economies if left out."
)
@click.option("--data", type=click.Path(path_type=Path), help="Panel to use instead of the one that ships.")
@as_of_option
@reading_options
def command(
    origin: str, destination: str, folder: Path | None, data: Path | None, as_of: datetime | None, **how: Any
) -> None:
    """Make a study of ORIGIN and DESTINATION (economies, blocs or regions; codes or names) that runs as it is."""
    from detente.study import builtin_studies, new_study, open_study

    made = new_study(origin, destination, folder=folder, data=data, reading=reading(how), as_of=as_of and as_of.date())
    study = open_study(made)
    if not study.has_panel():
        tell(
            "The panel that ships does not have both economies, so the study has no flows: its record, claims and states "
            "are told without them; study.toml says how to add a panel.", err=True
        )  # fmt: skip
    else:
        if data is not None:
            say_reading(study.panel())
        if not study.scenarios:
            tell("It has no scenarios; study.toml says why, and how to get them.", err=True)
    called = f"./{made}" if str(made) in builtin_studies() else made  # the bare name is that of a study that ships
    tell(f"Made {made}. Next:\n  detente run {called}\n  add rows to {made / 'record'}, then: detente check {called}")
