"""Fixtures shared by all tests: where the real data are, and a skip with its reason where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("shared") and not (SHARED / "data").is_dir():
        pytest.skip("the real data folder ../shared/data is not here")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data folder ../shared/data is not here")
    return SHARED / "data"


@pytest.fixture(scope="session")
def shared_case() -> Path:
    """The folder with the facts of the flagship case beside the checkout."""
    if not (SHARED / "case").is_dir():
        pytest.skip("the case folder ../shared/case is not here")
    return SHARED / "case"
