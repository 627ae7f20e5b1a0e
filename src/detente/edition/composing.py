"""An edition in one language: what changed, the numbers behind it, what next, one chart a study; to read or to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from detente.answer.facts import Facts
from detente.economies import in_text
from detente.edition.material import Changed, DatedAhead, SubjectLike
from detente.language import Catalogue, said
from detente.language.controls import clean
from detente.report.first_screen import Picture, first_screen, first_sentences

FIRST = ("answer", "happened", "why", "what_if", "claims")
MOST = 12  # changes told of a study; the others are counted
NEXT = 2  # sentences of what comes next


@dataclass(frozen=True, slots=True)
class EditionPart:
    """A titled group of sentences: ``changed``, ``numbers`` or ``next``."""

    key: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One study in one language.

    Attributes
    ----------
    id, title : of the study.
    lead : the whole in one sentence.
    parts : what changed, the numbers behind it, what next; one without a sentence is left out.
    picture : the chart of the direction that is shown first; None for the ear, and where no trade is known.
    source : of the flows.
    changes : how many things changed.
    """

    id: str
    title: str
    lead: str
    parts: tuple[EditionPart, ...]
    picture: Picture | None
    source: str
    changes: int


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition in one language.

    Attributes
    ----------
    day, language : which.
    title : what a subject line says.
    heading : weekday and date.
    pieces : one a study.
    spoken : whether it is for the ear: then no digit and no symbol is in it.
    """

    day: date
    language: str
    title: str
    heading: str
    pieces: tuple[Piece, ...]
    spoken: bool = False

    @property
    def words(self) -> Catalogue:
        return Catalogue(self.language, spoken=self.spoken)

    def script(self) -> tuple[tuple[str, str], ...]:
        """What is read aloud: chapters, each a title and its text, beginning with the greeting."""
        words = self.words
        name = words("edition.name")
        opening = words("edition.opening", name=name, heading=self.heading)
        chapters = [(name, opening)]
        for piece in self.pieces:
            told = [f"{_ended(piece.title)}"]
            for part in piece.parts:
                told += [_ended(part.title), *part.sentences]
            chapters.append((piece.title, "\n".join(told)))
        closing = words("edition.closing", name=name, day=words.date(self.day.isoformat()))
        last, text = chapters[-1]
        return (*chapters[:-1], (last, f"{text}\n{closing}"))


def compose(subjects: Sequence[SubjectLike], day: date, language: str, *, spoken: bool = False) -> Edition:
    """The edition of ``day`` from its subjects; the spoken one has the same sentences, with numbers as words.

    Parameters
    ----------
    subjects : runs with what changed in them, in the order they are told.
    language : one of the catalogue's.
    spoken : for the ear.
    """
    words = Catalogue(language, spoken=spoken)
    pieces = tuple(_piece(subject, day, language, spoken) for subject in subjects)
    heading = words(
        "edition.heading",
        weekday=words(f"edition.weekday_{day.weekday()}"),
        day=words.date(day.isoformat()),
    )
    return Edition(day, language, _title(subjects, pieces, words), _begun(heading), pieces, spoken)


def _title(subjects: Sequence[SubjectLike], pieces: Sequence[Piece], words: Catalogue) -> str:
    """Which pairs, and how many changes, short enough for a subject."""
    pairs = [_pair(subject, words.language) for subject in subjects]
    shown = "; ".join(pairs[:2]) + (f" +{len(pairs) - 2}" if len(pairs) > 2 else "")
    n = sum(piece.changes for piece in pieces)
    first = all(subject.since is None and not subject.changes for subject in subjects)
    key = "subject_first" if first else "subject_none" if n == 0 else "subject_one" if n == 1 else "subject_changed"
    return words(f"edition.{key}", title=words.aloud(shown), n=n)


def _pair(subject: SubjectLike, language: str) -> str:
    return " – ".join(_begun(in_text(code, language)) for code in subject.ends)


def _piece(subject: SubjectLike, day: date, language: str, spoken: bool) -> Piece:
    told = subject.told(language, spoken=spoken)
    words, facts = told.words, told.facts
    first = {} if facts is None else first_sentences(facts, words, lambda code: in_text(code, language))
    groups = (
        ("changed", "watch.history", _changes(subject, words)),
        ("numbers", "edition.numbers", [first[key] for key in FIRST[1:] if key in first]),
        ("next", "page.what_next", [*told.next[:NEXT], *_ahead(subject.ahead, words)]),
    )
    parts = tuple(
        EditionPart(key, words(title), tuple(_sentence(text) for text in sentences))
        for key, title, sentences in groups
        if sentences
    )
    lead = first.get("answer", "")
    return Piece(
        subject.id,
        clean(words.aloud(told.title)),
        _sentence(lead),
        _with_lead(parts, lead),
        None if spoken or facts is None else _picture(facts, words, subject.id),
        "" if facts is None else clean(words.aloud(said(facts.source, words))),
        len(subject.changes),
    )


def _with_lead(parts: tuple[EditionPart, ...], lead: str) -> tuple[EditionPart, ...]:
    """The lead stands first among the numbers, for the ear as for the eye."""
    if not lead:
        return parts
    return tuple(
        EditionPart(part.key, part.title, (_sentence(lead), *part.sentences)) if part.key == "numbers" else part
        for part in parts
    )


def _changes(subject: SubjectLike, words: Catalogue) -> list[str]:
    if subject.since is None and not subject.changes:
        return [words("edition.first")]
    if not subject.changes:
        return [words("edition.nothing", day=words.date(subject.since))]
    told = [_change(change, words) for change in subject.changes[:MOST]]
    more = len(subject.changes) - MOST
    return [*told, words("edition.more_changes", n=more)] if more > 0 else told


def _change(change: Changed, words: Catalogue) -> str:
    return words.aloud(change.said(words))


def _ahead(found: Sequence[DatedAhead], words: Catalogue) -> list[str]:
    return [words("edition.ahead", day=words.date(one.day), what=words.aloud(one.said(words))) for one in found]


def _picture(facts: Facts, words: Catalogue, ident: str) -> Picture | None:
    screen = first_screen(facts, words, lambda code: in_text(code, words.language), f"{words.language}-{ident}")
    return screen.pictures[0] if screen is not None and screen.pictures else None


def _sentence(text: str) -> str:
    """A text of the record on one line, without what steers a page or a terminal, begun with a capital."""
    return _begun(clean(text))


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
