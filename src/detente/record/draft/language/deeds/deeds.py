"""Deeds of any kind that a sentence dates: the verb or noun that each date belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.deeds.lexicon import SAY, STOP
from detente.record.draft.language.deeds.nouns import noun_around, noun_of
from detente.record.draft.language.deeds.reality import is_unreal, is_until
from detente.record.draft.language.deeds.verbs import BREAK, Verb, verbs_in

REACH = 160
"""Characters between a verb and its day."""
OPENING_REACH = 320
"""The same where the day opens its clause: *In May 2006, after two years of talks without result, Peru sued*."""
PAUSE = 25
"""What a comma or a conjunction between a verb and a day counts, in characters."""
NEXT = 15
"""Characters between a participle without its auxiliary and its day: *announced this Wednesday*."""
TOLD = 150
"""Characters between a deed and the day on which it was told."""
LEAD = 25
"""Characters before a date that opens its sentence: *In the night of*."""
_PAUSES = re.compile(
    r"[,(–—]|\b(?:and|but|while|which|who|that|when|after|before|as|y|e|pero|mientras|que|quien|cuando|tras|donde)\b"
)
_AGENT = re.compile(r"\s(?:by|with|between|in|por|con|en|entre|ante)\s[^;:]{0,90}", re.IGNORECASE)
"""What may stand between a participle without its auxiliary and its day: *signed by both ministers in Lima on*."""
_CLEFT = re.compile(r"\s(?:that|when|que|cuando)\b")
"""What follows a day that is held up: *it was on Monday that*."""
_NOW = re.compile(r"today|hoy|now|currently|this|est[ea]", re.IGNORECASE)
_YEARS = re.compile(r"\d{4}/\d{4}")
_OR = re.compile(r",?\s(?:or|o)\s(?:on\s|in\s|el\s|en\s)?")
_COMING = re.compile(r"later this|next|later in the|próxim|este próximo", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed with its day.

    Attributes
    ----------
    start, end : int
        Place of its verb or noun.
    date : DateMention
        Its day, month or year.
    name : str
        Its class, as in the lexicon; empty where the verb is not listed there.
    """

    start: int
    end: int
    date: DateMention
    name: str


def deeds(
    text: str, start: int, end: int, dates: Sequence[DateMention], language: str, *, headed: bool, entry: bool = False
) -> Iterator[Deed]:
    """The deeds that the sentence ``text[start:end]`` dates.

    Parameters
    ----------
    dates : the dates of the sentence, in their order.
    headed : whether it stands under its date, so that the present tells of the past.
    entry : whether it is an entry of a chronicle, which tells of a deed whatever its verb.

    Examples
    --------
    >>> from detente.record.draft.language.dates import find_dates
    >>> text = "The king visited Peru in 1998, and Peru will open an embassy in 2031."
    >>> [(text[d.start : d.end], d.date.date, d.name) for d in deeds(text, 0, len(text), find_dates(text, "en"), "en", headed=False)]
    [('visited', '1998', 'meeting')]
    """
    opens = bool(dates) and dates[0].start - start <= LEAD and not _NOW.match(dates[0].text)
    verbs = verbs_in(text, start, end, language, present=headed or opens)
    told = [d for d in _sure(text, dates) if d.date and not (_YEARS.fullmatch(d.date) or _ahead(text, d, language))]
    found = [deed for date in told if (deed := _deed(text, start, end, date, verbs, language))]
    found += _reported(text, [d for d in told if all(deed.date is not d for deed in found)], found, verbs, language)
    if (
        entry
        and told
        and all(deed.date is not told[0] for deed in found)
        and not _will(text, told[0].end, end, language)
    ):
        found.append(Deed(told[0].end, end, told[0], ""))
    yield from sorted(found, key=lambda deed: deed.date.start)


