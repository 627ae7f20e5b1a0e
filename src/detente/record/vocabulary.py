"""The controlled vocabulary: states of the dyad, the values they take, and kinds of event."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.errors import did_you_mean


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
    text = files("detente.record").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return read_vocabulary(text)


def read_vocabulary(text: str) -> Vocabulary:
    """Read a vocabulary from TOML text with tables ``[state]`` and ``[kind]``."""
    raw = tomllib.loads(text)
    states = {
        name: State(name, tuple(entry["values"]), entry["meaning"], entry.get("after", ""))
        for name, entry in raw["state"].items()
    }
    return Vocabulary(states, dict(raw["kind"]))


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
