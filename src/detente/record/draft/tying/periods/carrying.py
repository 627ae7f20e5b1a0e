"""Periods that a sentence leaves to those before it: what a text goes on about, and the same months of another year."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.period import Period

HEADING = 12
"""Words of a line that is a heading."""
FARTHEST = 6
"""Paragraphs over which a period is carried."""
_MONTH = r"\d{4}-\d\d"
FLOW = re.compile(rf"\b{either('carrying', 'flow', *LANGUAGES)}\b", re.IGNORECASE)
_HAD_BEEN = re.compile(r"\b(?:had|había|habían)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InForce:
    """The periods that a text goes on about.

    Attributes
    ----------
    last, paragraph
        The latest period of the sentence that named one last, and its paragraph.
    end
        The period of that sentence's last figure.
    main, since
        The latest period named so far, and the paragraph that named it.
    lead
        The period that the text opens with.
    likely
        How likely each of these periods was the one meant where it was named.
    """

    last: DateMention
    paragraph: int
    end: DateMention
    main: DateMention
    since: int
    lead: DateMention
    likely: Mapping[str, float]

    def named(self, paragraph: int) -> Iterator[tuple[str, DateMention]]:
        """The periods in force in a paragraph, with what each is; those named too far back are left out."""
        away = paragraph - self.paragraph
        if away <= FARTHEST:
            yield ("last" if away == 0 else "last_before" if away == 1 else "last_far"), self.last
            yield ("end" if away == 0 else "end_before"), self.end
        if paragraph - self.since <= FARTHEST:
            yield "main", self.main
        if away <= FARTHEST:
            yield "lead", self.lead


def in_force(
    sentence: Sentence,
    named: Sequence[tuple[DateMention, float]],
    dates: Sequence[DateMention],
    published: str,
    before: InForce | None,
    *,
    figures: bool,
) -> InForce | None:
    """What the next sentence may go on about: this one's periods that are not to come, else what was before.

    Parameters
    ----------
    named : the periods of the sentence's figures, without those of what they are only held against, and how likely each is.
    dates : all dates of the sentence.
    figures : whether it has any figure.

    Days are no such periods, nor are those of what *had been*.
    """
    if not figures:  # exports grew most in the six months to June
        heading = len(dates) == 1 and len(sentence.text.split()) <= HEADING and sentence.text[-1] not in ".!?:;"
        flow = FLOW.search(sentence.text)
        named = [
            (d, 1.0)
            for d in dates
            if _has_ended(d, published)
            and (heading or re.fullmatch(rf"{_MONTH}/{_MONTH}", d.date) or (flow and not re.fullmatch(_MONTH, d.date)))
        ]
    elif before is not None and _HAD_BEEN.search(sentence.text):
        return before
    kept = {d.date: (d, share) for d, share in named if is_period(d.date) and _has_begun(d, published)}
    if not kept:
        return before
    periods = [d for d, _ in kept.values()]
    last = max(periods, key=_reach)
    likely = {**(before.likely if before else {}), **{name: share for name, (_, share) in kept.items()}}
    main, since = last, sentence.paragraph
    if before is not None and _reach(before.main) > _reach(last):
        main, since = before.main, before.since
    return InForce(last, sentence.paragraph, periods[-1], main, since, before.lead if before else last, likely)


def _reach(mention: DateMention) -> tuple[date, int]:
    """How late a period ends; of two that end on one day the longer goes further."""
    period = Period.parse(mention.date)
    return period.last, period.days


def is_period(text: str) -> bool:
    """Whether a date is a month, some months or years."""
    return bool(re.fullmatch(rf"{_MONTH}|\d{{4}}|{_MONTH}/{_MONTH}|\d{{4}}/\d{{4}}", text))


def _has_begun(mention: DateMention, published: str) -> bool:
    return not published or Period.parse(mention.date).first <= Period.parse(published).last


def _has_ended(mention: DateMention, published: str) -> bool:
    """Whether a year was over when the text was written; a headline that names the running one speaks of what is to come."""
    running = bool(published) and mention.date == published[:4]
    return bool(mention.date) and not running


def in_year(period: str, told: re.Match[str]) -> str:
    """A period as words such as *in the same months of 2020*, *a year earlier* or *a month before* move it."""
    words = told.groupdict()
    if words.get("year"):
        return shifted(period, int(words["year"]) - int(period.rpartition("/")[2][:4]))
    if words.get("month") and re.fullmatch(_MONTH, period):
        year, month = int(period[:4]), int(period[5:]) - 1
        return f"{year:04d}-{month:02d}" if month else f"{year - 1:04d}-12"
    return shifted(period, -1)


def shifted(period: str, years: int) -> str:
    """A period so many years later.

    >>> shifted("2021-02/2021-03", -1)
    '2020-02/2020-03'
    """
    return "/".join(_moved(end, years) for end in period.split("/"))


def _moved(end: str, years: int) -> str:
    year, _, rest = end.partition("-")
    moved = int(year) + years
    if rest == "02-29" and not calendar.isleap(moved):
        rest = "02-28"
    return f"{moved:04d}-{rest}" if rest else f"{moved:04d}"
