"""Who is who: ISO 3166 alpha-3 codes, years of validity and successors, found by any of their names.

Codes that ISO leaves to users (``AAA``, ``QMA``-``QZZ``, ``XAA``-``XZZ``, ``ZZZ``) and ``ROW`` are accepted as they are,
so that panels may carry aggregates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from detente.aggregates import aggregate_named, no_economy
from detente.blocs import bloc_named, blocs
from detente.economy_names import add_names as add_names
from detente.economy_names import drop_names as drop_names
from detente.economy_names import every_name as every_name
from detente.economy_names import folded, in_text, name_of, spellings, table
from detente.errors import UnknownEconomy, did_you_mean, first_five

ROW = "ROW"
AMBIGUOUS = {"korea": ("KOR", "PRK"), "congo": ("COD", "COG")}  # names that are asked back, never guessed
_USER_ASSIGNED = re.compile(r"AAA|Q[M-Z][A-Z]|X[A-Z]{2}|ZZZ")


def is_current(code: str) -> bool:
    """Whether ``code`` is an economy today (or an aggregate a user may define; ``XWD`` is the world already)."""
    row = table().get(code)
    return row.valid_to is None if row else bool(_USER_ASSIGNED.fullmatch(code)) and aggregate_named(code) is None


def lookup(word: str) -> str:
    """The code for a code or a name, in any case and with or without accents.

    >>> lookup("alemania"), lookup("UK"), lookup("Turkey")
    ('DEU', 'GBR', 'TUR')

    Raises
    ------
    UnknownEconomy
        With the nearest names, or the successor of a code no longer in use.
    """
    plain = folded(word)
    if plain in AMBIGUOUS:
        choices = ", ".join(f"{c} ({table()[c].name})" for c in AMBIGUOUS[plain])
        raise UnknownEconomy(f"'{word}' could be {choices}.", fix="Give the code of the one you mean.")
    code = spellings().get(plain)
    if code is not None and is_current(code):
        return code
    if code is not None:
        raise UnknownEconomy(former(code), fix=_instead(code))
    said = no_economy(word)
    if said is not None:
        raise UnknownEconomy(f"'{word}' {said[0]}.", fix=said[1])
    if _USER_ASSIGNED.fullmatch(word.upper()):
        return word.upper()
    raise UnknownEconomy(
        f"'{word}' is not an economy I know.{_other_code(word) or did_you_mean(word, _spellings())}",
        fix="Give an ISO 3166 alpha-3 code such as FRA, or a country's name.",
    )


@lru_cache(maxsize=4096)
def code_meant(word: str) -> str:
    """The code of an economy by its code or any of its names, an article before it left out; empty where it is none.

    >>> code_meant("the Netherlands"), code_meant("Perú"), code_meant("Acme Ltd")
    ('NLD', 'PER', '')
    """
    try:
        return lookup(_ARTICLE.sub("", word))
    except UnknownEconomy:
        return ""


_ARTICLE = re.compile(r"^(?:the|el|la|los|las)\s", re.IGNORECASE)


def not_held(code: str, held: Iterable[str]) -> tuple[str, str]:
    """What to say of a code that a panel does not hold: what it is, and what to do; both empty of a plain economy.

    >>> not_held("EU", ["DEU"])[0]
    ' It is a bloc or a region, and the panel holds economies.'
    """
    if bloc_named(code) is not None:
        return (
            " It is a bloc or a region, and the panel holds economies.",
            f"Sum its members first: detente.panel.with_sides(panel, ['{code}']); or name one of them.",
        )
    if code in table():
        return (f" {former(code)}", _instead(code)) if not is_current(code) else ("", "")
    said = no_economy(code)
    return (f" It {said[0]}.", said[1]) if said is not None else (_other_code(code) or did_you_mean(code, held), "")


def _other_code(word: str) -> str:
    """The economy that a two-letter or numeric code means, as a hint."""
    plain = word.strip().upper()
    number = int(plain) if plain.isdecimal() else None
    for row in table().values():
        if plain == row.alpha2 or (number is not None and number in (row.numeric, row.baci)):
            return f" The code of {in_text(row.code)} is '{row.code}'."
    return ""


def is_side(code: str) -> bool:
    """Whether ``code`` may be one side of a question: an economy of today, or a bloc or region by its code.

    >>> is_side("COL"), is_side("EU"), is_side("ROM")
    (True, True, False)
    """
    return is_current(code) or code in blocs()


def lookup_side(word: str) -> str:
    """The code of an economy, a bloc or a region from its code or name.

    >>> lookup_side("alemania"), lookup_side("European Union"), lookup_side("Mercosur")
    ('DEU', 'EU', 'MERCOSUR')

    Raises
    ------
    UnknownEconomy
        It is none of them, or it is the world or the rest of it, with whom nobody can be compared.
    """
    found = aggregate_named(word)
    if found is not None and found.sort in ("world", "rest"):
        raise UnknownEconomy(
            f"'{word}' is everybody else, so that no other pair is left to compare with.",
            why="What is to be expected between two is read from what both trade with third economies.",
            fix="Name an economy, a bloc or a region (EU, MERCOSUR, Southern Asia) as the other side.",
        )
    bloc = bloc_named(word)
    return bloc.code if bloc is not None and folded(word) not in spellings() else lookup(word)


def check_codes(codes: Iterable[str], *, column: str, years: Mapping[str, str] | None = None) -> None:
    """Raise :class:`UnknownEconomy` unless every code is an economy today.

    Parameters
    ----------
    codes : the codes in use.
    column : the column they stand in, for the message.
    years : optional note per code, e.g. ``"312 rows, 1995-2001"``.
    """
    bad = sorted({c for c in codes if not is_current(c)}, key=str)
    if not bad:
        return
    first = bad[0]
    place = f"'{first}' in column '{column}'" + (f" ({years[first]})" if years and first in years else "")
    mapped = "Map them before reading"
    if first in table():
        message = f"{place} is not an ISO alpha-3 code today. {former(first)}"
        mapped = _remedy(first)
    elif folded(first) in AMBIGUOUS:
        choices = " or ".join(f"'{code}' ({name_of(code)})" for code in AMBIGUOUS[folded(first)])
        message, mapped = f"{place} could be {choices}.", "Write the code of the one meant"
    else:
        named = spellings().get(folded(first))
        meant = (
            f" The code of {name_of(named)} is '{named}'."
            if named
            else _other_code(first) or did_you_mean(first, table())
        )
        message = f"{place} is not an ISO alpha-3 code.{meant}"
    more = f" The unknown codes are: {first_five(bad)}." if len(bad) > 1 else ""
    raise UnknownEconomy(message + more, fix=f"{mapped}, or use a code ISO leaves to users (XAA-XZZ, ZZZ).")


def modern_code(code: str, as_of: int) -> str | None:
    """Today's single code for one in use in ``as_of``; None where it split or is unknown.

    >>> modern_code("ROM", 1999)
    'ROU'
    """
    row = table().get(code)
    if row is None or row.valid_to is None:
        return code if row else None
    return row.successors[0] if row.used_in(as_of) and len(row.successors) == 1 else None


def former(code: str) -> str:
    """What a code that is no longer in use was, and what it became.

    >>> former("SUN")[:38]
    "'SUN' was the Soviet Union until 1991;"
    """
    row = table()[code]
    now = f"it is '{row.successors[0]}' now" if len(row.successors) == 1 else f"it became {', '.join(row.successors)}"
    return f"'{code}' was {in_text(code)} until {row.valid_to}; {now}."


def _instead(code: str) -> str:
    successors = table()[code].successors
    return f"Its code is {successors[0]}." if len(successors) == 1 else "Name one of them."


def _remedy(code: str) -> str:
    row = table()[code]
    if len(row.successors) == 1:
        return f"Map it with codes_as_of={row.valid_to} or rename it"
    return "Split or drop its rows"


def _spellings() -> list[str]:
    return [*(r.name for r in table().values()), *table()]
