from __future__ import annotations

import ast
import asyncio
import gzip
import inspect
import json
from typing import TYPE_CHECKING

import pytest

from bot.address import PullRequestAt, Repository
from bot.events import Hearing
from bot.web import webhook
from bot.web.webhook import LARGEST_BODY, Webhook, is_signed
from tests.web.given import (
    PREVIOUS,
    SECRET,
    Running,
    body_of,
    deliver,
    headers,
    keeps_nothing,
    opened,
    set_pragma,
    signature,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

BODY = body_of(opened())


async def test_a_signed_delivery_is_taken_and_its_address_wanted(running: Running) -> None:
    status, answer = await deliver(running, BODY, headers(BODY))

    (claim,) = await running.store.claim(10)
    assert (status, answer) == (202, {"delivery": "d1", "new": True, "wanted": 1})
    assert claim.address == PullRequestAt(Repository(7, "octo", "shop"), 3)
    assert claim.hint is not None
    assert (claim.hint.head, claim.hint.updated_at) == ("a" * 40, "2026-05-02T10:00:00Z")


async def test_a_delivery_signed_with_the_previous_secret_is_taken(running: Running) -> None:
    status, _ = await deliver(running, BODY, headers(BODY, X_Hub_Signature_256=signature(BODY, PREVIOUS)))

    assert status == 202


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"X_Hub_Signature_256": None}, id="no signature"),
        pytest.param({"X_Hub_Signature_256": ""}, id="an empty signature"),
        pytest.param(
            {"X_Hub_Signature_256": None, "X_Hub_Signature": signature(BODY, digest="sha1")},
            id="only the SHA-1 signature",
        ),
        pytest.param({"X_Hub_Signature_256": signature(BODY, digest="sha1")}, id="SHA-1 in the SHA-256 header"),
        pytest.param({"X_Hub_Signature_256": signature(BODY, b"")}, id="signed with an empty key"),
        pytest.param({"X_Hub_Signature_256": signature(BODY, b"somebody else's secret of 32 byte")}, id="another key"),
        pytest.param({"X_Hub_Signature_256": signature(BODY + b" ")}, id="the signature of another body"),
        pytest.param({"X_Hub_Signature_256": signature(BODY).removeprefix("sha256=")}, id="without its prefix"),
        pytest.param({"X_Hub_Signature_256": signature(BODY)[:-1]}, id="cut short"),
        pytest.param({"X_Hub_Signature_256": signature(BODY).upper()}, id="in capitals"),
        pytest.param({"X_Hub_Signature_256": "sha256=ä€" + "0" * 60}, id="outside ASCII"),
        pytest.param({"X_Hub_Signature_256": None, "X_GitHub_Event": None}, id="unsigned and without an event"),
        pytest.param(
            {"X_Hub_Signature_256": None, "Content_Type": "application/x-www-form-urlencoded"}, id="an unsigned form"
        ),
    ],
)
async def test_a_delivery_that_github_did_not_sign_is_refused(running: Running, changed: dict[str, str | None]) -> None:
    status, answer = await deliver(running, BODY, headers(BODY, **changed))

    assert status == 401
    assert "webhook secret" in str(answer["error"])
    assert await keeps_nothing(running)


async def test_a_body_is_not_parsed_before_its_signature_is_checked(running: Running) -> None:
    unsigned, signed = b"{ not JSON", b"{ not JSON"

    first, _ = await deliver(running, unsigned, headers(unsigned, X_Hub_Signature_256="sha256=0"))
    second, _ = await deliver(running, signed, headers(signed))

    assert (first, second) == (401, 400)


FORM = b"payload=%7B%7D"
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000


