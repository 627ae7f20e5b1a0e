"""The schema of ``study.toml``: what a person may write, key by key, and the checks on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from detente import economies
from detente._foreign import parse_toml, read_text
from detente.errors import StudyError, UnknownEconomy
from detente.language import Own
from detente.study.spec_errors import in_plain_words
from detente.study.titles import with_titles

FORMAT = 1  # raise it, and add a step to `migrate`, when a written study must change

Ends = tuple[str, str]
"""Origin and destination of a direction."""
Year = Annotated[int, Field(ge=1800, le=2100)]
Code = Annotated[str, Field(min_length=2)]
Positive = Annotated[float, Field(gt=0)]
Elasticity = Annotated[float, Field(ge=0.1, le=100)]  # of trade; outside nothing is ever estimated or well conditioned


def both_ways(dyad: Ends) -> tuple[Ends, Ends]:
    """A pair's two directions."""
    return dyad, (dyad[1], dyad[0])


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True, allow_inf_nan=False
    )


class Head(_Part):
    """``[study]``: what it is called and which two economies it is about."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    origin: Code
    destination: Code
    subtitle: str = ""
    summary: str = ""
    authors: list[str] = []
    blocs_as_of: date | None = None  # whose members a bloc has; the last day of the panel if left out

    @model_validator(mode="after")
    def _two_economies(self) -> Head:
        if self.origin == self.destination:
            raise ValueError("origin and destination must be two different economies")
        return self


class PanelChoice(_Part):
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
    missing: list[str] = []
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


class Measure(_Part):
    """``[[attribution.measures]]``: a state of the record whose share of days may explain the pair's own part."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    state: str
    values: list[str] = Field(min_length=1)


class Caution(_Part):
    """``[[attribution.cautions]]``: what a reader of one direction must know; it stands in the answer."""

    origin: Code = Field(alias="from")
    destination: Code = Field(alias="to")
    text: str


class AttributionPlan(_Part):
    """``[attribution]``: windows that fix the pair effect (the first is the headline), whom to compare with."""

    base_windows: list[tuple[Year, Year]] = Field(default=[(2000, 2004), (2000, 2008)], min_length=1)
    suppliers: list[Code] = []
    markets: list[Code] = []
    measures: list[Measure] = []
    unrecorded: tuple[float, float, float] | None = None
    cautions: list[Caution] = []

    @model_validator(mode="after")
    def _in_order(self) -> AttributionPlan:
        for first, last in self.base_windows:
            if first > last:
                raise ValueError(f"the window [{first}, {last}] ends before it begins")
        return self


class EpisodeSpec(_Part):
    """``[[episodes]]``: a change between two years to be split and explained."""

    id: str
    title: str
    from_year: Year = Field(alias="from")
    to_year: Year = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> EpisodeSpec:
        if self.from_year >= self.to_year:
            raise ValueError(f"the episode '{self.id}' must end after it begins ({self.from_year} to {self.to_year})")
        return self


class Cited(_Part):
    """``[[cited]]``: a residual computed elsewhere, shown as cited and never used as evidence of fit."""

    origin: Code = Field(alias="from")
    destination: Code = Field(alias="to")
    year: Year
    log_ratio: float
    base: tuple[Year, Year] | None = None
    source_id: str
    note: str = ""


class GdpRange(_Part):
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


class InputOutputTable(_Part):
    """``[equilibrium.table]``: an input-output table between economies, on which scenarios are solved by sector.

    ``file`` and ``final`` are as published, in the study's folder; ``theta`` is one elasticity, or one a sector in the
    order of the rows.
    """

    file: str
    final: str | None = None
    theta: Elasticity | list[Elasticity] = 4.0
    year: Year | None = None


class People(_Part):
    """``[equilibrium.people]``: a CSV of people by origin and residence, and how they answer the real wage."""

    file: str
    nu: float = Field(default=2.0, ge=0, le=20)
    congestion: float = Field(default=0.0, ge=0, le=20)


