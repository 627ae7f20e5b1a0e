"""What speaks for and against a period that a figure could have: a list of facts, each of which has a weight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.record.draft.language.dates import DateMention
from detente.record.draft.tying import places
from detente.record.draft.tying.around import Around
from detente.record.draft.tying.clauses import part_of
from detente.record.draft.tying.periods.candidates import Candidate, Paired, beside
from detente.record.period import Period


def facts(around: Around, n: int, candidate: Candidate, chosen: Sequence[Paired]) -> list[str]:
    """What speaks for or against a candidate for the ``n``-th figure."""
    kind = around.kinds[n]
    figure = around.figures[n]
    stands = [kind]
    stands.append(around.stands[n])
    found = [candidate.kind, f"{candidate.kind}.{kind}", f"{candidate.kind}.{stands[1]}"]
    found += [f"{candidate.kind}.{m}" for m in around.mood]
    if tense := around.tenses[n]:
        found += [f"{candidate.kind}.tense_{tense}", f"{candidate.kind}.tense_{tense}.{kind}"]
    if (
        candidate.period
        and around.published
        and Period.parse(candidate.period).last > Period.parse(around.published).last
    ):
        found += [f"{candidate.kind}.unfinished", f"{candidate.kind}.unfinished.{places.size_of(candidate.period)}"]
    if around.ahead[n]:
        found += [f"{candidate.kind}.ahead", f"{candidate.kind}.ahead.{kind}"]
    if candidate.kind == "here" and candidate.date is not None:
        found += _facts_here(around, n, candidate.date, stands, chosen)
    elif candidate.kind == "back":
        found += _facts_back(around, n, candidate, stands)
    elif candidate.kind == "moved":
        found += [f"moved.{name}" for name in candidate.facts]
        found += [f"moved.{candidate.facts[0]}.{k}" for k in (*candidate.facts[1:], *stands)]
    else:
        found += _facts_none(around, n, stands)
    found += _of_parts(around, n, candidate)
    if n and candidate.kind != "none":
        link = places.link_between(around.text[around.figures[n - 1].end : figure.start])
        before = chosen[n - 1]
        same = "again" if (before.date.date if before.date else "") == candidate.period else "other"
        alike = "like" if around.kinds[n - 1] == kind else "unlike"
        found += [
            f"{same}.{link}",
            f"{same}.{link}.{candidate.kind}",
            f"{same}.{alike}",
            f"{same}.{stands[1]}",
            f"{same}.{around.kinds[n - 1]}.{kind}",
        ]
    if n and candidate.kind != "none":
        alike = [p for m, p in enumerate(chosen) if around.bracketed[m] == around.bracketed[n]]
        if alike and any(around.bracketed[: n + 1]):
            inside = "inside" if around.bracketed[n] else "outside"
            same = "again" if (alike[-1].date.date if alike[-1].date else "") == candidate.period else "other"
            found += [f"{same}.{inside}", f"{same}.{inside}.{candidate.kind}"]
    elif n:
        after = "none.after_none" if chosen[n - 1].date is None else "none.after_date"
        link = places.link_between(around.text[around.figures[n - 1].end : figure.start])
        alike = "like" if around.kinds[n - 1] == kind else "unlike"
        found += [after, f"{after}.{link}", f"{after}.{alike}", f"{after}.{around.kinds[n - 1]}.{kind}"]
    return found


def _of_parts(around: Around, n: int, candidate: Candidate) -> list[str]:
    """Of a sentence whose parts have periods of their own: whether the figure's part has one, and where the candidate stands."""
    if len(around.cuts) < 2:
        return []
    cuts, names = list(around.cuts), list(around.cuts.values())
    own = [part_of(cuts, d.start) for d, role in zip(around.dates, around.roles, strict=True) if role == "own"]
    part = part_of(cuts, around.figures[n].start)
    dated = ("undated", "dated", "dated_twice")[min(own.count(part), 2)]
    if candidate.kind != "here" or candidate.date is None:
        found = [f"{candidate.kind}.part_{dated}"]
        return found + [f"{candidate.kind}.{name}.part_{dated}" for name in candidate.facts[:1]]
    there = part_of(cuts, candidate.date.start)
    place = "same" if there == part else "first" if there == 0 else "before" if there < part else "after"
    role = around.role_of(candidate.date)
    found = [f"here.part_{place}.{dated}", f"here.part_{place}.{dated}.{role}", f"here.part_{place}.{around.stands[n]}"]
    return [*found, f"here.part_{place}.{dated}.{names[there]}", f"here.part_{place}.{names[part]}.{dated}"]


