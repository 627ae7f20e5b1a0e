"""The readers' languages: which there are, and where their words stand.

A language is a folder: ``locale/<code>/`` here, or one that :meth:`Languages.add` was given. It holds any number
of ``*.toml`` files with the strings, read as one catalogue, and ``economies.csv`` with the names of economies
and of blocs (columns ``code``, ``name`` and ``article``), and may hold ``errors.csv``, patterns of error sentences
with their translation (:mod:`detente.language.error_words`). In one of them the table ``[language]`` may say ``name``,
``complete`` (every string is there), ``joints`` (what happens where a value meets the words around it, as pairs of
a regular expression and its replacement) and ``chart_locale`` (the name of a Vega number format).

The words of one kind of thing (verdicts, a chart, a claim test) may stand in one file for all languages instead:
``locale/kinds/<kind>.toml``, or a file that :meth:`Languages.add_words` was given, with tables ``[en.group]``,
``[es.group]``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter
from typing import Any, overload

from detente import economies
from detente.errors import UnreadableFile, UsageError, did_you_mean

SOURCE = "en"
"""The language in which every string exists, and in which results are written."""
_CODE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Language:
    """One language as its folder gives it.

    Attributes
    ----------
    code : ISO 639 code, the folder's name.
    name : what it calls itself.
    strings : by ``group.key``.
    joints : pairs of a pattern and its replacement, applied where values were filled in.
    complete : whether every string must be there; one that is not falls back to marked English.
    chart_locale : the number format of charts, as Vega names it; empty for English signs.
    """

    code: str
    name: str
    strings: Mapping[str, str]
    joints: tuple[tuple[re.Pattern[str], str], ...] = ()
    complete: bool = False
    chart_locale: str = ""


class Languages(Sequence[str]):
    """The codes of all languages, English first: a sequence that grows by :meth:`add`.

    >>> list(LANGUAGES)[:2]
    ['en', 'es']
    """

    def __init__(self, home: Traversable) -> None:
        self._home = home
        self._folders: dict[str, Traversable] | None = None
        self._added: list[Traversable] = []

    @property
    def folders(self) -> dict[str, Traversable]:
        """Where each language's files stand."""
        if self._folders is None:
            found = {place.name: place for place in self._home.iterdir() if _CODE.fullmatch(place.name)}
            self._folders = {SOURCE: found.pop(SOURCE), **dict(sorted(found.items()))}
        return self._folders

    @property
    def others(self) -> tuple[str, ...]:
        """All but English, in which the strings of results and records are written."""
        return tuple(code for code in self if code != SOURCE)

    def add(self, folder: str | Path) -> str:
        """Register the language in ``folder``, whose name is its code; returns the code.

        Raises
        ------
        UsageError
            The folder's name is not a code, or the language is there already.
        UnreadableFile
            A file is not TOML, says something else than strings, or leaves the blanks of a string unfilled.
        """
        place = Path(folder)
        code = place.name
        if not _CODE.fullmatch(code):
            raise UsageError(
                f"'{code}' is not a language code.", fix="Name the folder by its ISO 639 code, such as fr."
            )
        if code in self.folders:
            raise UsageError(f"The language '{code}' is already registered.", fix="Edit its files instead.")
        self.folders[code] = place
        try:
            language_of(code)
        except UnreadableFile:
            self.drop(code)
            raise
        names = place / "economies.csv"
        if names.is_file():
            economies.add_names(code, names)
        return code

    @property
    def kinds(self) -> list[Traversable]:
        """The files that hold the words of one kind of thing in every language."""
        return [*_tomls(self._home / "kinds"), *self._added]

    def add_words(self, file: str | Path) -> None:
        """Register a file of words of one kind, with a table a language: ``[en.verdict]``, ``[es.verdict]``.

        Raises
        ------
        UnreadableFile
            It is not TOML, says something else than strings or for something else than a language, has a string
            that is there already, or one that English lacks.
        """
        place = Path(file)
        self._added.append(place)
        language_of.cache_clear()
        try:
            for code in self:
                language_of(code)
        except UnreadableFile:
            self.drop_words(place)
            raise

    def drop_words(self, file: str | Path) -> None:
        """Take a file of words out again."""
        self._added.remove(Path(file))
        language_of.cache_clear()

    def drop(self, code: str) -> None:
        """Take a language out again."""
        self.folders.pop(code, None)
        language_of.cache_clear()
        economies.drop_names(code)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return list(self.folders)[place]

    def __len__(self) -> int:
        return len(self.folders)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self.folders))

    def __contains__(self, code: object) -> bool:
        return code in self.folders

    def __repr__(self) -> str:
        return f"Languages({', '.join(self)})"


