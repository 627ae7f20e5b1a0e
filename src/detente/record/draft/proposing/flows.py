"""Which flow of the study's pair a figure speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from detente.record.draft.language.entities import economies_in, people_named
from detente.record.draft.suggest import KnownRecord
from detente.record.verdicts.independence.organisations import country_in

_ROLES = re.compile(
    r"\b(?:(?P<exports>exports?|exportaciones|sales|ventas)|(?P<imports>imports?|importaciones|purchases|compras)"
    r"|(?P<trade>trade|commerce|comercio|intercambio)|(?P<sold>sold|export(?:ed|ing)|shipped|vendi(?:ó|eron)|export(?:ó|aron|ando))"
    r"|(?P<bought>bought|import(?:ed|ing)|purchased|compr(?:ó|aron)|import(?:ó|aron|ando)))\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s(?:and|or|y|e|plus)\s(?:the\s|its\s|las\s|sus\s)?", re.IGNORECASE)
_WHOLE = frozenset(
    re.findall(
        r"\w[\w-]*",
        "total overall bilateral two-way mutual goods merchandise annual yearly combined recorded official their its the "
        "his her whose and but while of in as that said when both our a las los sus su el la que y de del en cuyo cuyas anual",
    )
)
"""Words before *exports* or *trade* that leave the whole of it; *beer imports* and *transit trade* are a part."""
_PART_OF = re.compile(
    r"\s(?:of|in|de|en)\s(?!goods\b|merchandise\b|bienes\b|mercanc|the two\b|the country|los dos\b|todo\b)(?=[a-záéíóúñ])"
    r"(?!\d|(?:about|some|around|nearly|more|less|over|only|just|unos|más|casi)\b)",
)
_WAY = re.compile(r"\s(?:values?\s|volumes?\s)?(?:via|through|at|por\svía|vía|a\strav[ée]s)\s", re.IGNORECASE)
"""After a flow of which only what goes one way is meant: *trade via the Reed post*."""
_PLACE = re.compile(r"\b(?:via|through|vía|a\strav[ée]s\sde)\s(?:the\s|el\s|la\s)?[A-Z]")
_ADJECTIVE = re.compile(r"\s([a-záéíóúñ]{4,}s)\b")
_BOTH = re.compile(
    r"\b(?:between the (?:two|pair|neighbou?rs)|bilateral|two-way|the two (?:countries|neighbou?rs|economies|states)"
    r"|entre (?:los|ambos|las) (?:dos )?(?:países|vecinos)?|los dos países|ambos países)",
    re.IGNORECASE,
)
_CARRIED = re.compile(
    r"\b(?:it|they|the figure|the total|that|this) (?:was|were|had|stood|came|rose|fell|increased|dropped|reached|amounted|shrank|grew)"
    r"|\b(?:sumaron|sumó|fueron|fue|alcanzaron|alcanzó|totalizaron|llegaron|llegó|bajaron|subieron)\b",
    re.IGNORECASE,
)
_MUTUAL_BEFORE = re.compile(r"\b(?:bilateral|two-way|mutual)\s(?:merchandise\s|goods\s)?$", re.IGNORECASE)
_MUTUAL_AFTER = re.compile(
    r"\s(?:comercial\s|in\sgoods\s|de\sbienes\s)?(?:bilateral\b|mutuo\b|between\s(?:the\s(?:two|pair)|both|them)\b"
    r"|entre\s(?:ambos|ambas|los\sdos|las\sdos|ellos)\b)",
    re.IGNORECASE,
)
_TOTAL_BEFORE = re.compile(r"\b(?:total|overall|combined)\s(?:merchandise\s|goods\s)?$", re.IGNORECASE)
_TOTAL_AFTER = re.compile(r"\s(?:comercial\s)?total\b", re.IGNORECASE)
_WITH_ALL = re.compile(
    r"\b(?:world|global|worldwide|foreign|external|all\s(?:its\s)?partners|bloc|union|region|mundial|mundo|exterior|bloque|unión|región)\b",
    re.IGNORECASE,
)
"""Words of trade with many, which is not the pair's."""
_BETWEEN_NAMES = re.compile(r"\s(?:between|entre)\s(?:the\s|la\s|el\s)?[A-ZÁÉÍÓÚ]")
_WITH = re.compile(r"\s(?:with|con)\s", re.IGNORECASE)
_TO = re.compile(r"\b(?:to|a|hacia)\s", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|desde|de)\s", re.IGNORECASE)
PARAGRAPH, TEXT, OTHERS = "paragraph", "text", "others"
"""How the pair is in force where a sentence does not name it: its paragraph or its text named it, or others since."""
WINDOW = 40
"""Characters around a word of trade in which its economies are named."""


