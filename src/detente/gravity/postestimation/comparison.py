"""Several fits side by side, as text, HTML, LaTeX or a Word table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import MissingExtra, OutputError, UsageError
from detente.gravity.result import GravityFit

STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table of fits; see :func:`compare`. rows : label and one cell a fit; headers : the fits' names."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    fits: tuple[GravityFit, ...]

    def to_frame(self) -> Any:
        """One row a line of the table, in the kind of frame of the first fit."""
        columns = list(zip(*self.rows))
        return self.fits[0].table.like({"": columns[0], **dict(zip(self.headers, columns[1:]))})

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

    def to_word(self, path: str | Path) -> Path:
        """Write the table into a Word document."""
        try:
            from docx import Document
        except ImportError:
            raise MissingExtra.needed("python-docx", "export", "A Word table") from None
        document = Document()
        table = document.add_table(rows=0, cols=1 + len(self.headers), style="Table Grid")
        for line in [("", *self.headers), *self.rows]:
            for place, (cell, text) in enumerate(zip(table.add_row().cells, line)):
                paragraph = cell.paragraphs[0]
                paragraph.add_run(text).bold = line[1:] == self.headers
                paragraph.alignment = 1 if place else 0  # centred, left
        document.add_paragraph(self.note)
        try:
            document.save(str(path))
        except OSError as error:
            raise OutputError(f"'{path}' cannot be written: {error.strerror}.", fix="Check its folder.") from None
        return Path(path)

    def _great_table(self) -> Any:
        try:
            from great_tables import GT
        except ImportError:
            raise MissingExtra.needed("great_tables", "export", "An HTML or LaTeX table") from None
        import polars as pl

        columns = list(zip(*self.rows))
        frame = pl.DataFrame({" ": columns[0], **dict(zip(self.headers, columns[1:]))})
        return GT(frame).cols_align("center", list(self.headers)).tab_source_note(self.note)

    def __repr__(self) -> str:
        return self.summary()


def compare(*fits: GravityFit, names: list[str] | None = None, digits: int = 3) -> Comparison:
    """Fits side by side: coefficients with stars, errors in brackets, effects, counts.

    Parameters
    ----------
    fits : from :func:`fit_ppml`; names : a header for each, "(1)", "(2)"... if None

    Examples
    --------
    >>> import polars as pl
    >>> from detente.gravity import fit_ppml
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 1, 0, 1]})
    >>> compare(fit_ppml(flows, "trade ~ near | o"), fit_ppml(flows, "trade ~ near | d")).rows[-1]
    ('Rows', '6', '6')
    """
    other = next((fit for fit in fits if not isinstance(fit, GravityFit)), None)
    if not fits or other is not None:
        given = "" if other is None else f", not {type(other).__name__}"
        raise UsageError(f"compare takes fits, one after the other, as in compare(a, b){given}.")
    if names is not None and len(names) != len(fits):
        raise UsageError(f"There are {len(fits)} fits and {len(names)} names.")
    headers = tuple(names) if names else tuple(f"({k})" for k in range(1, len(fits) + 1))
    if len(set(headers)) < len(headers):
        raise UsageError("Two fits have one name.")
    rows: list[tuple[str, ...]] = []
    for term in dict.fromkeys(name for fit in fits for name in fit.names):
        rows.append((term, *(_estimate(fit, term, digits) for fit in fits)))
        rows.append(("", *(f"({fit.se[term]:.{digits}f})" if term in fit.se else "" for fit in fits)))
    absorbed = [{e.text for e in fit.design.effects} for fit in fits]
    effects = dict.fromkeys(e.text for fit in fits for e in fit.design.effects)
    rows += [(effect, *("yes" if effect in own else "" for own in absorbed)) for effect in effects]
    rows.append(("Errors", *(fit.clustering.text for fit in fits)))
    rows.append(("Separated rows", *(f"{fit.n_separated:,}" for fit in fits)))
    rows.append(("Rows", *(f"{fit.n_used:,}" for fit in fits)))
    note = "PPML. Standard errors in brackets. " + ", ".join(f"{s} p < {p:g}" for p, s in STARS) + "."
    unfinished = [name for name, fit in zip(headers, fits) if not fit.converged]
    if unfinished:
        note += f" Not converged: {', '.join(unfinished)}."
    return Comparison(headers, tuple(rows), note, fits)


def _estimate(fit: GravityFit, term: str, digits: int) -> str:
    if term not in fit.coef:
        return ""
    from scipy.special import ndtr

    p = 2 * ndtr(-abs(fit.coef[term] / fit.se[term])) if fit.se[term] else 1.0
    return f"{fit.coef[term]:.{digits}f}" + next((star for limit, star in STARS if p < limit), "")
