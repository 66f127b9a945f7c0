"""A release that failed is taken back, by one pull request, and production is well again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.address import CommitAt, Want
from bot.address import Repository as Place
from simulator.deployments import Deployment
from simulator.merging import by_hand
from simulator.pull_request import PullRequest
from simulator.reverting import opened
from tests.end_to_end.conftest import LABEL, READY, Shop, lines

REVERTS = "query RevertPullRequest"


@dataclass(frozen=True, slots=True)
class Line:
    """A shop in which one release is live, and the next ones fail or not."""

    shop: Shop

    async def ships(self, path: str, **files: str) -> PullRequest:
        """Merge a pull request that brings a file."""
        pull = await self.shop.repository.open_pull_request(files={path: lines(5, "step"), **files})
        await self.shop.repository.ci.succeeds(pull.head, "ci")
        await self.shop.merges(pull)
        await self.shop.release_is(pull, "deploying")
        return pull

    async def ends(self, pull: PullRequest, state: str, said: str = "") -> None:
        """Let the deployment of a pull request end."""
        await self.shop.stage.until("it is deployed", lambda: self.deployment(pull) is not None)
        deployment = self.deployment(pull)
        assert deployment is not None
        await deployment.status(state, description=said)

    def deployment(self, pull: PullRequest) -> Deployment | None:
        return next((one for one in self.shop.repository.deployments if one.sha == pull.merge_commit), None)

    async def release(self, pull: PullRequest) -> Mapping[str, Any]:
        _, told = await self.shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
        found: Mapping[str, Any] = told["release"]
        return found

    async def restore_says(self, pull: PullRequest, words: str) -> bool:
        """Tell whether these words are said of how a pull request is taken back."""
        _, told = await self.shop.told(f"/api/repos/octo/shop/releases/{pull.merge_commit}")
        return "restore" in told and words in told["restore"]["said"]

    async def says(self, pull: PullRequest, words: str) -> bool:
        """Tell whether a pull request waits for something in these words."""
        _, told = await self.shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
        return any(words in wait["what"] for wait in told.get("waiting_for", ()))

    async def line(self) -> Mapping[str, Any]:
        return (await self.shop.told("/api/repos/octo/shop/line?branch=main"))[1]

    async def is_closed_until(self, revert: PullRequest) -> bool:
        """Tell whether the line is said to open once a revert is live."""
        return any(f"its revert #{revert.number}," in one["words"] for one in (await self.line())["closings"])

    def reverts(self) -> list[PullRequest]:
        return [one for one in self.shop.repository.pulls.values() if one.head_branch.startswith("revert-")]

    async def revert_of(self, pull: PullRequest) -> PullRequest:
        """Wait for the pull request that takes one back."""
        wanted = f"revert-{pull.number}-"

        def found() -> bool:
            return any(one.head_branch.startswith(wanted) for one in self.shop.repository.pulls.values())

        await self.shop.stage.until(f"#{pull.number} is being taken back", found)
        return next(one for one in self.shop.repository.pulls.values() if one.head_branch.startswith(wanted))


@pytest.fixture
async def line(shop: Shop) -> Line:
    first = Line(shop)
    pull = await first.ships("first.py")
    await first.ends(pull, "success")
    await shop.release_is(pull, "live")
    return first


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


async def test_a_persons_revert_is_taken_over(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    human = await opened(bad, shop.stage.github.user("bob"), {})
    await shop.shows(human, "success")

    await line.ends(bad, "failure")
    await shop.release_is(bad, "reverting")
    await shop.repository.ci.succeeds(human.head, "ci")
    await shop.merges(human)
    await line.ends(human, "success")
    await shop.release_is(bad, "reverted")

    assert line.reverts() == [human]
    assert (await line.line())["state"] == "open"


async def test_a_person_may_ask_for_a_revert_of_what_is_live(line: Line) -> None:
    shop = line.shop
    good = await line.ships("good.py")
    await line.ends(good, "success")
    await shop.release_is(good, "live")

    await good.comment("bob", "/andon revert the price is wrong")
    revert = await line.revert_of(good)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await line.ends(revert, "success")
    await shop.release_is(good, "reverted")

    assert "`bob` asked for it: “the price is wrong”" in revert.now.body


async def test_a_person_may_ask_for_a_revert_where_nothing_is_deployed(shop: Shop) -> None:
    policy = READY.replace("deploy: {via: deployment}\n", "")
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Deploy elsewhere")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)

    await pull.comment("bob", "/andon revert wrong idea")
    revert = await Line(shop).revert_of(pull)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await shop.stage.until("it is over", lambda: Line(shop).restore_says(pull, f"#{revert.number} took it back"))


@pytest.mark.parametrize(
    ("who", "says"), [("mallory", "/andon revert for fun"), ("bob", "/andon revert")], ids=["stranger", "no reason"]
)
async def test_a_request_to_revert_is_refused_with_the_reason(line: Line, who: str, says: str) -> None:
    shop = line.shop
    shop.repository.people.revoke("mallory")
    good = await line.ships("good.py")

    comment = await good.comment(who, says)
    await shop.stage.until("it is answered", lambda: bool(comment.reactions))
    await shop.stage.at_rest()

    assert [one.content for one in comment.reactions] == ["confused"]
    assert line.reverts() == []


async def governed(shop: Shop, policy: str) -> None:
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Another policy")
    await shop.stage.at_rest()


async def test_a_revert_counts_as_asked_for_where_a_label_asks(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    await governed(shop, LABEL)

    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)

    assert revert.labels == ()


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
