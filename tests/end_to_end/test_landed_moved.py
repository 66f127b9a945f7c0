"""What moved before a pull request landed, so that it was not judged by it."""

from __future__ import annotations

from simulator.merging import by_hand
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import Shop, lines
from tests.end_to_end.landed_steps import POLICY, landed, merged, moved, opened, prepared


async def ready_but_for_ci(shop: Shop) -> PullRequest:
    """Open one that is judged and waits for CI alone; nothing that happens from then on is heard of before it lands."""
    await prepared(shop, "squash")
    pull = await opened(shop)
    await shop.stage.at_rest()
    shop.stage.github.loses_deliveries()
    return pull


async def lands(shop: Shop, pull: PullRequest) -> None:
    """Have a person merge it, and the bot hear of that."""
    shop.stage.github.loses_deliveries(0)
    await by_hand(pull, "alice")
    await shop.stage.at_rest()


async def test_a_policy_that_changed_unheard_before_it_landed_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    was = await shop.repository.history.blob(shop.repository.head, ".github/andon.yml")
    await shop.repository.commit(
        "main", {".github/andon.yml": f"{POLICY.format(method='merge')}# stricter\n"}, "Policy"
    )
    now = await shop.repository.history.blob(shop.repository.head, ".github/andon.yml")

    await lands(shop, pull)

    assert (was is not None, now is not None) == (True, True)
    assert was is not None
    assert now is not None
    said = f"the policy changed from `{was.oid[:12]}` to `{now.oid[:12]}` before it landed"
    assert await moved(shop, pull) == [("policy", said)]


async def test_a_policy_that_the_pull_request_itself_changed_did_not_move(shop: Shop) -> None:
    await prepared(shop, "squash")
    changed = {".github/andon.yml": f"{POLICY.format(method='squash')}# a remark\n"}
    pull = await shop.repository.open_pull_request(files=changed)

    await merged(shop, pull)

    assert await moved(shop, pull) == []


async def test_a_branch_that_it_was_aimed_at_unheard_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    await shop.repository.branch("release")
    await pull.edit(base="release")

    await lands(shop, pull)

    assert ("base", "it landed in `release`, and was judged for `main`") in await moved(shop, pull)


async def test_a_push_that_somebody_merged_unheard_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    judged = pull.head
    await pull.push({"third.py": "third = 3\n"}, "More")

    await lands(shop, pull)

    said = f"`{pull.head[:12]}` landed, and `{judged[:12]}` was judged last"
    assert await moved(shop, pull) == [("head", said)]
    assert (await landed(shop, pull))["content"] == "same"


async def test_a_hold_that_nobody_heard_is_found_and_one_of_an_outsider_is_none(shop: Shop) -> None:
    shop.repository.outsiders.add("mallory")
    pull = await ready_but_for_ci(shop)
    await pull.comment("bob", "/andon hold not yet")
    await pull.comment("mallory", "/andon hold")

    await lands(shop, pull)

    assert await moved(shop, pull) == [("hold", "`bob` held it before it landed")]


async def test_a_required_check_that_was_red_unheard_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    await shop.repository.ci.fails(pull.head, "ci")

    await lands(shop, pull)

    assert await moved(shop, pull) == [("checks", "the required check `ci` had failed at the head that landed")]


async def test_one_whose_override_it_rested_on_may_not_write_any_more(shop: Shop) -> None:
    await prepared(shop, "squash")
    pull = await shop.repository.open_pull_request(files={"large.py": lines(300)})
    await shop.stage.at_rest()
    await pull.comment("bob", "/andon override small-diff it is generated")
    await shop.stage.at_rest()
    shop.repository.outsiders.add("bob")

    await lands(shop, pull)

    assert await moved(shop, pull) == [("permission", "`bob`, on whose request it rested, may not write any more")]


async def test_a_frozen_line_through_which_a_person_merged_is_found(shop: Shop) -> None:
    pull = await ready_but_for_ci(shop)
    shop.stage.github.loses_deliveries(0)
    place = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await place.comment("bob", "/andon freeze database migration")
    await shop.stage.at_rest()

    await lands(shop, pull)

    [(what, said)] = await moved(shop, pull)
    assert what == "line"
    assert said.startswith("the line was closed when it landed: the line into `main` is frozen (by `bob` since 20")
