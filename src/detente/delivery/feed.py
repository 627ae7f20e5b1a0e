"""Atom and podcast feeds, whose entries keep their ids: a reader's program shows again whatever changes its id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from detente.errors import DataError
from detente.language.controls import clean

ATOM = "http://www.w3.org/2005/Atom"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
XML = "http://www.w3.org/XML/1998/namespace"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]+")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A sound file of an entry.

    Attributes
    ----------
    url, length, type : its address, bytes and media type.
    seconds : how long it plays.
    transcript, chapters : addresses of a transcript (HTML, text or VTT by its ending) and of chapters (JSON), if any.
    """

    url: str
    length: int
    type: str = "audio/mpeg"
    seconds: float = 0.0
    transcript: str = ""
    chapters: str = ""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One thing in a feed.

    Attributes
    ----------
    id : fixed when it first appeared, from :func:`tag_uri`; never changed.
    title, link : one line, and the page.
    published, updated : with their zones; a correction moves ``updated`` only.
    summary : plain text.
    html : the whole as HTML, if it is to stand in the feed.
    language : ISO code.
    enclosure : its sound, if any.
    """

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    summary: str = ""
    html: str = ""
    language: str = ""
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of entries.

    Attributes
    ----------
    id : fixed, from :func:`tag_uri`.
    title, author : one line each.
    link : the page that the feed is of.
    address : of the feed itself.
    entries : in the order they are to be shown, newest first.
    subtitle, image : one line; the address of a square picture.
    language : ISO code.
    private : asks directories to leave it out (a feed of one reader).
    """

    id: str
    title: str
    author: str
    link: str
    address: str
    entries: Sequence[FeedEntry] = ()
    subtitle: str = ""
    image: str = ""
    language: str = "en"
    private: bool = False


def tag_uri(authority: str, day: date, specific: str) -> str:
    """A name for good (RFC 4151): whoever held ``authority`` on ``day`` calls it so.

    Raises
    ------
    DataError
        A part holds what such a name cannot.

    Examples
    --------
    >>> tag_uri("desk.example.org", date(2026, 11, 30), "edition/2026-11-30")
    'tag:desk.example.org,2026-11-30:edition/2026-11-30'
    """
    if not _TAG.fullmatch(specific) or not re.fullmatch(r"[a-z0-9.-]+(?::\d+)?", authority):
        raise DataError(
            f"'tag:{authority},{day}:{specific}' is no name of a feed's entry.", fix="Use plain letters and / . - _."
        )
    return f"tag:{authority},{day}:{specific}"


def atom(feed: Feed) -> bytes:
    """The feed as Atom (RFC 4287)."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    if feed.subtitle:
        _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", _stamp(_newest(feed)))
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": _url(feed.link)})
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": _url(feed.address)})
    _text(ET.SubElement(root, "author"), "name", feed.author)
    _text(root, "generator", "détente")
    for entry in feed.entries:
        place = ET.SubElement(root, "entry", {"xml:lang": entry.language} if entry.language else {})
        _text(place, "id", entry.id)
        _text(place, "title", entry.title)
        ET.SubElement(place, "link", {"rel": "alternate", "type": "text/html", "href": _url(entry.link)})
        _text(place, "published", _stamp(entry.published))
        _text(place, "updated", _stamp(entry.updated))
        if entry.summary:
            _text(place, "summary", entry.summary, lines=True)
        if entry.html:
            ET.SubElement(place, "content", {"type": "html"}).text = _xml(entry.html)
        if entry.enclosure:
            ET.SubElement(place, "link", {
                "rel": "enclosure", "type": entry.enclosure.type, "length": str(entry.enclosure.length),
                "href": _url(entry.enclosure.url),
            })  # fmt: skip
    return _written(root)


def podcast(feed: Feed) -> bytes:
    """The entries with a sound file as a podcast (RSS 2.0 with the tags of Apple and podcastindex.org)."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM, "xmlns:itunes": ITUNES, "xmlns:podcast": PODCAST})
    channel = ET.SubElement(root, "channel")
    _text(channel, "title", feed.title)
    _text(channel, "link", _url(feed.link))
    ET.SubElement(channel, "atom:link", {"rel": "self", "type": "application/rss+xml", "href": _url(feed.address)})
    _text(channel, "description", feed.subtitle or feed.title)
    _text(channel, "language", feed.language)
    _text(channel, "lastBuildDate", format_datetime(_newest(feed).astimezone(UTC)))
    _text(channel, "itunes:author", feed.author)
    _text(channel, "itunes:explicit", "false")
    ET.SubElement(channel, "itunes:category", {"text": "News"})
    if feed.image:
        ET.SubElement(channel, "itunes:image", {"href": _url(feed.image)})
    if feed.private:
        _text(channel, "itunes:block", "Yes")
    for entry in feed.entries:
        if entry.enclosure:
            _episode(ET.SubElement(channel, "item"), entry, entry.enclosure)
    return _written(root)


def _episode(item: ET.Element, entry: FeedEntry, sound: Enclosure) -> None:
    _text(item, "title", entry.title)
    _text(item, "link", _url(entry.link))
    guid = ET.SubElement(item, "guid", {"isPermaLink": "false"})
    guid.text = _xml(entry.id)
    _text(item, "pubDate", format_datetime(entry.published.astimezone(UTC)))
    _text(item, "description", entry.summary or entry.title, lines=True)
    ET.SubElement(item, "enclosure", {"url": _url(sound.url), "length": str(sound.length), "type": sound.type})
    if sound.seconds:
        _text(item, "itunes:duration", str(round(sound.seconds)))
    if sound.transcript:
        kind = {"txt": "text/plain", "vtt": "text/vtt"}.get(sound.transcript.rpartition(".")[2], "text/html")
        ET.SubElement(item, "podcast:transcript", {"url": _url(sound.transcript), "type": kind})
    if sound.chapters:
        ET.SubElement(item, "podcast:chapters", {"url": _url(sound.chapters), "type": "application/json+chapters"})


def _newest(feed: Feed) -> datetime:
    """When anything last changed; a feed without entries has never."""
    return max((entry.updated for entry in feed.entries), default=datetime(1970, 1, 1, tzinfo=UTC))


def _stamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise DataError("The time of an entry needs its zone.", fix="Give datetime(..., tzinfo=UTC).")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(parent: ET.Element, name: str, text: str, *, lines: bool = False) -> None:
    ET.SubElement(parent, name).text = _xml(clean(text, lines=lines))


def _xml(text: str) -> str:
    """What XML can hold: no control codes, no half characters."""
    return _NOT_XML.sub("", text)


def _url(address: str) -> str:
    """An address that a reader may open: http or https, nothing that a script or a local file is."""
    if not address.startswith(("https://", "http://")) or set(address) & set(' <>"\\') or not address.isprintable():
        raise DataError(f"{address[:80]!r} cannot be a link of a feed.", fix="Give an https address.")
    return address


def _written(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"
