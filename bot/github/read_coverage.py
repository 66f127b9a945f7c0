"""Reads which lines a test run reached: from the workflow artifact `andon-coverage` of exactly the head.

Whoever writes the pull request writes the code that CI runs, and so may make a report say anything; that a fork's run
made it changes nothing. So much it is trusted with and no more: it can stand for the changed test of *known* behaviour
that its lines ran. It can make no finding of new behaviour without a test, or of a weakened test, go away (see
`required-tests`), and it reaches no other rule. A hostile author gains what one who writes `assert True` into a test
gains, and both are there for a reviewer to see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from cachetools import LRUCache

from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.coverage_archive import LARGEST_ARCHIVE, joined, read_archive
from bot.github.errors import Redirected, Refused
from bot.github.tokens import Purpose, Scope
from bot.snapshot import Snapshot
from rules.engine.coverage import Coverage
from rules.engine.pull_request import CheckState, PullRequest

ARTIFACT: Final = "andon-coverage"
"""The name under which a workflow uploads its reports."""

MOST_ARTIFACTS: Final = 10
MOST_RUNS: Final = 10
LISTED: Final = 100
SETTLED: Final = 60.0
"""Seconds after which the list of artifacts has caught up with the checks."""

STATES_KEPT: Final = 4096
LINES_KEPT: Final = 500_000


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found while the checks stood as they stand: first asked when, and last."""

    first: float
    last: float
    coverage: Coverage | None


class CoverageArtifacts:
    """Reads reports over one connection, and asks no more than it must."""

    def __init__(self, connection: Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock
        self._known: LRUCache[tuple[object, ...], _Known] = LRUCache(STATES_KEPT)
        self._read: LRUCache[tuple[object, ...], Coverage] = LRUCache(LINES_KEPT, _size_of)

    async def added_to(self, snapshot: Snapshot) -> Snapshot:
        """Add the report of the head, if there is one: no report is no failure.

        Nothing is asked before a check of somebody else has finished: a workflow run shows as checks. Once the list had
        time to catch up with the checks, it is not asked again before one of them changes.
        """
        pull_request = snapshot.pull_request
        ended = self._ended(pull_request)
        if not any(state is not CheckState.PENDING for *_, state in ended):
            return snapshot
        key = (pull_request.repository, pull_request.head, _paths(pull_request), ended)
        known = self._known.get(key)
        if known is None or known.last - known.first < SETTLED:
            now = self._clock()
            known = _Known(known.first if known else now, now, await self._coverage(snapshot))
            self._known[key] = known
        return replace(snapshot, pull_request=replace(pull_request, coverage=known.coverage))

    def _ended(self, pull_request: PullRequest) -> frozenset[tuple[object, ...]]:
        """Sum up the check runs that are not ours."""
        runs = (check for check in pull_request.checks if not check.is_status)
        ours = self._connection.app_id
        return frozenset((run.name, run.app_id, run.started_at, run.state) for run in runs if run.app_id != ours)

    async def _coverage(self, snapshot: Snapshot) -> Coverage | None:
        scope = Scope.of(snapshot.repository, Purpose.READ_ARTIFACT)
        try:
            found = await self._artifacts(scope, snapshot.pull_request)
        except Refused:
            return None  # an App that may not read artifacts does without
        if not found:
            return None
        reports = [await self._report(scope, snapshot.pull_request, artifact) for artifact in found[:MOST_ARTIFACTS]]
        left = len(found) - len(reports)
        whole = joined(reports, _paths(snapshot.pull_request))
        return replace(whole, unread=(*whole.unread, f"{left} older artifacts were left alone")) if left else whole

    async def _artifacts(self, scope: Scope, pull_request: PullRequest) -> Sequence[Json]:
        """List the artifacts of the head, newest first: among the repository's newest, or by the runs of the head."""
        place = f"/repos/{pull_request.repository}/actions"
        listed = await self._connection.get(scope, f"{place}/artifacts?name={ARTIFACT}&per_page={LISTED}")
        found = _of_head(listed, pull_request.head)
        if found or listed["total_count"] <= LISTED:
            return found
        runs = await self._connection.get(scope, f"{place}/runs?head_sha={pull_request.head}&per_page={MOST_RUNS}")
        for run in runs["workflow_runs"]:
            more = await self._connection.get(scope, f"{place}/runs/{run['id']}/artifacts?name={ARTIFACT}")
            found += _of_head(more, pull_request.head)
        return found

    async def _report(self, scope: Scope, pull_request: PullRequest, artifact: Json) -> Coverage:
        """Read one artifact; its content never changes."""
        paths = _paths(pull_request)
        key = (pull_request.repository, artifact["id"], paths)
        if (kept := self._read.get(key)) is not None:
            return kept
        if artifact["size_in_bytes"] > LARGEST_ARCHIVE:
            return _unread(f"is larger than {LARGEST_ARCHIVE // 1024 // 1024} MB")
        try:
            archive = await self._download(scope, f"/repos/{pull_request.repository}", artifact["id"])
        except Refused as refused:
            return _unread(f"could not be downloaded ({refused.status})")
        report = await asyncio.to_thread(read_archive, archive, paths)
        if _size_of(report) <= LINES_KEPT:
            self._read[key] = report
        return report

    async def _download(self, scope: Scope, place: str, number: int) -> bytes:
        """Ask GitHub where the bytes are, and read them there."""
        try:
            await self._connection.get(scope, f"{place}/actions/artifacts/{number}/zip")
        except Redirected as redirected:
            return await self._connection.elsewhere(redirected.location, LARGEST_ARCHIVE)
        raise Refused(HTTPStatus.OK, "GitHub does not say where the artifact is")


def _of_head(listed: Json, head: str) -> list[Json]:
    """Keep what a run of exactly this commit uploaded, and what is still there."""
    return [
        row
        for row in listed["artifacts"]
        if not row["expired"] and (row.get("workflow_run") or {}).get("head_sha") == head
    ]


def _paths(pull_request: PullRequest) -> tuple[str, ...]:
    return tuple(file.path for file in pull_request.files)


def _unread(why: str) -> Coverage:
    return Coverage({}, (f"the artifact {why}",))


def _size_of(report: Coverage) -> int:
    return 1 + sum(map(len, report.files.values()))
