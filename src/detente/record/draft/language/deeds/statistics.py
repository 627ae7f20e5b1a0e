"""What reads like a deed and is a figure: *visitors arrived*, *exports shot up 12%*, *data released yesterday*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.record.draft.language.deeds.deeds import Deed
from detente.record.draft.language.figures import FigureMention

OPEN = ("", "meeting", "happen")
"""Classes whose verbs also tell of what figures count."""
BESIDE = 20
"""Characters between a verb and the percent or money by which something changed."""
BEFORE, AFTER = 80, 45
"""Characters before and after a verb within which what it is about may stand."""
PART = 60
"""Characters between a verb and what it counts."""
_APART = re.compile(r"[,;:]")
_SPAN = re.compile(
    r"(?:year|month|week|day|hour|minute|decade|centur|año|mes|semana|día|hora|minuto|década|siglo)", re.IGNORECASE
)
_COUNTED = ("pct", "times")
_DATA = re.compile(
    r"\b(?:data|figures|statistics|bulletin|survey|database|numbers|cifras|datos|estad[íi]sticas|encuesta|bolet[íi]n)\b",
    re.IGNORECASE,
)
_OF_THE_YEAR = re.compile(
    r"\s(?:of the (?:year|month|quarter|day)|del? (?:año|mes|ejercicio|trimestre|día))\b", re.IGNORECASE
)


def is_statistic(text: str, deed: Deed, figures: Sequence[FigureMention]) -> bool:
    """Whether what looks like a deed tells of figures.

    Parameters
    ----------
    figures : the figures of its sentence.
    """
    if deed.name in OPEN and any(_is_counted(text, deed, figure) for figure in figures):
        return True
    if _OF_THE_YEAR.match(text, deed.end):
        return True
    near = text[max(0, deed.start - BEFORE) : deed.end + AFTER]
    if deed.name not in ("protest", "force") and _DATA.search(near):
        return True
    return any(f.unit in _COUNTED and 0 <= f.start - deed.end <= BESIDE for f in figures)


def _is_counted(text: str, deed: Deed, figure: FigureMention) -> bool:
    """Whether a figure that is no span of time stands in the same part of the sentence as a deed."""
    if _SPAN.match(figure.unit):
        return False
    between = text[deed.end : figure.start] if figure.start >= deed.end else text[figure.end : deed.start]
    return len(between) <= PART and not _APART.search(between)
