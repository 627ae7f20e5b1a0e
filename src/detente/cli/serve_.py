"""``detente serve``: a study in the browser."""

from __future__ import annotations

import click


@click.command("serve", epilog="Example: detente serve colombia-venezuela --port 8000")
@click.argument("study", required=False)
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 8765 or the next free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; beyond this machine a token is asked.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
def command(study: str | None, port: int | None, host: str, no_browser: bool) -> None:
    """Open STUDY (a name or a folder) in the browser, on this machine only.

    Without STUDY the start page lists the studies of the current folder.
    """
    from detente.web.server import serve

    serve(study=study, host=host, port=port, browser=not no_browser, say=click.echo)
