"""Rows proposed for ``events.csv``: what an article says has happened, in plain words or by its verbs and nouns alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from detente.economies import name_of
from detente.language import LANGUAGES, Catalogue, Text
from detente.language.registry import SOURCE
from detente.record.draft.extract import Extraction
from detente.record.draft.language.deeds.capitals import capitals_in
from detente.record.draft.language.deeds.dating import Dated, dated
from detente.record.draft.language.deeds.deeds import deeds
from detente.record.draft.language.deeds.lexicon import lexicon, speaks_publicly
from detente.record.draft.language.deeds.statistics import is_statistic
from detente.record.draft.language.happenings import Happening, happenings
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.proposing.about import pairs_in_force
from detente.record.draft.proposing.flows import PARAGRAPH, TEXT, economies_named
from detente.record.draft.row import DraftRow
from detente.record.draft.suggest import KnownRecord
from detente.record.period import Period
from detente.record.schema import EVENTS

NEAR = 45
"""Days within which an event on record of the same kind may be the one that an article tells of."""
_SUBSYSTEMS = {
    "border closure": "border", "border opening": "border", "trade restriction": "trade", "agreement": "trade",
    "diplomatic break": "diplomacy", "reconciliation": "diplomacy", "air service": "air", "energy cut": "energy",
    "energy cooperation": "energy", "sanctions": "sanctions", "sanctions relief": "sanctions",
    "security incident": "security",
}  # fmt: skip


def happenings_in(sentence: Sentence, found: Extraction) -> list[Happening]:
    """What a sentence says has happened, each with its own day."""
    dates = [d for d in found.dates if sentence.start <= d.start < sentence.end]
    article = found.article
    return list(happenings(article.text, sentence.start, sentence.end, dates, article.language, article.published))


def event_rows(found: Extraction, source_id: str, known: KnownRecord) -> Iterator[DraftRow]:
    """Rows for ``events.csv``, one for each thing that happened on a day, not about other economies than the study's.

    What is told in plain words for an act of the record comes first for its day; of the deeds of any kind those are added
    that another day tells of, marked ``low``. The title is made of the kind and the economies, since the article's words
    have no place in a study.
    """
    article = found.article
    rows: list[_Told] = []
    about = pairs_in_force(found.sentences, article.title, known.dyad)
    told_of = dated(article.text, found.sentences, found.dates, article.language, article.published)
    held = 0  # the paragraph that has named one of the two
    for one, pair in zip(told_of, about, strict=True):
        actors = _economies(one.sentence, known)
        held = one.sentence.paragraph if actors else held
        if actors is not None:
            going_on = one.sentence.paragraph == held or pair in (TEXT, PARAGRAPH)
            near = bool(actors or going_on or speaks_publicly(one.sentence.text, article.language))
            told = [*_plain(one, found), *(_wide(one, found) if known.dyad and near else ())]
            rows += [replace(each, actors=tuple(actors or known.dyad)) for each in told]
    kept = sorted(_distinct(rows), key=lambda one: one.place)
    for number, one in enumerate(kept, 1):
        yield _event(one, f"{source_id}-e{number}", source_id, known)


def _distinct(rows: Sequence[_Told]) -> Iterator[_Told]:
    """Each thing once: of what is read by verbs alone nothing whose day a sentence, or for no kind the text, has told of."""
    seen: set[tuple[str, str]] = set()
    places: set[tuple[int, str]] = set()
    days: set[str] = set()
    for one in sorted(rows, key=lambda one: (one.wide, not one.kind)):
        key, place = (one.kind + one.direction, one.date), (one.sentence.start, one.date)
        known_day = not one.kind and one.date in days and len(one.date) == len("2020-01-01")
        if key in seen or (one.wide and (place in places or known_day)):
            continue
        seen.add(key)
        places.add(place)
        days.add(one.date)
        yield one


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sentence tells of: an act of the record, or, of the wider net, a deed of any kind."""

    sentence: Sentence
    place: int
    date: str
    kind: str
    direction: str
    sets: str = ""
    actors: tuple[str, ...] = ()
    wide: bool = False
    carried: bool = False


