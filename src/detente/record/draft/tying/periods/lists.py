"""The period of a list's items, which its heading names: *Main exports in 2022:* over *- Tea, worth $4m*."""

from __future__ import annotations

import re
from functools import lru_cache

from detente.record.draft.language.dates import DateMention, find_dates
from detente.record.draft.tying.around import Around
from detente.record.draft.tying.periods.carrying import is_period

_ITEM = re.compile(r"\s*(?:[-–—•·*▪]|\(?\d{1,2}[.)]|[a-z]\))\s*(?=\D)")
_ENDED = re.compile(r"[.!?…][\"”»’')]*\s*$")
LONGEST = 60
"""Lines of a list, at most."""


def heading_period(around: Around) -> DateMention | None:
    """The one period that the heading of a sentence's list names; none where it stands in no list or has a date itself.

    >>> from detente.record.draft.clean import Article
    >>> from detente.record.draft.drafting import draft_claims
    >>> text = "Exports to Sudan in 2022\\n1. Tea, worth $4m.\\n2. Salt, worth $3m."
    >>> [row.cells["date"] for row in draft_claims(Article("", text, "2023-08-29", "en"), "N").rows if row.cells.get("value")]
    ['2022', '2022']
    """
    if any(role == "own" for role in around.roles):
        return None
    lines = around.text[: around.sentence.start].rsplit("\n", LONGEST)
    if not _ITEM.match(lines[-1] + around.sentence.text):
        return None
    heading = next((line for line in reversed(lines[:-1]) if line.strip() and not _ITEM.match(line)), "")
    if not heading or _ENDED.search(heading):
        return None
    return _only_period(heading, around.language, around.published)


@lru_cache(maxsize=64)
def _only_period(heading: str, language: str, published: str) -> DateMention | None:
    found = find_dates(heading, language, published)
    return found[0] if len(found) == 1 and is_period(found[0].date) else None
