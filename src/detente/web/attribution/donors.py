"""Hand-picked dyads of the attribution desk: as an address writes them, and the ones a search finds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np

from detente.attribution.residuals import Residuals
from detente.attribution.sample import Sample
from detente.errors import SpecificationError, first_five

Dyad = tuple[str, str]

MOST = 400  # dyads in an address; browsers and servers take about 4,000 characters
MOST_FOUND = 25
_DYAD = re.compile(r"([A-Z]{3})-([A-Z]{3})")


def read_donors(text: str) -> tuple[Dyad, ...]:
    """Dyads written as ``DEU-FRA,FRA-ITA``: exporter, hyphen, importer.

    Raises
    ------
    SpecificationError

    Examples
    --------
    >>> read_donors("DEU-FRA, fra-ita DEU-FRA")
    (('DEU', 'FRA'), ('FRA', 'ITA'))
    """
    words = [word for word in re.split(r"[\s,;]+", text.upper()) if word]
    wrong = [word[:20] for word in words if not _DYAD.fullmatch(word)]
    if wrong:
        raise SpecificationError(
            f"Not pairs of two codes: {first_five(map(repr, wrong))}.",
            fix="Write exporter-importer with three-letter codes and commas between, such as DEU-FRA,FRA-ITA.",
        )
    found = tuple(dict.fromkeys((word[:3], word[4:]) for word in words))
    if len(found) > MOST:
        raise SpecificationError(
            f"{len(found)} pairs were picked; an address holds {MOST}.", fix="Pick fewer, or compare with a class."
        )
    return found


def write_donors(dyads: tuple[Dyad, ...]) -> str:
    """The same as an address writes it."""
    return ",".join(f"{a}-{b}" for a, b in dyads)


def candidates(
    sample: Sample, fit: Residuals, dyad: tuple[int, int], text: str, called: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Dyads to compare with: those whose two economies hold every word of ``text``, nearest in size first.

    Parameters
    ----------
    fit : for the base years' trade.
    dyad : positions of the treated dyad; it and its reverse are left out.
    called : the name of a code, searched together with the code.
    """
    mean = fit.base_mean
    with np.errstate(invalid="ignore"):
        wanted = mean > 0
    for word in _plain(text).split():
        holds = np.array([word in _plain(f"{code} {called(code)}") for code in sample.economies])
        wanted &= holds[:, None] | holds[None, :]
    wanted[list(sample.barred), :] = wanted[:, list(sample.barred)] = False
    np.fill_diagonal(wanted, False)
    i, j = dyad
    wanted[i, j] = wanted[j, i] = False
    places = np.argwhere(wanted)
    size = mean[wanted]
    own = mean[i, j] if mean[i, j] > 0 else np.inf  # a dyad without trade is nearest to nobody: the largest first
    order = np.argsort(np.abs(np.log(size / own)) if np.isfinite(own) else -size, kind="stable")[:MOST_FOUND]
    return [
        {"from": sample.economies[a], "to": sample.economies[b], "base_usd_mn": float(mean[a, b])}
        for a, b in places[order]
    ]


def _plain(text: str) -> str:
    """Without capitals and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
