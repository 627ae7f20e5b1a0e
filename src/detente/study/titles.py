"""Titles that nobody wrote: said from what an episode or a scenario is, so that they stay true when its keys change."""

from __future__ import annotations

from typing import Any

from detente.language import LANGUAGES, Text, translations


def with_titles(raw: dict[str, Any]) -> dict[str, Any]:
    """``study.toml`` as read, with a title for each episode and scenario without one, and its translations.

    Examples
    --------
    >>> with_titles({"episodes": [{"id": "x", "from": 2008, "to": 2010}]})["episodes"][0]["title"]
    'The change'
    """
    said: list[Text] = []
    out = dict(raw)
    for part, title in (("episodes", _of_episode), ("scenarios", _of_scenario)):
        items = raw.get(part)
        if isinstance(items, list):
            out[part] = [_titled(item, title(item, raw), said) if isinstance(item, dict) else item for item in items]
    written = raw.get("translations", {})
    if said and isinstance(written, dict):
        out["translations"] = dict(written)
        for language in LANGUAGES.others:
            own = written.get(language, {})
            out["translations"][language] = translations(language, tuple(said)) | (own if isinstance(own, dict) else {})
    return out


def _titled(item: dict[str, Any], title: Text | None, said: list[Text]) -> dict[str, Any]:
    if "title" in item or title is None:
        return item
    said.append(title)
    return item | {"title": str(title)}


def _of_episode(item: dict[str, Any], raw: dict[str, Any]) -> Text | None:
    return Text("scaffold.change")


def _of_scenario(item: dict[str, Any], raw: dict[str, Any]) -> Text | None:
    if item.get("closed") is True:
        return Text("scaffold.closed")
    if item.get("healed") is True:
        start, end = _headline(raw)
        return Text("scaffold.healed", start=start, end=end)
    if isinstance(item.get("effect"), int | float):
        return Text("scaffold.effect", effect=f"{item['effect']:+g}")
    if isinstance(item.get("tariff"), int | float):
        return Text("scaffold.tariff", rate=f"{100 * item['tariff']:g}")
    years = [t.get("year") for t in item.get("target", []) if isinstance(t, dict)]
    if years and years[0] is not None and len(set(years)) == 1:
        return Text("scaffold.as_in", year=str(years[0]))
    return Text("scaffold.targets")


def _headline(raw: dict[str, Any]) -> tuple[Any, Any]:
    """The first base window as written, or the one that stands where none is."""
    part = raw.get("attribution")
    windows = part.get("base_windows") if isinstance(part, dict) else None
    first = windows[0] if isinstance(windows, list) and windows else (2000, 2004)
    return (first[0], first[1]) if isinstance(first, list | tuple) and len(first) == 2 else (2000, 2004)
