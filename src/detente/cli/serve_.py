"""``detente serve``: a study in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from detente.cli.completing import studies
from detente.cli.reading import reading, reading_options
from detente.cli.telling import tell


@click.command("serve", epilog="Example: detente serve colombia-venezuela --data BACI_HS92_V202501.zip")
@click.argument("study", shell_complete=studies, required=False)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Panel for the desks and runs instead of the studies' own: CSV, Parquet, or BACI as published.",
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 8765 or the next free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; other hosts need a token.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@reading_options
def command(study: str | None, data: Path | None, port: int | None, host: str, no_browser: bool, **how: Any) -> None:
    """Open STUDY (a name or a folder) in the browser, on this machine only.

    Without STUDY the start page lists the studies of the current folder.
    """
    from detente.web.http.server import serve

    serve(study=study, data=data, host=host, port=port, browser=not no_browser, say=tell,
          reading=reading(how))  # fmt: skip
