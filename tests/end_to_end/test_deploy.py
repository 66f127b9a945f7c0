"""A landed commit is deployed exactly once, in each of the three ways, and followed to its end."""

from dataclasses import replace

import pytest

from bot.address import CommitAt, Repository
from bot.github.fence import Overtaken, fenced
from bot.release.release import follow
from bot.store.ledger import ReleaseState
from simulator.deployments import Deployment
from simulator.knobs import RateLimit
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import READY, Shop, lines


async def ship(shop: Shop, deploy: str) -> PullRequest:
    policy = READY.replace("{via: deployment}", deploy)
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Deploy another way")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.release_is(pull, "deploying")
    await shop.stage.at_rest()
    return pull


async def test_repository_dispatch_tells_once_what_landed(shop: Shop) -> None:
    shop.stage.github.doubles_deliveries()

    pull = await ship(shop, "{via: repository_dispatch, event-type: go-live}")

    [sent] = shop.repository.dispatches
    assert sent.name == "go-live"
    assert sent.payload["sha"] == pull.merge_commit
    assert shop.repository.deployments == []


async def test_workflow_dispatch_runs_the_named_workflow_once(shop: Shop) -> None:
    pull = await ship(shop, "{via: workflow_dispatch, workflow: ship.yml}")

    [run] = shop.repository.workflow_dispatches
    assert (run.name, run.ref) == ("ship.yml", "main")
    assert run.payload["sha"] == pull.merge_commit


async def test_a_dispatch_whose_answer_broke_off_is_not_sent_again(shop: Shop) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind.endswith("/dispatches"), status=502, after=True)

    await ship(shop, "{via: repository_dispatch}")

    assert len(shop.repository.dispatches) == 1


async def test_a_dispatch_that_a_rate_limit_stopped_is_sent_afterwards(shop: Shop) -> None:
    shop.stage.github.limits_next(1, lambda asked: asked.kind.endswith("/dispatches"), RateLimit(retry_after=1))

    await ship(shop, "{via: repository_dispatch}")
    await shop.stage.until("it is sent", lambda: bool(shop.repository.dispatches))

    assert len(shop.repository.dispatches) == 1


async def test_whoever_stood_still_before_a_dispatch_sends_none_and_another_look_does(shop: Shop) -> None:
    pull = await ship(shop, "{via: repository_dispatch}")
    store, place = shop.stage.bench.store, Repository(shop.installation, "octo", "shop")
    release = await store.release_of(place, str(pull.merge_commit))
    assert release is not None
    await store.save_release(replace(release, state=ReleaseState.LANDED))
    proofs = iter((True, False))

    async def held_at_first() -> None:
        if not next(proofs):
            raise Overtaken(release.sha)

    with fenced(held_at_first), pytest.raises(Overtaken):
        await follow(shop.stage.bench, CommitAt(place, release.sha))
    sent_then = len(shop.repository.dispatches)
    await shop.stage.until("it is sent", lambda: len(shop.repository.dispatches) > sent_then)
    await shop.stage.at_rest()

    assert (sent_then, len(shop.repository.dispatches)) == (1, 2)


async def test_a_deployment_that_a_workflow_made_is_followed(shop: Shop) -> None:
    pull = await ship(shop, "{via: workflow_dispatch, environment: live}")
    runner = shop.stage.github.user("ci-runner")
    asked = {"ref": "main", "environment": "live"}
    deployment = Deployment(shop.repository, str(pull.merge_commit), asked, runner)
    shop.repository.deployments.append(deployment)

    await deployment.status("success")

    await shop.release_is(pull, "live")
    release = await shop.stage.bench.store.release_of_pull_request("octo", "shop", pull.number)
    assert release is not None
    assert (release.environment, release.deployment_id) == ("live", deployment.id)


@pytest.mark.parametrize("state", ["failure", "error"])
async def test_a_failed_deployment_fails_the_release_with_its_reason(shop: Shop, state: str) -> None:
    pull = await ship(shop, "{via: deployment}")
    [deployment] = shop.repository.deployments

    await deployment.status(state, description="readiness probe never answered")

    await shop.release_is(pull, "failed")
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert told["release"]["detail"] == "readiness probe never answered"


async def test_a_lost_deployment_status_is_found_by_looking_again(shop: Shop) -> None:
    pull = await ship(shop, "{via: deployment}")
    [deployment] = shop.repository.deployments
    shop.stage.github.loses_deliveries()
    await deployment.status("success")
    release = await shop.stage.bench.store.release_of_pull_request("octo", "shop", pull.number)
    assert release is not None
    timers = await shop.stage.bench.store.next_due()

    assert release.state == "deploying"
    assert timers is not None


async def test_no_deploy_section_means_no_deployment(shop: Shop) -> None:
    policy = READY.replace("deploy: {via: deployment}\n", "")
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Deploy elsewhere")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    await shop.stage.at_rest()

    assert shop.repository.deployments == []
