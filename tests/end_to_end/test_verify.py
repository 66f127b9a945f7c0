"""A release is live only once production showed what the policy asks for, and went on showing it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.address import CommitAt, Want
from bot.address import Repository as Place
from bot.commands.stage import bot_beside, settings_for
from bot.evidence.targets import read_targets
from bot.settings import Settings
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from tests.contracts.checker import ContractChecker
from tests.end_to_end.conftest import READY, Shop, lines
from tests.production import Production, production, targets_text

ALL = "{checks: [smoke], workflow: canary.yml, probes: [checkout], queries: [error-rate], within: 1m, soak: 1s}"


@dataclass(frozen=True, slots=True)
class Street:
    """A shop whose bot may ask production."""

    shop: Shop
    settings: Settings

    async def deploys(self, verify: str) -> PullRequest:
        """Merge a pull request where the policy asks for evidence; its deployment succeeds."""
        policy = READY.replace("{via: deployment}", f"{{via: deployment, verify: {verify}}}")
        await self.shop.repository.commit("main", {".github/andon.yml": policy}, "Verify in production")
        pull = await self.shop.repository.open_pull_request(files={"app.py": lines(5)})
        await self.shop.shows(pull, "success")
        await self.shop.repository.ci.succeeds(pull.head, "ci")
        await self.shop.merges(pull)
        await self.shop.stage.until("it is deployed", lambda: bool(self.shop.repository.deployments))
        await self.shop.repository.deployments[0].status("success")
        return pull

    async def release(self, pull: PullRequest) -> Mapping[str, Any]:
        """Ask the bot's API for the release of a pull request."""
        _, told = await self.shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
        release: Mapping[str, Any] = told["release"]
        return release

    async def is_well(self, pull: PullRequest) -> None:
        """Wait until everything passed once."""

        async def passed() -> bool:
            return (await self.release(pull))["healthy_since"] is not None

        await self.shop.stage.until("everything passed once", passed)

    async def fails(self, pull: PullRequest) -> None:
        """Look again and again until the release has failed."""

        async def failed() -> bool:
            await self.look(pull)
            await self.shop.stage.at_rest()
            return bool((await self.release(pull))["state"] == "failed")

        await self.shop.stage.until("the release failed", failed)

    async def look(self, pull: PullRequest) -> None:
        """Let the bot look at the release without any delivery."""
        place = Place(self.shop.installation, "octo", "shop")
        await self.shop.stage.bench.store.want([Want(CommitAt(place, str(pull.merge_commit)))])


@asynccontextmanager
async def a_street(directory: Path, targets: str) -> AsyncIterator[Street]:
    """Set the stage with a bot that may ask these targets."""
    async with await Simulator.start(directory / "github", webhook_secret="s" * 32) as github:
        settings = replace(settings_for(github, directory), targets=read_targets(targets, {}))
        async with bot_beside(github, settings) as both:
            github.observers.append(checker := ContractChecker())
            installation = github.install("octo")
            repository = await github.create_repository("octo/shop")
            repository.require_checks("main", ("ci", None))
            yield Street(Shop(both, repository, installation.id), settings)
            assert github.unknown_routes == []
            assert checker.violations == []


@pytest.fixture
async def there() -> AsyncIterator[Production]:
    async with production() as it:
        yield it


@pytest.fixture
async def street(tmp_path: Path, there: Production) -> AsyncIterator[Street]:
    async with a_street(tmp_path, targets_text(there.port)) as it:
        yield it


def states(release: Mapping[str, Any]) -> dict[str, str]:
    """Tell how each piece of evidence stands."""
    return {one["kind"]: one["state"] for one in release["evidence"]}


async def test_a_release_is_live_once_every_kind_of_evidence_passed_and_lasted(
    street: Street, there: Production
) -> None:
    pull = await street.deploys(ALL)
    shop, sha = street.shop, str(pull.merge_commit)
    await shop.release_is(pull, "verifying")
    before = await street.release(pull)

    await shop.repository.ci.succeeds(sha, "smoke")
    run = await shop.repository.actions.run(sha, event="push", file="canary.yml")
    await shop.repository.actions.finish(run)
    await shop.release_is(pull, "live")

    after = await street.release(pull)
    assert before["healthy_since"] is None
    assert states(after) == dict.fromkeys(("deployment", "check", "workflow", "probe", "query"), "passed")
    assert after["soaked"] >= 1
    [query] = [one for one in after["evidence"] if one["kind"] == "query"]
    assert (query["value"], query["threshold"]) == ("0.001", "below 0.01")
    assert 'errors{env="production"}' in there.asked


