"""The noun phrases beside a verb of saying, without grammar: where one begins and where it must end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.record.draft.language.credits.speech import OFFICES, PRONOUNS, STRONG, WEAK
from detente.record.draft.language.dates.calendar_words import MONTHS, WEEKDAYS
from detente.record.draft.language.words import LANGUAGES, either, words

_TITLES = r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|St|Hon|Sr|Sra|Dra|Lic|Ing|Gral)\.(?=\s)"
_DOTTED = r"(?:[A-Z]\.){1,4}(?=\s[A-Z(])"  # H.E. Ana Paz, the U.S. Bureau, J. Paz
_BRANCHES = (
    r"(?:[Mm]inist\w+|[Dd]epart\w+|[Ss]ecretar\w+|[Dd]irec\w+|[Cc]hamber|[Cc]ámara|[Cc]ommissi\w+|[Oo]ffice)\s(?:of|for|de|del)\s(?:la\s|the\s)?"
    r"[A-ZÁÉÍÓÚ]\w+(?:\s(?:de\s|of\s)?[A-ZÁÉÍÓÚ]\w+)?(?:,\s[A-ZÁÉÍÓÚ]\w+(?:\s[A-ZÁÉÍÓÚ]\w+)?)+,?\s(?:and|y|e|&)\s[A-ZÁÉÍÓÚ]\w+"
)  # the Ministry of Trade, Industry and Tourism
TOKEN = re.compile(rf"{_BRANCHES}|{_TITLES}|{_DOTTED}|\d[\d.,]*\d|[\w'’.&/-]*\w['’]?|[“”\"«»,;:()—–.!?]|\S")
_OPEN = set('“”"«»‘’;:()—–!?¿¡') | {"'"}


def word_sets(name: str) -> dict[str, frozenset[str]]:
    """A list of words about speakers, by language."""
    return {language: frozenset(words(language, "attributions", name)) for language in LANGUAGES}


_DETERMINERS, _LINKS, _BREAKS, _LEADS, ADVERBS, BE = map(
    word_sets, ("determiners", "links", "breaks", "leads", "adverbs", "be")
)
_QUANTIFIERS = frozenset().union(*word_sets("quantifiers").values())
_FINITE = word_sets("auxiliaries")["en"]
_WHO = {"who", "whose", "quien", "quienes", "cuyo", "cuya", "cuyos", "cuyas"}
_NAME = re.compile(r"[A-ZÁÉÍÓÚÑÜ]")
LY = re.compile(r"\w+ly$|\w+mente$", re.IGNORECASE)
_STOP_INVERTED = word_sets("stop_inverted")
_NOT_LAST = {language: _LINKS[language] | _LEADS[language] | _DETERMINERS[language] for language in LANGUAGES}
_NOT_FIRST = {language: _LINKS[language] | _LEADS[language] for language in LANGUAGES}
_NAMES = 4
"""Words of a name that a comma parts from its verb."""
_POSTED = frozenset({"to", "in", "at", "en", "ante"})
_ASIDE = re.compile(rf"(?:\s{either('attributions', 'aside', 'es')}(?=\s))+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark of a sentence, and its place in it."""

    start: int
    end: int
    text: str

    @property
    def low(self) -> str:
        """The word without its capitals."""
        return self.text.casefold()


def backward(text: str, before: list[Token], language: str) -> tuple[int, int] | None:
    """The noun phrase that ends where the verb begins."""
    tokens = _without_short_names(before)
    while tokens and (tokens[-1].low in ADVERBS[language] or (LY.match(tokens[-1].text) and tokens[-1].text.islower())):
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


def _without_short_names(tokens: list[Token]) -> list[Token]:
    """Without short names in brackets: *the Bureau of Statistics (BS) data*."""
    kept, n = [], 0
    while n < len(tokens):
        if tokens[n].text == "(" and n + 2 < len(tokens) - 1 and tokens[n + 2].text == ")":
            n += 3
            continue
        kept.append(tokens[n])
        n += 1
    return kept


def _with_apposition(text: str, tokens: list[Token], language: str) -> tuple[int, int] | None:
    """*Ana Paz, the trade minister, said*: the name and what stands between the commas."""
    inner, spot = [], len(tokens) - 2
    while spot >= 0 and tokens[spot].text not in _OPEN | {","}:
        inner.insert(0, tokens[spot])
        spot -= 1
    if spot < 0 and 0 < len(inner) <= _NAMES and language == "en" and all(_NAME.match(t.text) for t in inner):
        return inner[0].start, inner[-1].end  # "Zarrabi, said that": a comma before the verb
    if spot <= 0 or tokens[spot].text != "," or not inner or len(inner) > 14:
        return None
    head = _phrase(_run_back(tokens[:spot], language), language)
    if head is None:  # "Por este motivo, el ministro de Ganadería, aseguró": a comma before the verb
        told = OFFICES.search(text[inner[0].start : inner[-1].end]) and inner[0].low in _DETERMINERS[language]
        return (inner[0].start, inner[-1].end) if told and language == "es" else None
    described = (
        OFFICES.search(text[inner[0].start : inner[-1].end])
        or inner[0].low in _DETERMINERS[language]
        or all(_NAME.match(t.text) for t in inner)
    )
    return (head[0], inner[-1].end) if described else head


def described_before(text: str, tokens: list[Token], language: str) -> tuple[int, int] | None:
    """The phrase before a verb that says whose office it is: *Ana Paz, the trade minister,*."""
    commas = [n for n, token in enumerate(tokens[:-1]) if token.text == ","]
    inner = text[tokens[commas[-1]].end : tokens[-1].start] if commas else ""
    office = OFFICES.match(inner.strip()) or (
        re.match(r"\s(?:the|an?|el|la|un|una)\s", inner) and OFFICES.search(inner)
    )
    if not office and not (
        commas and any(OFFICES.fullmatch(t.text) for t in tokens[: commas[-1]]) and _all_names(inner)
    ):
        return None
    return backward(text, tokens, language)


