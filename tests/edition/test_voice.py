"""The edition read aloud: even and unclipped by an independent meter, kept by text and voice, never remade."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from html import unescape

import feedparser
import numpy as np
import pyloudnorm
import pytest

from detente.edition import Subject, make
from detente.edition.making import Order
from detente.edition.voice import record, voice_for
from detente.edition.voice.loudness import CEILING, levelled, limited, loudness
from detente.edition.voice.speakers import Espeak
from detente.errors import DataError, UsageError

RATE = 24_000


def speechlike(seed: int, peak: float) -> np.ndarray:
    """Noise in syllables with clicks, as uneven as speech."""
    rng = np.random.default_rng(seed)
    slow = np.repeat(rng.uniform(0, 1, 60) ** 3, RATE // 6)
    sound = rng.normal(size=slow.size) * slow
    sound[rng.integers(0, slow.size, 40)] *= 6
    return peak * sound / np.abs(sound).max()


@pytest.mark.oracle
@pytest.mark.parametrize("rate", [22050, 24000, 44100, 48000])
def test_loudness_agrees_with_another_meter(rate):
    """pyloudnorm builds the same weighting from other constants: they differ by up to 0.1 LU on noise."""
    rng = np.random.default_rng(rate)
    sound = rng.normal(size=rate * 12) * 0.05 * np.repeat(rng.uniform(0, 3, 120), rate // 10)
    assert loudness(sound, rate) == pytest.approx(pyloudnorm.Meter(rate).integrated_loudness(sound), abs=0.15)


@pytest.mark.oracle
def test_the_reference_tone_of_the_standard():
    """A full-scale 997 Hz sine in one channel is -3.01 LKFS (ITU-R BS.1770-4)."""
    tone = np.sin(2 * np.pi * 997 * np.arange(48_000 * 10) / 48_000)
    assert loudness(tone, 48_000) == pytest.approx(-3.01, abs=0.02)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("peak", [0.02, 0.6, 1.0])
def test_every_sound_comes_out_at_minus_sixteen_and_unclipped(seed, peak):
    made = levelled(speechlike(seed, peak), RATE)
    assert pyloudnorm.Meter(RATE).integrated_loudness(made) == pytest.approx(-16.0, abs=1.0)
    assert np.abs(made).max() <= CEILING + 1e-12


@pytest.mark.property
@pytest.mark.parametrize("seed", range(4))
def test_no_peak_passes_the_limiter_whatever_the_gain(seed):
    sound = np.random.default_rng(seed).normal(size=RATE) * 10.0 ** np.random.default_rng(seed).uniform(-2, 2)
    assert np.abs(limited(sound, RATE, 0.5)).max() <= 0.5 + 1e-12
    quiet = 0.4 * np.sin(np.arange(RATE) / 20)
    np.testing.assert_allclose(limited(quiet, RATE, 0.5), quiet)


def test_silence_is_said_and_not_shipped(tmp_path, tone):
    with pytest.raises(DataError, match="silence"):
        levelled(np.zeros(RATE), RATE)
    tone.say = lambda line: np.zeros(10)
    with pytest.raises(DataError, match="says nothing"):
        record([("A", "你好")], tone, tmp_path)


def test_a_sound_is_kept_by_its_text_and_voice_and_never_remade(tmp_path, tone):
    script = [("One", "First line.\nSecond line."), ("Two", "Third line.")]
    first = record(script, tone, tmp_path, {"Third": "Turd"})
    assert tone.said == ["First line.", "Second line.", "Turd line."]
    tone.say = lambda line: pytest.fail("spoken again")
    assert record(script, tone, tmp_path, {"Third": "Turd"}) == first
    assert [title for title, _ in first.chapters] == ["One", "Two"]
    assert 0 == first.chapters[0][1] < first.chapters[1][1] < first.seconds


def test_a_podcast_that_players_understand(sounding):
    parsed = feedparser.parse((sounding / "podcast.xml").read_bytes())
    assert not parsed.bozo
    (entry,) = parsed.entries
    (sound,) = entry.enclosures
    assert sound.type == "audio/mpeg"
    assert int(sound.length) == (sounding / "2026-03-16/en.mp3").stat().st_size
    chapters = json.loads((sounding / "2026-03-16/en.chapters.json").read_text())["chapters"]
    assert [one["startTime"] for one in chapters] == sorted(one["startTime"] for one in chapters)
    page = (sounding / "2026-03-16/index.html").read_text()
    assert '<audio controls preload="none" src="en.mp3"' in page
    assert "media-src 'self'" in unescape(page)


def test_an_edition_with_sound_is_the_same_when_made_again(sounding, quick_run, tone):
    before = {p: p.read_bytes() for p in sounding.rglob("*") if p.is_file()}
    spoken = len(tone.said)
    make([Subject(quick_run)], sounding, Order(date(2026, 3, 16)))
    assert {p: p.read_bytes() for p in sounding.rglob("*") if p.is_file()} == before
    other = Subject(quick_run, since="2026-03-15")
    make([other], sounding, Order(date(2026, 3, 17)))
    make([replace(other)], sounding, Order(date(2026, 3, 17), ("en", "es")))
    assert len(tone.said) > spoken


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "Trade fell by seventy-six percent."), ("es", "Cayó un setenta por ciento.")],
)
def test_espeak_speaks_both_languages(language, line):
    """The program itself, which CI installs; its sound, levelled, is what listeners are used to."""
    voice = voice_for(language, "espeak")
    assert isinstance(voice, Espeak)
    sound = voice.say(line)
    assert 1.0 < len(sound) / voice.rate < 10.0
    made = levelled(np.tile(sound, 3), voice.rate)
    assert pyloudnorm.Meter(voice.rate).integrated_loudness(made) == pytest.approx(-16.0, abs=1.0)
    assert np.array_equal(voice.say(line), sound)


def test_a_voice_that_is_not_there_is_said(monkeypatch):
    assert voice_for("en", "none") is None
    with pytest.raises(UsageError):
        voice_for("en", "robot")
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(UsageError, match="apt-get install espeak-ng"):
        voice_for("es", "espeak")


def test_a_voice_that_cannot_be_had_is_refused_before_any_work(monkeypatch):
    monkeypatch.setattr("detente.edition.voice.speakers.shutil.which", lambda program: None)
    with pytest.raises(UsageError, match="not installed"):
        Order(date(2026, 11, 30), voice="espeak").checked()
    assert Order(date(2026, 11, 30), voice="none").checked().voice == "none"
