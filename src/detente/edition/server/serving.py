"""The server as a process: it answers, and between answers queues and sends the mails with the one button."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from detente.edition.asking import answer_requests
from detente.edition.payments.stripe import Stripe
from detente.edition.sending import due
from detente.edition.server.app import create_readers_app
from detente.edition.server.place import ReadersSite
from detente.edition.settings import EditionSettings
from detente.errors import DetenteError, UsageError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PAUSE = 2.0  # seconds between two looks at what was asked


def checked_url(url: str) -> str:
    """The public address of the subscribers' pages, with a slash at its end: https, or this machine.

    Raises
    ------
    UsageError

    Examples
    --------
    >>> checked_url("https://desk.example.org")
    'https://desk.example.org/'
    """
    parts = urlsplit(url)
    local = parts.hostname in LOOPBACK and parts.scheme == "http"
    plain = not (parts.query or parts.fragment or parts.username) and parts.path in ("", "/")
    if not parts.hostname or not (local or parts.scheme == "https") or not plain or not url.isascii():
        raise UsageError(
            f"'{url[:100]}' is not a public address of subscribers' pages.",
            why="The links in every mail begin with it.",
            fix="Give --public-url https://HOST, without a path, as readers reach it.",
        )
    return f"{parts.scheme}://{parts.netloc}/"


def serve_readers(
    path: Path, settings: EditionSettings, public_url: str, *, folder: Path | None = None, host: str = "127.0.0.1",
    port: int = 8770, say: Callable[[str], None] = lambda _: None,
) -> None:  # fmt: skip
    """Serve the subscribers' pages until interrupted.

    Parameters
    ----------
    path : of ``desk.db``.
    public_url : the address by which readers reach it.
    folder : of the editions, for private podcasts.

    Raises
    ------
    UsageError
    """
    import uvicorn

    url = checked_url(public_url)
    payments = Stripe(settings.pay) if settings.pay.provider else None
    site = ReadersSite(path, settings, url, folder, payments)
    app = create_readers_app(site)
    ending = threading.Event()
    worker = threading.Thread(target=_work, args=(site, ending, say), daemon=True)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
                            timeout_graceful_shutdown=3, proxy_headers=True)  # fmt: skip
    say(f"Listening on http://{host}:{port}, known as {url} (stop with Ctrl+C)")
    worker.start()
    try:
        uvicorn.Server(config).run()
    finally:
        ending.set()
        worker.join(timeout=5)


def _work(site: ReadersSite, ending: threading.Event, say: Callable[[str], None]) -> None:
    """What the answers do not wait for."""
    while not ending.wait(PAUSE):
        try:
            with site.desk() as desk:
                if answer_requests(desk, site.settings, site.public_url):
                    due(desk, site.settings)
        except DetenteError as error:
            say(str(error))
