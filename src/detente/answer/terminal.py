"""The answer as text for a terminal: on one screen, or every sentence of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import fill, wrap

from detente.answer.answer import Answer
from detente.answer.small_table import Row, SmallTable
from detente.language import Catalogue

FIRST_TO_GO = ("elsewhere", "share")
HEAD_LINES = 3
LABEL = 24
"""Characters that a label needs to be read with ease; columns go until there are as many."""


def on_screen(answer: Answer, *, width: int = 100, full: bool = False) -> str:
    """What happened, why, what if, what next and which claims hold, in lines of ``width`` characters.

    Parameters
    ----------
    full : every sentence, an item each, instead of the one screen of some forty lines with small tables.
    """
    return _laid_out(answer, *(_sentences(answer, width) if full else _screen(answer, width)))


PEOPLE = slice(1, 2)
"""The sentence about people on the one screen: how many moved in the larger direction."""


def _screen(answer: Answer, width: int) -> tuple[list[str], ...]:
    happened = answer.happened[:1] + answer.people[PEOPLE] + answer.happened[1:][-1:]  # sources stand in the report
    why = _tables(answer.why_means, answer.why_tables, width)
    what_if = _tables(answer.what_if_means, answer.what_if_tables, width)
    facts, claims, ahead = (
        [_sentence(text, width) for text in texts] for texts in (happened, answer.claims, answer.what_next[:2])
    )
    return facts, why, what_if, ahead, [], claims


def _sentences(answer: Answer, width: int) -> tuple[list[str], ...]:
    parts = (answer.happened, answer.why, answer.what_if, answer.what_next, answer.people, answer.claims)
    return tuple(
        [fill(text, width, initial_indent="  - ", subsequent_indent="    ", break_on_hyphens=False) for text in part]
        for part in parts
    )


def _laid_out(answer: Answer, *parts: Sequence[str]) -> str:
    """The study's title, then each part under its question; a part without lines is left out."""
    words = Catalogue(answer.language)
    keys = ("page.happened", "page.why", "page.what_if", "page.what_next", "heading.people", "answer.claimed")
    heads = (words(key) for key in keys)
    lines = [line for head, part in zip(heads, parts) if part for line in ("", head, *part)]
    return "\n".join([answer.title, *lines])


def _sentence(text: str, width: int) -> str:
    return fill(text, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _tables(means: str, tables: Sequence[SmallTable], width: int) -> list[str]:
    lines = [_sentence(means, width)] if means else []
    for table in tables:
        lines += [f"  {table.title}"] if table.title else []
        lines += [*_table(table, width), *(_sentence(note, width) for note in table.notes)]
    return lines


def _table(table: SmallTable, width: int) -> list[str]:
    """Labels flush left and wrapped, cells flush right; columns that can be spared go where room is short."""
    kept = list(range(len(table.columns)))
    longest = max((len(label) for label, *_ in table.rows), default=0)
    tried = (_heads(table, lines) for lines in range(1, HEAD_LINES))
    heads = next(
        (heads for heads in tried if _room(table, kept, width, heads) >= longest + 2), _heads(table, HEAD_LINES)
    )
    grouped = any(not any(cells) for _, *cells in table.rows)
    labels = [*[""] * len(heads), *(("  " if grouped and any(cells) else "") + label for label, *cells in table.rows)]
    for name in FIRST_TO_GO:
        if _room(table, kept, width, heads) < LABEL:
            kept = [k for k in kept if table.columns[k] != name]
    cells = [[row[k] for k in kept] for row in (*heads, *(row[1:] for row in table.rows))]
    sizes = [max(map(len, column)) for column in zip(*cells)]
    room = max(LABEL // 2, min(max(map(len, labels)), _room(table, kept, width, heads)))
    return [line for label, row in zip(labels, cells) for line in _lines(label, row, sizes, room)]


def _room(table: SmallTable, kept: Sequence[int], width: int, heads: Sequence[Row] = ()) -> int:
    """What is left of the width for the labels."""
    rows = (*(heads or [table.head]), *(row[1:] for row in table.rows))
    return width - 2 - sum(2 + max(len(row[k]) for row in rows) for k in kept)


def _heads(table: SmallTable, most: int) -> list[Row]:
    """The heads of the columns in up to ``most`` lines where that makes a column narrower; words stay whole."""
    split = []
    for k, head in enumerate(table.head):
        cells = max((len(row[k + 1]) for row in table.rows), default=0)
        words = max((len(word) for word in re.split(r"(?<=-)| ", head)), default=1)
        sizes = range(max(cells, words, 1), len(head) + 1)
        narrow = next((size for size in sizes if len(wrap(head, size)) <= most), max(len(head), 1))
        split.append(wrap(head, narrow) or [""])
    deep = max(map(len, split), default=1)
    return list(zip(*([""] * (deep - len(lines)) + lines for lines in split)))


def _lines(label: str, row: Sequence[str], sizes: Sequence[int], room: int) -> list[str]:
    indent = " " * (len(label) - len(label.lstrip()))
    parts = wrap(label.strip(), room - len(indent), subsequent_indent="  ", break_long_words=False) or [""]
    tail = "".join(f"  {cell:>{size}}" for cell, size in zip(row, sizes))
    above = [f"  {indent}{part}" for part in parts[:-1]]
    return [*above, f"  {indent + parts[-1]:<{room}}{tail}".rstrip()]