@dataclass(frozen=True, slots=True)
class _Reach:
    """A date of the sentence as it lies from a figure of it.

    between : the text from one to the other; figures, dates : how many of them stand there; far : how long that text is;
    role : what the date does; kind, stand : of the figure
    """

    date: DateMention
    side: str
    between: str
    figures: int
    dates: int
    far: str
    role: str
    kind: str
    stand: str

    @classmethod
    def of(cls, around: Around, n: int, date: DateMention, stands: list[str]) -> _Reach:
        figure = around.figures[n]
        after = date.start >= figure.end
        first, last = (figure.end, date.start) if after else (date.end, figure.start)
        between = around.text[first:last] if first < last else ""
        return cls(
            date=date,
            side="after" if after else "before",
            between=between,
            figures=sum(first <= f.start < last and not around.twins[m] for m, f in enumerate(around.figures)),
            dates=sum(first <= d.start < last for d in around.dates),
            far=next(name for most, name in _DISTANCES if len(between) <= most),
            role=around.roles[around.dates.index(date)],
            kind=stands[0],
            stand=stands[1],
        )


_DISTANCES = ((4, "touching"), (15, "close"), (35, "near"), (70, "some"), (10**6, "far"))


def _facts_here(around: Around, n: int, date: DateMention, stands: list[str], chosen: Sequence[Paired]) -> list[str]:
    reach = _Reach.of(around, n, date, stands)
    found = [*_of_distance(around, reach), *_of_its_own(around, reach), *_of_an_opening(around, reach)]
    return [*found, *_of_other_figures(around, n, reach), *_of_the_time(around, reach, chosen)]


def _of_distance(around: Around, reach: _Reach) -> list[str]:
    side, role, kind = reach.side, reach.role, reach.kind
    lead, size = places.lead_of(around.text, reach.date), places.size_of(reach.date.date)
    return [
        f"here.{side}",
        f"here.{side}.{reach.far}",
        f"here.{side}.figures{min(reach.figures, 3)}",
        f"here.{side}.{reach.far}.figures{min(reach.figures, 1)}",
        f"here.{side}.dates{min(reach.dates, 2)}",
        f"here.{role}",
        f"here.{role}.{kind}",
        f"here.{role}.{reach.stand}",
        f"here.{role}.{side}",
        f"here.{side}.lead_{lead}",
        f"here.{size}.{kind}",
        f"here.{side}.{kind}",
        f"here.{side}.{reach.stand}",
        *(f"here.{side}.{mark}" for mark in places.marks_between(reach.between)),
    ]


def _of_its_own(around: Around, reach: _Reach) -> list[str]:
    """Of a date that is the sentence's own."""
    if reach.role != "own":
        return []
    side = reach.side
    found = [
        f"here.own.{side}.{reach.far}",
        f"here.own.{side}.figures{min(reach.figures, 2)}",
        f"here.own.{side}.dates{min(reach.dates, 1)}",
    ]
    found += [f"here.own.{side}.{mark}.figures{min(reach.figures, 1)}" for mark in places.marks_between(reach.between)]
    if sum(role == "own" for role in around.roles) == 1:
        found += ["here.only", f"here.only.{reach.kind}", f"here.only.{side}"]
    if around.dates.index(reach.date) == around.roles.index("own"):
        found.append(f"here.first.{side}")
    return found


def _of_an_opening(around: Around, reach: _Reach) -> list[str]:
    """Of a date that opens the sentence or a clause of it."""
    if places.opens_sentence(around.text, around.sentence.start, reach.date):
        return ["here.opens", f"here.opens.{reach.role}", f"here.opens.figures{min(reach.figures, 1)}"]
    if places.opens_clause(around.text, reach.date):
        return [f"here.clause.{reach.side}", f"here.clause.{reach.side}.figures{min(reach.figures, 1)}"]
    return []


def _of_other_figures(around: Around, n: int, reach: _Reach) -> list[str]:
    """Of a date that another figure may own, and of what ties it to this one all the same."""
    side, kind = reach.side, reach.kind
    found: list[str] = []
    for owner in _owners(around, n, reach.date):
        found += [
            f"here.owned.{side}",
            f"here.owned.{side}.{kind}",
            f"here.owned.{side}.{kind}.{owner}",
            f"here.owned.{side}.{reach.stand}.{owner}",
        ]
    if side == "before" and _WHEN.fullmatch(reach.between):
        found += ["here.when", f"here.when.{reach.role}"]
    if re.fullmatch(r"\s?[:–-]\s?", reach.between):
        found.append(f"here.{side}.colon")
    if around.bracketed[n]:
        inside = "in" if "bracket" not in places.marks_between(reach.between) else "out"
        found += [f"here.{side}.bracketed_{inside}", f"here.{side}.bracketed_{inside}.{kind}"]
    return found


