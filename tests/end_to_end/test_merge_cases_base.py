"""When is a pull request ready? One row for each case of what its base branch asks, or does not ask."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import lines
from tests.end_to_end.merge_rows import AUTHOR, FAILED, MAINTAINER, Case, End, Ends, Row, ends_of

NAMED = "rules: {small-diff: {}}\nmerge: {when: ready, required-checks: [ci]}\n"
NO_PROOF = (
    "nothing here proves that it works: no ruleset requires a check. Require one, or name it in the policy under "
    "`merge: {required-checks: […]}`"
)
NO_EVIDENCE = (NO_PROOF, MAINTAINER)


async def conflicting(case: Case) -> PullRequest:
    pull = await case.opened(ci="failure")
    await case.waiting(pull, FAILED)
    await case.repository.commit("main", {"app.py": lines(4, "theirs")})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def deployments_are_required(case: Case) -> PullRequest:
    case.require(others=("REQUIRED_DEPLOYMENTS",))
    return await case.opened(ci="success")


async def signatures_are_required(case: Case) -> PullRequest:
    case.require(others=("REQUIRED_SIGNATURES",), classic=True)
    return await case.opened(ci="success")


async def unprotected(case: Case) -> PullRequest:
    case.repository.rulesets.clear()
    return await case.opened(ci="success")


async def unprotected_before_any_check(case: Case) -> PullRequest:
    case.repository.rulesets.clear()
    return await case.opened()


BLIND = "GitHub blocks this and we cannot see why: the base branch has rules that andon cannot judge: "
ROWS = (
    Row("A19 before any check exists", unprotected_before_any_check, (NO_EVIDENCE,)),
    Row("B4 conflicting", conflicting, (("it conflicts with its base branch", AUTHOR),)),
    Row("B15 a rule that we cannot judge", deployments_are_required, ((f"{BLIND}required deployments", MAINTAINER),)),
    Row("B15 the same by classic protection", signatures_are_required, ((f"{BLIND}required signatures", MAINTAINER),)),
    Row("D12 nothing is protected", unprotected, (NO_EVIDENCE,)),
    Row("D12 the policy names the evidence", unprotected, policy=NAMED),
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
