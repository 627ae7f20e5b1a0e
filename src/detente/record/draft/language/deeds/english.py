"""What follows a decision: the forms of English verbs after *to*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.record.draft.language.deeds.present import REGULAR

TO_DECIDE = re.compile(
    r"\b(?:decided|opted|voted|(?:made|took|taken|announced)\s(?:a|the|its|their)\s(?:\w+\s)?decision)\b[^.;:!?]{0,50}\bto\s$"
)
"""Before an act that was decided: *made the decision on 21 August to*."""


def decided_of(acts: Sequence[str]) -> re.Pattern[str] | None:
    """What regular verbs are after *to*: *to suspend*, *to ban*, *to close*.

    >>> decided_of(["suspended", "closed"]).search("the decision to shut the border").group()
    'shut'
    """
    stems = [act for act in acts if REGULAR.fullmatch(act)]
    forms = [form for stem in stems for form in (stem[:-1], stem[:-2], stem[:-3])] + ["shut"] * ("closed" in acts)
    return re.compile(rf"(?<=\bto )(?:{'|'.join(forms)})\b") if forms else None
