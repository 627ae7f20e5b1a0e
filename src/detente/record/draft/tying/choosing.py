"""Which period belongs to a figure: every one it could have is weighed, and the heaviest is taken.

A figure's period is a date of its sentence, one that the text goes on about, the same months of another year, or none.
What speaks for each is a list of facts about the two and what stands between them (:func:`facts`), each with a weight
learnt from labelled texts (``weights.toml``; ``benchmarks/drafting_fit.py`` makes it): the weights of a candidate's
facts are added up, and the share of ``exp`` of the sum is how likely it is.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from detente.record.draft.language.credits import Credit
from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.sentences import Sentence
from detente.record.draft.language.tense import is_future
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying import places
from detente.record.draft.tying.carrying import InForce, in_year, shifted
from detente.record.period import Period

SURE = 0.9
"""How likely a period is from which on the words tie it to its figure."""
LIKELY = 0.1
"""How likely a period must be to be shown as one it could be."""


@dataclass(frozen=True, slots=True)
class Paired:
    """The period of a figure.

    Attributes
    ----------
    date : DateMention, optional
        The period; none where no date is the figure's.
    share : float
        How likely it is the figure's, by the weights.
    carried : bool
        Whether it is no date of the figure's own sentence, but what the text goes on about or the same months of another year.
    candidates : tuple of DateMention
        The dates of the sentence that it could be, where that is not sure.
    """

    date: DateMention | None
    share: float = 0.0
    carried: bool = False
    candidates: tuple[DateMention, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether hardly anything speaks for another period."""
        return self.share >= SURE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A period that a figure could have: of the sentence, carried, the same months in another year, or none."""

    date: DateMention | None
    kind: str
    facts: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        """The period's text; empty for none."""
        return self.date.date if self.date else ""


@dataclass(frozen=True)
class Around:
    """A sentence with all that was found in it, and what the text went on about before it."""

    text: str
    sentence: Sentence
    figures: Sequence[FigureMention]
    dates: Sequence[DateMention]
    credits: Sequence[Credit]
    before: InForce | None
    published: str
    language: str

    @cached_property
    def kinds(self) -> list[str]:
        """The kind of every figure."""
        return [places.kind_of(self.text, f) for f in self.figures]

    @cached_property
    def told(self) -> list[re.Match[str] | None]:
        """What names the same months of another year beside a figure, for every figure."""
        return [_told(self, n) for n in range(len(self.figures))]

    @cached_property
    def stands(self) -> list[str]:
        """How each figure stands: ``held`` against another, ``left`` or ``led`` to by a change, or ``plain``."""
        text = self.text
        return [
            "held" if places.is_held(text, f) else "left" if places.is_left(text, f) else "led" if places.is_led(text, f) else "plain"
            for f in self.figures
        ]

    @cached_property
    def twins(self) -> list[bool]:
        """Whether each figure is the one before it in other money: *N3bn ($2m)*."""
        found = [False] * len(self.figures)
        for n in range(1, len(self.figures)):
            first, second = self.figures[n - 1], self.figures[n]
            alike = self.kinds[n - 1] == self.kinds[n] and first.unit != second.unit and self.kinds[n] in ("money", "amount", "change")
            found[n] = alike and bool(_TWIN.fullmatch(self.text[first.end : second.start]))
        return found

    @cached_property
    def bracketed(self) -> list[bool]:
        """Whether each figure stands in brackets."""
        return [
            self.text.rfind("(", self.sentence.start, f.start) > self.text.rfind(")", self.sentence.start, f.start)
            for f in self.figures
        ]

    @cached_property
    def roles(self) -> list[str]:
        """What every date of the sentence is: ``own``, or ``said``, ``aside``, ``against``, ``since``, ``thing``, ``same``."""
        return [_role(self, d) for d in self.dates]

    @cached_property
    def mood(self) -> tuple[str, ...]:
        """What the sentence speaks of as a whole: trade, things to come, how things are now, that period."""
        said = self.sentence.text
        found = [name for name, pattern in _MOODS.items() if pattern.search(said)]
        own = any(role == "own" for role in self.roles)
        return (*found, "dated" if own else "undated")

    @cached_property
    def ahead(self) -> list[bool]:
        """Whether each figure is of what is to come."""
        return [is_future(self.text, f.start, f.end, self.language, dated=False) for f in self.figures]


