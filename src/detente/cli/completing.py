"""What a shell offers after TAB: the built-in studies and folders, and the economies."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from detente.study.shipped import builtin_studies


def studies(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Built-in studies that begin as ``typed`` does, then folders; quick, for a study's file is not opened.

    Examples
    --------
    >>> [item.value for item in studies(None, None, "colombia-v")]
    ['colombia-venezuela', 'colombia-v']
    """
    return [
        *(CompletionItem(name) for name in builtin_studies() if name.startswith(typed)),
        CompletionItem(typed, type="dir"),
    ]


def economies(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Codes of today's economies whose code or name begins as ``typed`` does, each with its name.

    Examples
    --------
    >>> [item.value for item in economies(None, None, "vene")]
    ['VEN']
    """
    from detente.economies import name_of, table

    today = (row for row in table().values() if row.valid_to is None)
    begins = [row for row in today if any(word.upper().startswith(typed.upper()) for word in (row.code, row.name))]
    return [CompletionItem(row.code, help=name_of(row.code)) for row in begins]