@pytest.mark.parametrize(
    ("body", "changed", "says"),
    [
        pytest.param(BODY, {"X_GitHub_Event": None}, "X-GitHub-Event", id="no event"),
        pytest.param(BODY, {"X_GitHub_Event": "pull request"}, "X-GitHub-Event", id="an odd event"),
        pytest.param(BODY, {"X_GitHub_Delivery": None}, "X-GitHub-Delivery", id="no delivery id"),
        pytest.param(BODY, {"X_GitHub_Delivery": "d" * 101}, "X-GitHub-Delivery", id="an endless delivery id"),
        pytest.param(b"", {}, "not valid JSON", id="an empty body"),
        pytest.param(b'{"action": ', {}, "not valid JSON", id="broken JSON"),
        pytest.param(b"[1, 2]", {}, "not an object", id="a list"),
        pytest.param(b'"text"', {}, "not an object", id="a text"),
        pytest.param(b"null", {}, "not an object", id="null"),
        pytest.param(b'{"a": "\xff\xfe"}', {}, "not UTF-8", id="bytes that are not UTF-8"),
        pytest.param(json.dumps({"a": 1}).encode("utf-16"), {}, "not UTF-8", id="UTF-16"),
        pytest.param(DEEP, {}, "nested", id="nesting without end"),
        pytest.param(b'{"action": ' + b"9" * 10_000 + b"}", {}, "not valid JSON", id="a number of 10,000 digits"),
        pytest.param(FORM, {"Content_Type": "application/x-www-form-urlencoded"}, "application/json", id="a form"),
        pytest.param(BODY, {"Content_Type": "text/plain"}, "application/json", id="plain text"),
    ],
)
async def test_a_signed_delivery_that_cannot_be_read_is_refused(
    running: Running, body: bytes, changed: dict[str, str | None], says: str
) -> None:
    status, answer = await deliver(running, body, headers(body, **changed))

    assert status == 400
    assert says in str(answer["error"])
    assert await keeps_nothing(running)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="empty"),
        pytest.param(
            {**opened(), "repository": {"name": "\ud800", "owner": {"login": "octo"}}}, id="half a surrogate pair"
        ),
        pytest.param({**opened(), "repository": {"name": "a\0b", "owner": {"login": "octo"}}}, id="a NUL"),
        pytest.param({**opened(), "installation": {"id": 10**30}}, id="an id that no database holds"),
        pytest.param({**opened(), "pull_request": {"number": True}}, id="true for a number"),
        pytest.param(
            {**opened(), "repository": {"name": "../../x", "owner": {"login": "octo"}}}, id="a path for a name"
        ),
    ],
)
async def test_an_odd_payload_is_taken_and_wants_nothing(running: Running, payload: dict[str, object]) -> None:
    body = body_of(payload)

    status, answer = await deliver(running, body, headers(body))

    assert (status, answer["wanted"]) == (202, 0)


async def test_a_repeated_delivery_is_answered_alike_and_wants_nothing_twice(running: Running) -> None:
    answers = await asyncio.gather(*(deliver(running, BODY, headers(BODY)) for _ in range(10)))

    (claim,) = await running.store.claim(10)
    assert [status for status, _ in answers] == [202] * 10
    assert sum(bool(answer["new"]) for _, answer in answers) == 1
    assert claim.claimed == 1


async def test_a_body_of_the_largest_size_is_read(running: Running) -> None:
    payload = body_of({**opened(), "padding": ""})
    body = payload[:-2] + b"x" * (LARGEST_BODY - len(payload)) + payload[-2:]

    status, _ = await deliver(running, body, headers(body))

    assert len(body) == LARGEST_BODY
    assert status == 202


async def test_a_body_that_says_it_is_too_large_is_refused_unread(running: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"POST /webhook HTTP/1.1\r\nHost: andon\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1))

    async with asyncio.timeout(5):
        line = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert line.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_grows_too_large_is_refused_without_being_kept(running: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"POST /webhook HTTP/1.1\r\nHost: andon\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"

    async with asyncio.timeout(20):
        for _ in range(26):
            writer.write(piece)
            await writer.drain()
        line = await reader.readline()
    writer.transport.abort()

    assert line.startswith(b"HTTP/1.1 413 ")


async def test_a_compressed_body_is_refused_and_never_unpacked(running: Running) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)

    status, answer = await deliver(running, bomb, headers(bomb, Content_Encoding="gzip"))

    assert status == 415
    assert "Content-Encoding" in str(answer["error"])


async def test_a_delivery_that_cannot_be_kept_is_not_acknowledged(running: Running) -> None:
    set_pragma(running.store, "query_only=ON")
    refused, answer = await deliver(running, BODY, headers(BODY))
    async with running.http.get("/readyz") as response:
        ready, problems = response.status, (await response.json())["problems"]
    set_pragma(running.store, "query_only=OFF")

    redelivered, again = await deliver(running, BODY, headers(BODY))

    assert (refused, ready, problems) == (503, 503, ["the database takes no writes"])
    assert "redeliver" in str(answer["error"])
    assert (redelivered, again["new"]) == (202, True)


async def test_an_owner_that_is_not_served_is_heard_and_ignored(
    serving: Callable[..., AbstractAsyncContextManager[Running]],
) -> None:
    async with serving(allowed_owners=frozenset({"somebody-else"})) as running:
        status, answer = await deliver(running, BODY, headers(BODY))
        due = await running.store.next_due()

    assert (status, answer["wanted"], due) == (202, 0, None)


@pytest.mark.parametrize("secrets", [(), (b"",), (SECRET, b"")])
async def test_a_webhook_without_a_secret_cannot_be_made(running: Running, secrets: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="believe anybody"):
        Webhook(running.store, secrets, Hearing(1))


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_signed(BODY, signature(BODY, b""), (b"",))


def test_a_signature_is_never_compared_with_equals() -> None:
    tree = ast.parse(inspect.getsource(webhook))
    equals = [
        node for node in ast.walk(tree) if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
    ]

    compared = {name.id for node in equals for name in ast.walk(node) if isinstance(name, ast.Name)}

    assert compared <= {"content_type", "request"}
    assert "hmac.compare_digest" in inspect.getsource(is_signed)
