"""Every webhook example that GitHub's own toolkit publishes, signed and posted to the running bot."""

import hashlib
import hmac
import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.commands.stage import Stage, bot_beside, settings_for
from bot.log import start_logging
from simulator.github import Simulator
from tools.contracts import EXAMPLES, ensure


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for event in json.loads(ensure(EXAMPLES).read_text(encoding="utf-8")):
        for example in event["examples"]:
            yield event["name"], example


async def post(session: aiohttp.ClientSession, both: Stage, event: str, payload: dict[str, Any]) -> int:
    body = json.dumps(payload).encode()
    digest = hmac.new(both.settings.webhook_secret, body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={digest}",
        "Content-Type": "application/json",
    }
    async with session.post(f"{both.url}/webhook", data=body, headers=headers) as response:
        return response.status


@pytest.mark.parametrize("owners", [frozenset({"octo"}), frozenset[str]()], ids=["one owner allowed", "any owner"])
async def test_every_published_example_is_taken_without_a_fault(tmp_path: Path, owners: frozenset[str]) -> None:
    log = io.StringIO()
    start_logging((), log)
    async with await Simulator.start(tmp_path / "github") as github:
        settings = replace(settings_for(github, tmp_path), allowed_owners=owners)
        async with bot_beside(github, settings) as both, aiohttp.ClientSession() as session:
            swept = "GET /app/hook/deliveries"
            await both.until("the first sweep is over", lambda: any(call.kind == swept for call in github.calls))
            before = len(github.calls)

            statuses = [await post(session, both, event, payload) for event, payload in examples()]
            await both.at_rest()

            calls = github.calls[before:]
            parked = await both.bench.store.parked()

    assert len(statuses) > 200
    assert set(statuses) == {202}
    assert parked == []
    assert log.getvalue().count('"event": "delivery"') == len(statuses)
    assert '"level": "error"' not in log.getvalue()
    assert "Traceback" not in log.getvalue()
    if owners:
        assert calls == []
    else:
        assert {call.kind for call in calls} == {"POST /app/installations/{installation_id}/access_tokens"}
