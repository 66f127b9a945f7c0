"""The workflows in `examples/` do what they say: their own steps run against the simulated GitHub and the real bot."""

from __future__ import annotations

from pathlib import Path

from bot.address import CommitAt, Want
from bot.address import Repository as Place
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import READY, Shop, lines
from tests.workflow_runs import Run, of_deployment, of_dispatch

VERIFIED = "{via: deployment, tell: true, verify: {checks: [smoke], within: 1m, soak: 1s}, on-failure: nothing}"
BY_DISPATCH = "{via: repository_dispatch, on-failure: nothing}"


async def merged(shop: Shop, deploy: str) -> PullRequest:
    await shop.repository.commit(
        "main", {".github/andon.yml": READY.replace("{via: deployment}", deploy)}, "Deploy by a workflow"
    )
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    return pull


async def look(shop: Shop, pull: PullRequest) -> None:
    """Look at the release: the check that the smoke test reports is here one of andon's own, which tells it nothing."""
    place = Place(shop.installation, "octo", "shop")
    await shop.stage.bench.store.want([Want(CommitAt(place, str(pull.merge_commit)))])


async def is_dispatched(shop: Shop, count: int) -> None:
    await shop.stage.until(f"{count} are sent", lambda: len(shop.repository.dispatches) == count)


async def test_a_deployment_a_smoke_test_and_a_note_bring_a_release_to_live(shop: Shop, tmp_path: Path) -> None:
    pull = await merged(shop, VERIFIED)
    await shop.stage.until("a deployment is asked for", lambda: bool(shop.repository.deployments))
    [deployment] = shop.repository.deployments
    deploys = Run(shop.repository, tmp_path / "deploy", of_deployment(deployment), {"deploy.sh": "echo deployed"})

    deployed = await deploys.plays("deploy.yml")
    await is_dispatched(shop, 1)
    event = of_dispatch(shop.repository.dispatches[0])
    asked = await Run(shop.repository, tmp_path / "smoke", event, {"smoke.sh": "exit 0"}).plays("smoke.yml")
    await look(shop, pull)
    await shop.release_is(pull, "live")
    await is_dispatched(shop, 2)
    notes = Run(shop.repository, tmp_path / "notes", of_dispatch(shop.repository.dispatches[1]))
    await notes.plays("after-release.yml")

    assert (deployed, asked) == ("success", "success")
    assert [status.state for status in deployment.statuses] == ["in_progress", "success"]
    noted = (tmp_path / "notes" / "summary").read_text(encoding="utf-8")
    assert noted.startswith("live since ")
    assert f": #{pull.number}, commit {pull.merge_commit} in production. \n" in noted


async def test_a_smoke_test_that_fails_fails_the_release(shop: Shop, tmp_path: Path) -> None:
    pull = await merged(shop, VERIFIED)
    await shop.stage.until("a deployment is asked for", lambda: bool(shop.repository.deployments))
    event = of_deployment(shop.repository.deployments[0])
    await Run(shop.repository, tmp_path / "deploy", event, {"deploy.sh": "exit 0"}).plays("deploy.yml")
    await is_dispatched(shop, 1)

    event = of_dispatch(shop.repository.dispatches[0])
    await Run(shop.repository, tmp_path / "smoke", event, {"smoke.sh": "exit 1"}).plays("smoke.yml")
    await look(shop, pull)

    await shop.release_is(pull, "failed")
    _, known = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert known["release"]["detail"] == "the check `smoke` gave failure, and should be success"


async def test_a_deployment_that_fails_says_so(shop: Shop, tmp_path: Path) -> None:
    pull = await merged(shop, VERIFIED)
    await shop.stage.until("a deployment is asked for", lambda: bool(shop.repository.deployments))
    event = of_deployment(shop.repository.deployments[0])

    await Run(shop.repository, tmp_path / "deploy", event, {"deploy.sh": "exit 3"}).plays("deploy.yml")

    await shop.release_is(pull, "failed")
    _, known = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert known["release"]["detail"] == "the job deploy did not succeed"


async def test_another_environment_is_not_deployed(shop: Shop, tmp_path: Path) -> None:
    await merged(shop, "{via: deployment, environment: staging}")
    await shop.stage.until("a deployment is asked for", lambda: bool(shop.repository.deployments))
    [deployment] = shop.repository.deployments

    await Run(shop.repository, tmp_path / "deploy", of_deployment(deployment)).plays("deploy.yml")

    assert deployment.statuses == []


async def test_a_dispatch_creates_the_deployment_that_andon_follows(shop: Shop, tmp_path: Path) -> None:
    pull = await merged(shop, BY_DISPATCH)
    await is_dispatched(shop, 1)
    await shop.stage.at_rest()
    event = of_dispatch(shop.repository.dispatches[0])

    await Run(shop.repository, tmp_path / "deploy", event, {"deploy.sh": "exit 0"}).plays("deploy-by-dispatch.yml")

    await shop.release_is(pull, "live")
    [deployment] = shop.repository.deployments
    assert (deployment.sha, deployment.environment) == (pull.merge_commit, "production")
