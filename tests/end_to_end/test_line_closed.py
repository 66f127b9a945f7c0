"""A closed line: who closes it, what opens it, and who passes it all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from bot.address import PullRequestAt, RepositoryAt, Want
from bot.address import Repository as Place
from bot.decision import Decision
from bot.judge.judge import Judge
from bot.published import MergePullRequest
from bot.pull_request.turns import unhealthy
from bot.reconcile import reconcile
from bot.store.work import Claim
from tests.end_to_end.conftest import Shop, lines
from tests.end_to_end.line_steps import FREEZE, fails, forget_orders, freeze, line_of, merges, waiting, waits_of

Given = ParamSpec("Given")
Gives = TypeVar("Gives")


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
    assert (await line_of(shop))["state"] == "open"


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
