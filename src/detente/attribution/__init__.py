"""Why did the flow between two economies change? Splits by episode, placebos, a library of ruptures.

- :class:`DyadFits`: a panel and one dyad, fitted once for all of the following.
- :func:`attribute`: one dyad by episode, both directions, with placebos; the sentences the numbers allow.
- :func:`attribute_sections`: which sections of goods carry the gap, where a panel has them.
- :func:`nested`: every attribution of the same change side by side, in log points and US$.
- :func:`infer`: placebos, synthetic control, matrix completion, conformal limits, power.
- :func:`find_breaks`: breaks in the data against the events of a record.
- :func:`attribute_migration`: the same split of five-year flows of people.
- :func:`robustness`: the same question under every defensible specification.
- :mod:`detente.attribution.library`: dated ruptures, computed paths, forecasts and their scores.
"""

from detente.attribution.attributing import attribute, attribute_all
from detente.attribution.comparison.breaks import Breaks, find_breaks
from detente.attribution.comparison.by_method import Inference
from detente.attribution.comparison.methods import infer
from detente.attribution.episodes import Episode, episodes_around
from detente.attribution.fits import DyadFits
from detente.attribution.flows.by_section import SectionAttribution, SectionGap, SectionGaps, attribute_sections
from detente.attribution.flows.migration import MigrationChange, attribute_migration, shipped_migration
from detente.attribution.nesting.parts import Nested
from detente.attribution.nesting.splitting import nested
from detente.attribution.result import Attribution, Finding, Level
from detente.attribution.specifications.curve import Robustness
from detente.attribution.specifications.specifying import robustness

__all__ = [
    "Attribution",
    "Breaks",
    "DyadFits",
    "Episode",
    "Finding",
    "Inference",
    "Level",
    "MigrationChange",
    "Nested",
    "Robustness",
    "SectionAttribution",
    "SectionGap",
    "SectionGaps",
    "attribute",
    "attribute_all",
    "attribute_migration",
    "attribute_sections",
    "episodes_around",
    "find_breaks",
    "infer",
    "nested",
    "robustness",
    "shipped_migration",
]
