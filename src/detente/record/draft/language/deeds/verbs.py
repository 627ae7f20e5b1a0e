"""The verbs of a sentence that may own its dates: finite past forms, finished participles and, under a date, the present."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from detente.record.draft.language.deeds.lexicon import SAY, STOP, THING, Lexicon, lexicon
from detente.record.draft.language.deeds.reality import is_adjective, is_denied, is_unreal

NEAR = 70
"""Characters between a verb that may tell of anything and the thing that makes it a deed between economies."""
SUBJECT = 35
"""Characters between what may worsen or mend and its verb: *tensions between the two grew*."""
BREAK = re.compile(r"[;:!?\n]")
"""What a verb does not reach beyond."""
_AUXILIARY = re.compile(
    r"\b(?:was|were|been|being|had|has|have|got|is|are|fue|fueron|sido|ha|han|había|habían|haber|quedó|quedaron|es|son|está|están"
    r"|estaba|estaban|siendo)\s(?:\w+(?:ly|mente)\s|(?:also|not|first|finally|again|both|never|already|también|ya)\s)?$",
    re.IGNORECASE,
)
_HELPS = re.compile(
    r"(?:was|were|been|had|fue|fueron|sido|había|habían|hubo)\s(?:been\s|sido\s|\w+(?:ly|mente)\s)?(?:not\s|also\s|first\s)?",
    re.IGNORECASE,
)
"""An auxiliary and what may stand between it and its participle."""
_PERSON = re.compile(
    r"(?:\b(?:they|it|he|she|who|which|government|ministry|minister|president|parliament|court|countries|sides|leaders|states)"
    r"|[A-Z][\w’'.-]+)\s(?:\w+ly\s|also\s)?$"
)
"""Who may do what a verb that is not listed says."""
_BEFORE_DAY = re.compile(r"\s\d")
_CAPTION = re.compile(r"\((?:Photo|Foto|Image|Imagen)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb with its class; ``bare``: a participle without its auxiliary (*the deal signed on Monday*)."""

    start: int
    end: int
    name: str
    bare: bool = False

    def is_unreal(self, text: str, language: str) -> bool:
        """Whether it tells of what has not happened; a bare participle is only denied by what stands right before it."""
        if self.bare:
            return is_denied(text, self.start, language)
        return is_unreal(text, self.start, self.end, language)


def verbs_in(text: str, start: int, end: int, language: str, *, present: bool) -> list[Verb]:
    """The verbs of ``text[start:end]`` in their order, each with its class.

    Parameters
    ----------
    present : whether its present tells of the past, as under a date.

    Examples
    --------
    >>> text = "Peru summoned the envoy, who said that it was closed."
    >>> [(text[v.start : v.end], v.name) for v in verbs_in(text, 0, len(text), "en", present=False)]
    [('summoned', 'closing'), ('said', 'say'), ('closed', 'closing')]
    """
    words = lexicon(language)
    found: dict[int, Verb] = {}
    for pattern, finite in ((words.past, True), (words.done, False)):
        for match in pattern.finditer(text, start, end):
            if (verb := _past(text, match, start, end, words, language, finite=finite)) is not None:
                found.setdefault(verb.start, verb)
    shown = present or _CAPTION.search(text, start, end)
    for match in words.present.finditer(text, start, end) if shown else ():
        name = _class_of(text, match, start, end, words)
        if name not in (STOP, SAY) and not is_adjective(text, match.start(), match.end()):
            found.setdefault(match.start(), Verb(match.start(), match.end(), name))
    verbs = [found[place] for place in sorted(found)]
    helps = [_HELPS.fullmatch(text, a.start, b.start) is not None for a, b in pairwise(verbs)]
    return [verb for verb, help_ in zip(verbs, [*helps, False], strict=False) if not help_]


def _past(
    text: str, match: re.Match[str], start: int, end: int, words: Lexicon, language: str, *, finite: bool
) -> Verb | None:
    """A past form as a verb; none where it is an adjective, a name, or a form of no listed verb without its subject."""
    word = match.group()
    named = word[0].isupper() and not word.isupper() and match.start() > start
    if named and not _BEFORE_DAY.match(text, match.end()):
        return None  # the United States, los Estados Unidos; but "Signed 17 June 2018" of a table
    before = text[max(start, match.start() - 40) : match.start()]
    told = _AUXILIARY.search(before)
    if is_adjective(text, match.start(), match.end()) and not told:
        return None
    name = _class_of(text, match, start, end, words)
    listed = bool(words.class_of(word))
    bare = language == "es" and not finite and not told
    if bare and (not listed or name in (STOP, SAY)):
        return None
    if language == "en" and not (listed or told or _PERSON.search(before)):
        return None
    return Verb(match.start(), match.end(), name, bare)


def _class_of(text: str, verb: re.Match[str], start: int, end: int, words: Lexicon) -> str:
    """The class of a verb; one that may tell of anything needs one of the things that deeds are about near it."""
    name = words.class_of(verb.group())
    if name == STOP and words.strain.search(text, max(start, verb.start() - SUBJECT), verb.start()):
        return ""  # tensions grew
    if name != THING:
        return name
    after = BREAK.split(text[verb.end() : min(end, verb.end() + NEAR)])[0]
    before = BREAK.split(text[max(start, verb.start() - NEAR) : verb.start()])[-1]
    return "" if words.thing.search(after) or words.thing.search(before) else STOP
