"""The controlled vocabulary: states of the dyad, the values they take, and kinds of event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from pathlib import Path

from detente._foreign import parse_toml, read_text
from detente.errors import Problem, did_you_mean
from detente.language.controls import steering

FILE = "vocabulary.toml"


@dataclass(frozen=True, slots=True)
class StateChange:
    """``state@place=value``: what an event sets.

    Attributes
    ----------
    state, value : str
        Words of the vocabulary.
    place : str
        Crossing, route or party; empty for the dyad as a whole.
    """

    state: str
    value: str
    place: str = ""

    @property
    def name(self) -> str:
        """State with its place, the unit of which one value holds at a time."""
        return f"{self.state}@{self.place}" if self.place else self.state


@dataclass(frozen=True, slots=True)
class State:
    """One state of the dyad, or a family of states: its values from free to blocked, and where the idea comes from.

    Attributes
    ----------
    name : str
        Dotted name; one that ends in ``.*`` is a family, of which any name may follow.
    values : tuple of str
        What it may be; ``*`` stands for any word.
    meaning, after : str
        In words, and the field's data set from which the idea is drawn.
    of_one : bool
        Whether it is a state of one of the economies rather than of both.
    """

    name: str
    values: tuple[str, ...]
    meaning: str
    after: str = ""
    of_one: bool = False

    def takes(self, value: str) -> bool:
        """Whether ``value`` is one of its values."""
        return any(_matches(pattern, value) for pattern in self.values)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word an event may use."""

    states: dict[str, State]
    kinds: dict[str, str]

    def state(self, name: str) -> State | None:
        """The state of that name, or the narrowest family that it belongs to.

        >>> default_vocabulary().state("bloc.european_union").values
        ('member', 'leaving', 'out')
        """
        if name in self.states:
            return self.states[name]
        families = [s for s in self.states.values() if s.name.endswith(".*") and _matches(s.name, name)]
        return max(families, key=lambda s: len(s.name), default=None)

    def place(self, name: str) -> int:
        """Where a state stands in the vocabulary's order, from 0."""
        known = self.state(name)
        return len(self.states) if known is None else list(self.states).index(known.name)

    def problem(self, change: StateChange) -> str:
        """What is wrong with a state change, in words; empty when nothing is."""
        state = self.state(change.state)
        if state is None:
            return f"'{change.state}' is not a state.{did_you_mean(change.state, self.states)}"
        if not state.takes(change.value):
            hint = did_you_mean(change.value, state.values)
            return f"'{change.value}' is not a value of {change.state} ({', '.join(state.values)}).{hint}"
        return ""

    def twins(self, names: Iterable[str]) -> dict[str, str]:
        """Names of families that are spelt nearly like an earlier one, with that one: one of the two is a slip."""
        seen: list[str] = []
        found = {}
        for name in dict.fromkeys(names):
            known = self.state(name)
            if known is None or not known.name.endswith(".*"):
                continue
            near = next((other for other in seen if _nearly(name, other)), None)
            if near is None:
                seen.append(name)
            else:
                found[name] = near
        return found


def _matches(pattern: str, word: str) -> bool:
    """Whether a word fits a pattern in which ``*`` stands for one or more characters."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".+"), word) is not None


def _nearly(a: str, b: str) -> bool:
    """Whether two names differ by a slip in one of their longer words; digits that differ are meant."""
    one, other = (re.split(r"[._]", name) for name in (a, b))
    if len(one) != len(other):
        return False
    differing = [(x, y) for x, y in zip(one, other) if x != y]
    if len(differing) != 1:
        return False
    x, y = differing[0]
    return min(len(x), len(y)) >= 5 and x.isalpha() and y.isalpha() and SequenceMatcher(None, x, y).ratio() >= 0.85


@cache
def default_vocabulary() -> Vocabulary:
    """The vocabulary shipped with the package (``vocabulary.toml``)."""
    text = files("detente.record.states").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return read_vocabulary(text)


def read_vocabulary(text: str) -> Vocabulary:
    """Read a vocabulary from TOML text with tables ``[state."name"]`` and ``[kind]``.

    Raises
    ------
    ValueError
        Saying what is wrong with the text.
    """
    raw = parse_toml(text, FILE)
    states = {}
    for name, entry in raw.get("state", {}).items():
        values = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
            raise ValueError(f'[state."{name}"] needs values = ["...", "..."]')
        states[name] = State(
            name, tuple(values), str(entry.get("meaning", "")), str(entry.get("after", "")), entry.get("of") == "one"
        )
    return Vocabulary(states, {name: str(meaning) for name, meaning in raw.get("kind", {}).items()})


def vocabulary_of(folder: Path) -> tuple[Vocabulary, list[Problem]]:
    """The shipped vocabulary with the words of a record's own ``vocabulary.toml``, if it has one."""
    path = folder / FILE
    shipped = default_vocabulary()
    if not path.exists() and not path.is_symlink():
        return shipped, []
    try:
        text = read_text(path, inside=folder)
        if unseen := steering(text):
            return shipped, [Problem(FILE, None, None, f"It holds the unseen character {unseen}.", "Take it out.")]
        own = read_vocabulary(text)
    except ValueError as error:  # files that cannot be read are ValueErrors too
        return shipped, [Problem(FILE, None, None, f"It cannot be read: {error}.", "See docs/vocabulary.md.")]
    return Vocabulary(shipped.states | own.states, shipped.kinds | own.kinds), []


def parse_sets(cell: str) -> list[StateChange]:
    """Read ``state=value;state@place=value``.

    Examples
    --------
    >>> parse_sets("border.goods@brenner=closed")
    [StateChange(state='border.goods', value='closed', place='brenner')]
    """
    changes = []
    for part in filter(None, (piece.strip() for piece in cell.split(";"))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name or not value:
            raise ValueError(f"'{part}' does not read as state=value or state@place=value")
        state, _, place = name.partition("@")
        changes.append(StateChange(state.strip(), value, place.strip()))
    return changes
