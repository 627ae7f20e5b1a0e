"""Plain English as a text that can be said in any language: why something is not given, what a table states."""

from __future__ import annotations

from detente.errors import DetenteError
from detente.language.catalogue import Catalogue
from detente.language.error_words import said_error, said_part
from detente.language.text import Filling


class Withheld(Filling):
    """Why a method gave nothing: the error's words; in a language that has none for it, what its kind means.

    >>> from detente.errors import UsageError
    >>> Withheld.of(UsageError("There is no job 7.")).said(Catalogue("es"))
    'No hay ningún trabajo 7.'
    """

    @classmethod
    def of(cls, error: Exception) -> Withheld:
        parts = {name: getattr(error, name, "") for name in ("what", "where", "why", "fix")}
        return cls(str(error), kind=type(error).__name__, **parts)

    def said(self, words: Catalogue) -> str:
        parts = {name: self.values.get(name, "") for name in ("what", "where", "why", "fix")}
        if not parts["what"]:  # one that lists problems, or none of ours
            parts["what"] = str(self)
        told, language = said_error(DetenteError(**parts), words.language)
        if language == words.language:
            return told
        return words.strings().get(f"withheld.{self.values['kind']}") or words("withheld.other")


class Stated(Filling):
    """English sentences of the house whose patterns stand beside those of errors; without a pattern they stay English.

    >>> Stated("Missed: what came to this corridor alone.").said(Catalogue("es"))
    'No previó lo que llegó solo a este corredor.'
    """

    def said(self, words: Catalogue) -> str:
        return said_part(str(self), words.language) or str(self)


Refusal = Withheld  # its older name
