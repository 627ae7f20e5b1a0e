"""Which sources rest on which others: by what they cite, by who publishes them, by the wire they reprint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from detente.record.rows import Claim, Source
from detente.record.verdicts.independence.names import same_name, speaks_for_the_state
from detente.record.verdicts.independence.organisations import Register, without_country

OFFICIAL = ("official", "legal")


@dataclass(frozen=True, slots=True)
class Sides:
    """Sources that cannot test a claim independently.

    Attributes
    ----------
    own : frozenset of str
        The claim's own source, others of its publisher or wire, and all that cite these: no evidence at all.
    named : frozenset of str
        Whom the article names for the claim, and all that cite them: they show that the
        source says so, not that it is so.
    """

    own: frozenset[str]
    named: frozenset[str]

    @property
    def barred(self) -> frozenset[str]:
        """Both."""
        return self.own | self.named


@dataclass(frozen=True, eq=False)
class Dependence:
    """Which sources rest on which others.

    Attributes
    ----------
    sources : dict of str to Source
    citing : dict of str to frozenset of str
        For each source, every source that cites it, directly or through others.
    register : Register
        Organisations by name.
    """

    sources: dict[str, Source]
    citing: dict[str, frozenset[str]]
    register: Register

    @classmethod
    def of(cls, sources: Iterable[Source], register: Register) -> Dependence:
        """From the ``cites`` lists and the publishers of the sources."""
        known = {s.id: s for s in sources}
        direct: dict[str, set[str]] = {}
        for source in known.values():
            for cited in source.cites:
                direct.setdefault(cited, set()).add(source.id)
        return cls(known, {s: frozenset(_reach(direct, s)) for s in known}, register)

    @cached_property
    def houses(self) -> dict[str, frozenset[str]]:
        """The organisations that publish each source."""
        found = {name: self.register.houses(name) for name in {s.publisher for s in self.sources.values()}}
        return {s.id: found[s.publisher] for s in self.sources.values()}

    def sides(self, claim: Claim) -> Sides:
        """The sources that stand on a claim's own side."""
        key = (claim.source_id, claim.attributed_to)
        if key not in self._sides:
            self._sides[key] = self._find_sides(claim)
        return self._sides[key]

    @cached_property
    def _sides(self) -> dict[tuple[str, str], Sides]:
        return {}

    def _find_sides(self, claim: Claim) -> Sides:
        own = self._with_citing({claim.source_id, *self._published_by(self.houses.get(claim.source_id, frozenset()))})
        credit = claim.attributed_to.strip()
        if not credit or credit.casefold() == "none":
            return Sides(own, frozenset())
        houses = self.register.houses(credit)
        named = self._published_by(houses)
        named |= {part.strip() for part in credit.split(";")} & set(self.sources)
        if all(house.startswith("~") for house in houses):
            named |= self._of_the_state(credit)
        return Sides(own, self._with_citing(named) - own)

    def _of_the_state(self, credit: str) -> set[str]:
        if not speaks_for_the_state(credit):
            return set()
        return {s.id for s in self.sources.values() if s.kind in OFFICIAL}

    @cached_property
    def _by_house(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for source, houses in self.houses.items():
            for house in houses:
                found.setdefault(house, set()).add(source)
        return found

    def _published_by(self, houses: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for house in houses:
            found |= self._by_house.get(house, set())
            if house.startswith("~"):
                alike = (h for h in self._by_house if h.startswith("~") and _alike(h, house))
                found = found.union(*(self._by_house[h] for h in alike))
        return found

    def _with_citing(self, sources: set[str]) -> frozenset[str]:
        return frozenset(sources.union(*(self.citing.get(s, frozenset()) for s in sources)))


def _alike(a: str, b: str) -> bool:
    """Whether two unregistered names mean one house; where only one says whose it is, that is left out."""
    (first, of_first), (second, of_second) = without_country(a), without_country(b)
    if bool(of_first) != bool(of_second):
        return same_name(a, b) or (" " in first and " " in second and same_name(first, second))
    return same_name(a, b)


def _reach(direct: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = list(direct.get(start, ()))
    while todo:
        source = todo.pop()
        if source not in found:
            found.add(source)
            todo += direct.get(source, ())
    return found