class Equilibrium(_Part):
    """``[equilibrium]``: baseline years, elasticities, deficit rules and ratios of gross output to GDP."""

    years: list[Year] = []
    theta: list[Elasticity] = Field(default=[2.0, 4.0, 5.0, 6.0], min_length=1)
    central_theta: Elasticity = 5.0
    deficits: list[Literal["multiplicative", "additive", "universal", "balanced"]] = Field(
        default=["multiplicative", "additive"], min_length=1
    )
    internal_ratio: list[Positive] = Field(default=[1.0, 1.8], min_length=1)
    gdp: list[GdpRange] = []
    table: InputOutputTable | None = None
    people: People | None = None


class TargetSpec(_Part):
    """One direction of a scenario: bring the dyad's residual, on the window ``base``, to ``log_ratio`` or to that of ``year``."""

    origin: Code = Field(alias="from")
    destination: Code = Field(alias="to")
    log_ratio: float | None = None
    year: Year | None = None
    base: tuple[Year, Year] | None = None
    source_id: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _one_aim(self) -> TargetSpec:
        if (self.log_ratio is None) == (self.year is None):
            raise ValueError("a target needs either log_ratio, or the year whose residual it aims at")
        return self


HIGHEST_TARIFF = 3.0
"""Rates above 300% are taken for percent."""


class Scenario(_Part):
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
    target: list[TargetSpec] = []
    effect: float | None = None
    tariff: float | None = None
    levied_by: list[str] = []
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


class Shown(_Part):
    """``[answer]``: which states of the relation and which families of series the first page shows, in this order."""

    states: list[str] = []
    series: list[str] = []


class Spec(_Part):
    """All of ``study.toml``, and the study's own words by language, table and code (``words.toml``)."""

    format: int
    study: Head
    panel: PanelChoice = PanelChoice()
    attribution: AttributionPlan = AttributionPlan()
    episodes: list[EpisodeSpec] = []
    cited: list[Cited] = []
    equilibrium: Equilibrium = Equilibrium()
    scenarios: list[Scenario] = []
    answer: Shown = Shown()
    words: dict[str, dict[str, dict[str, str]]] = {}
    translations: dict[str, dict[str, str]] = {}  # language -> text of the study -> its translation

    @model_validator(mode="before")
    @classmethod
    def _titles(cls, raw: Any) -> Any:
        return with_titles(raw) if isinstance(raw, dict) else raw

    @property
    def dyad(self) -> tuple[str, str]:
        """The two economies, the one flows are seen from first."""
        return self.study.origin, self.study.destination

    @property
    def has_panel(self) -> bool:
        """Whether the study names flows to compute with; one with ``use = "none"`` stands on its record alone."""
        return self.panel.use != "none"

    @property
    def directions(self) -> tuple[Ends, Ends]:
        """Both directions of the pair as (origin, destination)."""
        return both_ways(self.dyad)

    def text(self, written: str) -> Own:
        """A text of the study, to be said in any language that it brings a translation for."""
        return Own(written, **{language: pairs.get(written) for language, pairs in self.translations.items()})

    @model_validator(mode="after")
    def _values_once(self) -> Spec:
        for part, keys in (
            ("attribution", ("base_windows",)), ("equilibrium", ("years", "theta", "deficits", "internal_ratio"))
        ):  # fmt: skip
            for key in keys:
                values = getattr(getattr(self, part), key)
                twice = [value for k, value in enumerate(values) if value in values[:k]]
                if twice:
                    shown = list(twice[0]) if isinstance(twice[0], tuple) else twice[0]
                    raise ValueError(f"{shown} appears twice in {part}.{key}")
        return self

    @model_validator(mode="after")
    def _ids_once(self) -> Spec:
        for what, items in (("episode", self.episodes), ("scenario", self.scenarios)):
            seen = [x.id for x in items]
            twice = sorted({i for i in seen if seen.count(i) > 1})
            if twice:
                raise ValueError(f"the {what} id '{twice[0]}' appears twice")
        windows = self.attribution.base_windows
        for scenario in self.scenarios:
            if scenario.sector and self.equilibrium.table is None:
                raise ValueError(f"the scenario '{scenario.id}' names a sector, and there is no [equilibrium.table]")
            if scenario.migration and self.equilibrium.people is None:
                raise ValueError(f"the scenario '{scenario.id}' has migration, and there is no [equilibrium.people]")
            if strange := [code for code in scenario.levied_by if code not in self.dyad]:
                raise ValueError(f"the scenario '{scenario.id}' has levied_by {strange[0]}, which is not of the pair")
            for target in scenario.target:
                if target.base is not None and target.base not in windows:
                    raise ValueError(
                        f"the scenario '{scenario.id}' has base = {list(target.base)}, which is not among "
                        "attribution.base_windows"
                    )
        return self


