"""What a study asks of other worlds: accounts, elasticities and scenarios."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from detente.study.spec.part import Code, Elasticity, Moment, Positive, SpecPart, Year


class GdpRange(SpecPart):
    """``[[equilibrium.gdp]]``: GDP of one economy in one year where the panel has none, with its range."""

    economy: Code
    year: Year
    low_usd_mn: float = Field(gt=0)
    high_usd_mn: float = Field(gt=0)
    source_id: str
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> GdpRange:
        if self.low_usd_mn > self.high_usd_mn:
            raise ValueError(f"the GDP range of {self.economy} in {self.year} has low above high")
        return self


class InputOutputTable(SpecPart):
    """``[equilibrium.table]``: an input-output table between economies, on which scenarios are solved by sector.

    ``file`` and ``final`` are as published, in the study's folder; ``theta`` is one elasticity, or one a sector in the
    order of the rows.
    """

    file: str
    final: str | None = None
    theta: Elasticity | list[Elasticity] = 4.0
    year: Year | None = None


class People(SpecPart):
    """``[equilibrium.people]``: a CSV of people by origin and residence, and how they answer the real wage."""

    file: str
    nu: float = Field(default=2.0, ge=0, le=20)
    congestion: float = Field(default=0.0, ge=0, le=20)


class Equilibrium(SpecPart):
    """``[equilibrium]``: baseline years, elasticities, deficit rules and ratios of gross output to GDP."""

    years: list[Year] = Field(default=[])
    theta: list[Elasticity] = Field(default=[2.0, 4.0, 5.0, 6.0], min_length=1)
    central_theta: Elasticity = 5.0
    deficits: list[Literal["multiplicative", "additive", "universal", "balanced"]] = Field(
        default=["multiplicative", "additive"], min_length=1
    )
    internal_ratio: list[Positive] = Field(default=[1.0, 1.8], min_length=1)
    gdp: list[GdpRange] = Field(default=[])
    table: InputOutputTable | None = None
    people: People | None = None


class TargetSpec(SpecPart):
    """One direction of a scenario: bring the dyad's residual, on the window ``base``, to ``log_ratio`` or to that of ``year``."""

    origin: Code = Field(alias="from")
    destination: Code = Field(alias="to")
    log_ratio: float | None = None
    year: Year | None = None
    base: tuple[Moment, Moment] | None = None
    source_id: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _one_aim(self) -> TargetSpec:
        if (self.log_ratio is None) == (self.year is None):
            raise ValueError("a target needs either log_ratio, or the year whose residual it aims at")
        return self


HIGHEST_TARIFF = 3.0
"""Rates above 300% are taken for percent."""


class Scenario(SpecPart):
    """``[[scenarios]]``: exactly one of ``closed``, ``healed``, ``target``, ``effect`` or ``tariff``.

    ``tariff`` is an ad valorem rate on the pair's trade, 0.25 for 25%, levied by both or by those in ``levied_by``,
    and with ``retaliation`` by the other in answer; of ``pass_through`` the buyers see that share. ``sector`` keeps it to
    one sector of the study's table. With ``long_run`` capital follows output (Anderson, Larch and Yotov 2020), with
    ``migration`` people follow the real wage (Tombe and Zhu 2019).
    """

    id: str
    title: str
    note: str = ""
    closed: bool = False
    healed: bool = False
    target: list[TargetSpec] = Field(default=[])
    effect: float | None = None
    tariff: float | None = None
    levied_by: list[str] = Field(default=[])
    retaliation: bool = False
    pass_through: float = Field(default=1.0, ge=0, le=1)
    sector: str = ""
    long_run: bool = False
    migration: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Scenario:
        kinds = [self.closed, self.healed, bool(self.target), self.effect is not None, self.tariff is not None]
        if sum(kinds) != 1:
            raise ValueError(
                f"the scenario '{self.id}' needs exactly one of: closed = true, healed = true, "
                "target = [...], effect = (log points), tariff = (rate)"
            )
        if self.tariff is not None and not -1 < self.tariff <= HIGHEST_TARIFF:
            raise ValueError(
                f"the tariff of the scenario '{self.id}' is {self.tariff:g}, which is {100 * self.tariff:g}%; "
                "25% is written 0.25"
            )
        if self.levied_by and self.tariff is None:
            raise ValueError(f"the scenario '{self.id}' says who levies a tariff, but sets none")
        if self.tariff is None and (self.retaliation or self.pass_through != 1):
            raise ValueError(f"the scenario '{self.id}' has retaliation or pass_through, which belong to a tariff")
        if self.retaliation and not self.levied_by:
            raise ValueError(f"the scenario '{self.id}' has retaliation: say whose tariff it answers with levied_by")
        if self.migration and (self.tariff is not None or self.sector or self.long_run):
            raise ValueError(
                f"the scenario '{self.id}' has migration, which goes with neither tariff, sector nor long_run"
            )
        if self.sector and (self.healed or self.target):
            raise ValueError(f"the scenario '{self.id}' has a sector, and residuals are known of the whole only")
        return self

    @property
    def levies(self) -> tuple[str, ...]:
        """Who levies the tariff, ``()`` where both sides do."""
        return () if self.retaliation else tuple(self.levied_by)