LANGUAGES = Languages(files("detente.language") / "locale")


@cache
def language_of(code: str) -> Language:
    """The language of that code, read once.

    Raises
    ------
    UsageError
        There is none.
    UnreadableFile
        One of its files is not what it should be.
    """
    place = LANGUAGES.folders.get(code)
    if place is None:
        raise UsageError(f"There is no language '{code}'.", fix=f"The languages are: {', '.join(LANGUAGES)}.")
    head: dict[str, Any] = {}
    strings: dict[str, str] = {}
    for file in _tomls(place):
        groups = _read(file)
        head |= groups.pop("language", {})
        _take(strings, groups, file)
    if not strings:
        raise UnreadableFile(f"{place} holds no words.", fix="Put a TOML file with the language's strings into it.")
    for file in LANGUAGES.kinds:
        _take(strings, _by_language(file).get(code, {}), file)
    if code != SOURCE:
        _check_blanks(strings, place)
    joints = tuple((re.compile(pattern), text) for pattern, text in head.get("joints", ()))
    name = head.get("name") or strings.get("page.language") or code
    strings.setdefault("page.language", name)  # in the switches of the report and the app
    return Language(code, name, strings, joints, bool(head.get("complete")), head.get("chart_locale", ""))


def _tomls(place: Traversable) -> list[Traversable]:
    return (
        sorted((f for f in place.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name) if place.is_dir() else []
    )


def _by_language(file: Traversable) -> dict[str, Any]:
    """The tables of a kind's words by language."""
    tables = _read(file)
    for code, groups in tables.items():
        if not _CODE.fullmatch(code) or not isinstance(groups, dict):
            raise UnreadableFile(f"{file}: '{code}' is not a language.", fix='Write [en.group], then key = "text".')
    return tables


def _read(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFile(f"{file} cannot be read: {error}.", fix="Save it as TOML in UTF-8.") from None


def _take(strings: dict[str, str], groups: Mapping[str, Any], file: Traversable) -> None:
    """Add one file's strings; each key stands once, in tables of plain strings."""
    for group, rows in groups.items():
        for key, value in rows.items() if isinstance(rows, dict) else [("", rows)]:
            name = f"{group}.{key}"
            if not isinstance(value, str):
                raise UnreadableFile(f"{file}: '{name}' is not a string.", fix='Write [group], then key = "text".')
            if name in strings:
                raise UnreadableFile(f"{file}: '{name}' appears twice.", fix="Keep one of the two.")
            strings[name] = value


def _check_blanks(strings: Mapping[str, str], place: Traversable) -> None:
    """A translation fills only blanks that its English has; a key English lacks is a mistyped one."""
    english = language_of(SOURCE).strings
    for key, text in strings.items():
        if key not in english:
            near = did_you_mean(key, english)
            raise UnreadableFile(f"{place}: there is no string '{key}'.{near}", fix="Take the key from locale/en.")
        try:
            more = blanks(text) - blanks(english[key])
        except ValueError as error:
            raise UnreadableFile(f"{place}: '{key}' has a brace too many or too few: {error}.") from None
        if more:
            raise UnreadableFile(
                f"{place}: '{key}' has the blank {{{min(more)}}}, which its English has not.",
                fix=f"Its blanks are: {', '.join(sorted(blanks(english[key]))) or 'none'}.",
            )


def blanks(text: str) -> set[str]:
    """The names in braces that a string fills.

    >>> sorted(blanks("{a} to {b}"))
    ['a', 'b']
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name}
