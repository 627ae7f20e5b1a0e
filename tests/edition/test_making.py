"""An edition is frozen once: the same inputs, the same bytes; a correction keeps the id; feeds parse; text is harmless."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import feedparser
import icalendar
import polars as pl
import pytest

from detente.edition import Subject, gather, make
from detente.edition.composing import compose
from detente.edition.making import Order
from detente.edition.material import ahead
from detente.edition.settings import EditionSettings
from detente.errors import RecordError, UsageError
from detente.run.result import Run

DAY = date(2026, 3, 16)
NOISY = Order(DAY, voice="none")


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def subject(quick_run) -> Subject:
    return Subject(quick_run, ahead=ahead(quick_run, DAY))


@pytest.fixture(scope="module")
def made(subject, tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    settings = EditionSettings.of({"site": {"url": "https://edition.example.org/"}})
    make([subject], out, NOISY, settings)
    return out, settings


class Told:
    """A change whose text is what a record may hold at its worst."""

    def __init__(self, text: str) -> None:
        self.text = text

    def said(self, _words) -> str:
        return self.text


def test_the_files_are_those_that_scripts_outside_know(made):
    out, _ = made
    names = set(tree(out))
    assert {f"{DAY}/{name}" for name in ("index.html", "mail.html", "edition.txt", "spoken.en.txt", "spoken.es.txt",
                                         "manifest.json", "es/index.html", "es/mail.html")} <= names  # fmt: skip
    assert {"feed.atom", "podcast.xml", "feed.es.atom", "archive.html", "events.ics", "edition.toml"} <= names


def test_the_same_inputs_give_the_same_bytes(made, subject, tmp_path):
    out, settings = made
    before = tree(out)
    again = make([subject], out, NOISY, settings)
    assert not again.fresh
    assert tree(out) == before
    make([subject], tmp_path, NOISY, settings)
    assert tree(tmp_path) == before


def test_an_edition_is_frozen_and_a_correction_keeps_its_id(subject, tmp_path):
    settings = EditionSettings.of({"site": {"url": "https://edition.example.org/"}})
    make([subject], tmp_path, NOISY, settings)
    first = feedparser.parse((tmp_path / "feed.atom").read_bytes())
    other = replace(subject, changes=(Told("The border reopened."),), since="2026-03-15")
    with pytest.raises(UsageError, match="--correct"):
        make([other], tmp_path, NOISY, settings)
    clock = lambda: datetime(2026, 3, 17, 9, tzinfo=UTC)  # noqa: E731  # one moment
    done = make([other], tmp_path, replace(NOISY, correct="A figure was wrong.\r\nBcc: all"), settings, clock)
    assert (done.revision, done.fresh) == (1, True)
    now = feedparser.parse((tmp_path / "feed.atom").read_bytes())
    assert not now.bozo
    assert [entry.id for entry in now.entries] == [entry.id for entry in first.entries]
    assert now.entries[0].published == first.entries[0].published
    assert now.entries[0].updated == "2026-03-17T09:00:00Z" > first.entries[0].updated
    assert "Corrected on 17 Mar 2026: A figure was wrong. Bcc: all" in (tmp_path / f"{DAY}/edition.txt").read_text()
    assert "The first edition" in (tmp_path / f"{DAY}/revisions/0.txt").read_text()


def test_a_further_day_leaves_the_ids_of_the_others(made, subject, tmp_path):
    out, settings = made
    make([subject], tmp_path, NOISY, settings)
    make(
        [subject],
        tmp_path,
        replace(NOISY, day=date(2026, 3, 17)),
        replace(settings, site=replace(settings.site, title="New name")),
    )
    parsed = feedparser.parse((tmp_path / "feed.atom").read_bytes())
    assert len({entry.id for entry in parsed.entries}) == 2
    assert parsed.entries[1].id == feedparser.parse((out / "feed.atom").read_bytes()).entries[0].id
    assert parsed.entries[0].title.startswith("Colombia – Venezuela")


def test_dated_events_ahead_are_a_calendar(made):
    calendar = icalendar.Calendar.from_ical((made[0] / "events.ics").read_bytes())
    events = list(calendar.walk("VEVENT"))
    assert [event["DTSTART"].dt for event in events] == [date(2026, 5, 31)]
    assert "presidential election" in str(events[0]["SUMMARY"])


@pytest.mark.parametrize("nasty", [
    "Border <script>alert(1)</script> closed", "Closed\u202e again\x08\r\nBcc: x@y.org", "\ud800 half", "=HYPERLINK(1)",
    "</textarea><img src=x onerror=alert(1)>", "{{ 7*7 }} %(x)s {n}", "a\u2028b",
])  # fmt: skip
def test_text_of_a_record_is_harmless_wherever_it_leaves(quick_run, tmp_path, nasty):
    """Threats 1 and 6: page, mail, text, feed, transcript and calendar, by an event's title and by a change."""
    events = quick_run.frames["events"]
    last = events.sort("date").tail(1)["event_id"][0]
    mine = events.with_columns(
        title=pl.when(pl.col("event_id") == last).then(pl.lit(nasty.encode("utf-8", "replace").decode())).otherwise("title"),
        title_es=pl.lit(None, pl.String),
    )  # fmt: skip
    run = Run(
        quick_run.study, {**quick_run.frames, "events": mine}, quick_run.notes, quick_run.manifest, quick_run.texts
    )
    subject = Subject(run, (Told(nasty),), "2026-03-15", ahead(run, DAY))
    make([subject], tmp_path, NOISY, EditionSettings())
    for name, data in tree(tmp_path).items():
        text = data.decode("utf-8")
        assert not re.search(
            r"[\u202a-\u202e\u2066-\u2069\u2028\u2029\x00-\x08\x0b-\x1f]", text.replace("\r\n", "\n")
        ), name
        if name.endswith((".html", ".atom", ".xml")):
            assert "<script>alert" not in text
            assert "<img src=x" not in text
        assert "49 " not in text or "{{" not in nasty or "49 %" not in text
    assert not feedparser.parse((tmp_path / "feed.atom").read_bytes()).bozo
    icalendar.Calendar.from_ical((tmp_path / "events.ics").read_bytes())


