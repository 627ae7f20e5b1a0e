"""The periods that a figure could have: dates of its sentence, what the text goes on about, the same months of another year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from detente.record.draft.language.dates import DateMention, find_dates
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying import places
from detente.record.draft.tying.around import Around
from detente.record.draft.tying.periods.carrying import in_year, shifted

_LATER = re.compile(rf"\b{either('carrying', 'later', *LANGUAGES)}\b[^;.]*$", re.IGNORECASE)
_YEARLY = re.compile(
    r"\b(?:year[- ](?:on|over)[- ]year|on[- ]year|y[-/]?o[-/]?y|interanual(?:es|mente)?|annually)\b", re.IGNORECASE
)
_WHOLE_YEAR = re.compile(
    r"[\W]*(?:in\s|during\s|en\s|durante\s)?(?:the|el)\s(?:previous|prior|preceding|año)(?:\syear|\santerior|\sprevio)\W*",
    re.IGNORECASE,
)
_BASES = ("against", "same", "record")
"""What the dates are that something is only held against."""
_AMOUNTED = re.compile(
    r"\b(?:amount\w*\sto|ascend\w+\sa|lleg\w+\sa|equival\w+\s(?:to|a))\s[^.;:\d]{0,20}$", re.IGNORECASE
)
SURE = 0.9
"""How likely a period is from which on the words tie it to its figure."""


@dataclass(frozen=True, slots=True)
class Paired:
    """The period of a figure.

    Attributes
    ----------
    date : DateMention, optional
        The period; none where no date is the figure's.
    share : float
        How likely it is the figure's, by the weights.
    carried : bool
        Whether it is no date of the figure's own sentence, but what the text goes on about or the same months of another year.
    candidates : tuple of DateMention
        The dates of the sentence that it could be, where that is not sure.
    moved : bool
        Whether it is the same months of another year.
    other : bool
        Whether the sentence names it for something else: what another figure is held against, when something was said.
    """

    date: DateMention | None
    share: float = 0.0
    carried: bool = False
    candidates: tuple[DateMention, ...] = ()
    moved: bool = False
    other: bool = False

    @property
    def sure(self) -> bool:
        """Whether hardly anything speaks for another period."""
        return self.share >= SURE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A period that a figure could have: of the sentence, carried, the same months in another year, or none."""

    date: DateMention | None
    kind: str
    facts: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        """The period's text; empty for none."""
        return self.date.date if self.date else ""


_EARLIER = re.compile(  # trade had previously amounted to $2bn a year
    r"\b(?:previously|formerly|hitherto|until\sthen|anteriormente|hasta\sentonces)\b(?!\s(?:reported|announced|said|forecast|published))",
    re.IGNORECASE,
)


def candidates(around: Around, n: int, chosen: Sequence[Paired]) -> list[Candidate]:
    """The periods that the ``n``-th figure could have, those of the figures before it being chosen."""
    here = [Candidate(d, "here") for d in around.dates]
    earlier = _EARLIER.search(around.text, around.sentence.start, around.figures[n].start)
    back = [] if earlier else [Candidate(mention, "back", names) for mention, names in _back(around)]
    told = [(p.date, around.stands[m] in ("held", "left")) for m, p in enumerate(chosen) if p.date and p.date.date]
    bases = [date for last in (False, True) for date, held in reversed(told) if held is last]
    bases += [d for d, role in zip(around.dates, around.roles, strict=True) if role == "own" and d.date]
    bases += [c.date for c in back if c.date is not None]
    bases += [
        d for d, role in zip(around.dates, around.roles, strict=True) if role in _BASES and places.size_of(d.date)
    ]
    return [Candidate(None, "none"), *here, *back, *_moved(around, n, bases)]


def _back(around: Around) -> list[tuple[DateMention, tuple[str, ...]]]:
    """The periods that the text went on about, with what each of them was."""
    found: dict[str, tuple[DateMention, list[str]]] = {}
    for name, mention in around.before.named(around.sentence.paragraph) if around.before else ():
        found.setdefault(mention.date, (mention, []))[1].append(name)
    return [(mention, tuple(names)) for mention, names in found.values()]


