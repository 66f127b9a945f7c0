"""The method of merging, case by case: one that the repository or a ruleset forbids."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import MERGES, READY, Shop
from tests.end_to_end.merge_steps import Case, governed, small, waits_of


async def forbidden_method(shop: Shop) -> None:
    """B22: a method that the repository does not allow is said by name, and not tried."""
    await governed(shop, "rules: {}\nmerge: {when: ready, method: rebase}\n")
    shop.repository.settings.rebase = False
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    assert "does not allow to rebase" in await waits_of(shop, pull)
    assert MERGES not in shop.calls_since(0)


async def method_against_a_ruleset(shop: Shop) -> None:
    """B22: a method that only a ruleset of the branch forbids is said by name too, and not tried."""
    await governed(shop, READY)
    shop.repository.require("main", methods=("merge", "rebase"))
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    assert "does not allow to squash into this branch; it allows: merge, rebase" in await waits_of(shop, pull)
    assert MERGES not in shop.calls_since(0)


async def method_that_signs_nothing(shop: Shop) -> None:
    """B22: where the branch asks for signed commits, a rebase can merge nothing, and that is said of the method."""
    await governed(shop, "rules: {}\nmerge: {when: ready, method: rebase}\n")
    shop.repository.require("main", others=("REQUIRED_SIGNATURES",))
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    assert "so the policy's `method: rebase` can merge nothing into this branch" in await waits_of(shop, pull)
    assert MERGES not in shop.calls_since(0)


CASES: dict[str, Case] = {
    "B22": forbidden_method,
    "B22-ruleset": method_against_a_ruleset,
    "B22-signed": method_that_signs_nothing,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_case(shop: Shop, case: Case) -> None:
    await case(shop)
