"""The record's own codes in words: series, targets of forecasts."""

from __future__ import annotations

from detente.language import Catalogue
from detente.report.story import Story


def series_in_words(story: Story, words: Catalogue, series: str) -> str:
    """A series of the record in words; one the catalogue lacks is spelt from its dotted name."""
    name, _, place = series.partition("@")
    known = words.known("series_name", name)
    said = known if known != name else name.replace(".", ": ").replace("_", " ")
    if f"series_of.{name}" in words.strings():
        a, b = story.directions[0]
        said = words(f"series_of.{name}", a=story.economy(a), b=story.economy(b))
    return f"{said} ({words.known('place', place)})" if place else said


def target_in_words(story: Story, words: Catalogue, target: str) -> str:
    """What a forecast is about: a series in words, or the study's own words for it."""
    name, comma, rest = target.partition(", ")
    if words.known("series_name", name.partition("@")[0]) == name.partition("@")[0]:
        return story.own(target)
    return series_in_words(story, words, name) + comma + story.own(rest)
