"""Numbers with what they measure or count: the figures of an article.

What counts as a figure is written down in ``docs/drafting.md``: a number in
digits or words with its unit or its counted noun. Dates, ages, clock times,
ordinals and the numbers in names are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from detente.record.draft.language.numbers.bare import label_of, unit_lent
from detente.record.draft.language.numbers.counted import counted
from detente.record.draft.language.numbers.numerals import Numeral, find_numerals
from detente.record.draft.language.numbers.other_numbers import is_no_figure
from detente.record.draft.language.people import bolivians_follow
from detente.record.draft.language.signs import AFTER, LARGE, code_of, currency_before
from detente.record.draft.language.units import rate_at, times_in, unit_at, unit_labels
from detente.record.draft.language.words import LANGUAGES, either


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


_BOUND_BEFORE = {
    name: re.compile(
        rf"\b{either('figures', name.replace(' ', '_'), *LANGUAGES)}\s(?:los\s|las\s|the\s)?$", re.IGNORECASE
    )
    for name in ("at least", "at most", "about")
}
_TO = re.compile(r"\s?[-–—]\s?|\s(?:to|a|hasta)\s(?:about\s|unos\s|un\s|el\s|las?\s|los\s)?")
_AND = re.compile(r"\s(?:and|or|y|o)\s(?:un\s|el\s)?")
_BETWEEN = re.compile(r"\b(?:between|entre)\s(?:los\s|las\s|el\s|un\s)?(?:[A-Z]{2,3}\s?|US)?[$€£]?$", re.IGNORECASE)
_GAP = {"en": re.compile(r"\+?[\s-]?(?:of\s)?"), "es": re.compile(r"\+?[\s-]?(?:de\s)?")}
_METRES = re.compile(r"\s(?:high|tall|long|wide|deep|from (?:the|its|a|an)|away|above|below|apart|of (?:the|its))\b")
_DEPTH = re.compile(r"\b(?:depth|height|length|width|altitude|distance|deep|wide|high|long)\b[\w ]*$", re.IGNORECASE)
_POINTED = re.compile(r"[1-9]\d{0,2}\.\d{3}")
THOUSAND = 1000
MILLION = 1e6
HUNDRED = 100  # above it what stands before *or 4%* is no percentage
NEARBY = 20  # times: 4.2 to 3.6 million share the magnitude, 500 to 1 million do not


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
            unit, times = "" if figure else unit_lent(open_text, numeral, found, language), 1.0
            if not figure and not unit and (label := label_of(open_text, numeral, labels)) is not None:
                labelled.add(label)
                unit, times = labels[label][2:]
            if figure or unit:
                found.append(figure or _mention(open_text, numeral, numeral.value * times, unit))
    names = [labels[n][:2] for n in labelled]
    return [f for f in found if not (f.bound == "vague" and any(a <= f.start and f.end <= b for a, b in names))]


def _mention(text: str, numeral: Numeral, value: float, unit: str) -> FigureMention:
    start, end = numeral.start, numeral.end
    return FigureMention(start, end, text[start:end], value, unit, _bound(text, start, numeral))


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
        if (
            read[n] is None
            and after is not None
            and not (after.unit == "pct" and run[n].value > HUNDRED >= after.value)
        ):
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
    if sign and text[sign[0] : numeral.start].strip() in LARGE and numeral.scale < MILLION:
        return None
    start = sign[0] if sign else numeral.start
    value, end, unit = numeral.value, numeral.end, sign[1] if sign else ""
    if not unit:
        gap = _gap(text, numeral.end, language)
        measured = unit_at(text, gap)
        if measured and measured[1] == "bob" and bolivians_follow(text, measured[0]):
            measured = None
        if measured and not (numeral.words and numeral.value == 1 and text[numeral.end] != "-" and numeral.scale == 1):
            end, unit = measured
            value *= times_in(text[gap:end])
            if unit == "mt" and numeral.scale > 1:  # 2 million mt
                unit = "t"
        elif (after := AFTER.match(text, gap)) and (after[2] not in LARGE or numeral.scale >= MILLION):
            value, end, unit = value * (MILLION if after[1] else 1), after.end(), code_of(after[2])
        elif numeral.letter == "m" and _metres(text, numeral):
            value, unit = value / numeral.scale, "m"
        else:
            named = counted(text, numeral, language)
            if named is None:
                return None
            end, unit = named
            if language == "en" and numeral.scale == 1 and _POINTED.fullmatch(text[numeral.start : numeral.end]):
                value *= THOUSAND  # 63.837 citizens: what is counted has no fractions
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
