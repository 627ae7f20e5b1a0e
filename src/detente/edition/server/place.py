"""What the readers' pages are served from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from detente.edition.payments import Payments
from detente.edition.server.rate_limits import Caps
from detente.edition.settings import EditionSettings
from detente.edition.subscribers.desk import Desk


@dataclass(frozen=True, slots=True)
class ReadersSite:
    """What the pages are served from.

    Attributes
    ----------
    list : path of ``desk.db``; every request opens it for itself.
    settings, public_url : of the desk.
    folder : of the editions, for the private podcast; None for none.
    payments : how readers pay; None where they do not.
    clock : seconds since 1970.
    """

    list: Path
    settings: EditionSettings
    public_url: str
    folder: Path | None = None
    payments: Payments | None = None
    caps: Caps = field(default_factory=Caps)
    clock: Callable[[], float] = time.time

    def desk(self) -> Desk:
        return Desk(self.list, self.settings.desk)
