"""Figures, events and states as a verdict quotes them."""

from __future__ import annotations

from collections.abc import Iterable

from detente.language import Day, Joined, Number, Text, Word
from detente.record.rows import Event, Figure
from detente.record.states import FOREVER, Spell
from detente.record.verdicts.amounts import say
from detente.record.verdicts.evidence import Evidence
from detente.record.verdicts.verdict import Verdict


def cite(figure: Figure) -> str:
    """A figure with its period, basis and id."""
    facts = {"amount": say(figure.value, figure.unit), "period": Day(figure.period), "id": figure.id}
    if figure.basis in ("-", "unspecified"):
        return Text("evidence.figure", **facts)
    return Text("evidence.figure_on", basis=basis_name(figure), **facts)


def listed(figures: Iterable[Figure]) -> str:
    """Several figures."""
    return Joined("; ", parts=map(cite, figures))


def early_said(verdict: Verdict, figures: Iterable[Figure], evidence: Evidence) -> Verdict:
    """The verdict, saying which of its figures came out before their period had ended."""
    early = [f for f in figures if evidence.early(f)]
    if not early or verdict.verdict in ("not checkable", "outcome pending"):
        return verdict
    when = Joined(", ", parts=(Day(evidence.published(f)) for f in early))
    return verdict.because(Text("reason.early", reason=verdict.reason, figures=listed(early), when=when))


def aside_said(verdict: Verdict, figures: Iterable[Figure], used: Iterable[Figure], evidence: Evidence) -> Verdict:
    """The verdict, saying which figures came out before their period had ended and gave way to later ones."""
    ids = {f.id for f in used}
    aside = [f for f in figures if f.id not in ids and evidence.early(f)]
    if not aside or not ids or verdict.verdict in ("not checkable", "outcome pending"):
        return verdict
    return verdict.because(Text("reason.aside", reason=verdict.reason, figures=listed(aside)))


def sources_of(figures: Iterable[Figure]) -> tuple[str, ...]:
    """The sources of some figures, each once."""
    return tuple(dict.fromkeys(f.source_id for f in figures))


def series_name(series: str) -> str:
    """A series as the record names it; other languages say what it is."""
    name, _, place = series.partition("@")
    known = Word(name, group="series_name")
    return Text("evidence.at", what=known, place=Word(place, group="place")) if place else known


def basis_name(figure: Figure) -> str:
    """The basis of a figure."""
    return Word(figure.basis, group="basis")


def plain(number: float) -> str:
    """A number without its unit."""
    return Number(f"{number:,g}")


def cite_event(found: Event, *, announced: bool = False) -> str:
    """An event with its id and date."""
    facts = {"title": found.title, "id": found.id, "date": Day(found.date)}
    if announced and found.announced:
        return Text("evidence.event_announced", announced=Day(found.announced), **facts)
    return Text("evidence.event", **facts)


def days_off(n: int) -> str:
    """A number of days with its sign."""
    return Text("amount.days", n=Number(f"{n:+,d}" if n else "0"))


def state_name(state: str) -> str:
    """A state as the record names it; other languages say what it is."""
    name, _, place = state.partition("@")
    known = Word(name, group="state_name")
    return Text("evidence.at", what=known, place=Word(place, group="place")) if place else known


def state_facts(spell: Spell) -> dict[str, str]:
    """State, value and event of a spell."""
    value = Word(spell.value, group="state_value")
    return {"state": state_name(spell.name), "value": value, "id": spell.event_id}


def cite_spell(spell: Spell) -> str:
    """A spell with its first and last day."""
    if spell.last == FOREVER:
        return Text("evidence.state_since", start=Day(spell.first), **state_facts(spell))
    return Text("evidence.state_span", start=Day(spell.first), end=Day(spell.last), **state_facts(spell))
