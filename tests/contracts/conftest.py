"""The simulator's own fixtures, watched by a contract checker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.checker import ContractChecker
from tests.simulator.conftest import client, ear, github, shop

if TYPE_CHECKING:
    from simulator import Simulator

__all__ = ["client", "ear", "github", "shop"]


@pytest.fixture
def checker(github: Simulator) -> ContractChecker:
    watching = ContractChecker()
    github.observers.append(watching)
    return watching
