"""The local app: pages over studies, runs and solvers; it computes nothing of its own.

``http`` is the server (what may come in, jobs, the workspace), ``desk`` and ``attribution`` the two desks, ``editor``
the changes of a record and of a study, ``pages`` one module a view.
"""

from detente._lazy import names_of

__all__, __getattr__, __dir__ = names_of(
    __name__,
    {"Site": "app", "create_app": "app", "Workspace": "http.workspace", "Keys": "http.guard", "serve": "http.server"},
)
