"""Everything found in an article: sentences, dates, figures and credits, in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.record.draft.clean import Article
from detente.record.draft.language.credits import Credit, find_credits
from detente.record.draft.language.dates import DateMention, find_dates
from detente.record.draft.language.figures import FigureMention, find_figures
from detente.record.draft.language.sentences import Sentence, split_sentences

_STAMPED = re.compile(
    r"^(?:(?i:published|updated|posted|last updated|first published|publicado|actualizado|fecha)\b"
    r"|(?:By|Por|BY|POR)\s+[A-ZÁÉÍÓÚÑ])"
)
_DATELINE = re.compile(r"^[A-ZÁÉÍÓÚÑ][^.!?\n]{2,70}?(?:\)\s(?:[—–-]{1,2}\s)?|\)\.?-\s|\s[—–-]{1,2}\s)")
_APART = re.compile(r"(?:^|[·|•—–/,:(-]\s?)$")  # what stands before a date that is set apart
_DAY_IN = re.compile(r"\b\d{1,2}(?!\d)")
LONGEST_LINE = 110  # characters of a line that only says when, where and by whom
TAIL = 30  # characters that may follow the date in such a line
TOP = 600  # characters in which an unmarked date line may stand


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an article holds.

    Attributes
    ----------
    article : Article
    sentences, dates, figures, credits
        All with their places in ``article.text``, in reading order.
    """

    article: Article
    sentences: tuple[Sentence, ...]
    dates: tuple[DateMention, ...]
    figures: tuple[FigureMention, ...]
    credits: tuple[Credit, ...]


def extract(article: Article) -> Extraction:
    """Find sentences, dates, figures with units and credits.

    >>> found = extract(Article("", "Trade rose 4% in 2030, the ministry said.", "2031-05-14", "en"))
    >>> found.figures[0].unit, found.dates[0].date, found.credits[0].source
    ('pct', '2030', 'the ministry')
    """
    text, language = article.text, article.language
    stamps = own_date_lines(text, language)
    published = article.published or own_date(text, language, stamps)
    dates = find_dates(text, language, published, own=stamps)
    figures = find_figures(text, language, taken=[*stamps, *((d.start, d.end) for d in dates)])
    credits = [c for c in find_credits(text, language) if not _inside(c.start, stamps)]
    kept = Article(article.title, text, published, language)
    return Extraction(kept, tuple(split_sentences(text)), tuple(dates), tuple(figures), tuple(credits))


def own_date_lines(text: str, language: str) -> list[tuple[int, int]]:
    """Where the article states its own date: time stamps, bylines, and the date line before a dash.

    >>> own_date_lines("By Ana Paz, 14 May 2031", "en"), own_date_lines("PORTO SOL, May 14 (NAN) - Trade fell.", "en")
    ([(0, 23)], [(0, 26)])
    """
    found = []
    for match in re.finditer(r"[^\n]+", text):
        line = match.group()
        if match.start() > TOP and not _STAMPED.match(line):
            continue
        dates = [d for d in find_dates(line, language) if _DAY_IN.search(d.text)]
        if not dates:
            continue
        if _only_says_when(line, dates[-1]):
            found.append(match.span())
        elif (head := _DATELINE.match(line)) and dates[0].end <= head.end() and _APART.search(line[: dates[0].start]):
            found.append((match.start(), match.start() + head.end()))
    return found


def _only_says_when(line: str, last: DateMention) -> bool:
    """Whether a line is a byline, time stamp or issue line: short, no sentence, its date set apart."""
    if len(line) > LONGEST_LINE or re.search(r"[.!?]$", line) or len(line) - last.end > TAIL:
        return False
    return bool(_STAMPED.match(line) or _APART.search(line[: last.start]))


def own_date(text: str, language: str, stamps: list[tuple[int, int]]) -> str:
    """The day that the article's own date lines state; empty where they state none."""
    for start, end in stamps:
        for mention in find_dates(text[start:end], language):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", mention.date):
                return mention.date
    return ""


def _inside(place: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in stretches)
