"""Each knob makes the failure it names, as often as asked, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from simulator import Failure, RateLimit

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from simulator.calls import Asked
    from tests.simulator.app_client import AppClient

REPO = "/repos/octo/shop"
LIST = "/installation/repositories"


def check_writes(asked: Asked) -> bool:
    return asked.kind == "POST /repos/{owner}/{repo}/check-runs"


@pytest.mark.parametrize(("after", "carried_out"), [(False, 1), (True, 2)])
async def test_a_5xx_comes_before_or_after_the_write(
    github: Simulator, shop: Repository, client: AppClient, *, after: bool, carried_out: int
) -> None:
    github.fails_next(1, check_writes, status=503, after=after)
    body = {"name": "andon", "head_sha": shop.head}
    other = await client.call("GET", LIST)
    replies = [await client.call("POST", f"{REPO}/check-runs", body) for _ in range(2)]

    assert [other.status, *(reply.status for reply in replies)] == [200, 503, 201]
    assert len(shop.check_runs) == carried_out


@pytest.mark.parametrize(("after", "carried_out"), [(False, 0), (True, 1)])
async def test_a_connection_breaks_before_or_after_the_write(
    github: Simulator, shop: Repository, client: AppClient, *, after: bool, carried_out: int
) -> None:
    github.resets_next(1, check_writes, after=after)

    with pytest.raises(aiohttp.ClientError):
        await client.call("POST", f"{REPO}/check-runs", {"name": "andon", "head_sha": shop.head})

    assert len(shop.check_runs) == carried_out
    assert github.calls[-1].status == 0


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (RateLimit(status=403), (403, None, False)),
        (RateLimit(status=429, retry_after=7), (429, "7", False)),
        (RateLimit(Failure.PRIMARY, 403, reset_in=90), (403, None, True)),
        (RateLimit(Failure.PRIMARY, 429, retry_after=3, reset_in=90), (429, "3", True)),
    ],
)
async def test_a_limit_speaks_in_every_form(
    github: Simulator, client: AppClient, form: RateLimit, expected: tuple[int, str | None, bool]
) -> None:
    github.limits_next(1, limit=form)
    reply = await client.call("GET", LIST)
    then = await client.call("GET", LIST)

    used_up = reply.headers["x-ratelimit-remaining"] == "0"
    ahead = int(reply.headers["x-ratelimit-reset"]) - github.now()
    assert (reply.status, reply.headers.get("retry-after"), used_up) == expected
    assert (85 < ahead <= 90) is used_up
    assert then.status == 200


async def test_graphql_is_limited_with_a_200_and_errors(github: Simulator, client: AppClient) -> None:
    github.limits_next(1, lambda asked: asked.kind == "query Small", RateLimit(status=200))
    body = await client.ask("query Small { rateLimit { cost } }")

    assert "secondary rate limit" in body["errors"][0]["message"]
    assert "data" not in body


async def test_mergeability_is_unknown_for_as_many_reads_as_asked(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    pr = await shop.open_pull_request(files={"a": "1"})
    github.mergeable_unknown(2)
    graphql = await client.snapshot(pr.number)
    rest = await client.call("GET", f"{REPO}/pulls/{pr.number}")
    known = await client.snapshot(pr.number)

    assert [graphql["mergeable"], rest.body["mergeable"], known["mergeable"]] == ["UNKNOWN", None, "MERGEABLE"]
    assert (graphql["mergeStateStatus"], rest.body["mergeable_state"]) == ("UNKNOWN", "unknown")


async def test_a_stale_read_shows_the_state_before_the_last_change(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    pr = await shop.open_pull_request(files={"a": "1"})
    old = pr.head
    await pr.push({"a": "2"})
    github.stale_reads(2)
    rest = await client.call("GET", f"{REPO}/pulls/{pr.number}")
    graphql = await client.snapshot(pr.number)
    fresh = await client.snapshot(pr.number)

    shown = [rest.body["head"]["sha"], graphql["headRefOid"], graphql["headCommit"]["nodes"][0]["commit"]["oid"]]
    assert (shown, fresh["headRefOid"]) == ([old, old, old], pr.head)


async def test_a_stale_read_does_not_know_the_newest_check(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    pr = await shop.open_pull_request(files={"a": "1"})
    await shop.ci.starts(pr.head, "ci")
    await shop.ci.fails(pr.head, "ci")
    github.stale_reads(1)
    states = []
    for _ in range(2):
        seen = await client.snapshot(pr.number)
        contexts = seen["headCommit"]["nodes"][0]["commit"]["statusCheckRollup"]["contexts"]["nodes"]
        states.append([(each["status"], each["conclusion"]) for each in contexts])

    assert states == [[("IN_PROGRESS", None)], [("COMPLETED", "FAILURE")]]


async def test_a_torn_read_shows_the_new_head_with_the_old_commits(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    pr = await shop.open_pull_request(files={"a": "1"})
    old = pr.head
    await pr.push({"a": "2"})
    github.torn_reads(1)
    torn = await client.snapshot(pr.number)
    whole = await client.snapshot(pr.number)

    heads = [(each["headRefOid"], each["headCommit"]["nodes"][0]["commit"]["oid"]) for each in (torn, whole)]
    assert heads == [(pr.head, old), (pr.head, pr.head)]


async def test_lists_of_files_can_be_cut_short_and_stripped(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    pr = await shop.open_pull_request(files={"a": "1\n", "b": "1\n", "c": "1\n"})
    github.files.limit = 2
    github.files.without_patch = lambda change: change.path == "a"
    github.files.zero_counts = lambda change: change.path == "b"
    reply = await client.call("GET", f"{REPO}/pulls/{pr.number}/files")

    rows = [(row["filename"], row["additions"], row.get("patch")) for row in reply.body]
    assert rows == [("a", 1, None), ("b", 0, "@@ -0,0 +1 @@\n+1")]


async def test_a_graphql_field_can_fail_once_beside_the_rest(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    pr = await shop.open_pull_request(files={"a": "1"})
    github.partial_data("PullRequest.files")
    query = f'query Part {{ repository(owner: "octo", name: "shop") {{ pullRequest(number: {pr.number}) '
    query += "{ number files(first: 1) { totalCount } } } }"
    first, second = await client.ask(query), await client.ask(query)

    assert first["data"]["repository"]["pullRequest"] == {"number": 1, "files": None}
    assert first["errors"][0]["path"] == ["repository", "pullRequest", "files"]
    assert second["data"]["repository"]["pullRequest"]["files"] == {"totalCount": 1}


async def test_every_call_is_written_down_by_kind(github: Simulator, shop: Repository, client: AppClient) -> None:
    pr = await shop.open_pull_request(files={"a": "1"})
    github.calls.clear()
    await client.snapshot(pr.number)
    await client.call("POST", f"{REPO}/check-runs", {"name": "andon", "head_sha": pr.head})

    kinds = {"query PullRequestSnapshot": 1, "POST /repos/{owner}/{repo}/check-runs": 1}
    assert github.count_calls() == kinds
    assert github.calls[-1].token_permissions is not None
    assert github.calls[-1].token_permissions["checks"] == "write"


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        pytest.param(Failure.CUT, None, id="cut"),
        pytest.param(Failure.SHORT, ["one"], id="short"),
    ],
)
async def test_an_answer_is_spoilt_after_it_was_carried_out(
    github: Simulator, shop: Repository, client: AppClient, failure: Failure, expected: list[str] | None
) -> None:
    pr = await shop.open_pull_request(files={"one": "1", "two": "2"})
    path = f"{REPO}/pulls/{pr.number}/files?per_page=1"
    github.spoils_next(failure, 1, lambda asked: asked.template.endswith("/files"))

    try:
        spoilt = await client.call("GET", f"{REPO}/pulls/{pr.number}/files")
        names = [file["filename"] for file in spoilt.body]
        led_on = "Link" in spoilt.headers
    except ValueError:
        names, led_on = None, False
    whole = await client.call("GET", path)

    assert (names, led_on) == (expected, False)
    assert "Link" in whole.headers
