"""What stands around the editions: feeds, podcast, archive and calendar, made from the editions' manifests alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from detente._foreign import read_json
from detente.delivery import DatedEvent, Enclosure, Feed, FeedEntry, atom, ics, podcast, tag_uri
from detente.edition.page import PagePlace, archive_page
from detente.edition.settings import EditionSettings
from detente.language import Catalogue

NEWEST = 60  # entries of a feed


def manifests(out: Path) -> list[dict[str, Any]]:
    """The manifests of all editions, the newest first."""
    return [read_json(path) for path in sorted(out.glob("[0-9]*-[0-9]*-[0-9]*/manifest.json"), reverse=True)]


def site_files(out: Path, settings: EditionSettings) -> dict[Path, str | bytes]:
    """Feed, podcast and archive of each language, and the calendar; the same manifests give the same bytes."""
    made = manifests(out)
    if not made:
        return {}
    main = made[0]["languages"][0]
    files: dict[Path, str | bytes] = {}
    for language in dict.fromkeys(code for one in made for code in one["languages"]):
        suffix = "" if language == main else f".{language}"
        mine = [one for one in made if language in one["editions"]]
        feed, heard = _feed(mine, language, suffix, settings)
        files[out / f"feed{suffix}.atom"] = atom(feed("feed", "atom", mine))
        files[out / f"podcast{suffix}.xml"] = podcast(feed("podcast", "xml", heard))
        rows = [(one["day"], one["editions"][language]["title"], one["editions"][language]["path"] + "index.html")
                for one in mine]  # fmt: skip
        place = PagePlace("", settings.site.url, "", (), suffix, settings.site.subscribe, bool(heard))
        page = archive_page(Catalogue(language), rows, place)
        files[out / f"archive{suffix}.html"] = page
        files |= {out / "index.html": page} if language == main else {}
    files[out / "events.ics"] = _calendar(made, main)
    return files


def _feed(
    made: Sequence[Mapping[str, Any]], language: str, suffix: str, settings: EditionSettings
) -> tuple[Any, list[Any]]:
    words, site = Catalogue(language), settings.site
    first = date.fromisoformat(made[-1]["day"])

    def feed(name: str, ending: str, entries: Sequence[Mapping[str, Any]]) -> Feed:
        return Feed(
            tag_uri(settings.authority, first, f"{name}/{language}"),
            site.title or words("edition.name"),
            site.author,
            f"{site.url}archive{suffix}.html",
            f"{site.url}{name}{suffix}.{ending}",
            [entry_of(one, language, site.url) for one in entries[:NEWEST]],
            subtitle=words("edition.subtitle"),
            language=language,
        )

    return feed, [one for one in made if language in one["sounds"]]


def entry_of(one: Mapping[str, Any], language: str, url: str, sounds: str = "") -> FeedEntry:
    """An edition as an entry of a feed, from its manifest.

    Parameters
    ----------
    url : of the site.
    sounds : where its sounds are, if not there.
    """
    told, sound = one["editions"][language], one["sounds"].get(language)
    enclosure = sound and Enclosure(
        (sounds or url) + sound["path"], sound["length"], seconds=sound["seconds"], transcript=url + sound["transcript"],
        chapters=url + sound["chapters"],
    )  # fmt: skip
    return FeedEntry(
        told["id"], told["title"], url + told["path"], _moment(one["published"]), _moment(one["updated"]),
        summary=told["summary"], language=language, enclosure=enclosure,
    )  # fmt: skip


def _calendar(made: Sequence[Mapping[str, Any]], language: str) -> bytes:
    """Dated events ahead, as the newest edition that tells of them has them."""
    found: dict[str, DatedEvent] = {}
    for one in made:
        for event in one["ahead"]:
            found.setdefault(event["uid"], DatedEvent(event["uid"], date.fromisoformat(event["day"]), event["title"]))
    ordered = sorted(found.values(), key=lambda event: (event.day, event.uid))
    stamp = max(_moment(one["updated"]) for one in made)
    return ics(Catalogue(language)("edition.name"), ordered, stamp, language=language)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
