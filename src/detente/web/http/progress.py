"""What a process of its own says to the server that started it: a line of JSON at a time."""

from __future__ import annotations

import json
from typing import Any


def say(**line: Any) -> None:
    """One line for the server that started this process."""
    print(json.dumps(line), flush=True)
