"""A release that failed is not taken back: the policy says so, or there is nothing to go back to."""

from __future__ import annotations

import pytest

from simulator.deployments import Deployment
from simulator.reverting import opened
from tests.end_to_end.conftest import READY, Shop
from tests.end_to_end.restore_steps import Line, governed, with_one_live


@pytest.fixture
async def line(shop: Shop) -> Line:
    return await with_one_live(shop)


async def test_the_line_stays_closed_and_nothing_is_taken_back_where_the_policy_says_close_line(line: Line) -> None:
    shop = line.shop
    await governed(shop, READY.replace("deployment}", "deployment, on-failure: close-line}"))
    bad = await line.ships("bad.py")

    await line.ends(bad, "failure")
    await shop.stage.until("it is told", lambda: line.restore_says(bad, "`on-failure: close-line`"))
    await shop.stage.at_rest()
    closed = await line.line()
    human = await opened(bad, shop.stage.github.user("bob"), {})
    await shop.repository.ci.succeeds(human.head, "ci")
    await shop.merges(human)
    await line.ends(human, "success")
    await shop.release_is(bad, "reverted")

    assert closed["state"] == "closed"
    assert (await line.line())["state"] == "open"
    assert line.reverts() == [human]


async def test_the_line_does_not_close_where_the_policy_says_nothing(line: Line) -> None:
    shop = line.shop
    await governed(shop, READY.replace("deployment}", "deployment, on-failure: nothing}"))
    bad = await line.ships("bad.py")

    await line.ends(bad, "failure")
    await shop.release_is(bad, "failed")
    await shop.stage.at_rest()

    assert (await line.line())["state"] == "open"
    assert line.reverts() == []


async def test_e8_where_nothing_was_well_before_there_is_nothing_to_go_back_to(shop: Shop) -> None:
    line = Line(shop)
    first = await line.ships("first.py")

    await line.ends(first, "failure")
    await shop.stage.until("it is told", lambda: line.restore_says(first, "there is nothing to go back to"))
    await shop.stage.at_rest()

    assert line.reverts() == []
    assert (await line.line())["state"] == "closed"


async def test_e8_what_was_deployed_before_andon_came_is_something_to_go_back_to(shop: Shop) -> None:
    earlier = Deployment(shop.repository, shop.repository.head, {"ref": "main"}, shop.stage.github.user("carol"))
    shop.repository.deployments.append(earlier)
    await earlier.status("success")
    line = Line(shop)
    first = await line.ships("first.py")

    await line.ends(first, "failure")

    assert (await line.revert_of(first)).open


async def test_e10_what_somebody_else_deployed_meanwhile_is_told(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await shop.stage.at_rest()
    hotfix = await shop.repository.branch("hotfix", at=f"{bad.merge_commit}^")

    outside = Deployment(shop.repository, hotfix, {"ref": "hotfix"}, shop.stage.github.user("carol"))
    shop.repository.deployments.append(outside)
    outside.created_at += 1
    await outside.status("success")
    await shop.look(revert)

    words = f"`{hotfix[:12]}` is deployed since, and not by andon"
    await shop.stage.until("it is told", lambda: line.restore_says(bad, words))
    assert not revert.merged
