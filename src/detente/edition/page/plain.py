"""An edition as plain text: the second part of every mail, and a file of its own."""

from __future__ import annotations

from textwrap import wrap

from detente.edition.composing import Edition, Piece

WIDTH = 76


def plain_text(edition: Edition, link: str, note: str = "") -> str:
    """The edition as lines of at most 76 characters.

    Parameters
    ----------
    link : of the page.
    note : of a correction, if it is one.
    """
    words = edition.words
    lines = [f"{words('edition.name')} · {edition.heading}", ""]
    if note:
        lines += [*wrap(note, WIDTH), ""]
    for piece in edition.pieces:
        lines += _piece(piece)
    lines += [f"{words('edition.read_page')}:", link, "", *wrap(words("edition.made"), WIDTH)]
    return "\n".join(lines) + "\n"


def _piece(piece: Piece) -> list[str]:
    lines = [*wrap(piece.title.upper(), WIDTH), ""]
    for part in piece.parts:
        lines += [part.title, ""]
        for sentence in part.sentences:
            lines += [*wrap(sentence, WIDTH, initial_indent="- ", subsequent_indent="  "), ""]
    return lines
