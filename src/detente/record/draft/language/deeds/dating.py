"""The days that a text leaves to what stands above or before a sentence: date lines, the year it goes on about, *the same day*."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from detente.record.draft.language.dates import DateMention, find_dates
from detente.record.draft.language.dates.calendar_words import MONTHS, month_of
from detente.record.draft.language.deeds.lexicon import lexicon
from detente.record.draft.language.numbers.numerals import SMALL
from detente.record.draft.language.sentences import Sentence
from detente.record.period import Period, add_years

FRESH = 45
"""Days from the article within which a day without its year is news, not part of the story before."""
BACK = 92
"""Days by which a text that goes on may step back without leaving its year."""
LINE = 45
"""Characters of a line that only gives a date."""
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEARLESS = re.compile(
    r"\W*(?:el\s|on\s)?(?:\d{1,2}(?:st|nd|rd|th)?\s(?:of\s|de\s)?[^\W\d]+|[^\W\d]+\.?\s\d{1,2}(?:st|nd|rd|th)?)\W*",
    re.IGNORECASE,
)
_AROUND_LINE = re.compile(r"[\s*#•·:.()\[\]—–-]*")


@dataclass(frozen=True, slots=True)
class Dated:
    """A sentence with the dates that its deeds may have.

    ``headed``: under a line that only gives a date; ``entry``: the first one there, or one that its date opens as in a
    chronicle; ``carried``: where a date is that of the sentences before.
    """

    sentence: Sentence
    dates: tuple[DateMention, ...]
    headed: bool = False
    carried: bool = False
    entry: bool = False


def dated(
    text: str, sentences: Sequence[Sentence], dates: Sequence[DateMention], language: str, published: str
) -> Iterator[Dated]:
    """Each sentence with its dates, completed from what stands before it.

    Examples
    --------
    >>> from detente.record.draft.language.sentences import split_sentences
    >>> told = "May 24, 2017\\n\\nA statement appears. On June 5, they cut ties. The same day flights stopped."
    >>> found = dated(told, split_sentences(told), find_dates(told, "en"), "en", "2021-01-05")
    >>> [[d.date for d in one.dates] for one in found]
    [[], ['2017-05-24'], ['2017-06-05'], ['2017-06-05']]
    """
    heading: DateMention | None = None
    anchor = ""
    n_since = 0
    chronicle = False
    year = ""
    opened: tuple[int, DateMention] | None = None  # the paragraph of a chronicle that a date opens
    for sentence in sentences:
        own = _told_once([d for d in dates if sentence.start <= d.start < sentence.end], text)
        if (line := _date_line(sentence, own, language, published)) is not None:
            chronicle = True
            heading, n_since = _carried(line, anchor, published, language, chronicle=True), 0
            anchor = heading.date or anchor
            yield Dated(sentence, ())
            continue
        entry = bool(own) and own[0].start == sentence.start and _ENTRY.match(text, own[0].end) is not None
        chronicle = chronicle or entry
        whole = [_carried(d, anchor, published, language, chronicle=chronicle) for d in own]
        for k, (mention, as_read) in enumerate(zip(whole, own)):
            whole[k] = _of_that_year(as_read, year, text, language) or mention
            year = whole[k].date[:4] or year
        carried = whole != own
        anchor = next(
            (d.date for d in reversed(whole) if len(d.date) >= len("2020-01") and _explicit(d, carried)), anchor
        )
        if not whole and anchor and (told := _told_by(sentence, anchor, language)):
            whole, carried = [told], True
            anchor = told.date
        if entry and whole[0].date:
            opened, n_since = (sentence.paragraph, whole[0]), n_since or 1
        elif not whole and opened is not None and opened[0] == sentence.paragraph:
            here = replace(opened[1], start=sentence.start, end=sentence.start, text="")
            yield Dated(sentence, (here,), headed=True, carried=True)
            continue
        if not whole and heading is not None and heading.date and n_since < UNDER:
            place = sentence.start
            whole, carried = [replace(heading, start=place, end=place, text="")], True
            n_since += 1
            yield Dated(sentence, tuple(whole), headed=True, carried=True, entry=n_since == 1)
            continue
        yield Dated(sentence, tuple(whole), heading is not None and n_since < UNDER, carried, entry)


_ENTRY = re.compile(r"\s?[:–—-]\s")
_AGAIN = re.compile(r"\s?[,(–—]\s?(?:in |on |en |el )?", re.IGNORECASE)
UNDER = 3
"""Sentences that may stand under a date line."""


def _told_once(mentions: Sequence[DateMention], text: str) -> list[DateMention]:
    """Dates with those told twice at once, as in *four years ago, in May 2021*, as the one that says more."""
    told: list[DateMention] = []
    for one in mentions:
        last = told[-1] if told else None
        if last and last.date and one.date and _AGAIN.fullmatch(text[last.end : one.start]):
            short, long = sorted((last, one), key=lambda each: len(each.date))
            if long.date.startswith(short.date) and "/" not in long.date:
                told[-1] = replace(long, start=last.start, end=one.end)
                continue
        told.append(one)
    return told


def _explicit(mention: DateMention, carried: bool) -> bool:
    return bool(_YEAR.search(mention.text)) or carried


def _date_line(sentence: Sentence, own: Sequence[DateMention], language: str, published: str) -> DateMention | None:
    """The date of a line that gives nothing else; the article's own day is none."""
    if len(sentence.text) > LINE:
        return None
    found = own or find_dates(sentence.text, language, published)
    if (
        len(found) != 1
        or not _AROUND_LINE.fullmatch(sentence.text.replace(found[0].text, "", 1))
        or found[0].date == published
    ):
        return None
    return found[0]


