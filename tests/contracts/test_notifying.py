"""What counts as content that notifies people is what GitHub's own description says, on both sides."""

from __future__ import annotations

import re

import pytest

from bot.github.budget import rest_cost
from simulator.secondary import NOTIFYING
from tests.contracts.descriptions import load

OPERATIONS = load()["operations"]
DESCRIBED = frozenset(name for name, operation in OPERATIONS.items() if operation["notifies"])


def test_the_simulator_counts_what_is_described() -> None:
    counted = {name for name in NOTIFYING if not name.startswith("query ")}

    assert counted == DESCRIBED
    assert len(counted) == 4


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_andon_counts_what_is_described(name: str) -> None:
    method, _, template = name.partition(" ")

    cost = rest_cost(method, re.sub(r"{\w+}", "7", template))

    assert (cost.notifies, cost.writes) == (name in DESCRIBED, method != "GET")
