"""The answer of a run: what happened, why, what if and which claims hold, in one language."""

from __future__ import annotations

from dataclasses import dataclass

from detente.answer.claims import claims_by_verdict
from detente.answer.happened import peak_and_trough
from detente.answer.other_years import other_years
from detente.answer.relation import relation_today
from detente.answer.speaker import Speaker
from detente.answer.what_if import what_if
from detente.answer.why import why
from detente.language import Catalogue
from detente.run.result import Run


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences by question, ready to be read aloud."""

    happened: tuple[str, ...]
    why: tuple[str, ...]
    what_if: tuple[str, ...]
    claims: tuple[str, ...]

    @classmethod
    def of(cls, *groups: tuple[str, ...]) -> Answer:
        """From sentences that may begin with a name as it stands within one ("the United States ...")."""
        return cls(*(tuple(text[:1].upper() + text[1:] for text in group) for group in groups))


def answer_of(run: Run, language: str = "en") -> Answer:
    """The answer that a run's tables give, in one of the catalogue's languages."""
    frames = run.frames
    publishers = dict(frames["sources"].select("source_id", "publisher").iter_rows())
    say = Speaker(Catalogue(language), run.study.spec, publishers)
    scenarios, bands = frames["scenarios"], frames["bands"]
    return Answer.of(
        peak_and_trough(frames["timeline"], say) + relation_today(frames["events"], say),
        why(frames["attribution"], frames["residuals"], say),
        what_if(scenarios, bands, say, quick=bool(run.manifest.get("quick"))) + other_years(scenarios, say),
        claims_by_verdict(frames["claims"], say),
    )
