"""The catalogue as the app's pages use it: names, numbers with a sign, the language a visitor prefers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

from detente.economies import name_of
from detente.language import LANGUAGES, Catalogue
from detente.study import Study

__all__ = ["LANGUAGES", "Words", "in_order", "preferred"]

CALLED = {
    "event_id": "id", "claim_id": "id", "figure_id": "id", "source_id": "source", "source_ids": "sources",
    "title": "what", "url": "address",
}  # fmt: skip
"""Columns of a record that go by another heading than their name."""


@dataclass(frozen=True, slots=True)
class Words(Catalogue):
    """The catalogue with what the pages of the app ask of it.

    >>> Words("es")("app.desk")
    'Mesa de escenarios'
    """

    def economy(self, code: str) -> str:
        """The name of an economy."""
        return name_of(code, self.language)

    def short(self, column: str) -> str:
        """The head of a column of the record, shorter than its name in a form."""
        return self("heading." + column) if self.has("heading." + column) else self.field(column)

    def field(self, column: str) -> str:
        """A column's name in a form; of one that holds another language, with that language's name."""
        base, _, language = column.rpartition("_")
        if base and language in LANGUAGES:
            return self("field.translated", what=self.field(base), language=Words(language)("page.language"))
        called = CALLED.get(column, column)
        return self.known("field" if self.has(f"field.{called}") else "heading", called)

    def panel(self, name: str) -> str:
        """What a panel is called: the one that ships with détente in words, others as they are named."""
        return self.known("panel_name", name)

    def own(self, study: Study, text: str) -> str:
        """A text of the study in this language, or as it was written."""
        return study.spec.translations.get(self.language, {}).get(text, text)

    def fine(self, pct: float | None) -> str:
        """A percent with its sign and two significant digits, down to a ten-thousandth of a percent."""
        if pct is not None and abs(pct) < 5e-5:
            return self("number.about_zero")
        text = self.significant(pct, sign=True)
        return text and self("number.percent", value=text)

    def log_share(self, log_ratio: float) -> str:
        """What is left of what was expected, as a percent or, where it is several times that, as a factor."""
        ratio = exp(log_ratio)
        return self("number.factor", value=self.times(ratio)) if ratio > 3 else self.whole_percent(100 * ratio)

    def share_of(self, log_ratio: float) -> str:
        """What is left of what was expected, before the words for that: ``93% of``, ``3.6 times``."""
        if exp(log_ratio) > 3:
            return self("desk.times", n=self.times(exp(log_ratio)))
        return self("desk.share_of", share=self.whole_percent(100 * exp(log_ratio)))

    def tiny(self, pct: float) -> str:
        """A percent with its sign to six decimals, for effects on bystanders."""
        return self("number.percent", value=self.number(pct, 6, sign=True))

    def usd(self, usd_mn: float, *, rough: bool = False) -> str:
        """Million US$ in words, and a closed border's zero as nothing; ``rough`` for the end of a range of draws."""
        return self("number.zero") if usd_mn == 0 else self.money(usd_mn, rough=rough)

    def between(self, low: str, high: str) -> str:
        """A range in words; one end where both read the same."""
        return low if low == high else self("desk.range", low=low, high=high)


def in_order(name: str) -> str:
    """By which names are put in order: accents and capitals change nothing.

    >>> sorted(["Bután", "Bélgica", "Belice"], key=in_order)
    ['Bélgica', 'Belice', 'Bután']
    """
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def preferred(query: Mapping[str, str], cookies: Mapping[str, str], accept: str) -> str:
    """The language to answer in: asked for in the address, chosen before, or first known to the browser."""
    for word in (query.get("lang", ""), cookies.get("lang", "")):
        if word in LANGUAGES:
            return word
    wanted = [part.split(";")[0].strip().lower()[:2] for part in accept.split(",")]
    return next((word for word in wanted if word in LANGUAGES), LANGUAGES[0])