async def test_another_workflows_success_is_no_evidence(street: Street) -> None:
    pull = await street.deploys("{workflow: canary.yml, within: 2s, soak: 1s}")
    run = await street.shop.repository.actions.run(str(pull.merge_commit), event="push", file="tests.yml")
    await street.shop.repository.actions.finish(run)

    await street.shop.release_is(pull, "failed")

    release = await street.release(pull)
    assert states(release) == {"deployment": "passed", "workflow": "pending"}
    assert release["detail"] == (
        "production did not show within 2 seconds that it is well; "
        "missing: the workflow `canary.yml` (it has not begun)"
    )


async def test_a_check_that_fails_on_the_landed_commit_fails_the_release_at_once(street: Street) -> None:
    pull = await street.deploys("{checks: [smoke], within: 1h}")
    await street.shop.release_is(pull, "verifying")

    await street.shop.repository.ci.fails(str(pull.merge_commit), "smoke")

    await street.shop.release_is(pull, "failed")
    release = await street.release(pull)
    assert release["detail"] == "the check `smoke` gave failure, and should be success"
    assert release["first_failing"]["name"] == "smoke"


async def test_a_value_that_leaves_its_bound_during_the_soak_fails_the_release(
    street: Street, there: Production
) -> None:
    pull = await street.deploys("{queries: [error-rate], within: 1m, soak: 1h}")
    await street.is_well(pull)

    there.value = "0.34"
    await street.fails(pull)

    release = await street.release(pull)
    assert release["detail"] == "the query `error-rate` gave 0.34, and should be below 0.01"
    first = release["first_failing"]
    assert (first["value"], first["threshold"]) == ("0.34", "below 0.01")
    assert release["healthy_since"] < first["at"]


async def test_a_probe_that_fails_three_times_in_a_row_fails_the_release(street: Street, there: Production) -> None:
    pull = await street.deploys("{probes: [checkout], within: 1m, soak: 1h}")
    await street.is_well(pull)

    there.statuses[:] = [503]
    await street.fails(pull)

    release = await street.release(pull)
    assert release["detail"] == "the probe `checkout` gave HTTP 503, and should be HTTP 200"
    assert release["first_failing"]["misses"] == 3


async def test_what_the_operator_did_not_define_is_missing_and_says_so(street: Street, there: Production) -> None:
    pull = await street.deploys("{probes: [payments], within: 1s, soak: 1s}")

    await street.shop.release_is(pull, "failed")

    assert (await street.release(pull))["detail"] == (
        "production did not show within 1 second that it is well; missing: the probe `payments` "
        "(andon's operator defined no probe of this name for octo/shop)"
    )
    assert there.asked == []


async def test_a_soak_goes_on_where_it_stood_after_a_restart(street: Street) -> None:
    pull = await street.deploys("{probes: [checkout], within: 1m, soak: 4s}")
    await street.is_well(pull)
    before = await street.release(pull)
    await street.shop.stage.service.stop()

    async with bot_beside(street.shop.stage.github, street.settings) as again:
        resumed = replace(street, shop=replace(street.shop, stage=again))
        await resumed.shop.release_is(pull, "live")
        after = await resumed.release(pull)

    assert after["healthy_since"] == before["healthy_since"]
    assert after["soaked"] >= 4


async def test_a_deployment_is_not_waited_for_where_nothing_reports_one(street: Street) -> None:
    await street.shop.repository.commit(
        "main",
        {
            ".github/andon.yml": READY.replace(
                "{via: deployment}",
                "{via: repository_dispatch, verify: {deployment: false, probes: [checkout], soak: 1s}}",
            )
        },
        "Deploy by an event",
    )
    pull = await street.shop.repository.open_pull_request(files={"app.py": lines(5)})
    await street.shop.shows(pull, "success")
    await street.shop.repository.ci.succeeds(pull.head, "ci")
    await street.shop.release_is(pull, "deploying")

    await street.look(pull)
    await street.shop.release_is(pull, "live")

    assert states(await street.release(pull)) == {"probe": "passed"}
