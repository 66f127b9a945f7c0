"""Stacked pull requests in the line."""

from __future__ import annotations

from tests.end_to_end.conftest import Shop, lines
from tests.end_to_end.line_steps import freeze, ready, waiting, waits_of

STACKS = """
rules: {}
branches: ["**"]
merge: {when: ready, required-checks: [ci]}
"""


async def test_a_stack_lands_bottom_first(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": STACKS}, "Govern every branch")
    place = await freeze(shop)
    bottom = await waiting(shop)
    top = await shop.repository.open_pull_request(
        files={"top.py": lines(2)}, head_branch="top", base=bottom.head_branch
    )
    await shop.repository.ci.succeeds(top.head, "ci")
    await shop.stage.at_rest()
    before, wait = top.merged, await waits_of(shop, top)

    await place.comment("bob", "/andon unfreeze")
    await shop.merges(bottom)
    if top.open:
        await top.edit(base="main")

    await shop.merges(top)
    assert not before
    assert wait == [f"it is stacked on #{bottom.number}, which lands first"]
    assert (bottom.base, top.base) == ("main", "main")


async def test_a_branch_that_is_itself_brought_into_another_holds_nobody_who_merges_into_it(shop: Shop) -> None:
    policy = "rules: {}\nbranches: [main, release]\nmerge: {when: ready}\n"
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Two branches")
    await shop.repository.branch("release")
    shop.repository.require_checks("release", ("ci", None))
    back = await shop.repository.open_pull_request(
        files={"back.py": lines(1)}, head_branch="release", base="main", draft=True
    )

    pull = await ready(shop, base="release")

    await shop.merges(pull)
    assert back.open