@dataclass(frozen=True, slots=True)
class FlowSpoken:
    """The flow of the pair that a figure speaks of.

    Attributes
    ----------
    series : str
        ``trade.exports``, ``trade.imports`` (of the study's first economy) or ``trade.total``.
    owner : str
        The economy whose exports or imports the words speak of; empty for trade.
    carried : str
        How the pair came to a sentence that does not name both: ``plain`` where its words (*bilateral trade*) and
        its paragraph leave one reading, ``unsure`` otherwise; empty where the sentence names both.
    """

    series: str
    owner: str = ""
    carried: str = ""


def flow_at(
    sentence: str, place: int, known: KnownRecord, before: FlowSpoken | None = None, about: str = PARAGRAPH
) -> FlowSpoken | None:
    """The flow that a figure at ``place`` of a sentence speaks of; None where it is unclear, a part, or another's.

    Parameters
    ----------
    before : the flow of the sentence before in the same paragraph, which *it* or *imports* may go on about.
    about : how the pair is in force in the sentence (:func:`~detente.record.draft.proposing.about.pairs_in_force`);
        nothing is carried to a sentence after others were named.

    Examples
    --------
    >>> known = KnownRecord(("IND", "NPL"))
    >>> text = "India sold goods worth $4.5 billion to Nepal and bought $570 million of Nepalese goods."
    >>> [flow_at(text, place, known).series for place in (22, 57)]
    ['trade.exports', 'trade.imports']
    """
    if len(known.dyad) != 2:
        return None
    named = set(economies_named(sentence))
    if named - set(known.dyad):
        return None
    before = before if about != OTHERS else None
    roles = [role for role in _ROLES.finditer(sentence) if not _in_a_name(sentence, role)]
    if not roles:
        return before if before and not named and _CARRIED.search(sentence) else None
    led = [role for role in roles if role.start() < place]
    if inner := next(
        (role for role in roles if role.start() > place and _WORTH_OF.fullmatch(sentence[place : role.start()])), None
    ):
        whole = _spoken(sentence, led[-1], named, known.dyad, before, about) if led else None
        if _is_part(sentence, inner) or _twofold(sentence, roles):
            return None
        return _spoken(sentence, inner, set(known.dyad) if whole else named, known.dyad, before, about)
    role = led[-1] if led else roles[0]
    if len(led) > 1 and not re.search(r"\d", sentence[led[-2].end() : role.start()]):
        spoken = [_spoken(sentence, each, named, known.dyad, before, about) for each in led[-2:]]
        if spoken[0] and spoken[1] and spoken[0].series != spoken[1].series:
            return None  # one flow beside another, and the figures come after both
    if _no_level(sentence, role, place) or _WAY.match(sentence, role.end()):
        return None
    if role.end() < place and _PLACE.search(sentence[role.end() : place]):
        return None
    if (not led and len(roles) > 1) or _twofold(sentence, roles) or _is_part(sentence, role):
        return None
    return _spoken(sentence, role, named, known.dyad, before, about)


def speaks_of_trade(sentence: str) -> bool:
    """Whether a sentence has a word of trade.

    >>> speaks_of_trade("Exports to Japan rose."), speaks_of_trade("Japan is near.")
    (True, False)
    """
    return bool(_ROLES.search(sentence))


def _in_a_name(sentence: str, role: re.Match[str]) -> bool:
    """Whether a word of trade is part of a name: *the Ministry of Commerce*."""
    return role.group()[:1].isupper() and bool(re.search(r"[\w,]\s$", sentence[: role.start()]))


def _spoken(
    sentence: str, role: re.Match[str], named: set[str], dyad: Sequence[str], before: FlowSpoken | None, about: str
) -> FlowSpoken | None:
    """The flow that a word of trade stands for."""
    if role["trade"]:
        return _trade(sentence, role, named, dyad, before) or _trade_of_pair(sentence, role, named, about)
    if role["sold"] or role["bought"]:
        return _dealt(sentence, role, named, dyad)
    return _shipped(sentence, role, named, dyad, before)


