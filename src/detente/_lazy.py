"""Names of a package that load on first use, so that importing it stays quick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def names_of(package: str, home: Mapping[str, str]) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """``__all__``, ``__getattr__`` and ``__dir__`` of a package whose names stand in modules below it.

    Parameters
    ----------
    package : the package's ``__name__``.
    home : name -> module, relative to the package.
    """

    def load(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home[name]}"), name)

    return sorted(home), load, lambda: sorted(home)


def call(dotted: str, *args: Any, **options: Any) -> Any:
    """What the function ``dotted`` gives, resolved at the call.

    For the one-line ways up (``study.run()``, ``run.answer``): the room below knows only the name.
    """
    home, _, name = dotted.rpartition(".")
    return getattr(import_module(home), name)(*args, **options)
