"""When is a pull request ready? One row for each case of its state, its labels and its author."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from simulator.pull_request import PullRequest
from tests.end_to_end.merge_rows import AUTHOR, MAINTAINER, NEVER, Case, End, Ends, Row, ends_of

LABEL = "rules: {small-diff: {}}\nmerge: {when: label, label: ship}\n"
HOLDING = "rules: {small-diff: {}}\nmerge: {when: label, label: ship, hold-labels: [do-not-merge]}\n"
NO_LABEL = ("neither the label `ship` is set, nor was `/andon merge` said", MAINTAINER)


async def closed(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.waiting(pull, NEVER)
    await pull.close()
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def an_edited_request(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.waiting(pull, NO_LABEL, NEVER)
    said = await pull.comment("bob", "Looks good")
    await pull.edit_comment(said, "/andon merge", by="mallory")
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def by_a_deleted_account(case: Case) -> PullRequest:
    login = f"gone-{case.place.owner}"
    pull = await case.opened(author=login)
    case.stage.github.delete_user(login)
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def by_a_bot(case: Case) -> PullRequest:
    return await case.opened(ci="success", author="dependabot[bot]")


async def a_draft(case: Case) -> PullRequest:
    return await case.opened(ci="success", draft=True)


async def a_draft_made_ready(case: Case) -> PullRequest:
    pull = await a_draft(case)
    await case.waiting(pull, ("it is a draft", AUTHOR))
    await pull.ready()
    return pull


async def unlabelled_in_time(case: Case) -> PullRequest:
    pull = await case.opened()
    await pull.label("ship")
    await case.waiting(pull, NEVER)
    await pull.unlabel("ship")
    await case.waiting(pull, NO_LABEL, NEVER)
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def labelled_to_go_and_to_stay(case: Case) -> PullRequest:
    pull = await case.opened()
    await pull.label("ship")
    await pull.label("Do-Not-Merge")
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def let_go_again(case: Case) -> PullRequest:
    pull = await labelled_to_go_and_to_stay(case)
    await case.waiting(pull, ("the label `do-not-merge` holds it", MAINTAINER))
    await pull.unlabel("Do-Not-Merge")
    return pull


ROWS = (
    Row("B2 closed", closed, (NEVER,)),
    Row("C13 an edited request", an_edited_request, (NO_LABEL,), policy=LABEL),
    Row("C15 by a deleted account", by_a_deleted_account),
    Row("C15 by a bot", by_a_bot),
    Row("D1 a draft", a_draft, (("it is a draft", AUTHOR),)),
    Row("D1 a draft made ready", a_draft_made_ready),
    Row("D4 the label is taken off", unlabelled_in_time, (NO_LABEL,), policy=LABEL),
    Row(
        "D5 D6 labelled to go and to stay",
        labelled_to_go_and_to_stay,
        (("the label `do-not-merge` holds it", MAINTAINER),),
        policy=HOLDING,
    ),
    Row("D5 the label is taken off", let_go_again, policy=HOLDING),
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
