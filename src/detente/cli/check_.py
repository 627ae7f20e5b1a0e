"""``detente check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from detente.cli.completing import studies
from detente.cli.output import as_json
from detente.cli.telling import tell
from detente.errors import RecordError, how_many
from detente.language import Text

if TYPE_CHECKING:
    from detente.errors import Problem


@click.command("check", epilog="Example: detente check my-study")
@click.argument("study", shell_complete=studies)
@click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
def command(study: str, json_: bool) -> int:
    """Check STUDY's study.toml and record; every problem with its file, row and column.

    Cautions are printed too and leave the exit code at 0: settings that are probably unintended, or that need
    another panel than the study's own.
    """
    from detente.study import open_study
    from detente.study.study import require_dyad_of_targets

    opened = open_study(study)
    require_dyad_of_targets(opened.spec)
    problems, cautions = opened.check(), opened.cautions()
    if json_:
        found = {"problems": rows(problems), "cautions": rows(cautions)}
        click.echo(as_json({"study": opened.id, "ok": not problems, **found}))
        return RecordError.exit_code if problems else 0
    for caution in cautions:
        tell(f"Caution: {caution}", err=True)
    if problems:
        for problem in problems:
            tell(str(problem), err=True)
        tell(f"{how_many(len(problems), 'problem')} in {opened.folder}.", err=True)
    else:
        ledger = opened.ledger()
        counts = {name: getattr(ledger, name).height for name in ("sources", "events", "figures", "claims")}
        tell(Text("told.clean", title=opened.spec.text(opened.title), **counts))
    return RecordError.exit_code if problems else 0


def rows(problems: list[Problem]) -> list[dict[str, Any]]:
    """Problems as objects of the JSON output."""
    return [{"file": p.file, "row": p.row, "column": p.column, "what": p.what, "fix": p.fix} for p in problems]
