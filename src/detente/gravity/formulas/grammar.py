"""Formulas in fixest's syntax: ``trade ~ rta + log(dist) | exporter^year + importer^year``.

    formula  = factor "~" terms [ "|" effects ]
    terms    = term { "+" term }           term   = factor { ":" factor } | factor "*" factor
    factor   = name | function "(" ... ")" | "i(" name [ "," name ] [ "," "ref=" value ] ")"
             | ( "l" | "f" | "d" ) "(" factor [ "," number ] { "," ( "unit=" name { "^" name } | "time=" name ) } ")"
    effects  = effect { "+" effect }       effect = name { "^" name } [ "[" name "]" | "[[" name "]]" ]

``a*b`` is ``a + b + a:b``; ``x[v]`` adds a slope in ``v`` to the effect, ``x[[v]]`` only the slope. ``l(x, 2)`` is x
two periods earlier, ``f(x)`` one later, ``d(x)`` the change from one earlier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from detente.errors import FormulaError, did_you_mean
from detente.gravity.formulas.expansion import expanded
from detente.gravity.formulas.formula import Effect, Factor, Formula

FUNCTIONS = ("log", "log1p", "exp", "sqrt", "abs")
"""Functions of one column; any other call is handed to formulaic."""


LAGS = {
    **dict.fromkeys(("l", "lag"), ("lag", 1)),
    **dict.fromkeys(("f", "lead"), ("lag", -1)),
    **dict.fromkeys(("d", "diff"), ("change", 1)),
}
"""fixest's calls for earlier and later values of a series, and for changes: what each is, and its direction."""


_OTHERWISE = {
    **dict.fromkeys(("factor", "as_factor", "as.factor"), "Write i(column) for one dummy a level."),
    **dict.fromkeys(
        ("sw", "sw0", "csw", "csw0", "mvsw"), "Call dt.fit_many(frame, formula), and compare() what it gives."
    ),
    "c": "Call dt.fit_many(frame, formula) for several responses: one response at a time is fitted here.",
}
"""What fixest's users write, and how it is done here."""


