"""Short forms written out before a formula is read: wildcards, several lags, several responses and equations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.errors import FormulaError, did_you_mean

_RANGE = re.compile(
    r"(?<![\w.])(?P<call>l|f|d|lag|lead|diff)\((?P<inner>[^(),]*(?:\([^()]*\))?[^(),]*),"
    r"\s*(?P<first>-?\d+)\s*:\s*(?P<last>-?\d+)\s*(?P<more>(?:,[^()]*)?)\)(?=\s*(?:\+|\||$))"
)
"""Several lags at once, as in ``l(x, 0:2)``, standing by themselves."""


def expanded(text: str, columns: Sequence[str] = ()) -> str:
    """The formula with each wildcard's columns, and each range's lags, written out."""
    response, tilde, rest = text.partition("~")
    terms, bar, effects = rest.partition("|")
    terms = _RANGE.sub(_each_lag, terms)
    if columns:
        terms = _WILD.sub(lambda found: _all_named(found[1], columns), terms)
    return f"{response}{tilde}{terms}{bar}{effects}"


def _each_lag(found: re.Match[str]) -> str:
    first, last = int(found["first"]), int(found["last"])
    steps = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    call, inner, more = found["call"], found["inner"].strip(), found["more"]
    return " + ".join(f"{call}({inner}, {k}{more})" if k else inner for k in steps)


_WILD = re.compile(r"(?<![\w.)])([^\W\d][\w.]*\*)(?=\s*(?:\+|$))")
_STEPS = re.compile(r"\b(c?sw0?)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def _all_named(name: str, columns: Sequence[str]) -> str:
    start = name.removesuffix("*")
    found = [column for column in columns if column.startswith(start)]
    if not found:
        raise FormulaError(f"No column begins with '{start}', as '{name}' asks.{did_you_mean(start, columns)}")
    return " + ".join(column if re.fullmatch(r"[^\W\d][\w.]*", column) else f"`{column}`" for column in found)


def each_formula(text: str) -> list[str]:
    """The formulas that ``c(y, z)`` before the ``~`` and fixest's ``sw``, ``sw0``, ``csw`` and ``csw0`` stand for,
    the latter among terms and among effects.

    >>> each_formula("y ~ x | csw0(o, d)")
    ['y ~ x', 'y ~ x | o', 'y ~ x | o + d']
    >>> each_formula("c(y, z) ~ x + csw0(a, b) | o")
    ['y ~ x | o', 'y ~ x + a | o', 'y ~ x + a + b | o', 'z ~ x | o', 'z ~ x + a | o', 'z ~ x + a + b | o']
    """
    response, tilde, rest = text.partition("~")
    if not tilde:
        return [text]
    several = re.fullmatch(r"\s*c\((.*)\)\s*", response)
    responses = [part.strip() for part in several[1].split(",")] if several else [response.strip()]
    terms, bar, effects = rest.partition("|")
    tails = [f" | {choice}" if choice else "" for choice in _choices(effects)] if bar else [""]
    return [f"{one} ~ {choice or '1'}{tail}" for one in responses for choice in _choices(terms) for tail in tails]


def _choices(text: str) -> list[str]:
    """What terms or effects with one stepwise call stand for, each joined by "+"; themselves without one."""
    steps = _STEPS.search(text)
    if steps is None:
        return [text.strip()]
    names = [part.strip() for part in steps[2].split(",")]
    picked = [[]] if steps[1].endswith("0") else []
    picked += [names[:k] for k in range(1, len(names) + 1)] if steps[1][0] == "c" else [[name] for name in names]
    others = [part.strip() for part in (text[: steps.start()] + text[steps.end() :]).split("+") if part.strip()]
    return [" + ".join([*others, *chosen]) for chosen in picked]
