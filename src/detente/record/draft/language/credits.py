"""Who is credited with what the article says: *the Associated Press reported*, *según el ministerio*.

No grammar is parsed. A verb of saying (or a phrase such as *according to*) is
found first; the source is the noun phrase before it, or after it where the
verb follows a quotation or a comma. Pronouns name no source and give nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.record.draft.language.dates.calendar_words import WEEKDAYS
from detente.record.draft.language.sentences import Sentence, split_sentences
from detente.record.draft.language.speech import ACCORDING, NEVER_INVERTED, OFFICES, ONLY_SPEECH, PRONOUNS, STRONG, WEAK
from detente.record.draft.language.words import LANGUAGES, either, words


@dataclass(frozen=True, slots=True)
class Credit:
    """A source credited in the text: its place (with the crediting word), its words, and the source."""

    start: int
    end: int
    text: str
    source: str


LONGEST = 2500  # characters: nobody writes a longer sentence, so there is no source to find in one
_TOKEN = re.compile(r"[\w'’.&/-]*\w['’]?|[“”\"«»,;:()—–.!?]|\S")
_OPEN = set('“”"«»;:()—–!?¿¡')


def _sets(name: str) -> dict[str, frozenset[str]]:
    return {language: frozenset(words(language, "attributions", name)) for language in LANGUAGES}


_DETERMINERS, _LINKS, _BREAKS, _LEADS, _ADVERBS, _BE = map(
    _sets, ("determiners", "links", "breaks", "leads", "adverbs", "be")
)
_QUANTIFIERS = frozenset().union(*_sets("quantifiers").values())
_FINITE = _sets("auxiliaries")["en"]
_WHO = {"who", "quien", "quienes"}
_NAME = re.compile(r"[A-ZÁÉÍÓÚÑÜ]")
_LY = re.compile(r"\w+ly$|\w+mente$", re.IGNORECASE)
_AFTER_WEAK = {
    language: re.compile(rf"\s?[,:]?\s?{either('attributions', 'reported', language)}|\s?[:,.]")
    for language in LANGUAGES
}
_THAT = re.compile(r"\s?[,:]?\s?(?:that\b|que\b|[“\"‘«])|\s?[:,]")
_NOBODY = {"per", "as per", "via", "the two sides", "two sides"}
_STOP_INVERTED = _sets("stop_inverted")
_NOT_LAST = {language: _LINKS[language] | _LEADS[language] | _DETERMINERS[language] for language in LANGUAGES}
_NOT_FIRST = {language: _LINKS[language] | _LEADS[language] for language in LANGUAGES}
_ASIDE = re.compile(rf"(?:\s{either('attributions', 'aside', 'es')}(?=\s))+")
_NOT_SAYING = {language: re.compile(rf"\s{either('attributions', 'otherwise', language)}") for language in LANGUAGES}
_TO_FUTURE = re.compile(r"\sto\s\w+")
_OF_DATA = _sets("of_data")["en"]
_DATA = re.compile(rf"\b{either('attributions', 'data', 'en')}\b|[A-Z]")


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str

    @property
    def low(self) -> str:
        return self.text.casefold()


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
    tokens = [_Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]
    found = []
    for match in ACCORDING[language].finditer(text):
        source = _forward(text, tokens, match.end(), language)
        if source:
            found.append((match.start(), source[1], source))
    for strong, pattern in ((True, STRONG[language]), (False, WEAK[language])):
        for match in pattern.finditer(text):
            if any(start <= match.start() < end for start, end, _ in found):
                continue
            source = _of_verb(text, tokens, match, strong, language)
            if source:
                found.append((min(match.start(), source[0]), max(match.end(), source[1]), source))
    return [
        Credit(sentence.start + start, sentence.start + end, text[start:end], who)
        for start, end, source in found
        if (who := _whom(text[source[0] : source[1]])) and who.casefold() not in _NOBODY
    ]


_AMOUNT = re.compile(r"[$€£%]|\d\s(?:million|billion|millones)\b")
_MEASURED = re.compile(r"(?:the\s)?(?:value|volume|total|exports|imports)\b", re.IGNORECASE)
"""What is counted, not who counts: *the value of trade tallied $3m*."""
_BY = re.compile(r"\b(?:by|por)\s(?=(?:the\s|el\s|la\s)?[A-ZÁÉÍÓÚÑ])")


def _whom(source: str) -> str:
    """A speaker's name; of one that ran on over an amount ("worth $6bn by Ana Paz's") what follows its last *by*, or none."""
    if _MEASURED.match(source):
        return ""
    if not _AMOUNT.search(source):
        return source
    last = [m.end() for m in _BY.finditer(source)]
    name = source[last[-1] :].removesuffix("'s").removesuffix("’s") if last else ""
    return "" if _AMOUNT.search(name) else name


