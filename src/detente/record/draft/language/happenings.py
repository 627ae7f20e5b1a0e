"""Acts between two economies as a text tells them: a verb and what it acts on, with the day that is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.dates.calendar_words import MONTHS
from detente.record.draft.language.deeds.english import TO_DECIDE, decided_of
from detente.record.draft.language.deeds.present import present_of
from detente.record.draft.language.deeds.reality import until, wished
from detente.record.draft.language.tense import is_future
from detente.record.draft.language.words import either, table
from detente.record.period import Period

REACH = 70
"""Characters between an act and what it acts on."""
SHORT = 12
"""Characters between an act that needs no thing ("the closure of") and its date."""
_BREAK = re.compile(r"[;:!?\n]|\.(?!\s\d)")
_OF = r"\s(?:of|to|on|in|from|with|for|del?|al?|en|con)\s(?:[^\s.;:!?]+\s){0,5}?"
"""Between an act as a noun and what it acts on: *the closure of its northern border*."""


_IT_BEFORE = re.compile(r"\b(?:lo|la|los|las)\s$", re.IGNORECASE)
_IT_AFTER = re.compile(r"\s(?:it|them)\b", re.IGNORECASE)
_NEXT_CLAUSE = re.compile(r"(?:,|\b(?:and|y|but|pero))\s(?:on|in|en|el)?\s?(?:the\s)?$", re.IGNORECASE)
_SHARED = re.compile(r",?\s(?:and|then|y|luego|and then|y luego),?\s|,\s(?:then|luego)\s")
"""Between two acts that share what they act on and their day: "closed, then reopened, its border in May"."""
_TOOK_PLACE = re.compile(
    r"\s(?:took place|happened|occurred|came|was announced|tuvo lugar|se produjo|se dio|ocurrió)\b"
)
_AND_ON = re.compile(
    r"(?:\s(?:of\s)?the\s(?:previous|same|following)\syear)?,?\s(?:(?:and|y)\s)?(?:again\s)?"
    r"(?:the\s(?:second|other|last)\s|(?:el|la)\s(?:segund[oa]|otr[oa])\s)?(?:(?:in|on|en)\s)?(?:el\s)?"
)
_MONTH = "|".join(sorted(MONTHS["en"], key=len, reverse=True))
_MES = "|".join(sorted(MONTHS["es"], key=len, reverse=True))
_DATED = {
    "en": re.compile(
        rf"\W{{0,3}}(?:On\s)?(?:\d{{1,2}}\s)?(?:{_MONTH})\b\.?[^:—–-]{{0,12}}(?:[:—–-]|,?\s[A-Z])", re.IGNORECASE
    ),
    "es": re.compile(
        rf"\W{{0,3}}(?:El\s)?\d{{1,2}}º?\sde\s(?:{_MES})\b(?:\sdel?\s\d{{4}})?\s?(?:[:—–-]|,?\s[A-ZÁÉÍÓÚ])",
        re.IGNORECASE,
    ),
}
_DASH = re.compile(r"\s[–—-]\s")
_ARTICLE = re.compile(r"\b(?:the|an?|its|their|these|those|such|any)\s$", re.IGNORECASE)
_PAUSE = re.compile(r"[,;—–(]")
_PRONOUN = re.compile(r"(?:They|It|These|Both|Fue|Fueron|La medida|Las medidas|Esta|Estas)\b")
_PASSIVE = re.compile(r"\b(?:was|were|been|Fue|Fueron|fue|fueron)\s(?:\w+ly\s|finally\s)?$")
_SAME_DAY = re.compile(
    r"[^.;:!?]{0,25}?\b(?:(?:the|that|on that|on the) same day|(?:ese|el|aquel) mismo día)\b", re.IGNORECASE
)
_PERFECT = r"(?:(?:ha|han|hab[ií]an?|fue|fueron|sido)\s)"
_PARTICIPLES = {"(?:ó|aron)": "ad[oa]s?", "i(?:ó|eron)": "id[oa]s?"}
"""Spanish participles by the ending of the simple past: *retiró*, *había retirado*."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An act that a sentence says has happened.

    Attributes
    ----------
    start, end : int
        Place of the act's words.
    date : DateMention
        Its day, month or year.
    kind, direction, sets : str
        As in ``events.csv``.
    """

    start: int
    end: int
    date: DateMention
    kind: str
    direction: str
    sets: str


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    direction: str
    sets: str
    act: re.Pattern[str]
    thing: re.Pattern[str]
    alone: re.Pattern[str] | None
    noun: re.Pattern[str] | None
    announced: re.Pattern[str] | None
    present: re.Pattern[str] | None
    decided: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Act:
    start: int
    end: int
    rule: _Rule
    alone: bool


def happenings(
    text: str, start: int, end: int, dates: Sequence[DateMention], language: str, today: str = ""
) -> Iterator[Happening]:
    """What the sentence ``text[start:end]`` says has happened, with its day.

    Parameters
    ----------
    dates : the dates of the sentence, in their order.
    today : the article's own day; what lies after it has not happened.

    Examples
    --------
    >>> from detente.record.draft.language.dates import find_dates
    >>> text = "Tariffs were imposed on 1 March 2018 and lifted on 20 May 2019."
    >>> found = happenings(text, 0, len(text), find_dates(text, "en"), "en")
    >>> [(h.kind, h.direction, h.date.date) for h in found]
    [('trade restriction', '+', '2018-03-01'), ('trade restriction', '-', '2019-05-20')]
    """
    acts = [
        act for act in _acts(text, start, end, language)
        if not act.alone or _own_date(text, act, start, end, dates, language)
    ]  # fmt: skip
    seen: set[tuple[str, str, str]] = set()
    last: DateMention | None = None
    for n, act in enumerate(acts):
        before = acts[n - 1].end if n else start
        after = acts[n + 1].start if n + 1 < len(acts) else end
        free = [d for d in dates if d is not last or acts[n - 1].start > d.start or not _PAUSE.match(text, d.end)]
        if any(d.date and before <= d.start and d.end <= act.start and not _ahead(d, today) for d in free):
            free = [d for d in free if not d.date or d.start < act.end or not _ahead(d, today)]  # bring it by May
        date = _own_date(text, act, before, after, free, language)
        following = acts[n + 1] if n + 1 < len(acts) else None
        if date is None and following and _SHARED.fullmatch(text[act.end : following.start]):
            further = acts[n + 2].start if n + 2 < len(acts) else end
            date = _own_date(text, following, act.end, further, dates, language)
        if date is None and _SAME_DAY.match(text, act.end, min(end, act.end + REACH)):
            date = last
        last = date or last
        for each in _listed(text, date, dates) if date else ():
            key = (act.rule.kind, act.rule.direction, each.date)
            if key not in seen and not _ahead(each, today):
                seen.add(key)
                yield Happening(act.start, act.end, each, act.rule.kind, act.rule.direction, act.rule.sets)


@cache
def _rules(language: str) -> tuple[_Rule, ...]:
    events = table(language)["events"]

    def named(entries: list[str]) -> list[str]:
        return [word for entry in entries for word in (events["things"][entry[1:]] if entry[0] == "@" else [entry])]

    def pattern(entries: list[str]) -> re.Pattern[str]:
        more = [f"{_PERFECT}{entry.removesuffix(end)}{ending}" for entry in entries for end, ending in _PARTICIPLES.items()
                if entry.endswith(end)]  # fmt: skip
        return re.compile(rf"\b(?:{'|'.join([*entries, *more])})\b", re.IGNORECASE)

    def noun_of(rule: dict, before: str) -> re.Pattern[str] | None:
        if "noun" not in rule:
            return None
        nouns, things = "|".join(rule["noun"]), "|".join(named(rule["thing"]))
        return re.compile(rf"\b{before}(?:{nouns}){_OF}(?:{things})\b", re.IGNORECASE)

    announced = rf"{either('events', 'announced', language)}\b[^.;:!?]{{0,40}}?\b"
    return tuple(
        _Rule(
            rule["kind"], rule["direction"], rule.get("sets", ""), pattern(rule["act"]), pattern(named(rule["thing"])),
            pattern(rule["alone"]) if "alone" in rule else None, noun_of(rule, ""), noun_of(rule, announced),
            present_of(rule["act"], language), decided_of(rule["act"]),
        )
        for rule in events["rules"].values()
    )  # fmt: skip


@cache
def _not(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\b|(?<=\w)){either('events', 'not', language)}\s(?:be\s|have\s|\w+ly\s)?$", re.IGNORECASE)


def _headed(text: str, start: int, language: str) -> bool:
    """Whether a sentence is told in the present under its date: *July 6: Peru lifts the ban*, *On July 6 Peru lifts it*."""
    line = text[text.rfind("\n", 0, start) + 1 : start + 40]
    return _DATED[language].match(line) is not None


def _acts(text: str, start: int, end: int, language: str) -> list[_Act]:
    """The acts of a sentence in their order; where two rules claim the same words, the one whose thing is nearest."""
    claimed: dict[int, tuple[int, int, _Act]] = {}
    for place, rule in enumerate(_rules(language)):
        for match in rule.act.finditer(text, start, end):
            far = _distance(text, match, rule, start, end)
            if far is not None and not (_unreal(text, match, language) or _describes(text, match, far)):
                _claim(claimed, _Act(match.start(), match.end(), rule, alone=False), far, place)
        for match in rule.present.finditer(text, start, end) if rule.present and _headed(text, start, language) else ():
            far = _distance(text, match, rule, start, end)
            if far is not None:
                _claim(claimed, _Act(match.start(), match.end(), rule, alone=False), far, place)
        for match in rule.decided.finditer(text, start, end) if rule.decided else ():
            far = _distance(text, match, rule, start, end)
            if far is not None and TO_DECIDE.search(text, start, match.start()):
                _claim(claimed, _Act(match.start(), match.end(), rule, alone=False), far, place)
        for match in rule.alone.finditer(text, start, end) if rule.alone else ():
            _claim(claimed, _Act(match.start(), match.end(), rule, alone=True), REACH, place)
        for match in rule.announced.finditer(text, start, end) if rule.announced else ():
            if not _unreal(text, match, language):
                _claim(claimed, _Act(match.start(), match.end(), rule, alone=False), 0, place)
        for match in rule.noun.finditer(text, start, end) if rule.noun else ():
            if not wished(language).search(text[max(start, match.start() - 45) : match.start()]):
                _claim(claimed, _Act(match.start(), match.end(), rule, alone=True), REACH, place)
    acts = sorted((act for _, _, act in claimed.values()), key=lambda act: act.start)
    nouns = [took.span() for act in acts if act.alone and (took := _TOOK_PLACE.match(text, act.end))]
    return [act for act in acts if not any(a <= act.start < b for a, b in nouns)]  # its closure was announced


def _claim(claimed: dict[int, tuple[int, int, _Act]], act: _Act, far: int, place: int) -> None:
    held = claimed.get(act.start)
    if held is None or (far, place) < held[:2]:
        claimed[act.start] = (far, place, act)


def _unreal(text: str, act: re.Match[str], language: str) -> bool:
    before = text[max(0, act.start() - 30) : act.start()]
    cut = max((m.end() for m in _DASH.finditer(text, max(0, act.start() - 400), act.start())), default=0)
    told = text[cut : act.end()]  # what follows a past act, such as "that would open", does not undo it
    ahead = is_future(told, act.start() - cut, act.end() - cut, language, dated=False)
    return bool(_not(language).search(before)) or ahead


def _describes(text: str, act: re.Match[str], far: int) -> bool:
    """Whether a past act is an adjective: *the increased tariffs*."""
    return far <= 1 and _ARTICLE.search(text[max(0, act.start() - 8) : act.start()]) is not None


def _distance(text: str, act: re.Match[str], rule: _Rule, start: int, end: int) -> int | None:
    """Characters to the nearest thing that the rule acts on, in the same clause; what follows comes before what precedes."""
    after = _BREAK.split(text[act.end() : min(end, act.end() + REACH)])[0]
    if found := rule.thing.search(after):
        return found.start()
    pronoun = _IT_BEFORE.search(text[max(start, act.start() - 6) : act.start()]) or _IT_AFTER.match(after)
    passive = _PASSIVE.search(text[start : act.start()])
    back = 3 * REACH if pronoun or passive else REACH
    before = _BREAK.split(text[max(start, act.start() - back) : act.start()])[-1]
    places = [m.end() for m in rule.thing.finditer(before)]
    if not places and _PRONOUN.match(text, start, end) and passive:
        told = text[max(0, start - 2 * REACH) : start]  # "They were lifted": what the sentence before was about
        return 2 * REACH if rule.thing.search(told) else None
    return len(before) - places[-1] + 5 if places else None


def _own_date(
    text: str, act: _Act, before: int, after: int, dates: Sequence[DateMention], language: str
) -> DateMention | None:
    """The first date between an act and the next one, else the last between the act and the one before it.

    Of several the most precise: "suspended the treaty of 2002 on 8 June" has the year of a thing and a day.
    """
    usable = [d for d in dates if d.date and not until(language).search(text[max(0, d.start - 16) : d.start])]
    following = [d for d in usable if act.end <= d.start < after]
    if act.alone:
        took = _TOOK_PLACE.match(text, act.end)
        place, near = (took.end(), SHORT) if took else (act.end, 1)  # the 2018 closure of the border
        leading = [d for d in usable if before <= d.start and 0 <= act.start - d.end <= near]
        return next((d for d in [*leading, *following] if d.start - place <= SHORT), None)
    leading = [d for d in usable if before <= d.start and d.end <= act.start]
    if leading and following and _NEXT_CLAUSE.search(text[max(0, following[0].start - 10) : following[0].start]):
        following = []  # "In April it restricted exports, and on May 2 it suspended trade": the second day is the next act's
    near = following or leading[::-1]
    beside = [d for d in near if not _PAUSE.search(text[near[0].end : d.start] + text[d.end : near[0].start])]
    return min(beside, key=lambda d: -len(d.date) if "/" not in d.date else 0, default=None)


def _listed(text: str, first: DateMention, dates: Sequence[DateMention]) -> Iterator[DateMention]:
    """A date and those that a list goes on with: *renewed in 2002, 2008 and 2013*."""
    yield first
    end = first.end
    for date in dates:
        if date.start < end:
            continue
        if len(date.date) != len(first.date) or not _AND_ON.fullmatch(text[end : date.start]):
            return
        yield date
        end = date.end


def _ahead(date: DateMention, today: str) -> bool:
    return bool(today) and Period.parse(date.date).first > Period.parse(today).last
