"""Whose access `pairing` asks about: nobody's on whom nothing rests."""

from __future__ import annotations

from typing import Any

import pytest

from rules.engine.pull_request import PullRequest
from rules.pairing import Pairing
from tests.rules.pairs import PAIRED, approval, work


@pytest.mark.parametrize(
    ("options", "pr", "people"),
    [
        pytest.param({}, work(PAIRED), set(), id="a claim that nobody confirmed rests on nobody's access"),
        pytest.param({}, work(PAIRED, confirmations=frozenset({2})), {2}, id="a confirmed one"),
        pytest.param({"confirm": False}, work(PAIRED), {2}, id="a name that is enough"),
        pytest.param(
            {}, work(PAIRED, confirmations=frozenset({2}), reviews=(approval(),)), set(), id="settled already"
        ),
        pytest.param({"confirm": False}, work(PAIRED, number=None), set(), id="locally"),
        pytest.param({"satisfied_by": ("review",)}, work(PAIRED, confirmations=frozenset({2})), set(), id="no way"),
        pytest.param({"confirm": False}, work(PAIRED, access={2: False}), set(), id="access known already"),
    ],
)
def test_only_the_access_on_which_the_pair_rests_is_looked_up(
    options: dict[str, Any], pr: PullRequest, people: set[int]
) -> None:
    assert {account.id for account in Pairing(**options).needs(pr).people} == people
