"""The historic present of verbs that tell of acts: *Peru imposes a tariff*, *Perú expulsa al embajador*."""

from __future__ import annotations

import re
from collections.abc import Sequence

REGULAR = re.compile(r"(?:re-\?)?[a-z]+ed")
"""English acts whose forms can be told from their past."""
_ENDINGS = {"i(?:ó|eron)": "en?", "(?:ó|aron)": "an?"}
"""Of Spanish verbs, the present by the simple past as the rules write it."""
_CHANGED = {"cerr": "cierr", "renov": "renuev", "aprob": "aprueb", "despleg": "desplieg", "demostr": "demuestr"}
"""Stems whose vowel changes in the present."""


def present_of(acts: Sequence[str], language: str) -> re.Pattern[str] | None:
    """The historic present of regular verbs.

    >>> bool(present_of(["imposed", "banned"], "en").search("Peru bans imports")), present_of(["cut"], "en")
    (True, None)
    >>> present_of(["cerr(?:ó|aron)", "suspendi(?:ó|eron)"], "es").findall("Chile suspende vuelos, Perú cierra la frontera")
    ['suspende', 'cierra']
    """
    forms = {"en": _english, "es": _spanish}[language](acts)
    return re.compile(rf"\b(?:{'|'.join(forms)})\b") if forms else None


def _english(acts: Sequence[str]) -> list[str]:
    stems = [act for act in acts if REGULAR.fullmatch(act)]
    forms = [form for stem in stems for form in (stem[:-1] + "s", stem[:-2] + "s", stem[:-2] + "es", stem[:-3] + "s")]
    return forms + ([r"goe?s? into (?:force|effect)", "takes? effect"] if "took effect" in acts else [])


def _spanish(acts: Sequence[str]) -> list[str]:
    stems = [(act.removesuffix(past), now) for act in acts for past, now in _ENDINGS.items() if act.endswith(past)]
    return [_CHANGED.get(stem, stem) + now for stem, now in dict(stems).items() if stem.isalpha()]
