from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from bot.address import PullRequestAt, Repository, Want
from bot.requests.requests import Answer, Request, Verb
from bot.store.flags_kept import Landed
from bot.store.ledger import Release, ReleaseState
from bot.store.requests_kept import Answered
from rules.engine.pull_request import Account
from tests.web.given import Running

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    Serving = Callable[..., AbstractAsyncContextManager[Running]]

TOKEN = "an API token of at least 32 bytes"
SHOP = Repository(7, "octo", "shop")
RECORD = {"conclusion": "held", "canary": "private"}


def is_reachable_elsewhere() -> str:
    """Give an address of this machine that is not loopback, or nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks for a route
        except OSError:
            return ""
        return str(probe.getsockname()[0])


async def test_a_pull_request_is_shown_with_its_release(running: Running) -> None:
    release = Release(SHOP, "c" * 40, 3, "main", ReleaseState.LIVE, "production", "deployment", 9, "", 5.0, 4.0)
    await running.store.record_decision(SHOP, 3, "a" * 40, RECORD)
    await running.store.land(release)

    async with running.http.get("/api/repos/Octo/Shop/pulls/3") as response:
        status, shown = response.status, await response.json()

    assert status == 200
    assert shown["conclusion"] == "held"
    assert (shown["release"]["state"], shown["release"]["repository"], shown["release"]["deployment_id"]) == (
        "live",
        "octo/shop",
        9,
    )


async def test_a_pull_request_that_has_not_landed_shows_no_release(running: Running) -> None:
    await running.store.record_decision(SHOP, 3, "a" * 40, RECORD)

    async with running.http.get("/api/repos/octo/shop/pulls/3") as response:
        shown = await response.json()

    assert shown == RECORD


async def test_the_flags_of_a_repository_are_listed_with_the_changes_that_brought_them(running: Running) -> None:
    await running.store.note_flags(Landed(SHOP, 3, 100.0, added=("new-checkout",)))

    async with running.http.get("/api/repos/octo/shop/flags") as response:
        shown = await response.json()

    assert shown["flags"] == [
        {
            "key": "new-checkout",
            "first_seen": 100.0,
            "first_by": 3,
            "last_seen": 100.0,
            "last_by": 3,
            "removed_at": None,
            "removed_by": None,
            "stale": True,
        }
    ]
    assert shown["stale_after"] == 60 * 86_400


@pytest.mark.parametrize(
    ("policy", "age", "removed", "stale"),
    [
        pytest.param(None, 61, (), True, id="sixty days where no policy was seen"),
        pytest.param(None, 59, (), False, id="younger"),
        pytest.param(10, 11, (), True, id="as the policy says"),
        pytest.param(10, 9, (), False, id="younger than the policy says"),
        pytest.param(10, 11, ("new-checkout",), False, id="gone"),
    ],
)
async def test_a_flag_that_is_still_there_is_stale_at_the_age_that_the_policy_says(
    running: Running, policy: int | None, age: int, removed: tuple[str, ...], *, stale: bool
) -> None:
    now = running.store.clock()
    if policy is not None:
        await running.store.keep_stale_after(SHOP, policy * 86_400)
    await running.store.note_flags(Landed(SHOP, 3, now - age * 86_400, added=("new-checkout",)))
    await running.store.note_flags(Landed(SHOP, 4, now, removed=removed))

    async with running.http.get("/api/repos/Octo/shop/flags") as response:
        shown = await response.json()

    assert shown["stale_after"] == (policy or 60) * 86_400
    assert [flag["stale"] for flag in shown["flags"]] == [stale]


async def test_the_audit_says_who_asked_for_what_and_what_became_of_it(running: Running) -> None:
    asked = Request("comment/5/0", Verb.HOLD, Account("bob", 2), 10.0, reason="sale", line="/andon hold sale")
    await running.store.answer(Answered(SHOP, 3, Answer(asked, "a" * 40, "t" * 40, 11.0)))

    async with running.http.get("/api/repos/Octo/Shop/audit") as response:
        shown = await response.json()
    async with running.http.get("/api/repos/octo/shop/audit?before=11") as response:
        earlier = await response.json()

    assert shown["requests"] == [
        {
            "pull_request": 3,
            "verb": "hold",
            "rule": "",
            "reason": "sale",
            "said": "/andon hold sale",
            "by": "bob",
            "account": 2,
            "asked_at": 10.0,
            "at": 11.0,
            "head": "a" * 40,
            "tree": "t" * 40,
            "refusal": "",
            "source": "comment/5/0",
        }
    ]
    assert earlier["requests"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/repos/octo/shop/pulls/4", 404),
        ("/api/repos/octo/shop/audit?before=yesterday", 400),
        ("/api/repos/octo/shop/audit?before=1e999", 400),
        ("/api/repos/octo/shop/pulls/x", 404),
        ("/api/repos/octo/shop/pulls/99999999999999999999", 404),
        ("/nowhere", 404),
        ("/webhook", 405),
    ],
)
async def test_what_is_not_there_is_said_in_json(running: Running, path: str, status: int) -> None:
    async with running.http.get(path) as response:
        answer = await response.json()

    assert response.status == status
    assert answer["error"]


ASKED = [
    "/api/repos/octo/shop/pulls/3",
    "/api/repos/octo/shop/audit",
    "/api/repos/octo/shop/flags",
    "/api/repos/octo/shop/line?branch=main",
    "/status.json",
]
"""One page of each kind."""


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("", 401),
        ("Bearer ", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"bearer {TOKEN[:-1]}", 401),
        ("Bearer ä", 401),
        (f"Basic {TOKEN}", 401),
        (f"Bearer {TOKEN}", 200),
    ],
)
async def test_with_a_token_only_its_bearers_may_ask(
    serving: Serving, path: str, authorization: str | None, status: int
) -> None:
    async with serving(api_token=TOKEN) as running:
        await running.store.record_decision(SHOP, 3, "a" * 40, RECORD)
        headers = {} if authorization is None else {"Authorization": authorization}
        async with running.http.get(path, headers=headers) as response:
            text = await response.text()

    assert response.status == status
    assert status == 200 or "private" not in text


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Forwarded-For": "203.0.113.9"}, id="through a proxy"),
        pytest.param({"X-Forwarded-For": "127.0.0.1"}, id="through a proxy that claims to be here"),
        pytest.param({"Forwarded": "for=203.0.113.9"}, id="through a modern proxy"),
        pytest.param({"Host": "evil.example.com"}, id="by a browser that a strange name led here"),
    ],
)
async def test_without_a_token_strangers_may_not_ask(running: Running, path: str, headers: dict[str, str]) -> None:
    await running.store.record_decision(SHOP, 3, "a" * 40, RECORD)

    async with running.http.get(path, headers=headers) as response:
        text = await response.text()

    assert response.status == 403
    assert "private" not in text


async def test_without_a_token_another_machine_may_not_ask(serving: Serving) -> None:
    address = is_reachable_elsewhere()
    if not address:
        pytest.skip("this machine has no address but loopback")
    async with (
        serving(host="0.0.0.0") as running,  # noqa: S104 - so that a peer can be another machine
        running.http.get(
            f"http://{address}:{running.port}/status.json", headers={"Host": f"127.0.0.1:{running.port}"}
        ) as response,
    ):
        assert response.status == 403


async def test_the_status_names_what_was_given_up_and_how_long_the_oldest_waits(running: Running) -> None:
    async with running.http.get("/status.json") as response:
        empty = await response.json()
    await running.store.accept("d1", "pull_request", [Want(PullRequestAt(SHOP, 3))])
    (claim,) = await running.store.claim(1)
    await running.store.park(claim, "KeyError: 'oid'")
    await running.store.accept("d2", "pull_request", [Want(PullRequestAt(SHOP, 4))])
    async with running.http.get("/status.json") as response:
        status = await response.json()

    (parked,) = status["parked"]
    assert (empty["oldest_waiting"], empty["parked"], empty["parked_count"]) == (None, [], 0)
    assert (status["waiting"], status["parked_count"]) == (1, 1)
    assert (parked["address"], parked["error"]) == ("pull/7/octo/shop/3", "KeyError: 'oid'")
    assert status["oldest_waiting"] >= parked["parked_at"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/status.json", "/metrics", "/nowhere"])
async def test_every_answer_guards_browsers_and_names_no_version(running: Running, path: str) -> None:
    async with running.http.get(path) as response:
        found = response.headers

    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Content-Security-Policy"].startswith("default-src 'none'")
    assert found["Cache-Control"] == "no-store"
    assert found["Server"] == "andon"


async def test_it_is_alive_and_ready(running: Running) -> None:
    async with running.http.get("/livez") as alive, running.http.get("/readyz") as ready:
        assert (alive.status, ready.status) == (200, 200)


async def test_it_is_not_ready_without_a_key_that_loads(serving: Serving) -> None:
    async with (
        serving(private_key="-----BEGIN RSA PRIVATE KEY-----") as running,
        running.http.get("/readyz") as response,
    ):
        assert (response.status, (await response.json())["problems"]) == (503, ["the private key does not load"])


async def test_a_failure_inside_shows_no_traceback(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with running.store._engines.writer.begin() as connection:  # noqa: SLF001 - breaks a record behind the store's back
        connection.exec_driver_sql(
            "INSERT INTO decisions (installation, owner, name, number, head, at, record) "
            "VALUES (7, 'octo', 'shop', 3, 'a', 0, '[[1]]')"
        )

    async with running.http.get("/api/repos/octo/shop/pulls/3") as response:
        answer = await response.json()

    assert (response.status, answer) == (500, {"error": "andon failed, not you; its log says why."})
    caplog.clear()


async def read_to_end(reader: asyncio.StreamReader) -> bytes:
    """Read until the other side closes or resets the connection."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_a_connection_that_never_asks_anything_is_closed(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.server.HEADERS_WITHIN_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"POST /webhook HTTP/1.1\r\nHost: an")

    async with asyncio.timeout(5):
        received = await read_to_end(reader)
    writer.close()

    assert received == b""


async def test_a_connection_above_the_limit_is_closed_and_others_go_on(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running.http.get("/livez") as before:
        assert before.status == 200
    monkeypatch.setattr("bot.web.server.MOST_CONNECTIONS", 1)

    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    async with asyncio.timeout(5):
        received = await read_to_end(reader)
    writer.close()
    async with running.http.get("/livez") as after:
        assert after.status == 200

    assert received == b""


async def test_a_body_that_dawdles_is_given_up(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.webhook.BODY_WITHIN_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"POST /webhook HTTP/1.1\r\nHost: andon\r\nContent-Length: 100\r\n\r\nslow")

    async with asyncio.timeout(5):
        line = await reader.readline()
    writer.transport.abort()

    assert line.startswith(b"HTTP/1.1 408 ")


async def test_malformed_http_is_refused_without_naming_a_version(running: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"NONSENSE\r\n\r\n")

    async with asyncio.timeout(5):
        received = await read_to_end(reader)
    writer.close()

    assert received.startswith(b"HTTP/1.0 400 ")
    assert b"aiohttp" not in received
    assert b"Traceback" not in received
