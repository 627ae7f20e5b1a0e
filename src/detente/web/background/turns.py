"""Heavy answers take turns: a few at a time, and those that wait hold neither a thread nor memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

AT_ONCE = 2  # more only share the same cores, and each holds its arrays the longer
_PLACES: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def in_turn(answer: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A page whose answer takes a second of work as one that waits for its turn, so that saves and lists go on."""

    @wraps(answer)
    async def waits(request: Request) -> Response:
        places = _PLACES.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
        async with places:
            return await run_in_threadpool(answer, request)

    return waits
