"""Workflows are told how a release stands, where the policy asks for it."""

from __future__ import annotations

from bot.address import CommitAt, Want
from bot.address import Repository as Place
from bot.release.telling import AGAIN_SECONDS, tell
from rules.engine.sections import Deploy
from simulator.deployments import Deployment
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import READY, Shop, lines
from tests.workflow_runs import told

TELLING = "{via: deployment, tell: true, verify: {checks: [smoke], within: 1m, soak: 1s}, on-failure: nothing}"


async def ship(shop: Shop, deploy: str = TELLING, status: str = "success") -> PullRequest:
    """Merge a pull request; its deployment ends as told."""
    policy = READY.replace("{via: deployment}", deploy)
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Tell workflows")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.until("it is deployed", lambda: bool(shop.repository.deployments))
    await shop.repository.deployments[0].status(status, description="readiness probe never answered")
    return pull


async def look(shop: Shop, pull: PullRequest) -> None:
    """Let the bot look at the release without any delivery, and wait until it has."""
    place = Place(shop.installation, "octo", "shop")
    await shop.stage.bench.store.want([Want(CommitAt(place, str(pull.merge_commit)))])
    await shop.stage.at_rest()


async def is_told(shop: Shop, *types: str) -> None:
    await shop.stage.until(f"{types} are told", lambda: told(shop.repository.dispatches) == list(types))


async def next_one(shop: Shop, path: str) -> PullRequest:
    """Merge one more, and wait until it is deployed."""
    before = len(shop.repository.deployments)
    pull = await shop.repository.open_pull_request(files={path: lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.until("it is deployed", lambda: len(shop.repository.deployments) > before)
    return pull


async def is_taken_back(shop: Shop, pull: PullRequest) -> None:
    """Let the revert pass CI and its deployment."""
    revert = await shop.revert_of(pull)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)

    def its_own() -> list[Deployment]:
        return [one for one in shop.repository.deployments if one.sha == revert.merge_commit]

    await shop.stage.until("the revert is deployed", lambda: bool(its_own()))
    await its_own()[0].status("success")
    await shop.release_is(pull, "reverted")
    await shop.stage.at_rest()


def told_of(shop: Shop, pull: PullRequest) -> list[str]:
    """List what was told of one release, in order."""
    return [one.name for one in shop.repository.dispatches if one.payload["sha"] == pull.merge_commit]


async def test_each_state_is_told_once_with_what_it_is_of(shop: Shop) -> None:
    shop.stage.github.doubles_deliveries()

    pull = await ship(shop)
    await is_told(shop, "andon-verifying")
    await shop.repository.ci.succeeds(str(pull.merge_commit), "smoke")
    await is_told(shop, "andon-verifying", "andon-live")
    await look(shop, pull)

    verifying, live = shop.repository.dispatches
    assert verifying.payload["state"] == "verifying"
    assert {**live.payload, "since": None} == {
        "sha": pull.merge_commit,
        "state": "live",
        "environment": "production",
        "branch": "main",
        "pull_request": str(pull.number),
        "since": None,
        "detail": "",
    }
    assert live.payload["since"].endswith("Z")


async def test_a_failure_is_told_with_its_reason(shop: Shop) -> None:
    pull = await ship(shop, status="failure")

    await is_told(shop, "andon-failed")

    [sent] = shop.repository.dispatches
    assert (sent.payload["sha"], sent.payload["detail"]) == (pull.merge_commit, "readiness probe never answered")


async def test_a_deployment_that_github_refused_to_start_is_told_as_failed(shop: Shop) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind.endswith("/deployments"), status=409)
    policy = READY.replace("{via: deployment}", "{via: deployment, tell: true, on-failure: nothing}")
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Tell workflows")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await is_told(shop, "andon-failed")

    assert shop.repository.dispatches[0].payload["detail"].startswith("GitHub refused to start the deployment")


async def test_nothing_is_told_where_the_policy_does_not_ask_for_it(shop: Shop) -> None:
    pull = await ship(shop, "{via: deployment}")

    await shop.release_is(pull, "live")
    await shop.stage.at_rest()

    assert shop.repository.dispatches == []


async def test_what_was_kept_and_not_told_is_told_at_the_next_look(shop: Shop) -> None:
    pull = await ship(shop, "{via: deployment}")
    await shop.release_is(pull, "live")
    await shop.stage.at_rest()
    policy = READY.replace("{via: deployment}", "{via: deployment, tell: true}")
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Tell workflows")

    await look(shop, pull)

    assert told_of(shop, pull) == ["andon-live"]


async def test_what_broke_off_is_told_again_with_the_same_state(shop: Shop) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind.endswith("/dispatches"), status=502, after=True)

    pull = await ship(shop)
    await is_told(shop, "andon-verifying")
    await look(shop, pull)

    first, second = shop.repository.dispatches
    assert (first.name, first.payload) == (second.name, second.payload)


async def test_a_release_goes_on_while_nobody_can_be_told(shop: Shop) -> None:
    shop.stage.github.fails_next(99, lambda asked: asked.kind.endswith("/dispatches"), status=503)

    pull = await ship(shop)
    await shop.release_is(pull, "verifying")
    await shop.repository.ci.succeeds(str(pull.merge_commit), "smoke")
    await shop.release_is(pull, "live")
    await shop.stage.at_rest()

    bench = shop.stage.bench
    release = await bench.store.release_of_pull_request("octo", "shop", pull.number)
    assert release is not None
    again_at = await tell(bench, release, Deploy(tell=True))
    due = await bench.store.next_due()
    assert shop.repository.dispatches == []
    assert again_at is not None
    assert due is not None
    assert due <= again_at <= bench.clock() + AGAIN_SECONDS


async def test_a_failure_is_taken_back_while_nobody_can_be_told_and_each_step_of_it_is_told_afterwards(
    shop: Shop,
) -> None:
    await ship(shop, "{via: deployment, tell: true}")
    await is_told(shop, "andon-live")
    shop.stage.github.fails_next(1, lambda asked: asked.kind.endswith("/dispatches"), status=503)
    pull = await next_one(shop, "oops.py")
    await shop.repository.deployments[-1].status("failure", description="readiness probe never answered")

    await shop.release_is(pull, "reverting")
    await is_taken_back(shop, pull)

    assert told_of(shop, pull) == ["andon-failed", "andon-reverting", "andon-reverted"]


async def test_what_landed_between_a_failure_and_its_revert_is_told_as_superseded(shop: Shop) -> None:
    await ship(shop, "{via: deployment, tell: true}")
    await is_told(shop, "andon-live")
    bad = await next_one(shop, "oops.py")
    deployment = shop.repository.deployments[-1]
    between = await next_one(shop, "fine.py")
    await deployment.status("failure", description="readiness probe never answered")

    await shop.release_is(bad, "reverting")
    await is_taken_back(shop, bad)

    await shop.release_is(between, "superseded")
    assert told_of(shop, between) == ["andon-superseded"]


async def test_what_github_refuses_is_not_sent_again_and_again(shop: Shop) -> None:
    shop.stage.github.fails_next(99, lambda asked: asked.kind.endswith("/dispatches"), status=403)

    pull = await ship(shop, "{via: deployment, tell: true}")
    await shop.release_is(pull, "live")
    await shop.stage.at_rest()
    await look(shop, pull)

    assert shop.calls_since(0)["POST /repos/{owner}/{repo}/dispatches"] == 1
