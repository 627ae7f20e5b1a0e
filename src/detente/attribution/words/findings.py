"""One finding in words: what changed, what was to be expected, how similar pairs did, and what could have been missed.

No sentence names a cause for the pair-specific component, and a part that similar pairs show as often is never called an
effect. Counts are printed as counts; p is a p-value and is never printed as a share of anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, isnan

from detente.attribution.comparison.power import NEARLY_ALL
from detente.attribution.comparison.similar import PlaceboTest
from detente.attribution.result import BOUND, Finding
from detente.attribution.words.sentences import change_as_noun, change_in_words, log_points, p_value
from detente.attribution.words.strength import SOME, UNPROVED, place_of, tail, unseen_pct
from detente.language import Joined, Money, Number, Text

SMALL = 0.02  #: log points; a part below this is no part


def finding_sentence(found: Finding, names: Mapping[str, str], *, tested: bool) -> str:
    """What happened to one flow in one episode, and what may be said about why.

    Parameters
    ----------
    found : Finding
    names : mapping of code to name
    tested : bool
        False where placebos were skipped on purpose.
    """
    who = {
        "exporter": names.get(found.origin, found.origin),
        "importer": names.get(found.destination, found.destination),
    }
    years = {"start": found.episode.from_year, "end": found.episode.to_year}
    parts = found.split
    if isnan(parts.log_change):
        unrecorded = Text("found.unrecorded", **who, **years)
        return Joined(" ", parts=(unrecorded, found.refusal)) if found.refusal else unrecorded
    flows = {"before": Money(found.flow_from), "after": Money(found.flow_to)}
    said = [Text("found.change", change=change_in_words(parts.log_change), **who, **years, **flows)]
    if found.refusal:
        return Joined(" ", parts=(*said, found.refusal))
    if found.status == BOUND:
        said.append(_bound(found))
    elif isnan(parts.dyad_part):
        return Joined(" ", parts=(*said, Text("found.no_counterfactual")))
    else:
        said.append(_split(found))
    if found.standing is None or isnan(found.standing.p):
        said.append(Text("standing.untested" if tested else "standing.skipped"))
    else:
        said += _tested(found, found.standing, who)
    if found.status == BOUND or parts.dyad_part < -SMALL:
        said.append(Text("found.residual"))
    return Joined(" ", parts=said)


def _split(found: Finding) -> Text:
    parts = found.split
    amounts = {"whole": parts.log_change, "rest": parts.supply_demand_part, "own": parts.dyad_part}
    logs = {f"{name}_log": log_points(value) for name, value in amounts.items()}
    nouns = {name: change_as_noun(amounts[name]) for name in ("rest", "own")}
    return Text("found.parts", **nouns, **logs)


def _bound(found: Finding) -> Text:
    """The size of a fall to zero as a bound."""
    smallest = exp(found.dyad_part_at_most + found.split.supply_demand_part) * found.flow_from
    pct = 100.0 * (1.0 - smallest / found.flow_from)
    return Text("found.below", smallest=Money(smallest), pct=_pct(min(pct, 99.9)))


def _pct(value: float) -> Number:
    return Number(f"{value:.1f}" if value > 99 else f"{value:.0f}")


def _tested(found: Finding, test: PlaceboTest, who: Mapping[str, str]) -> list[Text]:
    place = place_of(test.p, test.smallest, test.value, test.p_similar if test.adjusted else None)
    said, p = [_counted(test)], p_value(tail(test))
    if place == "few":
        return [*said, Text("standing.too_few_similar")]
    if place in UNPROVED:
        said.append(Text(f"standing.{'no_evidence' if place == 'ordinary' else place}", p=p, **who))
        loss, risen = unseen_pct(test), "_up" if test.value >= 0 else ""
        said.append(Text(f"standing.{'blind' if loss >= NEARLY_ALL else 'blunt'}{risen}", unseen=_pct(loss)))
        return said
    return [*said, Text(f"standing.{place}{'' if test.adjusted else '_plain'}", p=p, **who), *_begun(found, test)]


def _counted(test: PlaceboTest) -> Text:
    """How many of the pairs compared with did as badly; for a gain, as well."""
    n, bad = Number(f"{test.n:,}"), test.n_as_bad
    if test.value < 0:
        return Text("standing.as_bad" if bad else "standing.none_as_bad", n=n, bad=Number(f"{bad:,}"))
    well = test.n - bad
    return Text("standing.as_well" if well else "standing.none_as_well", n=n, well=Number(f"{well:,}"))


def _begun(found: Finding, test: PlaceboTest) -> list[Text]:
    """Whether the decline had begun before, where there is one to explain."""
    earlier = None if found.before is None else found.before.standing
    if found.before is None or earlier is None or test.value >= 0 or earlier.value >= 0 or earlier.p > SOME:
        return []
    years = {"start": found.before.from_year, "end": found.before.to_year}
    return [Text("standing.begun", change=change_as_noun(earlier.value), p=p_value(earlier.p), **years)]
