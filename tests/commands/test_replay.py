"""`andon replay`: a delivery from a file reaches the real service, signed, and its answer is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.address import PullRequestAt, Repository
from bot.commands.asking import CannotTellError
from bot.commands.replay import Kept, kept_in
from bot.settings import Settings
from bot.store.store import Store
from bot.web.server import Server
from tests.kept_logging import logging_kept
from tests.web.given import SECRET, opened, private_key

EVENT = {"X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "a-delivery"}


@dataclass(frozen=True, slots=True)
class Desk:
    """A service that takes deliveries and works on none, and a folder of files."""

    store: Store
    url: str
    folder: Path

    async def replay(self, kept: object, *arguments: str, **env: str | None) -> Result:
        (file := self.folder / "delivery.json").write_text(kept if isinstance(kept, str) else json.dumps(kept))
        given = {"GITHUB_WEBHOOK_SECRET": SECRET.decode(), "ANDON_URL": self.url, "GITHUB_APP_ID": "1", **env}
        return await asyncio.to_thread(CliRunner().invoke, main, ["replay", str(file), *arguments], env=given)

    async def wanted(self) -> list[object]:
        return [claim.address for claim in await self.store.claim(9)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = Settings(1, private_key(), SECRET, database_url=f"sqlite:///{tmp_path / 'andon.db'}", port=0)
    store = await Store.open(settings.database_url)
    server = Server(settings, store)
    port = await server.start()
    with logging_kept():
        yield Desk(store, f"http://127.0.0.1:{port}", tmp_path)
    await server.stop()
    await store.close()


@pytest.mark.parametrize(
    ("kept", "arguments"),
    [
        pytest.param({"headers": EVENT, "body": opened()}, [], id="headers and body"),
        pytest.param({"headers": EVENT, "body": json.dumps(opened())}, [], id="the body as text"),
        pytest.param({"headers": {"x-github-event": "pull_request"}, "payload": opened()}, [], id="lower case"),
        pytest.param({"id": 4, "guid": "g", "request": {"headers": EVENT, "payload": opened()}}, [], id="GitHub's API"),
        pytest.param({"event": "pull_request", "payload": opened()}, [], id="event and payload"),
        pytest.param(opened(), ["--event", "pull_request"], id="a body alone"),
    ],
)
async def test_each_form_of_a_kept_delivery_is_taken_and_says_what_is_looked_at(
    desk: Desk, kept: object, arguments: list[str]
) -> None:
    result = await desk.replay(kept, *arguments)

    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert lines[0].startswith("taken as replay-")
    assert lines[0].endswith(": 1 to look at.")
    assert lines[1] == "  octo/shop#3: see `andon why octo/shop#3`"
    assert await desk.wanted() == [PullRequestAt(Repository(7, "octo", "shop"), 3)]


async def test_with_its_own_id_a_delivery_that_was_seen_changes_nothing_and_without_it_does(desk: Desk) -> None:
    kept = {"headers": EVENT, "body": opened()}
    first = await desk.replay(kept, "--same-id")
    again = await desk.replay(kept, "--same-id")
    anew = await desk.replay(kept)

    assert first.stdout.startswith("taken as a-delivery: 1 to look at.")
    assert again.stdout == "taken as a-delivery, which was seen before: nothing follows. Leave out --same-id.\n"
    assert anew.stdout.startswith("taken as replay-")


async def test_an_event_that_nobody_hears_says_so(desk: Desk) -> None:
    result = await desk.replay({"action": "started"}, "--event", "watch")

    assert result.exit_code == 0
    assert "andon listens to no watch." in result.stdout.splitlines()


async def test_another_secret_is_refused_with_the_services_own_words(desk: Desk) -> None:
    result = await desk.replay({"headers": EVENT, "body": opened()}, GITHUB_WEBHOOK_SECRET="x" * 32)

    assert result.exit_code == 1
    assert "refused it with 401: X-Hub-Signature-256 is missing or wrong" in result.stderr
    assert await desk.wanted() == []


@pytest.mark.parametrize(
    ("kept", "env", "said"),
    [
        pytest.param("no json", {}, "it is no JSON.", id="no JSON"),
        pytest.param("[1]", {}, "it is JSON, but no object.", id="no object"),
        pytest.param(opened(), {}, "of which event? Name it by --event.", id="no event"),
        pytest.param({"event": "Pull Request", "body": {}}, {}, "the event 'Pull Request' is none.", id="odd event"),
        pytest.param({"event": "push", "body": {}}, {"GITHUB_WEBHOOK_SECRET": None}, "is missing", id="no secret"),
        pytest.param({"event": "push", "body": {}}, {"ANDON_URL": "http://a.test"}, "is no https address", id="open"),
        pytest.param({"event": "push", "body": {}}, {"ANDON_URL": "http://127.0.0.1:9"}, "andon serve", id="nobody"),
    ],
)
async def test_what_cannot_be_sent_says_why_and_exits_2(
    desk: Desk, kept: object, env: dict[str, str | None], said: str
) -> None:
    result = await desk.replay(kept, **env)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert SECRET.decode() not in result.output


def test_a_body_that_was_kept_as_text_is_sent_byte_for_byte() -> None:
    text = '{"a":  "ü",\r\n "b": 1}'

    kept = kept_in(json.dumps({"headers": EVENT, "body": text}).encode())

    assert kept == Kept("pull_request", "a-delivery", text.encode())


def test_a_delivery_nested_too_deeply_is_refused_in_words() -> None:
    with pytest.raises(CannotTellError, match=r"it is no JSON\."):
        kept_in(b"[" * 100_000)
