"""Whether what a figure measures can be read in one way: a change whose direction its own words give, a share, an amount."""

from __future__ import annotations

import re

from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.changes.direction import changes_by, direction_at

_HEDGE = either("pairing", "hedge", *LANGUAGES)
_WAYS = rf"(?:{either('direction', 'up', *LANGUAGES)}|{either('direction', 'down', *LANGUAGES)})"
NOUN_NEXT = re.compile(
    rf"\s{either('pairing', 'rise', *LANGUAGES)}|\s{either('pairing', 'fall', *LANGUAGES)}", re.IGNORECASE
)
_CHANGE_NOUN = re.compile(
    rf"\b(?:an?|the|un[ao]?|el|la)\s(?:\w+\s)?{either('certainty', 'change_noun', *LANGUAGES)}\s(?:of|de|del)\s{_HEDGE}?$",
    re.IGNORECASE,
)
_SHARE = re.compile(rf"\b{either('carrying', 'share', *LANGUAGES)}\s(?:el\s|un\s)?{_HEDGE}?$", re.IGNORECASE)
_AMOUNT_BEFORE = re.compile(r"\d[\d.,]*\s?(?:[^\W\d]+\s){0,3}?[^\W\d]*\s?\($")
"""Before a change in brackets: the amount that it is of (*rose $96 million (2.5 percent)*)."""
_PCT_BEFORE = re.compile(r"\d\s?(?:%|per\s?cent|por\s?ciento)\s\([^\d()]*$", re.IGNORECASE)
"""Before an amount in brackets that may be the change or what it came to: *fell 15 percent ($4 million)*."""
_SIGNED = re.compile(r"[-−–+]\s?\d")
_BY = re.compile(rf"\bby\s{_HEDGE}?$", re.IGNORECASE)
_MOVES = re.compile(rf"\b{_WAYS}\b", re.IGNORECASE)
_OF_A_WHOLE = re.compile(r"\s(?:of|del?)\s\w")
"""After a share: *74% of Sweden's exports*."""


def is_plain(text: str, figure: FigureMention) -> bool:
    """A change in percent whose direction its own words give, or an amount that is not a change."""
    change = changes_by(text, figure)
    if figure.unit in ("pct", "pp"):
        before = text[max(0, figure.start - 40) : figure.start]
        level = not direction_at(text, figure)
        if _SHARE.search(before) and (level or _OF_A_WHOLE.match(text, figure.end)):
            return True
        if level and _OF_A_WHOLE.match(text, figure.end) and not _MOVES.search(before):
            return True
        beside = _AMOUNT_BEFORE.search(before) and text[figure.end : figure.end + 1] == ")"
        tight = change or beside or NOUN_NEXT.match(text, figure.end) or _CHANGE_NOUN.search(before)
        signed = re.search(r"[-−–+]\s?$", before) or _SIGNED.match(figure.text)
        return bool(tight or signed) and direction_at(text, figure) != ""
    before = text[max(0, figure.start - 40) : figure.start]
    return not change and not any(words.search(before) for words in (_CHANGE_NOUN, _BY, _PCT_BEFORE))
