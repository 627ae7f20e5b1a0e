"""The answer on one screen: the brief laid out as text."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill, wrap

from detente.answer.brief import Panel, brief_of
from detente.language import Catalogue, said
from detente.run.result import Run

FIRST_TO_GO = ("full_panel", "elsewhere", "share")
LABEL = 24
"""Characters that a label needs to be read with ease; columns go until there are as many."""


def on_screen(run: Run, *, width: int = 100, language: str = "en", full: bool = False) -> str:
    """The answer of ``run`` as text: on one screen, or ``full``, every sentence of it."""
    return (sentences if full else screen)(run, width, language)


def screen(run: Run, width: int, language: str) -> str:
    """What happened, why, what if and which claims hold, in some forty lines of ``width`` characters."""
    brief = brief_of(run, language)
    happened = brief.happened[:1] + brief.happened[1:][-1:]  # whose figures they are stands in the report
    why = [_sentence(brief.why_means, width)] if brief.why else []
    for panel in brief.why:
        why += [f"  {panel.title}", *_table(panel, width), *(_sentence(note, width) for note in panel.notes)]
    what_if = [_sentence(brief.what_if_means, width)] if brief.what_if_means else []
    if brief.what_if:
        what_if += [*_table(brief.what_if, width), *(_sentence(note, width) for note in brief.what_if.notes)]
    facts, claims = ([_sentence(text, width) for text in texts] for texts in (happened, brief.claims))
    return _laid_out(run, language, facts, why, what_if, claims)


def sentences(run: Run, width: int, language: str) -> str:
    """Every sentence of the answer, an item each, in lines of ``width`` characters."""
    answer = run.answers[language]
    parts = (answer.happened, answer.why, answer.what_if, answer.claims)
    items = ([fill(text, width, initial_indent="  - ", subsequent_indent="    ") for text in part] for part in parts)
    return _laid_out(run, language, *items)


def _laid_out(run: Run, language: str, *parts: Sequence[str]) -> str:
    """The study's title, then each part under its question; a part without lines is left out."""
    words = Catalogue(language)
    heads = (words(key) for key in ("page.happened", "page.why", "page.what_if", "answer.claimed"))
    title = said(run.study.spec.text(run.study.title), words)
    return "\n".join([title, *(line for head, lines in zip(heads, parts) if lines for line in ("", head, *lines))])


def _sentence(text: str, width: int) -> str:
    return fill(text, width, initial_indent="  ", subsequent_indent="  ")


def _table(panel: Panel, width: int) -> list[str]:
    """Labels flush left and wrapped, cells flush right; columns that can be spared go where room is short."""
    grouped = any(not any(cells) for _, *cells in panel.rows)
    labels = ["", *(("  " if grouped and any(cells) else "") + label for label, *cells in panel.rows)]
    kept = list(range(len(panel.columns)))
    for name in FIRST_TO_GO:
        if _room(panel, kept, width) < LABEL:
            kept = [k for k in kept if panel.columns[k] != name]
    cells = [[row[k] for k in kept] for row in (panel.head, *(row[1:] for row in panel.rows))]
    sizes = [max(map(len, column)) for column in zip(*cells)]
    room = max(LABEL // 2, min(max(map(len, labels)), _room(panel, kept, width)))
    return [line for label, row in zip(labels, cells) for line in _lines(label, row, sizes, room)]


def _room(panel: Panel, kept: Sequence[int], width: int) -> int:
    """What is left of the width for the labels."""
    return width - 2 - sum(2 + max(len(row[k]) for row in (panel.head, *(row[1:] for row in panel.rows))) for k in kept)


def _lines(label: str, row: Sequence[str], sizes: Sequence[int], room: int) -> list[str]:
    indent = " " * (len(label) - len(label.lstrip()))
    parts = wrap(label.strip(), room - len(indent), subsequent_indent="  ", break_long_words=False) or [""]
    tail = "".join(f"  {cell:>{size}}" for cell, size in zip(row, sizes))
    above = [f"  {indent}{part}" for part in parts[:-1]]
    return [*above, f"  {indent + parts[-1]:<{room}}{tail}".rstrip()]
