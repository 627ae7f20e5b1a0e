"""The first screen: what was sold and expected, what that means in three sentences, four numbers, and how sure each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.answer.facts import Facts
from detente.language import Catalogue, said
from detente.report.first_screen import key_numbers, sentences
from detente.report.first_screen.key_numbers import KeyNumber
from detente.report.first_screen.pictures import Picture, picture
from detente.report.first_screen.wording import ScreenWords

SIDES = ("origin", "destination")


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """Everything the template of the first screen needs, in one language; the picture to open on comes first."""

    answer: str
    pictures: Sequence[Picture]
    sentences: Sequence[tuple[str, str]]
    numbers: Sequence[KeyNumber]
    claims: str
    wrong: Sequence[Mapping[str, Any]]
    source: str


def first_screen(facts: Facts, words: Catalogue, name: Any, ident: str) -> FirstScreen | None:
    """The first screen in the words of a language; None without trade by direction.

    Parameters
    ----------
    name : economy code to its name within a sentence.
    ident : what the page calls the charts.
    """
    if not any(flow.sold for flow in facts.flows):
        return None
    of = ScreenWords(facts, words, name)
    first = of.telling()  # the chart that is open is of the direction that the headline speaks of
    sides = sorted(zip(facts.flows, SIDES), key=lambda pair: pair[0] is not first)
    pictures = [picture(of, flow, side, ident) for flow, side in sides if flow.sold]
    told = [("happened", sentences.happened(of)), ("why", sentences.why(of)), ("what_if", sentences.what_if(of))]
    return FirstScreen(
        sentences.answer(of), pictures, [(words(f"first.{key}"), text) for key, text in told if text],
        [n for n in (key_numbers.trade(of), key_numbers.similar(of), key_numbers.income(of), key_numbers.people(of)) if n is not None],
        sentences.claims(of), facts.wrong, said(facts.source, words),
    )  # fmt: skip


def first_sentences(facts: Facts, words: Catalogue, name: Any) -> dict[str, str]:
    """What the first screen says, without its pictures: the whole in a line, what happened, why, what if, the claims.

    ``words`` may be a catalogue that speaks; a question without an answer is left out.
    """
    if not any(flow.sold for flow in facts.flows):
        return {}
    of = ScreenWords(facts, words, name)
    told = {"answer": sentences.answer(of), "happened": sentences.happened(of), "why": sentences.why(of), "what_if": sentences.what_if(of),
            "claims": sentences.claims(of)}  # fmt: skip
    return {key: text for key, text in told.items() if text}
