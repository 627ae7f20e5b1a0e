"""The command line: one file a command, loaded when it is called."""

from __future__ import annotations


def main(argv: list[str] | None = None) -> None:
    """Run ``detente``; errors become one message on stderr and the documented exit code."""
    from detente.cli.app import run

    raise SystemExit(run(argv))
