"""The controlled vocabulary: states of the dyad, the values they take, and kinds of event."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from detente._foreign import parse_toml, read_text
from detente.errors import Problem, did_you_mean

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
    """One state of the dyad: its values from free to blocked, and where the idea comes from."""

    name: str
    values: tuple[str, ...]
    meaning: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word an event may use."""

    states: dict[str, State]
    kinds: dict[str, str]

    def problem(self, change: StateChange) -> str:
        """What is wrong with a state change, in words; empty when nothing is."""
        if change.state not in self.states:
            return f"'{change.state}' is not a state.{did_you_mean(change.state, self.states)}"
        values = self.states[change.state].values
        if change.value not in values:
            hint = did_you_mean(change.value, values)
            return f"'{change.value}' is not a value of {change.state} ({', '.join(values)}).{hint}"
        return ""


@cache
def default_vocabulary() -> Vocabulary:
    """The vocabulary shipped with the package (``vocabulary.toml``)."""
    text = files(__package__).joinpath("vocabulary.toml").read_text(encoding="utf-8")
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
        states[name] = State(name, tuple(values), str(entry.get("meaning", "")), str(entry.get("after", "")))
    return Vocabulary(states, {name: str(meaning) for name, meaning in raw.get("kind", {}).items()})


def vocabulary_of(folder: Path) -> tuple[Vocabulary, list[Problem]]:
    """The shipped vocabulary with the words of a record's own ``vocabulary.toml``, if it has one."""
    path = folder / FILE
    shipped = default_vocabulary()
    if not path.exists() and not path.is_symlink():
        return shipped, []
    try:
        own = read_vocabulary(read_text(path, inside=folder))
    except ValueError as error:  # files that cannot be read are ValueErrors too
        return shipped, [Problem(FILE, None, None, f"It cannot be read: {error}.", "See docs/vocabulary.md.")]
    return Vocabulary(shipped.states | own.states, shipped.kinds | own.kinds), []


def parse_sets(cell: str) -> list[StateChange]:
    """Read ``state=value;state@place=value``.

    Examples
    --------
    >>> parse_sets("border.goods@tachira=closed")
    [StateChange(state='border.goods', value='closed', place='tachira')]
    """
    changes = []
    for part in filter(None, (piece.strip() for piece in cell.split(";"))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name or not value:
            raise ValueError(f"'{part}' does not read as state=value or state@place=value")
        state, _, place = name.partition("@")
        changes.append(StateChange(state.strip(), value, place.strip()))
    return changes
