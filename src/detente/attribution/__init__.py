"""Why did the flow between two economies change? Splits by episode, placebos, a library of ruptures."""

from detente.attribution.attribute import Attribution, Finding, Level, attribute
from detente.attribution.episodes import Episode

__all__ = ["Attribution", "Episode", "Finding", "Level", "attribute"]