def _deed(text: str, start: int, end: int, date: DateMention, verbs: Sequence[Verb], language: str) -> Deed | None:
    """The deed that a date belongs to; none where its verb tells of none, or of what has not happened."""
    if noun := noun_of(text, start, end, date, language):
        return Deed(noun.start(), noun.end(), date, noun.lastgroup or "")
    verb = _nearest(text, date, verbs)
    if verb is None and (noun := noun_around(text, start, date, language)):
        return Deed(noun.start(), noun.end(), date, noun.lastgroup or "")
    if verb is None or verb.name in (STOP, SAY) or verb.is_unreal(text, language):
        return None
    return Deed(verb.start, verb.end, date, verb.name)


def _reported(
    text: str, dates: Sequence[DateMention], found: Sequence[Deed], verbs: Sequence[Verb], language: str
) -> list[Deed]:
    """Deeds with the day on which they were told: *said on Monday that it closed*, *it closed, the ministry said on Monday*."""
    taken = {deed.start for deed in found}
    free = [v for v in verbs if v.name not in (STOP, SAY) and v.start not in taken and not v.is_unreal(text, language)]
    more = []
    for date in dates:
        saying = _nearest(text, date, verbs)
        told = saying is not None and (saying.name == SAY or _CLEFT.match(text, date.end))
        near = [v for v in free if _is_told(text, date, v)] if told else []
        if verb := _nearest(text, date, near):
            more.append(Deed(verb.start, verb.end, date, verb.name))
            free.remove(verb)
    return more


def _is_told(text: str, date: DateMention, verb: Verb) -> bool:
    """Whether a verb stands in one part with the day on which it was told."""
    between = text[date.end : verb.start] if verb.start > date.end else text[verb.end : date.start]
    return not BREAK.search(between) and len(between) <= TOLD


def _sure(text: str, dates: Sequence[DateMention]) -> list[DateMention]:
    """Dates without those that are offered as one or the other: *on 3 May or 5 May*."""
    offered = {n for n in range(len(dates) - 1) if _OR.fullmatch(text[dates[n].end : dates[n + 1].start])}
    return [date for n, date in enumerate(dates) if not {n, n - 1} & offered]


def _ahead(text: str, date: DateMention, language: str) -> bool:
    """Whether a date is an end, a standard of comparison, or one to come."""
    return is_until(text, date.start, date.end, language) or _COMING.match(date.text) is not None


def _will(text: str, start: int, end: int, language: str) -> bool:
    """Whether a stretch begins by telling of what is to come."""
    first = BREAK.split(text[start:end].lstrip(" :–—-"))[0]
    return is_unreal(first, len(first), len(first), language)


def _nearest(text: str, date: DateMention, verbs: Sequence[Verb]) -> Verb | None:
    """The verb that a date belongs to: the nearest, where what stands between counts."""
    opens = _opens_clause(text, date)
    costs = []
    for verb in verbs:
        ahead = verb.start >= date.end
        between = text[date.end : verb.start] if ahead else text[verb.end : date.start]
        between = between.lstrip(" :–—-") if ahead and opens else between
        apart = BREAK.search(between) or (not ahead and verb.end > date.start)
        if apart or (verb.bare and (ahead or not (len(between) <= NEXT or _AGENT.fullmatch(between)))):
            continue
        first = 2 if ahead and opens and between[:1] == "," else 0
        costs.append((len(between) + PAUSE * (len(_PAUSES.findall(between)) - first), verb.start, verb))
    near = [cost for cost in costs if cost[0] <= (OPENING_REACH if opens else REACH)]
    return min(near)[2] if near else None


def _opens_clause(text: str, date: DateMention) -> bool:
    """Whether a date stands first in its clause: *, on June 5, it cut*."""
    before = text[max(0, date.start - LEAD) : date.start]
    return bool(re.search(r"(?:^|[.,;:(\n“\"]|\b(?:and|y|que|that|but|when|cuando))\s?(?:\w{1,6}\s){0,3}$", before))
