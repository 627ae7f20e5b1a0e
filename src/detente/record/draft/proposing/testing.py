"""The test that a drafted row plainly calls for: of a flow, or of one economy's people in the other."""

from __future__ import annotations

import re

from detente.language import Text, Word
from detente.record.draft.language.entities import people_named
from detente.record.draft.proposing.flows import economies_named
from detente.record.draft.row import DraftRow
from detente.record.draft.suggest import KnownRecord
from detente.record.period import Period
from detente.record.verdicts.amounts import currency_of
from detente.record.verdicts.citing import series_name
from detente.record.verdicts.independence.organisations import country_in

_WHO = {
    "refugees": re.compile(r"\brefug", re.IGNORECASE),
    "asylum_seekers": re.compile(r"\basyl|\basilo", re.IGNORECASE),
}
_LIVING = re.compile(r"\b(?:[Ii]n|[Ee]n)\s(?:the\s)?(?P<host>[A-ZÁÉÍÓÚ]\w+(?:\s[A-ZÁÉÍÓÚ]\w+)?)")
_HOSTING = re.compile(
    r"\b(?:host(?:s|ed|ing)?|shelter(?:s|ed|ing)|(?:is|was|are|were)\shome\sto|acog(?:e|ía)|alberga(?:ba)?)\b[^\d;.]{0,40}$",
    re.IGNORECASE,
)
_OWN = re.compile(r"[^\w\s]?[\d.,]+\s(?:mil\s|millones\sde\s)?[a-záéíóúñ]+\s([a-záéíóúñ]{4,})\b")
"""A count, its noun and an adjective: *20.000 refugiados etíopes*."""
_COMING = re.compile(r"\b(?:from|de)\s(?:the\s)?(?P<home>[A-ZÁÉÍÓÚ]\w+(?:\s[A-ZÁÉÍÓÚ]\w+)?)")


def people_at(sentence: str, place: int, noun: str, known: KnownRecord) -> str:
    """The record's series of one economy's people in the other that a count at a place speaks of; empty where none is.

    Examples
    --------
    >>> known = KnownRecord(("PER", "CHL"), ("migration.people_per_in_chl",))
    >>> people_at("Some 157,000 Peruvians live in Chile.", 5, "Peruvians", known)
    'migration.people_per_in_chl'
    """
    if len(known.dyad) != 2 or set(economies_named(sentence)) - set(known.dyad):
        return ""
    home, host = _home(sentence[place:], noun), _host(sentence, place)
    if {home, host} != set(known.dyad) or home == host:
        return ""
    end = f"_{home.lower()}_in_{host.lower()}"
    held = [s for s in known.series if s.startswith("migration.") and s.endswith(end)]
    said = [what for what, pattern in _WHO.items() if pattern.search(sentence)]
    wanted = [s for s in held if s == f"migration.{said[0] if said else 'people'}{end}"] if len(said) < 2 else []
    return wanted[0] if wanted else ""


def _home(after: str, noun: str) -> str:
    """Where those who are counted come from: *Peruvians*, *refugees from Peru*, *refugiados peruanos*."""
    coming = _COMING.search(after)
    own = _OWN.match(after)
    return country_in(noun) or (country_in(coming["home"]) if coming else "") or (people_named(own[1]) if own else "")


def _host(sentence: str, place: int) -> str:
    """Where they live: *in Chile* after the figure or before it, or whoever *hosts* them."""
    before = sentence[:place]
    if living := _LIVING.search(sentence[place:]):
        return country_in(living["host"])
    hosting = _HOSTING.search(before)
    if hosting:
        found = set(economies_named(before[: hosting.start()]))
    else:
        found = {country_in(m["host"]) for m in _LIVING.finditer(before)} - {""}
    return found.pop() if len(found) == 1 else ""


def propose_test(row: DraftRow, known: KnownRecord) -> DraftRow:
    """A row with the test and target it plainly calls for; otherwise as it was.

    An amount of money with a period of its own, about a flow of the study's pair that the
    record has, is held against it, and so is a tariff, and a count of one's people in the other; a change over a year
    (in percent, in money, or as a multiple) against the year before.
    """
    cells, target = row.cells, row.series
    if not target or target not in known.series or not cells.get("date") or not cells.get("value"):
        return row
    options = cells.get("options", "")
    changed, before = cells.get("state") in ("up", "down"), _year_before(cells["date"])
    if currency_of(cells["unit"]) and changed:
        if not before:
            return row
        joined = ";".join(filter(None, (options, f"from={before};to={cells['date']};measure=difference")))
        proposed = {"test": "change", "target": target, "why_not": "", "options": joined}
    elif cells["unit"] == "times" and before:
        joined = ";".join(filter(None, (options, f"from={before};to={cells['date']};measure=ratio")))
        proposed = {"test": "change", "target": target, "why_not": "", "options": joined}
    elif (
        currency_of(cells["unit"])
        or (target.startswith("tariff.") and not changed)
        or (target.startswith("migration.") and cells["unit"] == "persons")
    ):
        proposed = {"test": "quantity", "target": target, "why_not": ""}
    elif cells["unit"] == "pct" and changed and before:
        change = f"from={before};to={cells['date']}"
        joined = ";".join(filter(None, (options, change)))
        proposed = {"test": "change", "target": target, "why_not": "", "options": joined}
    else:
        return row
    hint = Text("hint.test", test=Word(proposed["test"], group="test"), target=target, what=series_name(target))
    return DraftRow({**cells, **proposed}, row.confidence, (*row.hints, hint), row.series)


def _year_before(period: str) -> str:
    try:
        found = Period.parse(period)
    except ValueError:
        return ""
    return str(found.first.year - 1) if found.precision == "year" else ""
