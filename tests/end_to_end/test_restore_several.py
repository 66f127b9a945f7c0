"""What is taken back where several releases failed, or others landed between."""

from __future__ import annotations

import pytest

from simulator.merging import by_hand
from tests.end_to_end.conftest import Shop, lines
from tests.end_to_end.restore_steps import Line, with_one_live


@pytest.fixture
async def line(shop: Shop) -> Line:
    return await with_one_live(shop)


async def test_a_revert_whose_release_fails_too_is_not_reverted(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)

    await line.ends(revert, "failure")
    await shop.release_is(revert, "failed")
    await shop.stage.until("it is told", lambda: line.restore_says(bad, "its release failed too"))
    await shop.stage.at_rest()

    assert line.reverts() == [revert]
    assert (await line.release(bad))["state"] == "failed"
    assert (await line.line())["state"] == "closed"
    assert await line.restore_says(revert, "a revert is not reverted: a person must act")


async def test_e7_what_landed_between_is_not_deployed_again_and_is_superseded(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    shop.repository.require_approvals("main", 1)
    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    between = await shop.repository.open_pull_request(files={"between.py": lines(3)})

    await by_hand(between, "carol")
    await shop.release_is(between, "landed")
    await shop.stage.at_rest()
    held = await line.release(between)
    await revert.review("bob", "APPROVED")
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await line.ends(revert, "success")
    await shop.release_is(bad, "reverted")
    await shop.release_is(between, "superseded")

    assert held["detail"] == f"it waits until #{bad.number}, which it holds, is taken back"
    assert line.deployment(between) is None
    assert (await line.line())["state"] == "open"


async def test_of_two_that_failed_the_first_is_taken_back_and_the_second_is_superseded(line: Line) -> None:
    shop = line.shop
    bad, worse = await line.ships("bad.py"), await line.ships("worse.py")

    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await line.ends(worse, "failure")
    await shop.stage.until("it waits", lambda: line.restore_says(worse, "it failed before, and is taken back first"))
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await line.ends(revert, "success")
    await shop.release_is(worse, "superseded")
    await shop.stage.at_rest()

    assert line.reverts() == [revert]
    assert (await line.release(bad))["state"] == "reverted"
    assert (await line.line())["state"] == "open"


async def test_a_revert_that_is_needless_by_now_is_not_merged_by_itself(line: Line) -> None:
    shop = line.shop
    bad, fine = await line.ships("bad.py"), await line.ships("fine.py")
    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)

    await line.ends(fine, "success")
    await shop.stage.until("it is told", lambda: line.restore_says(bad, f"#{fine.number} landed later and is live"))
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.stage.until("it waits", lambda: line.says(revert, "nothing asks for that any more"))
    await shop.stage.at_rest()

    assert revert.open
    assert (await line.line())["state"] == "open"
