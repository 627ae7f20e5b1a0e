"""The words that credit a source: verbs of saying and phrases such as *according to*, in English and Spanish."""

from __future__ import annotations

import re

from detente.record.draft.language.words import LANGUAGES, either, words

_ENDINGS = ("ó", "aron", "a", "an", "aba", "aban", "ará", "arán")  # of regular Spanish verbs in -ar
_IRREGULAR = (
    "dicho|escrito|expuesto|sostenido|mantenido|advertido|reconocido|insistido|añadido|admitido|concluido|sugerido"
    "|referido|repetido|resumido|asumido|dado a conocer|hecho saber"
)  # Spanish participles


def _strong(language: str) -> re.Pattern[str]:
    """Verbs that credit whatever follows or goes before."""
    verbs = words(language, "attributions", "strong")
    if language == "es":
        weak = {*words("es", "attributions", "weak"), "conta", "contan"}
        regular = [stem + end for stem in words("es", "attributions", "regular") for end in _ENDINGS]
        stems = "|".join(words("es", "attributions", "regular"))
        perfect = rf"(?:ha|han|había|habían) (?:{_IRREGULAR}|(?:{stems})ado)"
        verbs = [v for v in sorted({*verbs, *regular}, key=len, reverse=True) if v not in weak] + [perfect]
    return re.compile(rf"\b(?:{either('attributions', 'phrases', language)}|{'|'.join(verbs)})\b")


def _weak(language: str) -> re.Pattern[str]:
    """Verbs that credit only with a quotation, *that*, a colon or the like beside them."""
    verbs = sorted(words(language, "attributions", "weak"), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(verbs)})\b")


STRONG = {language: _strong(language) for language in LANGUAGES}
WEAK = {language: _weak(language) for language in LANGUAGES}
ACCORDING = {
    language: re.compile(rf"\b{either('attributions', 'according', language)}\s", re.IGNORECASE)
    for language in LANGUAGES
}
CITING = {
    language: re.compile(rf"\b{either('attributions', 'citing', language)}\s", re.IGNORECASE) for language in LANGUAGES
}
# These credit only before "that" or beside a quotation: "the deal added 3%" credits nobody.
ONLY_SPEECH = {language: re.compile(either("attributions", "only_speech", language)) for language in LANGUAGES}
NEVER_INVERTED = re.compile(r"told|tells?|called|calls?|described|describes?|put|puts|found|finds?|shows?|showed")
PRONOUNS = {language: frozenset(words(language, "attributions", "pronouns")) for language in LANGUAGES}
OFFICES = re.compile(rf"\b{either('offices', 'words', *LANGUAGES)}\b", re.IGNORECASE)
