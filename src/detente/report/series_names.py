"""The record's own codes in words: series, targets of forecasts."""

from __future__ import annotations

from detente.language import Catalogue, spelt
from detente.report.story import Story


def series_in_words(story: Story, words: Catalogue, series: str) -> str:
    """A series of the record in words; one that neither study nor catalogue lists is spelt from its dotted name."""
    name, _, place = series.partition("@")
    said = spelt(words, "series_name", name)
    if words.has(f"series_of.{name}"):
        a, b = story.directions[0]
        said = words(f"series_of.{name}", a=story.economy(a), b=story.economy(b))
    return f"{said} ({spelt(words, 'place', place)})" if place else said


def target_in_words(story: Story, words: Catalogue, target: str) -> str:
    """What a forecast is about: a series in words, or the study's own words for it."""
    name, comma, rest = target.partition(", ")
    if " " in name:  # the study's own words, not a series
        return story.own(target)
    return series_in_words(story, words, name) + comma + story.own(rest)
