"""What can be watched: the families of measures, what each needs to be computed and what of it is told."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from detente.errors import SpecificationError, did_you_mean

Need = Literal["record", "verdicts", "panel", "residual", "placebos", "breaks", "odds", "outlook"]


@dataclass(frozen=True, slots=True)
class MeasureFamily:
    """A family of measures.

    Attributes
    ----------
    name : what stands before the first colon.
    kind : ``word`` or ``number``.
    needs : what has to be computed for it.
    of_record : whether it is read from a study's record, so that a pair without a study has none.
    fire, clear : conditions where a rule names none.
    appears, goes : whether a new one, and one that is no longer there, is told.
    example : a rule's measure, for messages and help.
    """

    name: str
    kind: Literal["word", "number"]
    needs: tuple[Need, ...]
    of_record: bool = False
    fire: str = "changes"
    clear: str = ""
    appears: bool = False
    goes: bool = False
    example: str = ""


FAMILIES = {
    family.name: family
    for family in (
        MeasureFamily("state", "word", ("record",), True, appears=True, goes=True, example="state:border.goods@*"),
        MeasureFamily("verdict", "word", ("record", "verdicts"), True, appears=True, goes=True, example="verdict:*"),
        MeasureFamily("figure_corrected", "number", ("record",), True, goes=True, example="figure_corrected"),
        MeasureFamily("new_data", "word", ("record",), example="new_data"),
        MeasureFamily("exports", "number", ("panel",), fire="abs_pct >= 10", example="exports"),
        MeasureFamily("imports", "number", ("panel",), fire="abs_pct >= 10", example="imports"),
        MeasureFamily("residual", "number", ("residual", "placebos"), fire="outside_band", clear="inside_band", example="residual"),
        MeasureFamily("placebo_share", "number", ("residual", "placebos"), fire="<= 0.05", clear="> 0.10", example="placebo_share:whole"),
        MeasureFamily("strength", "word", ("residual", "placebos"), example="strength"),
        MeasureFamily("break", "number", ("residual", "placebos", "breaks"), appears=True, goes=True, example="break"),
        MeasureFamily("forecast_scored", "word", ("record", "outlook"), appears=True, example="forecast_scored"),
        MeasureFamily("odds", "number", ("odds",), fire=">= 0.10", clear="< 0.08", example="odds:break"),
    )
}  # fmt: skip


def family_of(measure: str) -> MeasureFamily:
    """The family of a rule's measure or of a full name.

    Raises
    ------
    SpecificationError
        There is none of that name.

    Examples
    --------
    >>> family_of("state:border.goods@*").name
    'state'
    """
    name = measure.partition(":")[0]
    if name not in FAMILIES:
        raise SpecificationError(
            f"There is no measure '{measure}'.{did_you_mean(name, FAMILIES)}",
            fix=f"Write one of: {', '.join(family.example for family in FAMILIES.values())}.",
        )
    return FAMILIES[name]


def matches(rule: str, measure: str) -> bool:
    """Whether a rule's measure covers a full name: the same, a pattern of it, or its beginning up to a colon.

    Examples
    --------
    >>> [matches(rule, "residual:IND>PAK") for rule in ("residual", "residual:IND*", "residual:PAK*", "res*")]
    [True, True, False, False]
    """
    if rule.partition(":")[0] != measure.partition(":")[0]:
        return False
    return any(fnmatchcase(measure, pattern) for pattern in (rule, f"{rule}:*", f"{rule}@*"))
