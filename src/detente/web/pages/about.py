"""The app's description of itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.web.http.openapi import description
from detente.web.http.reply import as_json


def openapi(request: Request) -> Response:
    """OpenAPI, for programs."""
    return as_json(description())


ROUTES = [Route("/openapi.json", openapi)]
