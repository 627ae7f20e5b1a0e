"""What scripts that build shipped files have in common: write them, or say which would differ from those that ship."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path


def build_or_check(
    parser: argparse.ArgumentParser, build: Callable[[argparse.Namespace, Path], None], home: Path, files: Iterable[str]
) -> None:
    """Read the arguments of ``parser``, with ``--out FOLDER`` and ``--check`` beside its own, and do it.

    Parameters
    ----------
    build : from the arguments and a folder, writes ``files`` there.
    home : where the files that ship are.
    """
    parser.add_argument("--out", type=Path, default=home)
    parser.add_argument("--check", action="store_true", help="write nothing; say which files would differ")
    given = parser.parse_args()
    if not given.check:
        given.out.mkdir(parents=True, exist_ok=True)
        build(given, given.out)
        return
    with tempfile.TemporaryDirectory() as folder:
        build(given, Path(folder))
        different = [n for n in files if (Path(folder) / n).read_bytes() != (home / n).read_bytes()]
    sys.exit(f"These differ: {', '.join(different)}" if different else 0)
