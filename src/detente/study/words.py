"""A study's own words for its states, places and series, by language: ``words.toml``.

The engine spells any code from its name (:mod:`detente.language.spelling`); what stands here is said instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from detente._foreign import read_toml
from detente.economies import code_meant, name_of
from detente.errors import DetenteError, Problem, did_you_mean
from detente.language import LANGUAGES, Catalogue, own, phrase, said, spelt
from detente.record.period import Period
from detente.record.states import Spell, build_states
from detente.record.states.vocabulary import Vocabulary, default_vocabulary, parse_sets, vocabulary_of

if TYPE_CHECKING:
    from detente.record import Ledger
    from detente.study.spec import Spec

FILE = "words.toml"
PRONOUNCED = "pronounced"
"""The table of names as a voice is to be given them, for the edition read aloud."""
GROUPS = {  # table of the file: group of the catalogue whose words stand there
    "series": "series_name",
    "axes": "series",
    "states": "state_name",
    "values": "state_value",
    "places": "place",
    "phrases": "relation",
    "pronounced": "pronounced",
}
_BRACE = re.compile(r"\{(value|name)\}|[{}]")
"""The blanks of a phrase, and braces that are none."""
Words = dict[str, dict[str, dict[str, str]]]
"""Words by language, table and code."""


def read_words(folder: Path) -> tuple[Words, list[Problem]]:
    """The words of a study folder, and what is wrong with the file's form; no words where there is no file."""
    path = folder / FILE
    if not path.exists() and not path.is_symlink():
        return {}, []
    try:
        raw = read_toml(path, inside=folder)
    except DetenteError as error:
        return {}, [Problem(FILE, None, None, f"It cannot be read: {error.what}", error.fix)]
    words: Words = {}
    problems = []
    for language, tables in raw.items():
        if language in LANGUAGES and not isinstance(tables, dict):
            what = f"'{language}' is not a table."
            problems.append(Problem(FILE, None, language, what, f"Write its tables as [{language}.states]."))
            continue
        if language not in LANGUAGES:
            what = f"'{language}' is not a language.{did_you_mean(language, LANGUAGES)}"
            problems.append(Problem(FILE, None, language, what, f"Use one of: {', '.join(LANGUAGES)}."))
            continue
        words[language] = {}
        for table, rows in tables.items():
            key = f"{language}.{table}"
            if table in GROUPS and not isinstance(rows, dict):
                what = f"'{table}' is not a table."
                problems.append(Problem(FILE, None, key, what, f"Write its words below [{key}]."))
                continue
            if table not in GROUPS:
                what = f"'{table}' is not a table of words.{did_you_mean(table, GROUPS)}"
                problems.append(Problem(FILE, None, key, what, f"Use one of: {', '.join(GROUPS)}."))
                continue
            texts = {code: text for code, text in rows.items() if isinstance(text, str) and text.strip()}
            words[language][table] = texts
            problems += [
                Problem(FILE, None, f"{key}.{code}", "It is empty." if isinstance(text, str) else "It is not a text in quotes.",
                        "Write the words, or drop the key.")
                for code, text in rows.items() if code not in texts
            ]  # fmt: skip
    return words, problems


def word_problems(folder: Path, spec: Spec, ledger: Ledger) -> list[Problem]:
    """What is wrong with a study's words: their form, codes that the record lacks, words that one language lacks."""
    words, problems = read_words(folder)
    vocabulary, _ = vocabulary_of(Path(ledger.folder))
    known = _known(ledger, vocabulary)
    for language, tables in words.items():
        for table, rows in tables.items():
            for code in rows:
                if not _is_known(code, table, known, vocabulary):
                    what = f"The record has no {_KIND[table]} '{code}'.{did_you_mean(code, known[table])}"
                    problems.append(Problem(FILE, None, f"{language}.{table}.{code}", what, "Drop or correct the key."))
    for table in (name for name in GROUPS if name != PRONOUNCED):  # each language says names in its own way
        first = {code: language for language in reversed(words) for code in words[language].get(table, {})}
        for code, language in first.items():
            problems += [
                Problem(
                    FILE, None, f"{other}.{table}.{code}", f"It is missing; [{language}.{table}] has it.",
                    "Add it, or drop it from every language.",
                )
                for other in words
                if code not in words[other].get(table, {})
            ]  # fmt: skip
    problems += [
        Problem("study.toml", None, "answer.states", f"'{name}' is not a state.{did_you_mean(name, known['states'])}")
        for name in spec.answer.states
        if vocabulary.state(name) is None
    ]
    return problems


_KIND = {"series": "series", "axes": "series", "states": "state", "values": "value of a state", "places": "place",
         "phrases": "state with that value"}  # fmt: skip


def _known(ledger: Ledger, vocabulary: Vocabulary) -> dict[str, set[str]]:
    """The codes that words can be given for, by table."""
    figures = [*ledger.figures["series"], *(cell.partition(", ")[0] for cell in ledger.forecasts["target"])]
    changes = [change for cell in ledger.events["sets"].drop_nulls() for change in parse_sets(cell)]
    shipped = {name for name in vocabulary.states if "*" not in name}
    series = {name.partition("@")[0] for name in figures}
    return {
        "series": series,
        "axes": series,
        "states": {change.state for change in changes} | shipped,
        "values": {change.value for change in changes} | {v for s in vocabulary.states.values() for v in s.values},
        "places": {name.partition("@")[2] for name in figures} | {change.place for change in changes},
        "phrases": {f"{change.state}={change.value}" for change in changes},
    }


