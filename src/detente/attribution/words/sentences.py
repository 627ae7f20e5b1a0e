"""The sentence that the numbers allow, in the register of a careful reporter.

Rules, held by tests: a part is called unusual only when at most 5% of the placebos did
as badly; a part that is not unusual is never called an effect, and what could have gone
unseen is said beside it; no sentence names a cause for the pair-specific component.
"""

from __future__ import annotations

from math import exp, isfinite, isnan

from detente.attribution.comparison.placebos import Standing
from detente.attribution.words.strength import counted_in
from detente.economies import in_text
from detente.language import LANGUAGES, Catalogue, Joined, Number, Own, Text
from detente.language.digits import p_decimals, times

ENGLISH = Catalogue("en")
UNUSUAL = 0.05  #: share of placebos at or below which a change is called unusual


def named(code: str) -> str:
    """The name of an economy within a sentence, in English and in the other languages."""
    return Own(in_text(code), **{language: in_text(code, language) for language in LANGUAGES})


def change_in_words(log_change: float) -> str:
    """``fell 76%``, ``rose 12%``, ``rose 3.2-fold``, ``hardly changed``.

    Examples
    --------
    >>> change_in_words(-1.44), change_in_words(0.01), change_in_words(1.2)
    ('fell 76%', 'hardly changed', 'rose 3.3-fold')
    """
    if log_change == float("-inf"):
        return Text("change.to_zero")
    return _change(log_change, "change.")


def change_as_noun(log_change: float) -> str:
    """``a fall of 76%``, ``a rise of 12%``, ``a rise to 3.2 times``, ``hardly any change``.

    Examples
    --------
    >>> change_as_noun(-1.44), change_as_noun(0.01), change_as_noun(1.2), change_as_noun(-6.4)
    ('a fall of 76%', 'hardly any change', 'a rise to 3.3 times', 'a fall of 99.8%')
    """
    if log_change == float("-inf"):
        return Text("change.noun_zero")
    return _change(log_change, "change.noun_")


def _change(log_change: float, words: str) -> str:
    """A change of a size, in the words whose keys begin with ``words``."""
    if abs(log_change) < 0.02:
        return Text(f"{words}none")
    pct = 100 * (exp(log_change) - 1)
    if pct > 200:
        return Text(f"{words}fold", n=Number(times(exp(log_change))))
    return Text(f"{words}fell" if pct < 0 else f"{words}rose", n=_whole(abs(pct)))


def _whole(pct: float) -> Number:
    """No loss short of the whole reads as 100%."""
    return Number(f"{pct:.0f}" if pct < 99.5 or pct > 100 else f"{min(pct, 99.99):.3g}" if pct < 99.95 else "99.9")


def counted(share: float, n: int) -> str:
    """The count behind a rank (1 + count) / (1 + n), as a number or ``none``.

    Examples
    --------
    >>> str(counted(1 / 11, 10)), str(counted(2 / 10, 9))
    ('none', '1')
    """
    count = counted_in(share, n)
    return Text("amount.none") if count == 0 else Number(f"{count:,}")


def log_points(value: float) -> str:
    """Signed, two digits, with a real minus sign.

    Examples
    --------
    >>> log_points(-1.448), log_points(0.001)
    ('−1.45', '0.00')
    """
    text = f"{value:+.2f}".replace("-", "−")
    return Number("0.00" if text in ("+0.00", "−0.00") else text)


def band_end(value: float) -> str:
    """An end of the placebos' range in log points; in words where that many of them fell to zero, or rose from it."""
    if isfinite(value):
        return log_points(value)
    return Text("amount.full_stop" if value < 0 else "amount.from_nothing")


def unseen_loss_pct(standing: Standing) -> float:
    """The loss, in percent, that lies outside the 5% band in half of such dyads.

    Smaller extra losses would more often than not have gone unseen.
    """
    gap = standing.low - standing.median
    return 100.0 * (1.0 - exp(gap)) if isfinite(gap) else 100.0


def standing_sentence(standing: Standing | None) -> str:
    """How many pairs of similar size stand as low; counts, and the rank as a p-value."""
    if standing is None:
        return Text("standing.skipped")
    bad = counted(standing.share, standing.n)
    among = {"n": Number(f"{standing.n:,}"), "bad": bad, "p": p_value(standing.share)}
    among |= {"low": band_end(standing.low), "high": band_end(standing.high)}
    return Text("standing.level" if isinstance(bad, Number) else "standing.level_none", **among)


def p_value(p: float) -> str:
    """A rank as a p-value.

    Examples
    --------
    >>> str(p_value(0.00499)), str(p_value(0.1022)), str(p_value(0.314))
    ('0.005', '0.102', '0.31')
    """
    return Number(f"{p:.{p_decimals(p)}f}")


def level_sentence(
    exporter: str, importer: str, year: int, base: tuple[int, int], value: float, standing: Standing | None
) -> str:
    """How far the flow stands from its base years' affinity in one year."""
    head = {"year": year, "exporter": exporter, "importer": importer}
    if isnan(value):
        return Text("level.no_counterfactual", **head)
    if not isfinite(value):
        return Text("level.zero", **head)
    stood = Text("level.stood", log=log_points(value), start=base[0], end=base[1], **head)
    return Joined(" ", parts=(stood, standing_sentence(standing)))
