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
    rf";\s|\s[–—]\s|,?\s{either('pairing', 'break', *LANGUAGES)}\b|(?P<after>,\s{either('carrying', 'after', *LANGUAGES)}\s)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:[,:—–]|,?\s(?:and|y|whereas|but|pero))\s(?:(?:only|just|already|solo|sólo|ya|but|and|pero|y)\s)?"
    r"(?:in|on|for|en|during|durante)\s(?:the\s(?:whole\sof\s)?|all\sof\s|el\s|los\s|la\s|todo\s(?:el\s)?)?$",
    re.IGNORECASE,
)
"""Before a date that opens a part: *, and in 2019 it fell*."""


def cuts_of(
    text: str, start: int, end: int, figures: Sequence[FigureMention], dates: Sequence[DateMention]
) -> dict[int, str]:
    """Where the parts of a sentence begin, each but the first with a figure, and what begins them.

    A part is ``plain``, ``dated`` where a period opens it, or ``aside``: what came before, *, after 2% in May*.
    """
    found = {m.end(): "aside" if m["after"] else "plain" for m in _BREAK.finditer(text, start, end)}
    leads = (_LEAD.search(text, max(start, d.start - 30), d.start) for d in dates)
    found = {start: "plain"} | found | {lead.start(): "dated" for lead in leads if lead}
    ends = pairwise([*sorted(found), end])
    return {a: found[a] for a, b in ends if a == start or any(a <= figure.start < b for figure in figures)}


def part_of(cuts: Sequence[int], place: int) -> int:
    """The number of the part that a place lies in."""
    return max(0, bisect_right(cuts, place) - 1)
