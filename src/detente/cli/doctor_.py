"""``detente doctor``."""

from __future__ import annotations

import platform
import re
import shutil
from importlib.metadata import PackageNotFoundError, requires, version

import click

from detente import __version__
from detente.cli.output import as_json
from detente.cli.telling import here, tell
from detente.study import builtin_studies

# what a part that can be left out is for; which packages it needs is read from the installed package itself
EXTRAS = {
    "data": "detente data pull, from the sources' own servers",
    "web": "detente serve, the app on this machine",
    "export": "tables in Word, Excel and LaTeX; detente workbook",
    "draft": "detente draft, from web pages, PDF and Word",
    "edition": "detente edition, its mail and its readers' pages",
    "voice": "the edition read aloud",
    "pay": "payment for an edition",
    "formulas": "formulas beyond fixest's in detente fit",
    "dask": "work on several machines",
    "arrays": "counterfactuals on arrays of torch or CuPy",
}
PROGRAMS: dict[str, tuple[str, str]] = {
    "espeak-ng": ("editions read aloud in Spanish, and in English without hibari-tts", "apt-get install espeak-ng"),
}  # program -> what it is for, how to get it
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+).*?(?:;.*extra == ['\"](\w+)['\"])?$")


@click.command("doctor", epilog="Example: detente doctor --json")
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(json_: bool) -> None:
    """Say what is installed, what is missing and how to get it, and how to cite."""
    from detente.panel import world

    asked = needed()
    core = asked.pop("", {})
    extras = {extra: asked.get(extra, {}) for extra in EXTRAS}
    programs = {name: shutil.which(name) for name in PROGRAMS}
    cite = f"The détente developers (2026). détente {__version__}: computational analysis of the relation between two economies."
    if json_:
        data = {"detente": __version__, "python": platform.python_version(), "core": core, "extras": extras,
                "programs": programs, "studies": list(builtin_studies()), "cite": cite}  # fmt: skip
        click.echo(as_json(data))
        return
    tell(f"détente {__version__}, Python {platform.python_version()} on {platform.system()}")
    click.echo(f"{here('Needed')}: " + ", ".join(f"{k} {v or here('missing')}" for k, v in core.items()))
    for extra, found in extras.items():
        missing = [name for name, v in found.items() if v is None]
        state = f'missing {", ".join(missing)}: python -m pip install "detente[{extra}]"' if missing else "installed"
        tell(f"Extra {extra} ({here(EXTRAS[extra])}): {state}")
    for name, (what_for, how) in PROGRAMS.items():
        tell(f"Program {name} ({here(what_for)}): {programs[name] or here('missing') + f': {how}'}")
    click.echo(f"{here('Studies')}: {', '.join(builtin_studies())}. {world()!r}")
    click.echo(f"{here('Cite')}: {cite}")


def needed() -> dict[str, dict[str, str | None]]:
    """Extra -> package -> its version, None where it is not installed; ``""`` is what every use needs.

    Examples
    --------
    >>> needed()[""]["numpy"] is not None
    True
    """
    found: dict[str, dict[str, str | None]] = {}
    for line in requires("detente") or ():
        match = _REQUIREMENT.match(line)
        if match and match[1] != "detente":
            found.setdefault(match[2] or "", {})[match[1]] = _version(match[1])
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