def _plain(one: Dated, found: Extraction) -> Iterator[_Told]:
    """Acts of the record, told in plain words."""
    article, sentence = found.article, one.sentence
    for act in happenings(article.text, sentence.start, sentence.end, one.dates, article.language, article.published):
        yield _Told(sentence, act.start, act.date.date, act.kind, act.direction, act.sets, carried=one.carried)


def _wide(one: Dated, found: Extraction) -> Iterator[_Told]:
    """Deeds of any kind, by their verbs and nouns."""
    article, sentence = found.article, one.sentence
    figures = [f for f in found.figures if sentence.start <= f.start < sentence.end]
    for deed in deeds(
        article.text, sentence.start, sentence.end, one.dates, article.language, headed=one.headed, entry=one.entry
    ):
        if article.published and Period.parse(deed.date.date).first > Period.parse(article.published).last:
            continue
        if is_statistic(article.text, deed, figures):
            continue
        kind, direction = lexicon(article.language).kind_of(deed.name, sentence.text)
        yield _Told(sentence, deed.start, deed.date.date, kind, direction, wide=True, carried=one.carried)


_BOTH = re.compile(
    r"\b(?:the two|both|between them|brokered|mediated|under the auspices|los dos|las dos|amb[oa]s|bilateral(?:es)?|medió|auspicios)\b",
    re.IGNORECASE,
)


def _economies(sentence: Sentence, known: KnownRecord) -> list[str] | None:
    """The economies that a sentence names; nothing where it is about others than the study's."""
    named = list(dict.fromkeys([*economies_named(sentence.text), *capitals_in(sentence.text)]))
    if known.dyad and named and not set(named) & set(known.dyad):
        return list(known.dyad) if _BOTH.search(sentence.text) else None
    return named


def _event(one: _Told, id_: str, source_id: str, known: KnownRecord) -> DraftRow:
    cells = {
        "event_id": id_, "date": one.date, "title": _title(one.kind, one.actors, SOURCE), "kind": one.kind,
        "subsystems": _SUBSYSTEMS.get(one.kind, ""), "actors": ";".join(one.actors), "direction": one.direction,
        "sets": one.sets, "source_ids": source_id,
    }  # fmt: skip
    titles = {f"title_{language}": _title(one.kind, one.actors, language) for language in LANGUAGES.others}
    cells |= {name: title for name, title in titles.items() if name in EVENTS.allowed}
    hints = [Text("hint.read_from", text=one.sentence.text)]
    exact = len(one.date) == len("2020-01-01")
    if not exact:
        hints.append(Text("hint.no_day"))
    if one.carried:
        hints.append(Text("hint.carried_day"))
    if one.wide:
        hints.append(Text("hint.wide" if one.kind else "hint.open_kind"))
    if same := matching(one.kind, one.date, known):
        hints.insert(0, Text("hint.same_event", id=same))
    if not one.sets and not one.wide:
        hints.append(Text("hint.sets"))
    return DraftRow(
        cells, "low" if one.wide or one.carried or same or not (exact and one.actors) else "medium", tuple(hints)
    )


def _title(kind: str, actors: Sequence[str], language: str) -> str:
    """The kind of event and the first two economies, in a language."""
    words = Catalogue(language)
    said = words.known("word", kind or "event")
    names = [name_of(code, language) for code in actors[:2]]
    told = words("answer.and", first=names[0], last=names[1]) if len(names) == 2 else "".join(names)
    return said[:1].upper() + said[1:] + (f": {told}" if told else "")


def matching(kind: str, day: str, known: KnownRecord) -> str:
    """The id of the record's event of the same kind that lies nearest in time, if near enough; empty where none does."""
    when = Period.parse(day)
    near = [
        (abs(when.gap(Period.parse(date))), event_id)
        for event_id, date, its_kind in known.events
        if its_kind == kind and abs(when.gap(Period.parse(date))) <= NEAR
    ]
    return min(near)[1] if near else ""


def tested(cells: Mapping[str, str], happening: Happening, known: KnownRecord) -> dict[str, str]:
    """A claim's cells with the test of an event on record, where there is one of its kind near its day."""
    target = matching(happening.kind, happening.date.date, known)
    if not target:
        return dict(cells)
    options = f"kind={happening.kind};direction={happening.direction}"
    return {**cells, "test": "event", "target": target, "options": options, "why_not": ""}
