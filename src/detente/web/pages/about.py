"""The app's description of itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detente.web.http.openapi import ENDPOINTS, description
from detente.web.http.reply import as_json, page


def openapi(request: Request) -> Response:
    """OpenAPI, for programs."""
    return as_json(description())


def api(request: Request) -> Response:
    """The same description for readers."""
    rows = [
        {"method": method.upper(), "path": path, "summary": summary, "query": list(query), "form": list(form)}
        for method, path, summary, query, form in ENDPOINTS
    ]
    return page(request, "api.html.j2", {"endpoints": rows})


ROUTES = [Route("/openapi.json", openapi), Route("/api", api)]
