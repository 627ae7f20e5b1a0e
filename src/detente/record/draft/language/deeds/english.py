"""Forms of the English verbs that tell of acts: the historic present, and what follows a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence

TO_DECIDE = re.compile(
    r"\b(?:decided|opted|voted|(?:made|took|taken|announced)\s(?:a|the|its|their)\s(?:\w+\s)?decision)\b[^.;:!?]{0,50}\bto\s$"
)
"""Before an act that was decided: *made the decision on 21 August to*."""
_REGULAR = re.compile(r"(?:re-\?)?[a-z]+ed")


def present_of(acts: Sequence[str]) -> re.Pattern[str] | None:
    """The historic present of regular verbs: *imposes*, *lifts*, *bans*.

    >>> bool(present_of(["imposed", "banned"]).search("Peru bans imports")), present_of(["cut"])
    (True, None)
    """
    stems = [act for act in acts if _REGULAR.fullmatch(act)]
    forms = [form for stem in stems for form in (stem[:-1] + "s", stem[:-2] + "s", stem[:-2] + "es", stem[:-3] + "s")]
    forms += [r"goe?s? into (?:force|effect)", "takes? effect"] if "took effect" in acts else []
    return re.compile(rf"\b(?:{'|'.join(forms)})\b") if forms else None


def decided_of(acts: Sequence[str]) -> re.Pattern[str] | None:
    """What regular verbs are after *to*: *to suspend*, *to ban*, *to close*.

    >>> decided_of(["suspended", "closed"]).search("the decision to shut the border").group()
    'shut'
    """
    stems = [act for act in acts if _REGULAR.fullmatch(act)]
    forms = [form for stem in stems for form in (stem[:-1], stem[:-2], stem[:-3])] + ["shut"] * ("closed" in acts)
    return re.compile(rf"(?<=\bto )(?:{'|'.join(forms)})\b") if forms else None