def _words(name: str) -> str:
    return either("carrying", name, *LANGUAGES)


_TWIN = re.compile(r"\s\((?:about\s|some\s|unos\s|or\s)?|,?\s(?:which\sis\s|or\s|o\s)?(?:about|some|around|unos|equivalent\sto|equivalentes?\sa)\s|\sor\s", re.IGNORECASE)
_MOODS = {
    "flow": re.compile(rf"\b{_words('flow')}\b", re.IGNORECASE),
    "open": re.compile(rf"\b{_words('open')}\b", re.IGNORECASE),
    "that": re.compile(rf"\b{_words('that_period')}\b", re.IGNORECASE),
    "now": re.compile(rf"\b{_words('now')}\b", re.IGNORECASE),
    "had": re.compile(r"\b(?:had|había|habían)\b", re.IGNORECASE),
    "so_far": re.compile(rf"\b{_words('so_far')}\b", re.IGNORECASE),
}
_AGO = rf"(?:{_words('same_of')}\s?(?:(?:of|in|del?|en)\s)?(?:the\s|el\s)?(?:año\s)?(?P<year>(?:19|20)\d\d)\b|{_words('same_of')}\s?(?:(?:of|in|del?|en)\s)?{_words('ago_year')}|{_words('year_ago')}|(?P<month>{_words('month_ago')})|{_words('same_of')}(?![ ,]*(?:19|20)\d\d))"
_AGO_AFTER = re.compile(rf"\)?,?\s(?:\w+\s){{0,4}}?{_AGO}", re.IGNORECASE)
_AGO_BEFORE = re.compile(rf"{_AGO}(?:[’']s)?\s?[^.;:\d$€£%]{{0,40}}$", re.IGNORECASE)
_LATER = re.compile(rf"\b{_words('later')}\b[^;.]*$", re.IGNORECASE)


def _told(around: Around, n: int) -> re.Match[str] | None:
    """*in the same period of 2020* after a figure, or right before it."""
    figure, text = around.figures[n], around.text
    following = around.figures[n + 1].start if n + 1 < len(around.figures) else around.sentence.end
    after = _AGO_AFTER.match(text, figure.end, min(following, figure.end + 90))
    if after:
        return after
    start = around.figures[n - 1].end if n else around.sentence.start
    return _AGO_BEFORE.search(text, max(start, figure.start - 110), figure.start)


def _role(around: Around, date: DateMention) -> str:
    text = around.text
    lead = places.lead_of(text, date)
    if lead in ("since", "thing", "same", "against", "record"):
        return lead
    if lead == "from" and "/" not in date.date:
        return "since" if not any(0 <= date.start - f.end < 12 for f in around.figures) else "own"
    if places.is_of_saying(text, date, around.credits, around.figures, around.sentence.start):
        return "said"
    if places.is_against(text, max([f.end for f in around.figures if f.end <= date.start], default=around.sentence.start), date):
        return "against"
    return "aside" if places.is_aside(text, date, around.figures) else "own"


def candidates(around: Around, n: int, chosen: Sequence[Paired]) -> list[Candidate]:
    """The periods that the ``n``-th figure could have, those of the figures before it being chosen."""
    here = [Candidate(d, "here") for d in around.dates]
    back = [Candidate(mention, "back", names) for mention, names in _back(around)]
    bases = [p.date for p in reversed(chosen) if p.date is not None and p.date.date]
    bases += [d for d, role in zip(around.dates, around.roles, strict=True) if role == "own" and d.date]
    bases += [c.date for c in back if c.date is not None]
    return [Candidate(None, "none"), *here, *back, *_moved(around, n, bases)]