def _of_verb(
    text: str, tokens: list[_Token], verb: re.Match[str], strong: bool, language: str
) -> tuple[int, int] | None:
    """The source of a verb of saying: before it, or after it where it follows a quotation or a comma."""
    if _NOT_SAYING[language].match(text, verb.end()) or text[verb.end() : verb.end() + 1] == "-":
        return None
    before = _without_bracket([t for t in tokens if t.end <= verb.start()])
    if _passive(before, language):
        return None
    beside = bool(_AFTER_WEAK[language].match(text, verb.end())) or verb.end() >= len(text) - 1
    last = before[-1].text if before else ""
    quoted = last in '”"»,—–' and last != ""
    if (quoted or not before) and not NEVER_INVERTED.fullmatch(verb.group()):
        source = _forward(text, tokens, verb.end(), language, inverted=True)
        if source:
            return source
    if not strong and not beside:
        return None
    if ONLY_SPEECH[language].fullmatch(verb.group()) and not (
        _THAT.match(text, verb.end()) or re.search(r"[”\"»]", text[: verb.start()])
    ):
        return None
    if not strong and _TO_FUTURE.match(text, verb.end()):
        return None
    source = _backward(text, before, language)
    if source is None and language == "es" and strong:
        return _forward(text, tokens, verb.end(), language, inverted=True)
    if source is None:
        return None
    if language == "en" and verb.group() in _OF_DATA and not _DATA.search(text, source[0], source[1]):
        return None
    return source


def _without_bracket(before: list[_Token]) -> list[_Token]:
    """Without the short name in brackets right before the verb: *the State Bank (SB) said*."""
    if len(before) > 4 and before[-1].text == "," and before[-2].text == ")" and before[-4].text == "(":
        return before[:-4]
    if len(before) > 3 and before[-1].text == ")" and before[-3].text == "(":
        return before[:-3]
    return before


def _passive(before: list[_Token], language: str) -> bool:
    words = [t.low for t in before[-2:]]
    if not words:
        return False
    adverb = len(words) == 2 and (words[1] in _ADVERBS[language] or _LY.match(words[1]))
    return words[-1] in _BE[language] | {"to"} or bool(adverb and words[0] in _BE[language])


def _backward(text: str, before: list[_Token], language: str) -> tuple[int, int] | None:
    """The noun phrase that ends where the verb begins."""
    tokens = list(before)
    while tokens and (
        tokens[-1].low in _ADVERBS[language] or (_LY.match(tokens[-1].text) and tokens[-1].text.islower())
    ):
        tokens.pop()
    if not tokens:
        return None
    if tokens[-1].text == ",":
        return _with_apposition(text, tokens, language)
    who = next(
        (n for n in range(len(tokens) - 1, 0, -1) if tokens[n].low in _WHO or tokens[n].text in _OPEN | {","}), 0
    )
    if tokens[who].low in _WHO:  # a negotiator who asked not to be named said
        tokens = tokens[:who]
    return _phrase(_run_back(tokens, language), language)


def _with_apposition(text: str, tokens: list[_Token], language: str) -> tuple[int, int] | None:
    """*Ana Paz, the trade minister, said*: the name and what stands between the commas."""
    inner, spot = [], len(tokens) - 2
    while spot >= 0 and tokens[spot].text not in _OPEN | {","}:
        inner.insert(0, tokens[spot])
        spot -= 1
    if spot <= 0 or tokens[spot].text != "," or not inner or len(inner) > 14:
        return None
    head = _phrase(_run_back(tokens[:spot], language), language)
    if head is None:
        return None
    described = (
        OFFICES.search(text[inner[0].start : inner[-1].end])
        or inner[0].low in _DETERMINERS[language]
        or all(_NAME.match(t.text) for t in inner)
    )
    return (head[0], inner[-1].end) if described else head


def _run_back(tokens: list[_Token], language: str) -> list[_Token]:
    """The words before the verb up to the start of their clause."""
    run: list[_Token] = []
    for token in reversed(tokens):
        if token.text in _OPEN or token.text == "," or token.low in _BREAKS[language] or len(run) > 16:
            break
        run.insert(0, token)
    return run


def _phrase(run: list[_Token], language: str) -> tuple[int, int] | None:
    """The noun phrase at the end of ``run``: an adverbial in front and what is no noun phrase are left out."""
    links, determiners = _LINKS[language], _DETERMINERS[language]
    start = 0
    for spot in range(len(run) - 1, -1, -1):
        if (
            run[spot].low in determiners
            and (run[spot].text.islower() or spot == 0)
            and (spot == 0 or run[spot - 1].low not in links | determiners)
        ):
            start = spot
            break
    else:
        start = _past_adverbial(run, language)
    run = run[start:]
    while run and run[0].low in links | _ADVERBS[language]:
        run = run[1:]
    if not run or len(run) > 14:
        return None
    if all(t.low in PRONOUNS[language] or t.low in determiners for t in run) or run[-1].low in PRONOUNS[language]:
        return None
    if run[-1].low in links | determiners or not re.search(r"[^\W\d]{2}", run[-1].text):
        return None
    return run[0].start, run[-1].end


