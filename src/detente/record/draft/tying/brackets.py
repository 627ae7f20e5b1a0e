"""A figure in brackets with a period of its own, *$4m (2020: $6m) in 2021*: a pair apart from what stands outside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.around import Around

_BRACKET = re.compile(r"\(([^()]*)\)|\[([^][]*)\]")
_STOP, _COMMA = re.compile(";"), re.compile(r",\s")
_IN = r"(?:(?:in|for|during|en|durante)\s(?:the\s|el\s|la\s)?(?:year\s|año\s)?)?"
_OF = (
    rf"(?:(?:{either('pairing', 'against', *LANGUAGES)}|{either('pairing', 'hedge', *LANGUAGES)}"
    r"|after|tras|up\sfrom|down\sfrom|from|desde|and|y|was|were|fue|fueron)\s?)*"
)
_LABEL = re.compile(rf"\s*{_OF}{_IN}D\s?[:=,]?\s?{_OF}F\s*", re.IGNORECASE)
_AFTER = re.compile(rf"\s*{_OF}F\s{_IN}D\s*", re.IGNORECASE)


def tied_in_brackets(around: Around) -> dict[int, DateMention]:
    """The period of every figure that stands in brackets with its own, by the figure's number.

    A period before its figure ties it; one after it does where a figure in the same unit stands before the brackets.
    """
    found: dict[int, DateMention] = {}
    for start, end in _parts(around):
        here = [n for n, figure in enumerate(around.figures) if start <= figure.start and figure.end <= end]
        dates = [date for date in around.dates if date.date and start <= date.start and date.end <= end]
        if len(here) != 1 or len(dates) != 1:
            continue
        figure, date = around.figures[here[0]], dates[0]
        told = _drawn(around.text, start, end, figure, date)
        outside = any(f.end <= start and f.unit == figure.unit for f in around.figures)
        if (_LABEL.fullmatch(told) or _AFTER.fullmatch(told)) and outside:
            found[here[0]] = date
    return found


def _parts(around: Around) -> Iterator[tuple[int, int]]:
    """The parts of every bracket of a sentence: between its semicolons, and between commas where those hold several."""
    for bracket in _BRACKET.finditer(around.text, around.sentence.start, around.sentence.end):
        for start, end in _cut(_STOP, bracket.start() + 1, bracket.end() - 1, around):
            alone = sum(start <= figure.start < end for figure in around.figures) == 1
            yield from [(start, end)] if alone else _cut(_COMMA, start, end, around)


def _cut(mark: re.Pattern[str], start: int, end: int, around: Around) -> Iterator[tuple[int, int]]:
    """The stretches between marks; those of a number or a date end none."""
    cuts = [m for m in mark.finditer(around.text, start, end) if not _inside(m.start(), around)]
    return zip([start, *(m.end() for m in cuts)], [*(m.start() for m in cuts), end], strict=True)


def _inside(place: int, around: Around) -> bool:
    marked: Sequence[FigureMention | DateMention] = (*around.figures, *around.dates)
    return any(mention.start <= place < mention.end for mention in marked)


def _drawn(text: str, start: int, end: int, figure: FigureMention, date: DateMention) -> str:
    """The words of a part, with ``F`` for its figure and ``D`` for its date."""
    marks = sorted([(figure.start, figure.end, "F"), (date.start, date.end, "D")])
    (a, b, one), (c, d, two) = marks
    return text[start:a] + one + text[b:c] + two + text[d:end]
