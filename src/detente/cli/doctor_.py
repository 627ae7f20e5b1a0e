"""``detente doctor``."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import click

EXTRAS = {
    "web": ("starlette", "uvicorn"),
    "export": ("great_tables", "openpyxl", "XlsxWriter", "python-docx"),
    "draft": ("trafilatura",),
    "formulas": ("formulaic",),
    "dask": ("distributed",),
}
CORE = (
    "numpy",
    "scipy",
    "polars",
    "narwhals",
    "pydantic",
    "click",
    "rich",
    "jinja2",
    "threadpoolctl",
    "vl-convert-python",
)


@click.command("doctor", epilog="Example: detente doctor --json")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(json_: bool) -> None:
    """Say what is installed, what is missing and how to cite."""
    from detente import __version__
    from detente.cli.output import as_json
    from detente.panel import world
    from detente.study import builtin_studies

    core = {name: _version(name) for name in CORE}
    extras = {extra: {name: _version(name) for name in names} for extra, names in EXTRAS.items()}
    cite = f"The détente developers (2026). détente {__version__}: computational analysis of the relation between two economies."
    if json_:
        data = {"detente": __version__, "python": platform.python_version(), "core": core, "extras": extras,
                "studies": list(builtin_studies()), "cite": cite}  # fmt: skip
        click.echo(as_json(data))
        return
    click.echo(f"détente {__version__}, Python {platform.python_version()} on {platform.system()}")
    click.echo("Needed: " + ", ".join(f"{k} {v or 'MISSING'}" for k, v in core.items()))
    for extra, found in extras.items():
        missing = [name for name, v in found.items() if v is None]
        state = f'missing {", ".join(missing)}: python -m pip install "detente[{extra}]"' if missing else "installed"
        click.echo(f"Extra {extra}: {state}")
    click.echo(f"Studies: {', '.join(builtin_studies())}. {world()!r}")
    click.echo(f"Cite: {cite}")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
