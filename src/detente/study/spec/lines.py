"""What a study says of lines between the two: what they can carry, and when."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from detente.record.period import Period
from detente.study.spec.part import Code, SpecPart

Day = Annotated[str, BeforeValidator(lambda value: str(value))]  # TOML has dates of its own
Amount = Annotated[float, Field(ge=0)]
Term = Amount | Annotated[list[Amount], Field(min_length=2, max_length=2)] | None
TERMS = ("capacity", "contract", "surplus", "demand")


class Capacity(SpecPart):
    """``[[capacity]]``: what bounds a line's flow from one economy to the other, and on which days.

    Each term is a number, or ``[least, most]`` where sources differ; ``contract = 0`` is none. ``valid_from`` and
    ``valid_until`` say when these terms hold, ``intact_from`` and ``intact_until`` when the line stands. With ``if`` it is
    a what-if, and no flow on record is held against it.
    """

    line: str = "line"
    family: str = "gas"
    origin: Code = Field(alias="from")
    destination: Code = Field(alias="to")
    unit: str = Field(min_length=1)
    capacity: Term = None
    contract: Term = None
    surplus: Term = None
    demand: Term = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    intact_from: Day | None = None
    intact_until: Day | None = None
    if_: str = Field(default="", alias="if")
    sources: list[str] = Field(default=[])
    note: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Capacity:
        where = f"the capacity of '{self.line}' from {self.origin} to {self.destination}"
        if not self.terms and self.intact_from is None and self.intact_until is None:
            raise ValueError(f"{where} needs one of capacity, contract, surplus, demand")
        if not self.sources and not self.if_:
            raise ValueError(f"{where} needs sources, ids of sources.csv; only a what-if (if = ...) goes without")
        for name, (least, most) in self.terms.items():
            if least > most:
                raise ValueError(f"{where} has {name} = [{least:g}, {most:g}], which ends below its beginning")
        for what in ("valid", "intact"):
            self._in_order(what, where)
        return self

    def _in_order(self, what: str, where: str) -> None:
        days: dict[str, Any] = {}
        for end in ("from", "until"):
            text = getattr(self, f"{what}_{end}")
            try:
                days[end] = None if text is None else Period.parse(text)
            except ValueError as error:
                raise ValueError(f"{where} has {what}_{end} = {text!r}: {error}") from None
        if days["from"] and days["until"] and days["from"].first > days["until"].last:
            raise ValueError(f"{where} has {what}_until before {what}_from")

    @property
    def terms(self) -> dict[str, tuple[float, float]]:
        """Least and most of each term that is given."""
        given = {name: getattr(self, name) for name in TERMS}
        return {
            name: (float(value[0]), float(value[1])) if isinstance(value, list) else (float(value), float(value))
            for name, value in given.items()
            if value is not None
        }
