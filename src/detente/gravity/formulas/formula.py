"""The parts of a formula: factors, effects, and the formula that they make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Factor:
    """A column, a function of one, ``i()`` dummies, or an earlier or later value.

    function : None, one of FUNCTIONS, "i", "lag", "change", or "formulaic" (``text`` is then the whole call)
    inner, periods : what is lagged, and by how much (below zero: led); a change is from so many periods earlier
    unit, time : columns that name the rows of one series and their periods, where the formula says so
    """

    text: str
    columns: tuple[str, ...]
    function: str | None = None
    reference: str | float | None = None
    inner: Factor | None = None
    periods: float = 0
    unit: tuple[str, ...] = ()
    time: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One set of fixed effects: interacted columns, and the columns whose slopes vary with them."""

    columns: tuple[str, ...]
    slopes: tuple[str, ...] = ()
    intercept: bool = True

    @property
    def text(self) -> str:
        return "^".join(self.columns)


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula: response, terms (products of factors) and fixed effects."""

    text: str
    response: Factor
    terms: tuple[tuple[Factor, ...], ...]
    effects: tuple[Effect, ...]
    intercept: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the formula reads, without repeats."""
        names = [*self.response.columns]
        names += [c for term in self.terms for factor in term for c in factor.columns]
        names += [c for effect in self.effects for c in effect.columns + effect.slopes]
        return tuple(dict.fromkeys(names))
