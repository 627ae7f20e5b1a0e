"""Organisations by name: the shipped register, a record's own, and when two names mean one house."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from detente._foreign import parse_toml, read_text
from detente.economies import every_name, table
from detente.errors import Problem
from detente.language.controls import steering
from detente.record.verdicts.independence.names import BRACKETS, folded, names_in, same_name, words_of

FILE = "organisations.toml"
LONGEST = 10
"""Words of the longest name that is looked for."""
SHORT = 4
"""Letters of an abbreviation up to which it must stand in capitals: CAN is a house, can is not."""
KINDS = ("statistics", "central bank", "customs", "ministry", "agency", "wire", "international", "body")


@dataclass(frozen=True, slots=True)
class Organisation:
    """One house that publishes.

    Attributes
    ----------
    id, name : str
    aliases : tuple of str
        Other names and abbreviations, in any language.
    parent : str
        Id of the organisation it is part of: figures of the part are figures of the whole.
    kind : str
        One of :data:`KINDS`.
    country : str
        ISO alpha-3 code, for national offices.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    kind: str = "body"
    country: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """Organisations by id, found by any of their names."""

    organisations: Mapping[str, Organisation]
    names: Mapping[tuple[str, ...], str]
    capitals: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, organisations: Iterable[Organisation]) -> Register:
        """A register of some organisations; a later one of the same id replaces the earlier."""
        held = {o.id: o for o in organisations}
        names = {words_of(name): o.id for o in held.values() for name in (o.name, *o.aliases) if words_of(name)}
        spelt = [name for o in held.values() for name in (o.name, *o.aliases)]
        capitals = {words_of(name) for name in spelt if name.isupper() and len(name) <= SHORT}
        return cls(held, names, frozenset(capitals - {words_of(name) for name in spelt if not name.isupper()}))

    def houses(self, text: str) -> frozenset[str]:
        """The organisations that a text names, with those they are part of.

        Registered ones by their id; others by their own words (``~ministry commerce``).

        Examples
        --------
        >>> sorted(default_register().houses("data from Colombia's statistics office"))
        ['dane']
        >>> sorted(default_register().houses("El Universal (Caracas) / AFP"))
        ['afp', '~universal']
        """
        found = self._registered(text)
        for name in names_in(BRACKETS.sub(" ", text)):  # what stands in brackets is a place, unless it is registered
            known = self._registered(name) | self._national(name)
            found |= known
            if words_of(name) and not known and not self._inside(name, text):
                found.add(f"~{' '.join(words_of(name))}")
        for house in [h for h in found if not h.startswith("~")]:
            found |= set(self._above(house))
        return frozenset(found)

    def _registered(self, text: str) -> set[str]:
        """Names of the register inside a text, longer names before shorter ones."""
        return {house for house, _ in self._places(text)}

    def _inside(self, name: str, text: str) -> bool:
        """Whether a name is a piece of a longer one that the register knows ("Industry and Tourism")."""
        return any(set(words_of(name)) <= set(words) for _, words in self._places(text))

    def _places(self, text: str) -> list[tuple[str, tuple[str, ...]]]:
        rest, found = list(words_of(text)), []
        written = {folded(word) for word in re.findall(r"\w+", text) if word.isupper()}
        for size in range(min(len(rest), LONGEST), 0, -1):
            place = 0
            while place + size <= len(rest):
                words = tuple(rest[place : place + size])
                house = self.names.get(words)
                if house is None or (words in self.capitals and words[0] not in written):
                    place += 1
                    continue
                found.append((house, words))
                rest[place : place + size] = ["|"]
        return found

    def _national(self, name: str) -> set[str]:
        """National offices named by what they are and whose ("Chile's central bank")."""
        text = folded(name)
        kinds = [kind for kind, pattern in _ROLES.items() if pattern.search(text)]
        country = country_in(name)
        own = [o for o in self.organisations.values() if country and o.country == country]
        return {o.id for o in own if o.kind in kinds or any(_said_alike(name, n) for n in (o.name, *o.aliases))}

    def _above(self, house: str) -> Iterable[str]:
        seen = {house}
        while (parent := self.organisations[house].parent) in self.organisations and parent not in seen:
            seen.add(parent)
            yield parent
            house = parent


def _said_alike(a: str, b: str) -> bool:
    """Whether two names of offices of one economy are the same words in another order or language."""
    first, second = (without_country(f"~{' '.join(words_of(name))}")[0] for name in (a, b))
    return " " in first and " " in second and same_name(first, second)


