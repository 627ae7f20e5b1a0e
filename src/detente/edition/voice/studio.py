"""A script becomes an MP3: line by line, with pauses, at one loudness; kept by its text and voice, never remade."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente._atomic import write_file
from detente._foreign import read_json
from detente.edition.voice.loudness import levelled
from detente.edition.voice.speakers import SpeechVoice
from detente.errors import DataError, MissingExtra

LINE, CHAPTER = 0.4, 0.9  # seconds of silence after a line and after a chapter
LEAST = 0.15  # seconds: a line that sounds for less was not spoken
BITRATE = 48  # kbit/s, mono speech
Script = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Recording:
    """A spoken edition.

    Attributes
    ----------
    data : the MP3.
    seconds : how long it plays.
    chapters : title and second at which each begins.
    voice, key : which voice, and the SHA-256 of voice and text by which it is kept.
    """

    data: bytes
    seconds: float
    chapters: tuple[tuple[str, float], ...]
    voice: str
    key: str


def record(script: Script, voice: SpeechVoice, store: Path, pronounced: Mapping[str, str] | None = None) -> Recording:
    """The recording of a script, from the store where it is there.

    Parameters
    ----------
    script : chapters, title and text with a line a sentence.
    store : folder of sounds, one MP3 and its note a key.
    pronounced : names to how the voice is to be given them.

    Raises
    ------
    DataError
        The voice says nothing for a line.
    """
    lines = [
        (title, [_pronounced(line, pronounced or {}) for line in text.splitlines() if line]) for title, text in script
    ]
    key = hashlib.sha256(json.dumps([voice.key, lines], ensure_ascii=False).encode()).hexdigest()
    sound, note = store / f"{key}.mp3", store / f"{key}.json"
    if sound.is_file() and note.is_file():
        known = read_json(note)
        return Recording(
            sound.read_bytes(), known["seconds"], tuple((t, s) for t, s in known["chapters"]), voice.key, key
        )
    made, chapters = _spoken(lines, voice)
    data = as_mp3(levelled(made, voice.rate), voice.rate)
    seconds = round(len(made) / voice.rate, 2)
    store.mkdir(parents=True, exist_ok=True)
    write_file(note, json.dumps({"seconds": seconds, "chapters": chapters, "voice": voice.key}, ensure_ascii=False))
    write_file(sound, data)
    return Recording(data, seconds, tuple(chapters), voice.key, key)


def _spoken(
    lines: Sequence[tuple[str, Sequence[str]]], voice: SpeechVoice
) -> tuple[np.ndarray, list[tuple[str, float]]]:
    parts: list[np.ndarray] = []
    chapters: list[tuple[str, float]] = []
    length = 0
    for title, told in lines:
        chapters.append((title, round(length / voice.rate, 2)))
        for k, line in enumerate(told):
            sound = voice.say(line)
            if len(sound) < LEAST * voice.rate or not np.any(np.abs(sound) > 1e-4):
                raise DataError(
                    f"The voice {voice.key} says nothing for: {line[:80]}",
                    why="A script that it does not know is left out without a word.",
                    fix="Give the words in the study's words.toml, or say --voice none.",
                )
            pause = np.zeros(round((CHAPTER if k == len(told) - 1 else LINE) * voice.rate))
            parts += [sound, pause]
            length += len(sound) + len(pause)
    return np.concatenate(parts) if parts else np.zeros(0), chapters


def as_mp3(sound: np.ndarray, rate: int) -> bytes:
    """Mono MP3 at a constant 48 kbit/s; the same sound gives the same bytes.

    Raises
    ------
    MissingExtra
    """
    try:
        import lameenc
    except ImportError:
        raise MissingExtra.needed("lameenc", "voice", "Sound as MP3") from None
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(BITRATE)
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(1)
    encoder.set_quality(2)
    encoder.silence()
    samples = np.round(np.clip(sound, -1.0, 1.0) * 32767).astype("<i2")
    return bytes(encoder.encode(samples.tobytes())) + bytes(encoder.flush())


def _pronounced(line: str, names: Mapping[str, str]) -> str:
    """The line with names as the voice is to be given them, whole words only, the longest first."""
    if not names:
        return line
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda found: names[found[0]], line)
