"""The schema of ``study.toml``: what a person may write, key by key, and the checks on it."""

from detente.study.spec.lines import Capacity
from detente.study.spec.part import Ends, both_ways
from detente.study.spec.question import AttributionPlan, Caution, Cited, EpisodeSpec, Head, Measure, PanelChoice
from detente.study.spec.reading import FORMAT, parse_spec, read_spec
from detente.study.spec.what_if import (
    HIGHEST_TARIFF,
    Equilibrium,
    GdpRange,
    InputOutputTable,
    People,
    Scenario,
    TargetSpec,
)
from detente.study.spec.whole import Shown, Spec

__all__ = [
    "FORMAT",
    "HIGHEST_TARIFF",
    "AttributionPlan",
    "Capacity",
    "Caution",
    "Cited",
    "Ends",
    "EpisodeSpec",
    "Equilibrium",
    "GdpRange",
    "Head",
    "InputOutputTable",
    "Measure",
    "PanelChoice",
    "People",
    "Scenario",
    "Shown",
    "Spec",
    "TargetSpec",
    "both_ways",
    "parse_spec",
    "read_spec",
]
