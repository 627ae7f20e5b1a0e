"""What a verdict is: its word, what it rests on, and what sort of check it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

from detente._registry import Registry


@dataclass(frozen=True, slots=True)
class VerdictWord:
    """One word a verdict may be.

    Attributes
    ----------
    name : str
        The word, as ``docs/verdicts.md`` and the results have it.
    decided : bool
        Whether independent evidence says yes or no.
    holds : bool
        Whether it says yes.
    rating : int
        Rating in a ClaimReview, 1 (false) to 5 (true); 0 for none.
    shade : str
        Colour role in charts.
    """

    name: str
    decided: bool = False
    holds: bool = False
    rating: int = 0
    shade: str = "band"


VERDICTS: Registry[VerdictWord] = Registry("verdict")
for _word in (
    VerdictWord("confirmed", True, True, 5, "lowers"),
    VerdictWord("confirmed within rounding", True, True, 4, "lowers"),
    VerdictWord("imprecise", True, False, 3, "destination"),
    VerdictWord("contradicted", True, False, 1, "raises"),
    VerdictWord("reported correctly", shade="origin"),
    VerdictWord("unresolved conflict", shade="accent"),
    VerdictWord("outcome pending", shade="expected"),
    VerdictWord("not checkable", shade="band"),
):
    VERDICTS.add(_word.name, _word)
DECIDED = tuple(name for name, word in VERDICTS.items() if word.decided)

MARKS: dict[str, str] = {
    "hindsight": "the evidence is of a time after the claim was made",
    "quotation": "what is tested is that it was said",
    "proxy": "the evidence measures something near to what is claimed",
    "own label": "the test counts events by the label that the record's own coder gave them",
    "day only": "the day is tested, not what happened on it",
}
"""What sets a check apart: such claims are not counted as independently confirmed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one claim and everything it rests on.

    Attributes
    ----------
    verdict : str
        One of the words of :data:`VERDICTS`.
        The texts below read as English and are :class:`detente.language.Text`, to be said in any language.
    evidence : str
        Figure, event or state compared with, with unit and date.
    evidence_source_ids : tuple of str
        Where it comes from; never the claim's own source.
    difference : str
        Claim against evidence, with unit.
    rule : str
        The rule that gave the verdict.
    reason : str
        One sentence for a reader.
    marks : tuple of str
        Words of :data:`MARKS` that set the check apart.
    """

    verdict: str
    evidence: str = ""
    evidence_source_ids: tuple[str, ...] = ()
    difference: str = ""
    rule: str = ""
    reason: str = ""
    marks: tuple[str, ...] = ()

    def because(self, reason: str) -> Verdict:
        """The same verdict with another reason."""
        return replace(self, reason=reason)

    def marked(self, *marks: str) -> Verdict:
        """The same verdict with further marks."""
        return replace(self, marks=tuple(dict.fromkeys((*self.marks, *marks))))


def not_checkable(reason: str, rule: str = "") -> Verdict:
    """No verdict, and why."""
    return Verdict("not checkable", rule=rule, reason=reason)


def pending(reason: str, rule: str = "", evidence: str = "") -> Verdict:
    """No verdict yet, and why."""
    return Verdict("outcome pending", evidence, rule=rule, reason=reason)
