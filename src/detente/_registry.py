"""A register of things of one kind by name: each is added once, by the module that defines it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

from detente.errors import SpecificationError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """A mapping from names to things, in the order in which they were added.

    Examples
    --------
    >>> tests = Registry("kind of claim test")
    >>> tests.add("quantity", 1)
    1
    >>> tests.add("quantity", 2)
    Traceback (most recent call last):
    detente.errors.SpecificationError: There is already a kind of claim test named 'quantity'. Choose another name.
    >>> with tests.having("ratio", 3):
    ...     list(tests)
    ['quantity', 'ratio']
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._held: dict[str, T] = {}

    def add(self, name: str, thing: T) -> T:
        """Add one thing and return it.

        Raises
        ------
        SpecificationError
            Where the name is taken.
        """
        if name in self._held:
            raise SpecificationError(f"There is already a {self._what} named '{name}'.", fix="Choose another name.")
        self._held[name] = thing
        return thing

    @contextmanager
    def having(self, name: str, thing: T) -> Iterator[T]:
        """The register with one more thing inside the ``with`` block only."""
        self.add(name, thing)
        try:
            yield thing
        finally:
            del self._held[name]

    def __getitem__(self, name: str) -> T:
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"Registry({self._what}: {', '.join(self._held)})"
