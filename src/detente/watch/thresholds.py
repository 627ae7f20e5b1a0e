"""When a measure fires and when it clears: two thresholds, looks in a row, and nothing said twice.

Pure: a rule, what is remembered of a measure and its new reading give what is remembered next and, at most, one
transition. A level rule (``<= 0.05``, ``outside_band``) has two states; a rule on a change (``changes``,
``abs_pct >= 10``) compares with the reading last told, so that a slow drift counts too and nothing is told twice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt
from typing import Literal

from detente.errors import SpecificationError

_OPS: dict[str, Callable[[float, float], bool]] = {"<=": le, "<": lt, ">=": ge, ">": gt}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_COMPARED = re.compile(rf"(?:(abs_pct|pct|abs_change|change)\s*)?(<=|<|>=|>)\s*({_NUMBER})")
_WORD = re.compile(r"is(\s+not)?\s+(?!not$)(\S.*)")
WAYS = (
    '"changes"; "<= 0.05" or another comparison (<, <=, >, >=); "outside_band" or "inside_band"; '
    '"abs_pct >= 10", "pct <= -10", "change <= -0.2" or "abs_change >= 0.2" (since it was last told); '
    '"is contradicted" or "is not confirmed"'
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a measure says at one look.

    Attributes
    ----------
    measure : its full name, such as ``residual:IND>PAK``.
    value : a number in the measure's unit, if it is one; NaN and infinity are no reading.
    text : a word, if it is one.
    low, high : the ends of its band or interval.
    note : what the number is of, such as the year.
    """

    measure: str
    value: float | None = None
    text: str = ""
    low: float | None = None
    high: float | None = None
    note: str = ""

    def same(self, other: Reading) -> bool:
        """Whether it says the same: equal words, and numbers equal to nine digits."""
        if self.text != other.text or (self.value is None) != (other.value is None):
            return False
        return self.value is None or other.value is None or math.isclose(self.value, other.value, rel_tol=1e-9)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it was written and as it is read."""

    written: str
    kind: Literal["changes", "level", "band", "word", "moved"]
    quantity: str = ""
    op: str = ""
    number: float = 0.0
    word: str = ""

    @property
    def on_a_change(self) -> bool:
        """Whether it compares with the reading last told."""
        return self.kind in ("changes", "moved")

    def holds(self, now: Reading, told: Reading | None) -> bool | None:
        """Whether it holds; None where the reading does not say."""
        if self.kind == "changes":
            return told is not None and not now.same(told)
        if self.kind == "word":
            return (now.text == self.word) == (self.op == "is") if now.text else None
        if now.value is None or not math.isfinite(now.value):
            return None
        if self.kind == "band":
            if now.low is None or now.high is None:
                return None
            return (now.low <= now.value <= now.high) == (self.op == "inside")
        if self.kind == "level":
            return _OPS[self.op](now.value, self.number)
        moved = _moved(self.quantity, now.value, told)
        return None if moved is None else _OPS[self.op](moved, self.number)


def parse_condition(written: str) -> Condition:
    """A condition from a watch list.

    Raises
    ------
    SpecificationError
        With the ways it can be written.

    Examples
    --------
    >>> parse_condition("<= 0.05").number, parse_condition("abs_pct >= 10").quantity, parse_condition("changes").kind
    (0.05, 'abs_pct', 'changes')
    """
    text = written.strip()
    if text == "changes":
        return Condition(text, "changes")
    if text in ("outside_band", "inside_band"):
        return Condition(text, "band", op=text.removesuffix("_band"))
    if found := _COMPARED.fullmatch(text):
        quantity, op, number = found[1] or "", found[2], float(found[3])
        return Condition(text, "moved" if quantity else "level", quantity, op, number)
    if found := _WORD.fullmatch(text):
        return Condition(text, "word", op="is not" if found[1] else "is", word=found[2].strip("\"'"))
    raise SpecificationError(f"'{written}' is no condition.", fix=f"Write one of: {WAYS}.")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When one measure fires and clears.

    Attributes
    ----------
    fire, clear : conditions; without ``clear`` a level rule clears when ``fire`` no longer holds.
    looks : how many looks with new inputs in a row it takes, both ways.
    appears, goes : whether a measure that is new, or no longer there, is told.
    """

    fire: Condition
    clear: Condition | None = None
    looks: int = 1
    appears: bool = False
    goes: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is remembered of a measure under a rule.

    Attributes
    ----------
    told : the reading last told, or the first.
    firing : whether it fired and has not cleared.
    since : the look since which it has been so.
    count : looks in a row that spoke for the other state.
    waiting : of a rule on a change: the reading that was seen in those looks.
    """

    told: Reading
    firing: bool = False
    since: int = 0
    count: int = 0
    waiting: Reading | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """What is told: ``fired``, ``cleared``, ``new`` or ``gone``, with the readings before and after."""

    what: Literal["fired", "cleared", "new", "gone"]
    before: Reading | None
    after: Reading | None
    since: int


def step(
    thresholds: Thresholds, alarm: Alarm | None, now: Reading | None, look: int, *, first: bool = False
) -> tuple[Alarm | None, Transition | None]:
    """What is remembered after a look, and what is to be told.

    Parameters
    ----------
    alarm : what was remembered; None for a measure not seen before.
    now : None where the measure is not there any more.
    look : this look's number.
    first : whether this is the first look under the rule: it is remembered as it stands, and nothing is told.
    """
    if now is None:
        return _without(thresholds, alarm, look)
    if alarm is None:
        return _appeared(thresholds, now, look, first)
    if thresholds.fire.on_a_change:
        return _changed(thresholds, alarm, now, look)
    return _level(thresholds, alarm, now, look)


def _without(thresholds: Thresholds, alarm: Alarm | None, look: int) -> tuple[Alarm | None, Transition | None]:
    if alarm is None or not thresholds.goes:
        return alarm, None  # unknown is neither one nor the other
    return None, Transition("gone", alarm.told, None, look)


def _appeared(thresholds: Thresholds, now: Reading, look: int, first: bool) -> tuple[Alarm, Transition | None]:
    fresh = Alarm(now, since=look)
    if first:
        return replace(fresh, firing=thresholds.fire.holds(now, None) is True), None
    if thresholds.fire.on_a_change:
        return fresh, Transition("new", None, now, look) if thresholds.appears else None
    return _level(thresholds, fresh, now, look)


def _changed(thresholds: Thresholds, alarm: Alarm, now: Reading, look: int) -> tuple[Alarm, Transition | None]:
    holds = thresholds.fire.holds(now, alarm.told)
    if holds is None:
        return alarm, None
    if not holds:
        return replace(alarm, count=0, waiting=None), None
    steady = thresholds.fire.kind == "moved" or (alarm.waiting is not None and alarm.waiting.same(now))
    count = alarm.count + 1 if steady or alarm.count == 0 else 1
    if count < thresholds.looks:
        return replace(alarm, count=count, waiting=now), None
    return Alarm(now, since=look), Transition("fired", alarm.told, now, look)


def _level(thresholds: Thresholds, alarm: Alarm, now: Reading, look: int) -> tuple[Alarm, Transition | None]:
    if not alarm.firing:
        turns = thresholds.fire.holds(now, alarm.told)
    elif thresholds.clear is not None:
        turns = thresholds.clear.holds(now, alarm.told)
    else:
        held = thresholds.fire.holds(now, alarm.told)
        turns = None if held is None else not held
    if turns is None:
        return alarm, None
    count = alarm.count + 1 if turns else 0
    if count < thresholds.looks:
        return replace(alarm, count=count), None
    what: Literal["fired", "cleared"] = "cleared" if alarm.firing else "fired"
    told = Transition(what, alarm.told, now, alarm.since if alarm.firing else look)
    return Alarm(now, firing=not alarm.firing, since=look), told


def _moved(quantity: str, value: float, told: Reading | None) -> float | None:
    """By how much a number moved since it was last told; percent of it, or its own unit."""
    if told is None or told.value is None or not math.isfinite(told.value):
        return None
    change = value - told.value
    if quantity.endswith("pct"):
        if told.value == 0:
            change = 0.0 if value == 0 else math.copysign(math.inf, value)
        else:
            change = 100 * change / abs(told.value)
    return abs(change) if quantity.startswith("abs_") else change
