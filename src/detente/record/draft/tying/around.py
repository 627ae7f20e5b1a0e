"""A sentence with all that was found in it: how its figures stand, what its dates are, and what it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.dates.parts import count_of
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.tense import is_future
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying import places
from detente.record.draft.tying.clauses import cuts_of
from detente.record.draft.tying.periods.carrying import InForce
from detente.record.draft.tying.verbs import tense_at


@dataclass(frozen=True)
class Around:
    """A sentence with all that was found in it, and what the text went on about before it."""

    text: str
    sentence: Sentence
    figures: Sequence[FigureMention]
    dates: Sequence[DateMention]
    credits: Sequence[Credit]
    before: InForce | None
    published: str
    language: str

    @cached_property
    def kinds(self) -> list[str]:
        """The kind of every figure."""
        return [places.kind_of(self.text, f) for f in self.figures]

    @cached_property
    def told(self) -> list[re.Match[str] | None]:
        """What names the same months of another year beside a figure, for every figure."""
        return [_told(self, n) for n in range(len(self.figures))]

    @cached_property
    def stands(self) -> list[str]:
        """How each figure stands: ``held`` against another, ``left`` or ``led`` to by a change, or ``plain``."""
        text = self.text
        return [
            "held"
            if places.is_held(text, f)
            else "left"
            if places.is_left(text, f)
            else "led"
            if places.is_led(text, f)
            else "plain"
            for f in self.figures
        ]

    @cached_property
    def twins(self) -> list[bool]:
        """Whether each figure is the one before it in other money: *N3bn ($2m)*."""
        found = [False] * len(self.figures)
        for n in range(1, len(self.figures)):
            first, second = self.figures[n - 1], self.figures[n]
            alike = (
                self.kinds[n - 1] == self.kinds[n]
                and first.unit != second.unit
                and self.kinds[n] in ("money", "amount", "change")
            )
            found[n] = alike and bool(_TWIN.fullmatch(self.text[first.end : second.start]))
        return found

    @cached_property
    def bracketed(self) -> list[bool]:
        """Whether each figure stands in brackets."""
        return [
            self.text.rfind("(", self.sentence.start, f.start) > self.text.rfind(")", self.sentence.start, f.start)
            for f in self.figures
        ]

    @cached_property
    def months(self) -> frozenset[int]:
        """Spans of months that the sentence counts: 7 of *over 7 months*."""
        said = [count_of(word, "en") for word in _SO_MANY_MONTHS.findall(self.sentence.text)]
        return frozenset((*said, *(int(f.value) for f in self.figures if f.unit == "months")))

    @cached_property
    def roles(self) -> list[str]:
        """What every date of the sentence is: ``own``, or ``said``, ``aside``, ``against``, ``since``, ``thing``, ``same``."""
        return [_role(self, d) for d in self.dates]

    def role_of(self, date: DateMention) -> str:
        """What a date is in this sentence; one that is not in it is nothing but itself."""
        return next((role for day, role in zip(self.dates, self.roles, strict=True) if day is date), "own")

    @cached_property
    def mood(self) -> tuple[str, ...]:
        """What the sentence speaks of as a whole: trade, things to come, how things are now, that period."""
        said = self._without_days_of_saying
        found = [name for name, pattern in _MOODS.items() if pattern.search(said)]
        own = any(role == "own" for role in self.roles)
        return (*found, "dated" if own else "undated")

    @cached_property
    def _without_days_of_saying(self) -> str:
        """The sentence without the days on which something was said: figures *released today* are not of today."""
        said = list(self.sentence.text)
        for day, role in zip(self.dates, self.roles, strict=True):
            if role == "said":
                first, last = day.start - self.sentence.start, day.end - self.sentence.start
                said[first:last] = " " * (last - first)
        return "".join(said)

    @cached_property
    def cuts(self) -> dict[int, str]:
        """Where the parts of the sentence begin that may have periods of their own, and what begins them."""
        return cuts_of(self.text, self.sentence.start, self.sentence.end, self.figures, self.dates)

    @cached_property
    def tenses(self) -> list[str]:
        """The tense of each figure's verb."""
        first, last = self.sentence.start, self.sentence.end
        return [tense_at(self.text, first, f.start, f.end, last, self.language) for f in self.figures]

    @cached_property
    def ahead(self) -> list[bool]:
        """Whether each figure is of what is to come."""
        return [is_future(self.text, f.start, f.end, self.language, dated=False) for f in self.figures]


TOUCHING = 12
"""Characters between a figure and the year that it is held against."""


