"""The noun that a number counts: *240 political prisoners*, *12 of the 15 provinces*."""

from __future__ import annotations

import re

from detente.record.draft.language.numbers.numerals import SMALL as NUMBER_WORDS
from detente.record.draft.language.numbers.numerals import Numeral, find_numerals
from detente.record.draft.language.words import LANGUAGES, words
from detente.record.verdicts.independence.organisations import country_in

_STOP = {language: frozenset(words(language, "figures", "stop")) for language in LANGUAGES}
_SKIP = {language: frozenset(words(language, "figures", "skip")) for language in LANGUAGES}
_PLURALS = frozenset(words("en", "figures", "plural"))
_VERBS = frozenset(words("en", "figures", "verbs"))
_DEFINITE = re.compile(
    r"\b(?:the|these|those|both|their|its|his|her|our|los|las|estos|estas|esos|esas|sus|ambos|ambas)\s(?:other\s|otros\s)?$",
    re.IGNORECASE,
)
_OF_WHOLE = re.compile(
    r"\s(?:out\s)?(?:of|de)\s(?:(?:the|its|their|those|these|his|her|los|las|sus)\s(?=\w)|(?=\d))", re.IGNORECASE
)
_OF_SOMEBODY_S = re.compile(r"\sof\s(?:[\w.]+\s){0,2}[\w.]+[’']s?\s")
_HYPHENED = re.compile(r"-(?!odd\b|plus\b|strong\b|way\b|fold\b|up\b|off\b|and\b)([a-z]{3,})\b")
SIZE_EACH = re.compile(
    r"\s\d{1,4}-?\s?(?:kg|kilos?|kilogram(?:me)?s?|pounds?|lbs?|lit(?:er|re)s?|ton(?:ne)?s?)(?=\s[a-z]+s\b)"
)
"""How large each thing is that the number before it counts."""
_WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ][\w'’áéíóúüñ-]*")
GROUPED = 1000  # from here a Spanish count may have *de* before its noun: 1.368.083 de visitantes
SMALL = 12  # number words up to this, after a definite word, refer back and count nothing new


def counted(text: str, numeral: Numeral, language: str) -> tuple[int, str] | None:
    """The end and words of the noun that the number counts."""
    position = numeral.end
    if numeral.value == 1 or (numeral.words and not numeral.vague and numeral.value <= SMALL
                              and _DEFINITE.search(text, max(0, numeral.start - 20), numeral.start)):  # fmt: skip
        return None
    if numeral.words and numeral.value <= SMALL and _OF_SOMEBODY_S.match(text, position):
        return None  # two of Canada's exports: some of what there is
    if whole := _OF_WHOLE.match(text, position):
        position = _past_number(text, whole.end() - 1, language)
    elif numeral.vague or numeral.scale > 1 or numeral.words or (language == "es" and numeral.value >= GROUPED):
        link = re.compile(r"\s(?:of|de)\s").match(text, position)
        position = link.end() - 1 if link else position
    if each := SIZE_EACH.match(text, position):  # 4 million 60-kg bags
        position = each.end()
    if part := _HYPHENED.match(text, position):  # a 40-page paper
        return (part.end(), part[1]) if not numeral.words and language == "en" else None
    run: list[tuple[int, str]] = []
    spot = position + (text[position : position + 1] == "+")
    while len(run) < 4:
        gap = re.compile(r"[\s-]").match(text, spot)
        match = _WORD.match(text, gap.end()) if gap else None
        if match is None or match.group().casefold() in NUMBER_WORDS[language]:
            break
        word = match.group()
        if (word.casefold() in _STOP[language] and not word.isupper()) or (
            not run and text[spot] == "-" and not word.islower()
        ):
            if word.casefold() not in _SKIP[language] and not (run and word.casefold() in ("and", "or", "y")):
                break
            spot = match.end()
            continue
        if run or word.casefold() not in _SKIP[language]:
            run.append((match.end(), word))
        spot = match.end()
    return _noun(run, language)


def _past_number(text: str, position: int, language: str) -> int:
    """Past a second number: *12 of the 15 provinces*."""
    for second in find_numerals(text[position : position + 40], language)[:1]:
        if second.start <= 1:
            return position + second.end
    return position


def _noun(run: list[tuple[int, str]], language: str) -> tuple[int, str] | None:
    """Cut a run of words after its first plural noun; without a plural it counts nothing."""
    for n, (end, word) in enumerate(run):
        low = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
        plural = low in _PLURALS or (
            low.endswith("s")
            and (not low.endswith(("ss", "us", "is", "gas")) or (low.endswith("is") and country_in(low)))
            and low not in _VERBS
        )
        if plural and len(low) > 2:
            return end, " ".join(w for _, w in run[: n + 1])
        if language == "es":
            return None  # a Spanish plural follows its number at once
    return None
