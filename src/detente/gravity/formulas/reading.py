"""Which columns a fit reads, and whether as numbers or as labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.gravity.formulas.formula import Factor, Formula
from detente.gravity.formulas.grammar import parse_column
from detente.gravity.formulas.lags import with_series


@dataclass(frozen=True, slots=True)
class Reads:
    """Columns read as ``numbers`` and as ``labels``; ``odd`` is a call that only formulaic understands, or None."""

    numbers: tuple[str, ...]
    labels: tuple[str, ...]
    odd: str | None


def columns_read(
    formula: Formula, columns: Sequence[str], ways: Sequence[Sequence[str]] = (), held: Sequence[str | None] = ()
) -> Reads:
    """What ``formula``, the clusters' ``ways`` and ``held`` columns (weights, offset) read of the data's ``columns``."""
    formula = with_series(formula, columns)
    factors = [formula.response, *(factor for term in formula.terms for factor in term)]
    factors += [Factor(text, (text,)) if text in columns else parse_column(text) for text in held if text is not None]
    numbers: list[str] = []
    labels = [c for effect in formula.effects for c in effect.columns] + [c for way in ways for c in way]
    odd = next((factor.text for factor in factors if factor.function == "formulaic"), None)
    for factor in factors:
        if factor.function == "i":
            labels.append(factor.columns[0])
            numbers += factor.columns[1:]
        elif factor.inner is not None:
            numbers += factor.inner.columns
            labels += [*factor.unit, factor.time]
        else:
            numbers += factor.columns
    numbers += [slope for effect in formula.effects for slope in effect.slopes]
    return Reads(tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(labels)), odd)