_ROLES = {
    "statistics": re.compile(
        r"statistic(s|al)? (office|agency|institute|bureau|committee|department|service|authority)|bureau of statistics|"
        r"institut\w* (nacional )?de estadistica|oficina (nacional )?de estadistica|censo"
    ),
    "central bank": re.compile(r"central bank|banco central|reserve bank|national bank|banco de la republica"),
    "customs": re.compile(r"\b(customs|aduana\w*)\b"),
}


@lru_cache(maxsize=20_000)
def country_in(text: str) -> str:
    """The ISO alpha-3 code of the economy a name speaks of; empty where there is none."""
    plain = f" {' '.join(re.findall(r'[a-z]+', folded(text)))} "
    for name, code in _countries():
        if f" {name} " in plain or f" {name}s " in plain:
            return code
    return ""


@lru_cache(maxsize=20_000)
def without_country(house: str) -> tuple[str, str]:
    """An unregistered name (``~words``) without the economy it speaks of, and that economy's code.

    Examples
    --------
    >>> without_country("~india trade ministry"), without_country("~trade ministry")
    (('~trade ministry', 'IND'), ('~trade ministry', ''))
    """
    plain = f" {house.removeprefix('~')} "
    for name, code in _countries():
        for spelt in (f" {name} ", f" {name}s "):
            if spelt in plain:
                return f"~{plain.replace(spelt, ' ').strip()}", code
    return house, ""


@cache
def _countries() -> tuple[tuple[str, str], ...]:
    current = [row for row in table().values() if row.valid_to is None]
    spelt = [(name, row.code) for row in current for name in every_name(row.code) if len(name) > 3]
    named = [(" ".join(re.findall(r"[a-z]+", folded(name))), code) for name, code in spelt]
    raw = parse_toml(files("detente.record.verdicts.independence").joinpath(FILE).read_text(encoding="utf-8"), FILE)
    named += [(folded(word), code) for code, words in raw.get("demonym", {}).items() for word in words]
    return tuple(sorted(named, key=lambda pair: -len(pair[0])))


@cache
def default_register() -> Register:
    """The organisations shipped with the package (``organisations.toml``)."""
    return Register.of(
        read_organisations(files("detente.record.verdicts.independence").joinpath(FILE).read_text(encoding="utf-8"))
    )


def read_organisations(text: str) -> list[Organisation]:
    """Organisations from TOML text with a table ``[organisation.ID]`` each.

    Raises
    ------
    ValueError
        Saying what is wrong with the text.
    """
    raw = parse_toml(text, FILE).get("organisation", {})
    if not isinstance(raw, dict):
        raise ValueError("'organisation' is not a table")
    return [_organisation(id_, entry) for id_, entry in raw.items()]


def _organisation(id_: str, entry: Any) -> Organisation:
    keys = ("name", "aliases", "parent", "kind", "country")
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise ValueError(f'[organisation.{id_}] needs name = "..."')
    if unknown := [key for key in entry if key not in keys]:
        raise ValueError(f"[organisation.{id_}] has an unknown key '{unknown[0]}' (there are {', '.join(keys)})")
    aliases = entry.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(a, str) for a in aliases):
        raise ValueError(f'[organisation.{id_}] needs aliases = ["...", "..."]')
    kind = entry.get("kind", "body")
    if kind not in KINDS:
        raise ValueError(f"[organisation.{id_}] has the kind '{kind}' (there are {', '.join(KINDS)})")
    return Organisation(
        id_, entry["name"], tuple(aliases), str(entry.get("parent", "")), kind, str(entry.get("country", ""))
    )


def organisations_of(folder: Path) -> tuple[Register, list[Problem]]:
    """The shipped register with a record's own ``organisations.toml``, if it has one."""
    path = folder / FILE
    if not path.exists() and not path.is_symlink():
        return default_register(), []
    try:
        text = read_text(path, inside=folder)
        if unseen := steering(text):
            what = f"It holds the unseen character {unseen}."
            return default_register(), [Problem(FILE, None, None, what, "Take it out.")]
        own = read_organisations(text)
    except ValueError as error:  # files that cannot be read are ValueErrors too
        fix = "See docs/study-format.md."
        return default_register(), [Problem(FILE, None, None, f"It cannot be read: {error}.", fix)]
    return Register.of([*default_register().organisations.values(), *own]), []
