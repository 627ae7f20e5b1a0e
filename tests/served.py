"""The app in a thread of the tests' own process, for browsers to visit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from detente.web import Site


@contextmanager
def running(site: Site) -> Iterator[str]:
    """Serve ``site`` on a free port and give its address; afterwards the server and the site's jobs have ended."""
    from detente.web import create_app

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(site), log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://localhost:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(60)
    site.jobs.close()
