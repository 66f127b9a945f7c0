"""When is a pull request ready? One row for each case of reviews and conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from simulator import reviewing
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import lines
from tests.end_to_end.merge_rows import AUTHOR, REVIEWER, Case, End, Ends, Row, Story, ends_of


async def pushed_after_the_approval(case: Case) -> PullRequest:
    case.require(approvals=1, dismiss_stale=True)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    await pull.push({"app.py": lines(6)})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def pushed_where_approvals_stay(case: Case) -> PullRequest:
    case.require(approvals=1)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    await pull.push({"app.py": lines(6)})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


def approved_by(login: str, *, then: Callable[[Case, PullRequest], None] | None = None, count: int = 1) -> Story:
    """Have somebody approve; `then` happens before the bot may merge."""

    async def story(case: Case) -> PullRequest:
        case.require(approvals=count)
        case.repository.outsiders.add("mallory")
        pull = await case.opened(author="alice")
        await pull.review(login, "APPROVED")
        if then is not None:
            then(case, pull)
        await case.repository.ci.succeeds(pull.head, "ci")
        await case.look(pull)
        return pull

    return story


def loses_access(case: Case, _: PullRequest) -> None:
    case.repository.people.revoke("bob")


def is_asked_again(_: Case, pull: PullRequest) -> None:
    reviewing.ask(pull, "bob")


async def changes_asked_for_and_dismissed(case: Case) -> PullRequest:
    case.require(approvals=1)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    against = await pull.review("bob", "CHANGES_REQUESTED")
    await case.repository.ci.succeeds(pull.head, "ci")
    await case.waiting(pull, ("`bob` asked for changes", AUTHOR))
    reviewing.dismiss(pull, against)
    await case.look(pull)
    return pull


async def changes_asked_for(case: Case) -> PullRequest:
    case.require(approvals=1)
    pull = await case.opened(ci="success")
    await pull.review("bob", "CHANGES_REQUESTED")
    return pull


async def changes_asked_for_beside_an_approval(case: Case) -> PullRequest:
    pull = await changes_asked_for(case)
    await pull.review("carol", "APPROVED")
    return pull


async def a_code_owner_is_missing(case: Case) -> PullRequest:
    case.require(code_owners=("dora",))
    pull = await case.opened(ci="success")
    await pull.review("bob", "APPROVED")
    return pull


async def a_code_owner_approves(case: Case) -> PullRequest:
    pull = await a_code_owner_is_missing(case)
    await case.waiting(pull, ("waiting for code owner review of `dora`", REVIEWER))
    await pull.review("dora", "APPROVED")
    return pull


async def pushed_last_by_nobody_else(case: Case) -> PullRequest:
    case.require(last_push=True)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    await pull.push({"app.py": lines(6)})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


def with_a_conversation(*, asked: bool, collapsed: bool = False, resolved: bool = False) -> Story:
    async def story(case: Case) -> PullRequest:
        case.require(threads=asked)
        pull = await case.opened()
        thread = reviewing.begin_thread(pull, "bob", collapsed=collapsed)
        if resolved:
            reviewing.resolve(pull, thread)
        await case.repository.ci.succeeds(pull.head, "ci")
        return pull

    return story


LAST_PUSH = "waiting for an approval of the last push, by somebody other than who pushed it"
NO_ACCESS = "0 of 1 required approval; that of `{}` does not count, for want of write access"
ROWS = (
    Row(
        "C1 pushed after the approval",
        pushed_after_the_approval,
        (("0 of 1 required approval; that of `bob` was dismissed by the push of `HEAD`", REVIEWER),),
    ),
    Row("C2 C3 GitHub lets the approval stand", pushed_where_approvals_stay),
    Row("C4 by the author", approved_by("alice"), (("0 of 1 required approval", REVIEWER),)),
    Row("C4 by somebody else", approved_by("bob")),
    Row("C5 by somebody without access", approved_by("mallory"), ((NO_ACCESS.format("mallory"), REVIEWER),)),
    Row("C5 one of two", approved_by("bob", count=2), (("1 of 2 required approvals", REVIEWER),)),
    Row("C6 access lost since", approved_by("bob", then=loses_access), ((NO_ACCESS.format("bob"), REVIEWER),)),
    Row("C7 the second opinion dismissed", changes_asked_for_and_dismissed),
    Row(
        "C8 asked again",
        approved_by("bob", then=is_asked_again),
        (("`bob` approved and was asked to review again", REVIEWER),),
    ),
    Row(
        "C9 a code owner is missing",
        a_code_owner_is_missing,
        (("waiting for code owner review of `dora`", REVIEWER),),
    ),
    Row("C9 a code owner approved", a_code_owner_approves),
    Row("C9 nobody approved the last push", pushed_last_by_nobody_else, ((LAST_PUSH, REVIEWER),)),
    Row("C10 changes asked for", changes_asked_for, (("`bob` asked for changes", AUTHOR),)),
    Row("C11 beside an approval", changes_asked_for_beside_an_approval, (("`bob` asked for changes", AUTHOR),)),
    Row(
        "C12 a conversation is open",
        with_a_conversation(asked=True),
        (("1 review conversation is not resolved", AUTHOR),),
    ),
    Row(
        "C12 folded away is not resolved",
        with_a_conversation(asked=True, collapsed=True),
        (("1 review conversation is not resolved", AUTHOR),),
    ),
    Row("C12 resolved", with_a_conversation(asked=True, resolved=True)),
    Row("C12 nobody asks for that", with_a_conversation(asked=False)),
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
