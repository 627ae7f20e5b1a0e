"""Making an edition: a dated folder that is frozen once, and the site's feeds, archive and calendar around it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from detente._atomic import lock, write_files
from detente._foreign import read_json
from detente.delivery import tag_uri
from detente.edition.composing import Edition, compose
from detente.edition.material import SubjectLike
from detente.edition.page import PagePlace, Sound, edition_page, mail_html, plain_text
from detente.edition.settings import EditionSettings, begin
from detente.edition.site import site_files
from detente.edition.voice import Recording, record, voice_for
from detente.errors import OutputError, UsageError
from detente.language import LANGUAGES, Catalogue
from detente.language.controls import clean
from detente.language.speaking import SPEAKING

MANIFEST = "manifest.json"
SCHEMA_VERSION = 1
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of making an edition.

    Attributes
    ----------
    folder : of the edition.
    revision : 0 for the first publication, then one a correction.
    fresh : whether anything was written into the folder.
    sounds : language to seconds, for those that can be heard.
    notes : what a person should know.
    """

    folder: Path
    revision: int
    fresh: bool
    sounds: Mapping[str, float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made.

    Attributes
    ----------
    day : of the edition.
    languages : the first is that of ``index.html``; each other has a folder of its code.
    voice : as :func:`~detente.edition.voice.voice_for` takes it.
    correct : note of a correction; empty for a first publication.
    """

    day: date
    languages: tuple[str, ...] = ("en", "es")
    voice: str | None = None
    correct: str = ""

    def checked(self) -> Order:
        """The order itself; a language or voice that cannot be had is refused before any work is done."""
        unknown = [code for code in self.languages if code not in LANGUAGES]
        if unknown or not self.languages or len(set(self.languages)) < len(self.languages):
            raise UsageError(
                f"'{', '.join(self.languages)}' is not a list of languages.",
                fix=f"Choose from: {', '.join(LANGUAGES)}.",
            )
        for language in self.languages:
            voice_for(language, self.voice)
        return self


def make(
    subjects: Sequence[SubjectLike], out: Path, order: Order, settings: EditionSettings | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Made:  # fmt: skip
    """Make the edition of a day in the site's folder ``out``; the same inputs again change nothing.

    Raises
    ------
    UsageError
        There is an edition of that day from other inputs, and no note of a correction.
    OutputError
        The folder cannot be written.
    """
    order.checked()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out} cannot be made: {error.strerror}.", fix="Give another --out.") from None
    with lock(out):
        settings = settings or EditionSettings.read(out)
        begin(out, settings)
        return _Making(tuple(subjects), out, order, settings, clock).make()


class _Making:
    """One edition in the making."""

    def __init__(
        self, subjects: tuple[SubjectLike, ...], out: Path, order: Order, settings: EditionSettings, clock: Clock
    ) -> None:
        self.subjects, self.out, self.order, self.settings, self.clock = subjects, out, order, settings, clock
        self.folder = out / order.day.isoformat()
        self.main = order.languages[0]
        self.notes: list[str] = []

    def make(self) -> Made:
        known = read_json(self.folder / MANIFEST) if (self.folder / MANIFEST).is_file() else None
        asked = self._asked()
        if known is not None and known["inputs"] == asked:
            write_files(site_files(self.out, self.settings), self.out)
            return self._made(known, fresh=False)
        if known is not None and not self.order.correct:
            raise UsageError(
                f"The edition of {self.order.day} is made, and it was made from something else.",
                why="An edition is frozen once: readers have it.",
                fix='Correct it with --correct "what was wrong", or make the edition of another day.',
            )
        corrections = [] if known is None else [*known["corrections"], self._correction()]
        files, manifest = self._files(asked, corrections)
        if known is not None:
            old = self.folder / "edition.txt"
            files[self.folder / "revisions" / f"{known['revision']}.txt"] = old.read_bytes()
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
        files[self.folder / MANIFEST] = _json(manifest)
        write_files(files, self.out)
        write_files(site_files(self.out, self.settings), self.out)
        return self._made(manifest, fresh=True)

    def _made(self, manifest: Mapping[str, Any], *, fresh: bool) -> Made:
        sounds = {language: sound["seconds"] for language, sound in manifest["sounds"].items()}
        return Made(self.folder, manifest["revision"], fresh, sounds, tuple(self.notes))

    def _asked(self) -> str:
        """A digest of everything the edition is made from."""
        words = [Catalogue(language) for language in self.order.languages]
        parts = [
            [s.digest(), s.since, [one.said(w) for w in words for one in s.changes], [[a.id, a.day] for a in s.ahead]]
            for s in self.subjects
        ]
        text = json.dumps([self.order.day.isoformat(), self.order.languages, parts], ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _correction(self) -> dict[str, str]:
        return {"at": self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "note": clean(self.order.correct)}

    def _files(self, asked: str, corrections: list[dict[str, str]]) -> tuple[dict[Path, str | bytes], dict[str, Any]]:
        files: dict[Path, str | bytes] = {}
        day = self.order.day
        published = f"{day.isoformat()}T00:00:00Z"
        told: dict[str, Any] = {}
        sounds: dict[str, Any] = {}
        for language in self.order.languages:
            written = compose(self.subjects, day, language)
            aloud = compose(self.subjects, day, language, spoken=language in SPEAKING)
            sound = self._sound(aloud)
            note = self._note(corrections, language)
            files |= self._language_files(written, aloud, sound, note)
            told[language] = {
                "id": tag_uri(self.settings.authority, day, f"edition/{language}"),
                "title": clean(written.title),
                "heading": written.heading,
                "path": self._path(language),
                "summary": "\n".join([*([note] if note else []), *_summary(written)]),
            }
            if sound is not None:
                sounds[language] = {
                    "path": f"{day.isoformat()}/{language}.mp3", "length": len(sound.data), "seconds": sound.seconds,
                    "voice": sound.voice, "key": sound.key, "chapters": f"{day.isoformat()}/{language}.chapters.json",
                    "transcript": f"{day.isoformat()}/spoken.{language}.txt",
                }  # fmt: skip
        manifest = {
            "schema_version": SCHEMA_VERSION,
            "day": day.isoformat(),
            "revision": len(corrections),
            "published": published,
            "updated": corrections[-1]["at"] if corrections else published,
            "corrections": corrections,
            "inputs": asked,
            "runs": [{"study": s.id, "sha256": s.digest(), "quick": s.quick}
                     for s in self.subjects],
            "readings": {s.id: dict(s.snapshot()) for s in self.subjects if s.snapshot()},
            "languages": list(self.order.languages),
            "editions": told,
            "sounds": sounds,
            "ahead": [{"uid": f"{s.id}.{a.id}@{self.settings.authority}", "day": a.day,
                       "title": clean(a.said(Catalogue(self.main)))} for s in self.subjects for a in s.ahead],
            "files": {path.relative_to(self.folder).as_posix(): _sha(data) for path, data in sorted(files.items())},
        }  # fmt: skip
        return files, manifest

    def _language_files(
        self, written: Edition, aloud: Edition, sound: Recording | None, note: str
    ) -> dict[Path, str | bytes]:
        language = written.language
        home = self.folder if language == self.main else self.folder / language
        up = "" if language == self.main else "../"
        link = self.settings.site.url + self._path(language)
        others = tuple((code, up + ("index.html" if code == self.main else f"{code}/index.html"))
                       for code in self.order.languages if code != language)  # fmt: skip
        place = PagePlace(
            f"{up}../", link, "", others, self._suffix(language), self.settings.site.subscribe, sound is not None
        )
        heard = None if sound is None else Sound(f"{up}{language}.mp3", sound.seconds, sound.chapters)
        script = aloud.script()
        files: dict[Path, str | bytes] = {
            home / "index.html": edition_page(written, script, heard, place, note),
            home / "mail.html": mail_html(written, link, note),
            home / "edition.txt": plain_text(written, link, note),
            self.folder / f"spoken.{language}.txt": "\n\n".join(text for _, text in script) + "\n",
        }
        if sound is not None:
            files[self.folder / f"{language}.mp3"] = sound.data
            chapters = [{"startTime": at, "title": title} for title, at in sound.chapters]
            files[self.folder / f"{language}.chapters.json"] = _json({"version": "1.2.0", "chapters": chapters})
        return files

    def _sound(self, aloud: Edition) -> Recording | None:
        voice = voice_for(aloud.language, self.order.voice)
        if voice is None:
            if self.order.voice != "none":
                self.notes.append(f"No voice for '{aloud.language}': see detente edition doctor.")
            return None
        names: dict[str, str] = {}
        for subject in self.subjects:
            names |= subject.pronounced.get(aloud.language, {})
        return record(aloud.script(), voice, self.out / "sounds", names)

    def _path(self, language: str) -> str:
        return f"{self.order.day.isoformat()}/" + ("" if language == self.main else f"{language}/")

    def _suffix(self, language: str) -> str:
        return "" if language == self.main else f".{language}"

    @staticmethod
    def _note(corrections: Sequence[Mapping[str, str]], language: str) -> str:
        words = Catalogue(language)
        return " ".join(
            words("edition.corrected", day=words.date(one["at"][:10]), note=one["note"]) for one in corrections
        )


def _summary(edition: Edition) -> list[str]:
    told = []
    for piece in edition.pieces:
        changed = next((part.sentences for part in piece.parts if part.key == "changed"), ())
        told += [piece.title, *changed, *([piece.lead] if piece.lead else [])]
    return told


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _sha(data: str | bytes) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
