"""Rows proposed for ``events.csv`` and ``series.csv``: what an article says has happened, and the figures of the pair's flows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from detente.economies import name_of
from detente.language import LANGUAGES, Catalogue, Text
from detente.language.registry import SOURCE
from detente.record.draft.extract import Extraction
from detente.record.draft.language.happenings import Happening, happenings
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.proposing.flows import economies_named
from detente.record.draft.row import DraftRow
from detente.record.draft.suggest import KnownRecord
from detente.record.period import Period
from detente.record.schema import EVENTS, FIGURES
from detente.record.verdicts.amounts import currency_of

NEAR = 45
"""Days within which an event on record of the same kind may be the one that an article tells of."""
STATUS = {"about": "approximate", "more than": "bound", "less than": "bound", "at least": "bound", "at most": "bound"}
"""Status of a figure by the operator of its wording."""
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

    The title is made of the kind and the economies, since the article's words have no place in a study.
    """
    seen: set[tuple[str, str]] = set()
    number = 0
    for sentence in found.sentences:
        named = economies_named(sentence.text)
        if known.dyad and named and not set(named) & set(known.dyad):
            continue
        for happening in happenings_in(sentence, found):
            key = (happening.kind + happening.direction, happening.date.date)
            if key in seen:
                continue
            seen.add(key)
            number += 1
            actors = named or list(known.dyad)
            yield _event(happening, sentence, actors, f"{source_id}-e{number}", source_id, known)


def _event(
    happening: Happening, sentence: Sentence, actors: Sequence[str], id_: str, source_id: str, known: KnownRecord
) -> DraftRow:
    cells = {
        "event_id": id_, "date": happening.date.date, "title": _title(happening.kind, actors, SOURCE), "kind": happening.kind,
        "subsystems": _SUBSYSTEMS.get(happening.kind, ""), "actors": ";".join(actors), "direction": happening.direction,
        "sets": happening.sets, "source_ids": source_id,
    }  # fmt: skip
    titles = {f"title_{language}": _title(happening.kind, actors, language) for language in LANGUAGES.others}
    cells |= {name: title for name, title in titles.items() if name in EVENTS.allowed}
    hints = [Text("hint.read_from", text=sentence.text)]
    exact = len(happening.date.date) == len("2020-01-01")
    if not exact:
        hints.append(Text("hint.no_day"))
    if same := matching(happening, known):
        hints.insert(0, Text("hint.same_event", id=same))
    if not happening.sets:
        hints.append(Text("hint.sets"))
    return DraftRow(cells, "medium" if exact and actors and not same else "low", tuple(hints))


def _title(kind: str, actors: Sequence[str], language: str) -> str:
    """The kind of event and the first two economies, in a language."""
    words = Catalogue(language)
    said = words.known("word", kind)
    names = [name_of(code, language) for code in actors[:2]]
    told = words("answer.and", first=names[0], last=names[1]) if len(names) == 2 else "".join(names)
    return said[:1].upper() + said[1:] + (f": {told}" if told else "")


def matching(happening: Happening, known: KnownRecord) -> str:
    """The id of the record's event of the same kind that lies nearest in time, if near enough; empty where none does."""
    when = Period.parse(happening.date.date)
    near = [
        (abs(when.gap(Period.parse(date))), event_id)
        for event_id, date, kind in known.events
        if kind == happening.kind and abs(when.gap(Period.parse(date))) <= NEAR
    ]
    return min(near)[1] if near else ""


def tested(cells: Mapping[str, str], happening: Happening, known: KnownRecord) -> dict[str, str]:
    """A claim's cells with the test of an event on record, where there is one of its kind near its day."""
    target = matching(happening, known)
    if not target:
        return dict(cells)
    options = f"kind={happening.kind};direction={happening.direction}"
    return {**cells, "test": "event", "target": target, "options": options, "why_not": ""}


def figure_rows(rows: Iterable[DraftRow], source_id: str) -> Iterator[DraftRow]:
    """Rows for ``series.csv``: amounts of the pair's trade and its tariffs with a period of their own."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        cells, series = row.cells, row.series
        key = (cells.get("value", ""), cells.get("unit", ""), cells.get("date", ""), series)
        changed = cells.get("state") in ("up", "down")
        rate = series.startswith("tariff.")
        if changed or not series or cells["type"] != "quantity" or not all(key) or key in seen:
            continue
        if not (rate or currency_of(key[1])):
            continue
        seen.add(key)
        operator = re.search(r"op=([^;]+)", cells.get("options", ""))
        speaker = cells.get("attributed_to", "")
        figure = {
            "figure_id": f"{source_id}-f{len(seen)}", "series": series, "period": cells["date"],
            "value": cells["value"].lstrip("-"), "unit": cells["unit"], "basis": "-" if rate else "unspecified",
            "kind": "rate" if rate else "flow",
            "status": STATUS.get(operator[1] if operator else "", "reported"), "source_id": source_id,
            "note": f"as {speaker} says" if speaker else "",
        }  # fmt: skip
        hints = (Text("hint.read_from", text=cells["claim"]), *row.hints)
        yield DraftRow(figure, row.confidence, hints)


EVIDENCE = {"events": EVENTS, "series": FIGURES}
"""Tables for which evidence is proposed, by the word in the draft file's name."""
