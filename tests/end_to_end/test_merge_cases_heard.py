"""What others report, and what GitHub shows at odd moments: cases by their ids."""

from __future__ import annotations

import json
from typing import Any

from simulator import emit, report_shapes
from simulator.ci import start_check
from simulator.pull_request import PullRequest
from simulator.records import App, CheckRun, CheckRunState, User
from tests.end_to_end.conftest import CHECK_RUNS, LABEL, MERGES, Shop, lines, waits

SNAPSHOT = "query PullRequestSnapshot"
OTHER_APP = App(3003, "other", User(903003, "other[bot]", "Bot"))


async def opened(shop: Shop, count: int = 5, **proposal: Any) -> PullRequest:
    """Open a pull request of so many lines, and wait until it is judged and all is at rest."""
    number = len(shop.repository.pulls)
    pull = await shop.repository.open_pull_request(files={f"app{number}.py": lines(count)}, **proposal)
    await shop.stage.at_rest()
    return pull


async def told_of(shop: Shop, pull: PullRequest) -> dict[str, object]:
    return dict((await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}"))[1])


def tell_of_check(shop: Shop, run: CheckRun, **changed: object) -> None:
    """Deliver that a check run completed, with some of its fields changed."""
    check = report_shapes.check_run(shop.repository, run) | changed
    emit.tell(shop.repository, "check_run", run.app.bot, {"action": "completed", "check_run": check})


async def test_a12_another_apps_check_of_our_name_is_named_and_kept_on_record_and_ours_still_counts(shop: Shop) -> None:
    pull = await opened(shop, 30)
    ours = pull.check_run("andon")

    await start_check(shop.repository, OTHER_APP, ("andon", pull.head), CheckRunState("completed", "success"))
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    impostor = "`andon` was also reported by app 3003; only this App speaks for andon. A push clears it; pin the source"
    record = await told_of(shop, pull)
    newest = [run for run in shop.repository.checks_on[pull.head] if run.app.id == shop.stage.github.app_id][-1]
    assert ours is not None
    assert [what[: len(impostor)] for what, who in waits(record) if who == "a maintainer"] == [impostor]
    assert impostor in str(newest.text)
    assert (newest.conclusion, pull.merged) == ("neutral", False)


async def test_a12_a_forged_status_before_our_answer_merges_nothing_and_ours_is_written_beside_it(shop: Shop) -> None:
    shop.repository.require_checks("main", ("ci", None), ("andon", None))
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, tell=False)
    await shop.repository.ci.succeeds(pull.head, "ci", tell=False)

    await shop.repository.ci.status(pull.head, "andon", "success")

    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    assert not pull.merged
    assert "`andon` was also reported by a commit status" in str(waits(await told_of(shop, pull)))


async def test_a13_an_event_of_our_own_check_run_costs_no_look(shop: Shop) -> None:
    pull = await opened(shop, 30)
    run = pull.check_run("andon")
    before = len(shop.stage.github.calls)

    assert run is not None
    for action in ("created", "completed"):
        await emit.check_run(shop.repository, run, action)
    await shop.stage.at_rest()

    assert shop.calls_since(before) == {}


async def test_a16_one_workflow_that_failed_is_told_while_the_other_runs(shop: Shop) -> None:
    shop.repository.require_checks("main", ("build", None), ("test", None))
    pull = await opened(shop)
    await shop.repository.ci.starts(pull.head, "test", workflow="second")

    await shop.repository.ci.fails(pull.head, "build")
    await shop.stage.at_rest()

    assert waits(await told_of(shop, pull)) == [
        ("`build` failed", "the author"),
        ("waiting for `test` (running)", "nobody"),
    ]


async def test_a17_a_start_that_is_told_twice_changes_nothing(shop: Shop) -> None:
    shop.stage.github.doubles_deliveries()
    pull = await opened(shop)
    writes = shop.writes_of(CHECK_RUNS)

    await shop.repository.ci.starts(pull.head, "ci")
    await shop.stage.at_rest()
    record = await told_of(shop, pull)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()

    assert record["head"] == pull.head
    assert [call.status for call in shop.stage.github.calls if call.kind == MERGES] == [200]
    assert shop.writes_of(CHECK_RUNS) == writes


async def test_a17_a_check_on_a_commit_that_nobody_knows_is_no_reason_to_read_a_pull_request(shop: Shop) -> None:
    pull = await opened(shop)
    run = await shop.repository.ci.starts(pull.head, "ci", tell=False)
    before = len(shop.stage.github.calls)

    tell_of_check(shop, run, head_sha="a" * 40, pull_requests=[])
    await shop.stage.at_rest()

    assert shop.calls_since(before)[SNAPSHOT] == 0


