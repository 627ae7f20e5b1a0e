"""Characters that are not seen but steer: control codes, marks of writing direction, blanks of no width.

A heading with U+202E reads backwards, one with a line break adds a line to a mail's head, one with an escape code
paints the terminal. :func:`steering` finds them in what a person wrote, so that it can be said; :func:`clean` takes
them out of what leaves the house (page, mail, feed, speech), whatever let them in.
"""

from __future__ import annotations

import re
import unicodedata

STEERING = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # C0 without tab and line breaks, delete, C1
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # Unicode's Bidi_Control
    r"\u2028\u2029"  # line and paragraph separators, which some readers take for line breaks
    r"\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # no width, no letter
    r"\U000e0000-\U000e007f"  # tags: a second text behind the visible one
)
"""A character class (without its brackets) of what no ordinary text holds. Tabs and line breaks are not in it, nor the
joiners that Persian, Hindi and others write between letters (U+200C, U+200D)."""
_STEERING = re.compile(f"[{STEERING}]")
_BLANKS = re.compile(r"[\t ]+")
_SHORT = {0x1B: "ESCAPE", 0x00: "NULL", 0x07: "BELL", 0x08: "BACKSPACE", 0x7F: "DELETE", 0x85: "NEXT LINE"}


def clean(text: str, *, lines: bool = False) -> str:
    """The text without steering characters, on one line, its blanks single and its ends bare.

    Parameters
    ----------
    text : str
        Whatever a person, a file or a server wrote.
    lines : bool
        Keep line breaks, as ``\\n``; otherwise each becomes a blank, as subjects and headings need.

    Examples
    --------
    >>> clean("Trade " + chr(0x202E) + "doubled" + chr(13) + chr(10) + "Bcc: all" + chr(27) + "[2J")
    'Trade doubled Bcc: all[2J'
    >>> clean("First" + chr(0x2029) + "second", lines=True)
    'First\\nsecond'
    """
    text = text.encode("utf-8", "replace").decode()  # half of a pair of surrogates is no character
    bare = [_BLANKS.sub(" ", _STEERING.sub("", line)).strip() for line in text.splitlines()]
    return "\n".join(bare).strip() if lines else " ".join(line for line in bare if line)


def steering(text: str) -> str:
    """The first steering character by number and name, or nothing.

    Examples
    --------
    >>> steering("bridge" + chr(0x202E)), steering("a line" + chr(10) + "and a tab" + chr(9))
    ('U+202E (right-to-left override)', '')
    """
    found = _STEERING.search(text)
    if found is None:
        return ""
    code = ord(found[0])
    name = unicodedata.name(found[0], "") or _SHORT.get(code, "CONTROL")
    return f"U+{code:04X} ({name.lower()})"
