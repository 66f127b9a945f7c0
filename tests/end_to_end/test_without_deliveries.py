"""All deliveries dropped: after one sweep everything is as it would have been with them, commands included.

Each row is played twice, once on a GitHub that delivers and once on one that never does, all rows at once and each in
a repository of its own. What comes of a row must be the same on both, and must be another than it was before. The
button of a check run is no row: GitHub keeps no list of who pressed it, so a press that was not delivered is lost, and
is pressed again.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pickle
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.address import PullRequestAt, Want
from bot.address import Repository as Home
from bot.commands.stage import Stage, stage
from bot.sweep import discover
from simulator.pull_request import PullRequest
from tests.contracts.checker import ContractChecker
from tests.end_to_end.changes import ROWS, Place, Row

pytestmark = pytest.mark.timeout(300)
"""The first test waits until both stages have played, on a busy machine for minutes."""

State = Mapping[str, object]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


async def state_of(place: Place) -> State:
    """Tell all that GitHub shows of a repository, and what the bot's API says of it."""
    repository = place.repository
    path = f"/api/repos/{repository.full_name}"
    line = await told(place, f"{path}/line?branch=main")
    pulls = [await _pull(place, path, pull) for pull in repository.pulls.values()]
    return {
        **{f"{name} of #{number}": shown for number, pull in enumerate(pulls, 1) for name, shown in pull.items()},
        "deployments": len(repository.deployments),
        "asked": [(one["verb"], one["refusal"]) for one in (await told(place, f"{path}/audit")).get("requests", ())],
        "line": (line.get("state"), [one["number"] for one in line.get("entries", ())]),
        "queue": len(repository.queue),
    }


async def _pull(place: Place, path: str, pull: PullRequest) -> State:
    record = await told(place, f"{path}/pulls/{pull.number}")
    runs = [run for run in place.repository.checks_on.get(pull.head, []) if run.name == "andon"]
    ours = place.stage.github.app.bot
    return {
        "state": (pull.state, pull.merged, pull.now.auto_merge is not None),
        "recorded": (record.get("state"), record.get("conclusion"), record.get("head") == pull.head),
        "waits": [_MOMENT.sub("THEN", wait["what"]) for wait in record.get("waiting_for", ())],
        "checks": [(run.conclusion, run.title) for run in runs[-1:]],
        "answers": [[one.content for one in comment.reactions] for comment in pull.comments],
        "ours": sum(comment.author is ours for comment in pull.comments),
        "release": (record.get("release") or {}).get("state"),
    }


async def told(place: Place, path: str) -> Mapping[str, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{place.stage.url}{path}") as response:
        answer: Mapping[str, Any] = await response.json()
        return answer


@dataclass(frozen=True, slots=True)
class Played:
    """What a row came to on one stage: before the change, and after it."""

    before: State
    after: State


Plays = Mapping[str, Played]


async def _play(directory: Path, *, delivers: bool) -> Plays:
    async with stage(directory) as both:
        both.github.observers.append(checker := ContractChecker())
        both.github.loses_deliveries(0 if delivers else None)
        both.github.advance(-60)  # so that nothing is read in the moment of its change, which is looked at again anyway
        places = {row.id: await _place(both, index, row) for index, row in enumerate(ROWS)}
        await asyncio.gather(*(row.before(places[row.id]) for row in ROWS))
        await _at_rest(both, places, delivers=delivers)
        before = await _at_rest(both, places, delivers=delivers)  # what the bot itself wrote has been seen by now
        both.github.advance(5)
        await asyncio.gather(*(row.happens(places[row.id]) for row in ROWS))
        if delivers:
            await _look(both, [places[row.id] for row in ROWS if not row.heard])
        after = await _at_rest(both, places, delivers=delivers)
        assert both.github.unknown_routes == []
        assert checker.violations == []
        return {row.id: Played(before[row.id], after[row.id]) for row in ROWS}


async def _place(both: Stage, index: int, row: Row) -> Place:
    owner = f"row-{index}"
    both.github.install(owner)
    repository = await both.github.create_repository(f"{owner}/shop")
    repository.outsiders.add("mallory")
    repository.require_checks("main", ("ci", None))
    place = Place(both, repository)
    if row.policy is not None:
        await place.policy(row.policy)
    return place


async def _look(both: Stage, places: Sequence[Place]) -> None:
    """Look at every pull request of some repositories."""
    for place in places:
        repository = place.repository
        assert repository.installation is not None
        where = Home(repository.installation.id, repository.owner.login, repository.name)
        await both.bench.store.want([Want(PullRequestAt(where, number)) for number in repository.pulls])


async def _at_rest(both: Stage, places: Mapping[str, Place], *, delivers: bool) -> Mapping[str, State]:
    """Come to rest: by what is delivered, or by one sweep."""
    if not delivers:
        await discover(both.bench)
    await both.at_rest()
    return {name: await state_of(place) for name, place in places.items()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plays(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Plays, Plays]]:
    """Play every row with all deliveries, and with none: once for all processes that run these tests side by side."""
    whole_run = tmp_path_factory.getbasetemp()
    kept = (whole_run.parent if "PYTEST_XDIST_WORKER" in os.environ else whole_run) / "with-and-without-deliveries"
    with kept.with_suffix(".lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not kept.exists():
            heard = await _play(tmp_path_factory.mktemp("heard"), delivers=True)
            swept = await _play(tmp_path_factory.mktemp("swept"), delivers=False)
            kept.write_bytes(pickle.dumps((heard, swept)))
    yield pickle.loads(kept.read_bytes())  # noqa: S301 - written a moment ago by this very run


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", ROWS, ids=[f"E11 {row.id}" for row in ROWS])
async def test_one_sweep_comes_to_what_all_deliveries_would_have(plays: tuple[Plays, Plays], row: Row) -> None:
    heard, swept = plays[0][row.id], plays[1][row.id]

    assert swept.before == heard.before
    assert swept.after == heard.after
    assert (swept.after != swept.before) is row.seen
