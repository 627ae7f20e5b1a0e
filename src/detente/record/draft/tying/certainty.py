"""Whether a figure's number, unit, period, direction and speaker are tied to it by grammar that reads in one way only.

Everything here says no unless the words fit one of three forms: the figure right before its period ("$3m in 2019"),
a sentence that opens with its only period ("In 2019 exports fell 4% to $3m"), or our own line of a table. A row that
is not certain is no worse, but somebody should look at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.people import is_of_people
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.units import CLOSED
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.changes.direction import direction_at, is_comparison
from detente.record.draft.tying.changes.measure import NOUN_NEXT, is_plain
from detente.record.draft.tying.periods.candidates import Paired
from detente.record.draft.tying.periods.carrying import FLOW
from detente.record.draft.tying.periods.elsewhen import is_elsewhen
from detente.record.draft.tying.places import SPANS, size_of
from detente.record.draft.tying.speakers import is_named, is_somebody

LEAD = 90
"""Characters from a sentence's opening period to the figure that it governs."""
NEXT = 40
"""Characters between an amount with its period and its change."""
CERTAIN = 0.96
"""How likely a period is from which on no certain form of words is asked for: on texts it was not learnt from 97 of 100 are right."""
CERTAIN_CARRIED = 0.99
"""The same for a period that an earlier sentence named."""
MOST_FIGURES = 4
"""Figures of a sentence that all have its only period."""


def _pattern(name: str) -> str:
    return either("certainty", name, *LANGUAGES)


