"""Whether an event on record is the one that a claim speaks of: what happened, not only when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from detente.language import Text
from detente.language.text import Own
from detente.record.draft.language.words import LANGUAGES, table
from detente.record.rows import Claim, Event

ENOUGH = 3
"""Words of content from which a claim says enough for its event to be recognised."""
STEM = 5
"""Letters of a word that are compared: close, closes, closed and closure share theirs."""


def mismatch(claim: Claim, found: Event) -> str:
    """Why the event is another thing than the claim speaks of; empty where it is not."""
    kind, direction = claim.option("kind"), claim.option("direction")
    title = found.title
    if kind and found.kind not in _choices(kind):
        return Text("reason.other_kind", title=title, found=found.kind, claimed=kind)
    if direction and found.direction not in _choices(direction):
        return Text("reason.other_kind", title=title, found=found.direction, claimed=direction)
    if claim.state and not _sets(found) & set(_choices(claim.state)):
        set_to = ", ".join(f"{c.name}={c.value}" for c in found.sets) or Text("word.nothing")
        return Text("reason.other_state", title=title, found=set_to, claimed=claim.state)
    for one, other in _opposites():
        said, told = (_poles(text, one, other) for text in (_texts(claim.text), _event_texts(found)))
        if said and told and said != told:
            return Text("reason.opposite", title=title, claim=claim.text)
    return ""


def recognised(claim: Claim, found: Event) -> bool:
    """Whether what happened was tested: by ``kind``, ``direction`` or ``state``, by opposites or by common words."""
    if claim.option("kind") or claim.option("direction") or claim.state:
        return True
    return len(_shared(claim, found)) > 1 or _same_pole(claim, found)


def unrelated(claim: Claim, found: Event) -> bool:
    """Whether a claim that says enough shares no word with the event that its target names."""
    if claim.option("kind") or claim.option("direction") or claim.state or claim.option("actor"):
        return False
    enough = max(len(_stems([text])) for text in _texts(claim.text)) >= ENOUGH
    return enough and not _shared(claim, found) and not _same_pole(claim, found)


def _same_pole(claim: Claim, found: Event) -> bool:
    return any(
        (said := _poles(_texts(claim.text), one, other)) and said == _poles(_event_texts(found), one, other)
        for one, other in _opposites()
    )


def _choices(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|")]


def _sets(found: Event) -> set[str]:
    return {form for c in found.sets for form in (c.value, f"{c.name}={c.value}", f"{c.state}={c.value}")}


def _texts(text: str) -> list[str]:
    """A text of a record in every language in which it stands."""
    return [str(text), *(t for t in text.values.values() if t)] if isinstance(text, Own) else [str(text)]


def _event_texts(found: Event) -> list[str]:
    return [*_texts(found.title), found.kind, *(c.value.replace("_", " ") for c in found.sets)]


def _shared(claim: Claim, found: Event) -> set[str]:
    more = [*found.actors, *found.subsystems, *(c.name for c in found.sets)]
    return _stems(_texts(claim.text)) & _stems([*_event_texts(found), *more])


def _poles(texts: Iterable[str], one: re.Pattern[str], other: re.Pattern[str]) -> str:
    """Which of two opposites some texts name: ``one``, ``other``, or neither where they name both, none or a denial."""
    texts = list(texts)
    if any(_DENIAL.search(_plain(t)) for t in texts):
        return ""
    first, second = (any(p.search(_plain(t)) for t in texts) for p in (one, other))
    return "" if first == second else "one" if first else "other"


@cache
def _opposites() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    pairs: dict[str, list[tuple[str, str]]] = {}
    for language in LANGUAGES:
        for name, pair in table(language).get("opposites", {}).get("pairs", {}).items():
            pairs.setdefault(name, []).append(tuple(pair))
    return tuple(
        (_pattern("|".join(ones)), _pattern("|".join(others))) for ones, others in (zip(*p) for p in pairs.values())
    )


def _pattern(stems: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{stems})", re.IGNORECASE)


def _stems(texts: Iterable[str]) -> set[str]:
    words = {w for text in texts for w in re.findall(r"\w+", _plain(text)) if len(w) > 3 and not w.isdigit()}
    return {w[:STEM] for w in words - _common()}


@cache
def _common() -> frozenset[str]:
    """Words that say nothing of what happened."""
    common = {w for language in LANGUAGES for w in table(language).get("opposites", {}).get("common", "").split()}
    return frozenset(_plain(w) for w in common)


_DENIAL = re.compile(r"\b(?:not|no|never|nor|without|nunca|sin|ni|jamas)\b|n't\b")


@lru_cache(maxsize=1 << 14)
def _plain(text: str) -> str:
    """A text without accents and capitals: the same claims and titles are asked for many times over."""
    folded = unicodedata.normalize("NFKD", text)
    return "".join(c for c in folded if not unicodedata.combining(c)).casefold()
