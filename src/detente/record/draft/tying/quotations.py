"""Who speaks in a quotation of several sentences: its speaker holds from the opening mark to the closing one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.sentences import Sentence

CLOSES = {"“": "”", "«": "»", "„": "“”", '"': '"', "‘": "’", "'": "'"}
"""Opening marks with what closes each of them."""
_SINGLE = "‘'"
"""Marks that are apostrophes, too."""
LEAD = 30
"""Characters between a speaker's verb and the quotation that follows it: *said on Monday: “*."""
_PARAGRAPH = re.compile(r"(?:[^\n]|\n(?!\n))+")
_RAYA = re.compile(r"\s*[—–](?=\S)")
_INSERTED = re.compile(r"\s[—–](?=\S)")
_TAIL = re.compile(r"[\s,.!?…—–-]*")
_STOP = re.compile(r"[.!?…](?:\s|$)")


_BEGINS = re.compile(r"[A-ZÁÉÍÓÚ0-9¿¡$€£]")
_ENDS = re.compile(r"['’](?!\w)")
_UNQUOTED = {ord(sign): None for sign in "”\"’'"}


@dataclass(frozen=True, slots=True)
class Quotation:
    """A stretch of a text between quotation marks (or rayas), and who speaks in it; empty where nobody is named."""

    start: int
    end: int
    speaker: Credit | None = None


def quotations(text: str, sentences: Sequence[Sentence], credits: Sequence[Credit]) -> list[Quotation]:
    """The quotations of a text with their speakers, in reading order.

    A quotation that a paragraph leaves open goes on where the next one opens anew. Its speaker is named right before
    its opening mark or right after its closing one, or is that of the quotation before it in the same paragraph,
    where nothing but its speaker's words stands between the two.

    Examples
    --------
    >>> from detente.record.draft.language.credits import find_credits
    >>> from detente.record.draft.language.sentences import split_sentences
    >>> text = 'Ana Paz said: “It grew. It was $4m in 2020.” It was $3m in 2018.'
    >>> [found.speaker.source for found in quotations(text, split_sentences(text), find_credits(text, "en"))]
    ['Ana Paz']
    """
    found: list[Quotation] = []
    for start, end in sorted([*_marked(text), *_rayas(text, credits)]):
        bare = Quotation(start, end)
        speaker = (
            _of_raya(bare, text, credits) or _before(bare, text, sentences, credits) or _after(bare, text, credits)
        )
        if speaker is None and found:
            speaker = _going_on(bare, found[-1], text, credits)
        found.append(replace(bare, speaker=speaker))
    return found


def speaker_at(place: int, found: Sequence[Quotation]) -> Credit | None:
    """Who speaks at a place of a text; none outside of quotations."""
    return next((q.speaker for q in found if q.start <= place < q.end), None)


def _marked(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between quotation marks; one left open ends with its paragraph, unless the next opens anew."""
    opened, mark = -1, ""
    for paragraph in _PARAGRAPH.finditer(text):
        start, end = paragraph.span()
        if opened >= 0:
            first = text[start:end].lstrip()[:1]
            if first != mark and not (mark == "«" and first == "»"):
                yield opened, start
                opened = -1
            else:
                start += text[start:end].index(first) + 1
        for place in range(start, end):
            sign = text[place]
            if opened < 0 and sign in CLOSES and (sign not in _SINGLE or _opens(text, place)):
                opened, mark = place, sign
            elif opened >= 0 and sign in CLOSES[mark] and (mark not in _SINGLE or _shuts(text, place)):
                yield opened, place + 1
                opened = -1
    if opened >= 0:
        yield opened, len(text)


def _opens(text: str, place: int) -> bool:
    """Whether a single mark opens a sentence that another one ends: *said: ‘It grew.’*, not *the ’90s* or *the ‘Ring’ plan*."""
    if (place and text[place - 1] not in " \n(") or not _BEGINS.match(text, place + 1):
        return False
    closed = _ENDS.search(text, place + 1)
    return closed is not None and _shuts(text, closed.start())


def _shuts(text: str, place: int) -> bool:
    """Whether a single mark ends a sentence or a clause of one: *grew,’ said*, not *exporters’ sales*."""
    return text[place - 1] in ",.!?…" and not text[place + 1 : place + 2].isalnum()


def _rayas(text: str, credits: Sequence[Credit]) -> Iterator[tuple[int, int]]:
    """Paragraphs in the Spanish manner, *—Fue poco —dijo Ana Paz—. Fueron 4*: what is said, up to its end or the teller's."""
    for paragraph in _PARAGRAPH.finditer(text):
        start, end = paragraph.span()
        inserted = _INSERTED.search(text, start + 1, end) if _RAYA.match(text, start) else None
        if inserted is None or not any(0 <= credit.start - inserted.end() <= 2 for credit in credits):
            continue
        closed = re.compile(r"[—–](?=[\s.,;:!?])").search(text, inserted.end(), end)
        if closed:
            yield start, end
        else:
            yield start, inserted.start()


def _of_raya(quoted: Quotation, text: str, credits: Sequence[Credit]) -> Credit | None:
    """The speaker inserted between rayas."""
    if not _RAYA.match(text, quoted.start):
        return None
    inserted = _INSERTED.search(text, quoted.start + 1)
    return next((c for c in credits if inserted and 0 <= c.start - inserted.end() <= 2), None)


def _before(quoted: Quotation, text: str, sentences: Sequence[Sentence], credits: Sequence[Credit]) -> Credit | None:
    """The speaker who leads in to a quotation in the sentence that opens it."""
    begun = next((s.start for s in sentences if s.start <= quoted.start < s.end), quoted.start)
    near = [c for c in credits if begun <= c.start < quoted.start and c.end <= quoted.start + 1]
    if not near:
        return None
    between = text[near[-1].end : quoted.start]
    return near[-1] if len(between) <= LEAD and not _STOP.search(between) else None


def _after(quoted: Quotation, text: str, credits: Sequence[Credit]) -> Credit | None:
    """The speaker right after the closing mark: *” said Ana Paz*."""
    tail = _TAIL.match(text, quoted.end)
    place = tail.end() if tail else quoted.end
    if "\n" in text[quoted.end : place] or _STOP.search(text[quoted.end - 2 : place].translate(_UNQUOTED)):
        return None
    return next((c for c in credits if quoted.end - 1 <= c.start <= place + 1), None)


def _going_on(quoted: Quotation, last: Quotation, text: str, credits: Sequence[Credit]) -> Credit | None:
    """*“It grew,” said Ana Paz. “It was $4m.”*: the speaker of the one before, where nobody else is between the two."""
    between = text[last.end : quoted.start]
    others = [c for c in credits if last.end <= c.start < quoted.start and c is not last.speaker]
    if last.speaker is None or others or "\n\n" in between:
        return None
    told = between
    if last.end - 1 <= last.speaker.start < quoted.start:
        told = text[max(last.speaker.end, last.end) : quoted.start]
    return last.speaker if len(told) <= LEAD and not re.search(r"\w[.!?]\s+\w", told) else None