def _past_adverbial(run: list[_Token], language: str) -> int:
    """Where a phrase without a determiner starts: after *On Tuesday*, or at the name next to the verb."""
    if run and run[0].low in _LEADS[language]:
        names = [n for n in range(1, len(run)) if _NAME.match(run[n].text)]
        return names[1] if len(names) > 1 else names[0] if names and names[0] > 1 else len(run)
    return 0


def _forward(
    text: str, tokens: list[_Token], position: int, language: str, inverted: bool = False
) -> tuple[int, int] | None:
    """The noun phrase that starts at ``position``; ``inverted`` where a verb of saying stands before it."""
    aside = _ASIDE.match(text, position) if inverted and language == "es" else None
    after = [t for t in tokens if t.start >= (aside.end() if aside else position)]
    stop = _BREAKS[language] | (_STOP_INVERTED[language] if inverted else frozenset())
    run = _run_forward(text, after, stop, language, inverted)
    if run is None:
        return None
    while run and run[-1].low in _NOT_LAST[language]:
        run.pop()
    return (run[0].start, run[-1].end) if _names_a_source(run, stop, language, inverted) else None


def _run_forward(
    text: str, after: list[_Token], stop: frozenset[str] | set[str], language: str, inverted: bool
) -> list[_Token] | None:
    """The words up to where a phrase must end; None where what follows the verb is what was said."""
    run: list[_Token] = []
    for spot, token in enumerate(after):
        if token.text in _OPEN or token.text == "." or len(run) > 16:
            break
        if token.text == ",":
            return _with_description(run, after[spot + 1 :], text, language)
        envoy = token.low == "to" and spot + 1 < len(after) and _NAME.match(after[spot + 1].text)  # the envoy to Rome
        if run and not envoy and (token.low in stop or _day(token, language)):
            return None if inverted and language == "en" and token.low in _FINITE else run
        if not inverted and run and _is_verb(token.text, language):
            break
        run.append(token)
    return run


def _names_a_source(run: list[_Token], stop: frozenset[str] | set[str], language: str, inverted: bool) -> bool:
    """Whether a run of words can be somebody: no pronoun, no bare link, and after a verb a name or a noun."""
    if not run or _pronoun(run, language) or not any(re.search(r"[^\W\d]{2}", t.text) for t in run):
        return False
    if run[0].low in stop | _NOT_FIRST[language]:
        return False
    named = bool(_NAME.match(run[0].text)) or run[0].low in _DETERMINERS[language]
    return not inverted or named or _noun_like(run)


def _is_verb(word: str, language: str) -> bool:
    """Whether a word can only be a verb of saying; *estimates* and *reports* are nouns after a phrase."""
    weak = WEAK[language].fullmatch(word) and not (language == "en" and word.endswith("s"))
    return bool(STRONG[language].fullmatch(word) or weak)


def _pronoun(run: list[_Token], language: str) -> bool:
    """Whether a run is a pronoun; *one minister* and *many traders* are not."""
    first = run[0].low
    return first in PRONOUNS[language] - _DETERMINERS[language] and not (first in _QUANTIFIERS and len(run) > 1)


def _noun_like(run: list[_Token]) -> bool:
    return (
        len(run) <= 6
        and run[0].text.isalpha()
        and any(_NAME.match(t.text) or t.low.endswith("s") or OFFICES.match(t.text) for t in run)
    )


def _day(token: _Token, language: str) -> bool:
    return (token.low in WEEKDAYS[language] and len(token.low) > 3) or token.low in (
        "yesterday",
        "ayer",
        "hoy",
        "today",
        "last",
    )


def _with_description(run: list[_Token], rest: list[_Token], text: str, language: str) -> list[_Token]:
    """Add *, the trade minister* to a name when it describes an office and the clause ends after it."""
    inner: list[_Token] = []
    for token in rest:
        if token.text in _OPEN | {",", "."} or token.low in _BREAKS[language] or len(inner) > 12:
            break
        inner.append(token)
    if run and inner and any(OFFICES.fullmatch(t.text) for t in run) and all(_NAME.match(t.text) for t in inner):
        return [*run, *inner]
    if run and inner and _NAME.match(run[-1].text):
        words = text[inner[0].start : inner[-1].end]
        article = inner[0].low in _DETERMINERS[language]
        if (
            (article and OFFICES.search(words))
            or (OFFICES.match(words) and language == "es")
            or (OFFICES.search(words) and len(inner) < 8)
        ):
            return [*run, *inner]
    return run
