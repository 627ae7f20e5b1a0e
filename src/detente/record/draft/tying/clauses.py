"""The parts of a sentence that may have periods of their own: *fell 4% in June, after 2% in May, while imports rose*."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.words import LANGUAGES, either

_BREAK = re.compile(
    rf";\s|\s[–—]\s|,?\s{either('pairing', 'break', *LANGUAGES)}\b|,\s{either('carrying', 'after', *LANGUAGES)}\s",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:[,:—–]|,?\s(?:and|y|whereas|but|pero))\s(?:(?:only|just|already|solo|sólo|ya|but|and|pero|y)\s)?"
    r"(?:in|on|for|en|during|durante)\s(?:the\s|el\s|los\s|la\s)?$",
    re.IGNORECASE,
)
"""Before a date that opens a part: *, and in 2019 it fell*."""


def cuts_of(
    text: str, start: int, end: int, figures: Sequence[FigureMention], dates: Sequence[DateMention]
) -> tuple[int, ...]:
    """Where the parts of a sentence begin; each but the first has a figure."""
    found = [m.end() for m in _BREAK.finditer(text, start, end)]
    found += [lead.start() for d in dates if (lead := _LEAD.search(text, max(start, d.start - 30), d.start))]
    places = sorted({start, *found, end})
    return tuple(
        a for a, b in pairwise(places) if a == start or any(a <= figure.start < b for figure in figures)
    )


def part_of(cuts: Sequence[int], place: int) -> int:
    """The number of the part that a place lies in."""
    return max(0, bisect_right(cuts, place) - 1)
