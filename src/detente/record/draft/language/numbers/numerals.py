"""Numbers as people write them in English and Spanish: digits, magnitudes and words."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cache

from detente.record.draft.language.signs import glued
from detente.record.draft.language.words import LANGUAGES, table, words

SCALES = {language: table(language)["numbers"]["scales"] for language in LANGUAGES}
LETTERS = {language: table(language)["numbers"]["letters"] for language in LANGUAGES}
VAGUE = {language: table(language)["numbers"]["vague"] for language in LANGUAGES}
EXACT = {language: table(language)["numbers"]["exact"] for language in LANGUAGES}


def _small(language: str) -> dict[str, int]:
    """Number words below a thousand that are added up."""
    found = {word: n for n, word in enumerate(words(language, "numbers", "small"))}
    found |= {word: 10 * n for n, word in enumerate(words(language, "numbers", "tens"), 2)}
    for n, word in enumerate(words(language, "numbers", "hundreds"), 2):
        found |= {word: 100 * n, word[:-2] + "as": 100 * n}
    return found | ({"veintiún": 21, "veintiuna": 21, "ciento": 100, "cien": 100} if language == "es" else {})


SMALL = {language: _small(language) for language in LANGUAGES}
_DIGITS = r"\d{1,3}\smil\s\d{1,3}(?![\d.,])|\d{1,3}(?:[\u202f\u2009  ’' ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+\s1/2(?!\d)|\d+(?:[.,]\d+)*"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in the text.

    Attributes
    ----------
    start, end : int
        Its place.
    value : float
        With the magnitude multiplied out.
    scale : float
        The magnitude written after it (1 where there is none).
    words, vague : bool
        Written in words; a word such as *dozens* that names no number.
    letter : str
        The magnitude where it is a letter, such as ``m``, which may be metres instead.
    """

    start: int
    end: int
    value: float
    scale: float = 1.0
    words: bool = False
    vague: bool = False
    letter: str = ""


def find_numerals(text: str, language: str) -> list[Numeral]:
    """All numbers in ``text``, in reading order.

    >>> [n.value for n in find_numerals("US$7.2bn, or 7,200 million, in twenty-five years", "en")]
    [7200000000.0, 7200000000.0, 25.0]
    >>> [n.value for n in find_numerals("3 million 375 thousand 116 visitors", "en")]
    [3375116.0]
    >>> [n.value for n in find_numerals("6 million 360.5 thousand", "en")]
    [6360500.0]
    >>> [n.value for n in find_numerals("seis mil 369 mujeres y cuatro mil 500 millones", "es")]
    [6369.0, 4500000000.0]
    >>> [n.value for n in find_numerals("7.200 millones, un 2,5 % y treinta y dos mil", "es")]
    [7200000000.0, 2.5, 32000.0]
    """
    found: list[Numeral] = []
    style = "es" if language == "en" and _WITH_COMMAS.search(text) and not _GROUPED_BY_COMMAS.search(text) else language
    for match in _pattern(language).finditer(text):
        numeral = _numeral(match, language, style)
        last = found[-1] if found else None
        if last and last.scale > numeral.scale > 1 and not numeral.words and text[last.end : numeral.start] == " ":
            found[-1] = Numeral(last.start, numeral.end, last.value + numeral.value, numeral.scale)
        elif last and _follows_mil(text, last, numeral, language):
            found[-1] = replace(numeral, start=last.start, value=last.value * numeral.scale + numeral.value)
        else:
            found.append(numeral)
    return found


def _follows_mil(text: str, first: Numeral, second: Numeral, language: str) -> bool:
    """*Seis mil 369*, *547 thousand 114*: the hundreds of a number of which the thousands are named."""
    told = text[first.start : first.end].casefold()
    small = not second.words and second.value / second.scale < 1e3 and text[second.start : second.end][0].isdigit()
    beside = text[first.end : second.start] == " "
    named = told.endswith(" thousand") if language == "en" else first.words and told.endswith(" mil")
    return named and small and beside


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """Numbers of a language: fixed phrases, vague words, number words, and digits with a magnitude."""
    scales = sorted(SCALES[language], key=len, reverse=True)
    letters = sorted(LETTERS[language], key=len, reverse=True)
    small = "|".join(sorted({*SMALL[language], *scales} - {"zero", "cero"}, key=len, reverse=True))
    fixed = "|".join(re.escape(w) for w in sorted(EXACT[language], key=len, reverse=True))
    vague = "|".join(re.escape(w) for w in sorted(VAGUE[language], key=len, reverse=True))
    joint = r"(?:[\s-]|\sand\s)" if language == "en" else r"(?:\s|\sy\s)"
    many = r"(?P<scale>(?:[\s-]?(?:" + "|".join(scales) + r")\b)+)"
    one = r"(?P<letter>\s?(?:" + "|".join(letters) + r"))(?![\w²³]|/d\b)"
    return re.compile(
        rf"(?<![\w.,])(?P<fixed>{fixed})(?!\w)(?!\s(?:and\s|y\s)?(?:{small})\b)"
        rf"|(?<![\w.,])(?P<vague>{vague})(?!\w)(?!\s(?:{'|'.join(scales)})\b)"
        rf"|(?<![\w.])(?<!\d,)(?P<words>(?:{small})(?:{joint}(?:{small}))*)(?!\w)"
        rf"|(?<![\d])(?<!\d[.,])(?:(?<!\w)|(?<=(?-i:[A-Z]{{3}}))|{glued()})(?P<digits>{_DIGITS})(?:{many}|{one})?(?!\d)",
        re.IGNORECASE,
    )