def _back(around: Around) -> list[tuple[DateMention, tuple[str, ...]]]:
    """The periods that the text went on about, with what each of them was."""
    found: dict[str, tuple[DateMention, list[str]]] = {}
    for name, mention in around.before.named(around.sentence.paragraph) if around.before else ():
        found.setdefault(mention.date, (mention, []))[1].append(name)
    return [(mention, tuple(names)) for mention, names in found.values()]


def _moved(around: Around, n: int, bases: Sequence[DateMention]) -> list[Candidate]:
    """The same months of another year, where the words beside a figure name them."""
    told, figure, text = around.told[n], around.figures[n], around.text
    found: dict[str, Candidate] = {}
    for rank, base in enumerate(bases):
        place = ("first",) if rank == 0 else ("second",) if rank == 1 else ("later",)
        if told is not None:
            moved = in_year(base.date, told)
            after = "told_after" if told.start() >= figure.end else "told_before"
            found.setdefault(moved, Candidate(replace(base, date=moved), "moved", (after, *place)))
        start = around.figures[n - 1].end if n else around.sentence.start
        if _LATER.search(text[start : figure.start]):
            moved = shifted(base.date, 1)
            found.setdefault(moved, Candidate(replace(base, date=moved), "moved", ("year_later", *place)))
        for day, role in zip(around.dates, around.roles, strict=True):
            if places.size_of(base.date) in ("month", "part") and places.size_of(day.date) == "year" and day.date != base.date[:4]:
                moved = shifted(base.date, int(day.date) - int(base.date[:4]))
                near = "near" if _beside(around, n, day) else "away"
                found.setdefault(moved, Candidate(replace(day, date=moved), "moved", ("plain_year", near, role, *place)))
        if re.fullmatch(r"\d{4}/\d{4}", base.date) and around.stands[n] in ("left", "led"):
            for end, year in zip(("from", "to"), base.date.split("/"), strict=True):
                found.setdefault(year, Candidate(replace(base, date=year), "moved", (f"end_{end}", *place)))
        if around.stands[n] in ("left", "held") and told is None:
            moved = shifted(base.date, -1)
            yearly = "yearly" if _YEARLY.search(around.sentence.text) else "any"
            found.setdefault(moved, Candidate(replace(base, date=moved), "moved", ("left", yearly, *place)))
    return list(found.values())


_YEARLY = re.compile(r"\b(?:year[- ](?:on|over)[- ]year|on[- ]year|y[-/]?o[-/]?y|interanual(?:es|mente)?|annually)\b", re.IGNORECASE)


def _beside(around: Around, n: int, date: DateMention) -> bool:
    """Whether no other figure stands between a figure and a date."""
    figure = around.figures[n]
    first, last = min(figure.start, date.start), max(figure.start, date.start)
    return not any(first < f.start < last for f in around.figures if f is not figure)


def facts(around: Around, n: int, candidate: Candidate, chosen: Sequence[Paired]) -> list[str]:
    """What speaks for or against a candidate for the ``n``-th figure."""
    kind = around.kinds[n]
    figure = around.figures[n]
    stands = [kind]
    stands.append(around.stands[n])
    found = [candidate.kind, f"{candidate.kind}.{kind}", f"{candidate.kind}.{stands[1]}"]
    found += [f"{candidate.kind}.{m}" for m in around.mood]
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
    if n and candidate.kind != "none":
        link = places.link_between(around.text[around.figures[n - 1].end : figure.start])
        before = chosen[n - 1]
        same = "again" if (before.date.date if before.date else "") == candidate.period else "other"
        alike = "like" if around.kinds[n - 1] == kind else "unlike"
        found += [f"{same}.{link}", f"{same}.{link}.{candidate.kind}", f"{same}.{alike}", f"{same}.{stands[1]}", f"{same}.{around.kinds[n - 1]}.{kind}"]
    if n and candidate.kind != "none":
        alike = [p for m, p in enumerate(chosen) if around.bracketed[m] == around.bracketed[n]]
        if alike and any(around.bracketed[: n + 1]):
            inside = "inside" if around.bracketed[n] else "outside"
            same = "again" if (alike[-1].date.date if alike[-1].date else "") == candidate.period else "other"
            found += [f"{same}.{inside}", f"{same}.{inside}.{candidate.kind}"]
    elif n:
        found.append("none.after_none" if chosen[n - 1].date is None else "none.after_date")
    return found


