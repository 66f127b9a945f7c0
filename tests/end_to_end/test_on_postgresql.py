"""The whole path on PostgreSQL, with a worker process beside the server: both look, and nothing is done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.stage import SHORTLY, Stage, bot_beside, settings_for
from bot.judge.judge import Judge
from bot.service import Working
from bot.store.store import Store
from bot.wiring import connect
from simulator.github import Simulator
from tests.end_to_end.conftest import DEPLOYMENTS, MERGES, READY, Shop, lines

PULLS = 6


@pytest.fixture
async def town(tmp_path: Path, postgresql_url: str, judge: Judge) -> AsyncIterator[Shop]:
    """A repository whose bot is two processes: what takes deliveries works as well, another one only works."""
    async with await Simulator.start(tmp_path / "github", webhook_secret="s" * 40) as github:
        settings = replace(settings_for(github, tmp_path), database_url=postgresql_url)
        async with bot_beside(github, settings, judge=judge) as both, worker_beside(both, judge):
            installation = github.install("octo")
            repository = await github.create_repository("octo/shop")
            repository.require_checks("main", ("ci", None))
            await repository.commit("main", {".github/andon.yml": READY}, "Let small changes ship by themselves")
            await both.at_rest()
            yield Shop(both, repository, installation.id)


@asynccontextmanager
async def worker_beside(both: Stage, judge: Judge) -> AsyncIterator[None]:
    """Run what `andon work` runs, with a store and a connection of its own."""
    store = await Store.open(both.settings.database_url, both.clock.now, SHORTLY)
    connected = connect(both.settings, store, clock=both.clock.now, judge=judge)
    working = Working(store, connected.look, connected.background)
    await working.start()
    try:
        yield
    finally:
        await working.stop()
        await connected.close()
        await store.close()


async def test_what_two_processes_work_on_merges_and_deploys_once(town: Shop) -> None:
    pulls = [await town.repository.open_pull_request(files={f"{name}.py": lines(5)}) for name in "abcdef"]
    for pull in pulls:
        await town.repository.ci.succeeds(pull.head, "ci")

    for number in range(PULLS):
        await deploy(town, number)
    for pull in pulls:
        await town.release_is(pull, "live")
    await town.stage.at_rest()

    assert [pull.merged for pull in pulls] == [True] * PULLS
    assert {one.sha for one in town.repository.deployments} == {pull.merge_commit for pull in pulls}
    assert (town.writes_of(MERGES), town.writes_of(DEPLOYMENTS)) == (PULLS, PULLS)
    ours = [run for run in town.repository.check_runs.values() if run.name == "andon"]
    assert shown_twice_in_a_row([(run.head_sha, run.external_id) for run in ours]) == []


def shown_twice_in_a_row(shown: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Find what was shown of a head where it was shown already."""
    latest: dict[str, str | None] = {}
    again = []
    for head, state in shown:
        if latest.get(head) == state:
            again.append((head, state))
        latest[head] = state
    return again


async def deploy(town: Shop, number: int) -> None:
    """Wait until a release is deployed, the first being 0, and let that go well."""
    await town.stage.until(f"deployment {number} begins", lambda: len(town.repository.deployments) > number)
    await town.repository.deployments[number].status("success")
