"""A release that failed is taken back, by one pull request, and production is well again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.address import CommitAt, Want
from bot.address import Repository as Place
from tests.end_to_end.conftest import READY, Shop, lines
from tests.end_to_end.restore_steps import REVERTS, Line, governed, with_one_live


@pytest.fixture
async def line(shop: Shop) -> Line:
    return await with_one_live(shop)


async def test_a_failed_release_is_taken_back_by_one_revert_that_lands_and_goes_live(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")

    await line.ends(bad, "failure", "readiness probe never answered")
    revert = await line.revert_of(bad)
    await shop.release_is(bad, "reverting")
    await shop.stage.until("the line names the revert", lambda: line.is_closed_until(revert))
    closed = await line.line()
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await line.ends(revert, "success")
    await shop.release_is(revert, "live")
    await shop.release_is(bad, "reverted")
    await shop.stage.at_rest()

    assert closed["state"] == "closed"
    assert f"its revert #{revert.number}, once it is live, opens the line" in closed["closings"][0]["words"]
    assert (await line.line())["state"] == "open"
    assert line.reverts() == [revert]
    assert revert.now.title == f'Revert "{bad.now.title}" (#{bad.number})'
    assert "readiness probe never answered" in revert.now.body


async def test_where_approvals_are_required_one_approval_restores_production(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    shop.repository.require_approvals("main", 1)
    other = await shop.repository.open_pull_request(files={"other.py": lines(3)})
    await shop.repository.ci.succeeds(other.head, "ci")
    await other.review("bob", "APPROVED")

    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.stage.until("it is told", lambda: line.says(revert, "one approval restores production"))
    await shop.stage.until("it is kept", lambda: line.restore_says(bad, "one approval restores production"))
    await shop.stage.at_rest()
    _, held = await shop.told(f"/api/repos/octo/shop/pulls/{other.number}")
    _, why = await shop.told(f"/api/repos/octo/shop/pulls/{bad.number}/why")
    await revert.review("bob", "APPROVED")
    await shop.merges(revert)
    await line.ends(revert, "success")
    await shop.release_is(bad, "reverted")

    assert "production is unhealthy" in held["waiting_for"][0]["what"]
    assert why["next"]["who"] == "a reviewer"
    assert f"#{revert.number} takes it back: one approval restores production" in why["next"]["what"]
    await shop.merges(other)


async def test_where_the_app_may_pass_the_rules_its_revert_needs_no_approval(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    shop.repository.require("main", approvals=1, bypass=True)

    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)

    assert revert.now.reviews == ()


async def test_where_github_makes_no_revert_one_by_a_commit_of_ours_brings_back_what_was(line: Line) -> None:
    shop = line.shop
    before = shop.repository.git.resolve(f"{shop.repository.head}^{{tree}}")
    bad = await line.ships("bad.py")
    shop.stage.github.unwilling_reverts = 1

    await line.ends(bad, "failure", "readiness probe never answered")
    await shop.release_is(bad, "reverting")
    [revert] = [one for one in shop.repository.pulls.values() if one.head_branch.startswith("andon/")]
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await line.ends(revert, "success")
    await shop.release_is(bad, "reverted")

    assert revert.head_branch == f"andon/revert-{str(bad.merge_commit)[:7]}"
    assert "readiness probe never answered" in revert.now.body
    assert shop.repository.git.resolve(f"{shop.repository.head}^{{tree}}") == before


async def test_a_conflict_is_said_and_leaves_the_line_closed(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    await shop.repository.commit("main", {"bad.py": lines(5, "other")}, "Move on")

    await line.ends(bad, "failure")
    words = "changed again since: `bad.py`); a person must revert"
    await shop.stage.until("it is told", lambda: line.restore_says(bad, words))
    await shop.stage.at_rest()

    assert (await line.release(bad))["state"] == "failed"
    assert (await line.line())["state"] == "closed"
    assert line.reverts() == []


@pytest.mark.parametrize(("after", "statuses"), [(False, [0, 200]), (True, [0])], ids=["before it", "after it"])
async def test_a_break_around_the_mutation_gives_one_revert_only(line: Line, after: bool, statuses: list[int]) -> None:
    shop = line.shop
    shop.stage.github.resets_next(1, lambda asked: asked.kind == REVERTS, after=after)
    bad = await line.ships("bad.py")

    await line.ends(bad, "failure")
    await shop.release_is(bad, "reverting")
    await shop.stage.at_rest()

    [revert] = line.reverts()
    assert [call.status for call in shop.stage.github.calls if call.kind == REVERTS] == statuses
    _, told = await shop.told(f"/api/repos/octo/shop/releases/{bad.merge_commit}")
    assert told["restore"]["revert"] == revert.number


async def test_a_process_that_dies_before_it_keeps_what_it_opened_finds_it_again(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await shop.stage.at_rest()
    reverts = shop.stage.bench.store.reverts
    place = Place(shop.installation, "octo", "shop")
    kept = await reverts.of(place, str(bad.merge_commit))
    assert kept is not None
    await reverts.save(place, replace(kept, revert=None, head="", said="", who=""))

    await shop.stage.bench.store.want([Want(CommitAt(place, str(bad.merge_commit)))])
    await shop.stage.at_rest()

    assert line.reverts() == [revert]
    assert await reverts.of(place, str(bad.merge_commit)) == replace(kept, said=kept.said)


async def test_the_flags_that_it_brought_are_named(line: Line) -> None:
    shop = line.shop
    await governed(shop, READY.replace("rules: {", 'rules: {flag-wrapped: {mode: observe, flags: ["has"]}, '))
    bad = await line.ships("bad.py", **{"shop.py": 'if has("checkout-v2"):\n    buy()\n'})

    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)

    assert "It brought the flag `checkout-v2`" in revert.now.body
