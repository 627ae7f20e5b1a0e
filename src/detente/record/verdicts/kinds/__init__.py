"""The kinds of claim test, one module each; importing them enters them in the register."""

from importlib import import_module
from pkgutil import iter_modules

MODULES = tuple(import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
"""A module laid here is all that a further kind needs of code."""
