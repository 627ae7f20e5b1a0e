"""Who is credited with what the article says: *the Associated Press reported*, *según el ministerio*.

No grammar is parsed. A verb of saying (or a phrase such as *according to*) is
found first; the source is the noun phrase before it, or after it where the
verb follows a quotation or a comma. Pronouns name no source and give nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.record.draft.language.credits.headlines import in_headline
from detente.record.draft.language.credits.phrases import (
    ADVERBS,
    BE,
    LY,
    TOKEN,
    Token,
    backward,
    described_before,
    forward,
    word_sets,
)
from detente.record.draft.language.credits.releases import is_bare_data, who_released
from detente.record.draft.language.credits.speech import ACCORDING, CITING, NEVER_INVERTED, ONLY_SPEECH, STRONG, WEAK
from detente.record.draft.language.entities import economies_in
from detente.record.draft.language.sentences import Sentence, split_sentences
from detente.record.draft.language.words import LANGUAGES, either


@dataclass(frozen=True, slots=True)
class Credit:
    """A source credited in the text: its place (with the crediting word), its words, and the source."""

    start: int
    end: int
    text: str
    source: str


LONGEST = 2500  # characters: nobody writes a longer sentence, so there is no source to find in one


_AFTER_WEAK = {
    language: re.compile(rf"\s?[,:]?\s?{either('attributions', 'reported', language)}|\s?[:,.]")
    for language in LANGUAGES
}
_ON_A_DAY = re.compile(
    r"(?:,?\s(?:(?:on|este|el)\s)?(?:today|yesterday|hoy|ayer|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)\w*|,?\s(?:este|el)\s(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo))+(?:,(?=\s))?"
)
"""Between a verb and what it says: *Data showed today, Tuesday, an increase*."""
_THAT = re.compile(r"\s?[,:]?\s?(?:that\b|que\b|[“\"‘«])|\s?[:,]")
_NOBODY = {"per", "as per", "via", "the two sides", "two sides", "him", "her", "them", "él", "ella", "ellos", "ellas"}
_NOT_SAYING = {language: re.compile(rf"\s{either('attributions', 'otherwise', language)}") for language in LANGUAGES}
_TO_FUTURE = re.compile(r"\sto\s\w+")
_OF_DATA = word_sets("of_data")["en"]
_DATA = re.compile(rf"\b{either('attributions', 'data', 'en')}\b|[A-Z]")


def find_credits(text: str, language: str) -> list[Credit]:
    """The sources that ``text`` credits, in reading order.

    >>> text = 'Trade fell, according to the customs office. "It hurt," said Ana Paz, a driver.'
    >>> [a.source for a in find_credits(text, "en")]
    ['the customs office', 'Ana Paz, a driver']
    """
    found: list[Credit] = []
    for sentence in split_sentences(text):
        if len(sentence.text) <= LONGEST:
            found += _in_sentence(sentence, language)
    found.sort(key=lambda a: a.start)
    kept: list[Credit] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def _in_sentence(sentence: Sentence, language: str) -> list[Credit]:
    text = sentence.text
    tokens = [Token(m.start(), m.end(), m.group()) for m in TOKEN.finditer(text)]
    found = []
    for match in ACCORDING[language].finditer(text):
        source = forward(text, tokens, match.end(), language)
        if source:
            source = who_released(text, source, language, len(text))
            found.append((match.start(), source[1], source))
    for strong, pattern in ((True, STRONG[language]), (False, WEAK[language])):
        for match in pattern.finditer(text):
            if any(start <= match.start() < end for start, end, _ in found):
                continue
            source = _of_verb(text, tokens, match, strong, language)
            if source:
                source = who_released(text, source, language, match.start() if source[0] < match.start() else len(text))
                found.append((min(match.start(), source[0]), max(match.end(), source[1]), source))
    if not found and (named := in_headline(text)):
        found.append((*named, named))
    if not found:
        cited = [(m, forward(text, tokens, m.end(), language)) for m in CITING[language].finditer(text)]
        found += [(match.start(), source[1], source) for match, source in cited if source]
    return [
        Credit(sentence.start + start, sentence.start + end, text[start:end], who)
        for start, end, source in found
        if (who := _whom(text[source[0] : source[1]])) and who.casefold() not in _NOBODY
    ]


_AMOUNT = re.compile(r"[$€£%]|\d\s(?:million|billion|millones)\b")
_MEASURED = re.compile(
    r"\b(?:value|volume|number|population|price|production|output|consumption|demand|total|exports|imports|deficit|surplus|turnover|sales|shipments|inflows?|outflows?|border|crossing|trade\sbalance|trade"
    r"|exportaciones|importaciones|ventas|compras|envíos|entradas|valor|volumen|número|población|precio|producción|consumo|demanda|comercio|intercambio|déficit|superávit|saldo|balanza|frontera)"
    r"(?:\s(?:of|with|from|to|in|between|de|del|con|a|al|entre|hacia)\b.*)?$"
)
"""What is counted, not who counts: *the value of trade tallied $3m*."""
WHO_COUNTS = re.compile(
    r"\b(?:data|figures|statistics|report|datos|cifras|estadísticas|informe|reporte)\b|\b(?:[Mm]inist|[Dd]epart|[Cc]hamber|[Cc]ámara"
    r"|[Oo]ffice|[Aa]ssociat|[Aa]sociaci|[Ff]edera|[Oo]rgani|[Uu]nion|[Cc]ouncil|[Bb]ank|[Bb]anco"
    r"|[Ss]ecretar|[Ii]nstitut|[Bb]ureau|[Cc]ommission|[Dd]atabase|[Ss]urvey|[Rr]egist|[Aa]genc|[Aa]uthorit|[Nn]ations\b|base\sde\sdatos|[A-Z]{3,})"
)
_BY = re.compile(r"\b(?:by|por)\s(?=(?:the\s|el\s|la\s)?[A-ZÁÉÍÓÚÑ])")


def _whom(source: str) -> str:
    """A speaker's name; of one that ran on over an amount ("worth $6bn by Ana Paz's") what follows its last *by*, or none."""
    if re.match(r"\d+\s[a-z]", source):  # the Kingdom had 21 projects
        return ""
    if _MEASURED.search(source) and not WHO_COUNTS.search(source):
        return ""
    if not _AMOUNT.search(source):
        return source
    last = [m.end() for m in _BY.finditer(source)]
    name = source[last[-1] :].removesuffix("'s").removesuffix("’s") if last else ""
    return "" if _AMOUNT.search(name) else name


