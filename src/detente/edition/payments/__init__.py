"""Payment through a provider: a link to its page, and its signed messages back; nothing about cards is kept."""

from __future__ import annotations

from typing import Protocol

from detente.edition.subscribers.desk import Desk
from detente.edition.subscribers.readers import Reader


class Payments(Protocol):
    """A provider: where a reader pays, and what becomes of what it tells."""

    def checkout(self, reader: Reader, back: str) -> str:
        """The address of the provider's page for one reader; ``back`` is where that page leads to in the end."""
        ...

    def take(self, desk: Desk, raw: bytes, signature: str, now: float) -> tuple[int, str]:
        """Deal with a message from the provider; the status and words of the answer."""
        ...


__all__ = ["Payments"]
