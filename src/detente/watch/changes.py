"""Which input caused which change: one alert an input, with everything that follows from it below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from detente.record.references import resting_on
from detente.watch.computing import Looked
from detente.watch.inputs import Cause
from detente.watch.thresholds import Transition

Told = tuple[str, str, Transition]
"""Rule, measure and transition."""
_TABLES = {"figure_corrected": "figures", "verdict": "claims", "forecast_scored": "forecasts"}
_MOST_TRACED = 50  # causes whose dependants are looked up in the record; a flood is told by kind


def grouped(told: Sequence[Told], causes: Sequence[Cause], looked: Looked) -> list[tuple[Cause | None, list[Told]]]:
    """The transitions under the inputs that caused them, in the order of the causes.

    A change that could come from several inputs stands under the first that the record ties it to; what no input on
    record explains stands under None.
    """
    rests = _resting(causes, looked) if len(causes) > 1 else {}
    by_cause: dict[int, list[Told]] = {}
    for one in told:
        by_cause.setdefault(_cause_of(one[1], causes, rests), []).append(one)
    order = sorted(by_cause, key=lambda k: (k < 0, k))
    return [(causes[k] if k >= 0 else None, by_cause[k]) for k in order]


def _cause_of(measure: str, causes: Sequence[Cause], rests: Mapping[str, int]) -> int:
    """The place of the cause of a change; -1 for none."""
    if not causes:
        return -1
    if len(causes) == 1:
        return 0
    family, _, rest = measure.partition(":")
    for k, cause in enumerate(causes):
        if _is_about(family, rest, cause):
            return k
    if measure in rests:
        return rests[measure]
    wanted = _LIKELY.get(family, ())
    for kind in wanted:
        for k, cause in enumerate(causes):
            if cause.row.kind == kind and _fits(family, cause):
                return k
    return 0


_LIKELY = {  # where the record ties it to nothing: the kinds of inputs that it is computed from
    "state": ("events",),
    "verdict": ("figures", "events", "sources", "panel", "settings", "version"),
    "exports": ("panel", "figures"),
    "imports": ("panel", "figures"),
    "residual": ("panel", "settings", "version"),
    "placebo_share": ("panel", "settings", "version"),
    "strength": ("panel", "settings", "version"),
    "break": ("panel", "settings", "version"),
    "forecast_scored": ("figures", "panel"),
    "odds": ("events", "version"),
}


def _is_about(family: str, rest: str, cause: Cause) -> bool:
    """Whether the change is of the very row that changed, or of a state that its event sets."""
    row = cause.row
    if _TABLES.get(family) == row.kind:
        return row.key == rest
    if family == "new_data":
        return row.kind == rest and (rest == "panel" or cause.what != "changed")
    if family == "state" and row.kind == "events":
        set_by = {state for version in (cause.before, cause.after) if version is not None for state in version.about}
        return rest in set_by
    return False


def _fits(family: str, cause: Cause) -> bool:
    """Whether a figure is of the flow that the measure is."""
    if cause.row.kind != "figures" or family not in ("exports", "imports", "forecast_scored"):
        return True
    return cause.row.about[0].startswith("trade.") and (family == "forecast_scored" or family in cause.row.about[0])


def _resting(causes: Sequence[Cause], looked: Looked) -> dict[str, int]:
    """Measures that the record ties to a row that changed, by the place of its cause."""
    found: dict[str, int] = {}
    claims = looked.frames.get("claims")
    if looked.ledger is None or claims is None:
        return found
    traced = [
        (k, cause)
        for k, cause in enumerate(causes)
        if cause.after is not None and cause.row.kind in ("figures", "events", "sources")
    ]
    for k, cause in traced[:_MOST_TRACED]:
        for measure in _names(resting_on(looked.ledger, claims, cause.row.kind, cause.row.key)):
            found.setdefault(measure, k)
    return found  # fmt: skip


def _names(things: Iterable[object]) -> Iterable[str]:
    families = {"claims": "verdict", "states": "state", "forecasts": "forecast_scored"}
    for thing in things:
        table, key = getattr(thing, "table", ""), getattr(thing, "id", "")
        if table in families:
            yield f"{families[table]}:{key}"
