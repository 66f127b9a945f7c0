"""Whoever lost the lease writes nothing: the proof is asked for as the last thing before a request leaves."""

from __future__ import annotations

import pytest

from bot.github.fence import Overtaken, fenced, prove
from bot.github.tokens import Purpose, Scope
from bot.github.write import apply
from bot.published import CreateComment, DisarmAutoMerge
from tests.github.conftest import Line


async def lost() -> None:
    raise Overtaken("pull/7/octo/shop/1")


@pytest.mark.parametrize("by", ["rest", "graphql"])
async def test_a_request_that_changes_something_is_not_sent_once_the_lease_is_lost(line: Line, by: str) -> None:
    action = CreateComment(line.place, 1, "hello") if by == "rest" else DisarmAutoMerge(line.place, "PR_1")

    with fenced(lost), pytest.raises(Overtaken):
        await apply(line.connection, action)

    assert [call.kind for call in line.github.calls if "access_tokens" not in call.kind] == []


async def test_what_only_reads_needs_no_proof(line: Line) -> None:
    scope = Scope.of(line.place, Purpose.LOOK)

    with fenced(lost):
        read = await line.connection.get(scope, "/repos/octo/shop/commits/main")
        asked = await line.connection.graphql(scope, "query Viewer { viewer { login } }", {})

    assert read["sha"]
    assert asked.data["viewer"]["login"] == line.github.app.bot.login


async def test_outside_of_a_look_nobody_asks() -> None:
    with fenced(lost):
        pass

    assert await prove() is None  # type: ignore[func-returns-value] # nothing is raised