_STRETCH = re.compile(r"\s(?:to|through|a|hasta)\s|[-–—]")
_UNTIL = re.compile(r"\s(?:to|until|till|through|hasta|al?)\s", re.IGNORECASE)
"""Within a stretch of days: *since January 1 until April 30* has an end, and is no point of departure."""
_ON = re.compile(r"\b(?:on|from|sobre|desde)\s(?:the\s|el\s|los\s|las?\s)?$", re.IGNORECASE)
"""A change is held against what comes after it, however long that is; *over* may say how long the change took."""


def _words(name: str) -> str:
    return either("carrying", name, *LANGUAGES)


_TWIN = re.compile(
    r"\s\((?:about\s|some\s|unos\s|or\s)?|,?\s(?:which\sis\s|or\s|o\s)?(?:about|some|around|unos|equivalent\sto|equivalentes?\sa)\s|\sor\s",
    re.IGNORECASE,
)
_MOODS = {
    "flow": re.compile(rf"\b{_words('flow')}\b", re.IGNORECASE),
    "open": re.compile(rf"\b{_words('open')}\b", re.IGNORECASE),
    "that": re.compile(rf"\b{_words('that_period')}\b", re.IGNORECASE),
    "now": re.compile(rf"\b{_words('now')}\b", re.IGNORECASE),
    "had": re.compile(r"\b(?:had|había|habían)\b", re.IGNORECASE),
    "so_far": re.compile(rf"\b{_words('so_far')}\b", re.IGNORECASE),
}
_SAME = rf"{_words('same_of')}\s?(?:(?:of|in|del?|en)\s)?"
_AGO = (
    rf"(?:(?:{_SAME}|{_words('that_of')}\s(?:of|in|del?|en)\s)(?:the\s|el\s)?(?:año\s)?(?P<year>(?:19|20)\d\d)\b|{_SAME}{_words('ago_year')}|{_words('year_ago')}"
    rf"|(?P<month>{_words('month_ago')})"
    rf"|{_words('same_of')}(?![ ,]*(?:(?:19|20)\d\d|(?:of\s)?this\syear|(?:de\s)?este\saño|(?:del\s)?presente\saño)))"
)
_SO_MANY_MONTHS = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|\d\d?)-month\b", re.IGNORECASE)
_AGO_AFTER = re.compile(rf"\)?,?\s(?:(?!(?:and|but|y|pero)\s)\w+\s){{0,6}}?{_AGO}", re.IGNORECASE)
_AGO_BEFORE = re.compile(rf"{_AGO}(?:[’']s)?\s?[^.;:\d$€£%]{{0,70}}$", re.IGNORECASE)


_BRACKET = re.compile(r"(?:19|20)\d\d\s\w[^()]*\([^()]*$|\b(?:ago|earlier|before|anterior|pasado)\s\w[^()]*\([^()]*$")
"""A bracket that opens after what the same months are held against, and tells of that: *than in 2018 arrivals (4,500)*."""


def _told(around: Around, n: int) -> re.Match[str] | None:
    """*in the same period of 2020* after a figure, or right before it."""
    figure, text = around.figures[n], around.text
    following = around.figures[n + 1].start if n + 1 < len(around.figures) else around.sentence.end
    after = _AGO_AFTER.match(text, figure.end, min(following, figure.end + 90))
    if after:
        return after
    start = around.figures[n - 1].end if n else around.sentence.start
    before = _AGO_BEFORE.search(text, max(start, figure.start - 110), figure.start)
    if before is None or places.GOES_ON.search(text, before.start(), figure.start):
        return None
    return None if _BRACKET.search(text[before.start() : figure.start]) else before


def _role(around: Around, date: DateMention) -> str:
    text = around.text
    if any(places.is_label(text, date, figure) for figure in around.figures):
        return "label"
    lead = places.lead_of(text, date)
    if lead == "since" and "/" in date.date and _UNTIL.search(date.text):
        return "own"
    if lead in ("since", "thing", "same", "against", "record"):
        return lead
    if lead == "from" and "/" not in date.date:
        beside = [around.kinds[n] for n, f in enumerate(around.figures) if 0 <= date.start - f.end < TOUCHING]
        return "since" if not beside else "against" if "change" in beside else "own"
    whole = "/" not in date.date or (_ON.search(text, 0, date.start) and not _STRETCH.search(date.text))
    if (lead == "over" or "/" in date.date) and whole and _beside_change(around, date):
        return "against"
    if places.is_of_saying(text, date, around.credits, around.figures, around.sentence.start):
        return "said"
    if places.is_against(
        text, max([f.end for f in around.figures if f.end <= date.start], default=around.sentence.start), date
    ):
        return "against"
    return "aside" if places.is_aside(text, date, around.figures) else "own"


def _beside_change(around: Around, date: DateMention) -> bool:
    """*An increase of 70% on 2015*: the year that a change right before it is held against."""
    return any(around.kinds[n] == "change" and 0 <= date.start - f.end < TOUCHING for n, f in enumerate(around.figures))
