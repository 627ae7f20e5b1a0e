"""Everything found in an article: sentences, dates, figures and attributions, in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.record.draft.attributions import Attribution, find_attributions
from detente.record.draft.clean import Article
from detente.record.draft.dates import DateMention, find_dates
from detente.record.draft.figures import Figure, find_figures
from detente.record.draft.sentences import Sentence, split_sentences

_STAMP = re.compile(
    r"^(?:(?:published|updated|posted|last updated|first published|publicado|actualizado|fecha)\b|by\s+[A-ZÁÉÍÓÚÑ]|por\s+[A-ZÁÉÍÓÚÑ])", re.IGNORECASE
)
_DATELINE = re.compile(r"^[^.!?\n]{2,70}?(?:\)\s(?:[—–-]{1,2}\s)?|\)\.?-\s|\s[—–-]{1,2}\s)")
_STAMP_END = re.compile(r"\s[·|•—–/-]\s?$|^$")
SHORT = 60  # characters: a paragraph this short that is little but a date is the article's date line


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an article holds.

    Attributes
    ----------
    article : Article
    sentences, dates, figures, attributions
        All with their places in ``article.text``, in reading order.
    """

    article: Article
    sentences: tuple[Sentence, ...]
    dates: tuple[DateMention, ...]
    figures: tuple[Figure, ...]
    attributions: tuple[Attribution, ...]


def extract(article: Article) -> Extraction:
    """Find sentences, dates, figures with units and attributions.

    >>> found = extract(Article("", "Trade rose 4% in 2030, the ministry said.", "2031-05-14", "en"))
    >>> [(f.value, f.unit) for f in found.figures], [d.date for d in found.dates], [a.source for a in found.attributions]
    ([(4.0, 'pct')], ['2030'], ['the ministry'])
    """
    text, language = article.text, article.language
    stamps = own_date_lines(text, language)
    published = article.published or own_date(text, language, stamps)
    dates = find_dates(text, language, published, own=stamps)
    figures = find_figures(text, language, taken=[*stamps, *((d.start, d.end) for d in dates)])
    attributions = [a for a in find_attributions(text, language) if not _inside(a.start, stamps)]
    kept = Article(article.title, text, published, language)
    return Extraction(kept, tuple(split_sentences(text)), tuple(dates), tuple(figures), tuple(attributions))


def own_date_lines(text: str, language: str) -> list[tuple[int, int]]:
    """Where the article states its own date: time stamps, bylines, and the date line before a dash.

    >>> own_date_lines("By Ana Paz, 14 May 2031", "en"), own_date_lines("PORTO SOL, May 14 (NAN) - Trade fell.", "en")
    ([(0, 23)], [(0, 26)])
    """
    found = []
    for match in re.finditer(r"[^\n]+", text):
        line = match.group()
        if match.start() > 600 and not _STAMP.match(line):
            continue
        dates = find_dates(line, language)
        if not dates:
            continue
        rest = len(line) - sum(d.end - d.start for d in dates)
        stamp = _STAMP.match(line) and len(line) < 160 and not re.search(r"[.!?]\s+\w+\s+\w+\s+\w+\s+\w+", line)
        full = re.fullmatch(r"\d{4}-\d\d-\d\d", dates[-1].date) and _STAMP_END.search(line[: dates[-1].start])
        if stamp or (full and dates[-1].end >= len(line) - 1 and len(line) <= 110) or (len(line) <= SHORT and rest <= 24 and not re.search(r"[.!?]$", line)):
            found.append(match.span())
        elif (dateline := _DATELINE.match(line)) and dates[0].end <= dateline.end() and re.match(r"[A-ZÁÉÍÓÚÑ]", line):
            found.append((match.start(), match.start() + dateline.end()))
    return found


def own_date(text: str, language: str, stamps: list[tuple[int, int]]) -> str:
    """The day that the article's own date lines state; empty where they state none."""
    for start, end in stamps:
        for mention in find_dates(text[start:end], language):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", mention.date):
                return mention.date
    return ""


def _inside(place: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in stretches)