def economies_named(sentence: str) -> list[str]:
    """ISO codes of the economies that a sentence names, also by an adjective; the sign of a currency names none.

    >>> economies_named("Afghan exports to Pakistan were US$4m.")
    ['PAK', 'AFG']
    """
    words = (
        country_in(word) or people_named(word)
        for word in re.findall(r"(?:[A-ZÁÉÍÓÚ]\w+|\b[a-záéíóúñ]{5,})\b(?!\$)", sentence)
    )
    return list(dict.fromkeys([*economies_in(sentence), *filter(None, words)]))


_WORTH_OF = re.compile(
    r"[^;:,]*?(?:\d[\d.,]*)?[^;:,\d]*\b(?:worth\sof|in|of|de|en)\s(?:the\s|its\s|las?\s|los\s|sus?\s)?(?:[A-ZÁÉÍÓÚ][\w'’-]*\s){0,3}"
)
"""What stands between an amount and the flow whose it is: *$3m worth of Nepal's imports*."""
_OTHER_THING = re.compile(
    r"\s(?:surplus|deficit|balance|gap|imbalance|shortfall|war|deals?|talks|agreements?|pacts?|disputes?|ties|barriers?|routes?|"
    r"missions?|finance|credits?|losses|bans?|sanctions)\b",
    re.IGNORECASE,
)
_BALANCE = re.compile(
    r"\b(?:surplus|deficit|balance|gap|shortfall|super[aá]vit|d[eé]ficit|saldo|services|servicios)\b", re.IGNORECASE
)
_CHANGED_BY = re.compile(
    r"\b(?:by|rose|fell|grew|up|down|increased|decreased|declined|dropped|gained|lost|jumped|climbed|shrank"
    r"|(?:increase|rise|fall|drop|decline|gain|loss|growth)s?\sof|en|(?:aumento|alza|ca[ií]da|baja)\sde)\s"
    r"(?:an?\s|about\s|some\s|nearly\s|almost\s|more\sthan\s|over\s|unos\s)?$",
    re.IGNORECASE,
)


def _no_level(sentence: str, role: re.Match[str], place: int) -> bool:
    """Whether the figure is a balance, of services, or anything else than how much the flow was."""
    first, last = sorted((role.end(), place))
    near = sentence[first:last] + sentence[place : place + 30].partition(",")[0]
    return bool((role["trade"] and _OTHER_THING.match(sentence, role.end())) or _BALANCE.search(near))


def is_change(sentence: str, place: int) -> bool:
    """Whether the amount at a place is by how much something changed (*rose by $20m*), not how much it was.

    >>> is_change("Exports rose by $20m.", 16), is_change("Exports rose to $20m.", 16)
    (True, False)
    """
    return bool(_CHANGED_BY.search(sentence[max(0, place - 40) : place]))


def _twofold(sentence: str, roles: Sequence[re.Match[str]]) -> bool:
    """Whether two flows are spoken of as one: *exports and imports were $4bn*."""
    return any(_JOINED.fullmatch(sentence[a.end() : b.start()]) for a, b in pairwise(roles))


def _is_part(sentence: str, role: re.Match[str]) -> bool:
    """Whether only a part of the flow is meant, such as one product's."""
    if role["sold"] or role["bought"]:
        after = sentence[role.end() : role.end() + WINDOW]
        return bool(re.match(r"\s\w+\s(?:tonnes?|tons|barrels|litres)", after))
    before = re.search(r"(\w[\w'’-]*)\s$", sentence[: role.start()])
    word = before[1] if before else ""
    plain = word.casefold().removesuffix("'s").removesuffix("’s")
    first = not sentence[: role.start()].strip() or sentence[: role.start()].strip() == word  # its capital says nothing
    owned = (
        word.endswith(("'s", "’s", "s'", "s’"))
        or (word[:1].isupper() and not first)
        or bool(country_in(plain) or people_named(plain))
    )
    if word and not owned and plain not in _WHOLE:
        return True
    if _PART_OF.match(sentence, role.end()):
        return True
    adjective = _ADJECTIVE.match(sentence, role.end()) if role.group()[-1:] == "s" else None
    spanish = role.group().casefold().endswith(("ciones", "ventas", "compras"))
    return bool(spanish and adjective and not (country_in(adjective[1]) or people_named(adjective[1])))


