"""People between two economies in sentences: how many, why they moved, how many next, what if; in either language."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from detente.answer.people.wording import PeopleWords, Row
from detente.answer.speaker import Voice
from detente.attribution.words.strength import counted_in
from detente.economies import in_text
from detente.language import Catalogue
from detente.outlook.people import OriginRecovery, PeopleBetween
from detente.run.further.people import people_frames, recovery_rows

SHOWN = 1000.0
"""Persons from which a flow, or a direction, is told of."""
COUNTED = 100.0
"""Persons from which a count is told of."""
PEAK, FALLEN = 10_000.0, 0.5
"""A count of protected people that was once so high and is now at most this share of it is told with its peak."""
STEEP = 0.1
"""A count below this share of the one a year before may be another count: nothing is foreseen from it in words."""
HORIZONS = (1, 5)
STOCKS = ("protected", "foreign_born", "register")
CAME = ("protected", "movers")


def people_sentences(
    frames: Mapping[str, pl.DataFrame], words: Catalogue, name: Callable[[str], str], source: Callable[[str], str] = str
) -> tuple[str, ...]:
    """What the tables of people (``people_counts``, ``migration``, ``people_next``, ``people_now``, ``people_if``,
    ``visas``) say, the larger direction first.

    Parameters
    ----------
    frames : these tables by name, of a run or of any pair.
    words : the reader's language.
    name : an economy's name within a sentence.
    source : the publisher of a source of the record.
    """
    if not {"people_counts", "migration", "people_next", "people_now", "people_if"} <= frames.keys():
        return ()
    told = _Told(frames, words, name, source)
    ways = told.directions()
    sentences = [
        *(text for way in ways for text in told.direction(*way)),
    ]
    sentences += [*(told.of_all() if ways else ()), *told.visas()]
    return tuple(_begun(text) for text in sentences)


def pair_people_sentences(found: PeopleBetween, words: Catalogue) -> tuple[str, ...]:
    """The sentences of any two economies, without a study.

    Examples
    --------
    >>> from detente.outlook.people import people_between
    >>> said = pair_people_sentences(people_between("VEN", "COL"), Catalogue("en"))
    >>> said[1].partition(", after")[0]
    '1.74 million people moved from Venezuela to Colombia from 2015 to 2019'
    """
    return people_sentences(people_frames(found), words, lambda code: in_text(code, words.language))


def recovery_told(found: OriginRecovery, words: Catalogue, name: Callable[[str], str]) -> tuple[str, ...]:
    """What if the origin's income per head changes: who leaves, and whether anybody returns."""
    told, rows = _Told({}, words, name, str), recovery_rows([found])
    ends = {"a": name(found.origin), "b": name(found.destination)}
    back = next(row for row in rows if row["outcome"] == "departures")
    return *told._what_if(rows, ends), told._returns(back)


