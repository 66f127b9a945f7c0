"""Tells a repository's workflows how a release stands, by `repository_dispatch`, where its policy asks for that.

A state is kept first and told afterwards, and only then is it kept that it was told: whatever breaks off between, it is
told again. So each state is told at least once, and a listener goes by the commit and the state.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import structlog

from bot.bench import Bench
from bot.github.errors import Later, Refused
from bot.github.write import apply
from bot.published import SendDispatch
from bot.store.ledger import TOLD_MARKS, Release, ReleaseState
from rules.engine.sections import Deploy

TOLD: Final = tuple(state for state in ReleaseState if state not in (ReleaseState.LANDED, ReleaseState.DEPLOYING))
"""States that are told of: all but those in which nothing has happened yet but the deployment's own event."""

NEWS_SECONDS: Final = 24 * 3600.0
"""A state reached longer ago than this is not told: nobody waits for it any more."""

AGAIN_SECONDS: Final = 60.0
"""After which it is tried again where GitHub did not take it and named no time."""

LONGEST_DETAIL: Final = 1000
"""Characters of the reason that is sent with it."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a release so far: the states, the last one last."""

    states: tuple[str, ...] = ()


async def tell(bench: Bench, release: Release, deploy: Deploy | None) -> float | None:
    """Tell of each state that a release came to, in order; return when to try again (Unix time).

    Never raises for what GitHub answers: what a release needs next must not wait for who would like to hear of it.
    """
    if deploy is None or not deploy.tell or not is_news(release.state, release.since, bench.clock()):
        return None
    key = _key(release)
    told = _told(await bench.store.mark(key))
    if told.states[-1:] == (release.state.value,):
        return None
    for one in pending(release, await bench.store.dora.reached(release), told, bench.clock()):
        try:
            await apply(bench.github.connection, dispatch_of(one))
        except Later as later:
            _log.warning("a release could not be told", sha=one.sha, state=one.state.value, why=later.why)
            return later.retry_at or bench.clock() + AGAIN_SECONDS
        except Refused as refused:
            _log.warning("GitHub refused to tell of a release", sha=one.sha, state=one.state.value, why=refused.message)
        told = replace(told, states=(*told.states, one.state.value))
        await bench.store.set_mark(key, json.dumps({"states": told.states, "at": bench.clock()}))
    return None


def pending(release: Release, reached: Sequence[tuple[str, float]], told: Told, now: float) -> tuple[Release, ...]:
    """Give the release in each state that is still to be told, the state that it is in now last. Pure.

    What it came through before is told once; the state that it is in now, again if others were told since.
    """
    before = [
        replace(release, state=ReleaseState(state), since=at)
        for state, at in reached
        if state not in (*told.states, release.state.value)
    ]
    return tuple(one for one in (*before, release) if is_news(one.state, one.since, now))


def is_news(state: ReleaseState, since: float, now: float) -> bool:
    """Tell whether a state that a release came to at a Unix time is one to tell of. Pure."""
    return state in TOLD and now - since <= NEWS_SECONDS


def dispatch_of(release: Release) -> SendDispatch:
    """Write what is sent of a release: at most ten keys, as GitHub takes them. Pure."""
    payload = {
        "sha": release.sha,
        "state": release.state.value,
        "environment": release.environment,
        "branch": release.base_branch,
        "pull_request": str(release.number or ""),
        "since": datetime.fromtimestamp(release.since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "detail": release.detail[:LONGEST_DETAIL],
    }
    return SendDispatch(release.repository, event_type(release.state), payload)


def event_type(state: ReleaseState) -> str:
    """Name the type by which workflows listen for a state, such as `andon-live`."""
    return f"andon-{state.value}"


def _key(release: Release) -> str:
    """Name the mark of what was told of a release; names of repositories can be longer than a key."""
    return TOLD_MARKS + hashlib.sha256(f"{release.repository.key}@{release.sha}".encode()).hexdigest()[:32]


def _told(kept: str | None) -> Told:
    return Told(tuple(json.loads(kept)["states"])) if kept else Told()
