"""What every part of ``study.toml`` shares: strict keys, and the kinds of values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from detente.data.periods import YEARS, period_of
from detente.language import When

Ends = tuple[str, str]
"""Origin and destination of a direction."""
Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[1])]


def _when(value: object) -> object:
    """A year as a number, a quarter or month as text (``"2019-Q1"``, ``"2019-01"``), as a whole number that sorts."""
    found = None if isinstance(value, bool) else period_of(value)
    if found is None:
        raise ValueError(
            f'it must be a year (2019), a quarter ("2019-Q1") or a month ("2019-01"), from {YEARS[0]} to {YEARS[1]}'
        )
    return When(found)


Moment = Annotated[int, BeforeValidator(_when)]
"""A year, or a quarter or month of a panel that counts by them."""
Code = Annotated[str, Field(min_length=2)]
Positive = Annotated[float, Field(gt=0)]
Elasticity = Annotated[float, Field(ge=0.1, le=100)]  # of trade; outside nothing is ever estimated or well conditioned


def both_ways(dyad: Ends) -> tuple[Ends, Ends]:
    """A pair's two directions."""
    return dyad, (dyad[1], dyad[0])


class SpecPart(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True, allow_inf_nan=False
    )