class _Told(PeopleWords):
    """The sentences of one pair's tables in one language."""

    apart = False  # whether two counts of one direction were told side by side
    leaving = False  # whether it was told what income at the origin means for those who leave

    def directions(self) -> list[tuple[str, str]]:
        """Those of which something is to be told, the one that more people fled or moved in first."""
        people = self.frames["people_counts"]
        if people.is_empty():
            return []
        came = pl.col("persons").filter(pl.col("population").is_in(CAME)).max().fill_null(0)
        most = people.group_by("origin", "destination", maintain_order=True).agg(pl.col("persons").max(), came=came)
        most = most.filter(pl.col("persons") >= SHOWN).sort("came", "persons", descending=True, maintain_order=True)
        return [(a, b) for a, b in most.select("origin", "destination").iter_rows()]

    def direction(self, a: str, b: str) -> Iterator[str]:
        """Every sentence of one direction."""
        ends = {"a": self.name(a), "b": self.name(b)}
        rows = [row for row in self.rows("people_counts", a, b) if row["stock"]]
        yield from self._counted(rows, ends)
        yield from self._peak(rows, ends)
        yield from self._why(self.rows("migration", a, b), ends)
        yield from self._next(self.rows("people_next", a, b), rows, ends)
        yield from self._now(self.rows("people_now", a, b), rows, ends)
        if any(row["population"] in CAME and row["persons"] >= SHOWN for row in self.rows("people_counts", a, b)):
            yield from self._what_if(self.rows("people_if", a, b), ends)
        steps = [self.words.year(str(row["date"])[:4]) for row in rows if row["recategorised"]]
        if steps:
            yield self.say("recategorised", years=Voice(self.words).listed(steps))

    def of_all(self) -> Iterator[str]:
        """What holds for both directions."""
        if self.apart:
            yield self.say("apart")
        back = self.frames["people_if"].filter(outcome="departures")
        if self.leaving and not back.is_empty():
            yield self._returns(back.row(0, named=True))
            n, m = (self.words.number(self.frames["people_if"][name][0]) for name in ("n_closures", "n_reopenings"))
            yield self.say("no_estimate", closures=n, reopenings=m)

    def visas(self) -> Iterator[str]:
        """What a passport of either needs at the other's border."""
        frame = self.frames.get("visas")
        if frame is None:
            return
        for (a, b), rows in frame.group_by("origin", "destination", maintain_order=True):
            yield self._visa(str(a), str(b), rows.to_dicts())

    def _visa(self, a: str, b: str, rows: list[Row]) -> str:
        """The rule at the last reading, what it was before, and when nobody was let in."""
        now, first = rows[-1], rows[0]
        open_ = [row for row in rows[:-1] if row["rule"] != "shut"]
        shut = [row for row in rows[:-1] if row["rule"] == "shut"]
        since, stretches = "", ""
        before = next((row["rule"] for row in reversed(open_) if row["rule"] != now["rule"]), None)
        if now is not first and before is not None:
            since = self.say("visa_since", day=self.words.date(now["first_read"]), before=self.rule(before))
        if shut:
            first_day, last_day = (self.words.date(day) for day in (shut[0]["first_read"], shut[-1]["last_read"]))
            stretches = self.say(
                "visa_shut" if first_day != last_day else "visa_shut_once", first=first_day, last=last_day
            )
        return self.say("visa", a=self.name(a), b=self.name(b), rule=self.rule(now["rule"]), since=since, shut=stretches,
                         day=self.words.date(now["last_read"]))  # fmt: skip

    def _counted(self, rows: list[Row], ends: Row) -> Iterator[str]:
        newest = _newest(rows)
        parts = [
            self._count(newest[kind], ends) for kind in STOCKS if kind in newest and newest[kind]["persons"] >= COUNTED
        ]
        self.apart |= len(parts) > 1
        if parts:
            yield self.say("counts", parts="; ".join(parts), **ends)

    def _peak(self, rows: list[Row], ends: Row) -> Iterator[str]:
        """When most were protected, where the newest count is far below that."""
        protected = _protected(rows)
        top = max(protected, key=lambda row: row["persons"], default=None)
        if top is None or top["persons"] < PEAK or protected[-1]["persons"] > FALLEN * top["persons"]:
            return
        year, last = (self.words.year(str(row["date"])[:4]) for row in (top, protected[-1]))
        said = self.say("peak", n=self.people(top["persons"]), year=year, last=last,
                         bare=self.bare(protected[-1]["persons"]), **ends)  # fmt: skip
        yield f"{said} {self.say('steep')}" if _steep(protected) else said

    def _count(self, row: Row, ends: Row) -> str:
        kind, year = row["population"], self.words.year(str(row["date"])[:4])
        said: dict[str, Any] = {"n": self.people(row["persons"]), "bare": self.bare(row["persons"]), "year": year}
        if kind == "protected":
            total = row.get("everywhere")
            said["of_all"] = self.say("of_all", n=self.bare(total)) if total and total > row["persons"] else ""
        elif kind == "foreign_born":
            repeats = row.get("taken_from")
            said |= {
                "a": ends["a"],
                "repeats": self.say("repeats", year=self.words.year(repeats[:4])) if repeats else "",
            }
        else:
            said |= {"date": self.words.date(str(row["date"])), "source": self.source(row["source"])}
        return self.say(f"count_{kind}", **said)

    def _why(self, rows: list[Row], ends: Row) -> Iterator[str]:
        for row in rows:
            if max(row["moved"], row["moved_before"]) < SHOWN:
                continue
            said = ends | {"first": self.words.year(row["to_period"]), "last": self.words.year(row["to_period"] + 4),
                           "moved": self.people(row["moved"]), "before": self.bare(row["moved_before"])}  # fmt: skip
            yield self.say(
                "moved_none" if not row["moved"] else "moved" if row["moved_before"] else "moved_new", **said
            )
            if row["own"] is not None:
                parts = {part: self.words.log_percent(row[key])
                         for part, key in (("whole", "log_change"), ("shared", "shared"), ("own", "own"))}  # fmt: skip
                before = row["expected"] / math.exp(row["shared"])
                yield self.say(
                    "split", expected=self.people(row["expected"]), expected_before=self.bare(before), **parts
                )
            yield from self._rank(row)

    def _rank(self, row: Row) -> Iterator[str]:
        if row["unusual"] is None or row["log_ratio"] is None:
            if row["own"] is not None:
                yield self.say("few")
            return
        more, n = row["log_ratio"] >= 0, row["n_placebos"]
        k = row["n_more"] if more else counted_in(row["placebo_share"], n)
        key = {0: "rank_none", 1: "rank_one"}.get(k, "rank") + ("_more" if more else "_less")
        rank = self.say(key, k=self.words.number(k), n=self.words.number(n))
        yield self.say("unusual" if row["unusual"] else "usual", rank=_begun(rank))

    def _next(self, rows: list[Row], counts: list[Row], ends: Row) -> Iterator[str]:
        stock = {row["year"] - row["as_of"]: row for row in rows if row["target"] == "displaced"}
        if _steep(_protected(counts)):
            stock = {}
        if set(HORIZONS) <= stock.keys():
            near, far = (stock[h] for h in HORIZONS)
            yield self.say(
                "next", first=self.bare(near["middle"]), year=self.words.year(near["year"]), span=self.span(near["low"], near["high"]),
                second=self.bare(far["middle"]), later=self.words.year(far["year"]), later_span=self.span(far["low"], far["high"]),
                score=self.words.number(near["score"], 3), base=self.words.number(near["baseline_score"], 3),
                n=self.words.number(near["n_scored"]), **ends,
            )  # fmt: skip
        for row in sorted(rows, key=lambda row: row["target"] == "moved"):
            if row["target"] == "surge" and stock:
                p, base = (self.words.percent(100 * row[key], 1) for key in ("probability", "base_rate"))
                yield self.say("surge", year=self.words.year(row["year"]), p=p, base=base)
            if row["target"] == "moved" and row["last"] >= SHOWN and not _overtaken(row, counts):
                first, last = self.words.year(row["year"]), self.words.year(row["year"] + 4)
                yield self.say("next_moves", first=first, last=last, n=self.people(row["middle"]),
                                span=self.span(row["low"], row["high"]), **ends)  # fmt: skip

    def _now(self, rows: list[Row], counts: list[Row], ends: Row) -> Iterator[str]:
        """Counts that are missing, and counts on record far from what everybody else's lead one to expect."""
        for row in rows:
            if row["within"] or (row["population"] == "movers" and row["recorded"] is not None):
                continue  # why people moved says more of moves on record
            if row["population"] == "protected" and row["recorded"] is not None and _steep(_protected(counts)):
                continue
            yield self.say(
                "now_missing" if row["recorded"] is None else "now_outside",
                count=self.words.known("population", row["population"]), year=row["year"],
                middle=self.bare(row["middle"]), span=self.span(row["low"], row["high"]), last_year=row["last_year"],
                recorded="" if row["recorded"] is None else self.people(row["recorded"]), n=self.words.number(row["n_scored"]),
                gain=self.words.percent(row["skill_pct"], 0, sign=True), **ends,
            )  # fmt: skip

    def _what_if(self, rows: list[Row], ends: Row) -> Iterator[str]:
        leaving = [row for row in rows if row["outcome"] != "departures"]
        main = next((row for row in leaving if row["main"]), None)
        if main is None:
            return
        self.leaving = True
        others = [row["middle_pct"] for row in leaving if row["variant"] != "neighbours" and not row["main"]]
        low, high = (self.words.percent(abs(f(others, key=abs)), 0) for f in (min, max))
        own = [self.words.percent(size, 0) for size in sorted(abs(main[end]) for end in ("low_pct", "high_pct"))]
        yield self.say(
            "what_if" if main["growth_pct"] > 0 else "what_if_lower",
            growth=self.words.percent(abs(main["growth_pct"]), 0), main=self.words.percent(abs(main["middle_pct"]), 0),
            own=self.words("number.range", low=own[0], high=own[1]), span=self.words("number.range", low=low, high=high), **ends,
        )  # fmt: skip

    def _returns(self, row: Row) -> str:
        low, middle, high = (self.words.percent(row[f"{end}_pct"], 0, sign=True) for end in ("low", "middle", "high"))
        detected = not row["low_pct"] < 0 < row["high_pct"]
        growth = self.words.percent(abs(row["growth_pct"]), 0)
        key = ("returns" if detected else "returns_none") + ("" if row["growth_pct"] > 0 else "_lower")
        return self.say(key, growth=growth, main=middle,
                         span=self.words("number.range", low=low, high=high))  # fmt: skip


def _newest(rows: list[Row]) -> dict[str, Row]:
    """The newest count of each population."""
    return {row["population"]: row for row in sorted(rows, key=lambda row: str(row["date"]))}


def _protected(rows: list[Row]) -> list[Row]:
    """Counts of the protected by date."""
    return sorted((row for row in rows if row["population"] == "protected"), key=lambda row: str(row["date"]))


def _steep(protected: list[Row]) -> bool:
    """Whether the newest of these counts is so far below the one before that it may count other people."""
    if len(protected) < 2:
        return False
    before, newest = (row["persons"] for row in protected[-2:])
    return before >= PEAK and newest < STEEP * before


def _overtaken(row: Row, counts: list[Row]) -> bool:
    """Whether the protected alone grew by more, since the period began, than the forecast of all moves allows."""
    later = [c for c in counts if c["population"] == "protected" and int(str(c["date"])[:4]) >= row["year"] - 1]
    if len(later) < 2:
        return bool(later) and later[-1]["persons"] > row["high"]
    later.sort(key=lambda c: str(c["date"]))
    return later[-1]["persons"] - later[0]["persons"] > row["high"]


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
