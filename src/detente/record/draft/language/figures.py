"""Numbers with what they measure or count: the figures of an article.

What counts as a figure is written down in ``docs/drafting.md``: a number in
digits or words with its unit or its counted noun. Dates, ages, clock times,
ordinals and the numbers in names are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from detente.record.draft.language.numerals import SMALL as NUMBER_WORDS
from detente.record.draft.language.numerals import Numeral, find_numerals
from detente.record.draft.language.other_numbers import is_no_figure
from detente.record.draft.language.units import (
    LETTERS_ALONE,
    MONEY,
    SIGNS,
    currency_before,
    rate_at,
    times_in,
    unit_at,
    unit_labels,
)
from detente.record.draft.language.words import LANGUAGES, either, words
from detente.record.verdicts.independence.organisations import country_in


@dataclass(frozen=True, slots=True)
class FigureMention:
    """A number with its unit, as the article says it.

    Attributes
    ----------
    start, end : int
        Its place in the text.
    text : str
        The words of the article.
    value : float
        The number, its magnitude multiplied out.
    unit : str
        A code of :mod:`detente.record.draft.language.units`, or the counted noun; after ``/`` the rate.
    bound : str
        ``at least``, ``at most``, ``about``, ``vague`` (no number is claimed) or nothing.
    """

    start: int
    end: int
    text: str
    value: float
    unit: str
    bound: str = ""


_STOP = {language: frozenset(words(language, "figures", "stop")) for language in LANGUAGES}
_SKIP = {language: frozenset(words(language, "figures", "skip")) for language in LANGUAGES}
_PLURALS = frozenset(words("en", "figures", "plural"))
_VERBS = frozenset(words("en", "figures", "verbs"))
_DEFINITE = re.compile(
    r"\b(?:the|these|those|both|their|its|his|her|our|los|las|estos|estas|esos|esas|sus|ambos|ambas)\s(?:other\s|otros\s)?$",
    re.IGNORECASE,
)
_BOUND_BEFORE = {
    name: re.compile(
        rf"\b{either('figures', name.replace(' ', '_'), *LANGUAGES)}\s(?:los\s|las\s|the\s)?$", re.IGNORECASE
    )
    for name in ("at least", "at most", "about")
}
_TO = re.compile(r"\s?[-–—]\s?|\s(?:to|a|hasta)\s(?:about\s|unos\s|un\s|el\s|las?\s|los\s)?")
_AND = re.compile(r"\s(?:and|or|y|o)\s(?:un\s|el\s)?")
_BETWEEN = re.compile(r"\b(?:between|entre)\s(?:los\s|las\s)?(?:[A-Z]{2,3}\s?|US)?[$€£]?$", re.IGNORECASE)
_OF_WHOLE = re.compile(
    r"\s(?:out\s)?(?:of|de)\s(?:(?:the|its|their|those|these|his|her|los|las|sus)\s(?=\w)|(?=\d))", re.IGNORECASE
)
_OF_SOMEBODY_S = re.compile(r"\sof\s(?:[\w.]+\s){0,2}[\w.]+[’']s?\s")
_HYPHENED = re.compile(r"-(?!odd\b|plus\b|strong\b|way\b|fold\b|up\b|off\b|and\b)([a-z]{3,})\b")
_GAP = {"en": re.compile(r"\+?[\s-]?(?:of\s)?"), "es": re.compile(r"\+?[\s-]?(?:de\s)?")}
_WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ][\w'’áéíóúüñ-]*")
_METRES = re.compile(r"\s(?:high|tall|long|wide|deep|from (?:the|its|a|an)|away|above|below|apart|of (?:the|its))\b")
_DEPTH = re.compile(r"\b(?:depth|height|length|width|altitude|distance|deep|wide|high|long)\b[\w ]*$", re.IGNORECASE)
_SIGN_AFTER = re.compile(r"(M\s?)?(€|£|EUR|USD)(?!\w)")
"""*20 €*, *1.250 M€*: the currency stands after the number."""
NEARBY = 20  # times: 4.2 to 3.6 million share the magnitude, 500 to 1 million do not
GROUPED = 1000  # from here a Spanish count may have *de* before its noun: 1.368.083 de visitantes
SMALL = 12  # number words up to this, after a definite word, refer back and count nothing new


def find_figures(text: str, language: str, taken: Iterable[tuple[int, int]] = ()) -> list[FigureMention]:
    """The figures of ``text``.

    Parameters
    ----------
    text : str
        The article.
    language : str
        ``en`` or ``es``.
    taken : iterable of (start, end)
        Stretches where a number is already something else: dates.

    Examples
    --------
    >>> [(f.text, f.value, f.unit, f.bound) for f in find_figures("More than 240 political prisoners in 4 years", "en")]
    [('240 political prisoners', 240.0, 'political prisoners', 'at least'), ('4 years', 4.0, 'years', '')]
    """
    free = list(text)
    for start, end in taken:
        free[start:end] = "\x00" * (end - start)
    open_text = "".join(free)
    found: list[FigureMention] = []
    labels, labelled = unit_labels(open_text), set[int]()
    for run in _runs(open_text, find_numerals(open_text, language)):
        read = [_read(open_text, numeral, language) for numeral in run]
        read = _share(open_text, run, read)
        for numeral, figure in zip(run, read):
            figure = figure or _carried(open_text, numeral, found) or _numbered(open_text, numeral, language)
            if figure is None and (label := _label_of(open_text, numeral, labels)) is not None:
                labelled.add(label)
                start, end, (_, _, unit, times) = numeral.start, numeral.end, labels[label]
                bound = _bound(open_text, start, numeral)
                figure = FigureMention(start, end, open_text[start:end], numeral.value * times, unit, bound)
            if figure is not None:
                found.append(figure)
    names = [labels[n][:2] for n in labelled]
    return [f for f in found if not (f.bound == "vague" and any(a <= f.start and f.end <= b for a, b in names))]


_BARE = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+[.,]\d+|(?!(?:1[5-9]|20|21)\d\d$)\d{2,}")
_ENDS = re.compile(r"\s*(?:[.,;:()\x00]|$)|\s(?:in|en|for|and|y|e|or|o|against|frente|compared|from|to|a|desde)\b")


def _label_of(text: str, numeral: Numeral, labels: list[tuple[int, int, str, float]]) -> int | None:
    """The label, *in US$ million*, that a bare number of the same sentence is in; none where a thing is counted."""
    if numeral.words or numeral.vague or numeral.scale != 1 or not _BARE.fullmatch(text[numeral.start : numeral.end]):
        return None
    if not _ENDS.match(text, numeral.end):
        return None
    for n, (start, end, _, _) in enumerate(labels):
        first, last = (end, numeral.start) if end <= numeral.start else (numeral.end, start)
        between = text[first:last] if first <= last else ""
        if 0 <= last - first <= CARRY and not re.search(r"[.!?]\s|\n", between):
            return n
    return None


CARRY = 160
"""Characters over which an amount in millions may take the currency of the one before it."""
FAR = 2000
"""The same for an amount with decimals in a text that has spoken of one currency only."""
_NUMBER_OF = re.compile(
    r"\b(?:number|total|count|n[úu]mero|cantidad|cifra)\s(?:of|de)(?=\s)(?![^.;]*\b(?:which|that|whose|cuy[oa])\b)",
    re.IGNORECASE,
)


def _numbered(text: str, numeral: Numeral, language: str) -> FigureMention | None:
    """*The number of applications rose to 923,991*: a bare number of what is numbered."""
    bare = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", text[numeral.start : numeral.end]) or (
        numeral.scale >= 1e3 and not numeral.words
    )
    if not bare or numeral.vague or not _ENDS.match(text, numeral.end):
        return None
    first = max(text.rfind(mark, 0, numeral.start) for mark in (". ", "\n", "; ")) + 1
    named = list(_NUMBER_OF.finditer(text, max(first, numeral.start - CARRY), numeral.start))
    noun = _counted(text, replace(numeral, end=named[-1].end(), words=False, scale=1.0), language) if named else None
    if noun is None or noun[0] > numeral.start:
        return None
    start, end = numeral.start, numeral.end
    return FigureMention(start, end, text[start:end], numeral.value, noun[1], _bound(text, start, numeral))


def _carried(text: str, numeral: Numeral, found: list[FigureMention]) -> FigureMention | None:
    """*Exports fell to 1,685 million dollars and imports to 1,365 million*: the second has the first one's currency."""
    inside = len(found) > 1 and text[found[-1].start - 1 : found[-1].start] == "("  # the same in other money
    before = found[-2 if inside else -1] if found else None
    if before is not None and before.unit == "pct":
        before = next((f for f in reversed(found) if f.unit in MONEY), before)
    if before is None or numeral.scale < 1e6 or numeral.vague:
        return None
    if before.unit.partition("/")[0] not in MONEY:
        before = next((f for f in reversed(found) if f.unit in MONEY), before)
    if before.unit.partition("/")[0] not in MONEY:
        return None
    between = text[before.end : numeral.start]
    if _OR_IN_MONEY.search(text[max(0, numeral.start - 24) : numeral.start]):  # up 13% or 2.7 billion
        start, end = numeral.start, numeral.end
        return FigureMention(start, end, text[start:end], numeral.value, before.unit, _bound(text, start, numeral))
    ends = re.match(
        r"\s*(?:[.,;:()\x00]|$|\s(?:in|en|and|y|e|or|o|which|that|que|while|mientras|followed"
        r"|a year|al año|against|frente|last year|el (?:pasado )?año)\b)",
        text[numeral.end :],
    )
    far = len(between) > CARRY or re.search(r"[.!?]\s|\n", between)
    lent = (
        re.search(r"\d[.,]\d", text[numeral.start : numeral.end])
        and len({f.unit for f in found if f.unit in MONEY}) == 1
    )
    if not ends or (far and (len(between) > FAR or not lent)):
        return None
    start, end = numeral.start, numeral.end
    return FigureMention(start, end, text[start:end], numeral.value, before.unit, _bound(text, start, numeral))


