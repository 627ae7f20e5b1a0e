"""The answer of a run: what happened, why, what if, what next and which claims hold, in one language."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from detente.answer.changes import Direction, directions_of
from detente.answer.facts import Facts
from detente.answer.happened import outside_the_line, peak_and_trough
from detente.answer.people import people_sentences, people_tables
from detente.answer.relation import measures_on_record, relation_today
from detente.answer.run_facts.reading import facts_of
from detente.answer.run_facts.run_tables import RunTables
from detente.answer.small_table import SmallTable
from detente.answer.speaker import Speaker
from detente.answer.what_if import WhatIf, what_if_means, what_if_of, what_if_sentences, what_if_tables
from detente.answer.what_next import incident_sentences, what_next_sentences
from detente.answer.why import why_means, why_sentences, why_tables
from detente.language import said
from detente.record.verdicts.judge import tally
from detente.run.result import Run
from detente.study.words import catalogue


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run answers, in one language: the one object that terminal, report, app and ``results.json`` show.

    Attributes
    ----------
    happened, why, what_if, what_next, people, claims : sentences by question, ready to be read aloud.
    language, title : of the answer, and the study's title in it.
    why_means, what_if_means : what the numbers of the small tables are.
    why_tables, what_if_tables : the same findings as small tables, a direction each, and the scenarios in one.
    people_tables : counts of people, forecasts and specifications.
    directions, scenarios : the figures behind both, as numbers; ``scenarios`` is None where there is none.
    facts : what the first screen shows, as numbers.
    """

    happened: tuple[str, ...]
    why: tuple[str, ...]
    what_if: tuple[str, ...]
    claims: tuple[str, ...]
    language: str = "en"
    title: str = ""
    why_means: str = ""
    why_tables: tuple[SmallTable, ...] = ()
    what_if_means: str = ""
    what_if_tables: tuple[SmallTable, ...] = ()
    directions: tuple[Direction, ...] = ()
    scenarios: WhatIf | None = None
    what_next: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    people_tables: tuple[SmallTable, ...] = ()
    facts: Facts | None = None


def answer_of(run: Run, language: str = "en", *, spoken: bool = False) -> Answer:
    """The answer that a run's tables give, in one of the catalogue's languages; ``spoken`` for the ear, numbers as words.

    Examples
    --------
    >>> from detente import open_study
    >>> answer = answer_of(open_study("colombia-venezuela").run(quick=True), "en")
    >>> answer.title
    'Colombia and Venezuela: the trade that was lost, and what could come back'
    >>> [round(change.whole, 2) for change in answer.directions[0].headline]
    [-1.44, -2.72, -3.5, 0.53, 0.71]
    """
    frames, spec = run.frames, run.study.spec
    publishers = dict(frames["sources"].select("source_id", "publisher").iter_rows())
    say = Speaker(catalogue(spec, language, spoken=spoken), spec, publishers)
    directions = directions_of(frames["attribution"], frames["residuals"], spec)
    scenarios = what_if_of(frames["scenarios"], frames["bands"], spec, quick=bool(run.manifest.get("quick")))
    own = {**run.texts.get(language, {}), **spec.translations.get(language, {})}
    if not spec.has_panel and not directions:  # the record alone, whatever was not given at the run
        told = (say("no_panel"),), (say("no_panel_what_if"),)
    else:
        by_section = [str(text) for text in frames["section_gaps"]["sentence"].drop_nulls()]
        why = (*why_sentences(directions, say), *(own.get(text, text) for text in by_section))
        told = why, tuple(what_if_sentences(scenarios, say))
    return Answer(
        happened=_begun(
            say,
            (
                *peak_and_trough(frames["timeline"], say),
                *outside_the_line(frames["figures"], say),
                *measures_on_record(frames, say),
                *relation_today(frames["events"], say),
            ),
        ),
        why=_begun(say, told[0]),
        what_if=_begun(say, told[1]),
        claims=_begun(say, _claims_by_verdict(frames["claims"], say)),
        language=language,
        title=said(spec.text(run.study.title), say.words),
        why_means=why_means(directions, say) or "".join(told[0]),
        why_tables=tuple(why_tables(directions, say)),
        what_if_means=what_if_means(scenarios, say) if directions else "".join(told[1]),
        what_if_tables=tuple(what_if_tables(scenarios, say)) if directions else (),
        directions=directions,
        scenarios=scenarios,
        what_next=_begun(
            say, (*what_next_sentences(frames["outlook"], say), *incident_sentences(frames["incidents"], say))
        ),
        people=people_sentences(frames, say.words, say.name, say.source),
        people_tables=people_tables(frames, say.words, say.name, say.source),
        facts=facts_of(
            RunTables(
                frames,
                spec.directions,
                run.study.episodes,
                say.words,
                lambda text: own.get(text, text),
                RunTables.panel_of(run.manifest),
            )
        ),
    )


def _begun(say: Speaker, sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(say.begun, sentences))


def _claims_by_verdict(claims: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """How many claims count as what; remarks on an article's form are not counted."""
    if claims.is_empty():
        return (say("no_claims"),)
    parts = [
        say("tally", verdict=say.words.known("verdict_one" if n == 1 else "verdict_many", standing), n=n)
        for standing, n in tally(claims).items()
    ]
    claims = claims.filter(pl.col("type") != "form")
    whole = claims["claim_id"].str.replace(r"\.\d+$", "").n_unique()
    facts = {"n": whole, "sources": claims["source_id"].n_unique(), "tally": say.listed(parts)}
    if claims.height > whole:
        return (say("claims_split", parts=claims.height, **facts),)
    return (say("claims", **facts),)
