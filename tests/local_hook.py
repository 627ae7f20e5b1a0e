"""An https server on this machine that takes what is posted to it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

PEM = Path(__file__).parent / "fixtures" / "delivery" / "localhost.pem"


@contextmanager
def receiver(status: int = 200, location: str = "") -> Iterator[tuple[str, list[Any], ssl.SSLContext]]:
    """An https server on this machine, what came to it, and a context that trusts it."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, dict(self.headers), body))
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        at_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        at_server.load_cert_chain(PEM)
        server.socket = at_server.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"https://localhost:{server.server_port}/hook?a=1", seen, ssl.create_default_context(cafile=str(PEM))
        finally:
            server.shutdown()
            thread.join(20)