def _is_known(code: str, table: str, known: Mapping[str, set[str]], vocabulary: Vocabulary) -> bool:
    if table == PRONOUNCED:
        return True
    if table == "phrases" and code not in known[table]:
        state, equals, value = code.partition("=")
        listed = vocabulary.state(state)
        return bool(equals) and state in known["states"] and listed is not None and listed.takes(value)
    return code in known[table]


def catalogue(spec: Spec, language: str, *, spoken: bool = False) -> Catalogue:
    """The catalogue of a language with the study's own words and the names of its economies laid over it; one that
    speaks if ``spoken``.

    >>> from detente.study import open_study
    >>> words = catalogue(open_study("colombia-venezuela").spec, "es")
    >>> words.known("place", "tachira"), spelt(words, "series_name", "oil.from_col_to_ven")
    ('Táchira', 'oil: from Colombia to Venezuela')
    """
    tables = spec.words.get(language, {})
    added = {
        f"{GROUPS[table]}.{code}": _BRACE.sub(lambda m: m[0] * (1 if m[1] else 2), text) if table == "phrases" else text
        for table, rows in tables.items()
        for code, text in rows.items()
    }
    names = {f"economy.{code.lower()}": name_of(code, language) for code in spec.dyad}
    return Catalogue(language, names | added, spoken)


def states_in_words(events: pl.DataFrame, spec: Spec, day: date, words: Catalogue) -> list[str]:
    """The states that events set and that hold on ``day``, a phrase each, with the day since when.

    Those that ``[answer] states`` names, in its order; without it every state that the record sets, in the order of
    the vocabulary.
    """
    vocabulary, (states, _) = default_vocabulary(), build_states(events)
    held: dict[str, list[Spell]] = {}
    for name in states.spells:
        spell = states.at(name, day)
        if spell is not None:
            held.setdefault(name.partition("@")[0], []).append(spell)
    every = sorted(held, key=lambda state: (vocabulary.place(state), state))
    chosen = [state for state in spec.answer.states if state in held] if spec.answer.states else every
    return [_said(state, held[state], events, spec, vocabulary, words) for state in chosen]


def _said(
    state: str, spells: Iterable[Spell], events: pl.DataFrame, spec: Spec, vocabulary: Vocabulary, words: Catalogue
) -> str:
    """One state; places with the same value share a phrase, each with its first day."""
    by_value: dict[str, list[Spell]] = {}
    for spell in spells:
        by_value.setdefault(spell.value, []).append(spell)
    listed = vocabulary.state(state)
    parts = []
    for value, found in by_value.items():
        text, notes = phrase(words, state, value), [_since(spell, events, words) for spell in found]
        if listed is not None and listed.of_one:
            if f"relation.{state}={value}" in words.added:  # the study's own words say whose
                notes = list(dict.fromkeys(_day(spell, events, words) for spell in found))
            elif len(found) == 1:
                text, notes = _with_whose(text, found[0], events, spec, words)
        parts.append(f"{text} ({'; '.join(notes)})")
    return "; ".join(parts)


def _since(spell: Spell, events: pl.DataFrame, words: Catalogue) -> str:
    place, since = spell.name.partition("@")[2], _day(spell, events, words)
    return words("answer.place_since", place=spelt(words, "place", place), since=since) if place else since


def _day(spell: Spell, events: pl.DataFrame, words: Catalogue) -> str:
    """Since when; where the record met the state without its beginning, since when it is on record."""
    event = _event(events, spell.event_id)
    met = event["kind"] == "observed state"
    return words("answer.since_at_least" if met else "answer.since", day=_begun(spell, event, words))


def _begun(spell: Spell, event: Mapping[str, Any], words: Catalogue) -> str:
    """The first day of a spell, no more precise than its event is dated."""
    dated = Period.parse(event["date"]).first == spell.first
    return words.date(event["date"] if dated else spell.first.isoformat())


def _with_whose(text: str, spell: Spell, events: pl.DataFrame, spec: Spec, words: Catalogue) -> tuple[str, list[str]]:
    """A state of one economy with its name, where its place or its event names one of the two; else with the event's title."""
    event = _event(events, spell.event_id)
    actors = {code_meant(actor.strip()) for actor in (event.get("actors") or "").split(";")}
    place = spell.name.partition("@")[2].upper()
    named = [code for code in spec.dyad if code == place] or [code for code in spec.dyad if code in actors]
    if len(named) == 1:
        whose = words("relation.whose", who=name_of(named[0], words.language), phrase=text)
        return whose, [_day(spell, events, words)]
    title = said(own(event, "title"), words)
    return text, [words("answer.since_event", day=_begun(spell, event, words), title=title)]


def _event(events: pl.DataFrame, ident: str) -> dict[str, Any]:
    found: Iterator[dict[str, Any]] = events.filter(events["event_id"] == ident).iter_rows(named=True)
    return next(found)
