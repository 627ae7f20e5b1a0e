"""Whom a sentence credits with what stands at one of its places, where it credits one or more speakers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.entities import economies_in
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.words import LANGUAGES, either

_WIRE = re.compile(r"\b(?:report(?:s|ed)|informó|informa|reportó|reseñó)$")
_TURNS = re.compile(r"(?:;|,?\s(?:while|whereas|but|mientras(?:\sque)?|pero|en\stanto(?:\sque)?)\s)", re.IGNORECASE)
"""Words that open a clause which the speaker before them may not have said."""
_AND = re.compile(r",?\s?(?:and|but|while|whereas|y|e|pero|mientras|en\stanto)\s|;", re.IGNORECASE)
_CONCEDED = re.compile(
    r"[\"“«‘']?(?:Although|Though|Even\sthough|While|Whereas|Despite|In\sspite\sof|Aunque|Si\sbien|Pese\sa|A\spesar\sde"
    r"|Mientras(?:\sque)?)\b"
)
"""A clause that the writer grants before somebody else's words."""
_CLOSES = re.compile(
    r"\s?(?:[.,;:!?)”\"»—–-]|$)|\s(?:on|in|at|this|last|yesterday|este|esta|el|en|ayer|hoy)\b|\s[A-Z]\w+day\b"
)
_WHICH = re.compile(r"\b(?:which|that|que|quien)\s$", re.IGNORECASE)
"""Before a speaker of an aside: *$3m, which the president said should be spent, the report said*."""
NAME = 8
"""Words of a speaker's name, at most."""
SHORT = 4
"""Words of a speaker who is described and not named: *the ministry's deputy director*."""
_SOMEBODY = re.compile(r"(?:an?|some|one|un|una|unos|unas)\s", re.IGNORECASE)
SPEAKS = re.compile(rf"\b{either('certainty', 'speaks', *LANGUAGES)}\b", re.IGNORECASE)
_OPENED = re.compile(r"[,”\"»’'—–-]\s?$")


def speaker_of(place: int, credits: Sequence[Credit], text: str, sentence: Sentence) -> Credit | None:
    """The speaker of what stands at a place of a sentence; none where the writer says it.

    A speaker named before it says what follows, up to a turn that has a speaker of its own; one named after it, at the
    end of a clause, says what went before. The wire that passes on what somebody said counts where nobody else does.

    >>> from detente.record.draft.language.credits import find_credits
    >>> text = "The ministry said exports rose 4%, but the bank put it at 6%."
    >>> said = Sentence(0, len(text), text, 1)
    >>> [speaker_of(text.index(n), find_credits(text, "en"), text, said).source for n in ("4%", "6%")]
    ['The ministry', 'the bank']
    """
    closing = [c for c in credits if c.start > place]
    if len(closing) > 1 and _WHICH.search(text[: closing[0].start]) and _ends_clause(closing[-1], text):
        credits = [c for c in credits if c is not closing[0]]
    if len(credits) > 1 and credits[-1].start > place and _WIRE.search(credits[-1].text):
        credits = credits[:-1]
    around = next((c for c in credits if c.start <= place < c.end), None)
    before = [c for c in credits if c.end <= place]
    after = [c for c in credits if c.start > place]
    if around is not None or not after:
        return around or (before[-1] if before else None)
    following = after[0]
    if not before:
        granted = _CONCEDED.match(text, sentence.start) and "," in text[place : following.start]
        return None if granted and not _ends_clause(following, text) else following
    if not _ends_clause(following, text):
        return before[-1]
    between = text[before[-1].end : place]
    closed = _ends_clause(before[-1], text) and _AND.match(between.lstrip(","))
    return following if closed or _TURNS.search(between) else before[-1]


def is_somebody(source: str) -> bool:
    """Whether words hold a name or somebody who tells, and are told apart: not *a trader*, nor *the size of the gap*."""
    if _SOMEBODY.match(source):
        return False
    return bool(re.search(r"[A-ZÁÉÍÓÚÑ]", source.removeprefix("The ")) or SPEAKS.search(source))


def is_named(source: str) -> bool:
    """Whether a speaker has a name or an office, and is no economy: not *the importance of the sector*, nor *Peru*.

    >>> [is_named(source) for source in ("the customs office", "Ana Paz", "the size of the gap", "Peru")]
    [True, True, False, False]
    """
    bare = re.sub(r"^(?:[Tt]he|[Ee]l|[Ll]as?|[Ll]os|its|his|her|su)\s", "", source)
    words = len(bare.split())
    known = bare[:1].isupper() or (words <= SHORT and SPEAKS.search(bare))
    return bool(known) and words <= NAME and not re.search(r"\d", bare) and not (economies_in(bare) and words < 3)


def _ends_clause(credit: Credit, text: str) -> bool:
    """Whether a credit stands behind what was said: *, the ministry said*."""
    return bool(_OPENED.search(text[: credit.start]) and _CLOSES.match(text, credit.end))
