"""The command group, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Any

import click

from detente import __version__
from detente.cli.helping import HelpContext
from detente.cli.hints import said_here
from detente.cli.telling import language_asked, sentence_here, usage_error
from detente.errors import DetenteError, did_you_mean

# what a reader wants -> command -> what it does; shown by --help without importing anything
GROUPS = {
    "Answer": {
        "pair": "Any two economies at once: what happened, why, and what if, without a study.",
        "run": "Run a study: what happened, why, what if, and which claims hold.",
        "report": "Write the report of a finished run again.",
        "serve": "Open a study in the browser, on this machine only.",
        "batch": "Many pairs at once, or all of them: one table of what changed and why.",
        "outlook": "Odds of a break or a return of relations, with their score card.",
        "library": "List, filter, draw, export and score the library of ruptures and reopenings.",
    },
    "Keep a study": {
        "new": "Make a new study for two economies.",
        "check": "Check a study folder; point at file, row and column.",
        "watch": "Look at a list of studies and pairs again; tell what changed.",
        "draft": "Draft claims from an article, for a person to accept.",
        "import": "Bring an official file's events or figures into a record.",
        "merge": "Merge two analysts' records; show the conflicts.",
        "workbook": "Write a record as a spreadsheet, or read it back.",
        "cite": "Cite sources and figures; ClaimReview and PROV of checked claims.",
    },
    "Publish": {
        "edition": "Make, send and serve an edition of what changed: page, mail, sound, feeds.",
        "subscribers": "The readers of an edition: add, import, export, forget, stats.",
    },
    "Estimate and solve": {
        "fit": "Estimate a gravity model by PPML with a fixest formula.",
        "solve": "Solve a counterfactual equilibrium from a square flow table.",
    },
    "Data and this machine": {
        "data": "Sources and their files: list, pull, add, show, mirror, lock, bundle.",
        "doctor": "Say what is installed, what is missing and how to get it.",
        "completion": "Print the script that completes commands and names in a shell.",
    },
}
COMMANDS = {name: does for group in GROUPS.values() for name, does in group.items()}
EXAMPLES = """\b
Examples:
  detente pair India Pakistan
  detente run colombia-venezuela --quick
  detente new KEN TZA && detente check kenya-tanzania
  detente COMMAND --help

Exit codes: 0 ok, 1 bug, 2 usage, 3 data, 4 specification or study, 5 not converged."""


class Commands(click.Group):
    """A click group that imports a command's module only when it is called."""

    context_class = HelpContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from detente.cli.output import with_language

        return with_language(import_module(f"detente.cli.{cmd_name}_").command)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"There is no command '{args[0]}'.{did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for title, commands in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{width}}", does) for name, does in commands.items()])


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"detente {__version__}")
        ctx.exit()


def _for_all(ctx: click.Context, _param: click.Parameter, language: str | None) -> None:
    """``--lang`` before the command is that of the command."""
    if language:
        ctx.default_map = {name: {"language": language, "lang": language} for name in COMMANDS}


@click.group(cls=Commands, epilog=EXAMPLES)
@click.option("--lang", metavar="LANGUAGE", expose_value=False, callback=_for_all, help="Language of what is said.")
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def group() -> None:
    """What happened between two economies, why, and what if."""


def run(argv: list[str] | None = None) -> int:
    """Run the command line on ``argv`` and return the exit code."""
    for stream in (sys.stdout, sys.stderr):  # a Windows console may not be UTF-8
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    asked = {"language": language_asked(sys.argv[1:] if argv is None else argv)}
    try:
        result = group.main(args=argv, prog_name="detente", standalone_mode=False, obj=asked)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        click.echo(usage_error(error, asked["language"]), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(sentence_here("Stopped.", asked["language"]), err=True)
        return 130
    except DetenteError as error:
        click.echo(said_here(error, asked["language"]), err=True)
        return error.exit_code
    except BrokenPipeError:
        return 0
    except Exception as error:
        if os.environ.get("DETENTE_DEBUG"):
            raise
        told = f"This is a bug in detente, not in your input: {type(error).__name__}: {error}"
        advice = "Run it again with the environment variable DETENTE_DEBUG=1 and report what it prints."
        click.echo("\n".join(sentence_here(text, asked["language"]) for text in (told, advice)), err=True)
        return 1
