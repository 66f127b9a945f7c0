"""The branch of what was merged, case by case: when it is deleted, and when it is not."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import READY, Shop, lines
from tests.end_to_end.merge_steps import DELETES, Case, governed, small


async def branch_goes(shop: Shop) -> None:
    """E14: the branch of what andon merged goes, once."""
    await governed(shop, READY)
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.until("the branch is gone", lambda: pull.head_branch not in shop.repository.branches)
    await shop.stage.at_rest()
    await shop.look(pull)
    assert shop.calls_since(0)[DELETES] == 1


async def branch_is_needed(shop: Shop) -> None:
    """E14: never a branch that another open pull request is based on."""
    await governed(shop, READY)
    pull = await small(shop)
    await shop.repository.open_pull_request(files={"more.py": lines(2)}, base=pull.head_branch)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert (DELETES in shop.calls_since(0), pull.head_branch in shop.repository.branches) == (False, True)


async def branch_stays(shop: Shop) -> None:
    """E14: never where the policy keeps it."""
    await governed(shop, "rules: {}\nmerge: {when: ready, delete-branch: false}\n")
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert (DELETES in shop.calls_since(0), pull.head_branch in shop.repository.branches) == (False, True)


async def branch_goes_by_itself(shop: Shop) -> None:
    """E14: never where the repository has GitHub delete it."""
    await governed(shop, READY)
    shop.repository.settings.delete_merged = True
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert DELETES not in shop.calls_since(0)


async def branch_protected(shop: Shop) -> None:
    """E14: a branch that GitHub does not let go is left alone in silence."""
    await governed(shop, READY)
    pull = await small(shop)
    shop.repository.require_checks(pull.head_branch, ("ci", None))
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()
    assert pull.head_branch in shop.repository.branches


CASES: dict[str, Case] = {
    "E14-goes": branch_goes,
    "E14-needed": branch_is_needed,
    "E14-kept": branch_stays,
    "E14-by-itself": branch_goes_by_itself,
    "E14-protected": branch_protected,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_case(shop: Shop, case: Case) -> None:
    await case(shop)
