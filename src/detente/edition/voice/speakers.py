"""Voices: a program or a package that turns words into sound; none is needed for an edition without one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from detente.errors import DataError, MissingExtra, UsageError

VOICES = ("espeak", "hibari", "none")
Name = Literal["espeak", "hibari", "none"]
ESPEAK = {"en": "en-us", "es": "es-419"}  # this project's languages in espeak-ng's names; any other goes by its own
SPEED = 155  # words a minute
SEED = 1
WAIT = 120.0  # seconds for one line


class SpeechVoice(Protocol):
    """Something that speaks one language.

    ``key`` names voice and setting: sounds are kept by it. ``rate`` is in Hz.
    """

    @property
    def key(self) -> str: ...

    @property
    def rate(self) -> int: ...

    def say(self, line: str) -> NDArray[np.float64]:
        """The sound of a line, shape ``(n,)``, between -1 and 1."""
        ...


@dataclass(frozen=True, slots=True)
class Espeak:
    """espeak-ng, called as a program of its own; the line goes in on its standard input."""

    language: str
    rate: int = 22050

    @property
    def name(self) -> str:
        return ESPEAK.get(self.language, self.language)

    @property
    def key(self) -> str:
        return f"espeak-ng {self.name} {SPEED}"

    def say(self, line: str) -> NDArray[np.float64]:
        with tempfile.TemporaryDirectory() as home:
            sound = Path(home) / "line.wav"
            try:
                done = subprocess.run(
                    [PROGRAM, "-b", "1", "-v", self.name, "-s", str(SPEED), "--stdin", "-w", str(sound)],
                    input=line.encode(), capture_output=True, timeout=WAIT, check=False,
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                raise DataError(f"{PROGRAM} did not speak: {error}.", fix="Run 'detente edition doctor'.") from None
            if done.returncode or not sound.exists():
                words = done.stderr.decode("utf-8", "replace").strip()[:200]
                raise DataError(f"{PROGRAM} did not speak: {words or done.returncode}.", fix="Try --voice none.")
            with wave.open(str(sound)) as read:
                if read.getframerate() != self.rate or read.getsampwidth() != 2 or read.getnchannels() != 1:
                    raise DataError(f"{PROGRAM} gave a sound of another kind than 16 bit mono at {self.rate} Hz.")
                frames = read.readframes(read.getnframes())
        return np.frombuffer(frames, dtype="<i2").astype(np.float64) / 32768.0


PROGRAM = "espeak-ng"


class Hibari:
    """hibari-tts: English without a network; its voice comes in the package."""

    rate = 24000
    key = "hibari-tts en"

    def __init__(self) -> None:
        self._engine: Any = None

    def say(self, line: str) -> NDArray[np.float64]:
        if self._engine is None:
            hibari = import_module("hibari")

            self._engine = hibari.Hibari()
        return np.asarray(self._engine(line, seed=SEED), dtype=np.float64).ravel()


def voice_for(language: str, name: str | None) -> SpeechVoice | None:
    """The voice of a language; None where there is none, or none is wanted.

    Parameters
    ----------
    name : ``espeak``, ``hibari`` (English; other languages by espeak-ng where it is installed), ``none``, or None for
        the best that is installed.

    Raises
    ------
    UsageError
        There is no voice of that name, or its program is not installed.
    MissingExtra
        Its package is not installed.
    """
    if name is not None and name not in VOICES:
        raise UsageError(f"There is no voice '{name}'.", fix=f"Say one of: {', '.join(VOICES)}.")
    if name == "none" or (name is None and find_spec("lameenc") is None):
        return None
    if find_spec("lameenc") is None:
        raise MissingExtra.needed("lameenc", "voice", "Sound as MP3")
    spoken = Espeak(language) if shutil.which(PROGRAM) else None
    if name == "espeak":
        if spoken is None:
            raise UsageError(
                f"The program {PROGRAM} is not installed.",
                fix=f"Install it (Debian: apt-get install {PROGRAM}), or say --voice none.",
            )
        return spoken
    if language == "en":
        if find_spec("hibari") is not None:
            return Hibari()
        if name == "hibari":
            raise MissingExtra.needed("hibari-tts", "voice", "The English voice")
    return spoken
