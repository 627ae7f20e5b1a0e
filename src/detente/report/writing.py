"""A report written to disk, with the picture and the sheet beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from detente._atomic import write_file
from detente.report.page import render_report
from detente.report.pdf import one_page
from detente.report.picture_and_sheet import SHEET, link_picture

FIX = "Give a path in a folder that exists and may be written to."


def write_report(run: Any, path: str | os.PathLike[str], language: str = "en") -> Path:
    """Write the report to ``path``, its picture for links (NAME.png) and its one-page sheet (one-page.pdf) beside it.

    Each file is written aside first, so that no half-written one is ever left.

    Raises
    ------
    detente.errors.OutputError : a file cannot be written.
    """
    target = Path(path)
    picture = link_picture(run, language)
    named = target.with_suffix(".png")
    html = render_report(run, language, picture="" if picture is None else named.name)
    sheet = one_page(run, language)
    for place, made in ((named, picture), (target.with_name(SHEET), sheet)):
        if made is not None:
            write_file(place, made, FIX)
    return write_file(target, html, FIX)