_OR_IN_MONEY = re.compile(r"\d\s?(?:%|per\s?cent|por\sciento)\s(?:or|o)\s(?:about\s|nearly\s|unos\s)?$", re.IGNORECASE)


def _runs(text: str, numerals: list[Numeral]) -> Iterator[list[Numeral]]:
    """Numbers in groups that are the ends of one range or members of one list."""
    run: list[Numeral] = []
    for numeral in numerals:
        if is_no_figure(text, numeral):
            if run:
                yield run
            run = []
        elif run and _link(text, run[-1], numeral):
            run.append(numeral)
        else:
            if run:
                yield run
            run = [numeral]
    if run:
        yield run


def _share(text: str, run: list[Numeral], read: list[FigureMention | None]) -> list[FigureMention | None]:
    """Let the ends of a range share currency sign, unit and magnitude: *US$2-3bn*, *between 20 and 30 trucks*."""
    for n in range(1, len(run)):
        before = read[n - 1]
        if before and currency_before(text, run[n - 1].start) and _link(text, run[n - 1], run[n]) == "range":
            this = read[n]
            if this is None or (this.unit == "m" and run[n].letter == "m"):
                start, end = run[n].start, run[n].end
                this = read[n] = FigureMention(start, end, text[start:end], run[n].value, before.unit, "")
            if this.unit == before.unit and _lacks_scale(run[n - 1], run[n]):
                read[n - 1] = replace(before, value=before.value * run[n].scale)
    for n in range(len(run) - 2, -1, -1):
        after = read[n + 1]
        if read[n] is None and after is not None:
            sign = currency_before(text, run[n].start)
            start, end = sign[0] if sign else run[n].start, run[n].end
            value = run[n].value * (run[n + 1].scale if _lacks_scale(run[n], run[n + 1]) else 1)
            read[n] = FigureMention(start, end, text[start:end], value, after.unit, _bound(text, start, run[n]))
    return read