async def test_b2_unknown_and_closed_is_left_alone(shop: Shop) -> None:
    pull = await opened(shop)
    await shop.repository.ci.succeeds(pull.head, "ci", tell=False)
    shop.stage.github.mergeable_unknown(50)
    writes = shop.writes_of(CHECK_RUNS)

    await pull.close()
    await shop.stage.at_rest()

    line = (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]
    assert (pull.merged, shop.writes_of(CHECK_RUNS), line["entries"]) == (False, writes, [])
    assert shop.calls_since(0)[MERGES] == 0


async def test_b3_while_github_computes_a_missing_label_is_told_as_well(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    await shop.stage.at_rest()
    shop.stage.github.mergeable_unknown(50)

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, tell=False)
    await shop.repository.ci.succeeds(pull.head, "ci", tell=False)
    await shop.look(pull)

    assert waits(await told_of(shop, pull)) == [
        ("neither the label `ship` is set, nor was `/andon merge` said", "a maintainer"),
        ("GitHub is still computing whether it can be merged", "nobody"),
    ]


async def test_b5_merged_and_conflicting_at_once_gets_no_word_and_leaves_the_line(shop: Shop) -> None:
    pull = await opened(shop)
    landed = await shop.repository.commit("main", {"app0.py": lines(4, "theirs")}, "Merge it by hand", tell=False)
    before = len(shop.stage.github.calls)

    await pull.land(landed, shop.repository.head, shop.repository.github.user("alice"))
    await shop.stage.at_rest()

    written = [
        kind for kind in shop.calls_since(before) if kind.startswith(("POST", "PUT", "PATCH")) and "token" not in kind
    ]
    line = (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]
    assert (await told_of(shop, pull))["state"] == "merged"
    assert line["entries"] == []
    assert set(written) <= {"POST /repos/{owner}/{repo}/deployments"}


async def test_b24_a_branch_that_is_deleted_takes_its_pull_request_out_without_a_fall(shop: Shop) -> None:
    pull = await opened(shop)

    await shop.repository.drop_branch(pull.head_branch)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    assert (await told_of(shop, pull))["state"] == "closed"
    assert not pull.merged
    assert shop.calls_since(0)[MERGES] == 0


async def test_e15_a_check_that_names_another_repositorys_pull_request_is_looked_up_by_its_commit(shop: Shop) -> None:
    mine, other = await opened(shop, 30), await opened(shop, 30)
    run = await shop.repository.ci.starts(mine.head, "ci", tell=False)
    [named] = report_shapes.minimal_pulls(shop.repository, other.head)
    elsewhere = {**named, "base": {**named["base"], "repo": {**named["base"]["repo"], "id": 1}}}
    before = len(shop.stage.github.calls)

    tell_of_check(shop, run, pull_requests=[elsewhere])
    await shop.stage.at_rest()

    read = [call.body for call in shop.stage.github.calls[before:] if call.kind == SNAPSHOT]
    assert [json.loads(json.dumps(body))["variables"]["number"] for body in read] == [mine.number]


async def test_e16_a_status_on_a_forks_commit_is_found_by_the_commit_and_no_other_pull_request_is_read(
    shop: Shop,
) -> None:
    others = [await opened(shop, 30) for _ in range(3)]
    fork = await opened(shop, fork=True, author="mallory")
    shop.repository.require_checks("main", ("ci", None))
    before = len(shop.stage.github.calls)

    await shop.repository.ci.status(fork.head, "ci", "success")
    await shop.stage.at_rest()

    read = [json.loads(json.dumps(call.body)) for call in shop.stage.github.calls[before:] if call.kind == SNAPSHOT]
    sent = [one.payload for one in shop.stage.github.webhooks.sent if one.event == "status"][-1]
    assert sent["branches"] == []
    assert {body["variables"]["number"] for body in read} == {fork.number}
    assert "waiting for `ci`" not in str(waits(await told_of(shop, fork)))
    assert len(others) == 3


async def test_e16_a_forks_check_names_no_pull_request_and_is_found_by_the_commit(shop: Shop) -> None:
    fork = await opened(shop, fork=True, author="mallory")

    await shop.repository.ci.fails(fork.head, "ci")
    await shop.stage.at_rest()

    sent = [one.payload for one in shop.stage.github.webhooks.sent if one.event == "check_run"][-1]
    assert sent["check_run"]["pull_requests"] == []
    assert ("`ci` failed", "the author") in waits(await told_of(shop, fork))
