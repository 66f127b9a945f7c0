"""Says beside a release that is live what somebody else has deployed there since: it may be live no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from bot.bench import Bench
from bot.github.read_taking_back import Deployed
from bot.restore.restore import named
from bot.store.ledger import Release, ReleaseState
from bot.text.moments import day_and_minute_of
from bot.text.oids import short

LOOK_SECONDS = 3600.0
"""How often what is live is looked at when nothing tells of another deployment."""


async def beside(bench: Bench, release: Release) -> Release:
    """Keep in words what was deployed past andon since a release is live; nothing, once it is what is there again."""
    if not await _is_last_live(bench, release):
        is_past = release.state is ReleaseState.LIVE
        return await _told(bench, release, "") if is_past else release
    newest = since(release, await bench.github.deployed(release.repository, release.environment))
    if newest is None:
        return await _told(bench, release, "")
    known = await bench.store.release_of(release.repository, newest.sha)
    is_next = known is not None and known.created_at >= release.created_at
    return await _told(bench, release, "" if is_next else in_words(release, newest, known))


async def _told(bench: Bench, release: Release, detail: str) -> Release:
    if detail == release.detail:
        return release
    told = replace(release, detail=detail)
    await bench.store.save_release(told)
    return told


async def again_at(bench: Bench, release: Release) -> float | None:
    """Say when to look again at what is live (Unix time); None for what is not, or is no more."""
    return bench.clock() + LOOK_SECONDS if await _is_last_live(bench, release) else None


async def _is_last_live(bench: Bench, release: Release) -> bool:
    """Tell whether a release is live, and none after it in its environment."""
    return release.state is ReleaseState.LIVE and await bench.store.reverts.last_live(release) == release.sha


def since(release: Release, deployed: Sequence[Deployed]) -> Deployed | None:
    """Give what was deployed after a live release, if anything was; `deployed` are the newest first. Pure."""
    later = list(takewhile(lambda one: one.sha != release.sha, deployed))
    if len(later) == len(deployed):  # how it came to be live left no deployment
        later = [one for one in later if one.at > release.since]
    return later[0] if later and not later[0].ours else None


def in_words(release: Release, newest: Deployed, known: Release | None) -> str:
    """Say what is known of production, and what is not; `known` is the earlier release that was deployed. Pure."""
    whose = "not by andon" if known is None else f"which is the earlier release of {named(known.number, known.sha)}"
    what = f"`{short(newest.sha)}` ({whose}) to {release.environment}"
    began = day_and_minute_of(newest.at)
    if newest.well:
        return (
            f"it was live until {what} was deployed at {began}; andon cannot say whether production is well with that"
        )
    return f"it was live; a deployment of {what} failed that began at {began}, so production may not be well"