_WITH_COMMAS = re.compile(r"(?<![\d.,])\d{1,3},\d{1,2}\s?(?:%|per\s?cent\b|million\b|billion\b)")
_GROUPED_BY_COMMAS = re.compile(r"\d,\d{3}(?!\d)")
"""A text with *16,8%* and without *12,500* writes *340.000* for as many thousands: its numbers have one style."""


def _numeral(match: re.Match[str], language: str, style: str) -> Numeral:
    start, end = match.span()
    if fixed := match["fixed"]:
        return Numeral(start, end, float(EXACT[language][fixed.casefold()]), words=True)
    if vague := match["vague"]:
        return Numeral(start, end, float(VAGUE[language][vague.casefold()]), words=True, vague=True)
    if spelt := match["words"]:
        value, scale = read_words(spelt, language)
        return Numeral(start, end, value, scale, words=True)
    letter = (match["letter"] or "").strip()
    scale = LETTERS[language].get(letter.casefold(), 1.0)
    for word in re.split(r"[\s-]+", (match["scale"] or "").casefold()):
        scale *= SCALES[language].get(word, 1.0)
    return Numeral(start, end, round(read_digits(match["digits"], style) * scale, 6), scale, letter=letter)


def read_digits(digits: str, language: str) -> float:
    """The value of digits with separators; three digits after a single mark follow the language.

    >>> read_digits("7.200", "es"), read_digits("7.200", "en"), read_digits("7,200", "en"), read_digits("2,5", "es")
    (7200.0, 7.2, 7200.0, 2.5)
    """
    if " mil " in digits:  # 12 mil 500
        thousands, rest = digits.split(" mil ")
        return 1000.0 * int(thousands) + int(rest)
    if digits.endswith("1/2"):  # 2 1/2
        return float(digits.split()[0]) + 0.5
    digits = re.sub(r"[\s’']", "", digits)
    marks = re.findall(r"[.,]", digits)
    whole, _, tail = digits.rpartition(marks[-1]) if marks else ("", "", "")
    if len(set(marks)) == 2:
        decimal = True
    elif len(marks) == 1:
        grouped = len(tail) == 3 and whole not in ("", "0") and (language == "es" or marks[0] == ",")
        decimal = not grouped
    else:
        decimal = False
    return float(f"{re.sub('[.,]', '', whole)}.{tail}") if decimal else float(re.sub("[.,]", "", digits))


def read_words(text: str, language: str) -> tuple[float, float]:
    """The value of a number in words, and its largest magnitude word.

    >>> read_words("two hundred and fifty thousand", "en"), read_words("dos mil millones", "es")
    ((250000.0, 1000), (2000000000.0, 1000000000.0))
    """
    small, scales = SMALL[language], SCALES[language]
    big = total = current = 0.0
    magnitude = 1.0
    for word in re.split(r"[\s-]+", text.casefold()):
        scale = scales.get(word, 0.0)
        if scale >= 1e5:
            lead = total + current
            big += (lead or 1.0) * scale
            magnitude = max(magnitude, scale * (1e3 if total and not current else 1.0))
            total = current = 0.0
        elif scale == 1e3:
            total, current = (current or 1.0) * scale, 0.0
            magnitude = max(magnitude, scale)
        elif scale == 1e2:
            current = (current or 1.0) * scale
        else:
            current += small.get(word, 0)
    return big + total + current, magnitude


def significant_digits(text: str) -> int:
    """Digits that a number was written with, from its first that is not zero; 0 where it stands in words.

    >>> significant_digits("US$7.0bn"), significant_digits("$3.00 billion"), significant_digits("7,200 million")
    (2, 3, 2)
    """
    found = re.search(r"\d[\d.,]*", text)
    if not found:
        return 0
    whole, mark, decimals = re.sub(r",(?=\d{3})", "", found.group().rstrip(".,")).replace(",", ".").partition(".")
    digits = (whole + decimals).lstrip("0")
    return len(digits) if mark else len(digits.rstrip("0"))


def rounding_of(number: float, digits: int) -> float:
    """Half a unit of the last of so many significant digits."""
    return 0.5 * 10.0 ** (math.floor(math.log10(number)) - digits + 1)
