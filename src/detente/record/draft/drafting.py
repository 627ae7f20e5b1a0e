"""From what was found in an article to rows of a draft claims file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from detente.economies import name_of
from detente.language import LANGUAGES, Catalogue, Own, Text, Word
from detente.record.draft.clean import Article
from detente.record.draft.extract import Extraction, extract
from detente.record.draft.language.credits import Credit
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.happenings import Happening
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.tense import is_future
from detente.record.draft.language.units import MONEY, money_called
from detente.record.draft.proposing.about import pairs_in_force
from detente.record.draft.proposing.events import event_rows, happenings_in, tested
from detente.record.draft.proposing.evidence import EVIDENCE, figure_rows
from detente.record.draft.proposing.flows import FlowSpoken, economies_named, flow_at, is_change
from detente.record.draft.proposing.tariffs import tariff_at
from detente.record.draft.proposing.testing import people_at, propose_test
from detente.record.draft.row import COLUMNS, DraftRow, again, columns_of, grouped, write_rows
from detente.record.draft.suggest import DraftOffer, KnownRecord, Suggester, ask
from detente.record.draft.tying.around import Around
from detente.record.draft.tying.certainty import Surroundings
from detente.record.draft.tying.changes.direction import changes_by, direction_at, is_comparison
from detente.record.draft.tying.changes.multiples import multiples
from detente.record.draft.tying.money import in_own_money
from detente.record.draft.tying.periods.candidates import Paired
from detente.record.draft.tying.periods.carrying import InForce, in_force
from detente.record.draft.tying.periods.choosing import choose
from detente.record.draft.tying.places import SAID_ON
from detente.record.draft.tying.quantities import cells_of, either_of, is_labelled, quantity_row, study_unit
from detente.record.draft.tying.quotations import Quotation, quotations, speaker_at


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: rows for claims, the article's own facts that were used, suggestions that were refused, and evidence.

    ``events`` and ``figures`` are rows proposed for ``events.csv`` and ``series.csv``, told by the article itself;
    ``n_others`` counts the rows that were left out because their sentences name other economies only.
    """

    rows: tuple[DraftRow, ...]
    source_id: str
    published: str
    language: str
    refused: tuple[str, ...] = ()
    events: tuple[DraftRow, ...] = ()
    figures: tuple[DraftRow, ...] = ()
    n_others: int = 0

    def to_csv(self, language: str = "en") -> str:
        """The draft file's text: UTF-8 CSV with a header, its hints in a language."""
        return write_rows((row.as_row(language) for row in self.rows), COLUMNS)

    def evidence(self, language: str = "en") -> dict[str, str]:
        """The text of a draft file of events and of one of figures, by ``events`` and ``series``; only those with rows."""
        rows = {"events": self.events, "series": self.figures}
        return {
            name: write_rows((row.as_evidence(table, language) for row in rows[name]), columns_of(table))
            for name, table in EVIDENCE.items()
            if rows[name]
        }

    def summary(self, language: str = "en") -> str:
        """One line: how many rows of which type."""
        words = Catalogue(language)
        kinds = [row.cells["type"] for row in self.rows]
        counts = ", ".join(f"{kinds.count(k)} {words.known('drafted_kind', k)}" for k in dict.fromkeys(kinds))
        return words("drafted.claims_of" if counts else "drafted.claims", n=len(kinds), kinds=counts)


def draft_claims(
    article: Article,
    source_id: str,
    taken: Iterable[str] = (),
    suggest: Suggester | None = None,
    *,
    known: KnownRecord | None = None,
    on_record: Iterable[Mapping[str, str | None]] = (),
) -> Draft:
    """Draft the claims of an article; every row waits for a person.

    Parameters
    ----------
    article : Article
        From :func:`detente.record.draft.clean.read_article`.
    source_id : str
        The id of the article's row in ``sources.csv``.
    taken : iterable of str
        Claim ids already in use.
    suggest : callable, optional
        A step that may add rows, such as a language model; see :mod:`detente.record.draft.suggest`.
    known : KnownRecord, optional
        The study's economies, series and words, for the step above and for the tests proposed.
    on_record : iterable of mappings
        Claims already in the record: a drafted row that says the same is marked with their id.

    Examples
    --------
    >>> article = Article("", "Trade was worth US$7.2bn in 2008, the chamber said.", "2022-11-03", "en")
    >>> row = draft_claims(article, "S9").rows[0].as_row()
    >>> row["value"], row["unit"], row["date"], row["attributed_to"], row["type"]
    ('7200', 'usd_mn', '2008', 'the chamber', 'quantity')
    """
    found = extract(article)
    known = known or KnownRecord()
    bare: list[DraftRow] = []
    thread = Thread()
    about = pairs_in_force(found.sentences, found.article.title, known.dyad)
    whole = Whole(found, known, about, quotations(found.article.text, found.sentences, found.credits))
    for n, sentence in enumerate(found.sentences):
        if n and sentence.paragraph != found.sentences[n - 1].paragraph:
            thread = replace(thread, spoken=None)
        rows, thread = _of_sentence(n, whole, thread)
        bare += rows
    near = [row for row in bare if _of_pair(row, known)]
    bare, n_others = grouped(near), len(bare) - len(near)
    bare = [again(propose_test(row, known), source_id, tuple(on_record)) for row in bare]
    offer = ask(suggest, found, bare, known) if suggest is not None else DraftOffer()
    rows = tuple(_with_ids([*bare, *offer.rows], source_id, set(taken)))
    events = (*event_rows(found, source_id, known), *_sourced(offer.events, "event_id", "source_ids", source_id))
    figures = (*figure_rows(bare, source_id), *_sourced(offer.figures, "figure_id", "source_id", source_id))
    return Draft(
        rows, source_id, found.article.published, found.article.language, offer.refused, events, figures, n_others
    )


