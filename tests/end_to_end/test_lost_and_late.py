"""Deliveries that are lost, doubled, reordered or late, and a GitHub that limits, lags and contradicts itself."""

import itertools

import pytest

from bot.bench import LOOK_AGAIN
from bot.reconcile import SECOND_LOOK
from bot.sweep import discover, redeliver_failures
from simulator.knobs import Failure, RateLimit
from tests.end_to_end.conftest import CHECK_RUNS, DEPLOYMENTS, MERGES, Shop, lines, waits


async def test_with_every_delivery_lost_one_sweep_brings_everything_in_line(shop: Shop) -> None:
    shop.stage.github.loses_deliveries()
    pulls = [await shop.repository.open_pull_request(files={f"app{n}.py": lines(n)}) for n in (3, 19, 25)]
    for pull in pulls:
        await shop.repository.ci.succeeds(pull.head, "ci")

    await discover(shop.stage.bench)

    await shop.merges(pulls[0])
    await shop.merges(pulls[1])
    await shop.shows(pulls[2], "neutral")
    await shop.stage.at_rest()
    assert not pulls[2].merged


async def test_a_second_sweep_over_what_did_not_move_is_one_read_for_fifty(shop: Shop) -> None:
    shop.stage.github.advance(-60)
    for number in range(3):
        pull = await shop.repository.open_pull_request(files={f"app{number}.py": lines(30)})
        await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    await discover(shop.stage.bench)
    await shop.stage.at_rest()
    before = len(shop.stage.github.calls)

    await discover(shop.stage.bench)
    await shop.stage.at_rest()

    assert shop.calls_since(before)["query OpenPullRequests"] == 1
    assert shop.calls_since(before)["query PullRequestSnapshot"] == 0


async def test_a_pull_request_closed_without_a_word_is_found_by_the_sweep(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(30)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    await pull.close(tell=False)

    await discover(shop.stage.bench)
    await shop.stage.at_rest()

    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert told["state"] == "closed"


async def test_a_delivery_that_failed_is_asked_for_again(shop: Shop) -> None:
    hook = shop.stage.github.webhook_url
    shop.stage.github.webhook_url = "http://127.0.0.1:9/webhook"
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.stage.github.settled()
    shop.stage.github.webhook_url = hook

    again = await redeliver_failures(shop.stage.bench)

    await shop.shows(pull, "success")
    assert again > 0
    await shop.stage.at_rest()
    assert await redeliver_failures(shop.stage.bench) == 0


async def test_doubled_deliveries_change_nothing(shop: Shop) -> None:
    shop.stage.github.doubles_deliveries()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.release_is(pull, "deploying")
    await shop.stage.at_rest()

    assert (shop.writes_of(CHECK_RUNS), shop.writes_of(MERGES), shop.writes_of(DEPLOYMENTS)) == (1, 1, 1)


async def test_deliveries_in_reverse_order_come_to_the_same_end(shop: Shop) -> None:
    shop.stage.github.holds_deliveries()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(40)})
    await pull.push({"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    shop.stage.github.release_held(reverse=True)

    await shop.release_is(pull, "deploying")
    await shop.stage.at_rest()
    assert (shop.writes_of(MERGES), shop.writes_of(DEPLOYMENTS)) == (1, 1)


SNAPSHOT = "query PullRequestSnapshot"
PATIENCE = 30
"""Seconds that GitHub asks for: longer than the bot would wait after an ordinary failure."""

LIMITS = [
    RateLimit(Failure.SECONDARY, 403, retry_after=PATIENCE),
    RateLimit(Failure.SECONDARY, 429, retry_after=PATIENCE),
    RateLimit(Failure.SECONDARY, 200, retry_after=PATIENCE),
    RateLimit(Failure.PRIMARY, 403, reset_in=PATIENCE),
    RateLimit(Failure.PRIMARY, 429, reset_in=PATIENCE),
    RateLimit(Failure.PRIMARY, 200, reset_in=PATIENCE),
]


@pytest.mark.parametrize("form", LIMITS, ids=lambda form: f"{form.failure.name.lower()} as {form.status}")
async def test_a_rate_limit_in_any_form_is_waited_for(shop: Shop, form: RateLimit) -> None:
    shop.stage.github.limits_next(1, lambda asked: asked.kind == "query PullRequestSnapshot", form)

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.stage.until("the limit is met", lambda: shop.calls_since(0)[SNAPSHOT] > 0)
    await shop.stage.at_rest()
    before, due = shop.calls_since(0)[SNAPSHOT], await shop.stage.bench.store.next_due()
    shop.stage.pass_time(PATIENCE)

    await shop.shows(pull, "success")
    limited = next(call for call in shop.stage.github.calls if call.kind == SNAPSHOT)
    assert (limited.status, before) == (form.status, 1)
    assert due is not None
    assert due - limited.at >= PATIENCE - 1


async def test_a_rate_limit_without_a_time_closes_the_lane_for_a_minute(shop: Shop) -> None:
    shop.stage.github.limits_next(1, lambda asked: asked.kind == "query PullRequestSnapshot")

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.stage.until("the limit is met", lambda: any(call.status == 403 for call in shop.stage.github.calls))
    await shop.stage.at_rest()

    due = await shop.stage.bench.store.next_due()
    limited_at = next(call.at for call in shop.stage.github.calls if call.status == 403)
    assert pull.check_run("andon") is None
    assert due is not None
    assert 59 < due - limited_at < 62


@pytest.mark.parametrize("failures", [1, 3])
async def test_errors_and_resets_are_tried_again(shop: Shop, failures: int) -> None:
    kinds = itertools.cycle(["status", "reset"])
    for _ in range(failures):
        fail = shop.stage.github.fails_next if next(kinds) == "status" else shop.stage.github.resets_next
        fail(1, lambda asked: asked.kind == "query PullRequestSnapshot")

    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})

    await shop.shows(pull, "success")
    failed = [call for call in shop.stage.github.calls if call.kind == SNAPSHOT and call.status != 200]
    assert len(failed) == failures


