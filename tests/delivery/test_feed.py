"""Feeds as a feed reader reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.delivery import Enclosure, Feed, FeedEntry, atom, podcast, tag_uri
from detente.errors import DataError

DAY = datetime(2026, 11, 30, 7, tzinfo=UTC)


def entry(n: int, **changed: Any) -> FeedEntry:
    at = DAY - timedelta(days=n)
    made = FeedEntry(
        tag_uri("desk.example.org", at.date(), f"edition/{at:%Y-%m-%d}"), f"What changed & why, <day> {n}",
        f"https://desk.example.org/{at:%Y-%m-%d}/", at, at, "Exports fell.", "<p>Exports <b>fell</b></p>", "en",
        Enclosure(f"https://desk.example.org/{at:%Y-%m-%d}/en.mp3", 1_620_000 + n, seconds=203.4,
                  transcript="https://desk.example.org/t.html", chapters="https://desk.example.org/c.json"),
    )  # fmt: skip
    return replace(made, **changed)


def feed(entries: list[FeedEntry], **changed: Any) -> Feed:
    made = Feed(
        tag_uri("desk.example.org", date(2026, 1, 1), "feed"), "The desk", "Ana Ruiz", "https://desk.example.org/",
        "https://desk.example.org/feed.atom", entries, "What changed", "https://desk.example.org/cover.png",
    )  # fmt: skip
    return replace(made, **changed)


@pytest.mark.parametrize("write", [atom, podcast])
def test_a_reader_finds_every_entry_in_order(write: Any) -> None:
    read = feedparser.parse(write(feed([entry(n) for n in range(5)])))
    assert not read.bozo
    assert read.feed.title == "The desk"
    assert read.feed.link == "https://desk.example.org/", "the page, not the feed itself"
    assert [one.title for one in read.entries] == [f"What changed & why, <day> {n}" for n in range(5)]
    assert read.entries[0].id == "tag:desk.example.org,2026-11-30:edition/2026-11-30"
    assert read.entries[0].link == "https://desk.example.org/2026-11-30/"
    (sound,) = read.entries[0].enclosures
    assert (sound.length, sound.type, sound.href[-6:]) == ("1620000", "audio/mpeg", "en.mp3")
    assert read.entries[0].published_parsed[:5] == (2026, 11, 30, 7, 0)


def test_a_podcast_has_what_directories_ask_for() -> None:
    raw = podcast(feed([entry(0), entry(1, enclosure=None)], private=True))
    root = ET.fromstring(raw)
    itunes, pod = "{http://www.itunes.com/dtds/podcast-1.0.dtd}", "{https://podcastindex.org/namespace/1.0}"
    (item,) = root.iter("item")
    assert item.findtext(f"{itunes}duration") == "203"
    assert [root.findtext(f"channel/{itunes}{tag}") for tag in ("explicit", "block", "author")] == [
        "false",
        "Yes",
        "Ana Ruiz",
    ]
    assert item.find(f"{pod}transcript").attrib == {"url": "https://desk.example.org/t.html", "type": "text/html"}
    assert item.find(f"{pod}chapters") is not None
    assert item.find("guid").attrib == {"isPermaLink": "false"}
    assert b"block" not in podcast(feed([entry(0)]))


@pytest.mark.parametrize("write", [atom, podcast])
def test_a_correction_keeps_the_id_and_moves_the_date(write: Any) -> None:
    before = feedparser.parse(write(feed([entry(0), entry(1)])))
    mended = entry(1, title="Corrected", updated=DAY + timedelta(hours=3))
    after = feedparser.parse(write(feed([entry(0), mended])))
    assert [one.id for one in before.entries] == [one.id for one in after.entries]
    assert after.entries[1].published_parsed == before.entries[1].published_parsed
    if write is atom:
        assert after.entries[1].updated_parsed != before.entries[1].updated_parsed
        assert after.feed.updated_parsed[:4] == (2026, 11, 30, 10)


@pytest.mark.parametrize("write", [atom, podcast])
def test_text_of_a_record_stays_text(write: Any) -> None:
    bad = "Closed <script>alert(1)</script>\u202e\x08\x1b[2J ]]> &amp;\ufffe"
    read = feedparser.parse(write(feed([entry(0, title=bad, summary=bad)], title=bad, author=bad, subtitle=bad)))
    assert not read.bozo
    assert "\u202e" not in read.entries[0].title
    root = ET.fromstring(write(feed([entry(0, title=bad)])))
    assert not [one for one in root.iter() if one.tag.rpartition("}")[2] == "script"]
    titles = [one.text for one in root.iter() if one.tag.endswith("title")]
    assert "Closed <script>alert(1)</script>[2J ]]> &amp;" in titles


@pytest.mark.property
@given(st.text(max_size=200))
def test_any_text_makes_well_formed_feeds(text: str) -> None:
    for write in (atom, podcast):
        ET.fromstring(write(feed([entry(0, title=text, summary=text, html=text)], title=text, subtitle=text)))


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "https://a/ b", 'https://a/"x', "/relative"]
)
def test_a_link_is_a_page(link: str) -> None:
    with pytest.raises(DataError, match="link"):
        atom(feed([entry(0, link=link)]))


@pytest.mark.parametrize("specific", ["a b", "", "x\n", "é", "<x>"])
def test_a_name_for_good_is_plain(specific: str) -> None:
    with pytest.raises(DataError):
        tag_uri("desk.example.org", date(2026, 1, 1), specific)


def test_the_same_feed_is_the_same_bytes_and_an_empty_one_is_well_formed() -> None:
    assert atom(feed([entry(0)])) == atom(feed([entry(0)]))
    assert feedparser.parse(atom(feed([]))).entries == []
    assert not feedparser.parse(podcast(feed([]))).bozo