def _facts_here(around: Around, n: int, date: DateMention, stands: list[str], chosen: Sequence[Paired]) -> list[str]:
    text, figure, kind = around.text, around.figures[n], stands[0]
    after = date.start >= figure.end
    side = "after" if after else "before"
    first, last = (figure.end, date.start) if after else (date.end, figure.start)
    between = text[first:last] if first < last else ""
    n_between = sum(first <= f.start < last and not around.twins[m] for m, f in enumerate(around.figures))
    d_between = sum(first <= d.start < last for d in around.dates)
    role, lead, size = around.roles[around.dates.index(date)], places.lead_of(text, date), places.size_of(date.date)
    far = next(name for reach, name in ((4, "touching"), (15, "close"), (35, "near"), (70, "some"), (10**6, "far")) if len(between) <= reach)
    count = str(min(n_between, 3))
    found = [f"here.{side}", f"here.{side}.{far}", f"here.{side}.figures{count}", f"here.{side}.{far}.figures{min(n_between, 1)}"]
    found += [f"here.{side}.dates{min(d_between, 2)}", f"here.{role}", f"here.{role}.{kind}", f"here.{role}.{stands[1]}", f"here.{role}.{side}"]
    found += [f"here.{side}.lead_{lead}", f"here.{size}.{kind}", f"here.{side}.{kind}", f"here.{side}.{stands[1]}"]
    found += [f"here.{side}.{mark}" for mark in places.marks_between(between)]
    if role == "own":
        found += [f"here.own.{side}.{far}", f"here.own.{side}.figures{min(n_between, 2)}", f"here.own.{side}.dates{min(d_between, 1)}"]
        found += [f"here.own.{side}.{mark}.figures{min(n_between, 1)}" for mark in places.marks_between(between)]
        if sum(r == "own" for r in around.roles) == 1:
            found += ["here.only", f"here.only.{kind}", f"here.only.{side}"]
        if around.dates.index(date) == next(i for i, r in enumerate(around.roles) if r == "own"):
            found.append(f"here.first.{side}")
    if places.opens_sentence(text, around.sentence.start, date):
        found += ["here.opens", f"here.opens.{role}", f"here.opens.figures{min(n_between, 1)}"]
    elif places.opens_clause(text, date):
        found += [f"here.clause.{side}", f"here.clause.{side}.figures{min(n_between, 1)}"]
    for owner in _owners(around, n, date):
        found += [f"here.owned.{side}", f"here.owned.{side}.{kind}", f"here.owned.{side}.{kind}.{owner}", f"here.owned.{side}.{stands[1]}.{owner}"]
    if not after and _WHEN.fullmatch(between):
        found += ["here.when", f"here.when.{role}"]
    if re.fullmatch(r"\s?[:–-]\s?", between):
        found.append(f"here.{side}.colon")
    if around.bracketed[n]:
        inside = "in" if "bracket" not in places.marks_between(between) else "out"
        found += [f"here.{side}.bracketed_{inside}", f"here.{side}.bracketed_{inside}.{kind}"]
    if around.published and date.date and Period.parse(date.date).first > Period.parse(around.published).last:
        found.append("here.later")
    if not date.date:
        found.append("here.unread")
    if any(p.date is not None and p.date.date == date.date for p in chosen):
        found.append(f"here.taken.{side}")
    return found


_WHEN = re.compile(r",?\s(?:when|cuando|(?:un\s)?año\s(?:que|en\sque))\s[^;.:]*", re.IGNORECASE)