def read_spec(path: Path) -> Spec:
    """Read and check ``study.toml``.

    Raises
    ------
    UnreadableFile
        The file is missing or not UTF-8.
    StudyError
        It is not TOML, or a key is unknown, missing or out of range; the
        message names the file and each key.
    """
    if not path.exists() and not path.is_symlink():
        raise StudyError(
            f"There is no study.toml in {path.parent}.",
            why="A study is a folder with a study.toml and a record/ folder.",
            fix="Make one with: detente new ORIGIN DESTINATION",
        )
    return parse_spec(read_text(path, inside=path.parent), path)


def parse_spec(text: str, path: Path) -> Spec:
    """Check the text of a ``study.toml``; ``path`` is what the messages call it.

    Raises
    ------
    StudyError
    """
    raw = parse_toml(text, str(path), StudyError)
    raw = migrate(raw, path)
    if "words" in raw:
        raise StudyError(f"{path}: words do not belong in study.toml.", fix="Put them into words.toml beside it.")
    try:
        spec = Spec.model_validate(raw)
    except ValidationError as error:
        problems = "\n  ".join(in_plain_words(e, _KEYS) for e in error.errors()[:5])
        more = f"\n  and {error.error_count() - 5} more." if error.error_count() > 5 else ""
        count = f"{error.error_count()} problem{'s' if error.error_count() > 1 else ''}"
        raise StudyError(f"{path} has {count}:\n  {problems}{more}") from None
    for key, code in _codes(spec):
        _require_code(code, f"{path}, {key}")
    return spec


def _codes(spec: Spec) -> Iterator[tuple[str, str]]:
    """Every economy that a study names, with its key."""
    yield "study.origin", spec.study.origin
    yield "study.destination", spec.study.destination
    for key in ("suppliers", "markets"):
        for code in getattr(spec.attribution, key):
            yield f"attribution.{key}", code
    yield from (("equilibrium.gdp", gdp.economy) for gdp in spec.equilibrium.gdp)
    ends = [("attribution.cautions", c) for c in spec.attribution.cautions] + [("cited", c) for c in spec.cited]
    ends += [(f"scenario '{s.id}'", target) for s in spec.scenarios for target in s.target]
    for key, item in ends:
        yield key, item.origin
        yield key, item.destination


def _require_code(code: str, where: str) -> None:
    """Raise :class:`UnknownEconomy` unless ``code`` is an economy's code today, with the one that was meant."""
    if economies.is_side(code):
        return
    try:
        meant = economies.lookup_side(code)
    except UnknownEconomy as error:
        raise UnknownEconomy(f"{where}: {error.what}", fix=error.fix) from None
    raise UnknownEconomy(f"{where}: '{code}' is not a code.", fix=f"Write '{meant}'.")


def migrate(raw: dict, path: Path) -> dict:
    """Bring an older study to the present format; refuse one from a newer version."""
    version = raw.get("format")
    if version is None:
        raise StudyError(f"{path} has no 'format' key.", fix=f"Write format = {FORMAT} as its first line.")
    if not isinstance(version, int) or version < 1:
        raise StudyError(f"{path}: format = {version!r} is not a format number.", fix=f"Write format = {FORMAT}.")
    if version > FORMAT:
        raise StudyError(
            f"{path} has format {version}; this version of détente reads up to {FORMAT}.",
            fix="Update détente: python -m pip install --upgrade detente",
        )
    return raw


_KEYS = {
    name
    for part in (
        Spec,
        Head,
        PanelChoice,
        AttributionPlan,
        Measure,
        Caution,
        EpisodeSpec,
        Cited,
        GdpRange,
        Equilibrium,
        TargetSpec,
        Scenario,
        Shown,
    )
    for name, info in part.model_fields.items()
    for name in ({name, info.alias} if info.alias else {name})
}
