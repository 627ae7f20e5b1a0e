"""Whether a sentence may credit somebody who was not read; its rows are then never ``high``.

There are more ways to credit a source than any list holds. So this asks for less: whether words that credit are left over,
or, where nobody is credited, whether the sentence speaks of anybody or anything that could have said what it says.
"""

from __future__ import annotations

import re

from detente.record.draft.language.credits.finding import WHO_COUNTS
from detente.record.draft.language.credits.headlines import is_registered
from detente.record.draft.language.credits.speech import ACCORDING, CITING, OFFICES, STRONG
from detente.record.draft.language.entities import economies_in
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.certainty import Surroundings
from detente.record.draft.tying.speakers import SPEAKS

_NAME = r"[A-ZÁÉÍÓÚÑ][\w.&’'-]*"
_WORD = r"[^\W\d][\w’'.-]*"
_SOURCES = (
    re.compile(rf"\b{either('certainty', 'untold', *LANGUAGES)}\b", re.IGNORECASE),
    SPEAKS,
    OFFICES,
    WHO_COUNTS,
    re.compile(r"\b[A-Z]{3,}\b"),
)
"""Surveys, data, reports, offices, and short names of institutions."""
_FORMS = (
    re.compile(
        rf"\b(?:[Ss]?[Hh]e|[Tt]hey|{_NAME}),?\s(?:\w+ly\s)?[a-z]+(?:[ds]|ed)\sthat\b|\b\w+(?:ó|aron|ieron)\sque\b"
    ),
    re.compile(rf"\({_NAME}(?:\s{_NAME}){{0,5}}\)[.”\"]*$"),
    re.compile(rf",\s(?!\w+ing\b)[a-záéíóúñ]+\s(?:{_WORD}\s){{0,3}}?{_NAME}(?:\s{_WORD}){{0,4}}[.”\"]*$"),
)
"""Somebody and a verb before *that*; a name in brackets at the end; a verb and a name at the end."""
_NAMES = re.compile(rf"\b{_NAME}(?:\s(?:de|del|of|the|la|el|and|y)\s{_NAME}|\s{_NAME})*")


def is_untold(around: Surroundings, language: str) -> bool:
    """Whether somebody may be credited who was not read.

    Examples
    --------
    >>> from detente.record.draft.clean import Article
    >>> from detente.record.draft.drafting import draft_claims
    >>> texts = "Exports fell 4% in 2019.", "Exports fell 4% in 2019, Ana Paz opined.", "WITS gives exports of $4m in 2019."
    >>> [draft_claims(Article("", text, "2020-05-01", "en"), "N").rows[0].confidence for text in texts]
    ['high', 'medium', 'medium']
    """
    left_over = around.without(around.credits)
    if any(words[language].search(left_over) for words in (STRONG, ACCORDING, CITING)):
        return True
    if around.credits:
        return False
    said = around.without((*around.figures, *around.dates))
    names = [found.group() for found in _NAMES.finditer(said)]
    told = any(words.search(said) for words in _SOURCES) or any(form.search(around.sentence.text) for form in _FORMS)
    return told or any(is_registered(name) or (" " in name and not economies_in(name)) for name in names)
