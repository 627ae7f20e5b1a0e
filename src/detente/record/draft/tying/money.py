"""Whose money a figure is in, where its sign or noun does not say: *118 million dinars*, the *$* of a statistics office."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from detente.economies import name_of
from detente.record.draft.language.entities import economies_in
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.people import bolivians_follow
from detente.record.draft.language.units import AMBIGUOUS, MONEY, money_called, unit_at
from detente.record.verdicts.independence.organisations import country_in, default_register

_OFFICES = frozenset({"statistics", "central bank", "customs"})
_US_DOLLAR = re.compile(
    r"\bUS\s?\$|\bU\.S\.\s?\$|\bUSD\b|\bUS dollars?\b|\bU\.S\. dollars?\b|\bAmerican dollars?\b|[A-Z]\$"
)


def in_own_money(figure: FigureMention, dyad: Sequence[str], sentence: str, text: str) -> FigureMention:
    """A figure in the money of one economy that is spoken of, where its own words leave that open.

    The currency that the text has named in full comes first, then those of the study's two economies, of those that the
    sentence names, and of those that the text does. A bare *$*
    is another dollar only where the text is of one economy's offices and names no dollar at all.
    """
    if is_bare_dollar(figure):
        twin = _TOLD_IN_US_DOLLARS.search(text)  # $20 billion (US$13.1 billion): here, or elsewhere in the text
        own = _other_dollar(sentence) or _other_dollar(text) or _main_dollar(text) if twin else dollar_of_offices(text)
        own = own or _peso_beside(figure, text)
        return replace(figure, unit=own + figure.unit.removeprefix("usd")) if own else figure
    noun, slash, rate = figure.unit.partition("/")
    if noun == "xof":
        return replace(figure, unit=_franc_of_union(dyad, sentence, text) + slash + rate)
    if not noun.isalpha() or noun in MONEY - AMBIGUOUS:
        return figure
    if noun == "bolivianos" and bolivians_follow(text, figure.end):
        return figure
    if code := _named(noun, text):
        return replace(figure, unit=code + slash + rate)
    for economies in (dyad, _spoken_of(sentence), _owners_of_offices(text), _spoken_of(text)):
        codes = {money_called(noun, economy) for economy in economies} - {""}
        if len(codes) == 1:
            return replace(figure, unit=codes.pop() + slash + rate)
    return figure


@lru_cache(maxsize=256)
def _named(noun: str, text: str) -> str:
    """The one currency that a text gives a noun its full name for, *Jordanian dinars*; empty where there is none or more."""
    found = set[str]()
    for word in re.finditer(rf"\b{re.escape(noun)}\b", text, re.IGNORECASE):
        starts = [m.start() for m in re.finditer(r"(?<!\w)\w", text[max(0, word.start() - 30) : word.end()])]
        units = [unit_at(text, max(0, word.start() - 30) + start) for start in starts]
        found |= {unit[1] for unit in units if unit and unit[0] >= word.end() and unit[1] in MONEY}
    return found.pop() if len(found) == 1 else ""


_CENTRAL_AFRICAN = frozenset({"CMR", "CAF", "TCD", "COG", "GAB", "GNQ"})
_WEST_AFRICAN = frozenset({"BEN", "BFA", "CIV", "GNB", "MLI", "NER", "SEN", "TGO"})


def _franc_of_union(dyad: Sequence[str], sentence: str, text: str) -> str:
    """Which CFA franc is meant: that of the first economy spoken of that has one."""
    for economies in (dyad, _spoken_of(sentence), _spoken_of(text)):
        owner = next((economy for economy in economies if economy in _CENTRAL_AFRICAN | _WEST_AFRICAN), "")
        if owner:
            return "xaf" if owner in _CENTRAL_AFRICAN else "xof"
    return "xof"


_TOLD_IN_US_DOLLARS = re.compile(
    r"(?<![A-Z])\$\s?[\d.,]+\s?(?:[a-z]+\s?)?\((?:about\s|around\s|or\s|some\s)?(?:US\s?\$|USD\b|U\.S\.\s?\$)"
)


def _other_dollar(text: str) -> str:
    """The one dollar of the economies that a text speaks of which is not that of the United States; empty otherwise."""
    dollars = _other_dollars(text)
    return next(iter(dollars)) if len(dollars) == 1 else ""


def _peso_beside(figure: FigureMention, text: str) -> str:
    """The peso that a Spanish text means by *$ 8 mil millones* where it writes *US$* for dollars and one economy has pesos."""
    if not re.search(r"\d\s?mil(?:lones)?\b", figure.text) or not _SIGNED_DOLLAR.search(text):
        return ""
    pesos = {money_called("pesos", economy) for economy in _spoken_of(text)} - {""}
    return pesos.pop() if len(pesos) == 1 and not _other_dollars(text) else ""


_SIGNED_DOLLAR = re.compile(r"\bUS\s?\$|\b[Uu]\$[SsDd]|\bUSD\b")


@lru_cache(maxsize=8)
def _main_dollar(text: str) -> str:
    """The dollar of the economy that a text names most of those with a dollar other than that of the United States."""
    owners = [economy for economy in _spoken_of(text) if _own_dollar(economy) not in ("", "usd")]
    return _own_dollar(max(owners, key=lambda e: text.count(name_of(e)))) if owners else ""


def is_open_dollar(figure: FigureMention, text: str) -> bool:
    """Whether a plain *$* may be another dollar: the text is of an economy with its own, or writes *US$* elsewhere."""
    if not is_bare_dollar(figure):
        return False
    return bool(_other_dollars(text)) or "US$" in text


@lru_cache(maxsize=8)
def _other_dollars(text: str) -> frozenset[str]:
    return frozenset(_own_dollar(economy) for economy in _spoken_of(text)) - {"", "usd"}


def _own_dollar(economy: str) -> str:
    """An economy's own money that is written with a plain *$*: its dollar, tala or pa'anga; empty where it has none."""
    return next((code for noun in ("dollar", "tala", "pa'anga") if (code := money_called(noun, economy))), "")


@lru_cache(maxsize=256)
def _spoken_of(text: str) -> tuple[str, ...]:
    """The economies that a text names, or whose people or goods it does."""
    peoples = (country_in(word) for word in re.findall(r"\b[A-ZÁÉÍÓÚ][^\W\d_]{3,}", text))
    return tuple(dict.fromkeys([*economies_in(text), *(code for code in peoples if code)]))


def is_bare_dollar(figure: FigureMention) -> bool:
    """Whether a figure is in dollars by a plain sign alone."""
    return figure.text.startswith("$") and figure.unit.partition("/")[0] == "usd" and "dol" not in figure.text


@lru_cache(maxsize=8)
def dollar_of_offices(text: str) -> str:
    """The dollar of the one economy whose statistics office, central bank or customs a text rests on; empty otherwise.

    >>> dollar_of_offices("Exports rose to $4m, Stats NZ said."), dollar_of_offices("Exports rose to $4m.")
    ('nzd', '')
    """
    if _US_DOLLAR.search(text):
        return ""
    owners = _owners_of_offices(text)
    dollars = {_own_dollar(owner) for owner in owners}
    return dollars.pop().removeprefix("usd") if len(owners) == 1 else ""


@lru_cache(maxsize=8)
def _owners_of_offices(text: str) -> frozenset[str]:
    """The economies whose statistics office, central bank or customs a text names."""
    register = default_register()
    houses = [register.organisations[h] for h in register.houses(text) if h in register.organisations]
    return frozenset(house.country for house in houses if house.kind in _OFFICES and house.country)
