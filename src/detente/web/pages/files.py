"""Files the pages need: styles, scripts, and the chart library as its installed package bundles it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.charts.palette import SHADES, css_variables
from detente.charts.pen import VEGA_LITE
from detente.charts.shapes import outline
from detente.economies import is_current, name_of, table
from detente.web.background.bundle import bundle
from detente.web.http.reply import asset, words_of
from detente.web.http.view_store import cache_home

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
SCRIPTS = ("app", "attribution", "chart", "copy", "desk", "job", "pair", "picks", "record", "search", "upload", "view")
OWN = frozenset({"app.css", "icon.svg", *(f"{name}.js" for name in SCRIPTS)})
_BUILDING = threading.Lock()


def static(request: Request) -> Response:
    """One file; the address carries the version, so a browser may keep it."""
    name = request.path_params["name"]
    if name in OWN:
        body = asset(name)
    elif name in ("report.css", "report.js", "terms.js"):
        body = (files("detente.report") / "static" / name).read_bytes()
    elif name == "palette.css":
        body = palette().encode()
    elif name == "vega.js":
        body = vega()
    elif name == "map.svg":
        body = pick_map(words_of(request).language)
    else:
        raise HTTPException(404)
    kind = KINDS[name.rpartition(".")[2]]
    return Response(
        body, media_type=kind, headers={"cache-control": "no-cache" if name != "vega.js" else "max-age=86400"}
    )


@cache
def palette() -> str:
    """The report's shades, and the rule that lets a chart drawn in light shades follow the page's theme."""
    rules = [
        f'.live [{what}="{light}" i]{{{what}:var(--c-{name})}}'
        for name, (light, _) in SHADES.items()
        for what in ("fill", "stroke")
    ]
    return css_variables() + "\n" + "\n".join(rules)


@cache
def pick_map(language: str) -> bytes:
    """A map of the world whose countries carry code and name, to pick from; plate carrée, squeezed to true middle shapes."""
    shapes = []
    for code in table():
        found = outline(code, 0.6) if is_current(code) else None
        if found is None:
            continue
        rings = [ring for piece in found["geometry"]["coordinates"] for ring in piece]
        path = "".join(_ring(ring) for ring in rings)
        name = quoteattr(name_of(code, language))
        shapes.append(
            f'<path d="{path}" data-code="{code}" data-name={name}><title>{escape(name_of(code, language))}</title></path>'
        )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-144 -84 288 140">{"".join(shapes)}</svg>'.encode()


def _ring(ring: list[tuple[float, float]]) -> str:
    """A ring as a path; what leaves the map at one side begins anew at the other."""
    out, before = "", None
    for x, y in ring:
        out += f"{'M' if before is None or abs(x - before) > 180 else 'L'}{x * 0.8:.1f} {-y:.1f}"
        before = x
    return out


def vega() -> bytes:
    """Vega, Vega-Lite and Vega-Embed as vl-convert carries them."""
    with _BUILDING:
        return _bundle()


@cache
def _bundle() -> bytes:
    """The bundle from the user's cache, put there by a process of its own: making it takes 90 MB that stay taken."""
    kept = cache_home() / f"vega-{VEGA_LITE}-{version('vl-convert-python')}.js"
    if not kept.is_file():
        command = [sys.executable, "-m", "detente.web.background.bundle", VEGA_LITE, str(kept)]
        path = os.pathsep.join(p for p in (str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")) if p)
        subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False)
    with suppress(OSError):
        return kept.read_bytes()
    return bundle(VEGA_LITE)  # no cache is no reason to show nothing


ROUTES = [Route("/static/{name}", static)]
