"""Several fits side by side, as text, HTML, LaTeX or a Word table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from scipy.special import ndtr

from detente._atomic import file_aside, write_file
from detente.errors import MissingExtra, UsageError, did_you_mean
from detente.gravity.estimates import Estimates
from detente.gravity.postestimation.adoption.cohorts import Extended
from detente.gravity.postestimation.adoption.imputed import Staggered
from detente.gravity.postestimation.bias_correction.correcting import BiasCorrection
from detente.gravity.result import GravityFit
from detente.panel.frames import read_table

Result: TypeAlias = Estimates | BiasCorrection | Staggered | Extended
"""What can stand in a table."""
STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table of results; see :func:`compare`. rows : label and one cell a result; headers : the results' names."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    fits: tuple[Result, ...]

    def to_frame(self) -> Any:
        """One row a line of the table, in the kind of frame of the first result."""
        columns = list(zip(*self.rows))
        return _source(self.fits[0]).table.like({"": columns[0], **dict(zip(self.headers, columns[1:]))})

    def summary(self) -> str:
        """The table as text."""
        lines = [("", *self.headers), *self.rows]
        width = [max(len(line[c]) for line in lines) for c in range(len(lines[0]))]
        text = [
            "  ".join(cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(line, width)))
            for line in lines
        ]
        return "\n".join([text[0], "-" * len(text[0]), *text[1:], self.note])

    def to_html(self) -> str:
        """The table as HTML."""
        return self._great_table().as_raw_html()

    def to_latex(self) -> str:
        """The table as LaTeX."""
        return self._great_table().as_latex()

    def to_markdown(self) -> str:
        """The table as Markdown."""
        lines = [("", *self.headers), *self.rows]
        text = ["| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines]
        rule = "|---|" + "---:|" * len(self.headers)
        return "\n".join([text[0], rule, *text[1:], "", self.note])

    def write(self, path: str | Path) -> Path:
        """Write the table in the form that the name's end asks for: .md, .txt, .html, .tex or .docx.

        Raises
        ------
        UsageError : another end. OutputError : the file cannot be written.
        """
        path = Path(path)
        if path.suffix == ".docx":
            return self.to_word(path)
        forms = {".md": self.to_markdown, ".txt": self.summary, ".html": self.to_html, ".tex": self.to_latex}
        if path.suffix not in forms:
            raise UsageError(f"A table is written to {', '.join(forms)} or .docx, not '{path.name}'.")
        return write_file(path, forms[path.suffix]() + "\n")

    def _repr_html_(self) -> str:
        """The table in a notebook."""
        head = "".join(f"<th>{escape(name)}</th>" for name in ("", *self.headers))
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{escape(self.note)}</p>"

    def to_word(self, path: str | Path) -> Path:
        """Write the table into a Word document."""
        try:
            from docx import Document
            from docx.enum.text import WD_PARAGRAPH_ALIGNMENT
        except ImportError:
            raise MissingExtra.needed("python-docx", "export", "A Word table") from None
        document = Document()
        table = document.add_table(rows=0, cols=1 + len(self.headers), style="Table Grid")
        for line in [("", *self.headers), *self.rows]:
            for place, (cell, text) in enumerate(zip(table.add_row().cells, line)):
                paragraph = cell.paragraphs[0]
                paragraph.add_run(text).bold = line[1:] == self.headers
                paragraph.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER if place else WD_PARAGRAPH_ALIGNMENT.LEFT
        document.add_paragraph(self.note)
        with file_aside(Path(path), fix="Check its folder.") as out:
            document.save(out)
        return Path(path)

    def _great_table(self) -> Any:
        try:
            from great_tables import GT
        except ImportError:
            raise MissingExtra.needed("great_tables", "export", "An HTML or LaTeX table") from None
        columns = list(zip(*self.rows))
        frame = pl.DataFrame({" ": columns[0], **dict(zip(self.headers, columns[1:]))})
        return GT(frame).cols_align("center", list(self.headers)).tab_source_note(self.note)

    def __repr__(self) -> str:
        return self.summary()


@dataclass(frozen=True, slots=True)
class _Column:
    """One result as it stands in a table: estimate and error by term, and a cell a line below."""

    terms: dict[str, tuple[float, float]]
    effects: tuple[str, ...]
    below: dict[str, str]
    title: str
    converged: bool


def compare(
    *fits: Result,
    names: list[str] | None = None,
    digits: int = 3,
    keep: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    stars: bool = True,
    by: str = "overall",
) -> Comparison:
    """Results side by side: coefficients with stars, errors in brackets, effects, counts.

    Parameters
    ----------
    fits : from :func:`fit_ppml` and its like, :func:`bias_correct`, :func:`staggered` or :func:`extended`
    names : a header for each, "(1)", "(2)"... if None
    digits : decimals; a number that would show as zero has significant digits instead
    keep, drop : terms to show, in this order; terms to leave out
    labels : what to call terms, effects and lines
    stars : whether p-values are marked
    by : which effects of :func:`staggered` and :func:`extended`: "overall", "event_time", "cohort", "year"

    Examples
    --------
    >>> import polars as pl
    >>> from detente.gravity import fit_ppml
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 1, 0, 1]})
    >>> compare(fit_ppml(flows, "trade ~ near | o"), fit_ppml(flows, "trade ~ near | d")).rows[-1]
    ('Rows', '6', '6')
    """
    other = next((fit for fit in fits if not isinstance(fit, Result)), None)
    if not fits or other is not None:
        given = "" if other is None else f", not {type(other).__name__}"
        raise UsageError(f"compare takes fits, one after the other, as in compare(a, b){given}.")
    if names is not None and len(names) != len(fits):
        raise UsageError(f"There are {len(fits)} fits and {len(names)} names.")
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise UsageError(f"digits counts decimals, 0 to 15, and is not {digits!r}.")
    headers = tuple(names) if names else tuple(f"({k})" for k in range(1, len(fits) + 1))
    if len(set(headers)) < len(headers):
        raise UsageError("Two fits share a name.")
    columns = [_column(fit, by) for fit in fits]
    called = labels or {}
    rows: list[tuple[str, ...]] = []
    for term in _shown_terms(columns, keep, drop):
        rows.append((called.get(term, term), *(_estimate(c, term, digits, stars) for c in columns)))
        rows.append(("", *(f"({_number(c.terms[term][1], digits)})" if term in c.terms else "" for c in columns)))
    effects = dict.fromkeys(effect for column in columns for effect in column.effects)
    rows += [(called.get(e, e), *("yes" if e in c.effects else "" for c in columns)) for e in effects]
    lines = [line for line in LINES if any(column.below.get(line) for column in columns)]
    rows += [(called.get(line, line), *(c.below.get(line, "") for c in columns)) for line in lines]
    titles = list(dict.fromkeys(column.title for column in columns))
    if len(titles) > 1:
        rows.insert(0, ("Estimator", *(column.title for column in columns)))
    note = ("" if len(titles) > 1 else f"{titles[0]}. ") + "Standard errors in brackets."
    note += " " + ", ".join(f"{s} p < {p:g}" for p, s in STARS) + "." if stars else ""
    unfinished = [name for name, column in zip(headers, columns) if not column.converged]
    if unfinished:
        note += f" Not converged: {', '.join(unfinished)}."
    return Comparison(headers, tuple(rows), note, fits)


LINES = ("Effect levels", "Errors", "Clusters", "R²", "Pseudo R²", "Log likelihood", "Separated rows", "Rows")
"""Lines below the coefficients, in their order."""


def _shown_terms(columns: list[_Column], keep: Sequence[str] | None, drop: Sequence[str]) -> list[str]:
    terms = list(dict.fromkeys(term for column in columns for term in column.terms))
    for name in (*(keep or ()), *drop):
        if name not in terms:
            raise UsageError(f"'{name}' is a term of none of the fits.{did_you_mean(name, terms)}")
    return [term for term in (terms if keep is None else keep) if term not in drop]


def _source(result: Result) -> Estimates:
    return result if isinstance(result, Estimates) else result.fit


def _column(result: Result, by: str) -> _Column:
    fit = _source(result)
    below = _below(fit)
    if isinstance(result, Staggered | Extended):
        frame = read_table(result.effects(by))
        estimates, errors = frame.numbers("effect"), frame.numbers("std_error")
        groups = frame.series("group").to_list()
        terms = {"average effect" if by == "overall" else str(g): (b, s) for g, b, s in zip(groups, estimates, errors)}
        title = "Imputation" if isinstance(result, Staggered) else "Extended"
        below |= {"Rows": f"{len(result.design.y):,}"} if isinstance(result, Staggered) else {}
        return _Column(terms, fit.effect_names, below, title, fit.converged)
    if isinstance(result, BiasCorrection):
        below |= {"Errors": "clustered by pair, corrected", "Clusters": f"{result.n_pairs:,}"}
        terms = {name: (result.coef[name], result.se[name]) for name in result.names}
        return _Column(terms, fit.effect_names, below, f"{fit.family.title}, bias-corrected", fit.converged)
    terms = {name: (fit.coef[name], fit.se[name]) for name in fit.names}
    return _Column(terms, fit.effect_names, below, fit.family.title, fit.converged)


def _below(fit: Estimates) -> dict[str, str]:
    clusters = ", ".join(f"{n:,}" for n in fit.n_clusters) if fit.clustering.kind not in ("robust", "iid") else ""
    found = {"Errors": fit.clustering.text, "Clusters": clusters, "Rows": f"{fit.n_used:,}"}
    if fit.family.name != "ols":
        found["Separated rows"] = f"{fit.n_separated:,}"
    if isinstance(fit, GravityFit) and fit.effect_names:
        found["Effect levels"] = f"{fit.n_levels:,}"
    for name, value in fit.statistics.items():
        line = name[0].upper() + name[1:]
        found[line] = f"{value:,.1f}" if line == "Log likelihood" else _number(value, 3)
    return found


def _estimate(column: _Column, term: str, digits: int, stars: bool) -> str:
    if term not in column.terms:
        return ""
    b, s = column.terms[term]
    p = 2 * ndtr(-abs(b / s)) if s else 1.0
    return _number(b, digits) + (next((star for limit, star in STARS if p < limit), "") if stars else "")


def _number(value: float, digits: int) -> str:
    """``digits`` decimals, or as many significant digits where these would show nothing."""
    if value != 0 and np.isfinite(value) and abs(value) < 0.5 * 10.0**-digits:
        return f"{value:.{digits}g}"
    return f"{value:.{digits}f}"