def _owners(around: Around, n: int, date: DateMention) -> list[str]:
    """How the figures stand that a date comes right after: *$3m in 2019* is not of what comes before it."""
    return [
        around.stands[m]
        for m, f in enumerate(around.figures)
        if m != n
        and f.end <= date.start
        and date.start - f.end < 15
        and not (around.twins[m] and m == n + 1)
        and _beside(around, m, date)
    ]


def _facts_back(around: Around, n: int, candidate: Candidate, stands: list[str]) -> list[str]:
    found = [f"back.{name}" for name in candidate.facts]
    found += [f"back.{name}.{stands[0]}" for name in candidate.facts]
    dated = "dated" if "dated" in around.mood else "undated"
    found += [f"back.{name}.{dated}" for name in candidate.facts]
    found += [f"back.{mood}.{stands[0]}" for mood in around.mood]
    if around.told[n] is not None:
        found.append("back.told" if stands[0] == "change" else "back.told.level")
    if "flow" not in around.mood:
        found.append("back.no_flow")
    found.append(f"back.{places.size_of(candidate.period)}")
    if around.bracketed[n]:
        found.append(f"back.bracketed.{stands[0]}")
    years = [d.date for d, role in zip(around.dates, around.roles, strict=True) if role == "own" and places.size_of(d.date) == "year"]
    if candidate.period[:4] in years and candidate.period not in years:
        found += ["back.inside", f"back.inside.{stands[1]}"]
    return found


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
    if any(_beside(around, n, d) for d in around.dates):
        found.append("none.beside")
    return found


@cache
def weights() -> dict[str, float]:
    """The weight of every fact, from ``weights.toml``."""
    return tomllib.loads(files("detente.record.draft.tying").joinpath("weights.toml").read_text(encoding="utf-8"))["weights"]


def shares(around: Around, n: int, found: Sequence[Candidate], chosen: Sequence[Paired]) -> list[float]:
    """How likely each candidate is: 1 over all."""
    table = weights()
    sums = [sum(table.get(name, 0.0) for name in facts(around, n, c, chosen)) for c in found]
    top = max(sums)
    parts = [math.exp(s - top) for s in sums]
    return [p / sum(parts) for p in parts]


_IN_ORDER = re.compile(r"\b(?:respectively|respectivamente)\b", re.IGNORECASE)


def _in_order(around: Around) -> list[Paired] | None:
    """*$4m and $5m in 2020 and 2021 respectively*: one period a figure, in their order; none where they do not fit."""
    after = [d for d in around.dates if d.start > around.figures[0].start] or list(around.dates)
    if len(after) < 2:
        return None
    if len(after) == len(around.figures):
        return [Paired(date, 1.0) for date in after]
    return [Paired(None, candidates=tuple(after)) for _ in around.figures]


def choose(around: Around) -> list[Paired]:
    """The period of each figure of a sentence, from left to right."""
    if around.figures and _IN_ORDER.search(around.text[around.figures[0].start :]):
        if (ordered := _in_order(around)) is not None:
            return ordered
    chosen: list[Paired] = []
    for n in range(len(around.figures)):
        if around.kinds[n] == "span":
            chosen.append(Paired(None, 1.0))
            continue
        found = candidates(around, n, chosen)
        likely: dict[str, float] = {}
        likeliest: dict[str, tuple[float, Candidate]] = {}
        for candidate, share in zip(found, shares(around, n, found, chosen), strict=True):
            likely[candidate.period] = likely.get(candidate.period, 0.0) + share
            likeliest[candidate.period] = max(likeliest.get(candidate.period, (0.0, candidate)), (share, candidate), key=lambda p: p[0])
        best = max(likely, key=likely.__getitem__)
        could = [d for d in around.dates if likely.get(d.date, 0.0) > LIKELY]
        pick = likeliest[best][1]
        chosen.append(Paired(pick.date, likely[best], pick.kind in ("back", "moved"), tuple(could)))
    return chosen
