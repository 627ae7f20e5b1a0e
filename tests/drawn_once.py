"""Each picture is drawn once a session, whichever test or worker asks for it first.

Kept are the answers of vl-convert alone, stateless functions of somebody else, under everything that they were asked
with. What this package makes of them is made anew every time; a test that is about drawing twice asks for
``drawn_anew``. Other processes that a test starts draw for themselves.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

PEN = "detente.report.page.draw"
DRAWING = ("vegalite_to_svg", "vegalite_to_png", "vegalite_to_pdf", "svg_to_png", "svg_to_pdf")


def undrawn(_spec: dict[str, Any], ident: str, **_: Any) -> str:
    """What stands for a picture where only the page around it is looked at; :data:`PEN` is what it stands in for."""
    return f"<svg data-of='{ident}'/>"


def kept(function: Callable[..., str | bytes], folder: Path) -> Callable[..., str | bytes]:
    """The function with what it once answered kept in a folder that all workers share."""

    @wraps(function)
    def drawn(*arguments: Any, **options: Any) -> str | bytes:
        asked = json.dumps([function.__name__, arguments, options]).encode()
        at = folder / sha256(asked).hexdigest()
        if at.exists():
            text, body = at.read_bytes()[:1] == b"t", zlib.decompress(at.read_bytes()[1:])
            return body.decode() if text else body
        answer = function(*arguments, **options)
        text = isinstance(answer, str)
        aside = at.with_suffix(f".{os.getpid()}")
        aside.write_bytes((b"t" if text else b"b") + zlib.compress(answer.encode() if text else answer, 1))
        aside.replace(at)
        return answer

    return drawn