def _carried(
    mention: DateMention, anchor: str, published: str, language: str, *, chronicle: bool = False
) -> DateMention:
    """A day without its year, or in an undated text a month, in the year that the text goes on about."""
    if not anchor or len(anchor) < len("2020-01"):
        return mention
    before = Period.parse(anchor).first
    if not mention.date and (month := MONTHS[language].get(mention.text.casefold().removeprefix("en ").rstrip("."))):
        return replace(mention, date=f"{before.year + (month < before.month):04d}-{month:02d}")
    if not _YEARLESS.fullmatch(mention.text) or (mention.date and not _DAY.fullmatch(mention.date)):
        return mention
    written = _in_year(mention, str(before.year), language)
    if not _DAY.fullmatch(written):
        return mention
    same = date.fromisoformat(written)
    same = add_years(same, 1) if (before - same).days > BACK else same
    today = date.fromisoformat(published) if _DAY.fullmatch(published) else None
    news = today is not None and bool(mention.date) and abs((today - date.fromisoformat(mention.date)).days) <= FRESH
    return mention if (news and not chronicle) or (today and same > today) else replace(mention, date=same.isoformat())


def _in_year(mention: DateMention, year: str, language: str) -> str:
    """A day or month as it would be read with that year behind it."""
    joined = {"en": ", ", "es": " de "}[language]
    written = find_dates(f"{mention.text.strip()}{joined}{year}", language)
    return written[0].date if written else ""


_THAT_YEAR = {
    "en": re.compile(r",?\s(?:of\s)?(?:that|the\ssame)\syear\b", re.IGNORECASE),
    "es": re.compile(r",?\sde(?:l\smismo|\sese(?:\smismo)?|\saquel)\saño\b", re.IGNORECASE),
}


def _of_that_year(mention: DateMention, year: str, text: str, language: str) -> DateMention | None:
    """A month or day *of that year* in the year told of last."""
    if not year or _YEAR.search(mention.text) or not _THAT_YEAR[language].match(text, mention.end):
        return None
    written = _in_year(mention, year, language)
    return replace(mention, date=written) if written else None


def _told_by(sentence: Sentence, anchor: str, language: str) -> DateMention | None:
    """The day that *the same day*, *the next day*, *two months later* and the like give."""
    when = anchor.split("/")[-1]
    for name, pattern in lexicon(language).around.items():
        match = pattern.search(sentence.text)
        day = _told(name, match, when, language) if match else ""
        if match and day:
            place = sentence.start + match.start()
            return DateMention(place, sentence.start + match.end(), match.group(), day, relative=True)
    return None


_SPANS = {
    "day": "day",
    "día": "day",
    "week": "week",
    "semana": "week",
    "month": "month",
    "mes": "month",
    "year": "year",
    "año": "year",
}


def _told(name: str, match: re.Match[str], when: str, language: str) -> str:
    """A day, month or year after another, as exact as the words and the other allow."""
    if name == "same_month":
        return when[:7] if len(when) >= len("2020-01") else ""
    if name == "same_year":
        return when[:4]
    if name == "same_day":
        return when if _DAY.fullmatch(when) else ""
    n, span = 1, "day"
    if name != "next_day":
        number, span = match["n"].casefold(), _SPANS[match["of"].casefold()]
        n = int(number) if number.isdigit() else SMALL[language].get(number, 1)  # an, una
    if span in ("day", "week"):
        days = timedelta(days=n * (7 if span == "week" else 1))
        return (date.fromisoformat(when) + days).isoformat() if _DAY.fullmatch(when) else ""
    if span == "year":
        return str(int(when[:4]) + n)
    return month_of(int(when[:4]), int(when[5:7]) + n)[0].isoformat()[:7] if len(when) >= len("2020-01") else ""