def _sourced(rows: Iterable[DraftRow], key: str, link: str, source_id: str) -> Iterable[DraftRow]:
    """Suggested evidence with ids and the article as its source."""
    for n, row in enumerate(rows, 1):
        cells = {key: f"{source_id}-s{n}", link: source_id, **row.cells}
        yield DraftRow(cells, row.confidence, row.hints)


def _of_pair(row: DraftRow, known: KnownRecord) -> bool:
    """Whether a row may be about the study's pair: a figure or event beside the names of others only is not."""
    if not known.dyad or row.cells["type"] not in ("quantity", "event", "prediction"):
        return True
    named = set(economies_named(row.cells["claim"]))
    return not named or bool(named & set(known.dyad))


@dataclass(frozen=True, slots=True)
class Thread:
    """What a sentence may go on about: the flow of the one before in its paragraph, and the period in force."""

    spoken: FlowSpoken | None = None
    period: InForce | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """What a sentence is read with: all that the text holds, what is known, whom it is about and who is quoted."""

    found: Extraction
    known: KnownRecord
    about: Sequence[str]
    quoted: Sequence[Quotation]

    def speakers(self, credits: Sequence[Credit], place: int) -> Sequence[Credit]:
        """Whom a sentence credits, or where it credits nobody the one who speaks in the quotation around a place."""
        speaker = None if credits else speaker_at(place, self.quoted)
        return [speaker] if speaker else credits


def _of_sentence(n: int, whole: Whole, before: Thread) -> tuple[list[DraftRow], Thread]:
    """The rows of a sentence, and what the next one may go on about."""
    found, known, about = whole.found, whole.known, whole.about[n]
    sentence = found.sentences[n]
    said = [f for f in found.figures if sentence.start <= f.start < sentence.end]
    figures = [in_own_money(f, known.dyad, sentence.text, found.article.text) for f in said]
    told = multiples(found.article.text, sentence.start, sentence.end)
    figures = sorted([*figures, *told], key=lambda f: f.start)
    dates = [d for d in found.dates if sentence.start <= d.start < sentence.end]
    credits = [a for a in found.credits if sentence.start <= a.start < sentence.end]
    happened = [
        _happened(h, sentence, whole.speakers(credits, h.date.start), known) for h in happenings_in(sentence, found)
    ]
    spoken, published = before.spoken, found.article.published
    text = found.article.text[: sentence.end]
    place = Around(text, sentence, figures, dates, credits, before.period, published, found.article.language)
    if not figures:
        own = [d for d, role in zip(dates, place.roles, strict=True) if role not in ("against", "since", "said")]
        later = replace(before, period=in_force(sentence, (), own, published, before.period, figures=False))
        if happened:
            return happened, later
        return ([_event(sentence, dates, credits, whole)] if dates or credits else []), later
    pairs = choose(place)
    period = in_force(sentence, _current(place, pairs), dates, published, before.period, figures=True)
    around = Surroundings(text, sentence, figures, pairs, dates, credits, bool(published))
    dollar = {money_called("dollar", economy) for economy in known.dyad} <= {"", "usd"}
    rows = []
    for k, figure in enumerate(figures):
        flow = _flow_of(figure, text, sentence, known, before.spoken, about)
        spoken = flow or spoken
        series = _series_of(figure, flow, text, sentence, known)
        carried = flow.carried if flow and series == flow.series else ""
        clear = (not series or flow is None or flow is not before.spoken) and figure in found.figures
        clear = clear and not is_labelled(figure)
        around = replace(around, credits=whole.speakers(credits, figure.start))
        row = quantity_row(k, around, found, series, known_money=dollar, clear=clear and carried != "unsure")
        rows.append(_of_carried_pair(row, known) if carried else row)
    return [*rows, *happened], Thread(spoken, period)