def test_the_spoken_edition_has_every_number_of_the_written_one(subject):
    """Sentence by sentence, as the answer's own test does; here for what the edition adds."""
    for language in ("en", "es"):
        written, spoken = (compose([subject], DAY, language, spoken=aloud) for aloud in (False, True))
        for ours, theirs in zip(written.pieces[0].parts, spoken.pieces[0].parts):
            assert len(ours.sentences) == len(theirs.sentences)
        for _, text in spoken.script():
            assert not re.search(r"[\d%$×−–→\[\]{}=<>]", text), text


def test_mail_is_small_inlined_and_keeps_the_dark_rules(made):
    html = (made[0] / f"{DAY}/mail.html").read_text()
    assert len(html.encode()) < 100_000
    assert "prefers-color-scheme: dark" in html
    assert html.count("style=") > 20
    assert "<img" not in html
    assert "http" not in re.sub(r'href="https://edition\.example\.org/[^"]*"', "", html)


def test_the_manifest_says_what_it_was_made_from(made):
    manifest = json.loads((made[0] / f"{DAY}/manifest.json").read_text())
    assert manifest["runs"][0]["study"] == "colombia-venezuela"
    assert len(manifest["runs"][0]["sha256"]) == 64
    assert set(manifest["files"]) >= {"index.html", "mail.html", "edition.txt", "spoken.en.txt"}


def test_settings_say_what_is_wrong_with_them():
    with pytest.raises(RecordError, match=r"site\.url"):
        EditionSettings.of({"site": {"url": "ftp://x"}})
    with pytest.raises(RecordError, match="There is no setting"):
        EditionSettings.of({"mail": {"sendr": "a@b.org"}})
    with pytest.raises(RecordError, match=r"pay\.price"):
        EditionSettings.of({"pay": {"price": "32,95"}})


def test_what_is_neither_list_run_nor_study_is_said(tmp_path):
    with pytest.raises(UsageError):
        gather([], DAY)
    with pytest.raises(Exception, match="colombia-venezuela"):
        gather(["colombia-venezuel"], DAY)
