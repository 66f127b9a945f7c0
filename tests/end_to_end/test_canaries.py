"""Secrets are planted everywhere and everything fails: nothing that is written anywhere holds one of them."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot.address import PullRequestAt, Repository, Want
from bot.commands.stage import Stage, bot_beside, settings_for
from bot.evidence.targets import read_targets
from bot.github.errors import Later
from bot.judge.judge import Judge
from bot.log import log_what_nobody_catches, start_logging
from bot.settings import Settings
from bot.store.store import Store
from bot.store.work import Claim
from bot.text.redaction import HIDDEN
from bot.worker import Pace, Worker
from simulator.github import Simulator
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import LABEL, lines
from tests.service.given import until

WEBHOOK = "canary-webhook-secret_of+enough=bytes"
PREVIOUS = "canary-previous-secret_of+enough=bytes"
API = "canary-api-token_of:enough*bytes-000"
PROBE = "canary-probe-token-0123456789"
PERSONS = "ghp_canaryOfSomebodyElse0123456789"
TARGETS = "probes: {health: {url: 'https://p.invalid/', repositories: [octo/*], bearer-from: PROBE_TOKEN}}"


@dataclass
class Echo:
    """A door before GitHub that answers some calls itself, and repeats in its errors what it was sent."""

    github: Simulator
    statuses: list[int] = field(default_factory=list)
    echoed: int = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if self.statuses and request.path.startswith(("/repos", "/graphql")):
            self.echoed += 1
            said = f"{request.headers['Authorization']} is odd, and so is {WEBHOOK} at {request.url}?token={API}"
            return web.json_response({"message": said, "data": None}, status=self.statuses.pop())
        hop = {"Host", "Content-Length", "Transfer-Encoding"}
        headers = {name: value for name, value in request.headers.items() if name not in hop}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method, f"{self.github.url}{request.path_qs}", headers=headers, data=body
            ) as answer,
        ):
            kept = {name: value for name, value in answer.headers.items() if name not in hop}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


@asynccontextmanager
async def echoing(github: Simulator) -> AsyncIterator[tuple[Echo, str]]:
    echo, application = Echo(github), web.Application()
    application.router.add_route("*", "/{tail:.*}", echo.serve)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield echo, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def planted(settings: Settings) -> Settings:
    return replace(
        settings,
        previous_webhook_secret=PREVIOUS.encode(),
        api_token=API,
        targets=read_targets(TARGETS, {"PROBE_TOKEN": PROBE}),
    )


def canaries(settings: Settings, github: Simulator) -> set[str]:
    """Name what nothing may hold: every secret, and every line of the key."""
    key = {line for line in settings.private_key.splitlines() if len(line) > 40}
    return {*settings.secrets, *key, *github.tokens}


def rows_of(settings: Settings) -> str:
    with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as connection:
        return "\n".join(connection.iterdump())


def found(where: str, secrets: set[str]) -> list[str]:
    """Name those that a text holds, also where JSON wrote their signs otherwise."""
    forms = {form: secret for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
    return sorted({forms[form][:12] for form in forms if form in where})


async def breaks(both: Stage, settings: Settings) -> Repository:
    """Have looks fail by errors that hold secrets, until they are given up."""
    place = Repository(7, "octo", "elsewhere")
    store = await Store.open(settings.database_url)

    async def look(claim: Claim) -> None:
        assert isinstance(claim.address, PullRequestAt)
        if claim.address.number == 1:
            raise ValueError(f"cannot use {settings.private_key} for {API!r}")
        raise Later(f"bad credentials in https://x:{PROBE}@h/?token={WEBHOOK}")

    worker = Worker(store, look, pace=Pace(tries_when_later=1, tries_when_broken=1))
    await store.want([Want(PullRequestAt(place, number)) for number in (1, 2)])
    for claim in await store.claim(10):
        await worker._unit(claim)  # noqa: SLF001 - looks at these alone, and once
    await store.close()
    assert len(await both.bench.store.parked()) == 2
    return place


async def is_judged(pull: PullRequest) -> bool:
    return pull.check_run("andon") is not None


async def goes_wrong(both: Stage, echo: Echo) -> None:
    """Have a pull request judged whose people know our secrets, while GitHub repeats them in its errors."""
    repository = await both.github.create_repository("octo/shop")
    repository.require_checks("main", ("ci", None))
    await repository.commit("main", {".github/andon.yml": LABEL}, "A policy")
    await both.at_rest()
    echo.statuses = [502, 403, 422, 500, 401]
    pull = await repository.open_pull_request(files={f"{PERSONS}.py": lines(40)}, title=f"Use {PERSONS} {API}")
    await pull.comment("ada", f"/andon override small-diff because of {WEBHOOK}")
    await until(lambda: is_judged(pull), 60)
    await both.at_rest()


async def test_no_secret_is_written_anywhere_whatever_fails(tmp_path: Path, judge: Judge, written: io.StringIO) -> None:
    async with await Simulator.start(tmp_path / "github", webhook_secret=WEBHOOK) as github, echoing(github) as door:
        echo, url = door
        settings = replace(planted(settings_for(github, tmp_path)), api_url=url, graphql_url=f"{url}/graphql")
        start_logging(settings.secrets, written, level="debug")
        github.install("octo")
        async with bot_beside(github, settings, judge=judge) as both:
            await goes_wrong(both, echo)
            await breaks(both, settings)
            pages = await seen_from_outside(both)
    told, log = json.dumps([call.body for call in github.calls]), written.getvalue()

    secrets = canaries(settings, github)
    assert (echo.echoed, len(github.tokens) > 1) == (5, True)
    assert (HIDDEN in told, HIDDEN in log) == (True, True)
    assert found(log, secrets) == []
    assert found(told, {*secrets, PERSONS}) == []
    assert found(pages, {*secrets, PERSONS}) == []
    assert found(rows_of(settings), secrets) == []


async def seen_from_outside(both: Stage) -> str:
    """Read every page, and answers to what is wrong."""
    pages = []
    paths = ("/status.json", "/metrics", "/readyz", "/api/repos/octo/shop/pulls/1", f"/{API}?token={WEBHOOK}")
    async with aiohttp.ClientSession(both.url, headers={"Authorization": f"Bearer {API}"}) as session:
        for path in paths:
            async with session.get(path) as response:
                pages.append(await response.text())
        async with session.post("/webhook", data=b"{}", headers={"X-Hub-Signature-256": f"sha256={WEBHOOK}"}) as wrong:
            pages.append(await wrong.text())
    assert "parked" in pages[0]
    assert HIDDEN in pages[0]
    return "\n".join(pages)


def test_what_nobody_catches_is_written_without_secrets(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    start_logging([WEBHOOK], written)
    log_what_nobody_catches()
    try:
        int(WEBHOOK)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=lambda: int(WEBHOOK))
    thread.start()
    thread.join()
    logging.getLogger("other").error("%d of them", WEBHOOK)
    logging.captureWarnings(capture=False)

    said = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["level"] for line in said] == ["critical", "critical", "error"]
    assert [HIDDEN in line.get("exception", "") for line in said] == [True, True, False]
    assert WEBHOOK not in written.getvalue()
