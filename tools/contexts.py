"""Tells coverage which test runs, as pytest names it: `pytest -p tools.contexts` under `coverage run`."""

from __future__ import annotations

import pytest
from coverage import Coverage


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Write all that a test runs to its name, without the values that it is given."""
    measuring = Coverage.current()
    if measuring is not None:
        measuring.switch_context(item.nodeid.partition("[")[0])
