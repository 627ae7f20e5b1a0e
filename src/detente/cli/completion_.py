"""``detente completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    epilog='Example: eval "$(detente completion bash)", or put that line into ~/.bashrc; '
    "detente completion fish > ~/.config/fish/completions/detente.fish",
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script that completes commands, options, studies and economies in SHELL."""
    from detente.cli.app import group

    maker = get_completion_class(shell)
    assert maker is not None  # click brings the three
    click.echo(maker(group, {}, "detente", "_DETENTE_COMPLETE").source())