_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[^\W\d][\w.]*|`[^`]+`)
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<mark>\[\[|\]\]|[~|+:*^(),=\[\]-]))""",
    re.VERBOSE,
)


def parse(text: str, columns: Sequence[str] = ()) -> Formula:
    """Read a formula, or say with a caret where it cannot be read.

    With the ``columns`` of the data a term such as ``te_*`` stands for all whose name begins so.

    Raises
    ------
    FormulaError

    Examples
    --------
    >>> parse("trade ~ rta + log(dist) | exporter^year").effects[0].columns
    ('exporter', 'year')
    """
    return _Parser(expanded(text, columns) if isinstance(text, str) else text).formula()


def parse_column(text: str) -> Factor:
    """One column or a function of one, such as ``"log(pop)"``; fixest's ``~`` before it may stay."""
    parser = _Parser(text.strip().removeprefix("~"))
    factor = parser.factor()
    if parser.kind != "end" or factor.function == "i":
        parser.fail("Here the column should end.")
    return factor


def parse_effect(text: str) -> tuple[str, ...]:
    """Columns of one interacted set such as ``"exporter^importer"`` (for clusters)."""
    parser = _Parser(text)
    effect = parser.effect()
    if parser.kind != "end" or effect.slopes:
        parser.fail("Here the set of columns should end.")
    return effect.columns


class _Parser:
    """Recursive descent over the tokens; ``fail`` points at the place."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise FormulaError(f"A formula is a text such as 'trade ~ rta | exporter^year', not {text!r}.")
        self.text = text
        self.place = self.end = 0
        self.intercept = True
        self.advance()

    def advance(self) -> None:
        rest = self.text[self.end :]
        if not rest.strip():
            self.kind, self.token, self.place = "end", "", len(self.text)
            return
        match = _TOKEN.match(self.text, self.end)
        if match is None:
            self.place = self.end + len(rest) - len(rest.lstrip())
            self.fail(f"'{self.text[self.place]}' has no meaning in a formula.")
        self.kind = str(match.lastgroup)
        self.place, self.end = match.span(self.kind)
        self.token = self.text[self.place : self.end].strip("`") if self.kind == "name" else match[self.kind]

    def fail(self, what: str, *, fix: str = "") -> NoReturn:
        raise FormulaError(f"{what}\n    {self.text}\n    {' ' * self.place}^", fix="\n" + fix if fix else "")

    def take(self, mark: str) -> bool:
        if self.kind == "mark" and self.token == mark:
            self.advance()
            return True
        return False

    def need(self, mark: str, why: str) -> None:
        if not self.take(mark):
            self.fail(f"'{mark}' is needed here{why}.")

    def name(self) -> str:
        if self.kind != "name":
            self.fail("The formula ends where a name is needed." if self.kind == "end" else "A name is needed here.")
        token = self.token
        self.advance()
        return token

    def formula(self) -> Formula:
        response = self.factor()
        if response.inner is not None:
            self.fail("The response is a flow, not an earlier or later one: shift the regressors instead.")
        self.need("~", " between the response and its terms")
        terms: list[tuple[Factor, ...]] = []
        while True:
            terms += self.term()
            while self.takes_one_away():
                self.intercept = False
            if not self.take("+"):
                break
        effects: list[Effect] = []
        if self.take("|"):
            if not (self.kind == "number" and self.token == "0"):
                effects.append(self.effect())
                while self.take("+"):
                    effects.append(self.effect())
            else:
                self.advance()
        if self.kind != "end":
            power = self.token == "^" and not effects
            fix = "A power is written I(x**2)." if power else "Terms and effects are joined by '+'."
            if self.token in ("|", "~"):
                fix = (
                    "Instruments go by detente.gravity.control_function(frame, 'y ~ x | effects', endogenous='x', "
                    "instruments='z', cluster=...)."
                )
            elif self.token == "(":
                fix = "Several formulas at once, by sw() or csw(), are for fit_many."
            self.fail("Nothing more can stand here.", fix=fix)
        if not (terms or effects or self.intercept):
            self.fail("Without intercept, terms and effects there is nothing to fit.")
        return Formula(self.text, response, tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(effects)), self.intercept)

    def takes_one_away(self) -> bool:
        """Whether "- 1" or "-1" stands here, which leaves the intercept out."""
        if self.kind == "number" and self.token == "-1":
            self.advance()
            return True
        if self.kind == "mark" and self.token == "-":
            self.advance()
            if not (self.kind == "number" and self.token == "1"):
                self.fail("Only the intercept can be taken away, as in '- 1'.")
            self.advance()
            return True
        return False

    def term(self) -> list[tuple[Factor, ...]]:
        if self.kind == "number" and self.token in ("0", "1", "-1"):
            if self.token != "1":
                self.intercept = False
            self.advance()
            return []
        parts = (self.factor(),)
        while True:
            if self.take(":"):
                parts += (self.factor(),)
            elif self.take("*"):
                other = self.factor()
                return [parts] if parts == (other,) else [parts, (other,), (*parts, other)]
            else:
                return [parts]

    def factor(self) -> Factor:
        start = self.place
        name = self.name()
        if not (self.kind == "mark" and self.token == "("):
            return Factor(name, (name,))
        if name == "i":
            return self.dummies(start)
        if name in LAGS:
            return self.lagged(start, name)
        if name in _OTHERWISE:
            self.place = start
            self.fail(f"'{name}(' is not known here.", fix=_OTHERWISE[name])
        if name in FUNCTIONS:
            self.advance()
            column = self.name() if self.kind == "name" else None
            if column and self.kind == "mark" and self.token == ")":
                end = self.end
                self.advance()
                return Factor(self.text[start:end], (column,), name)
        return self.call(start, name)

    def dummies(self, start: int) -> Factor:
        self.advance()
        columns, reference = (self.name(),), None
        while self.take(","):
            place, name = self.place, self.name()
            if not self.take("="):
                columns += (name,)
            elif name == "ref":
                reference = self.value()
            else:
                self.place = place
                self.fail(f"i() knows no option '{name}'.{did_you_mean(name, ['ref'])}")
        if not (self.kind == "mark" and self.token == ")"):
            self.fail("')' is needed here to close i(.")
        end = self.end
        self.advance()
        if len(columns) > 2:
            self.fail("i() takes one column, or one and what it is interacted with.")
        return Factor(self.text[start:end], columns, "i", reference)

    def lagged(self, start: int, name: str) -> Factor:
        self.advance()
        inner, periods, unit, time = self.factor(), 1.0, (), ""
        if inner.function not in (None, *FUNCTIONS):
            self.fail(f"{name}() takes a column or a function of one.")
        while self.take(","):
            if self.kind == "number":
                periods = float(self.token)
                self.advance()
                continue
            place, option = self.place, self.name()
            if option not in ("unit", "time"):
                self.place = place
                self.fail(f"{name}() takes a number of periods, unit= and time=.")
            self.need("=", f" after {option}")
            if option == "unit":
                unit = self.effect().columns
            else:
                time = self.name()
        if not (self.kind == "mark" and self.token == ")"):
            self.fail(f"')' is needed here to close {name}(. Several lags are written l(x, 1:3), by themselves.")
        text = self.text[start : self.end]
        self.advance()
        kind, sign = LAGS[name]
        columns = (*inner.columns, *unit, *((time,) if time else ()))
        return Factor(text, columns, kind, inner=inner, periods=sign * periods, unit=unit, time=time)

    def value(self) -> str | float:
        if self.kind not in ("number", "text", "name"):
            self.fail("A value is needed here.")
        token, kind = self.token, self.kind
        self.advance()
        return float(token) if kind == "number" else token.strip("'\"")

    def call(self, start: int, function: str) -> Factor:
        """Any other call, up to its closing bracket, for formulaic."""
        depth, end = 0, self.text.index("(", start)
        opening = end
        for end in range(opening, len(self.text)):
            depth += {"(": 1, ")": -1}.get(self.text[end], 0)
            if depth == 0:
                break
        if depth:
            self.place = opening
            self.fail("This bracket is not closed.")
        inside = self.text[opening + 1 : end]
        columns = tuple(dict.fromkeys(re.findall(r"(?<![\w.'\"])[^\W\d]\w*(?!\s*[=(\w])", inside)))
        self.end = end + 1
        self.advance()
        return Factor(self.text[start : end + 1], columns, "formulaic")

    def effect(self) -> Effect:
        columns = (self.name(),)
        while self.take("^"):
            columns += (self.name(),)
        for opening, closing, intercept in (("[[", "]]", False), ("[", "]", True)):
            if self.take(opening):
                slopes = (self.name(),)
                while self.take(","):
                    slopes += (self.name(),)
                self.need(closing, " to close the slopes")
                return Effect(columns, slopes, intercept)
        return Effect(columns)
