"""A chart as a file that stands alone: title, what is drawn, source, setting and date within the picture."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from xml.sax.saxutils import escape, quoteattr

from detente.charts.palette import FONT, SHADES
from detente.charts.pen import By, here, pdf_of, png_of
from detente.charts.strokes import wrapped

_VARIABLE = re.compile(r"var\(--c-[\w-]+,\s*([^)]+)\)")
_BOX = re.compile(r'viewBox="([\d.\-]+) ([\d.\-]+) ([\d.\-]+) ([\d.\-]+)"')
_TIP = re.compile(r'<circle class="hit ghost"[^>]*/>')
PAD = 20


def standalone(svg: str, title: str, subtitle: str, notes: list[str]) -> str:
    """An SVG document of a drawing with its title above and its notes below, in the light shades.

    Parameters
    ----------
    svg : a drawing as the pages hold it, with colours as CSS variables.
    notes : source, setting and date, a line each; long ones are broken.
    """
    box = _BOX.search(svg)
    width, height = (float(box[3]), float(box[4])) if box else (776.0, 420.0)
    inner = plain(svg)
    heading = wrapped(title, int(width / 9.6))
    foot = [line for note in notes for line in wrapped(note, int(width / 6.4))]
    top = PAD + 24 * len(heading) + (20 if subtitle else 0) + 8
    whole = top + height + 12 + 17 * len(foot) + PAD
    ink, muted, paper = (SHADES[name][0] for name in ("ink", "muted", "paper"))
    parts = [f'<rect width="100%" height="100%" fill="{paper}"/>']
    parts += [
        f'<text x="{PAD}" y="{PAD + 18 + 24 * k}" font-size="19" font-weight="700" fill="{ink}">{escape(line)}</text>'
        for k, line in enumerate(heading)
    ]
    if subtitle:
        parts.append(f'<text x="{PAD}" y="{top - 8}" font-size="14" fill="{muted}">{escape(subtitle)}</text>')
    parts.append(re.sub(r"<svg ", f'<svg x="{PAD}" y="{top}" width="{width:g}" height="{height:g}" ', inner, count=1))
    parts += [
        f'<text x="{PAD}" y="{top + height + 24 + 17 * k}" font-size="12.5" fill="{muted}">{escape(line)}</text>'
        for k, line in enumerate(foot)
    ]
    full = width + 2 * PAD
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full:g} {whole:g}" width="{full:g}" height="{whole:g}" '
        f'font-family="{escape(FONT)}" role="img"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def as_png(svg: str, scale: float = 2.0, by: By = here) -> bytes:
    """A standalone picture as PNG; ``by`` says who draws it."""
    return by(png_of, svg, scale)


def as_page(svg: str, title: str, language: str = "en") -> str:
    """A standalone picture as one HTML file, to be laid into another page as a frame: it loads nothing and runs nothing."""
    style = "body{margin:0;background:#fefefe}svg{display:block;width:100%;height:auto;max-height:100vh}"
    policy = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<meta property="og:title" content={quoteattr(title)}><style>{style}</style></head><body>{svg}</body></html>\n'
    )


def as_pdf(svg: str, by: By = here) -> bytes:
    """A standalone picture as PDF of one page, with its text as text; ``by`` says who draws it."""
    return by(pdf_of, svg)


def plain(svg: str) -> str:
    """A drawing as the pages hold it in the light shades, without marks that only a page needs."""
    return _VARIABLE.sub(r"\1", _TIP.sub("", svg))
