"""What GitHub would merge by itself, once something has changed: in its merge queue, and armed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from simulator import merge_queue
from simulator.merging import by_hand
from simulator.pull_request import PullRequest
from tests.chaos.in_memory import InMemory
from tests.end_to_end.conftest import MERGES, Shop, lines

QUEUED = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready, hold-labels: [wait]}\ndeploy: {via: deployment}\n"
SILENT = "rules: {small-diff: {max-lines: 20}}\n"
ARMED = "rules: {}\nmerge: {when: ready, via: auto-merge}\ndeploy: {via: deployment}\nline: {max-undeployed: 1}\n"
DEQUEUES, ARMS, DISARMS = "query Dequeue", "query ArmAutoMerge", "query DisarmAutoMerge"

Happens = Callable[[Shop, PullRequest], Awaitable[object]]


async def governed(shop: Shop, policy: str) -> None:
    """Set a policy on a branch that requires `ci` and the check of this App."""
    shop.repository.require_checks("main", ("ci", None), ("andon", shop.stage.github.app_id))
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Set the policy")
    await shop.stage.at_rest()


async def opened(shop: Shop, count: int = 5) -> PullRequest:
    """Open a pull request of its own file."""
    name = f"part_{len(shop.repository.pulls)}"
    pull = await shop.repository.open_pull_request(files={f"{name}.py": lines(count, name)})
    await shop.stage.at_rest()
    return pull


async def queued(shop: Shop) -> PullRequest:
    """Open one that andon puts into the merge queue."""
    pull = await opened(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.until("it stands in the queue", lambda: pull.number in numbers(shop))
    await shop.stage.at_rest()
    return pull


def numbers(shop: Shop) -> list[int]:
    return [entry.number for entry in shop.repository.queue]


async def production(shop: Shop, state: str) -> None:
    """Let the deployment of something that a person merged end so."""
    pull = await opened(shop)
    await by_hand(pull, "alice")
    await shop.release_is(pull, "deploying")
    await shop.repository.deployments[-1].status(state, description=f"smoke test: {state}")
    await shop.release_is(pull, "failed" if state == "failure" else "live")
    await shop.stage.at_rest()


async def run_on(shop: Shop, sha: str) -> tuple[str | None, str]:
    """Wait until our check run stands on a commit of the queue, and give what it says."""
    await shop.stage.until("the group is answered", lambda: any(_ours(shop, sha)))
    run = _ours(shop, sha)[-1]
    return run.conclusion, f"{run.title}: {run.summary}"


def _ours(shop: Shop, sha: str) -> list[Any]:
    return [run for run in shop.repository.checks_on.get(sha, []) if run.name == "andon"]


async def hold_label(_: Shop, pull: PullRequest) -> None:
    await pull.label("wait")


async def hold_command(_: Shop, pull: PullRequest) -> None:
    await pull.comment("bob", "/andon hold not before the fair")


async def stricter_policy(shop: Shop, _: PullRequest) -> None:
    policy = QUEUED.replace("20", "2")
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Be stricter")


@pytest.mark.parametrize("happens", [hold_label, hold_command, stricter_policy])
async def test_what_is_held_is_taken_out_of_githubs_queue_once(shop: Shop, happens: Happens) -> None:
    shop.repository.require("main", queue=True)
    await governed(shop, QUEUED)
    pull = await queued(shop)

    await happens(shop, pull)

    await shop.stage.until("it is out of the queue", lambda: numbers(shop) == [])
    await shop.stage.at_rest()
    assert shop.calls_since(0)[DEQUEUES] == 1
    assert not pull.merged


async def test_without_a_merge_section_a_held_one_stays_in_githubs_queue(shop: Shop) -> None:
    shop.repository.require("main", queue=True)
    await shop.repository.commit("main", {".github/andon.yml": SILENT}, "Judge, and merge nothing")
    pull = await opened(shop, 40)
    await merge_queue.enqueue(pull, shop.repository.github.user("bob"))
    await shop.stage.at_rest()

    await shop.look(pull)

    assert (numbers(shop), DEQUEUES in shop.calls_since(0)) == ([pull.number], False)


async def test_while_production_closes_the_line_a_group_fails_in_words_whoever_queued_it(shop: Shop) -> None:
    shop.repository.require("main", queue=True)
    await governed(shop, QUEUED)
    await production(shop, "failure")
    pull = await opened(shop)

    await merge_queue.enqueue(pull, shop.repository.github.user("bob"))

    sha = shop.repository.queue[-1].sha
    conclusion, said = await run_on(shop, sha)
    await shop.stage.at_rest()
    assert conclusion == "failure"
    assert said.startswith("The line is closed: Nothing lands now: production is unhealthy since 20")
    assert numbers(shop) == []


async def test_a_group_of_fixes_alone_passes_a_line_that_production_closed(shop: Shop) -> None:
    shop.repository.require("main", queue=True)
    await governed(shop, QUEUED)
    await production(shop, "failure")
    pull = await opened(shop)
    await pull.comment("bob", "/andon fix-forward restores the checkout")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.until("it stands in the queue", lambda: numbers(shop) == [pull.number])

    [entry] = shop.repository.queue
    conclusion, _ = await run_on(shop, entry.sha)
    await shop.repository.ci.succeeds(entry.sha, "ci")

    await shop.merges(pull)
    assert conclusion == "success"
    assert DEQUEUES not in shop.calls_since(0)


async def test_what_is_queued_when_production_fails_is_taken_out_and_comes_back_once_it_is_well(shop: Shop) -> None:
    shop.repository.require("main", queue=True)
    await governed(shop, QUEUED)
    pull = await queued(shop)

    await production(shop, "failure")
    out, waits = numbers(shop), await waits_of(shop, pull)
    await production(shop, "success")

    await shop.stage.until("it stands in the queue again", lambda: numbers(shop) == [pull.number])
    assert (out, shop.calls_since(0)[DEQUEUES]) == ([], 1)
    assert "production is unhealthy" in str(waits)


async def test_what_a_person_queued_is_taken_out_too_when_production_fails(shop: Shop) -> None:
    shop.repository.require("main", queue=True)
    await governed(shop, QUEUED.replace("when: ready", "when: label"))
    pull = await opened(shop)
    await merge_queue.enqueue(pull, shop.repository.github.user("bob"))
    await shop.stage.at_rest()
    before = numbers(shop)

    await production(shop, "failure")

    assert (before, numbers(shop)) == ([pull.number], [])


async def test_e4_a_planned_freeze_lets_a_group_in_flight_finish(shop: Shop) -> None:
    shop.repository.require("main", queue=True)
    await governed(shop, QUEUED)
    pull = await queued(shop)
    other = await opened(shop)

    await other.comment("bob", "/andon freeze database migration")
    await shop.stage.at_rest()
    kept = numbers(shop)
    await shop.repository.ci.succeeds(shop.repository.queue[0].sha, "ci")

    await shop.merges(pull)
    assert (kept, DEQUEUES in shop.calls_since(0)) == ([pull.number], False)


async def waits_of(shop: Shop, pull: PullRequest) -> list[str]:
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return [wait["what"] for wait in told["waiting_for"]]


async def frozen(shop: Shop, *, thaws: bool) -> None:
    """Freeze the line, or open it again, from a pull request that is no candidate itself."""
    drafts = [pull for pull in shop.repository.pulls.values() if pull.now.draft]
    place = drafts[0] if drafts else await shop.repository.open_pull_request(files={"d.py": lines(1)}, draft=True)
    await place.comment("bob", "/andon unfreeze" if thaws else "/andon freeze database migration")
    await shop.stage.at_rest()


async def unhealthy(shop: Shop, *, thaws: bool) -> None:
    """Have production fail, and get well."""
    await production(shop, "success" if thaws else "failure")


async def backlogged(shop: Shop, *, thaws: bool) -> None:
    """Have more land than may be undeployed, and deploy it."""
    if thaws:
        await shop.repository.deployments[-1].status("success")
        await shop.stage.at_rest()
        return
    pull = await opened(shop)
    await by_hand(pull, "alice")
    await shop.release_is(pull, "deploying")
    await shop.stage.at_rest()


@pytest.mark.parametrize(
    ("closes", "said"),
    [(frozen, "is frozen"), (unhealthy, "production is unhealthy"), (backlogged, "too much is undeployed")],
)
async def test_what_is_armed_is_disarmed_when_the_line_closes_says_so_once_and_is_armed_again_when_it_opens(
    shop: Shop, closes: Any, said: str
) -> None:
    await governed(shop, ARMED)
    pull = await opened(shop)
    before = pull.now.auto_merge

    await closes(shop, thaws=False)
    shut, run, calls = pull.now.auto_merge, pull.check_run("andon"), len(shop.stage.github.calls)
    await shop.look(pull)
    again = shop.calls_since(calls)
    await closes(shop, thaws=True)

    await shop.stage.until("it is armed again", lambda: pull.now.auto_merge is not None)
    await shop.stage.at_rest()
    assert (before is None, shut) == (False, None)
    assert run is not None
    assert "GitHub's auto-merge is withdrawn until the line is open" in str(run.summary)
    assert said in str(run.summary)
    assert again == {"query PullRequestSnapshot": 1}
    assert shop.calls_since(0)[DISARMS] == 1
    assert "withdrawn" not in str(pull.check_run("andon"))


async def test_a_fix_is_armed_while_production_closes_the_line(shop: Shop) -> None:
    await governed(shop, ARMED.replace("line: {max-undeployed: 1}\n", ""))
    await production(shop, "failure")
    pull = await opened(shop)
    before, calls = pull.now.auto_merge, len(shop.stage.github.calls)

    await pull.comment("bob", "/andon fix-forward restores the checkout")
    await shop.stage.until("it is armed", lambda: pull.now.auto_merge is not None)
    await shop.stage.at_rest()
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    assert before is None
    spent = shop.calls_since(calls)
    assert (spent[ARMS], DISARMS in spent, MERGES in spent) == (1, False, False)


def test_a_freeze_that_ends_by_itself_is_followed_by_arming_without_any_event() -> None:
    form = InMemory()
    form.run(armed_in(form))
    [place, pull] = form.github.repositories["octo/shop"].pulls.values()
    before = pull.now.auto_merge

    form.run(place.comment("bob", "/andon freeze database migration until 10m"))
    form.run(form.pass_time(500.0))
    frozen_by_then = pull.now.auto_merge
    form.run(form.pass_time(150.0))

    form.close()
    assert (before is None, frozen_by_then, pull.now.auto_merge is None) == (False, None, False)


async def armed_in(form: InMemory) -> None:
    """Set the stage in virtual time: a draft, and a pull request that is armed."""
    form.github.install("octo")
    repository = await form.github.create_repository("octo/shop")
    repository.require_checks("main", ("ci", None), ("andon", form.github.app_id))
    await repository.commit("main", {".github/andon.yml": ARMED}, "Set the policy")
    await form.rest(2.0)
    await repository.open_pull_request(files={"d.py": lines(1)}, draft=True)
    await repository.open_pull_request(files={"app.py": lines(5)})
    await form.rest(2.0)
