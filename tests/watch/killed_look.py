"""One look that is killed at a named point: ``killed_look.py LIST POINT``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from detente.delivery import Outbox
from detente.watch import looking


def main(path: str, point: str) -> None:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def around(function: Callable[..., Any], before: str, after: str) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            die() if point == before else None
            found = function(*args, **options)
            die() if point == after else None
            return found

        return wrapped

    looking._kept = around(looking._kept, "computed", "before commit")
    looking.write_feeds = around(looking.write_feeds, "after commit", "feeds written")
    Outbox.begin = around(Outbox.begin, "claimed", "")
    Outbox.finish = around(Outbox.finish, "after 250", "")
    looking.look(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