def _of_the_time(around: Around, reach: _Reach, chosen: Sequence[Paired]) -> list[str]:
    """Of a period that lies ahead of the text, cannot be read, or has a figure already."""
    date = reach.date.date
    found: list[str] = []
    if around.published and date and Period.parse(date).first > Period.parse(around.published).last:
        found.append("here.later")
    if not date:
        found.append("here.unread")
    if any(p.date is not None and p.date.date == date for p in chosen):
        found.append(f"here.taken.{reach.side}")
    return found


_WHEN = re.compile(
    r",?\s(?:when|cuando|(?:un\s)?año\s(?:que|en\sque)|(?:which|that|que)\s(?:was|were|stood|fue|fueron|sumó))\s[^;.:]*",
    re.IGNORECASE,
)


def _owners(around: Around, n: int, date: DateMention) -> list[str]:
    """How the figures stand that a date comes right after: *$3m in 2019* is not of what comes before it."""
    return [
        "inside" if around.bracketed[m] and not around.bracketed[n] else around.stands[m]
        for m, f in enumerate(around.figures)
        if m != n
        and f.end <= date.start
        and date.start - f.end < 15
        and not (around.twins[m] and m == n + 1)
        and beside(around, m, date)
    ]


def _facts_back(around: Around, n: int, candidate: Candidate, stands: list[str]) -> list[str]:
    found = [f"back.{name}" for name in candidate.facts]
    found += [f"back.{name}.{stands[0]}" for name in candidate.facts]
    dated = "dated" if "dated" in around.mood else "undated"
    found += [f"back.{name}.{dated}" for name in candidate.facts]
    found += [f"back.{mood}.{stands[0]}" for mood in around.mood]
    if "that" in around.mood:
        found += [f"back.that.{name}" for name in candidate.facts]
    if around.months and _months_in(candidate.period) in around.months:  # over 7 months, after January-July
        found += ["back.counted", f"back.counted.{stands[0]}"]
    if around.told[n] is not None:
        found.append("back.told" if stands[0] == "change" else "back.told.level")
    if "flow" not in around.mood:
        found.append("back.no_flow")
    found.append(f"back.{places.size_of(candidate.period)}")
    main = around.before.main.date if around.before else candidate.period
    if candidate.period != main:
        base = "base" if candidate.period[4:] == main[4:] or candidate.period[:4] != main[:4] else "part"
        found += [f"back.not_main.{base}", f"back.not_main.{base}.{stands[0]}"]
    if around.bracketed[n]:
        found.append(f"back.bracketed.{stands[0]}")
    years = [
        d.date
        for d, role in zip(around.dates, around.roles, strict=True)
        if role == "own" and places.size_of(d.date) == "year"
    ]
    if candidate.period[:4] in years and candidate.period not in years:
        found += ["back.inside", f"back.inside.{stands[1]}"]
    return found


def _months_in(period: str) -> int:
    """How many months some months of a year are; none where it is no such period."""
    first, _, last = period.partition("/")
    return int(last[5:]) - int(first[5:]) + 1 if places.size_of(period) == "part" and first[:4] == last[:4] else 0


def _facts_none(around: Around, n: int, stands: list[str]) -> list[str]:
    found = [f"none.{m}.{stands[0]}" for m in around.mood]
    if "flow" not in around.mood:
        found += ["none.no_flow", f"none.no_flow.{stands[0]}"]
    if around.before is None:
        found += ["none.start", f"none.start.{stands[0]}"]
    if around.told[n] is not None:
        found.append("none.told")
    if around.bracketed[n]:
        found.append(f"none.bracketed.{stands[0]}")
    roles = sorted(set(around.roles))
    found += [f"none.with_{role}" for role in roles]
    found.append(f"none.own{min(sum(r == 'own' for r in around.roles), 3)}")
    found.append(f"none.own{min(sum(r == 'own' for r in around.roles), 2)}.{stands[0]}")
    if any(beside(around, n, d) for d in around.dates):
        found.append("none.beside")
    return found
