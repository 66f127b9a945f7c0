"""What landed otherwise than it was judged closes the line, until it is reverted or looked at: E17."""

from __future__ import annotations

from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import Shop, lines
from tests.end_to_end.landed_steps import SHARED, astray, landed, line_of, merged


async def waiting(shop: Shop) -> PullRequest:
    """Open one that could be merged, were the line open."""
    pull = await shop.repository.open_pull_request(files={"later.py": lines(3)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    return pull


async def test_e17_the_line_holds_who_comes_after_until_a_revert_of_that_commit_landed(shop: Shop) -> None:
    wrong = await astray(shop)
    other = await waiting(shop)
    held, waits = other.merged, (await shop.told(f"/api/repos/octo/shop/pulls/{other.number}"))[1]["waiting_for"]

    revert = await shop.repository.open_pull_request(
        files={"second.py": None, "new.py": None, "shared.py": SHARED},
        title=f"Take it back\n\nThis reverts commit {wrong.merge_commit}.",
    )
    await merged(shop, revert)

    await shop.merges(other)
    assert not held
    assert [wait["what"].partition(":")[0] for wait in waits] == ["what landed is not what was judged"]
    assert (await landed(shop, revert))["content"] == "same"
    assert (await line_of(shop))["state"] == "open"


async def test_e17_a_revert_of_something_else_opens_nothing(shop: Shop) -> None:
    await astray(shop)
    earlier = await shop.repository.commit("main", {"more.py": "more = 1\n"}, "More")
    await shop.stage.at_rest()

    revert = await shop.repository.open_pull_request(
        files={"more.py": None}, title=f"Take it back\n\nThis reverts commit {earlier}."
    )
    await merged(shop, revert)

    assert [one["by"] for one in (await line_of(shop))["closings"]] == ["landed"]


async def test_e17_a_maintainer_who_has_looked_opens_it_and_it_stays_open(shop: Shop) -> None:
    wrong = await astray(shop)
    other = await waiting(shop)
    held = other.merged
    shop.stage.github.advance(2.0)

    await other.comment("bob", "/andon unfreeze")

    await shop.merges(other)
    await shop.look(wrong)
    assert not held
    assert (await line_of(shop))["state"] == "open"
