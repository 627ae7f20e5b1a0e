"""What every part of ``study.toml`` shares: strict keys, and the kinds of values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Ends = tuple[str, str]
"""Origin and destination of a direction."""
Year = Annotated[int, Field(ge=1800, le=2100)]
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