_HEDGE = either("pairing", "hedge", *LANGUAGES)
_DOUBT = re.compile(rf"\b{_pattern('doubt')}\b|n['’]t\b", re.IGNORECASE)
_BUDGET_YEAR = re.compile(rf"{_pattern('budget_year')}", re.IGNORECASE)
_IN = re.compile(rf"\s{_pattern('in')}\s(?:{_pattern('article')}\s)?", re.IGNORECASE)
_OPENING = re.compile(rf"(?:(?:{_pattern('in')}|from|de)\s)?(?:{_pattern('article')}\s)?", re.IGNORECASE)
_RUNS_ON = re.compile(rf"\s?[-–—/]|\s{_pattern('runs_on')}\b", re.IGNORECASE)
_COMPARED = re.compile(rf"\b{_pattern('compared')}\b")
_APART = re.compile(rf"[;:()“”\"«»–—]|\b{_pattern('apart')}\b", re.IGNORECASE)
_LINK = re.compile(rf"\s?[-–—]\s?|\s{_pattern('between')}\s", re.IGNORECASE)
_PLAIN = re.compile(r"[^\d\s]{0,5}\s?\d[\d.,\u202f\u00a0 ]*(?!\w*/)[^\d/]*")
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_LAST_YEAR = re.compile(rf"{_pattern('last_year')}", re.IGNORECASE)
_PARTS = re.compile(rf";|\b{either('pairing', 'break', *LANGUAGES)}\b", re.IGNORECASE)
_GOODS = re.compile(
    rf"(?:\s\([^()]{{2,40}}\)|\))?(?:\s{_pattern('goods')})?(?:\s{_pattern('toward')}\s(?:(?:the|el|la)\s)?[A-ZÁÉÍÓÚ][\w’'-]+(?:\s[A-Z][\w’'-]+)?)?"
)
"""Between an amount and its period: the same in other money, in brackets, what it was of, and where it went."""
_AFTER_IN = re.compile(rf"(?:^|\s){_pattern('in')}\s(?:{_pattern('article')}\s)?$", re.IGNORECASE)
_AMOUNTS = re.compile(rf"\s{_pattern('amounts')}\s{_HEDGE}?(?:los\s)?", re.IGNORECASE)
_LEADS_TO = re.compile(
    rf"\b(?:{either('direction', 'up', *LANGUAGES)}|{either('direction', 'down', *LANGUAGES)}|{_pattern('amounted')})"
    rf"\s(?:{_pattern('in')}\s)?(?:{_pattern('article')}\s)?$",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\s(?:un|una|los)\s(?:\w+\sde\s)?(?:los\s)?", re.IGNORECASE)
_OPENS_CLAUSE = re.compile(rf"[;,]\s(?:and\s|y\s)?{_pattern('in')}\s(?:{_pattern('article')}\s)?$", re.IGNORECASE)
_TO = re.compile(r"\s(?:to|a|hasta)\s(?:los\s|about\s|around\s|some\s|nearly\s|almost\s|unos\s|casi\s)?", re.IGNORECASE)
_THEN = re.compile(
    rf",?\s(?:which\sis\s)?(?:up|down|un[oa]?s?|an?|con\sun|with\san?)\s(?:by\s)?(?:[\w-]+\s){{0,2}}?(?:{_pattern('change_noun')}\s(?:of|del?)\s)?{_HEDGE}?$",
    re.IGNORECASE,
)
_FOLD = re.compile(r"\b(?:times|double|triple|twice|doble|triple|cuádruple|veces)\b", re.IGNORECASE)
_INSERTED = re.compile(rf"(?<!^)\b(?:that|{either('pairing', 'aside', *LANGUAGES)})\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|que|quien|cuy[oa]s?)\b", re.IGNORECASE)
_WHICH_IS = re.compile(
    r",?\s(?:which|that|lo\sque|que)\s(?:was|is|were|are|represent\w+|fue|es|supone|supuso)\s(?:an?\s|un\s|\w+mente\s)?$",
    re.IGNORECASE,
)
"""What goes on about an amount: *, which was 14% more*."""
_HELD = re.compile(rf"\b{either('pairing', 'beside', *LANGUAGES)}\b", re.IGNORECASE)
_APART_TIMES = re.compile(
    rf";|\b(?:{either('carrying', 'now', *LANGUAGES)}|{either('carrying', 'so_far', *LANGUAGES)}"
    rf"|{either('pairing', 'point', *LANGUAGES)})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A sentence with everything found in it, its figures' periods beside them."""

    text: str
    sentence: Sentence
    figures: Sequence[FigureMention]
    pairs: Sequence[Paired]
    dates: Sequence[DateMention]
    credits: Sequence[Credit]
    dated: bool = False
    """Whether the article's own day is known."""

    def without(self, mentions: Iterable[FigureMention | DateMention | Credit]) -> str:
        """The sentence with blanks in place of what was found in it."""
        bare, start = list(self.sentence.text), self.sentence.start
        for found in mentions:
            first, last = max(found.start - start, 0), max(found.end - start, 0)
            bare[first:last] = " " * len(bare[first:last])
        return "".join(bare)


def is_certain(n: int, around: Surroundings) -> bool:
    """Whether the ``n``-th figure of a sentence reads in one way only.

    Examples
    --------
    >>> from detente.record.draft.clean import Article
    >>> from detente.record.draft.drafting import draft_claims
    >>> texts = "Exports were $3m in 2019.", "Exports were $3m, against $4m in 2019.", "Exports may be $3m in 2019."
    >>> [[row.confidence for row in draft_claims(Article("", t, "2020-05-01", "en"), "N").rows] for t in texts]
    [['high'], ['low', 'high'], ['medium']]
    """
    figure, pair = around.figures[n], around.pairs[n]
    date = pair.date
    if date is None or not date.date or pair.other or _unread(around) or not _plain_figure(around, figure):
        return False
    said = _clause(around, figure)
    if _DOUBT.search(said) or _BUDGET_YEAR.search(said) or is_elsewhen(around.text, around.sentence, figure, pair):
        return False
    if (
        pair.share >= (CERTAIN_CARRIED if pair.carried and not pair.moved else CERTAIN)
        and is_plain(around.text, figure)
        and not _odd(around, figure, date)
    ):
        return True
    if pair.carried or not _one_speaker(around):
        return False
    if not _plain_period(date) and not _of_running_year(around, date):
        return False
    if not is_plain(around.text, figure):
        return False
    forms = (_right_before, _right_after, _led, _table_line, _beside) if pair.sure else ()
    share = figure.unit == "pct" and not direction_at(around.text, figure)
    return any(form(around, n, date) for form in forms) or (not share and _alone(around, date))


def _odd(around: Surroundings, figure: FigureMention, date: DateMention) -> bool:
    """Whether a period may be read otherwise (*2019-20*, *the 2010s*, *in 2019 prices*) or a clause stands between the two.

    So it is, too, where two speak in one sentence, or somebody who is not told apart.
    """
    words = date.text.strip()
    if re.search(r"\d[-–/]\d\d(?:\d\d)?$|\ds\b", words) or size_of(date.date) in ("years", ""):
        return True
    sources = {credit.source for credit in around.credits}
    if len(sources) > 1 or not all(map(is_somebody, sources)):
        return True
    if not around.sentence.start <= date.start < around.sentence.end:
        return False
    between = _WHICH_IS.sub("", around.text[date.end : figure.start])
    return bool(_RUNS_ON.match(around.text, date.end) or _COMPARED.search(between) or _RELATIVE.search(between))


def _clause(around: Surroundings, figure: FigureMention) -> str:
    """The part of the sentence that a figure stands in, between words such as *but* and *while*."""
    sentence = around.sentence
    cuts = [0, *(m.end() for m in _PARTS.finditer(sentence.text)), len(sentence.text)]
    place = figure.start - sentence.start
    return next((sentence.text[a:b] for a, b in pairwise(cuts) if a <= place < b), sentence.text)


def _plain_figure(around: Surroundings, figure: FigureMention) -> bool:
    """A number in digits with a closed unit, not of a range, not a span of time, not a rate, not a difference."""
    text = around.text
    unit, _, rate = figure.unit.partition("/")
    if rate or not (unit in CLOSED or is_of_people(unit)) or unit in SPANS or figure.bound == "vague":
        return False
    beside = [f for f in around.figures if f is not figure and f.unit == figure.unit]
    linked = any(_linked(text, *pair) for other in beside for pair in ((other, figure), (figure, other)))
    return bool(_PLAIN.fullmatch(figure.text)) and not linked and not is_comparison(text, figure)


def _linked(text: str, first: FigureMention, second: FigureMention) -> bool:
    """Whether two figures are the ends of a range or members of a list."""
    return first.end <= second.start and bool(_LINK.fullmatch(text[first.end : second.start]))


def _plain_period(date: DateMention) -> bool:
    """A period that names its year, or *last year*: no decade, no budget year, no part of the running year."""
    words = date.text.strip()
    if _LAST_YEAR.fullmatch(words):
        return True
    years = _YEAR.findall(words)
    tail = re.search(r"\d[-–/]\d\d(?:\d\d)?$", words)  # 2019-20 may be a budget year
    return len(years) == 1 and not tail and not re.search(r"\ds\b", words) and "/" not in words


def _of_running_year(around: Surroundings, date: DateMention) -> bool:
    """Months without a year (*in February*, *the first two months*): the latest ones, unless the paragraph names a year."""
    part = re.fullmatch(r"(\d{4})-\d\d(?:/\1-\d\d)?", date.date)
    if part is None or not around.dated or re.search(r"\d{4}|/", date.text):
        return False
    paragraph = around.text[around.text.rfind("\n\n", 0, date.start) + 1 : date.start]
    return set(_YEAR.findall(paragraph)) <= {part[1]}


def _alone(around: Surroundings, date: DateMention) -> bool:
    """*Exports fell 5% to $7m, while imports rose to $9m, in May 2019*: of a sentence about trade, the only date."""
    said = around.sentence.text
    others = [d for d in around.dates if d is not date]
    told = said
    for credit in around.credits:  # "said that" opens nothing
        told = told.replace(credit.text, "")
    if _INSERTED.search(told) or _RUNS_ON.match(around.text, date.end):
        return False
    if _FOLD.search(said):
        return False
    if others or len(around.figures) > MOST_FIGURES or _HELD.search(said) or _APART_TIMES.search(said):
        return False
    return bool(FLOW.search(said)) and all(pair.date is date for pair in around.pairs)


def _unread(around: Surroundings) -> bool:
    """Whether a number stands in the sentence that was not read: of no figure, no date and no speaker."""
    return bool(re.search(r"\d", around.without((*around.figures, *around.dates, *around.credits))))


def _one_speaker(around: Surroundings) -> bool:
    """No speaker, or one whose name is a name and who says the whole sentence."""
    if not around.credits:
        return True
    first, last = around.credits[0].start - around.sentence.start, around.sentence.end - around.credits[0].end
    return (
        is_named(around.credits[0].source)
        and len(around.credits) == 1
        and (first <= 3 or last <= len(" on Wednesday.") + 12)
    )


def _right_before(around: Surroundings, n: int, date: DateMention) -> bool:
    """*$3m in 2019*, *$3m (2019)*, and the 4% of *fell 4% to $3m in 2019*."""
    text, figure = around.text, around.figures[n]
    if n + 1 < len(around.figures) and figure.unit == "pct":
        following = around.figures[n + 1]
        if following.unit != "pct" and _TO.fullmatch(text[figure.end : following.start]):
            return _right_before(around, n + 1, date)
    if date.start < figure.end:
        return False
    noun = NOUN_NEXT.match(text, figure.end) if figure.unit in ("pct", "pp") else None
    between = text[noun.end() if noun else figure.end : date.start]
    bracketed = re.fullmatch(r"\s\((?:in\s|en\s)?", between) and text[date.end : date.end + 1] == ")"
    goods = _GOODS.match(between)
    between = between[goods.end() :] if goods else between
    tied = bracketed or between == " " or _IN.fullmatch(between)
    return bool(tied) and not _RUNS_ON.match(text, date.end)


def _right_after(around: Surroundings, n: int, date: DateMention) -> bool:
    """*Exports in 2019 were $3m*, *fell last year to $3m*: a verb of amounting, or of change with *to*, between the two."""
    text, figure = around.text, around.figures[n]
    if date.end > figure.start or figure.unit in ("pct", "pp"):
        return False
    between, before = text[date.end : figure.start], text[max(0, date.start - 40) : date.start]
    inside = bool(_AFTER_IN.search(before)) or bool(_LAST_YEAR.fullmatch(date.text.strip()))
    if _AMOUNTS.fullmatch(between):
        return inside and not _COMPARED.search(text[around.sentence.start : date.start])
    return inside and bool(_LEADS_TO.search(before)) and bool(_TO.fullmatch(between) or _VALUE.fullmatch(between))


def _led(around: Surroundings, n: int, date: DateMention) -> bool:
    """*In 2019 exports fell 4% to $3m*: the sentence's only date opens it, and the figure is its first."""
    text, figure, start = around.text, around.figures[n], around.sentence.start
    if n and figure.unit != "pct" and around.figures[n - 1].unit == "pct" and direction_at(text, around.figures[n - 1]):
        chained = _TO.fullmatch(text[around.figures[n - 1].end : figure.start])
        return bool(chained) and _led(around, n - 1, date)
    opening = text[start : date.start].lstrip("-•– ")
    opens = _OPENING.fullmatch(opening) or _OPENS_CLAUSE.search(opening)
    between = text[date.end : figure.start]
    if not opens or date.start > figure.start or len(between) > LEAD or re.search(r"\d", between):
        return False
    if _RUNS_ON.match(text, date.end) or any(date.end <= d.start < figure.start for d in around.dates):
        return False
    return not _APART.search(between) and not _COMPARED.search(between)


def _beside(around: Surroundings, n: int, date: DateMention) -> bool:
    """*Exports were $3m in 2019, up 4%*: the change beside an amount that is certain."""
    if not n or around.figures[n].unit != "pct" or around.pairs[n - 1].date != date:
        return False
    between = around.text[around.figures[n - 1].end : around.figures[n].start]
    inside = bool(date.start >= around.figures[n - 1].end and date.end <= around.figures[n].start)
    between = between.replace(date.text, "") if inside else between
    return bool(_THEN.search(between)) and len(between) <= NEXT and is_certain(n - 1, around)


def _table_line(around: Surroundings, n: int, date: DateMention) -> bool:
    return bool(re.fullmatch(r"\s?:\s?", around.text[date.end : around.figures[n].start]))
