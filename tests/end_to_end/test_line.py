"""Merges into one branch happen in order, one at a time, and none while the line is closed: cases by their ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

import pytest

from bot.address import PullRequestAt, RepositoryAt, Want
from bot.address import Repository as Place
from bot.decision import Decision
from bot.judge import Judge
from bot.published import MergePullRequest
from bot.reconcile import reconcile
from bot.store.ledger import Release, ReleaseState
from bot.store.line_kept import At
from bot.store.store import Store
from bot.store.work import Claim
from bot.turns import unhealthy
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import CHECK_RUNS, MERGES, Shop, lines

Given = ParamSpec("Given")
Gives = TypeVar("Gives")

MAIN = At("octo", "shop", "main")
FREEZE = "/andon freeze database migration"


async def ready(shop: Shop, *, title: str = "", base: str = "main") -> PullRequest:
    """Open a pull request of its own file with green CI."""
    name = f"part_{len(shop.repository.pulls)}.py"
    pull = await shop.repository.open_pull_request(files={name: lines(5, name[:-3])}, title=title, base=base)
    await shop.repository.ci.succeeds(pull.head, "ci")
    return pull


async def waiting(shop: Shop, *, title: str = "") -> PullRequest:
    """Open one that could be merged, and wait until the bot has looked at it."""
    pull = await ready(shop, title=title)
    await shop.stage.at_rest()
    return pull


async def freeze(shop: Shop, words: str = FREEZE) -> PullRequest:
    """Freeze the line by a comment on a pull request that is no candidate itself."""
    pull = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await pull.comment("bob", words)
    await shop.stage.at_rest()
    return pull


async def waits_of(shop: Shop, pull: PullRequest) -> list[str]:
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return [wait["what"] for wait in told["waiting_for"]]


async def line_of(shop: Shop) -> Any:
    return (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]


async def fails(shop: Shop, *, number: int = 90, at: float | None = None) -> Release:
    """Have a release of main fail that landed after all others."""
    now = shop.stage.bench.clock() if at is None else at
    place = Place(shop.installation, "octo", "shop")
    failed = Release(
        place,
        f"{number:040x}",
        number,
        "main",
        ReleaseState.FAILED,
        "production",
        "deployment",
        None,
        "the smoke test failed",
        now,
        now,
    )
    await shop.stage.bench.store.save_release(failed)
    return failed


def merges(shop: Shop) -> int:
    return sum(call.kind == MERGES for call in shop.stage.github.calls)


async def test_e4_a_planned_freeze_holds_what_could_be_merged_and_says_who_when_and_why(shop: Shop) -> None:
    place = await freeze(shop)

    pull = await waiting(shop)

    line = await line_of(shop)
    [wait] = await waits_of(shop, pull)
    assert not pull.merged
    assert (line["state"], [one["number"] for one in line["entries"]]) == ("closed", [pull.number])
    assert wait.startswith("the line into `main` is frozen (by `bob` since 20")
    assert wait.endswith(": “database migration”); `/andon unfreeze` opens it")
    assert [comment.reactions[0].content for comment in place.comments] == ["+1"]


async def test_unfreezing_opens_it_at_once_and_all_land_in_the_order_in_which_they_were_ready(shop: Shop) -> None:
    place = await freeze(shop)
    first, second, third = [await waiting(shop) for _ in range(3)]
    before = [pull.merged for pull in (first, second, third)]

    await place.comment("alice", "/andon unfreeze")

    await shop.merges(third)
    await shop.stage.at_rest()
    landed = [pull for _, pull in sorted((pull.now.merged_at or 0, pull.number) for pull in (first, second, third))]
    assert before == [False] * 3
    assert landed == [first.number, second.number, third.number]
    assert (await line_of(shop))["entries"] == []


async def test_c17_nobody_freezes_the_line_without_write_access_nor_without_a_reason(shop: Shop) -> None:
    shop.repository.outsiders.add("mallory")
    place = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)

    said = [
        await place.comment("mallory", FREEZE),
        await place.comment("bob", "/andon freeze"),
        await place.comment("bob", "/andon freeze release until 99:00"),
        await place.comment("bob", "/andon freeze release until 2001-01-01"),
    ]
    await shop.stage.at_rest()

    run = place.check_run("andon")
    assert [[one.content for one in comment.reactions] for comment in said] == [["confused"]] * 4
    assert (await line_of(shop))["state"] == "open"
    assert run is not None
    assert "that takes write access to this repository" in str(run.summary)
    assert "say why, for those who wait" in str(run.summary)
    assert "it would end before it began" in str(run.summary)


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


async def test_e5_while_production_is_unhealthy_readiness_is_reported_and_nothing_merges(shop: Shop) -> None:
    first = await waiting(shop)
    [deployment] = shop.repository.deployments
    await deployment.status("failure", description="smoke test red")
    await shop.release_is(first, "failed")

    pull = await waiting(shop)

    [wait] = await waits_of(shop, pull)
    assert not pull.merged
    assert f"the release of #{first.number} failed (smoke test red)" in wait
    assert [one["by"] for one in (await line_of(shop))["closings"]] == ["production"]


async def test_only_a_proven_revert_passes_a_line_that_production_closed_and_its_release_opens_it(shop: Shop) -> None:
    bad = await waiting(shop)
    await shop.repository.deployments[0].status("failure")
    await shop.release_is(bad, "failed")
    other = await waiting(shop)
    says_so = await waiting(shop, title=f"Fix\n\nThis reverts commit {bad.merge_commit}.")
    held = (other.merged, says_so.merged)

    revert = await shop.repository.open_pull_request(
        files={f"part_{bad.number - 1}.py": None}, title=f"Take it back\n\nThis reverts commit {bad.merge_commit}."
    )
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await shop.stage.at_rest()
    still = (other.merged, says_so.merged)
    await shop.repository.deployments[-1].status("success")

    await shop.stage.until("it opens at once", lambda: other.merged, within=15)
    await shop.merges(says_so)
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{revert.number}")
    assert (held, still) == ((False, False), (False, False))
    assert (told["line"]["lane"], told["line"]["passes"]) == ("fix", ["production"])


async def test_a_fix_passes_once_a_maintainer_lets_it_through_with_a_reason_that_is_kept(shop: Shop) -> None:
    await fails(shop)
    pull = await waiting(shop)
    before = pull.merged

    await pull.comment("bob", "/andon fix-forward restores the checkout")

    await shop.merges(pull)
    _, audit = await shop.told("/api/repos/octo/shop/audit")
    assert not before
    assert [(one["verb"], one["by"], one["reason"]) for one in audit["requests"]] == [
        ("fix-forward", "bob", "restores the checkout")
    ]


class Meanwhile(Judge):
    """A judge beside whom something happens, right after the decision to merge was made."""

    def __init__(self, happens: Callable[[], Any]) -> None:
        super().__init__()
        self.happens = happens
        self.times = 0

    async def run(self, work: Callable[Given, Gives], /, *args: Given.args, **named: Given.kwargs) -> Gives:
        answer = await super().run(work, *args, **named)
        if isinstance(answer, Decision) and any(isinstance(one, MergePullRequest) for one in answer.actions):
            self.times += 1
            await self.happens()
        return answer


async def test_e4_the_line_is_read_again_immediately_before_the_merge(shop: Shop) -> None:
    await freeze(shop)
    pull = await waiting(shop)
    place = Place(shop.installation, "octo", "shop")
    store = shop.stage.bench.store
    judge = Meanwhile(lambda: fails(shop))
    await forget_orders(store)
    bench = replace(shop.stage.bench, judge=judge)
    address = PullRequestAt(place, pull.number)

    await reconcile(bench, Claim(address, 1, 1), address)
    judge.close()

    assert judge.times == 1
    assert not pull.merged
    assert merges(shop) == 0


async def forget_orders(store: Store) -> None:
    """Take a freeze back without telling anybody, as if its end had come."""
    with store._engines.writer.begin() as connection:  # noqa: SLF001 - no caller of the store may do this
        connection.exec_driver_sql("DELETE FROM line_orders")


async def test_e5_too_much_undeployed_closes_the_line_until_one_is_live(shop: Shop) -> None:
    policy = "rules: {}\nmerge: {when: ready}\ndeploy: {via: deployment}\nline: {max-undeployed: 2}\n"
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Deploy before you merge more")
    first, second = await waiting(shop), await waiting(shop)
    third = await waiting(shop)
    [wait] = await waits_of(shop, third)
    before = (first.merged, second.merged, third.merged)

    await shop.repository.deployments[-1].status("success")

    await shop.merges(third)
    assert before == (True, True, False)
    assert wait.startswith("too much is undeployed: 2 releases have landed and are not live")


async def test_e11_with_every_delivery_lost_the_sweep_finds_that_the_line_has_opened(shop: Shop) -> None:
    await freeze(shop)
    pull = await waiting(shop)
    with shop.stage.github.silence():
        await forget_orders(shop.stage.bench.store)

    await shop.stage.bench.store.want([Want(RepositoryAt(Place(shop.installation, "octo", "shop")))])

    await shop.stage.until("the sweep finds it", lambda: pull.merged, within=15)


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
    await shop.stage.at_rest()
    assert not first.merged
    assert (await line_of(shop))["entries"] == []


async def test_production_closes_the_line_for_all_who_would_land_together_unless_each_is_a_fix(shop: Shop) -> None:
    shop.repository.require("main", queue=True)
    await freeze(shop)
    normal, fix = await waiting(shop), await waiting(shop)
    await fix.comment("bob", "/andon fix-forward restores the checkout")
    await shop.stage.at_rest()
    await fails(shop)
    bench = shop.stage.bench
    place = Place(shop.installation, "octo", "shop")

    said = [
        await unhealthy(bench, place, "main", [number.number for number in numbers])
        for numbers in ((fix,), (normal,), (fix, normal), ())
    ]

    assert [one is None for one in said] == [True, False, False, False]
    assert "the release of #90 failed" in str(said[1])


async def test_one_in_githubs_queue_keeps_nobody_from_following_it_there(shop: Shop) -> None:
    shop.repository.require("main", queue=True)

    first, second = await ready(shop), await ready(shop)

    await shop.stage.until("both stand in the queue", lambda: len(shop.repository.queue) == 2, within=20)
    assert (first.merged, second.merged) == (False, False)
