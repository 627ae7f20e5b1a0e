"""Periods that a sentence leaves to those before it: the months that a text is about, and the same ones a year earlier."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.tense import is_future
from detente.record.draft.language.units import MONEY
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.apart import is_aside
from detente.record.draft.tying.direction import direction_at
from detente.record.draft.tying.multiples import TIMES
from detente.record.draft.tying.pairing import SPANS, Paired, is_left
from detente.record.period import Period

_AMOUNTS = frozenset({"t", "mt", "kg", "bbl", "m3", "bcm", "teu", "kwh", "mwh", "gwh", "l", "ha"})
"""Units of what is traded beside money."""
HEADING = 8
"""Words of a line that is a heading."""
FARTHEST = 6
"""Paragraphs over which a period is carried."""


def _pattern(name: str) -> str:
    return either("carrying", name, *LANGUAGES)


_FLOW = re.compile(rf"\b{_pattern('flow')}\b", re.IGNORECASE)
_OPEN = re.compile(rf"\b{_pattern('open')}\b", re.IGNORECASE)
_SHARE = re.compile(rf"\b{_pattern('share')}\s(?:\w+\s){{0,2}}$", re.IGNORECASE)
_LATER = re.compile(rf"\b{_pattern('later')}\b[^;.]*$", re.IGNORECASE)
_HAD_BEEN = re.compile(r"\b(?:had|había|habían)\b", re.IGNORECASE)
_THAT_PERIOD = re.compile(rf"\b{_pattern('that_period')}\b", re.IGNORECASE)
_RELATIVE_YEAR = re.compile(rf"{_pattern('relative_year')}", re.IGNORECASE)
_YEAR_AGO = re.compile(
    rf"\)?,?\s(?:(?:registrad[oa]s?|recorded|posted|seen|registered)\s)?(?:{_pattern('same_of')}\s(?P<year>(?:19|20)\d\d)\b|{_pattern('same_of')}\s{_pattern('ago_year')}"
    rf"|{_pattern('year_ago')}|(?P<month>{_pattern('month_ago')}))",
    re.IGNORECASE,
)
_SAME_BEFORE = re.compile(
    rf"{_pattern('same_of')}\s(?P<year>(?:19|20)\d\d)(?P<month>)\s?(?:\(|when\s|cuando\s)(?:\w+\s){{0,2}}?$"
    rf"|(?:mientras\sque|while|whereas|but|pero|and|y)\s{_pattern('same_of')}\s(?P<year2>(?:19|20)\d\d)(?:\s\w+){{1,3}}\s$",
    re.IGNORECASE,
)
_OPENS_BEFORE = re.compile(
    r"^(?:in\s|en\s)?(?:the\sprevious\syear|the\syear\sbefore|el\saño\s(?:anterior|previo)),?\s", re.IGNORECASE
)
_YEARLY = re.compile(r"\b(?:year[- ]on[- ]year|y[-/]?o[-/]?y|interanual(?:es|mente)?)\b", re.IGNORECASE)
_HELD = re.compile(rf"\b{either('pairing', 'beside', *LANGUAGES)}\b|\b(?:from|to|de|a)\b", re.IGNORECASE)


def carried(
    text: str,
    sentence: Sentence,
    figures: Sequence[FigureMention],
    pairs: Sequence[Paired],
    before: InForce | None,
    language: str,
) -> list[Paired]:
    """The periods of a sentence's figures, with the one in force for those that have none of their own.

    An amount or a change of trade takes the period of the sentences before it, unless its
    sentence names a period, speaks of now, of what may be, or of how things stand in general.

    Parameters
    ----------
    before : the periods that the text goes on about.
    """
    period = before.at(sentence.paragraph) if before else None
    if period is None:
        return list(pairs)
    said = _THAT_PERIOD.search(sentence.text)
    named = any(
        p.candidates or (p.date is not None and not p.carried and not is_aside(text, f))
        for p, f in zip(pairs, figures, strict=True)
    )
    if not said and (named or _OPEN.search(sentence.text)):
        return list(pairs)
    close = sentence.paragraph == (before.paragraph if before else 0)
    flow = bool(said or _FLOW.search(sentence.text))
    return [
        Paired(period, carried=True)
        if pair.date is None
        and (said or not pair.candidates)
        and (
            (close and _in_brackets(text, figures[n]))
            or ((flow or (close and direction_at(text, figures[n]))) and _of_trade(text, figures, n, language))
        )
        else pair
        for n, pair in enumerate(pairs)
    ]


def _in_brackets(text: str, figure: FigureMention) -> bool:
    """A share given in brackets: *fuels (13%)*."""
    return figure.unit == "pct" and text[figure.start - 1 : figure.start] + text[figure.end : figure.end + 1] == "()"


def _of_trade(text: str, figures: Sequence[FigureMention], n: int, language: str) -> bool:
    """Whether a figure can be of a period at all: money, a change, or a share that something had; nothing to come."""
    figure = figures[n]
    unit, _, rate = figure.unit.partition("/")
    if rate or unit in SPANS or is_left(text, n, figures):
        return False
    if is_future(text, figure.start, figure.end, language, dated=False):
        return False
    if unit == "pct":
        return direction_at(text, figure) != "" or bool(_SHARE.search(text[max(0, figure.start - 40) : figure.start]))
    return unit in MONEY or unit == TIMES or unit in _AMOUNTS


@dataclass(frozen=True, slots=True)
class InForce:
    """The periods that a text goes on about: the one named last, with its paragraph, and the latest one named."""

    last: DateMention
    paragraph: int
    main: DateMention
    since: int

    def at(self, paragraph: int) -> DateMention | None:
        """The period in force in a paragraph: the last one in its own, then the main one while it is not far."""
        if paragraph == self.paragraph:
            return self.last
        return self.main if paragraph - self.since <= FARTHEST else None


def in_force(
    sentence: Sentence,
    pairs: Sequence[Paired],
    dates: Sequence[DateMention],
    published: str,
    before: InForce | None,
) -> InForce | None:
    """What the next sentence may go on about: this one's latest period that is not to come, else what was before.

    Days are no such periods, nor are those of what *had been*.
    """
    named = [p.date for p in pairs if p.date is not None]
    if not pairs and _FLOW.search(sentence.text):  # exports grew most in the six months to June
        named = [d for d in dates if not re.fullmatch(_MONTH, d.date)]
    heading = (
        not pairs and len(dates) == 1 and len(sentence.text.split()) <= HEADING and sentence.text[-1] not in ".!?:;"
    )
    if heading and _is_period(dates[0].date) and _has_begun(dates[0], published):
        return InForce(dates[0], sentence.paragraph, dates[0], sentence.paragraph)
    named = [d for d in named if _is_period(d.date) and _has_begun(d, published)]
    if not named or (before is not None and _HAD_BEEN.search(sentence.text)):
        return before
    last = max(named, key=_reach)
    main = last
    if before is not None and _reach(before.main) > _reach(last):
        main = before.main
    since = sentence.paragraph if before is None or main is last or last.date == main.date else before.since
    return InForce(last, sentence.paragraph, main, since)


def _reach(mention: DateMention) -> tuple[date, int]:
    """How late a period ends; of two that end on one day the longer goes further."""
    period = Period.parse(mention.date)
    return period.last, period.days


_MONTH = r"\d{4}-\d\d"


def _is_period(text: str) -> bool:
    """Whether a date is a month, some months or years."""
    return bool(re.fullmatch(rf"{_MONTH}|\d{{4}}|{_MONTH}/{_MONTH}|\d{{4}}/\d{{4}}", text))


def _has_begun(mention: DateMention, published: str) -> bool:
    return not published or Period.parse(mention.date).first <= Period.parse(published).last


def same_months(text: str, figures: Sequence[FigureMention], pairs: Sequence[Paired]) -> list[Paired]:
    """*$61m this July against $109m last year*: the second is of the July a year before, not of the whole year."""
    found = list(pairs)
    for n in range(len(found) - 1):
        first, second = found[n].date, found[n + 1].date
        if first is None or second is None or figures[n].unit != figures[n + 1].unit:
            continue
        if not _HELD.search(text[figures[n].end : figures[n + 1].start]):
            continue
        if _RELATIVE_YEAR.fullmatch(second.text.strip()) and _is_part(first):
            now = _in_year(first, second)
            for m in range(n + 2):  # with what changed to it: fell 57% from $9.7m last July to $4.2m this year
                if found[m].date is second:
                    found[m] = replace(found[m], date=now, sure=False)
            if now.date == first.date:  # from $9.7m last July to $4.2m this year
                found[n] = replace(found[n], date=replace(first, date=shifted(first.date, -1)), sure=False)
        elif _RELATIVE_YEAR.fullmatch(first.text.strip()) and _is_part(second):
            found[n] = replace(found[n], date=_in_year(second, first), sure=False)
    return found


def _is_part(mention: DateMention) -> bool:
    """Whether a period is of whole months of one year, and not the whole of it."""
    return bool(re.fullmatch(r"(\d{4})-\d\d(?:/\1-\d\d)?", mention.date))


def _in_year(months: DateMention, year: DateMention) -> DateMention:
    """The same months in another year."""
    return replace(months, date=shifted(months.date, int(year.date[:4]) - int(months.date[:4])))


def shifted(period: str, years: int) -> str:
    """A period so many years later.

    >>> shifted("2020-07/2020-12", -1), shifted("2020", -1), shifted("2020-02-29", -1)
    ('2019-07/2019-12', '2019', '2019-02-28')
    """
    moved = re.sub(r"(?<!-)\b\d{4}", lambda year: f"{int(year.group()) + years:04d}", period)
    return "/".join(_real(end) for end in moved.split("/"))


def _real(end: str) -> str:
    return f"{end[:-2]}28" if end[4:] == "-02-29" and not calendar.isleap(int(end[:4])) else end


def held_against(
    text: str, sentence: Sentence, figures: Sequence[FigureMention], pairs: Sequence[Paired], before: InForce | None
) -> list[Paired]:
    """*Against $109m a year earlier*, *in the same period of 2021*: the months of what it is held against, in that year.

    These are of the figure before, else of the one after, else of the period in force.
    """
    found = list(pairs)
    if before and _OPENS_BEFORE.match(sentence.text) and not any(p.date for p in pairs):
        year = replace(before.main, date=shifted(before.main.date[:4], -1))
        return [Paired(year, carried=True) if f.unit not in SPANS else p for f, p in zip(figures, pairs, strict=True)]
    for n, figure in enumerate(figures):
        told = _YEAR_AGO.match(text, figure.end) or _SAME_BEFORE.search(text[max(0, figure.start - 70) : figure.start])
        left = (  # the level that something left, where the change is a year's
            told is None and is_aside(text, figure) and _YEARLY.search(sentence.text) and not _follows(pairs[n], figure)
        )
        later = _LATER.search(text[figures[n - 1].end if n else sentence.start : figure.start])
        if (told is None and not left and later is None) or figure.unit in SPANS:
            continue
        dated = [p.date for p in [*reversed(pairs[:n]), *pairs[n + 1 :]] if p.date is not None and p.date.date]
        base = dated[0] if dated else before.last if before else None
        if base is None:
            found[n] = Paired(None)
        else:
            moved = _a_year_ago(base.date, told) if told or left else shifted(base.date, 1)
            found[n] = Paired(replace(base, date=moved), carried=True)
            if told and told.re is _SAME_BEFORE:  # what comes after it is of these months too
                found[n + 1 :] = [
                    replace(p, date=found[n].date, sure=False) if p.date is base else p for p in found[n + 1 :]
                ]
    return found


def _follows(pair: Paired, figure: FigureMention) -> bool:
    """Whether a figure's period stands after it: *from $5m in 2019*."""
    return pair.date is not None and pair.date.start >= figure.end


def _a_year_ago(period: str, told: re.Match[str] | None) -> str:
    words = told.groupdict() if told else {}
    year = words.get("year") or words.get("year2")
    if year:
        return shifted(period, int(year) - int(period.rpartition("/")[2][:4]))
    if words.get("month") and re.fullmatch(r"\d{4}-\d\d", period):
        year, month = int(period[:4]), int(period[5:]) - 1
        return f"{year:04d}-{month:02d}" if month else f"{year - 1:04d}-12"
    return shifted(period, -1)
