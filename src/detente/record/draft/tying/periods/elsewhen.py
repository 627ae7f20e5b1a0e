"""Words by which a figure may be of another time than its likeliest period, so that the row is not marked high."""

from __future__ import annotations

import re

from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.periods.candidates import Paired

_BEFORE_THAT = re.compile(rf",\s{either('carrying', 'after', *LANGUAGES)}\b[^;]*$", re.IGNORECASE)
_UP_TO = re.compile(
    r"\b(?:(?:year|decade|span|period|time|época|década|lapso)s?\s(?:up\s)?(?:to|until|hasta)|until|till"
    r"|(?:before|after|since|until|antes\sdel?|desde|tras)\s(?:(?:the|an?|el|las?|una?)\s)[^,;\d]{2,40}\s(?:in|of|en|del?))\s$",
    re.IGNORECASE,
)
_THE_PART = re.compile(
    r"\b(?:in|for|over|during|en|durante)\s(?:the|el)\s(?:quarter|half|year|trimestre|semestre|cuatrimestre|año)\b|\bdel\saño\b",
    re.I,
)
"""A part of the time that is named with another date: *10% in March and 9% in the quarter, to $4m*."""
_GOING_ON = re.compile(r",\s(?:\w{3,}ing|\w{3,}[áaeé]ndo(?:se)?)\b", re.IGNORECASE)
_BY_PARTS = re.compile(
    r"\b(?:half|quarter|month|week)[- ](?:on|over)[- ](?:half|quarter|month|week)\b|\bintermensual", re.IGNORECASE
)
"""What is held against the part of the year before, and not against the same part of the year before."""
_AGO = re.compile(
    rf"\b(?:{either('carrying', 'year_ago', *LANGUAGES)}|{either('carrying', 'month_ago', *LANGUAGES)})", re.IGNORECASE
)


def is_elsewhen(text: str, sentence: Sentence, figure: FigureMention, pair: Paired) -> bool:
    """Whether another time may be meant: *after 2% in May*, *the decade to 2017*, a year ago that nothing was made of."""
    date = pair.date
    if date is None or _BEFORE_THAT.search(text, sentence.start, figure.start):
        return True
    if pair.moved and _BY_PARTS.search(sentence.text):
        return True
    if pair.carried:
        return not pair.moved and bool(_AGO.search(text, figure.end, sentence.end))
    if _GOING_ON.search(text[figure.end : date.start]):  # up 10%, marking a contrast to the lull of 2023
        return True
    between = text[date.end : figure.start] if sentence.start <= date.start < figure.start else ""
    return bool(_UP_TO.search(text, sentence.start, date.start) or _THE_PART.search(between))
