"""The progress line: only for a person, only after a while, and gone at the end."""

from __future__ import annotations

import io
import time
from contextlib import redirect_stderr

import pytest

from detente.cli.output import ProgressLine, waiting

WIPE = "\r\033[K"


class Screen(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture(params=[True, False], ids=["terminal", "file"])
def screen(request: pytest.FixtureRequest) -> Screen:
    return Screen(request.param)


def test_a_long_step_shows_a_line_to_a_person_and_wipes_it(screen: Screen) -> None:
    with redirect_stderr(screen), waiting("Fitting flows", after=0.02):
        time.sleep(0.3)
    assert screen.getvalue() == (f"{WIPE}Fitting flows: working{WIPE}" if screen.terminal else "")


def test_a_short_step_shows_nothing(screen: Screen) -> None:
    with redirect_stderr(screen), waiting("Fitting flows", after=60):
        pass
    assert screen.getvalue() == ""


def test_the_line_goes_when_the_step_fails(screen: Screen) -> None:
    def failing() -> None:
        with redirect_stderr(screen), waiting("Fitting flows", after=0.02):
            time.sleep(0.3)
            raise ValueError("too late")

    with pytest.raises(ValueError, match="too late"):
        failing()
    assert screen.getvalue().endswith(WIPE if screen.terminal else "")


def test_stages_come_with_the_share_done(screen: Screen) -> None:
    with redirect_stderr(screen):
        line = ProgressLine("Running", after=0.0)
        line("panel", 0.25)
        line.done()
    assert screen.getvalue() == (f"{WIPE}Running: panel (25%){WIPE}" if screen.terminal else "")
