"""What a tip says of the pairs that a change was compared with: a count, or a p-value where it is no count."""

from __future__ import annotations

from detente.attribution.words.strength import counted_in
from detente.language import Catalogue
from detente.language.digits import p_decimals


def as_badly(words: Catalogue, share: float, n: int) -> str:
    """How many of the pairs did as badly, from the plain rank (1 + count) / (1 + n)."""
    return words("residuals.tip_placebo", k=words.number(counted_in(share, n)), n=words.number(n))


def p_among(words: Catalogue, p: float, n: int) -> str:
    """A p-value that allows for more than the count does."""
    return words("residuals.tip_p", p=words.number(p, p_decimals(p)), n=words.number(n))
