"""The subscribers' server: a small app of its own, with its own guard, that never says who is on the list."""

from detente.edition.server.app import create_readers_app
from detente.edition.server.serving import serve_readers

__all__ = ["create_readers_app", "serve_readers"]