def _of_verb(
    text: str, tokens: list[Token], verb: re.Match[str], strong: bool, language: str
) -> tuple[int, int] | None:
    """The source of a verb of saying: before it, or after it where it follows a quotation or a comma."""
    if _NOT_SAYING[language].match(text, verb.end()) or text[verb.end() : verb.end() + 1] == "-":
        return None
    before = _without_bracket([t for t in tokens if t.end <= verb.start()])
    if _passive(before, language):
        return None
    day = _ON_A_DAY.match(text, verb.end())
    beside = bool(_AFTER_WEAK[language].match(text, day.end() if day else verb.end())) or verb.end() >= len(text) - 1
    last = before[-1].text if before else ""
    quoted = last in "”\"»“,—–-’'" and last != ""
    if last == "," and (described := described_before(text, before, language)):
        return described
    if (quoted or not before) and not NEVER_INVERTED.fullmatch(verb.group()):
        source = forward(text, tokens, verb.end(), language, inverted=True)
        if source and _whom(text[slice(*source)]):
            return source
    if not strong and not beside:
        return None
    if ONLY_SPEECH[language].fullmatch(verb.group()) and not (
        _THAT.match(text, verb.end())
        or re.search(r"[”\"»]", text[: verb.start()])
        or _TRAILS.search(text, 0, verb.start())
    ):
        return None
    if not strong and _TO_FUTURE.match(text, verb.end()):
        return None
    source = backward(text, before, language)
    if source is not None and is_bare_data(text, source) and _PARTICIPLE.match(text, verb.start()):
        return None  # figures published on Monday by the office
    if (
        source is not None
        and _HAS.match(text, verb.start())
        and _HAD_CHANGE.match(text, verb.end())
        and not _COUNTS.search(text[source[0] : source[1]])
    ):
        return None  # the sector reported a fall
    if source is not None and not strong and _is_country(text[source[0] : source[1]]):
        return None  # Serbia recorded a gap
    if source is None and language == "es" and strong and not _is_relative(before, verb.group()):
        return forward(text, tokens, verb.end(), language, inverted=True)
    if source is None:
        return None
    if language == "en" and verb.group() in _OF_DATA and not _DATA.search(text, source[0], source[1]):
        return None
    return source


