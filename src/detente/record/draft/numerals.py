"""Numbers as people write them in English and Spanish: digits, magnitudes and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_ES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis "
    "veintisiete veintiocho veintinueve"
).split()
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety".split(),
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(),
}
_HUNDREDS = "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos".split()

SMALL = {
    "en": {word: n for n, word in enumerate(_EN)} | {word: 10 * n for n, word in enumerate(_TENS["en"], 2)},
    "es": {word: n for n, word in enumerate(_ES)}
    | {word: 10 * n for n, word in enumerate(_TENS["es"], 2)}
    | {"veintiún": 21, "veintiuna": 21, "ciento": 100, "cien": 100}
    | {form: 100 * n for n, word in enumerate(_HUNDREDS, 2) for form in (word, word[:-2] + "as")},
}
SCALES = {
    "en": {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "lakh": 1e5, "crore": 1e7},
    "es": {
        **{"mil": 1e3, "millón": 1e6, "millones": 1e6, "millardo": 1e9, "millardos": 1e9},
        **{"billón": 1e12, "billones": 1e12},
    },
}
LETTERS = {
    "en": {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "mm": 1e6, "b": 1e9, "bn": 1e9, "bln": 1e9, "tn": 1e12, "trn": 1e12},
    "es": {"k": 1e3, "m": 1e6, "mm": 1e6, "bn": 1e9},
}
VAGUE = {
    "en": {
        **{"tens of thousands": 1e4, "hundreds of thousands": 1e5, "tens of millions": 1e7, "hundreds of millions": 1e8},
        **{"dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1e3, "millions": 1e6, "billions": 1e9},
    },
    "es": {
        **{"decenas de miles": 1e4, "cientos de miles": 1e5, "centenares de miles": 1e5, "decenas de millones": 1e7},
        **{"cientos de millones": 1e8, "miles de millones": 1e9, "decenas": 10, "docenas": 12, "centenares": 100},
        **{"cientos": 100, "miles": 1e3, "millones": 1e6},
    },
}
EXACT = {
    "en": {
        **{"half a million": 5e5, "half a billion": 5e8, "half a dozen": 6, "a half-dozen": 6, "two dozen": 24},
        **{"three dozen": 36, "four dozen": 48, "five dozen": 60, "six dozen": 72, "a dozen": 12, "a hundred": 100},
        **{"a thousand": 1e3, "a million": 1e6, "a billion": 1e9, "a trillion": 1e12, "one and a half million": 1.5e6},
    },
    "es": {
        **{"medio millón": 5e5, "media docena": 6, "dos docenas": 24, "tres docenas": 36, "una docena": 12},
        **{"una decena": 10, "una veintena": 20, "una treintena": 30, "un centenar": 100, "un millar": 1e3, "medio millar": 500, "medio centenar": 50},
        **{"un millón": 1e6, "un billón": 1e12, "un millón y medio": 1.5e6, "dos millones y medio": 2.5e6},
    },
}

_DIGITS = r"\d{1,3}(?:[  ’' ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*"


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
    >>> [n.value for n in find_numerals("7.200 millones, un 2,5 % y treinta y dos mil", "es")]
    [7200000000.0, 2.5, 32000.0]
    """
    return [_numeral(match, language) for match in _pattern(language).finditer(text)]


_PATTERNS: dict[str, re.Pattern[str]] = {}


def _pattern(language: str) -> re.Pattern[str]:
    if language not in _PATTERNS:
        scales = sorted(SCALES[language], key=len, reverse=True)
        letters = sorted(LETTERS[language], key=len, reverse=True)
        small = "|".join(sorted({*SMALL[language], *scales} - {"zero", "cero"}, key=len, reverse=True))
        fixed = "|".join(re.escape(w) for w in sorted(EXACT[language], key=len, reverse=True))
        vague = "|".join(re.escape(w) for w in sorted(VAGUE[language], key=len, reverse=True))
        joint = r"(?:[\s-]|\sand\s)" if language == "en" else r"(?:\s|\sy\s)"
        many = r"(?P<scale>(?:[\s-](?:" + "|".join(scales) + r")\b)+)"
        one = r"(?P<letter>\s?(?:" + "|".join(letters) + r"))(?![\w²³])"
        _PATTERNS[language] = re.compile(
            rf"(?<![\w.,])(?P<fixed>{fixed})(?!\w)(?!\s(?:and\s|y\s)?(?:{small})\b)"
            rf"|(?<![\w.,])(?P<vague>{vague})(?!\w)(?!\s(?:{'|'.join(scales)})\b)"
            rf"|(?<![\w.])(?<!\d,)(?P<words>(?:{small})(?:{joint}(?:{small}))*)(?!\w)"
            rf"|(?<![\d])(?<!\d[.,])(?:(?<!\w)|(?<=(?-i:[A-Z]{{3}}))|(?<=\b(?-i:Bs|Rs)))(?P<digits>{_DIGITS})(?:{many}|{one})?(?!\d)",
            re.IGNORECASE,
        )
    return _PATTERNS[language]


def _numeral(match: re.Match[str], language: str) -> Numeral:
    start, end = match.span()
    if fixed := match["fixed"]:
        return Numeral(start, end, float(EXACT[language][fixed.casefold()]), words=True)
    if vague := match["vague"]:
        return Numeral(start, end, float(VAGUE[language][vague.casefold()]), words=True, vague=True)
    if words := match["words"]:
        value, scale = read_words(words, language)
        return Numeral(start, end, value, scale, words=True)
    letter = (match["letter"] or "").strip()
    scale = LETTERS[language].get(letter.casefold(), 1.0)
    for word in re.split(r"[\s-]+", (match["scale"] or "").casefold()):
        scale *= SCALES[language].get(word, 1.0)
    return Numeral(start, end, round(read_digits(match["digits"], language) * scale, 6), scale, letter=letter)


def read_digits(digits: str, language: str) -> float:
    """The value of digits with separators; three digits after a single mark follow the language.

    >>> read_digits("7.200", "es"), read_digits("7.200", "en"), read_digits("7,200", "en"), read_digits("2,5", "es")
    (7200.0, 7.2, 7200.0, 2.5)
    """
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


def read_words(words: str, language: str) -> tuple[float, float]:
    """The value of a number in words, and its largest magnitude word.

    >>> read_words("two hundred and fifty thousand", "en"), read_words("dos mil millones", "es")
    ((250000.0, 1000.0), (2000000000.0, 1000000000.0))
    """
    small, scales = SMALL[language], SCALES[language]
    big = total = current = 0.0
    magnitude = 1.0
    for word in re.split(r"[\s-]+", words.casefold()):
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
