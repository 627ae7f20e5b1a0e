"""Strings, numbers and dates in the reader's language.

Every string a reader sees stands in the TOML files of ``locale/<language>/``. A language that says it is complete
has all of them (a test holds it); in one that is not, what is missing is said in English and marked so. A study's
own words for its states, places and series (:mod:`detente.study.words`) are laid over them.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, expm1, isfinite
from typing import Any, Literal

from detente.language.counting import filled
from detente.language.digits import NOTHING, decimals_of, short_of_all, times
from detente.language.registry import SOURCE, language_of
from detente.language.speaking import Said, Tongue, read_aloud, tongue_of
from detente.language.when import per_year

THREEFOLD = 1.0986  # ln 3: larger rises read better as factors than as percent


MARK = f"[{SOURCE}] "
"""What stands before a text that is English for want of a translation."""


_UNMARKED = ("number", "dates", "months", "unit")  # signs rather than words: English ones need no mark


_MONEY = re.compile(r"([a-z]{3})[_ ](k|mn|bn|trn)")  # a currency and its scale, such as mad_mn


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language, and its way of writing numbers and dates.

    Attributes
    ----------
    language : a registered code.
    added : words of a study that stand before the catalogue's, by ``group.key``.
    spoken : for the ear: every number, date and sum comes as words, and sentences that have a wording for speaking
        (``spoken.group.key``) use it; what a record wrote is read aloud.

    >>> Catalogue("es", spoken=True).money(7200), Catalogue("en", spoken=True).percent(-3.46)
    ('siete mil doscientos millones de dólares', 'minus three point five percent')
    >>> words = Catalogue("en")
    >>> words.number(1234.56, 1), words.money(7200), words.percent(-3.46)
    ('1,234.6', 'US$7.2 billion', '−3.5%')
    """

    language: str = SOURCE
    added: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    spoken: bool = False

    def __call__(self, key: str, **values: Any) -> str:
        template = self._own(key)
        values = {name: self._said(value) for name, value in values.items()}
        if self.spoken:
            values = {name: self._aloud(value) for name, value in values.items()}
        if template is None:
            return self.aloud(self._in_english(key, values))
        text = self.aloud(filled(template, values))
        for joint, joined in language_of(self.language).joints if values else ():
            text = joint.sub(joined, text)
        return text

    def _said(self, value: Any) -> Any:
        """A value that can be said in any language, in this one; anything else, and what is English already, as it is."""
        if isinstance(value, When):
            return self.period(value)
        said = getattr(value, "said", None)
        return said(self) if callable(said) and self.language != SOURCE else value

    def _own(self, key: str) -> str | None:
        strings = language_of(self.language).strings
        said = strings.get(f"spoken.{key}") if self.spoken else None
        return self.added.get(key) or said or strings.get(key)

    @property
    def _tongue(self) -> Tongue:
        return tongue_of(self.language)

    def aloud(self, text: str) -> str:
        """A text as this catalogue gives texts: as written, or, where it speaks, with the figures in it as words.

        >>> Catalogue("en", spoken=True).aloud("The result of 2024"), Catalogue("en").aloud("The result of 2024")
        ('The result of twenty twenty-four', 'The result of 2024')
        """
        if not self.spoken or isinstance(text, Said):
            return text
        return read_aloud(text, self._tongue, lambda month: self(f"months.{month:02d}"))

    def _aloud(self, value: Any) -> Any:
        """A value for a spoken sentence: counts as numbers that agree with their noun, texts read aloud."""
        if isinstance(value, str):
            return self.aloud(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Said.of(str(value), self._tongue)
        return value

    def _in_english(self, key: str, values: Mapping[str, Any]) -> str:
        """The English string where the language lacks one, marked as English once, unless it is signs only."""
        english = language_of(SOURCE).strings[key]
        text = filled(english, values)
        if key.partition(".")[0] in _UNMARKED or not re.search(r"[A-Za-z]{2}", re.sub(r"\{[^}]*\}", "", english)):
            return text
        return MARK + text.replace(MARK, "")

    def strings(self) -> Mapping[str, str]:
        """Every string by ``group.key``, the study's own first; one that the language lacks is left out."""
        known = language_of(self.language).strings
        return ChainMap(dict(self.added), dict(known)) if self.added else known

    def known(self, group: str, word: str) -> str:
        """A word of a fixed vocabulary in this language; a word that no catalogue has stays as it is.

        What several vocabularies say alike stands once, in the group ``word``. A unit of money is made of its
        currency and its scale: ``mad_mn`` is "million MAD".
        """
        key = self._of(group, word.replace(" ", "_"), "word")
        own = self._own(key)
        if own is None and key in language_of(SOURCE).strings and self.language != SOURCE:
            return language_of(SOURCE).strings[key] if group in _UNMARKED else self._in_english(key, {})
        if own is None and group == "unit" and (money := _MONEY.fullmatch(word)):
            return self(f"scale.{money[2]}", code=money[1].upper())
        return word if own is None else own

    def heading(self, group: str, column: str) -> str:
        """The heading of a table's column: the table's own, or what all tables call it (the group ``heading``).

        >>> Catalogue("es").heading("breaks", "shift"), Catalogue("es").heading("breaks", "year")
        ('Salto, puntos logarítmicos', 'Año')
        """
        return self(self._of(group, column, "heading"))

    def _of(self, group: str, name: str, general: str) -> str:
        """The key of a name in its group, or in the general one where only that has it."""
        key, other = f"{group}.{name}", f"{general}.{name}"
        return other if not self.has(key) and self.has(other) else key

    def has(self, key: str) -> bool:
        """Whether the study, the language or English has a string of that key."""
        return key in self.added or key in language_of(self.language).strings or key in language_of(SOURCE).strings

    def number(self, value: float | None, digits: int = 0, sign: bool = False) -> str:
        """``value`` with ``digits`` decimals, the language's separators and a true minus; "" if missing."""
        if value is None or not isfinite(value):
            return ""
        text = f"{value:{'+' if sign else ''},.{digits}f}"
        if not any(digit in text for digit in "123456789"):
            text = text.lstrip("+-")
        return self.signs(text)

    def signs(self, text: str) -> str:
        """A number written the English way, with this language's signs, or in its words where it speaks."""
        if self.spoken:
            return self._number_aloud(text.replace(",", ""))
        thousands, decimal = (self._own(key) or self(key) for key in ("number.thousands", "number.decimal"))
        return text.translate({ord(","): thousands, ord("."): decimal, ord("-"): "−"})

    def _number_aloud(self, plain: str) -> str:
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?", plain, re.ASCII):
            return self.aloud(plain)
        whole, _, decimals = plain.partition(".")
        decimals = decimals.rstrip("0")  # what they say of precision is for the eye
        return Said.of(f"{whole}.{decimals}" if decimals else whole, self._tongue)

    def significant(self, value: float | None, digits: int = 2, sign: bool = False) -> str:
        """``value`` with about ``digits`` significant digits and never an exponent."""
        if value is None or not isfinite(value):
            return ""
        if abs(value) < NOTHING:
            return self.number(0.0)
        return self.number(value, decimals_of(value, digits), sign)

    def span(self, low: float | None, high: float | None, digits: int | None = None) -> str:
        """Two signed ends with the same decimals; if not given, as many as the larger end needs for two digits."""
        if low is None or high is None:
            return ""
        if digits is None:
            if max(abs(low), abs(high)) < NOTHING:
                return self.number(0.0)
            digits = decimals_of(max(abs(low), abs(high)), 2)
            least = min(abs(low), abs(high))
            if NOTHING <= least < 0.5 * 10.0**-digits:  # an end that would read as nothing, without its sign
                needed = decimals_of(least, 1)
                digits = needed if needed <= digits + 2 else digits
        ends = [self.number(end, digits, sign=True) for end in (low, high)]
        return ends[0] if ends[0] == ends[1] else self("number.range", low=ends[0], high=ends[1])

    def money(self, usd_mn: float | None, *, rough: bool = False, at: Literal["", "label", "narrow"] = "") -> str:
        """Million US$ in words: US$394 million, US$7.2 billion; below a million in US$.

        Parameters
        ----------
        rough : two significant digits, which is more than a forecast carries.
        at : the unit as a sentence has it, as a chart's ``label`` has room for it, or as a ``narrow`` one has.

        >>> Catalogue("en").money(1153.3), Catalogue("en").money(1153.3, rough=True)
        ('US$1.15 billion', 'US$1.2 billion')
        >>> Catalogue("en").money(585_000), Catalogue("en").money(117_234), Catalogue("es").money(385_760)
        ('US$585 billion', 'US$117.2 billion', 'US$385.800 millones')
        >>> Catalogue("en").money(67_500, at="label"), Catalogue("es").money(67_500, at="label")
        ('US$67.5bn', 'US$67.500 millones')
        """
        if usd_mn is None or not isfinite(usd_mn):
            return ""
        if rough:
            usd_mn = float(f"{usd_mn:.2g}")
        unit = at and f"_{at}"
        if abs(usd_mn) < 1:
            return self("number.dollars", value=self.number(float(f"{usd_mn * 1e6:.2g}")))
        if abs(usd_mn) < float(self._own("number.billion_from") or 1000):
            usd_mn = float(f"{usd_mn:.4g}") if abs(usd_mn) >= 10_000 else usd_mn  # as many digits as billions have
            digits = 0 if round(abs(usd_mn), 1) >= 10 else 1
            return self(f"number.million{unit}", value=self.number(usd_mn, digits))
        scale = float(self._own("number.billion_scale") or 1000)
        whole = abs(usd_mn) >= (10 if rough else 100) * scale and (rough or not round(usd_mn / scale, 1) % 1)
        digits = 0 if scale == 1 or whole else 1 if rough or abs(usd_mn) >= 2000 else 2
        return self(f"number.billion{unit}", value=self.number(usd_mn / scale, digits))

    def percent(self, value: float | None, digits: int = 1, sign: bool = False) -> str:
        text = self.number(value, digits, sign)
        return text and self("number.percent", value=text)

    def times(self, ratio: float) -> str:
        """How many times as much, with as many digits as a reader can use.

        >>> Catalogue("en").times(8816.2), Catalogue("es").times(3.21)
        ('8,800', '3,2')
        """
        return self.signs(times(ratio))

    def log_percent(self, log_change: float | None) -> str:
        """A log change as the percent change it is, or as a factor where it is more than threefold.

        >>> Catalogue("en").log_percent(-0.5), Catalogue("en").log_percent(-8.0), Catalogue("en").log_percent(4.9)
        ('−39%', '−99.97%', '×130')
        """
        if log_change is None:
            return ""
        if log_change > THREEFOLD:
            return self("number.factor", value=self.times(exp(log_change)))
        return self.percent(100 * expm1(log_change), short_of_all(100 * expm1(log_change), 0), sign=True)

    def whole_percent(self, value: float) -> str:
        """A percent without decimals; below one with as many as it needs not to read as nothing, from 1,000 with two digits.

        >>> Catalogue("en").whole_percent(34.2), Catalogue("en").whole_percent(0.0512), Catalogue("en").whole_percent(93_211)
        ('34%', '0.05%', '93,000%')
        """
        value = float(f"{value:.2g}") if value >= 1000 else value
        return (
            self.percent(value, 0)
            if value >= 1 or value == 0
            else self("number.percent", value=self.significant(value, 1))
        )

    def moment(self, text: str) -> str:
        """A time as manifests hold it (ISO 8601, UTC), to the minute."""
        return self("dates.started", day=self.date(text[:10]), time=text[11:16]) if len(text) >= 16 else text

    def horizon(self, text: str | None) -> str:
        """The date a forecast is for; one without a date says so."""
        return self("dates.open") if text == "open" else self.date(text)

    def period(self, period: int) -> str:
        """A year, quarter or month, given as a whole number: ``2019``, ``Q1 2019``, ``Jan 2019``.

        >>> words = Catalogue("en")
        >>> words.period(2019), words.period(20191), words.period(201901)
        ('2019', 'Q1 2019', 'Jan 2019')
        """
        n = per_year(period)
        if n == 1:
            return self._tongue.year(int(period)) if self.spoken else str(int(period))
        year, part = divmod(int(period), 10 if n == 4 else 100)
        return self.date(f"{year}-{part:02d}") if n == 12 else self("dates.quarter", n=part, year=year)

    def periods(self, first: int, last: int) -> str:
        """From one year, quarter or month to another.

        >>> Catalogue("en").periods(2008, 2010), Catalogue("en").periods(201706, 201806)
        ('2008–2010', 'Jun 2017–Jun 2018')
        """
        return f"{self.period(first)}–{self.period(last)}"

    def date(self, text: str | None) -> str:
        """``2019-02-23`` as the language writes it, to the precision given; a range keeps both ends."""
        if not text or text == "n.d.":
            return self("dates.undated") if text else ""
        if "/" in text:
            ends = [self.date(part) for part in text.split("/")]
            return f" {self._tongue.joined} ".join(ends) if self.spoken else "–".join(ends)
        parts = text.split("-")
        if not all(part.isdigit() for part in parts) or len(parts) > 3:
            return self.aloud(text)
        month = self(f"months.{int(parts[1]):02d}") if len(parts) > 1 and 1 <= int(parts[1]) <= 12 else ""
        if len(parts) == 1 or not month:
            return self.aloud(text)
        if len(parts) == 2:
            return self("dates.month", month=month, year=self.year(parts[0]))
        day = self._tongue.day(int(parts[2])) if self.spoken else int(parts[2])
        return self("dates.day", day=day, month=month, year=self.year(parts[0]))

    def year(self, year: int | str) -> str:
        """A year, quarter or month, the latter two as whole numbers: ``2010``, or *twenty ten*; ``Q1 2010``, ``Jan 2010``."""
        return self.period(int(year)) if per_year(int(year)) > 1 or self.spoken else str(year)

    def years(self, first: int, last: int, *, short: bool = False) -> str:
        """Years from one to another.

        Parameters
        ----------
        short : written with the last two digits of the end within a century, as ``2008–10``.

        >>> Catalogue("en").years(2008, 2010, short=True), Catalogue("es", spoken=True).years(2008, 2010)
        ('2008–10', 'dos mil ocho a dos mil diez')
        """
        if self.spoken:
            return f"{self.year(first)} {self._tongue.joined} {self.year(last)}"
        if not short or per_year(first) > 1:
            return f"{self.year(first)}–{self.year(last)}"
        return f"{first}–{last % 100:02d}" if first // 100 == last // 100 else f"{first}–{last}"


class When(int):
    """A year, quarter or month as a whole number that sorts and reads as what it is, in the reader's language.

    >>> f"{When(2019)}-{When(2020)}", f"{When(201901)}-{When(202006)}", When(20191) + 1
    ('2019-2020', 'Jan 2019-Jun 2020', 20192)
    """

    def __str__(self) -> str:
        return Catalogue(SOURCE).period(int(self)) if per_year(self) > 1 else int.__repr__(self)

    def __format__(self, spec: str) -> str:
        return int.__format__(self, spec) if spec else str(self)

    def said(self, words: Catalogue) -> str:
        return words.period(int(self))
