"""What comes after the merge, and who goes first: cases of the line and of the release by their ids."""

from __future__ import annotations

from pathlib import Path

from bot.commands.stage import Stage, bot_beside, settings_for
from bot.sweep import discover
from simulator.deployments import Deployment
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.contracts.checker import ContractChecker
from tests.end_to_end.conftest import READY, Shop, lines

POLICY = ".github/andon.yml"


async def green(repository: Repository) -> PullRequest:
    """Open a pull request of a file of its own with green CI."""
    pull = await repository.open_pull_request(files={f"part_{len(repository.pulls)}.py": lines(5)})
    await repository.ci.succeeds(pull.head, "ci")
    return pull


async def by_somebody(shop: Shop, sha: str) -> Deployment:
    """Have somebody else deploy a commit to production."""
    made = Deployment(shop.repository, sha, {"ref": sha}, shop.stage.github.user("bob"))
    shop.repository.deployments.append(made)
    return made


async def test_e2_a_fix_goes_before_whoever_stood_there_first_once_the_line_moves(shop: Shop) -> None:
    place = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await place.comment("bob", "/andon freeze migration")
    await shop.stage.at_rest()
    first = await green(shop.repository)
    await shop.stage.at_rest()
    fix = await green(shop.repository)
    await shop.stage.at_rest()
    await fix.comment("bob", "/andon fix-forward restores the checkout")
    await shop.stage.at_rest()
    order = [one["number"] for one in (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]["entries"]]

    await place.comment("bob", "/andon unfreeze")

    await shop.merges(first)
    await shop.merges(fix)
    assert order == [fix.number, first.number]
    assert (fix.now.merged_at or 0) < (first.now.merged_at or 0)


async def test_e9_a_deployment_that_never_answers_fails_at_its_bound_and_says_so(shop: Shop) -> None:
    policy = READY.replace("{via: deployment}", "{via: deployment, within: 3s}")
    await shop.repository.commit("main", {POLICY: policy}, "Be impatient")

    pull = await green(shop.repository)
    await shop.release_is(pull, "deploying")

    await shop.release_is(pull, "failed")
    release = (await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}"))[1]["release"]
    assert release["detail"] == "no deployment of it to production succeeded within 0 minutes"


async def test_e9_a_bot_that_died_while_it_deployed_goes_on_when_it_is_back_and_deploys_once(tmp_path: Path) -> None:
    async with await Simulator.start(tmp_path / "github") as github:
        github.observers.append(checker := ContractChecker())
        settings = settings_for(github, tmp_path)
        async with bot_beside(github, settings) as before:
            github.install("octo")
            repository = await github.create_repository("octo/shop")
            repository.require_checks("main", ("ci", None))
            await repository.commit("main", {POLICY: READY}, "Let small changes ship by themselves")
            pull = await green(repository)
            await before.until("it is deployed", lambda: bool(repository.deployments))
            await before.at_rest()
        github.loses_deliveries()
        await repository.deployments[0].status("success")

        async with bot_beside(github, settings) as after:
            await discover(after.bench)
            await after.until("it is known as live", lambda: _state(after, pull, "live"))

    assert len(repository.deployments) == 1
    assert checker.violations == []


async def _state(both: Stage, pull: PullRequest, state: str) -> bool:
    release = await both.bench.store.release_of_pull_request("octo", "shop", pull.number)
    return release is not None and release.state == state


async def test_e10_somebodys_deployment_of_another_commit_is_not_taken_for_the_release(shop: Shop) -> None:
    pull = await green(shop.repository)
    await shop.release_is(pull, "deploying")
    other = await by_somebody(shop, shop.repository.head)
    older = await by_somebody(shop, pull.now.base_oid)

    await other.status("success")
    await older.status("failure")
    await shop.stage.at_rest()
    release = await shop.stage.bench.store.release_of_pull_request("octo", "shop", pull.number)
    await shop.repository.deployments[0].status("success")

    await shop.release_is(pull, "live")
    assert release is not None
    assert release.state == "deploying"


async def test_e10_a_release_that_another_commit_replaced_was_live_and_stays_so(shop: Shop) -> None:
    pull = await green(shop.repository)
    await shop.release_is(pull, "deploying")
    with shop.stage.github.silence():
        await shop.repository.deployments[0].status("success")
        other = await by_somebody(shop, pull.now.base_oid)
        await other.status("success")
    await shop.repository.deployments[0].status("inactive")

    await discover(shop.stage.bench)

    await shop.release_is(pull, "live")
    release = await shop.stage.bench.store.release_of_pull_request("octo", "shop", pull.number)
    assert release is not None
    assert release.deployment_id == shop.repository.deployments[0].id