def _lacks_scale(first: Numeral, second: Numeral) -> bool:
    return first.scale == 1 and second.scale > 1 and first.value <= NEARBY * second.value / second.scale


def _read(text: str, numeral: Numeral, language: str) -> FigureMention | None:
    """The figure that begins with ``numeral``, if it has a unit or counts something."""
    sign = currency_before(text, numeral.start)
    if sign and text[sign[0] : numeral.start].strip() in LETTERS_ALONE and numeral.scale < 1e6:
        return None
    start = sign[0] if sign else numeral.start
    value, end, unit = numeral.value, numeral.end, sign[1] if sign else ""
    if not unit:
        gap = _gap(text, numeral.end, language)
        measured = unit_at(text, gap)
        if measured and not (numeral.words and numeral.value == 1 and text[numeral.end] != "-" and numeral.scale == 1):
            end, unit = measured
            value *= times_in(text[gap:end])
        elif after := _SIGN_AFTER.match(text, gap):
            value, end, unit = value * (1e6 if after[1] else 1), after.end(), SIGNS.get(after[2], after[2].lower())
        elif numeral.letter == "m" and _metres(text, numeral):
            value, unit = value / numeral.scale, "m"
        else:
            counted = _counted(text, numeral, language)
            if counted is None:
                return None
            end, unit = counted
    end, rate = rate_at(text, end)
    if unit == "bpd":
        unit, rate = "bbl", "day"
    end = _strip_end(text, start, end)
    return FigureMention(
        start, end, text[start:end], value, unit + (f"/{rate}" if rate else ""), _bound(text, start, numeral)
    )


def _metres(text: str, numeral: Numeral) -> bool:
    """Whether ``m`` after a number is metres: *200m from the gate*, *a depth of 200m*, *280 m*; else it is millions."""
    return bool(
        _METRES.match(text, numeral.end)
        or _DEPTH.search(text, max(0, numeral.start - 24), numeral.start)
        or text[numeral.end - 2] == " "
    )


def _gap(text: str, end: int, language: str) -> int:
    """Where a unit may begin after a number: past one space or hyphen, ``+``, and Spanish *de*."""
    match = _GAP[language].match(text, end)
    return match.end() if match else end


def _counted(text: str, numeral: Numeral, language: str) -> tuple[int, str] | None:
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


def _link(text: str, first: Numeral, second: Numeral) -> str:
    """``range`` or ``list`` where only a dash, *to*, *and* or *or* stands between two numbers."""
    sign = currency_before(text, second.start)
    middle = text[first.end : max(first.end, sign[0]) if sign else second.start]
    if _AND.fullmatch(middle) and _BETWEEN.search(text[max(0, first.start - 14) : first.start]):
        return "range"
    return "range" if _TO.fullmatch(middle) else "list" if _AND.fullmatch(middle) else ""


def _strip_end(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(" ,;:"))


def _bound(text: str, start: int, numeral: Numeral) -> str:
    if numeral.vague:
        return "vague"
    if text[numeral.end : numeral.end + 1] == "+":
        return "at least"
    before = text[max(0, start - 30) : start]
    return next((name for name, pattern in _BOUND_BEFORE.items() if pattern.search(before)), "")
