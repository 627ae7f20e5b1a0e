"""Codes of a record in words: states, values, places and series that no catalogue lists, spelt from their names.

``border.goods@brenner=closed`` is a state, a place and a value. What the catalogue or a study knows is said in its
words; anything else is made of the parts of its name, so that every code reads as words in every language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from detente.blocs import bloc_named
from detente.economies import in_text, is_current, name_of, table

if TYPE_CHECKING:
    from detente.language.catalogue import Catalogue

SPELT = ("series_name", "state_name", "state_value", "place")
"""Groups of the catalogue whose codes are free, so that no list can hold them all."""
ORDINARY = ("and", "are", "can", "per")  # words that are codes of economies too
SMALL = ("at", "by", "from", "in", "of", "on", "or", "per", "to")  # codes are written in English in every language
INITIALS = 4  # a bloc or an armed group in one word of up to so many letters goes by its initials
SENDERS = {"uk": "GBR", "us": "USA"}  # economies that impose sanctions, by the short codes that records use


def spelt(words: Catalogue, group: str, code: str) -> str:
    """A code of one of :data:`SPELT` in words.

    Examples
    --------
    >>> from detente.language import Catalogue
    >>> [spelt(Catalogue("en"), "state_name", name) for name in ("border.goods", "talks.knu", "bloc.african_union")]
    ['border, goods', 'talks with KNU', 'membership in the African Union']
    >>> spelt(Catalogue("es"), "state_name", "sanctions.us.oil")
    'sanciones petroleras impuestas por Estados Unidos'
    >>> spelt(Catalogue("en"), "place", "val_de_aran")
    'Val de Aran'
    """
    code = code.replace(" ", "_")
    if not code or words.has(f"{group}.{code}"):
        return words.known(group, code)
    if group == "series_name":
        return ": ".join(_phrase(words, part) for part in code.split("."))
    if group == "state_name":
        return _state(words, code)
    if group == "place" and re.fullmatch("[a-z]{3}", code) and is_current(code.upper()):
        return name_of(code.upper(), words.language)  # a state of one economy: airspace@dnk
    if group == "state_value" and (ends := re.fullmatch("(.+)_to_(.+)", code)):
        return words("spelt.from_to", a=_end(words, ends[1]), b=_end(words, ends[2]))
    return name(words, code)


def _state(words: Catalogue, code: str) -> str:
    family, _, rest = code.partition(".")
    if family == "sanctions" and rest:
        return _sanctions(words, rest)
    if rest and words.has(f"family.{family}"):
        return words(f"family.{family}", name=family_member(words, code))
    return ": ".join(_phrase(words, part) for part in code.split("."))


def family_member(words: Catalogue, code: str) -> str:
    """What the name of a state says after its family: ``the African Union`` of ``bloc.african_union``.

    A study's own words for the state stand for it.
    """
    if words.has(f"state_name.{code}"):
        return words.known("state_name", code)
    family, _, rest = code.partition(".")
    if family == "bloc":
        bare = rest.rpartition(".")[2]
        if (body := _body(words, bare)) is not None:
            return body
        called = name(words, bare, body=True)
        single = " " not in called and not called.isupper()  # Mercosur, but the African Union and the EU
        return called if single else words("spelt.bloc", name=called)
    if family == "sanctions":
        return _sanctions(words, rest)
    if family == "talks":
        return name(words, rest, body=True)
    if family == "flow" and words.has(f"family.{rest}"):  # what is carried: gas, electricity
        return words.known("family", rest)
    if family in ("president", "government"):
        return _end(words, rest)
    return ", ".join(_phrase(words, part) for part in rest.split("."))


def _body(words: Catalogue, code: str) -> str | None:
    """An organisation or a bloc of that code or name within a sentence; None where none is known by it."""
    if words.has(f"body.{code}"):
        return words.known("body", code)
    bloc = bloc_named(code)
    return None if bloc is None else in_text(bloc.code, words.language)


def _sanctions(words: Catalogue, code: str) -> str:
    """Sanctions by their kind and by who imposed them: ``us.oil``; parts of the code that are neither stand beside."""
    first, _, rest = code.partition(".")
    alpha_3 = SENDERS.get(first, first.upper())
    sender = in_text(alpha_3, words.language) if is_current(alpha_3) else _body(words, first)
    about = code if sender is None else rest
    if words.has(f"state_name.sanctions.{about}"):
        kind = words.known("state_name", f"sanctions.{about}")
    elif about:
        kind = words("family.sanctions", name=", ".join(_phrase(words, part) for part in about.split(".")))
    else:
        kind = words.known("event_kind", "sanctions")
    return kind if sender is None else words("spelt.sanctions_by", kind=kind, sender=sender)


def phrase(words: Catalogue, state: str, value: str) -> str:
    """A state at a value as one phrase: ``border closed to goods``, ``outside the African Union``.

    Examples
    --------
    >>> from detente.language import Catalogue
    >>> phrase(Catalogue("en"), "bloc.african_union", "out"), phrase(Catalogue("en"), "payments", "free")
    ('outside the African Union', 'payments free of exchange control')
    """
    flow, family = "*_to_*" if "_to_" in value else value, f"{state.partition('.')[0]}.*"
    said = spelt(words, "state_value", value)
    for key in (f"{state}={value}", f"{state}={flow}", f"{family}={value}"):
        if words.has(f"relation.{key}"):
            return words(f"relation.{key}", value=said, name=family_member(words, state))
    return words("relation.plain", state=spelt(words, "state_name", state), value=said)


def name(words: Catalogue, code: str, *, body: bool = False) -> str:
    """A code as a name: an economy's, or its words with capitals; of a ``body``, one short word is its initials.

    >>> from detente.language import Catalogue
    >>> name(Catalogue("en"), "san_juan_del_sur"), name(Catalogue("en"), "efta", body=True), name(Catalogue("en"), "lee")
    ('San Juan del Sur', 'EFTA', 'Lee')
    """
    small, parts = words("spelt.small").split(), code.split("_")
    if body and len(parts) == 1 and len(code) <= INITIALS:
        return code.upper()
    return " ".join(
        _economy(words, part)
        or (part if k and part in small else part.upper() if _initials(part) else part[:1].upper() + part[1:])
        for k, part in enumerate(parts)
    )


def _phrase(words: Catalogue, code: str) -> str:
    """A part of a dotted name in lowercase, with economies by name and initials in capitals."""
    small, parts = {*words("spelt.small").split(), *SMALL}, code.split("_")
    both = sum(words.has(f"economy.{part}") for part in parts) > 1  # Peru in per_to_chl, but not in tonnes_per_day
    return " ".join(
        (_economy(words, part) if both or part not in ORDINARY else "")
        or (part.upper() if _initials(part) and part not in small else part)
        for part in parts
    )


def _end(words: Catalogue, code: str) -> str:
    """Where a flow begins or ends, or who governs: an economy by its name, anything else as a name."""
    return name_of(code.upper(), words.language) if code.upper() in table() else name(words, code)


def _economy(words: Catalogue, part: str) -> str:
    """The name of one of the study's economies, of which the part is the code; empty where it is not."""
    return words.known("economy", part) if words.has(f"economy.{part}") else ""


def _initials(part: str) -> bool:
    """Whether a word reads as initials: very short, with a digit, or without a vowel."""
    if part.isdigit():
        return False
    return len(part) <= 2 or any(letter.isdigit() for letter in part) or not re.search("[aeiouyáéíóú]", part)