def _is_relative(before: list[Token], verb: str) -> bool:
    """Whether a verb's subject is the word before *que*: *una cifra que resalta la importancia del sector*."""
    words = [token.low for token in before[-2:]]
    return len(words) == 2 and words[1] == "que" and words[0] != "lo" and verb.endswith(("a", "an", "e", "en"))


_TRAILS = re.compile(r",\s(?:[\w.&-]+\s){0,5}?(?:[A-Z][\w.&-]*\s){1,4}$")
"""Before a verb at the end of a sentence: *Trade fell 4%, Reuters reports*."""
_PARTICIPLE = re.compile(
    r"(?:published|disclosed|reported|revealed|cited|recorded|listed)\s(?:on|by|in|this|last|yesterday|[A-Z]\w+day)\b"
)
_HAS = re.compile(
    r"(?:report|record|regist|post|show|list|count|muestr|mostr|cuent|revel|public|present)", re.IGNORECASE
)
"""Verbs that tell of what their subject has as well as of what it says."""
_HAD_CHANGE = re.compile(
    rf"\s(?:[\w.,%]+\s){{0,4}}?(?:{either('pairing', 'fall', *LANGUAGES)}|{either('pairing', 'rise', *LANGUAGES)}"
    r"|surplus|deficit|gap|superávit|déficit)",
    re.IGNORECASE,
)
_COUNTS = re.compile(rf"{WHO_COUNTS.pattern}|\b[A-Z]{{2,6}}\b")


_NO_SPEAKERS = {
    "the country",
    "the nation",
    "the economy",
    "both countries",
    "the two countries",
    "el país",
    "la nación",
    "ambos países",
}
_INSTITUTION = re.compile(
    r"(?:Statistics|Customs|Bank|Business|Enterprise|Invest|Trade|Stats|Finance|Aduanas|Banco|Pro|Prom)\b|.*\s(?:XXI|Customs|Statistics)$"
)
"""Institutions that carry their economy's name: *Statistics Norway*, *Uruguay XXI*."""


def _is_country(source: str) -> bool:
    """Whether a source is an economy and nobody in it: countries record gaps, and do not say so."""
    if source.casefold() in _NO_SPEAKERS:
        return True
    named = len(source.split()) <= 3 and bool(economies_in(source))
    return named and not re.search(r"['’]s\b", source) and not _INSTITUTION.match(source)


def _without_bracket(before: list[Token]) -> list[Token]:
    """Without the short name in brackets right before the verb: *the State Bank (SB) said*."""
    if len(before) > 4 and before[-1].text == "," and before[-2].text == ")" and before[-4].text == "(":
        return before[:-4]
    if len(before) > 3 and before[-1].text == ")" and before[-3].text == "(":
        return before[:-3]
    return before


def _passive(before: list[Token], language: str) -> bool:
    words = [t.low for t in before[-2:]]
    if not words:
        return False
    adverb = len(words) == 2 and (words[1] in ADVERBS[language] or LY.match(words[1]))
    return words[-1] in BE[language] | {"to"} or bool(adverb and words[0] in BE[language])
