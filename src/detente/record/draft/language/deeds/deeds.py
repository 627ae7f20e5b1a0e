"""Deeds of any kind that a sentence dates: the verb or noun that each date belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.deeds.lexicon import STOP, THING, Lexicon, lexicon
from detente.record.draft.language.deeds.reality import is_adjective, is_unreal, is_until

NOUN_REACH = 50
"""Characters between a deed as a noun and its day: *the signing of the treaty on the border in 1998*."""
VERB_REACH = 160
"""Characters between a verb and its day."""
OPENING_REACH = 320
"""The same where the day opens its clause: *In May 2006, after two years of talks without result, Peru sued*."""
PAUSE = 25
"""What a comma or a conjunction between a verb and a day counts, in characters."""
NEXT = 15
"""Characters between a participle without its auxiliary and its day: *announced this Wednesday*."""
TOLD = 150
"""Characters between a deed and the day on which it was told."""
_BREAK = re.compile(r"[;:!?\n]|\.\s")
_PAUSES = re.compile(
    r"[,(–—]|\b(?:and|but|while|which|who|that|when|after|before|as|y|e|pero|mientras|que|quien|cuando|tras|donde)\b"
)
_AUXILIARY = re.compile(
    r"\b(?:was|were|been|being|had|has|have|got|is|are|fue|fueron|sido|ha|han|había|habían|haber|quedó|quedaron|es|son|está|están|estaba|estaban"
    r"|siendo)\s(?:\w+(?:ly|mente)\s|also\s|not\s|first\s|finally\s|again\s|both\s|never\s|already\s|también\s|ya\s)?$",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:\b(?:they|it|he|she|who|which|government|ministry|minister|president|parliament|court|countries|sides|leaders|states)|[A-Z][\w’'.-]+)\s(?:\w+ly\s|also\s)?$"
)
_PLURAL_YEARS = re.compile(r"\d{4}/\d{4}")


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


@dataclass(frozen=True, slots=True)
class _Verb:
    start: int
    end: int
    name: str
    bare: bool = False


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
    words = lexicon(language)
    opens = bool(dates) and dates[0].start - start <= LEAD
    verbs = _verbs(text, start, end, words, language, present=headed or opens)
    told = [
        d for d in _sure(text, dates) if d.date and not (_PLURAL_YEARS.fullmatch(d.date) or _ahead(text, d, language))
    ]
    found = [deed for date in told if (deed := _deed(text, start, end, date, verbs, language))]
    sayings = [d for d in told if all(deed.date is not d for deed in found)]
    taken = {deed.start for deed in found}
    free = [
        v for v in verbs if v.name != STOP and v.start not in taken and not is_unreal(text, v.start, v.end, language)
    ]
    for date in sayings:  # the day of a saying, or of what was told beside it
        near = [v for v in free if _is_told(text, date, v)]
        verb = _nearest(text, date, near) if _nearest(text, date, verbs) in _sayings(verbs) else None
        if verb is not None:
            found.append(Deed(verb.start, verb.end, date, verb.name))
            free.remove(verb)
    if (
        entry
        and told
        and all(deed.date is not told[0] for deed in found)
        and not _will(text, told[0].end, end, language)
    ):
        found.append(Deed(told[0].end, end, told[0], ""))
    yield from sorted(found, key=lambda deed: deed.date.start)


def _deed(text: str, start: int, end: int, date: DateMention, verbs: Sequence[_Verb], language: str) -> Deed | None:
    """The deed that a date belongs to; none where its verb tells of none, or of what has not happened."""
    if noun := _noun_of(text, start, end, date, lexicon(language), language):
        return Deed(noun.start(), noun.end(), date, noun.lastgroup or "")
    verb = _nearest(text, date, verbs)
    if verb is None or verb.name == STOP or is_unreal(text, verb.start, verb.end, language):
        return None
    return Deed(verb.start, verb.end, date, verb.name)


def _sayings(verbs: Sequence[_Verb]) -> list[_Verb]:
    """Verbs that own a date but tell of no deed."""
    return [verb for verb in verbs if verb.name == STOP]


def _ahead(text: str, date: DateMention, language: str) -> bool:
    """Whether a date is an end, a standard of comparison, or one to come."""
    return is_until(text, date.start, date.end, language) or _COMING.match(date.text) is not None


_COMING = re.compile(r"later this|next|later in the|próxim|este próximo", re.IGNORECASE)


def _will(text: str, start: int, end: int, language: str) -> bool:
    """Whether a stretch begins by telling of what is to come."""
    first = _BREAK.split(text[start:end].lstrip(" :–—-"))[0]
    return is_unreal(first, len(first), len(first), language)


def _sure(text: str, dates: Sequence[DateMention]) -> list[DateMention]:
    """Dates without those that are offered as one or the other: *on 3 May or 5 May*."""
    offered = {n for n in range(len(dates) - 1) if _OR.fullmatch(text[dates[n].end : dates[n + 1].start])}
    return [date for n, date in enumerate(dates) if not {n, n - 1} & offered]


_OR = re.compile(r",?\s(?:or|o)\s(?:on\s|in\s|el\s|en\s)?")
LEAD = 25
"""Characters before a date that opens its sentence: *In the night of*."""


def _is_told(text: str, date: DateMention, verb: _Verb) -> bool:
    """Whether a verb stands in one part with the day on which it was told: *said on Monday that it closed*."""
    between = text[date.end : verb.start] if verb.start > date.end else text[verb.end : date.start]
    return not _BREAK.search(between) and len(between) <= TOLD


def _verbs(text: str, start: int, end: int, words: Lexicon, language: str, *, present: bool) -> list[_Verb]:
    found: dict[int, _Verb] = {}
    for pattern, finite in ((words.past, True), (words.done, False)):
        for match in pattern.finditer(text, start, end):
            name = words.class_of(match.group())
            before = text[max(start, match.start() - 40) : match.start()]
            told = _AUXILIARY.search(before)
            listed = bool(name)
            bare = language == "es" and not finite and not told
            if (is_adjective(text, match.start(), match.end()) and not told) or (bare and name in ("", STOP)):
                continue
            if not listed and not told and language == "en" and not _PERSON.search(before):
                continue
            if name == THING:
                name = "" if _has_thing(text, match, start, end, words) else STOP
            found.setdefault(match.start(), _Verb(match.start(), match.end(), name, bare))
    for match in words.present.finditer(text, start, end) if present else ():
        if not is_adjective(text, match.start(), match.end()):
            name = words.class_of(match.group())
            if name != THING or _has_thing(text, match, start, end, words):
                found.setdefault(match.start(), _Verb(match.start(), match.end(), "" if name == THING else name))
    return [found[place] for place in sorted(found)]


def _has_thing(text: str, verb: re.Match[str], start: int, end: int, words: Lexicon) -> bool:
    """Whether one of the things that deeds are about stands near a verb that may tell of anything."""
    after = _BREAK.split(text[verb.end() : min(end, verb.end() + 70)])[0]
    before = _BREAK.split(text[max(start, verb.start() - 70) : verb.start()])[-1]
    return bool(words.thing.search(after) or words.thing.search(before))


def _noun_of(text: str, start: int, end: int, date: DateMention, words: Lexicon, language: str) -> re.Match[str] | None:
    """The deed as a noun that a date follows in the same phrase (*the signing of the pact in 1998*) or stands right before."""
    before = text[max(start, date.start - NOUN_REACH) : date.start]
    shift = date.start - len(before)
    found = None
    for match in words.noun.finditer(text, shift, date.start):
        between = text[match.end() : date.start]
        if match.lastgroup == NAMED and not _OF_ITS_DAY.fullmatch(between):
            continue
        if (
            not _PHRASE_ENDS.search(between)
            and not words.past.search(between)
            and not is_unreal(text, match.start(), match.end(), language, noun=True)
        ):
            found = match
    if found is not None:
        return found
    beside = _BESIDE.match(text, date.end, end)
    return (
        words.noun.search(text, beside.end(), min(end, beside.end() + BESIDE))
        if beside and beside[1]
        else (words.noun.match(text, beside.end(), end) if beside else None)
    )


_BESIDE = re.compile(r"(['’]s\s|,?\s(?:with|con)\s(?:the|la|el)\s)|\s")
BESIDE = 45
"""Characters between a day and the deed that it names: *last month's border talks*."""
NAMED = "named"
"""The class of what is called by its day: *the treaty of 1858*."""
_OF_ITS_DAY = re.compile(r"(?:\s[\w-]+){0,3}\s(?:of|del?)\s(?:el\s)?")
_PHRASE_ENDS = re.compile(
    r"[,;:.()–—]|\b(?:and|but|which|that|who|is|are|has|have|will|would|due|expected|y|que|es|son|ha|han|se espera)\b",
    re.IGNORECASE,
)


