"""Which tariff of the study's pair a rate speaks of."""

from __future__ import annotations

import re

from detente.record.draft.proposing.flows import economies_named
from detente.record.draft.suggest import KnownRecord

_WORD = r"(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|aranceles|arancel|grav[áa]menes|gravamen)"
_TARIFF = re.compile(rf"\b{_WORD}\b", re.IGNORECASE)
_AVERAGE = re.compile(
    r"\b(?:average|mean|applied|weighted|promedio|medio|aplicado|ponderado)\b[^,;]{0,40}\b" + _WORD, re.IGNORECASE
)
_AVERAGE_AFTER = re.compile(rf"\b{_WORD}\s(?:promedio|medio|aplicado|ponderado)s?\b", re.IGNORECASE)
_ON = re.compile(
    rf"\b{_WORD}\s(?:of\s[^,;]{{0,25}}?\s)?(?:on|a|al|sobre)\s(?:the\s|el\s|la\s|los\s|las\s)?(?:(?:imports?|importaciones)\s(?:of|de)\s)?"
    r"(?-i:[A-Z]\w+\s)?(?P<thing>[a-záéíóúñ]{3,})",
    re.IGNORECASE,
)
_WHOLE = frozenset(
    ["imports", "goods", "products", "everything", "all", "importaciones", "bienes", "productos", "mercancías"]
)
_BREAK = re.compile(r"[;]|\b(?:while|but|mientras|pero)\b", re.IGNORECASE)


def tariff_at(sentence: str, place: int, known: KnownRecord) -> str:
    """The series of a tariff that a rate at a place of a sentence speaks of; empty where it is unclear.

    ``tariff.applied_per`` is an economy's average (as WDI has it), ``tariff.per_on_chl`` one's on everything of the
    other, ``tariff.wine_per_on_chl`` one's on a product of the other.

    Examples
    --------
    >>> known = KnownRecord(("PER", "CHL"))
    >>> tariff_at("Peru raised its tariff on Chilean wine to 35% in 2019.", 41, known)
    'tariff.wine_per_on_chl'
    >>> tariff_at("Chile's average applied tariff was 6% in 2019.", 35, known)
    'tariff.applied_chl'
    """
    named = economies_named(sentence)
    if len(known.dyad) != 2 or not named or set(named) - set(known.dyad):
        return ""
    found = list(_TARIFF.finditer(sentence))
    if not found:
        return ""
    word = min(found, key=lambda m: abs(m.start() - place))
    first, last = sorted((word.end(), place))
    if _BREAK.search(sentence[first:last]):
        return ""
    levied_by = economies_named(sentence[: word.start()]) or named
    if len(set(levied_by)) != 1:
        return ""
    levied = levied_by[0].lower()
    if _AVERAGE.search(sentence) or _AVERAGE_AFTER.search(sentence):
        return f"tariff.applied_{levied}" if len(set(named)) == 1 else ""
    other = next(code for code in known.dyad if code.lower() != levied).lower()
    on = _ON.search(sentence)
    if on is None or other.upper() not in named:
        return ""
    thing = on["thing"].casefold()
    if economies_named(thing.capitalize()) or economies_named(thing):
        return ""  # "a tariff on Chile": of what is not said
    return f"tariff.{'' if thing in _WHOLE else thing + '_'}{levied}_on_{other}"
