"""A count with its noun, which is one word for one and another for several."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from detente.language.speaking import Said


class _Counts(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        how, *words = format_spec.split("|")
        if isinstance(value, Said) or not (words or how in ("m", "f")):
            return super().format_field(value, format_spec)
        if not words:
            return str(value)
        one, several = words
        word = one if str(value) == "1" else several
        return word if how == "-" else f"{value} {word}"


def filled(template: str, values: Mapping[str, Any]) -> str:
    """A template with its values; ``{n:|row|rows}`` is a count with its noun, ``{n:-|was|were}`` a word that agrees with it.

    Before the first bar may stand a gender (``{n:f|fila|filas}``), which only a spoken count needs.

    >>> filled("{n:|row|rows} {n:-|was|were} left out", {"n": 1}), filled("{n:|row|rows}", {"n": "1,204"})
    ('1 row was left out', '1,204 rows')
    """
    return _COUNTS.vformat(template, (), values) if "|" in template else template.format(**values)


_COUNTS = _Counts()
