"""All of ``study.toml``, and the checks across its parts."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from detente.language import Own
from detente.study.spec.lines import Capacity
from detente.study.spec.part import Ends, SpecPart, both_ways
from detente.study.spec.question import AttributionPlan, Cited, EpisodeSpec, Head, PanelChoice
from detente.study.spec.what_if import Equilibrium, Scenario
from detente.study.titles import with_titles


class Shown(SpecPart):
    """``[answer]``: which states of the relation and which families of series the first page shows, in this order."""

    states: list[str] = Field(default=[])
    series: list[str] = Field(default=[])


class Spec(SpecPart):
    """All of ``study.toml``, and the study's own words by language, table and code (``words.toml``)."""

    format: int
    study: Head
    panel: PanelChoice = PanelChoice()
    attribution: AttributionPlan = AttributionPlan()
    episodes: list[EpisodeSpec] = Field(default=[])
    cited: list[Cited] = Field(default=[])
    equilibrium: Equilibrium = Equilibrium()
    scenarios: list[Scenario] = Field(default=[])
    capacity: list[Capacity] = Field(default=[])
    answer: Shown = Shown()
    words: dict[str, dict[str, dict[str, str]]] = Field(default={})
    translations: dict[str, dict[str, str]] = Field(default={})  # language -> text of the study -> its translation

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