def _flow_of(
    figure: FigureMention, text: str, sentence: Sentence, known: KnownRecord, before: FlowSpoken | None, about: str
) -> FlowSpoken | None:
    """The flow that a figure speaks of; none for money by which something changed or differs."""
    place = figure.start - sentence.start
    if figure.unit.partition("/")[0] in MONEY and (
        is_comparison(text, figure) or (is_change(sentence.text, place) and not changes_by(text, figure))
    ):
        return None
    return flow_at(sentence.text, place, known, before, about)


def _series_of(
    figure: FigureMention, flow: FlowSpoken | None, text: str, sentence: Sentence, known: KnownRecord
) -> str:
    """The record's series that a figure speaks of: its flow, one's people in the other, or a tariff."""
    place = figure.start - sentence.start
    series = flow.series if flow else ""
    if study_unit(figure)[1] == "persons":
        series = people_at(sentence.text, place, figure.unit, known)
    if not series and figure.unit == "pct" and not direction_at(text, figure):
        series = tariff_at(sentence.text, place, known)
    return series


def _of_carried_pair(row: DraftRow, known: KnownRecord) -> DraftRow:
    """A row whose pair is that of the text around its sentence, marked so."""
    first, last = (Own(name_of(code), **{to: name_of(code, to) for to in LANGUAGES.others}) for code in known.dyad)
    pair = Text("answer.and", first=first, last=last)
    return replace(row, hints=(*row.hints, Text("hint.carried_pair", pair=pair)))


def _current(around: Around, pairs: Sequence[Paired]) -> list[tuple[DateMention, float]]:
    """The periods of a sentence's figures that the text may go on about: with how likely each is.

    What is to come is left out, and what others are only held against.
    """
    return [
        (pair.date, pair.share)
        for pair, stands, ahead in zip(pairs, around.stands, around.ahead, strict=True)
        if pair.date is not None and not ahead and stands not in ("held", "left") and around.role_of(pair.date) == "own"
    ]


def _happened(happening: Happening, sentence: Sentence, credits: Sequence[Credit], known: KnownRecord) -> DraftRow:
    """A claim that something happened on its day, with the test of an event on record where there is one near it."""
    cells = cells_of(sentence, happening.date, credits[0] if credits else None) | {"type": "event"}
    cells = tested(cells, happening, known)
    hints = [Text("hint.happened", kind=Word(happening.kind, group="word"), direction=happening.direction)]
    if cells.get("target"):
        hints.append(Text("hint.test_event", target=cells["target"]))
    return DraftRow(cells, "medium", tuple(hints))


def _event(sentence: Sentence, dates: list[DateMention], credits: list[Credit], whole: Whole) -> DraftRow:
    found = whole.found
    dated, several = _day_of_event(dates, credits)
    ahead = any(is_future(found.article.text, d.start, d.end, found.article.language) for d in dates)
    kind = "prediction" if ahead else "event" if dates else "attribution"
    credit = next(iter(whole.speakers(credits, sentence.start + 1)), None)
    unresolved = (Text("hint.own_date"),) if dated and not dated.date else ()
    if several:
        unresolved = (Text("hint.days", days=either_of(several)),)
    return DraftRow(
        cells_of(sentence, dated, credit) | {"type": kind}, "low" if unresolved or not dates else "medium", unresolved
    )


def _day_of_event(dates: list[DateMention], credits: list[Credit]) -> tuple[DateMention | None, tuple[str, ...]]:
    """The date of an event, and all there are where more than one could be it.

    The day on which something was said is none; of the others the most precise one is
    taken, since "the treaty of 2002" is the name of a thing.
    """
    said = [d for d in dates if any(0 <= d.start - credit.end <= SAID_ON for credit in credits)]
    open_ = [d for d in dates if d not in said] or dates
    if not open_:
        return None, ()
    finest = max(len(d.date) if "/" not in d.date else 0 for d in open_)
    best = [d for d in open_ if (len(d.date) if "/" not in d.date else 0) == finest]
    distinct = tuple(dict.fromkeys(d.date for d in best if d.date))
    return best[0], distinct if len(distinct) > 1 else ()


def _with_ids(rows: list[DraftRow], source_id: str, taken: set[str]) -> Iterable[DraftRow]:
    number = 0
    for row in rows:
        number += 1
        while f"{source_id}-d{number}" in taken:
            number += 1
        cells = {"claim_id": f"{source_id}-d{number}", "source_id": source_id, **row.cells}
        yield DraftRow(cells, row.confidence, row.hints, row.series)
