"""Laws of authentication, scope, limits and deliveries, each with its source in GitHub's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from tests.simulator.app_client import AppClient, Ear

CHECKS = "/repos/octo/shop/check-runs"


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({}, 200),
        ({"exp": -1}, 401),
        ({"exp": 660}, 401),
        ({"iat": 300}, 401),
        ({"iss": "4711"}, 401),
    ],
    ids=["as documented", "expired", "more than ten minutes ahead", "issued in the future", "another App"],
)
async def test_a_jwt_counts_only_as_documented(
    github: Simulator, client: AppClient, claims: dict[str, object], status: int
) -> None:
    """Source: generating a JSON Web Token for a GitHub App."""
    now = int(github.now())
    shifted = {name: now + value if isinstance(value, int) else value for name, value in claims.items()}

    reply = await client.app_call("GET", "/app", **shifted)

    assert reply.status == status


async def test_a_jwt_signed_by_another_key_is_refused(client: AppClient) -> None:
    """Source: generating a JSON Web Token for a GitHub App."""
    head, _, _ = client.jwt().rpartition(".")

    reply = await client.call("GET", "/app", bearer=f"{head}.AAAA")

    assert reply.status == 401


async def test_an_installation_token_lives_one_hour_and_is_long(github: Simulator, client: AppClient) -> None:
    """Source: generating an installation access token; tokens have about 520 characters now."""
    github.advance(3599)
    within = await client.call("GET", "/installation/repositories")
    github.advance(2)
    beyond = await client.call("GET", "/installation/repositories")

    assert (within.status, beyond.status) == (200, 401)
    assert 500 <= len(client.token) <= 540
    assert client.token.startswith("ghs_1001_")


async def test_a_token_opens_only_what_its_permissions_cover(shop: Repository, client: AppClient) -> None:
    """Source: REST API, 403 `Resource not accessible by integration`."""
    assert shop.installation is not None
    await client.mint(shop.installation.id, permissions={"checks": "read"})

    reply = await client.call("POST", CHECKS, {"name": "andon", "head_sha": shop.head})

    assert (reply.status, reply.body["message"]) == (403, "Resource not accessible by integration")


async def test_a_token_cannot_be_granted_more_than_the_installation(shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, create an installation access token: permissions cannot exceed the grant."""
    assert shop.installation is not None
    shop.installation.permissions["contents"] = "read"

    reply = await client.mint(shop.installation.id, permissions={"contents": "write"})

    assert reply.status == 422


async def test_a_token_reaches_only_its_repositories(github: Simulator, shop: Repository, client: AppClient) -> None:
    """Source: OpenAPI, create an installation access token: `repositories`."""
    assert shop.installation is not None
    await github.create_repository("octo/other")
    await github.create_repository("elsewhere/other")
    await client.mint(shop.installation.id, repositories=["shop"])

    statuses = [
        (await client.call("GET", f"/repos/{name}/commits/{shop.head}/check-runs")).status
        for name in ("octo/shop", "octo/other", "elsewhere/other", "octo/none")
    ]

    assert statuses == [200, 404, 404, 404]


async def test_the_hourly_allowance_ends_in_403_and_begins_anew(github: Simulator, client: AppClient) -> None:
    """Source: rate limits for the REST API: remaining 0 and 403 until x-ratelimit-reset."""
    github.limits.hourly = 2
    github.advance(3601)
    assert (await client.mint(next(iter(github.installations)))).status == 201
    replies = [await client.call("GET", "/installation/repositories") for _ in range(3)]
    github.advance(3601)
    await client.mint(next(iter(github.installations)))
    later = await client.call("GET", "/installation/repositories")

    assert [reply.status for reply in replies] == [200, 200, 403]
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
    assert later.status == 200


async def test_graphql_says_with_a_200_that_its_points_are_used_up(github: Simulator, client: AppClient) -> None:
    """Source: rate limits and query limits for the GraphQL API: a 200 with an error of type RATE_LIMITED."""
    github.limits.hourly = 1
    github.advance(3601)
    await client.mint(next(iter(github.installations)))
    first = await client.ask("query A { rateLimit { remaining } }")
    second = await client.ask("query A { rateLimit { remaining } }")

    assert first["data"]["rateLimit"]["remaining"] == 0
    assert second["errors"][0]["type"] == "RATE_LIMITED"


async def test_every_answer_carries_its_limits_and_a_request_id(client: AppClient) -> None:
    """Source: rate limits for the REST API, headers."""
    reply = await client.call("GET", "/installation/repositories")

    names = {name.lower() for name in reply.headers}
    limits = {f"x-ratelimit-{name}" for name in ("limit", "remaining", "reset", "used", "resource")}
    assert names >= limits | {"x-github-request-id"}


async def test_an_unknown_route_is_404_and_counted(github: Simulator, client: AppClient) -> None:
    reply = await client.call("GET", "/repos/octo/shop/unheard-of")

    assert (reply.status, reply.body["message"]) == (404, "Not Found")
    assert github.unknown_routes == ["GET /repos/octo/shop/unheard-of"]


async def test_an_unsupported_api_version_is_refused(client: AppClient) -> None:
    """Source: API versions: a version that is not supported is answered with 400."""
    reply = await client.call("GET", "/installation/repositories", **{"X-GitHub-Api-Version": "2001-01-01"})

    assert reply.status == 400


async def test_a_failed_delivery_is_listed_not_repeated_and_can_be_sent_again_under_its_guid(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    """Source: handling failed webhook deliveries (no automatic redelivery); OpenAPI, app webhook deliveries."""
    ear.status = 503
    await shop.open_pull_request(files={"a": "1"})
    await github.settled()
    listed = await client.app_call("GET", "/app/hook/deliveries")
    opened = next(row for row in listed.body if row["event"] == "pull_request")
    ear.status = 202
    again = await client.app_call("POST", f"/app/hook/deliveries/{opened['id']}/attempts")
    await github.settled()
    newest = (await client.app_call("GET", "/app/hook/deliveries?per_page=1")).body[0]

    assert (opened["status"], opened["status_code"], opened["redelivery"]) == ("Invalid HTTP Response", 503, False)
    assert again.status == 202
    assert [one.guid for one in ear.of("pull_request", "opened")] == [opened["guid"]] * 2
    assert (newest["guid"], newest["status"], newest["redelivery"]) == (opened["guid"], "OK", True)


async def test_a_delivery_older_than_three_days_cannot_be_sent_again(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    """Source: redelivering webhooks: deliveries of the past 3 days."""
    await shop.commit("main", {"a": "1"})
    await github.settled()
    number = (await client.app_call("GET", "/app/hook/deliveries")).body[0]["id"]
    github.advance(3 * 24 * 3600 + 60)

    reply = await client.app_call("POST", f"/app/hook/deliveries/{number}/attempts")

    assert reply.status == 404


async def test_deliveries_are_paged_by_a_cursor_in_the_link_header(
    github: Simulator, shop: Repository, client: AppClient
) -> None:
    """Source: OpenAPI, list deliveries for an app webhook: `cursor`."""
    for number in range(3):
        await shop.commit("main", {"a": str(number)})
    await github.settled()
    seen: list[int] = []
    path: str | None = "/app/hook/deliveries?per_page=4"
    while path is not None:
        reply = await client.app_call("GET", path)
        seen += [row["id"] for row in reply.body]
        link = reply.headers.get("Link")
        path = None if link is None else link.partition("<")[2].partition(">")[0]

    assert len(seen) == 6
    assert seen == sorted(set(seen), reverse=True)
