"""What is asked of a pair, and what is found of each of its two directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import check_kind, choose, usable
from detente.attribution.comparison.similar import SIMILAR, PlaceboTest
from detente.attribution.decomposition import split
from detente.attribution.episodes import Episode, episodes_of
from detente.attribution.fits import DyadFits
from detente.attribution.residuals import Residuals
from detente.attribution.result import Before, Finding
from detente.attribution.sample import Sample
from detente.attribution.words.cautions import cautions, no_base_reason, require_trade_either_way, window_cautions
from detente.attribution.words.findings import finding_sentence
from detente.attribution.words.sentences import named
from detente.data import land_neighbours
from detente.errors import SpecificationError, TooFewDonors
from detente.language import Refusal, Text, When

BASE_WINDOWS = ((2000, 2004), (2000, 2008))
MIN_HISTORY = 2  #: years needed before a window to say what a dyad was like


@dataclass(frozen=True, slots=True)
class PairQuestion:
    """What is asked alike of every pair of a panel.

    Attributes
    ----------
    episodes : tuple of Episode
    windows : tuple of (first, last)
        Base years.
    kind : str
        ``similar``, a class of placebos, ``picked``, or empty where none are wanted.
    contiguity : (N, N) bool, or None
    names : mapping of code to name
    """

    episodes: tuple[Episode, ...]
    windows: tuple[tuple[int, int], ...]
    kind: str
    contiguity: NDArray[np.bool_] | None
    names: Mapping[str, str]

    @classmethod
    def of(
        cls, sample: Sample, episodes: Iterable[Any] | Mapping[str, Any], base_windows: Sequence[tuple[int, int]],
        kind: str, contiguity: Any = None, names: Mapping[str, str] | None = None,
    ) -> PairQuestion:  # fmt: skip
        """The question, which the panel can answer.

        Raises
        ------
        SpecificationError
            An episode or a base window that is not in the panel, or an unknown class of placebos.
        """
        kind = kind if kind in ("", "picked", SIMILAR) else check_kind(kind)
        asked = episodes_of(episodes)
        for episode in asked:
            episode.check(sample)
        windows = tuple((When(first), When(last)) for first, last in base_windows)
        for window in windows:
            sample.window(window)
        if contiguity is None and kind == "contiguous":
            contiguity = land_neighbours(sample.economies)
        return cls(asked, windows, kind, contiguity_matrix(contiguity, sample), names or {})


@dataclass(frozen=True, slots=True)
class ToldDirection:
    """What is found of one direction on one base window; ``dyad`` are positions in the panel."""

    dyad: tuple[int, int]
    base: tuple[int, int]
    refusal: str
    findings: tuple[Finding, ...]
    cautions: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class AskedPair:
    """One pair with the question; ``by_hand`` are the dyads picked to compare with."""

    fits: DyadFits
    question: PairQuestion
    by_hand: NDArray[np.bool_] | None = None

    @property
    def names(self) -> Mapping[str, str]:
        """Of the two economies, for sentences."""
        codes = [self.fits.sample.economies[k] for k in self.fits.dyad]
        return {c: named(c) for c in codes} | dict(self.question.names)

    def directions(self) -> Iterator[ToldDirection]:
        """Both directions on each base window.

        Raises
        ------
        NotIdentified
            Neither has trade in the years of any base window.
        """
        self.check()
        for base in self.question.windows:
            yield from self.on(base)

    def check(self) -> None:
        """Raise :class:`NotIdentified` where neither direction has trade in the years of any base window."""
        sample, (i, j) = self.fits.sample, self.fits.dyad
        require_trade_either_way(sample, i, j, [sample.window(base) for base in self.question.windows])

    def on(self, base: tuple[int, int]) -> tuple[ToldDirection, ToldDirection]:
        """Both directions on one base window."""
        i, j = self.fits.dyad
        return _direction(self, base, i, j), _direction(self, base, j, i)

    def cautions(
        self, directions: Iterable[ToldDirection], collapsed: Callable[[int, bool], tuple[int, ...]] | None = None
    ) -> tuple[str, ...]:
        """What may be wrong with the flows, and which directions cannot be told, each said once."""
        sample, (i, j) = self.fits.sample, self.fits.dyad
        told = list(directions)
        refusals = [d.refusal for d in told if d.refusal]
        hand = () if self.by_hand is None else (Text("caution.picked", n=int(self.by_hand.sum())),)
        recorded = (*cautions(sample, i, j, collapsed), *cautions(sample, j, i, collapsed))
        return tuple(dict.fromkeys((*refusals, *hand, *recorded, *(text for d in told for text in d.cautions))))

    def chosen(self, fit: Residuals, i: int, j: int) -> NDArray[np.bool_]:
        """The dyads compared with by class, by hand, or (for levels) of similar size."""
        sample = self.fits.sample
        if self.by_hand is not None:
            return usable(self.by_hand, fit.base_mean, sample)
        kind = "size" if self.question.kind == SIMILAR else self.question.kind
        return choose(fit.base_mean, i, j, kind=kind, barred=sample.barred, contiguity=self.question.contiguity).chosen


def _direction(ask: AskedPair, base: tuple[int, int], i: int, j: int) -> ToldDirection:
    sample, inside = ask.fits.sample, ask.fits.sample.window(base)
    a, b = sample.economies[i], sample.economies[j]
    who = ask.names.get(a, a), ask.names.get(b, b)
    refusal = no_base_reason(sample, i, j, inside, who) or ""
    said: list[Text] = []
    findings = tuple(_finding(ask, base, i, j, episode, refusal, said) for episode in ask.question.episodes)
    return ToldDirection((i, j), base, refusal, findings, tuple(said))


def _finding(
    ask: AskedPair, base: tuple[int, int], i: int, j: int, episode: Episode, refusal: str, said: list[Text]
) -> Finding:  # fmt: skip
    sample, inside = ask.fits.sample, ask.fits.sample.window(base)
    start, end = sample.year(episode.from_year), sample.year(episode.to_year)
    own, effects = ask.fits.own(inside), ask.fits.effects(inside)
    at = (0, 1) if (i, j) == ask.fits.dyad else (1, 0)
    path = own.log_ratio[:, at[0], at[1]]
    with np.errstate(invalid="ignore"):
        parts = split(sample.flows, effects.origin, effects.destination, path, i, j, start, end)
        mean = float(np.mean(path[start + 1 : end + 1]) - path[start])
    standing: PlaceboTest | None = None
    before: Before | None = None
    if parts.log_change == np.inf:
        # A recorded zero to start from: it may mean that nothing was reported, and no change can be told from it.
        parts = replace(parts, log_change=np.nan, share_part=np.nan, dyad_part=np.nan)
    elif ask.question.kind and not refusal:
        try:
            standing = _standing(ask, base, i, j, start, end)
            before = _before(ask, base, i, j, start, end)
        except TooFewDonors as error:
            said.append(Refusal.of(error))
    if not refusal:
        said += window_cautions(sample, own, i, j, episode, at)
    flow_from, flow_to = float(sample.flows[start, i, j]), float(sample.flows[end, i, j])
    found = Finding(
        sample.economies[i], sample.economies[j], episode, base, flow_from, flow_to, parts, mean,
        own.at_most(*at, start, end, sample.smallest) if parts.log_change == -np.inf else np.nan, standing, before, "",
        refusal,
    )  # fmt: skip
    return replace(found, sentence=finding_sentence(found, ask.names, tested=bool(ask.question.kind)))


def _standing(ask: AskedPair, base: tuple[int, int], i: int, j: int, start: int, end: int) -> PlaceboTest:
    chosen = None if ask.question.kind == SIMILAR else ask.chosen(ask.fits.on(base), i, j)
    return ask.fits.test(base, start, end, i, j, chosen)


def _before(ask: AskedPair, base: tuple[int, int], i: int, j: int, start: int, end: int) -> Before | None:
    """The same test on the window of the same length that ends where this one starts, or the longest there is."""
    years = ask.fits.sample.years
    first = max(2 * start - end, MIN_HISTORY)
    if ask.question.kind != SIMILAR or first >= start:
        return None
    try:
        found = ask.fits.test(base, first, start, i, j)
    except TooFewDonors:
        return None
    return None if np.isnan(found.p) else Before(years[first], years[start], found)


def contiguity_matrix(given: Any, sample: Sample) -> NDArray[np.bool_] | None:
    """A symmetric (N, N) bool matrix from a matrix or pairs of codes; pairs outside the panel are left."""
    if given is None:
        return None
    n = len(sample.economies)
    if isinstance(given, np.ndarray):
        if given.shape != (n, n):
            raise SpecificationError(f"The contiguity matrix has shape {given.shape}; the panel has {n} economies.")
        return given.astype(bool)
    at = {code: k for k, code in enumerate(sample.economies)}
    matrix = np.zeros((n, n), dtype=bool)
    for a, b in given:
        if a in at and b in at:
            matrix[at[a], at[b]] = matrix[at[b], at[a]] = True
    return matrix
