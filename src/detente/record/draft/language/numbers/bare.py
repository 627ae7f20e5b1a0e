"""What a number without a unit of its own is of, by the words and figures before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.record.draft.language.numbers.nouns_lent import noun_lent
from detente.record.draft.language.numbers.numerals import Numeral
from detente.record.draft.language.numbers.standing import CARRY, ENDS, Placed
from detente.record.draft.language.units import MONEY

Label = tuple[int, int, str, float]
_BARE = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+[.,]\d+|(?!(?:1[5-9]|20|21)\d\d$)\d{2,}")
FAR = 2000
"""Characters over which an amount with decimals, or in billions, takes the only currency that the text has spoken of."""


def label_of(text: str, numeral: Numeral, labels: Sequence[Label]) -> int | None:
    """The label, *in US$ million*, that a bare number of the same sentence is in; none where a thing is counted."""
    if numeral.words or numeral.vague or numeral.scale != 1 or not _BARE.fullmatch(text[numeral.start : numeral.end]):
        return None
    if not ENDS.match(text, numeral.end):
        return None
    for n, (start, end, _, _) in enumerate(labels):
        first, last = (end, numeral.start) if end <= numeral.start else (numeral.end, start)
        if 0 <= last - first <= CARRY and not _parts(text[first:last] if first <= last else ""):
            return n
    return None


def unit_lent(text: str, numeral: Numeral, found: Sequence[Placed], language: str) -> str:
    """The unit that a bare number takes from what stands before it; empty where there is none.

    Parameters
    ----------
    found : the figures before it, in reading order.

    Examples
    --------
    >>> unit_lent("The number of trucks rose to 923,991.", Numeral(29, 36, 923991.0), [], "en")
    'trucks'
    """
    if numeral.vague:
        return ""
    return _money(text, numeral, found) or noun_lent(text, numeral, found, language)


def _money(text: str, numeral: Numeral, found: Sequence[Placed]) -> str:
    """*Exports fell to 1,685 million dollars and imports to 1,365 million*: the second has the first one's currency."""
    inside = len(found) > 1 and text[found[-1].start - 1 : found[-1].start] == "("  # the same in other money
    before = found[-2 if inside else -1] if found else None
    if before is not None and before.unit.partition("/")[0] not in MONEY:
        before = next((f for f in reversed(found) if f.unit in MONEY), before)
    if before is None or numeral.scale < 1e6 or before.unit.partition("/")[0] not in MONEY:
        return ""
    if _OR_IN_MONEY.search(text[max(0, numeral.start - 24) : numeral.start]):
        return before.unit
    between = text[before.end : numeral.start]
    far = len(between) > CARRY or _parts(between)
    one = len({f.unit for f in found if f.unit in MONEY}) == 1
    lent = one and (numeral.scale >= 1e9 or bool(re.search(r"\d[.,]\d", text[numeral.start : numeral.end])))
    if not _ENDS_MONEY.match(text, numeral.end) or (far and (len(between) > FAR or not lent)):
        return ""
    return before.unit


_OR_IN_MONEY = re.compile(  # up 13% or 2.7 billion
    r"\d\s?(?:%|per\s?cent|por\sciento)\s(?:or|o)\s(?:about\s|nearly\s|unos\s)?$", re.IGNORECASE
)
_ENDS_MONEY = re.compile(
    r"\s*(?:[.,;:()\x00]|$|[–—]\s|\s(?:in|en|and|y|e|or|o|to|a|over|which|that|que|while|mientras|followed|per|al\smes"
    r"|a year|al año|against|frente|last year|el (?:pasado )?año)\b)"
)


def _parts(between: str) -> bool:
    """Whether a sentence or line ends in a stretch of text."""
    return bool(re.search(r"[.!?]\s|\n", between))
