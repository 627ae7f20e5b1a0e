"""A podcast of one reader's own: behind a token that can be changed, and marked so that directories leave it out."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

from detente.delivery import Feed, podcast, tag_uri
from detente.edition.server.place import ReadersSite
from detente.edition.site import entry_of, manifests
from detente.edition.subscribers.desk import Desk
from detente.edition.subscribers.readers import Reader
from detente.language import Catalogue

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAME = re.compile(r"[a-z]{2,3}\.mp3")


def private_podcast(desk: Desk, site: ReadersSite, token: str) -> bytes | None:
    """The feed of the reader with that token; None where there is none, or they are not entitled."""
    reader = _entitled(desk, site, token)
    if reader is None or site.folder is None:
        return None
    made = manifests(site.folder)
    language = reader.wish.language
    mine = [one for one in made if language in one["sounds"]]
    words, base = Catalogue(language), f"{site.public_url}listen/{quote(token)}/"
    first = mine[-1]["day"] if mine else "2026-01-01"
    entries = [entry_of(one, language, site.settings.site.url, sounds=base) for one in mine[:60]]
    return podcast(
        Feed(
            tag_uri(site.settings.authority, date.fromisoformat(first), f"listen/{reader.id}"), words("edition.name"),
            site.settings.site.author, site.settings.site.url, f"{base}podcast.xml", entries,
            subtitle=words("edition.subtitle"), language=language, private=True,
        )
    )  # fmt: skip


def private_sound(desk: Desk, site: ReadersSite, token: str, day: str, name: str) -> bytes | None:
    """A sound of an edition for the reader with that token."""
    if (
        site.folder is None
        or not _DAY.fullmatch(day)
        or not _NAME.fullmatch(name)
        or _entitled(desk, site, token) is None
    ):
        return None
    path = site.folder / day / name
    return path.read_bytes() if path.is_file() else None


def _entitled(desk: Desk, site: ReadersSite, token: str) -> Reader | None:
    reader = desk.find("listen", token)
    good = (
        reader is not None and reader.state == "active" and reader.entitled(site.clock(), free=site.settings.desk.free)
    )
    return reader if good else None
