"""Dates and figures that stand apart: days of saying, points of departure, asides, and what others are held against."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.speech import ACCORDING
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.direction import changes_by, direction_at, is_comparison
from detente.record.draft.tying.multiples import TIMES

ACCORDING_AT = re.compile("|".join(pattern.pattern for pattern in ACCORDING.values()), re.IGNORECASE)
SAID_ON = 25
"""Characters between a crediting word and the day on which it was said."""
NEAR = 45
"""Characters between a figure and the period that follows it."""


def _pattern(name: str) -> str:
    return either("pairing", name, *LANGUAGES)


LEFT = re.compile(r"\b(?:from|del?|desde)\s(?:about\s|some\s|unos\s|el\s)?$", re.IGNORECASE)
"""Before the level that something left: "raised from 5% to 10% in July" gives a day for the second alone."""
_FROM_POINT = re.compile(rf"\b{_pattern('point')}\s(?:the\s|el\s|late\s|early\s|mid-?)?$", re.IGNORECASE)
_OF_THING = re.compile(rf"\b{_pattern('thing')}\s(?:of|de|del)\s$", re.IGNORECASE)
_BASE = re.compile(rf"\b{_pattern('base')}\s(?:the\s|el\s)?(?:same\s\w+\sof\s|mismo\s\w+\sde\s)?$", re.IGNORECASE)
BESIDE = re.compile(rf"\b{_pattern('beside')}\b", re.IGNORECASE)
"""Between a figure and what it is only held against: another figure, or the period of one."""
_BESIDE_IT = re.compile(rf"\b{_pattern('beside')}\s(?:los\s|the\s)?{_pattern('hedge')}?$", re.IGNORECASE)
HELD_AGAINST = re.compile(rf"\b{_pattern('beside')}\s(?:in\s|en\s|a\s|con\s|the\s|el\s|los\s)*$", re.IGNORECASE)
_SAME_MONTHS = re.compile(rf"\b{_pattern('same')}\s(?:(?:of|in|del?|en)\s)?(?:the\s|el\s)?$", re.IGNORECASE)
_HELD_IN = re.compile(rf"\b{either('carrying', 'held_in', *LANGUAGES)}\s(?:the\s|el\s)?$", re.IGNORECASE)
_ASIDE = re.compile(
    rf",\s{_pattern('aside')}\b[^,;\n]*(?:,|$)|\b(?:that|which|que)\s(?:had|has|have|was|were|había|habían|fue|fueron)\b[^,;.]*",
    re.IGNORECASE,
)
_ONWARDS = re.compile(r"\b(?:from|a\spartir\sdel?)\s(?:the\s|early\s|late\s)?$", re.IGNORECASE)
_OPENING = re.compile(r"(?:^|[.!?\n”\"]\s*)(?:(?:in|on|en|el)\s)?(?:the\s|el\s)?$", re.IGNORECASE)


def is_set_apart(text: str, date: DateMention, credits: Sequence[Credit], figures: Sequence[FigureMention]) -> bool:
    """Whether a date is no figure's period: a day of saying, a point of departure, the date of a thing or an aside."""
    before = text[max(0, date.start - 60) : date.start]
    for credit in credits:
        bare_month = re.fullmatch(r"\d{4}-\d\d", date.date) and not re.search(r"\b(?:in|en|on)\s$", before)
        if bare_month or (
            ACCORDING_AT.match(credit.text) and re.fullmatch(r"\d{4}(?:-\d\d)?(?:/\d{4}(?:-\d\d)?)?", date.date)
        ):
            continue  # according to the bank, in May exports rose
        between = any(credit.end <= figure.start < date.start for figure in figures)  # "put growth at 1% in 2016"
        if 0 <= date.start - credit.end <= SAID_ON and not between:
            return True
    if credits and _opens(text, date) and figures and date.end <= credits[0].start < figures[0].start:
        return True  # Last year the minister said that trade would triple
    if "/" not in date.date and _ONWARDS.search(before):
        return True
    if _FROM_POINT.search(before) or _OF_THING.search(before) or _SAME_MONTHS.search(before) or _HELD_IN.search(before):
        return True
    start = max(0, date.start - 200)
    aside = [
        m for m in _ASIDE.finditer(text[start : date.end + 60]) if start + m.start() < date.start < start + m.end()
    ]
    inside = any(start + m.start() < f.start < start + m.end() for m in aside for f in figures if f.start > date.start)
    return bool(aside) and not inside  # which in 2018 were $9bn: its own clause's


def _opens(text: str, date: DateMention) -> bool:
    """Whether a date opens its sentence."""
    return bool(_OPENING.search(text[max(0, date.start - 12) : date.start]))


def is_base(text: str, figure: FigureMention, date: DateMention) -> bool:
    """Whether a change is measured from this date ("down 18% on 2019", "$3m less than in 2019")."""
    between = text[figure.end : date.start]
    change = figure.unit in ("pct", TIMES) or changes_by(text, figure) or is_comparison(text, figure)
    return bool(BESIDE.search(between)) or (bool(change) and bool(_BASE.search(between)))


def is_held(text: str, figures: Sequence[FigureMention], date: DateMention) -> bool:
    """Whether a date is only what the figure before it is held against, or of a figure that is."""
    before = [figure for figure in figures if figure.end <= date.start]
    if before and date.start - before[-1].end < NEAR and _BESIDE_IT.search(text[: before[-1].start]):
        return True
    held = HELD_AGAINST.search(text[max(0, date.start - 30) : date.start])
    if held or not before or date.start - before[-1].end > NEAR:
        return bool(held)
    moved = direction_at(text, before[-1]) or before[-1].unit not in ("pct", TIMES)
    return bool(moved) and is_base(text, before[-1], date)


def is_aside(text: str, figure: FigureMention) -> bool:
    """Whether a figure is only what another is held against, or what something left: its period is its own alone."""
    before = text[: figure.start]
    return bool(LEFT.search(before) or _BESIDE_IT.search(before))
