"""One look at a watch list: what moved is computed, rules are stepped, what changed is kept and told, once.

Readings, alarms and the messages are one transaction: a crash before it leaves everything as it was, and the next
look sees the same change; a crash after it leaves messages in the outbox, and the next look sends them.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from detente._atomic import settle
from detente.delivery import Outbox, transaction
from detente.economies import lookup_side, name_of
from detente.errors import DetenteError
from detente.language import Catalogue
from detente.study import Study, open_study
from detente.study.words import catalogue
from detente.watch.changes import Told, grouped
from detente.watch.computing import Looked, Panels, look_at_pair, look_at_study
from detente.watch.inputs import causes, fingerprint
from detente.watch.look_in_words import heading, line
from detente.watch.measures import matches
from detente.watch.outgoing import enqueue, outcome, send, write_feeds
from detente.watch.readings import readings
from detente.watch.result import Alert, DyadFailure, Look, WatchChange
from detente.watch.state import WatchState, open_state
from detente.watch.thresholds import Alarm, Reading, Transition, step
from detente.watch.watchlists.watchlist import WatchedDyad, WatchList, WatchRule, read_watchlist

Clock = Callable[[], float]


def look(
    path: str | Path, *, dry_run: bool = False, digest: bool = False, deliver: bool = True, clock: Clock = time.time
) -> Look:
    """Look at every dyad of a watch list whose inputs moved since the last look, and tell what changed.

    The first look remembers everything as it stands and tells nothing; so does the first look at a dyad or under a
    rule that is new in the list.

    Parameters
    ----------
    path : the watch list, a TOML file (docs/watch.md).
    dry_run : write nothing down and tell nobody; what would be told is returned.
    digest : one message for everything, and the digests that are waited for.
    deliver : take the messages to their readers at once; otherwise they wait in the outbox for the next look.
    clock : seconds since 1970.

    Raises
    ------
    UnreadableFile, SpecificationError
        The list or its state cannot be read. A dyad that cannot be looked at is among ``failures`` instead.

    Examples
    --------
    >>> from pathlib import Path
    >>> text = '[watch]\\nname = "mine"\\n[[dyad]]\\npair = ["IND", "PAK"]\\n[[rule]]\\nmeasure = "exports"\\n'
    >>> _ = Path("mine.toml").write_text(text)
    >>> look("mine.toml")
    Look('mine', 1: 0 alerts, 0 failures)
    >>> again = look("mine.toml")
    >>> again.skipped, again.exit_code, again.changes.to_frame().height
    (1, 0, 0)
    """
    listed = read_watchlist(path)
    at = datetime.fromtimestamp(clock(), UTC)
    words = Catalogue(listed.watch.lang)
    with closing(_opened(listed, dry_run)) as connection:
        state = WatchState(connection)
        state.claim(listed.watch.name)
        taken = [_taken(listed, dyad, state, panels) for panels in [Panels()] for dyad in listed.dyad]
        if dry_run:
            connection.execute("BEGIN")
            found = _kept(listed, state, taken, at, words, digest=False)
            connection.execute("ROLLBACK")
            return replace(found, number=0)
        with transaction(connection):
            found = _kept(listed, state, taken, at, words, digest=digest)
        return _told(listed, state, found, words, clock, deliver=deliver)


def _told(listed: WatchList, state: WatchState, found: Look, words: Catalogue, clock: Clock, *, deliver: bool) -> Look:
    """Feeds and messages of what is written down; what one of them lacks keeps nothing from the others."""
    troubles = write_feeds(listed, state, words)
    if not deliver:
        return replace(found, trouble=" ".join(troubles))
    done = send(listed, state.connection, clock)
    box = Outbox(state.connection)
    waits = done.stopped or box.why_waiting()
    return replace(found, delivered=outcome(done, box.counts()), trouble=" ".join(filter(None, (*troubles, waits))))


def _opened(listed: WatchList, dry_run: bool) -> sqlite3.Connection:
    """The state; in a dry run a copy in memory."""
    if not dry_run:
        return open_state(listed.state_path)
    memory = open_state(":memory:")
    if listed.state_path.exists():
        with closing(sqlite3.connect(f"file:{listed.state_path}?mode=ro", uri=True)) as there:
            there.backup(memory)
    return memory


@dataclass(frozen=True, slots=True)
class _Taken:
    """One dyad as it was found: skipped, failed, or looked at with its readings."""

    dyad: WatchedDyad
    title: str
    fingerprint: str = ""
    looked: Looked | None = None
    readings: Mapping[str, Reading] | None = None
    error: DetenteError | None = None


def _taken(listed: WatchList, dyad: WatchedDyad, state: WatchState, panels: Panels) -> _Taken:
    """Compute what the rules need of a dyad, unless nothing moved."""
    rules = tuple(listed.rules_of(dyad))
    needs = frozenset().union(*(rule.needs for rule in rules))
    quick = "placebos" not in needs or listed.quick
    title = dyad.key
    try:
        study = None if dyad.pair else _study(listed, dyad)
        title = title_of(dyad, study, listed.watch.lang)
        how = (str(listed.watch.seed), *sorted(needs), "quick" if quick else "full", *(rule.key for rule in rules))
        now = fingerprint(study, how)
        if now == state.fingerprint(dyad.key):
            return _Taken(dyad, title, now)
        if study is not None:
            looked = look_at_study(study, needs, quick, panels)
        else:
            looked = look_at_pair(dyad.pair or ("", ""), needs, quick, panels)
        found = readings(looked, [rule.measure for rule in rules], state.readings(dyad.key))
        return _Taken(dyad, title, now, looked, found)
    except DetenteError as error:
        return _Taken(dyad, title, error=error)


def _study(listed: WatchList, dyad: WatchedDyad) -> Study:
    """The study by its folder beside the list, its path, or its built-in name."""
    beside = listed.path.parent / dyad.study
    found = open_study(beside if (beside / "study.toml").is_file() else dyad.study)
    settle(found.folder) if beside.is_dir() else None
    return found


def title_of(dyad: WatchedDyad, study: Study | None, language: str) -> str:
    """What a dyad is called: its own name, or those of its two economies."""
    if dyad.name:
        return dyad.name
    ends = study.spec.dyad if study is not None else tuple(map(lookup_side, dyad.pair or ()))
    return "–".join(name_of(code, language) for code in ends)


def _kept(
    listed: WatchList, state: WatchState, taken: list[_Taken], at: datetime, words: Catalogue, *, digest: bool
) -> Look:
    """Step every rule, and write down the look, what it saw and the messages: the part that is one transaction."""
    failed = [one for one in taken if one.error is not None]
    looked = [one for one in taken if one.looked is not None]
    number = state.begin_look(_stamp(at), len(looked), len(taken) - len(looked) - len(failed), len(failed))
    times = state.times()
    alerts: list[Alert] = []
    for one in looked:
        alerts += _alerts(listed, state, one, number, times, len(alerts), words)
    failures = tuple(_failure(state, one) for one in failed)
    state.forget_others((dyad.key, rule.key) for dyad in listed.dyad for rule in listed.rules_of(dyad))
    for alert in alerts:
        state.keep_alert(alert.to_dict(), _stamp(at))
    enqueue(listed, state, number, at, alerts, failures, words, digest=digest)
    standing = tuple((dyad, measure, times.get(since, "")) for dyad, measure, since in state.standing())
    quick = listed.quick
    return Look(
        listed.watch.name, number, _stamp(at), tuple(alerts), failures, len(looked),
        len(taken) - len(looked) - len(failed), standing, quick, unread=_unread(listed, looked),
        titles={one.dyad.key: one.title for one in taken},
    )  # fmt: skip


def _unread(listed: WatchList, looked: list[_Taken]) -> tuple[str, ...]:
    """Measures of rules that nothing looked at has, where one would expect it; in the order of the list."""
    missed = []
    for rule in listed.rule:
        found = [name for one in looked if rule in listed.rules_of(one.dyad) for name in one.readings or ()]
        asked = any(rule in listed.rules_of(one.dyad) for one in looked)
        expected = rule.measure.partition(":")[0] not in ("break", "forecast_scored")  # there may well be none
        if asked and expected and not any(matches(rule.measure, name) for name in found):
            missed.append(rule.measure)
    return tuple(dict.fromkeys(missed))


def _alerts(
    listed: WatchList,
    state: WatchState,
    one: _Taken,
    number: int,
    times: Mapping[int, str],
    before: int,
    words: Catalogue,
) -> Iterator[Alert]:
    """The alerts of one dyad, its state brought up to this look."""
    looked, found, key = one.looked, one.readings, one.dyad.key
    if looked is None or found is None:
        return
    told: list[Told] = []
    for rule in listed.rules_of(one.dyad):
        told += [(rule.key, measure, change) for measure, change in _stepped(state, key, rule, found, number)]
    known = state.inputs(key)
    moved = causes(known, looked.inputs)
    state.keep_readings(number, key, found)
    state.keep_inputs(key, known, looked.inputs)
    state.keep_dyad(key, one.title, one.fingerprint)
    own = catalogue(looked.study.spec, words.language) if looked.study is not None else words
    unique = list({measure: item for item in reversed(told) for measure in [item[1]]}.values())[::-1]
    for k, (cause, changes) in enumerate(grouped(unique, moved, looked), before + 1):
        link = f"{listed.watch.url.partition('#')[0]}#l{number}-{k}"
        lines = tuple(
            WatchChange(number, key, rule, measure, change, k, since, line(measure, change, since, own), link)
            for rule, measure, change in changes
            for since in [times.get(change.since, "")]
        )
        yield Alert(number, k, key, one.title, cause, heading(cause, one.title, own), lines, link)


def _stepped(
    state: WatchState, dyad: str, rule: WatchRule, found: Mapping[str, Reading], number: int
) -> list[tuple[str, Transition]]:
    """The transitions of one rule, its alarms written down."""
    was, first = state.alarms(dyad, rule.key), not state.is_ruled(dyad, rule.key)
    covered = [name for name in found if matches(rule.measure, name)]
    now: dict[str, Alarm] = {}
    told: list[tuple[str, Transition]] = []
    for name in sorted({*was, *covered}):
        alarm, change = step(rule.thresholds, was.get(name), found.get(name), number, first=first)
        if alarm is not None:
            now[name] = alarm
        if change is not None:
            told.append((name, change))
    state.keep_alarms(dyad, rule.key, was, now)
    return told


def _failure(state: WatchState, one: _Taken) -> DyadFailure:
    error = one.error or DetenteError("")
    words, kind = str(error), type(error).__name__
    new = state.failure(one.dyad.key) == ""
    state.keep_failure(one.dyad.key, words)
    return DyadFailure(one.dyad.key, kind, words, error.exit_code, new)


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
