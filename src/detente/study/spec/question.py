"""What a study asks of the past: its two sides, its flows, base years, changes, and what others computed."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from detente.study.spec.part import Code, Moment, SpecPart, Year


class Head(SpecPart):
    """``[study]``: what it is called and which two economies it is about."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    origin: Code
    destination: Code
    subtitle: str = ""
    summary: str = ""
    authors: list[str] = Field(default=[])
    blocs_as_of: date | None = None  # whose members a bloc has; the last day of the panel if left out

    @model_validator(mode="after")
    def _two_economies(self) -> Head:
        if self.origin == self.destination:
            raise ValueError("origin and destination must be two different economies")
        return self


class PanelChoice(SpecPart):
    """``[panel]``: the flows to use, ``world`` or a path relative to the study folder, and how to read them."""

    use: str = "world"
    gdp: str | None = None
    source: str | None = None
    unit: str | None = None
    kind: str | None = None
    absent: Literal["zero", "missing"] | None = None
    origin: str | None = None
    destination: str | None = None
    year: str | None = None
    value: str | None = None
    side: Literal["either", "origin", "destination"] | None = None
    sections: bool | None = None
    missing: list[str] = Field(default=[])
    codes_as_of: Year | None = None
    rates: str | None = None

    @property
    def reading(self) -> dict[str, Any]:
        """What was said of how to read the file, as keywords of :func:`detente.read_panel`."""
        said = self.model_dump(exclude={"use", "gdp"})
        return {key: value for key, value in said.items() if value not in (None, [])}

    @property
    def ships(self) -> bool:
        """Whether it is the panel inside the package (``embedded`` is what older studies call it)."""
        return self.use in ("world", "embedded")


class Measure(SpecPart):
    """``[[attribution.measures]]``: a state of the record whose share of days may explain the pair-specific component."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    state: str
    values: list[str] = Field(min_length=1)


class Caution(SpecPart):
    """``[[attribution.cautions]]``: what a reader of one direction must know; it stands in the answer."""

    origin: Code = Field(alias="from")
    destination: Code = Field(alias="to")
    text: str


class AttributionPlan(SpecPart):
    """``[attribution]``: windows that fix the pair effect (the first is the headline), whom to compare with."""

    base_windows: list[tuple[Moment, Moment]] = Field(default=[(2000, 2004), (2000, 2008)], min_length=1)
    suppliers: list[Code] = Field(default=[])
    markets: list[Code] = Field(default=[])
    measures: list[Measure] = Field(default=[])
    unrecorded: tuple[float, float, float] | None = None
    cautions: list[Caution] = Field(default=[])

    @model_validator(mode="after")
    def _in_order(self) -> AttributionPlan:
        for first, last in self.base_windows:
            if first > last:
                raise ValueError(f"the window [{first}, {last}] ends before it begins")
        return self


class EpisodeSpec(SpecPart):
    """``[[episodes]]``: a change between two years to be split and explained."""

    id: str
    title: str
    from_year: Moment = Field(alias="from")
    to_year: Moment = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> EpisodeSpec:
        if self.from_year >= self.to_year:
            raise ValueError(f"the episode '{self.id}' must end after it begins ({self.from_year} to {self.to_year})")
        return self


class Cited(SpecPart):
    """``[[cited]]``: a residual computed elsewhere, shown as cited and never used as evidence of fit."""

    origin: Code = Field(alias="from")
    destination: Code = Field(alias="to")
    year: Moment
    log_ratio: float
    base: tuple[Moment, Moment] | None = None
    source_id: str
    note: str = ""