def _nearest(text: str, date: DateMention, verbs: Sequence[_Verb]) -> _Verb | None:
    """The verb that a date belongs to: the nearest, where what stands between counts."""
    costs = []
    opens = _opens_clause(text, date)
    for verb in verbs:
        ahead = verb.start >= date.end
        between = text[date.end : verb.start] if ahead else text[verb.end : date.start]
        between = between.lstrip(" :–—-") if ahead and opens else between
        if (
            _BREAK.search(between)
            or (not ahead and verb.end > date.start)
            or (verb.bare and (ahead or len(between) > NEXT))
        ):
            continue
        pauses = _PAUSES.findall(between)
        opening = ahead and between[:1] == "," and opens
        cost = len(between) + PAUSE * (len(pauses) - (2 if opening else 0))
        costs.append((cost, verb.start, verb))
    costs = [c for c in costs if c[0] <= (OPENING_REACH if opens else VERB_REACH)]
    return min(costs)[2] if costs else None


def _opens_clause(text: str, date: DateMention) -> bool:
    """Whether a date stands first in its clause: *, on June 5, it cut*."""
    before = text[max(0, date.start - LEAD) : date.start]
    return bool(re.search(r"(?:^|[.,;:(\n“\"]|\b(?:and|y|que|that|but|when|cuando))\s?(?:\w{1,6}\s){0,3}$", before))
