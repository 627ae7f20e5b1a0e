"""What pydantic finds wrong with a key of ``study.toml``, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from detente.errors import did_you_mean

_WORDS = {
    "missing": "this key is needed",
    "int_from_float": "it must be a whole number",
    "greater_than": "it must be above {gt:g}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than_equal": "it must be at most {le:g}",
    "string_too_short": "it needs at least {min_length} characters",
    "string_pattern_mismatch": "it is a short name of lowercase letters and digits, joined by '-' in a study and '_' in a measure",
    "too_short": "it has too few entries (at least {min_length})",
    "too_long": "it has too many entries (at most {max_length})",
    "literal_error": "it must be {expected}",
    "finite_number": "it must be a finite number",
}
_KINDS = {
    "float": "a number",
    "int": "a whole number",
    "string": "text in quotes",
    "bool": "true or false",
    "list": "a list in [ ]",
    "tuple": "a list in [ ]",
    "dict": "a table",
    "model": "a table",
}


def in_plain_words(error: Mapping[str, Any], known: Iterable[str]) -> str:
    """One error: the key, what is wrong, what was found; ``known`` are the keys that could be meant."""
    key = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"]) or "study.toml"
    kind = error["type"]
    if kind == "extra_forbidden":
        name, known = str(error["loc"][-1]), list(known)
        if name in known:
            return f"{key}: this key belongs in another table."
        return f"{key}: unknown key.{did_you_mean(name, known)}"
    if kind == "value_error":  # our own checks
        return f"{key}: {error['msg'].removeprefix('Value error, ')}."
    given = error.get("input")
    shown = f" (found {given!r})" if isinstance(given, str | int | float | bool) else ""
    if kind == "missing" and isinstance(error["loc"][-1], int):
        return f"{key}: this entry is missing."
    return f"{key}: {_said(kind, error.get('ctx', {}))}{shown if kind != 'missing' else ''}."


def _said(kind: str, facts: dict[str, Any]) -> str:
    if kind in _WORDS:
        return _WORDS[kind].format(**facts)
    return f"it must be {_KINDS.get(kind.partition('_')[0], 'something else')}"
