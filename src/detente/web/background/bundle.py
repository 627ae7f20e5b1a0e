"""The chart library for browsers, made once by a process of its own: ``python -m detente.web.background.bundle VERSION FILE``."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from detente._atomic import write_file
from detente.errors import OutputError


def bundle(version: str) -> bytes:
    """Vega, Vega-Lite of that version and Vega-Embed as one script."""
    import vl_convert  # here: the server, which only hands out what was bundled before, does without it

    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version).encode()


if __name__ == "__main__":
    with suppress(OutputError):
        place = Path(sys.argv[2])
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(place, bundle(sys.argv[1]))