def _moved(around: Around, n: int, bases: Sequence[DateMention]) -> list[Candidate]:
    """The same months of another year, for each period that they may be the months of."""
    found: dict[str, Candidate] = {}
    told = around.told[n]
    if (
        not bases and told is not None and around.published and re.search(r"year|año", told.group(), re.IGNORECASE)
    ):  # in the previous year, of an article's own
        place = around.figures[n].end
        bases = [DateMention(place, place, "", around.published[:4], relative=True)]
    for rank, base in enumerate(bases):
        place = ("first", "second", "later")[min(rank, 2)]
        for period, *facts in _shifts(around, n, base):
            found.setdefault(
                period, Candidate(replace(base, date=period), "moved", (*facts, place, _stand(around, n, base)))
            )
    return list(found.values())


def _stand(around: Around, n: int, base: DateMention) -> str:
    """Where the period stands whose months another year's are: in a sentence before, or before or after the figure."""
    if not any(base is date for date in around.dates):
        return "base_back"
    return "base_after" if base.start >= around.figures[n].end else "base_before"


def _shifts(around: Around, n: int, base: DateMention) -> Iterator[tuple[str, ...]]:
    """What the words around a figure make of a period, each with the facts that say why."""
    told, figure, text = around.told[n], around.figures[n], around.text
    if told is not None:  # in the same period of 2020
        yield in_year(base.date, told), "told_after" if told.start() >= figure.end else "told_before"
        if _WHOLE_YEAR.fullmatch(around.text[around.sentence.start : told.end()]):  # The previous year, it was $3m
            yield f"{int(base.date[:4]) - 1}", "told_opens"
    if _LATER.search(text[around.figures[n - 1].end if n else around.sentence.start : figure.start]):
        yield shifted(base.date, 1), "year_later"
    for day, role in zip(around.dates, around.roles, strict=True):  # $3m this July against $4m last year
        years = places.size_of(day.date) == "year" and places.size_of(base.date) in ("month", "part")
        here = around.stands[n] != "plain" or any(base is date for date in around.dates)
        if years and here and day.date != base.date[:4]:
            near = "near" if beside(around, n, day) and not _parted(around, n, day) else "away"
            yield shifted(base.date, int(day.date) - int(base.date[:4])), "plain_year", near, role
    if (
        re.fullmatch(r"\d{4}-\d\d", base.date) and int(base.date[5:]) in around.months
    ):  # the two-month total, after February
        yield f"{base.date[:4]}-01/{base.date}", "counted"
    if around.stands[n] in ("left", "led") and not _AMOUNTED.search(text, max(0, figure.start - 40), figure.start):
        for end, day in zip(("from", "to"), _ends(base, around.language, around.published), strict=False):
            yield day, f"end_{end}"
    if any(base is date and role in _BASES for date, role in zip(around.dates, around.roles, strict=True)):
        yield shifted(base.date, 1), "year_on", around.kinds[n]  # 4% more than in May 2020
    elsewhere = "own" in around.roles and _stand(around, n, base) == "base_back"  # the sentence has its own period
    if around.stands[n] in ("left", "held") and told is None and not elsewhere:
        yield shifted(base.date, -1), "left", "yearly" if _YEARLY.search(around.sentence.text) else "any"


@lru_cache(maxsize=256)
def _ends(date: DateMention, language: str, published: str) -> tuple[str, ...]:
    """The two periods that a range names: *between the last quarter of 2020 and the first of 2021*; months are one period."""
    if re.fullmatch(r"\d{4}/\d{4}", date.date):
        return tuple(date.date.split("/"))
    halves = re.split(r"\s(?:and|to|y|a)\s", date.text)
    found = [find_dates(half, language, published) for half in halves]
    return (
        tuple(days[0].date for days in found)
        if len(halves) == 2 and all(len(d) == 1 and d[0].date and places.size_of(d[0].date) != "month" for d in found)
        else ()
    )


def _parted(around: Around, n: int, date: DateMention) -> bool:
    """Whether another date stands between a figure and one."""
    figure = around.figures[n]
    first, last = min(figure.start, date.start), max(figure.start, date.start)
    return any(first < d.start < last for d in around.dates if d is not date)


def beside(around: Around, n: int, date: DateMention) -> bool:
    """Whether no other figure stands between a figure and a date."""
    figure = around.figures[n]
    first, last = min(figure.start, date.start), max(figure.start, date.start)
    return not any(first < f.start < last for f in around.figures if f is not figure)
