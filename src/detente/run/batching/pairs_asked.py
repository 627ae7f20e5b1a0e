"""Which pairs a batch is of: all of a panel, a file of them, or a list in one argument."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from detente._foreign import parse_rows, read_text
from detente.economies import lookup_side
from detente.errors import EmptySample, UnknownEconomy, UnreadableFile, UsageError

ALL = "all"
Pair = tuple[str, str]


def pairs_asked(asked: str) -> list[Pair] | None:
    """The pairs as written, or None for all of the panel.

    Parameters
    ----------
    asked : ``all``, a file of two columns (with or without names; comma, semicolon or tab), or a list such as
        ``CHL-PER,IND-PAK``.

    Raises
    ------
    UsageError
        Neither a file nor a list.
    UnreadableFile, EmptySample
        A row that is no pair, or a file without any.

    Examples
    --------
    >>> pairs_asked("CHL-PER, India-Pakistan"), pairs_asked("all")
    ([('CHL', 'PER'), ('India', 'Pakistan')], None)
    """
    if asked.strip().lower() == ALL:
        return None
    path = Path(asked)
    if path.is_file():
        return _of_file(path)
    pairs = [tuple(part.strip() for part in item.split("-")) for item in asked.split(",") if item.strip()]
    if not pairs or any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise UsageError(
            f"'{asked}' is no file and no list of pairs.",
            fix="Give the path of a file with two columns, a list such as CHL-PER,IND-PAK, or: all.",
        )
    return [(one, other) for one, other in pairs]


def _of_file(path: Path) -> list[Pair]:
    text = read_text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((m for m in ("\t", ";", ",") if m in first), None)
    if mark is None:
        text, mark = re.sub(r"(?m)^\s*(\S+?)[ -]+(\S+)\s*$", r"\1,\2", text), ","
    rows = [(line, [cell.strip() for cell in cells]) for line, cells in parse_rows(text, path.name, mark) if any(cells)]
    if not rows:
        raise EmptySample(f"{path} holds no pair.", fix="Write one a line: origin,destination.")
    at = _columns(rows[0][1])
    pairs = []
    for line, cells in rows if at is None else rows[1:]:
        one, other = at or (0, 1)
        if len(cells) <= max(one, other) or not cells[one] or not cells[other]:
            raise UnreadableFile(
                f"Line {line} of {path.name} is no pair: '{mark.join(cells)}'.",
                fix="Write two economies a line, codes or names: origin,destination.",
            )
        pairs.append((cells[one], cells[other]))
    if not pairs:
        raise EmptySample(f"{path} names its columns and holds no pair.", fix="Write one a line below them.")
    return pairs


def _columns(header: list[str]) -> tuple[int, int] | None:
    """Where origin and destination stand, if the first row names its columns."""
    names = [cell.lower() for cell in header]
    for one, other in (("origin", "destination"), ("exporter", "importer"), ("from", "to"), ("a", "b")):
        if one in names and other in names:
            return names.index(one), names.index(other)
    return None


def coded(pairs: Iterable[Pair]) -> list[Pair]:
    """Names as codes; a word that is neither stays as it is, and its pair gets its reason in the table.

    Examples
    --------
    >>> coded([("India", "PAK"), ("Atlantis", "PER")])
    [('IND', 'PAK'), ('Atlantis', 'PER')]
    """
    return [(_code(one), _code(other)) for one, other in pairs]


def _code(word: str) -> str:
    try:
        return lookup_side(word)
    except UnknownEconomy:
        return word