async def test_a14_a_torn_read_is_read_again_and_never_takes_the_checks_of_another_head(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(30)})
    await shop.shows(pull, "neutral")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    shop.stage.github.torn_reads(2)

    await pull.push({"app.py": lines(5)})

    await shop.shows(pull, "success")
    await shop.look(pull)
    assert [call for call in shop.stage.github.calls if call.kind == MERGES] == []
    assert len([run for run in shop.repository.checks_on[pull.head] if run.name == "andon"]) == 1


async def test_a_stale_read_is_told_by_the_delivery_and_read_again(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    shop.stage.github.advance(2)
    shop.stage.github.stale_reads(1)

    await pull.push({"app.py": lines(30)})

    await shop.shows(pull, "neutral", within=0.7 * SECOND_LOOK)
    shown = [run.conclusion for run in shop.repository.checks_on[pull.head] if run.name == "andon"]
    assert shown == ["neutral"]


async def test_a_push_behind_the_snapshot_is_looked_at_at_once_and_nothing_undecided_is_shown(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    await pull.push({"app.py": lines(6)}, tell=False)
    between = pull.head
    shop.stage.github.advance(2)
    await pull.push({"app.py": lines(7)}, tell=False)
    shop.stage.github.stale_reads(1)

    await shop.look(pull)

    shown = {sha: [run.conclusion for run in shop.repository.checks_on.get(sha, ())] for sha in (between, pull.head)}
    assert shown == {between: [], pull.head: ["success"]}


async def test_b1_mergeability_that_github_still_computes_is_neither_yes_nor_no(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    shop.stage.github.mergeable_unknown(2)

    await shop.repository.ci.succeeds(pull.head, "ci")
    for seconds in LOOK_AGAIN[:2]:
        await shop.stage.at_rest()
        shop.stage.pass_time(seconds)

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert [call.status for call in shop.stage.github.calls if call.kind == MERGES] == [200]


async def test_b9_a_moved_base_is_tried_again(shop: Shop) -> None:
    shop.stage.github.base_modified_next(1)
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert [call.status for call in shop.stage.github.calls if call.kind == MERGES] == [405, 200]


async def test_an_incomplete_list_of_files_is_never_small(shop: Shop) -> None:
    shop.stage.github.files.limit = 1
    pull = await shop.repository.open_pull_request(files={"a.py": lines(3), "b.py": lines(300)})

    await shop.shows(pull, "neutral")

    run = pull.check_run("andon")
    assert run is not None
    assert str(run.title).startswith("Could not decide")
    assert "1 of 2 files were read" in str(run.text)


async def test_a_patch_that_github_leaves_out_is_never_small(shop: Shop) -> None:
    shop.stage.github.files.without_patch = lambda file: file.path == "b.py"
    pull = await shop.repository.open_pull_request(files={"a.py": lines(3), "b.py": lines(3)})

    await shop.shows(pull, "neutral")

    run = pull.check_run("andon")
    assert run is not None
    assert "The text of `b.py`" in str(run.text)


async def test_partial_data_is_used_for_the_verdict_and_never_for_a_merge(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, tell=False)
    await shop.repository.ci.succeeds(pull.head, "ci", tell=False)
    shop.stage.github.partial_data(*["PullRequest.labels"] * 4)

    await shop.look(pull)

    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert not pull.merged
    assert told["conclusion"] == "passed"
    assert ("GitHub did not tell the labels", "nobody") in waits(told)
