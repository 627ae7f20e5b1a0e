"""The classes of verbs and nouns that tell of deeds, as patterns of a language, from ``en.toml`` and ``es.toml`` beside this file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.record.draft.language.deeds.inflection import Forms, forms_of

PACT = "pact"
STOP, SAY, THING = "stop", "say", "thing"
"""Marks of a verb that owns a date but tells of no deed, of one that owns the day of a report, and of one that tells of a deed
only with its thing."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns of a language, and the class of each spelling."""

    past: re.Pattern[str]
    done: re.Pattern[str]
    present: re.Pattern[str]
    noun: re.Pattern[str]
    thing: re.Pattern[str]
    public: re.Pattern[str]
    pacts: re.Pattern[str]
    strain: re.Pattern[str]
    classes: dict[str, str]
    kinds: dict[str, tuple[str, str]]
    around: dict[str, re.Pattern[str]]

    def kind_of(self, name: str, sentence: str) -> tuple[str, str]:
        """Kind and direction of an event by a class; both empty where it leaves a choice, as an act without its agreement."""
        if name == PACT and not self.pacts.search(sentence):
            return "", ""
        return self.kinds.get(name, ("", ""))

    def class_of(self, word: str) -> str:
        """The class of a verb's spelling; empty where it is not listed."""
        return self.classes.get(word.casefold(), "")


@cache
def lexicon(language: str) -> Lexicon:
    """What is looked for in a language."""
    table = tomllib.loads(
        files("detente.record.draft.language.deeds").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    )
    listed = {name: [forms_of(verb, language) for verb in verbs.split()] for name, verbs in table["verbs"].items()}
    listed |= {name: [forms_of(verb, language) for verb in table[key]["verbs"].split()]
               for name, key in ((STOP, "stop"), (SAY, "say"), (THING, "with_thing"))}  # fmt: skip
    classes: dict[str, str] = {}
    for name, verbs in listed.items():
        for forms in verbs:
            for spelling in (*forms.past, *_spelt(forms.participle), *forms.present):
                classes.setdefault(spelling.casefold(), name)
    every = [forms for verbs in listed.values() for forms in verbs]
    deeds = [forms for name, verbs in listed.items() if name not in (STOP, SAY) for forms in verbs]
    nouns = "|".join(rf"(?P<{name}>{'|'.join(_split(entries))})"
                     for name, entries in table["nouns"].items())  # fmt: skip
    around = {name: _words(entries if isinstance(entries, list) else entries.split())
              for name, entries in table["around"].items()}  # fmt: skip
    return Lexicon(
        past=_any(every, "past", _UNLISTED[language][0]), done=_any(every, "participle", _UNLISTED[language][1]),
        present=_any(deeds, "present", ""), noun=re.compile(rf"\b(?:{nouns})\b", re.IGNORECASE),
        thing=_words(_split(table["with_thing"]["things"])), public=around.pop("public"),
        pacts=around.pop("pacts"), strain=around.pop("strain"), classes=classes,
        kinds={name: tuple(kind.rsplit(" ", 1)) for name, kind in table["kinds"].items()}, around=around,
    )  # fmt: skip


def speaks_publicly(text: str, language: str) -> bool:
    """Whether a text names a state, one who acts for it, or what states share.

    >>> speaks_publicly("The two governments met.", "en"), speaks_publicly("The shop closed.", "en")
    (True, False)
    """
    return lexicon(language).public.search(text) is not None


_UNLISTED = {
    "en": (r"\w{3,}ed", r"\w{3,}ed"),
    "es": (r"\w{2,}(?:ó|aron|ieron)", r"\w{2,}(?:ad|id)[oa]s?"),
}
"""What other past forms and participles look like."""


def _spelt(patterns: Iterable[str]) -> list[str]:
    """The spellings of ``ad[oa]s?``."""
    return [p.replace("[oa]s?", end) for p in patterns for end in (("o", "a", "os", "as") if "[oa]" in p else ("",))]


def _split(entries: str) -> list[str]:
    """Entries apart at spaces outside of brackets."""
    return re.findall(r"(?:\((?:[^()]|\([^()]*\))*\)\??|\[[^\]]*\]|[^\s(\[])+", entries)


def _any(verbs: Iterable[Forms], part: str, other: str) -> re.Pattern[str]:
    spellings = {spelling for forms in verbs for spelling in getattr(forms, part)}
    words = sorted(spellings, key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join([*words, *([other] if other else [])])})\b", re.IGNORECASE)


def _words(entries: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(entries)})\b", re.IGNORECASE)