def _trade(
    sentence: str, role: re.Match[str], named: set[str], dyad: Sequence[str], before: FlowSpoken | None
) -> FlowSpoken | None:
    partner = _one(sentence[role.end() : role.end() + WINDOW], dyad) if _WITH.match(sentence, role.end()) else ""
    if named == set(dyad) or (partner and len(named) == 1):
        return FlowSpoken("trade.total")
    return FlowSpoken("trade.total", carried=before.carried) if before and not named else None


def _trade_of_pair(sentence: str, role: re.Match[str], named: set[str], about: str) -> FlowSpoken | None:
    """*Bilateral trade*, *total trade*, in a sentence that leaves the pair to the text around it."""
    if (
        about not in (PARAGRAPH, TEXT)
        or _WITH.match(sentence, role.end())
        or _BETWEEN_NAMES.match(sentence, role.end())
    ):
        return None
    before = sentence[: role.start()]
    mutual = bool(_MUTUAL_BEFORE.search(before) or _MUTUAL_AFTER.match(sentence, role.end()))
    if mutual or (not named and _BOTH.search(sentence)):
        return FlowSpoken("trade.total", carried="plain" if about == PARAGRAPH and not named else "unsure")
    total = _TOTAL_BEFORE.search(before) or _TOTAL_AFTER.match(sentence, role.end())
    if not named and (about == PARAGRAPH or total) and not _WITH_ALL.search(sentence):
        return FlowSpoken("trade.total", carried="unsure")
    return None


def _dealt(sentence: str, role: re.Match[str], named: set[str], dyad: Sequence[str]) -> FlowSpoken | None:
    """*India sold goods worth ... to Nepal*: the one named first deals, and both must be named."""
    subject = _one_before(sentence[: role.start()], dyad) or _named_first(sentence[: role.start()], dyad)
    if named != set(dyad) or not subject:
        return None
    return _seen_from(subject if role["sold"] else _other(subject, dyad), subject, dyad)


def _shipped(
    sentence: str, role: re.Match[str], named: set[str], dyad: Sequence[str], before: FlowSpoken | None
) -> FlowSpoken | None:
    selling = bool(role["exports"])
    if not named:
        if before is None or not before.owner:
            return None
        return _seen_from(before.owner if selling else _other(before.owner, dyad), before.owner, dyad)
    owner = _one(re.split(r"[,;:]\s", sentence[max(0, role.start() - WINDOW) : role.start()])[-1], dyad)
    after = sentence[role.end() : role.end() + WINDOW]
    to, from_ = _TO.search(after), _FROM.search(after)
    destination = _one(after[to.end() :][:25], dyad) if to else ""
    origin = _one(after[from_.end() :][:25], dyad) if from_ else ""
    if selling:
        seller = origin or owner or _other(destination, dyad)
        whole = destination or named == set(dyad) or (origin and not owner)
        return None if not whole or seller == destination else _seen_from(seller, seller, dyad)
    seller = origin or _other(owner, dyad)
    if not (origin or named == set(dyad)):
        return None
    return _seen_from(seller, _other(seller, dyad), dyad)


def _seen_from(seller: str, owner: str, dyad: Sequence[str]) -> FlowSpoken | None:
    series = {dyad[0]: "trade.exports", dyad[1]: "trade.imports"}.get(seller)
    return FlowSpoken(series, owner) if series else None


def _one_before(text: str, dyad: Sequence[str]) -> str:
    """The economy that stands right before a verb as its subject; not one that is reached (*to Nepal and bought*)."""
    last = re.search(r"(?:^|(?P<before>[\w,]+)\s)(?P<name>(?:[A-Z]\w+\s?){1,3})\s?$", text)
    reached = last and (last["before"] or "").casefold() in ("to", "from", "of", "with", "in", "a", "de", "desde")
    return "" if last is None or reached else _one(last["name"], dyad)


def _named_first(text: str, dyad: Sequence[str]) -> str:
    return next((code for code in economies_in(text) if code in dyad), "")


def _one(text: str, dyad: Sequence[str]) -> str:
    found = {code for code in (*economies_named(text), country_in(text)) if code in dyad}
    return found.pop() if len(found) == 1 else ""


def _other(code: str, dyad: Sequence[str]) -> str:
    return (dyad[1] if code == dyad[0] else dyad[0]) if code in dyad else ""