def _all_names(words: str) -> bool:
    return all(_NAME.match(word) for word in words.split())


def _run_back(tokens: list[Token], language: str) -> list[Token]:
    """The words before the verb up to the start of their clause."""
    run: list[Token] = []
    for token in reversed(tokens):
        if token.text in _OPEN or token.text == "," or token.low in _BREAKS[language] or len(run) > 16:
            break
        run.insert(0, token)
    return run


def _phrase(run: list[Token], language: str) -> tuple[int, int] | None:
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
    run = _without_month(run[start:], language)
    while run and run[0].low in links | ADVERBS[language]:
        run = run[1:]
    if not run or len(run) > 14:
        return None
    if all(t.low in PRONOUNS[language] or t.low in determiners for t in run) or run[-1].low in PRONOUNS[language]:
        return None
    if run[-1].low in links | determiners or not re.search(r"[^\W\d]{2}", run[-1].text):
        return None
    return run[0].start, run[-1].end


def _without_month(run: list[Token], language: str) -> list[Token]:
    """*The bulletin for October 2022*: without what it is for."""
    kept = list(run)
    while kept and (re.fullmatch(r"(?:19|20)\d\d", kept[-1].text) or kept[-1].low in MONTHS[language]):
        kept.pop()
    return kept[:-1] if 1 < len(kept) < len(run) and kept[-1].low in _LINKS[language] else run


def _past_adverbial(run: list[Token], language: str) -> int:
    """Where a phrase without a determiner starts: after *On Tuesday*, or at the name next to the verb."""
    if run and run[0].low in _LEADS[language]:
        names = [n for n in range(1, len(run)) if _NAME.match(run[n].text)]
        return names[1] if len(names) > 1 else names[0] if names and names[0] > 1 else len(run)
    return 0


def forward(
    text: str, tokens: list[Token], position: int, language: str, inverted: bool = False
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
    text: str, after: list[Token], stop: frozenset[str] | set[str], language: str, inverted: bool
) -> list[Token] | None:
    """The words up to where a phrase must end; None where what follows the verb is what was said."""
    run: list[Token] = []
    for spot, token in enumerate(after):
        if token.text in _OPEN or token.text == "." or len(run) > 16:
            break
        if token.text == ",":
            return _with_description(run, after[spot + 1 :], text, language)
        posted = token.low in _POSTED and spot + 1 < len(after) and _NAME.match(after[spot + 1].text)
        envoy = posted and (token.low == "to" or any(OFFICES.fullmatch(t.text) for t in run))  # the envoy in Rome
        if run and not envoy and (token.low in stop or _day(token, language)):
            return None if inverted and language == "en" and token.low in _FINITE else run
        if not inverted and _is_verb(token.text, language):
            return run or None  # "según informaron fuentes": the verb's own subject
        run.append(token)
    return run


def _names_a_source(run: list[Token], stop: frozenset[str] | set[str], language: str, inverted: bool) -> bool:
    """Whether a run of words can be somebody: no pronoun, no bare link, and after a verb a name or a noun."""
    if not run or _pronoun(run, language) or not any(re.search(r"[^\W\d]{2}|[A-Z]&[A-Z]", t.text) for t in run):
        return False
    if run[0].low in stop | _NOT_FIRST[language]:
        return False
    named = bool(_NAME.match(run[0].text)) or run[0].low in _DETERMINERS[language]
    return not inverted or named or _noun_like(run)


def _is_verb(word: str, language: str) -> bool:
    """Whether a word can only be a verb of saying; *estimates* and *reports* are nouns after a phrase."""
    weak = WEAK[language].fullmatch(word) and not (language == "en" and word.endswith("s"))
    return bool(STRONG[language].fullmatch(word) or weak)


def _pronoun(run: list[Token], language: str) -> bool:
    """Whether a run is a pronoun; *one minister* and *many traders* are not."""
    first = run[0].low
    return first in PRONOUNS[language] - _DETERMINERS[language] and not (first in _QUANTIFIERS and len(run) > 1)


def _noun_like(run: list[Token]) -> bool:
    return (
        len(run) <= 6
        and run[0].text.isalpha()
        and any(_NAME.match(t.text) or t.low.endswith("s") or OFFICES.match(t.text) for t in run)
    )


def _day(token: Token, language: str) -> bool:
    return (token.low in WEEKDAYS[language] and len(token.low) > 3) or token.low in (
        "yesterday",
        "ayer",
        "hoy",
        "today",
        "last",
    )


def _with_description(run: list[Token], rest: list[Token], text: str, language: str) -> list[Token]:
    """Add *, the trade minister* to a name when it describes an office and the clause ends after it."""
    inner: list[Token] = []
    for token in rest:
        if token.text in _OPEN | {",", "."} or token.low in _BREAKS[language] or len(inner) > 12:
            break
        inner.append(token)
    if run and inner and any(OFFICES.fullmatch(t.text) for t in run) and all(_NAME.match(t.text) for t in inner):
        return [*run, *inner]
    if run and inner and _NAME.match(run[-1].text):
        words = text[inner[0].start : inner[-1].end]
        if re.match(r"(?:la|el)\smayor\s", words):  # the greatest part, and no mayor
            return run
        article = inner[0].low in _DETERMINERS[language]
        if (
            (article and OFFICES.search(words))
            or (OFFICES.match(words) and language == "es")
            or (OFFICES.search(words) and len(inner) < 8)
        ):
            return [*run, *inner]
    return run
