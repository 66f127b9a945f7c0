"""When is a pull request ready? One row for each case of checks and statuses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from simulator.ci import CI_APP, start_check
from simulator.pull_request import PullRequest
from simulator.records import CheckRunState
from tests.end_to_end.conftest import lines
from tests.end_to_end.merge_rows import (
    AUTHOR,
    FAILED,
    MAINTAINER,
    NEVER,
    NOBODY,
    RUNNING,
    Case,
    End,
    Ends,
    Row,
    Story,
    ends_of,
    opened,
)

STRICTLY = "rules: {small-diff: {}}\nmerge: {when: ready, must-succeed: [ci]}\n"
STRANGER = 4711
"""The id of an App that reports nothing here."""


async def green(case: Case) -> PullRequest:
    return await case.opened(ci="success")


def ending(conclusion: str) -> Story:
    async def story(case: Case) -> PullRequest:
        return await case.opened(ci=conclusion)

    return story


async def running(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.repository.ci.starts(pull.head, "ci")
    await case.look(pull)
    return pull


async def failed_and_another_is_green(case: Case) -> PullRequest:
    pull = await case.opened(ci="failure")
    await case.waiting(pull, FAILED)
    other = await case.repository.open_pull_request(files={"other.py": lines(3)})
    await case.repository.ci.succeeds(other.head, "ci")
    await case.stage.until("the next one is merged", lambda: other.merged)
    return pull


async def an_optional_one_fails(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.repository.ci.fails(pull.head, "lint")
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


def unfinished(status: str) -> Story:
    async def story(case: Case) -> PullRequest:
        pull = await case.opened(tell=False)
        with case.stage.github.silence():
            await start_check(case.repository, CI_APP, ("ci", pull.head), CheckRunState(status, "success"))
        await case.look(pull)
        return pull

    return story


async def rerun(case: Case) -> PullRequest:
    pull = await case.opened(tell=False)
    await case.repository.ci.succeeds(pull.head, "ci", tell=False)
    await case.repository.ci.starts(pull.head, "ci", tell=False, workflow="nightly")
    await case.look(pull)
    return pull


async def an_older_run_is_listed_last(case: Case) -> PullRequest:
    pull, now = await case.opened(tell=False), case.stage.github.now()
    with case.stage.github.silence():
        for began, conclusion in ((now - 30, "failure"), (now - 60, "success")):
            state = CheckRunState("completed", conclusion, began, began + 5)
            await start_check(case.repository, CI_APP, ("ci", pull.head), state, workflow=conclusion)
    await case.look(pull)
    return pull


def of_both_kinds(*, status: str, run: str) -> Story:
    async def story(case: Case) -> PullRequest:
        pull = await case.opened()
        await case.repository.ci.status(pull.head, "ci", status)
        await case.repository.ci.finishes(pull.head, "ci", run)
        return pull

    return story


async def pinned_to_a_stranger(case: Case) -> PullRequest:
    case.require(checks=(("ci", STRANGER),))
    return await case.opened(ci="success")


async def pinned_and_forged_by_a_status(case: Case) -> PullRequest:
    case.require(checks=(("ci", CI_APP.id),))
    pull = await case.opened()
    await case.repository.ci.status(pull.head, "ci", "success")
    return pull


async def pinned_by_classic_protection(case: Case) -> PullRequest:
    case.require(checks=(("ci", STRANGER),), classic=True)
    return await case.opened(ci="success")


async def classic_protection(case: Case) -> PullRequest:
    case.require(classic=True)
    return await case.opened()


async def classic_protection_is_met(case: Case) -> PullRequest:
    case.require(classic=True, approvals=1)
    pull = await case.opened(ci="success")
    await pull.review("bob", "APPROVED")
    return pull


async def somebody_else_speaks_for_us(case: Case) -> PullRequest:
    pull = await case.opened(tell=False)
    await case.repository.ci.status(pull.head, "andon", "success", tell=False)
    await case.repository.ci.succeeds(pull.head, "ci")
    await case.look(pull)
    return pull


async def our_own_is_required(case: Case) -> PullRequest:
    case.require(checks=(("ci", None), ("andon", case.stage.github.app_id)))
    return await case.opened(ci="success")


async def one_of_two_workflows(case: Case) -> PullRequest:
    case.require(checks=(("build", None), ("test", None)))
    pull = await case.opened()
    await case.repository.ci.succeeds(pull.head, "build")
    return pull


async def two_workflows(case: Case) -> PullRequest:
    pull = await one_of_two_workflows(case)
    await case.waiting(pull, ("waiting for `test` (never reported)", NOBODY))
    await case.repository.ci.succeeds(pull.head, "test")
    return pull


async def a_commit_of_nobody(case: Case) -> PullRequest:
    stray = await case.repository.commit("stray", {"stray.py": lines(2)}, tell=False)
    pull = await case.opened()
    await case.repository.ci.succeeds(stray, "ci")
    return pull


IMPOSTOR = (
    "`andon` was also reported by a commit status; only this App speaks for andon. A push clears it; pin the source in "
    "the ruleset"
)
NEUTRAL = "`ci` ended neutral, which GitHub takes for success"
SKIPPED = "`ci` was skipped, which GitHub takes for success"
ROWS = (
    Row("A1 never reported", opened, (NEVER,)),
    Row("A2 running", running, (RUNNING,)),
    Row("A3 failed, and the next one proceeds", failed_and_another_is_green, (FAILED,)),
    Row("A4 an optional one failed", an_optional_one_fails, mentions=("`lint` failed, and nothing requires it",)),
    Row("A5 neutral", ending("neutral"), mentions=(NEUTRAL,)),
    Row(
        "A5 neutral is not enough",
        ending("neutral"),
        (("`ci` ended neutral, and the policy wants it to succeed", AUTHOR),),
        (NEUTRAL,),
        STRICTLY,
    ),
    Row("A6 skipped", ending("skipped"), mentions=(SKIPPED,)),
    Row(
        "A6 skipped is not enough",
        ending("skipped"),
        (("`ci` ended skipped, and the policy wants it to succeed", AUTHOR),),
        (SKIPPED,),
        STRICTLY,
    ),
    Row("A6 success is enough", green, policy=STRICTLY),
    Row("A7 cancelled", ending("cancelled"), (("`ci` failed (cancelled)", AUTHOR),)),
    Row("A7 timed out", ending("timed_out"), (("`ci` failed (timed out)", AUTHOR),)),
    Row("A7 action required", ending("action_required"), (("`ci` failed (action required)", AUTHOR),)),
    Row("A7 stale", ending("stale"), (("`ci` is stale: GitHub gave up on it; run it again", AUTHOR),)),
    Row("A8 queued", unfinished("queued"), (RUNNING,)),
    Row("A8 in progress", unfinished("in_progress"), (RUNNING,)),
    Row("A9 an old success and a newer run", rerun, (RUNNING,)),
    Row("A9 the newest started, not the last listed", an_older_run_is_listed_last, (FAILED,)),
    Row("A10 good status, bad run", of_both_kinds(status="success", run="failure"), (FAILED,)),
    Row("A10 bad status, good run", of_both_kinds(status="failure", run="success"), (FAILED,)),
    Row("A10 both good", of_both_kinds(status="success", run="success")),
    Row(
        "A11 from another app",
        pinned_to_a_stranger,
        (("`ci` was reported by app 2002, and app 4711 is expected", MAINTAINER),),
    ),
    Row(
        "A11 a status instead",
        pinned_and_forged_by_a_status,
        (("`ci` was reported by a commit status, and app 2002 is expected", MAINTAINER),),
    ),
    Row(
        "A11 from another app, by classic protection",
        pinned_by_classic_protection,
        (("`ci` was reported by app 2002, and another App is expected", MAINTAINER),),
    ),
    Row("A1 never reported, by classic protection", classic_protection, (NEVER,)),
    Row("A1 classic protection is met", classic_protection_is_met),
    Row("A12 somebody else speaks for us", somebody_else_speaks_for_us, ((IMPOSTOR, MAINTAINER),)),
    Row("A13 our own is required", our_own_is_required),
    Row("A16 one of two workflows", one_of_two_workflows, (("waiting for `test` (never reported)", NOBODY),)),
    Row("A16 both workflows", two_workflows),
    Row("A17 a check on a commit of nobody", a_commit_of_nobody, (NEVER,)),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ends(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ends]:
    async with ends_of(ROWS, tmp_path_factory.mktemp("cases")) as found:
        yield found


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
async def test_each_case_ends_as_the_table_says(ends: Ends, row: Row) -> None:
    end = ends[row.id]

    assert end == End(row.merges, row.waits, row.mentions)
