"""Merges into one branch happen in order, one at a time: who has which place, and who keeps it. Cases by their ids."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CHECK_RUNS, MERGES, Shop, lines
from tests.end_to_end.line_steps import MAIN, forget_orders, freeze, line_of, ready, waiting, waits_of


async def test_e1_a_repeated_event_keeps_the_place_and_makes_no_second_entry(shop: Shop) -> None:
    await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    before = (await line_of(shop))["entries"]
    calls = len(shop.stage.github.calls)

    for _ in range(2):
        await shop.look(first)

    assert [one["number"] for one in before] == [first.number, second.number]
    assert (await line_of(shop))["entries"] == before
    assert shop.calls_since(calls) == {"query PullRequestSnapshot": 2}


async def test_b18_a_push_while_in_line_is_judged_anew_and_lets_the_next_go_first_after_the_bound(shop: Shop) -> None:
    place = await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    await first.push({"part_1.py": lines(90)})
    await shop.stage.at_rest()
    left = [one["number"] for one in (await line_of(shop))["entries"]]

    await place.comment("bob", "/andon unfreeze")

    await shop.merges(second)
    await shop.stage.at_rest()
    assert left == [second.number]
    assert not first.merged


async def test_b19_one_that_is_closed_leaves_the_line_and_begins_at_its_end_when_reopened(shop: Shop) -> None:
    await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    await first.close()
    await shop.stage.at_rest()
    without = [one["number"] for one in (await line_of(shop))["entries"]]

    await first.reopen()
    await shop.stage.at_rest()

    assert without == [second.number]
    assert [one["number"] for one in (await line_of(shop))["entries"]] == [second.number, first.number]


async def test_b20_one_that_was_merged_by_hand_does_not_jam_the_line(shop: Shop) -> None:
    place = await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    name = f"part_{first.number - 1}.py"
    landed = await shop.repository.commit("main", {name: lines(5, name[:-3])}, "Merge by hand", tell=False)
    await first.land(landed, shop.repository.head, shop.repository.github.user("alice"))
    await shop.stage.at_rest()
    left = [one["number"] for one in (await line_of(shop))["entries"]]

    await place.comment("bob", "/andon unfreeze")

    await shop.merges(second)
    assert left == [second.number]


async def test_b16_one_that_is_aimed_at_another_branch_leaves_the_line_of_the_first(shop: Shop) -> None:
    await freeze(shop)
    pull = await waiting(shop)
    await shop.repository.branch("release")

    await pull.edit(base="release")
    await shop.stage.at_rest()

    assert (await line_of(shop))["entries"] == []


async def test_the_line_is_asked_for_by_branch(shop: Shop) -> None:
    status, told = await shop.told("/api/repos/octo/shop/line")
    nothing = (await line_of(shop))["entries"]

    assert (status, told["error"]) == (400, "Say into which branch, such as branch=main.")
    assert nothing == []


async def test_a_line_of_three_costs_each_of_them_three_check_runs_at_most(shop: Shop) -> None:
    place = await freeze(shop)
    pulls = [await waiting(shop) for _ in range(3)]
    before = shop.writes_of(CHECK_RUNS)

    await place.comment("bob", "/andon unfreeze")
    for pull in pulls:
        await shop.merges(pull)
    await shop.stage.at_rest()

    assert shop.writes_of(CHECK_RUNS) - before <= 3 * len(pulls)


@pytest.mark.parametrize("times", [1, 3])
async def test_e3_of_two_that_take_their_turn_at_once_one_gets_it(shop: Shop, times: int) -> None:
    place = await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    await forget_orders(shop.stage.bench.store)
    kept = shop.stage.bench.store.line

    turns = [await kept.take_turn(MAIN, pull.number) for _ in range(times) for pull in (first, second)]

    assert [turn.may_merge for turn in turns if turn] == [True, False] * times
    assert place.open


async def test_a2_the_head_keeps_its_place_while_its_check_runs_again_and_the_next_says_behind_whom(shop: Shop) -> None:
    place = await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    await shop.repository.ci.starts(first.head, "ci", tell=False)
    await shop.look(first)
    await place.comment("bob", "/andon unfreeze")
    await shop.stage.at_rest()
    held, wait, run = (first.merged, second.merged), await waits_of(shop, second), second.check_run("andon")

    await shop.repository.ci.succeeds(first.head, "ci")

    await shop.merges(first)
    await shop.merges(second)
    assert held == (False, False)
    assert wait == [f"second in line, behind #{first.number}"]
    assert run is not None
    assert f"second in line, behind \\#\u200b{first.number}" in str(run.text)


async def test_a18_the_head_steps_aside_at_its_bound_without_any_event(shop: Shop) -> None:
    policy = "rules: {}\nmerge: {when: ready}\nline: {step-aside: 3s}\n"
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Wait for nobody longer than three seconds")
    place = await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    await shop.repository.ci.starts(first.head, "ci", tell=False)
    await shop.look(first)

    await place.comment("bob", "/andon unfreeze")

    await shop.stage.until("the next goes first", lambda: second.merged, within=15)
    assert not first.merged


async def test_e12_one_that_github_refuses_to_merge_does_not_jam_the_line(shop: Shop) -> None:
    place = await freeze(shop)
    first, second = await waiting(shop), await waiting(shop)
    shop.stage.github.fails_next(
        None, lambda asked: asked.kind == MERGES and f"/pulls/{first.number}/" in asked.path, status=405
    )

    await place.comment("bob", "/andon unfreeze")

    await shop.merges(second)

    async def is_empty() -> bool:
        return bool((await line_of(shop))["entries"] == [])

    await shop.stage.until("the refused one has left the line as well", is_empty)
    assert not first.merged


async def test_one_in_githubs_queue_keeps_nobody_from_following_it_there(shop: Shop) -> None:
    shop.repository.require("main", queue=True)

    first, second = await ready(shop), await ready(shop)

    await shop.stage.until("both stand in the queue", lambda: len(shop.repository.queue) == 2, within=20)
    assert (first.merged, second.merged) == (False, False)
