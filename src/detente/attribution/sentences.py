"""The sentence that the numbers allow, in the register of a careful reporter.

Rules, held by tests: a part is called unusual only when at most 5% of the placebos did
as badly; a part that is not unusual is never called an effect, and what could have gone
unseen is said beside it; no sentence names a cause for the dyad's own part.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, isfinite, isnan

from detente.attribution.company import LOOSE, Company
from detente.attribution.decomposition import Split
from detente.attribution.episodes import Episode
from detente.attribution.placebos import Standing

UNUSUAL = 0.05  #: share of placebos at or below which a change is called unusual


def change_in_words(log_change: float) -> str:
    """``fell 76%``, ``rose 12%``, ``rose 3.2-fold``, ``hardly changed``.

    Examples
    --------
    >>> change_in_words(-1.44), change_in_words(0.01), change_in_words(1.2)
    ('fell 76%', 'hardly changed', 'rose 3.3-fold')
    """
    if log_change == float("-inf"):
        return "fell to a recorded zero"
    if abs(log_change) < 0.02:
        return "hardly changed"
    pct = 100 * (exp(log_change) - 1)
    if pct > 200:
        return f"rose {exp(log_change):.1f}-fold"
    return f"{'fell' if pct < 0 else 'rose'} {abs(pct):.0f}%"


def share_in_words(share: float) -> str:
    """A share between 0 and 1 as percent, one digit after the point below 10%.

    Examples
    --------
    >>> share_in_words(0.0064), share_in_words(0.82)
    ('0.6%', '82%')
    """
    pct = 100 * share
    return f"{pct:.1f}%" if pct < 9.95 else f"{pct:.0f}%"


def log_points(value: float) -> str:
    """Signed, two digits, with a real minus sign.

    Examples
    --------
    >>> log_points(-1.448), log_points(0.001)
    ('−1.45', '0.00')
    """
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text in ("+0.00", "−0.00") else text


def unseen_loss_pct(standing: Standing) -> float:
    """The loss, in percent, that lies outside the 5% band in half of such dyads.

    Smaller extra losses would more often than not have gone unseen.
    """
    gap = standing.low - standing.median
    return 100.0 * (1.0 - exp(gap)) if isfinite(gap) else 100.0


def finding_sentence(
    exporter: str,
    importer: str,
    episode: Episode,
    flow_from: float,
    flow_to: float,
    split: Split,
    standing: Standing | None,
    names: Mapping[str, str],
    company: Company | None = None,
) -> str:
    """What happened to one flow in one episode, and what may be said about why."""
    who = f"from {names.get(exporter, exporter)} to {names.get(importer, importer)}"
    if isnan(split.log_change):
        return (
            f"The recorded exports {who} do not exist in both {episode.from_year} and {episode.to_year}: "
            "nothing can be said about their change."
        )
    parts = [
        f"Recorded exports {who} {change_in_words(split.log_change)} between {episode.from_year} and "
        f"{episode.to_year} (US$ {flow_from:,.0f} million to US$ {flow_to:,.0f} million)."
    ]
    if split.log_change == float("-inf"):
        parts.append("A recorded zero may mean that nothing was reported, so no split is given.")
        return " ".join(parts)
    if isnan(split.dyad_part):
        parts.append("The model has no counterfactual for these years.")
        return " ".join(parts)
    parts.append(
        f"In log points the change is {log_points(split.log_change)}: {log_points(split.supply_demand_part)} "
        f"goes with the two economies' trade with everybody else, {log_points(split.dyad_part)} is the "
        "pair's own part."
    )
    parts.append(standing_sentence(split.dyad_part, standing))
    if company is not None and standing is not None and standing.share <= UNUSUAL:
        parts += company_sentences(names.get(exporter, exporter), names.get(importer, importer), company)
    if split.dyad_part < -0.02:
        parts.append("The pair's own part is a residual; it has more than one possible cause.")
    return " ".join(parts)


def company_sentences(exporter: str, importer: str, company: Company) -> list[str]:
    """A warning where the test is loose for one of the two economies."""
    found = []
    for share, who in (
        (company.exporter, f"{exporter}'s other markets"),
        (company.importer, f"{importer}'s other suppliers"),
    ):
        if share > LOOSE:
            found.append(f"{share_in_words(share)} of {who} show an unusual loss too, where 5% would be usual.")
    return found


def standing_sentence(value: float, standing: Standing | None) -> str:
    """How unusual the pair's own part is, and what could have gone unseen."""
    if standing is None:
        return "Placebos were skipped, so nothing is said about how unusual that is."
    among = f"Of {standing.n:,} comparable dyads {share_in_words(standing.share)} did as badly or worse"
    band = f"9 in 10 lie between {log_points(standing.low)} and {log_points(standing.high)}"
    if standing.smallest > UNUSUAL:
        return (
            f"{among}, but with so few the share cannot fall below {share_in_words(standing.smallest)}: "
            "nothing can be called unusual."
        )
    if standing.share <= UNUSUAL and value < 0:
        return f"{among} ({band}): an unusual loss."
    if 1 - standing.share < UNUSUAL and value > 0:
        return f"{among} ({band}): an unusual gain."
    return (
        f"{among} ({band}): within the ordinary range. Only an extra loss above about "
        f"{unseen_loss_pct(standing):.0f}% would stand out there more often than not."
    )


def level_sentence(
    exporter: str, importer: str, year: int, base: tuple[int, int], value: float, standing: Standing | None
) -> str:
    """How far the flow stands from its base years' affinity in one year."""
    head = f"In {year} recorded exports from {exporter} to {importer} "
    if isnan(value):
        return head + "have no counterfactual."
    if not isfinite(value):
        return head + "are a recorded zero, which may mean that nothing was reported."
    return (
        f"{head}stood {log_points(value)} log points from what the pair's own {base[0]}-{base[1]} level and the two "
        f"economies' other trade lead one to expect. {standing_sentence(value, standing)}"
    )
