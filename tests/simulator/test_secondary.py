"""Whoever asks for more than GitHub's secondary limits allow is refused, and told when to come again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.calls import Asked
from simulator.secondary import Caller, points_of

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from tests.simulator.app_client import AppClient

NOW = 1_900_000_000.0
READ = Asked("GET", "/repos/{owner}/{repo}/pulls", "/repos/octo/shop/pulls")
CHECK = Asked("POST", "/repos/{owner}/{repo}/check-runs", "/repos/octo/shop/check-runs")
COMMENT = Asked("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments", "/repos/octo/shop/issues/1/comments")
QUERY = Asked("POST", "/graphql", "/graphql", "Small")


@pytest.mark.parametrize(
    ("asked", "count", "limit"),
    [
        pytest.param(READ, 900, "points a minute", id="reads"),
        pytest.param(CHECK, 180, "points a minute", id="writes"),
        pytest.param(QUERY, 2000, "points a minute", id="queries"),
        pytest.param(COMMENT, 80, "content a minute", id="comments"),
    ],
)
def test_a_minute_holds_so_much_and_no_more(asked: Asked, count: int, limit: str) -> None:
    caller = Caller()

    met = [caller.overstepped(asked, "", NOW + number / 100) for number in range(count + 1)]
    later = caller.overstepped(asked, "", NOW + 61 + count / 100)

    assert met == [None] * count + [limit]
    assert later is None


def test_an_hour_holds_five_hundred_comments() -> None:
    caller = Caller()

    met = [caller.overstepped(COMMENT, "", NOW + number) for number in range(0, 3510, 7)]

    assert met == [None] * 500 + ["content an hour"] * 2


def test_rest_and_graphql_have_minutes_of_their_own() -> None:
    caller = Caller()

    met = [caller.overstepped(asked, "", NOW) for asked in (READ, QUERY) * 900]

    assert met == [None] * 1800


@pytest.mark.parametrize(
    ("asked", "query", "points"),
    [
        (READ, "", 1),
        (CHECK, "", 5),
        (QUERY, "query Small { x }", 1),
        (QUERY, "# To say it.\nmutation Small { x }", 5),
    ],
)
def test_a_call_costs_its_points(asked: Asked, query: str, points: int) -> None:
    assert points_of(asked, query) == points


async def test_too_many_comments_are_refused_with_the_time_to_wait(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    pull = await shop.open_pull_request(files={"a": "1"})
    path = f"/repos/octo/shop/issues/{pull.number}/comments"

    replies = [await client.call("POST", path, {"body": f"{number}"}) for number in range(81)]
    github.advance(61)
    after = await client.call("POST", path, {"body": "later"})

    assert [reply.status for reply in replies] == [201] * 80 + [403]
    assert (replies[-1].headers["retry-after"], after.status) == ("60", 201)
    assert (len(pull.comments), github.limits.overstepped) == (81, ["content a minute"])


@pytest.mark.parametrize(("others", "status", "met"), [(99, 200, []), (100, 403, ["at once"])])
async def test_a_hundred_calls_are_under_way_at_once_and_no_more(
    github: Simulator, client: AppClient, others: int, status: int, met: list[str]
) -> None:
    github.server.busy += others

    reply = await client.call("GET", "/installation/repositories")

    assert (reply.status, github.limits.overstepped) == (status, met)
