"""Past and present forms of verbs from their base forms, in English and Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DOUBLED = ("ban", "bar", "stop", "cut", "scrap", "pledge", "admit", "commit", "plan", "drop", "refer", "patrol", "cancel",
            "expel", "repel", "slap", "trim", "clog", "permit", "swap", "tap", "travel", "label", "shun", "kidnap")  # fmt: skip
"""English verbs whose last consonant is doubled, or may be."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Spellings of a verb as parts of a regular expression: told of the past, of a finished act, and of a historic present."""

    past: tuple[str, ...]
    participle: tuple[str, ...]
    present: tuple[str, ...]


def forms_of(verb: str, language: str) -> Forms:
    """The forms of a verb written ``base`` or, where it is irregular, with its forms after colons.

    >>> forms_of("deny", "en").past, forms_of("meet:met", "en").past, forms_of("ban", "en").present
    (('denied',), ('met',), ('bans', 'ban'))
    >>> forms_of("romper:::roto", "es").past, forms_of("abolir", "es").participle
    (('rompió', 'rompieron'), ('abolid[oa]s?',))
    """
    base, *given = verb.split(":")
    return _english(base, given) if language == "en" else _spanish(base, given)


def _english(base: str, given: list[str]) -> Forms:
    thirds = (
        base[:-1] + "ies"
        if re.search(r"[^aeiou]y$", base)
        else base + ("es" if re.search(r"(?:[sxzo]|ch|sh)$", base) else "s"),
    )
    present = (*thirds, base)
    if given:
        past = tuple(given[:1])
        return Forms(past, tuple(given[1:2]) or past, present)
    if base.endswith("e"):
        regular = (base + "d",)
    elif re.search(r"[^aeiou]y$", base):
        regular = (base[:-1] + "ied",)
    elif base in _DOUBLED:
        regular = (base + base[-1] + "ed", base + "ed")
    else:
        regular = (base + "ed",)
    return Forms(regular, regular, present)


def _spanish(base: str, given: list[str]) -> Forms:
    stem, ending = base[:-2], base[-2:].replace("í", "i")
    one, many, done = (*given, "", "", "")[:3]
    regular = ("ó", "aron", "ad[oa]s?", "a", "an") if ending == "ar" else ("ió", "ieron", "id[oa]s?", "e", "en")
    past = (one or stem + regular[0], many or stem + regular[1])
    participle = (done[:-1] + "[oa]s?" if done else stem + regular[2],)
    stems = dict.fromkeys((stem, *_broken(stem, ending)))
    return Forms(past, participle, tuple(s + e for s in stems for e in regular[3:]))


def _broken(stem: str, ending: str) -> list[str]:
    """Stems of the present whose vowel breaks or narrows: *cierra*, *vuelve*, *pide*."""
    found = []
    for vowel, broken in (("e", "ie"), ("o", "ue"), *([("e", "i")] if ending == "ir" else [])):
        place = stem.rfind(vowel)
        if place >= 0 and not re.search(r"[aeiouáéíóú]", stem[place + 1 :]):
            found.append(stem[:place] + broken + stem[place + 1 :])
    if ending == "ir" and stem.endswith("u"):
        found.append(stem + "y")
    return found
