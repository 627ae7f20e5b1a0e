"""The one safe read of files that come from elsewhere: regular, of bearable size and depth, every fault a named error.

A study, a record, a run folder or a panel may come out of an archive or a download. It is opened here and nowhere
else: no pipe or device that would block, no link that leads out of its folder, no text that takes minutes or the
stack to parse, no encoding guessed in silence.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.errors import DetenteError, UnreadableFile

TEXT, TABLE, DATA = 1 << 20, 200 << 20, 1 << 30  # bytes at most: what people write, a table, data
DEEPEST = 64  # nested brackets, and parts of a dotted key
DIGITS = 1000  # of one number
_TOML = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' r"'''.*?'''|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|" r"(#[^\n]*)", re.DOTALL
)
_JSON = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_DOTTED = re.compile(rf"(?<![\w\-])(?:[\w\-]++[ \t]*+\.[ \t]*+){{{DEEPEST}}}")
_NUMBER = re.compile(rf"(?<![0-9_])[0-9_]{{{DIGITS}}}")


def read_bytes(path: Path, most: int = TEXT, *, inside: Path | None = None, fix: str = "") -> bytes:
    """The bytes of a regular file of at most ``most``; with ``inside``, of one that lies in that folder, links followed.

    Raises
    ------
    UnreadableFile
        It is missing (then ``__cause__`` is the FileNotFoundError), no regular file, too large, or cannot be opened.
    """
    if inside is not None:
        check_inside(path, inside)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as absent:
        raise UnreadableFile(f"There is no file {path}.", fix="Check its path and name.") from absent
    except (OSError, ValueError) as error:
        reason = "it is a folder" if path.is_dir() else getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{path} cannot be read: {reason}.", fix="Check its permissions.") from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "no regular file"
        raise UnreadableFile(f"{path} is {kind}.", why="Only files are read there.", fix="Put a plain file there.")
    with os.fdopen(handle, "rb") as file:
        if found.st_size > most:
            raise UnreadableFile(
                f"{path} has {found.st_size / 1e6:,.1f} MB; at most {most / 1e6:,.0f} MB are read there.",
                fix=fix or "Check that it is the right file.",
            )
        try:
            return file.read(most + 1)[:most]
        except OSError as error:
            raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None


def check_regular(path: Path) -> Path:
    """The path, if a regular file stands there that can be opened: no pipe or device that would block whoever reads it.

    For tables that a reader streams; what is read whole goes through :func:`read_bytes`, which has a limit.

    Raises
    ------
    UnreadableFile
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{path} cannot be read: {reason}.", fix="Check its permissions.") from None
    found = os.fstat(handle)
    os.close(handle)
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableFile(
            f"{path} is no regular file.", why="Only files are read there.", fix="Put a plain file there."
        )
    return path


def check_inside(path: Path, folder: Path) -> None:
    """Raise where a path, links followed, leads out of ``folder``.

    Raises
    ------
    UnreadableFile
    """
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a circle of links, a name that no file can have
        inside = False
    if not inside:
        raise UnreadableFile(
            f"{path.name} leads out of {folder}.",
            why="A folder that was handed on must not open other files of this machine.",
            fix="Put the file itself into the folder.",
        )


def read_text(path: Path, most: int = TEXT, *, inside: Path | None = None) -> str:
    """The text of a UTF-8 file, line ends as written, without its byte-order mark.

    Raises
    ------
    UnreadableFile
    """
    return decoded(read_bytes(path, most, inside=inside), path.name)


def decoded(raw: bytes, name: str) -> str:
    """UTF-8 text.

    Raises
    ------
    UnreadableFile
        With the line and the byte that is none.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise UnreadableFile(
            f"{name}, line {row}: byte {error.start} is not UTF-8 (0x{raw[error.start]:02x}).",
            fix="Save it as UTF-8 text.",
        ) from None


def parse_toml(text: str, name: str, error: type[DetenteError] = UnreadableFile) -> dict[str, Any]:
    """A TOML document; its faults are raised as ``error``.

    >>> parse_toml("a = 1", "x.toml")
    {'a': 1}
    """
    bare = _TOML.sub(lambda found: "" if found[1] is not None else "s", text)
    _check_shape(bare, name, error)
    if _DOTTED.search(bare):
        raise error(f"{name} has a key of more than {DEEPEST} parts.", fix="No such key is known: take it out.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise error(f"{name} is not valid TOML: {wrong}.", fix="Fix that line; strings need quotes.") from None
    except (ValueError, RecursionError, MemoryError) as wrong:
        raise error(f"{name} cannot be read as TOML: {_short(wrong)}.", fix="Fix or replace the file.") from None


def read_toml(path: Path, *, inside: Path | None = None, error: type[DetenteError] = UnreadableFile) -> dict[str, Any]:
    """A TOML file that a person wrote, at most 1 MB.

    Raises
    ------
    UnreadableFile
        It cannot be opened, or is no UTF-8; what is wrong with its TOML is raised as ``error``.
    """
    return parse_toml(read_text(path, inside=inside), str(path), error)


def parse_json(text: str, name: str) -> Any:
    """A JSON value.

    Raises
    ------
    UnreadableFile
    """
    bare = _JSON.sub("s", text)
    _check_shape(bare, name, UnreadableFile)
    try:
        return json.loads(text)
    except (ValueError, RecursionError, MemoryError) as wrong:
        raise UnreadableFile(f"{name} cannot be read as JSON: {_short(wrong)}.", fix="Write it again.") from None


def read_json(path: Path, most: int = TABLE, *, inside: Path | None = None) -> Any:
    """The value in a JSON file.

    Raises
    ------
    UnreadableFile
    """
    return parse_json(read_text(path, most, inside=inside), path.name)


def parse_rows(text: str, name: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Rows of CSV text, each with the number of the line it starts on.

    Raises
    ------
    UnreadableFile
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as wrong:
        raise UnreadableFile(
            f"{name}, line {line}: it is not well-formed CSV ({wrong}).", fix="Check its quotes."
        ) from None


def _check_shape(bare: str, name: str, error: type[DetenteError]) -> None:
    """Brackets no deeper and numbers no longer than anybody writes; ``bare`` is the text without its strings."""
    depth = 0
    for mark in re.finditer(r"[\[{\]}]", bare):
        depth += 1 if mark[0] in "[{" else -1
        if depth > DEEPEST:
            raise error(f"{name} is nested more than {DEEPEST} deep.", fix="Nothing here is: check the file.")
    if _NUMBER.search(bare):
        raise error(f"{name} holds a number of more than {DIGITS} digits.", fix="Check the file.")


def _short(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
