"""The subscribers' pages as HTML: no script, one style, one thing to do on each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from detente.charts.palette import css_variables
from detente.language import Catalogue

STYLE = css_variables() + (files("detente.edition.server") / "templates" / "readers.css").read_text(encoding="utf-8")


def page(name: str, words: Catalogue, **values: Any) -> str:
    """A page of the templates by name, in the words of a language."""
    return _templates().get_template(f"{name}.html.j2").render(w=words, style=Markup(STYLE), **values) + "\n"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("detente.edition.server"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=True,
    )  # fmt: skip
