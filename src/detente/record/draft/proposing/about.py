"""Whether a sentence that names no partner may leave it to the text around it: the pair in force."""

from __future__ import annotations

from collections.abc import Sequence

from detente.record.draft.language.sentences import Sentence
from detente.record.draft.proposing.flows import OTHERS, PARAGRAPH, TEXT, economies_named, speaks_of_trade


def pairs_in_force(sentences: Sequence[Sentence], title: str, dyad: Sequence[str]) -> list[str]:
    """For each sentence how the study's pair is in force in it, by what the text named before.

    Returns
    -------
    list of str
        ``paragraph`` where the last economies that its paragraph named are the two; ``text`` where the text as a
        whole is about them: its title or first sentence names both and nobody else, or all its sentences that name
        two economies or more name these, or none names any; ``others`` where others were named last; else empty.

    Examples
    --------
    >>> from detente.record.draft.language.sentences import split_sentences
    >>> told = split_sentences("India and Nepal met. Trade grew.\\n\\nTrade with Japan fell. It rose later.\\n\\nIt is so.")
    >>> pairs_in_force(told, "", ("IND", "NPL"))
    ['paragraph', 'paragraph', 'others', 'others', 'others']
    """
    pair = set(dyad)
    named = [set(economies_named(sentence.text)) for sentence in sentences]
    whole = TEXT if len(pair) == 2 and _is_about(pair, named, set(economies_named(title))) else ""
    found: list[str] = []
    state, held = whole, False
    for n, sentence in enumerate(sentences):
        if n and sentence.paragraph != sentences[n - 1].paragraph and not held:
            state = whole
        if named[n] == pair:
            state, held = PARAGRAPH, False
        elif named[n] - pair:
            state, held = OTHERS, held or speaks_of_trade(sentence.text)
        elif named[n] and state == PARAGRAPH and speaks_of_trade(sentence.text):
            state = whole  # one's trade with all: the next sentence's may be that
        found.append(state)
    return found


def _is_about(pair: set[str], named: Sequence[set[str]], title: set[str]) -> bool:
    """Whether a text as a whole is about a pair."""
    heads = [title, *named[:1]]
    if any(head - pair for head in heads):
        return False
    if pair in heads or not set().union(*heads, *named):
        return True
    several = [economies for economies in named if len(economies) > 1]
    return bool(several) and all(economies == pair for economies in several)
