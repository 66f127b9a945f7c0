"""Reads what GitHub says of a landed commit: its check runs by their names, and the newest run of a workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import quote

from bot.address import CommitAt
from bot.evidence.evidence import Evidence, Kind, State
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.tokens import Purpose, Scope

Json = Any

RUNS_READ: Final = 100
NOT_BEGUN: Final = "it has not begun"
FAILING: Final = frozenset({"failure", "timed_out", "action_required", "startup_failure"})
"""Conclusions that say that something is wrong. A run that was skipped, cancelled or is neutral says nothing."""


class LandedEvidence:
    """Reads evidence over one connection. Every method raises Later; what GitHub refuses to show is unknown."""

    def __init__(self, connection: Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock

    async def check(self, address: CommitAt, name: str) -> Evidence:
        """Read the check run of a name on a commit that was started last."""
        path = f"/repos/{address.repository.full_name}/commits/{address.sha}/check-runs"
        scope = Scope.of(address.repository, Purpose.LOOK)
        return await self._newest(
            Evidence(name, Kind.CHECK, State.PENDING), scope, f"{path}?check_name={quote(name, safe='')}", "check_runs"
        )

    async def workflow(self, address: CommitAt, file: str) -> Evidence:
        """Read the newest run of a workflow (by its file) on a commit."""
        path = f"/repos/{address.repository.full_name}/actions/runs?head_sha={address.sha}&per_page={RUNS_READ}"
        scope = Scope.of(address.repository, Purpose.READ_ARTIFACT)
        return await self._newest(Evidence(file, Kind.WORKFLOW, State.PENDING), scope, path, "workflow_runs")

    async def _newest(self, asked: Evidence, scope: Scope, path: str, listed: str) -> Evidence:
        at = self._clock()
        try:
            answer: Json = await self._connection.get(scope, path)
        except Refused as refused:
            said = f"GitHub does not show it: {refused.message}"
            return Evidence(asked.name, asked.kind, State.UNKNOWN, at=at, said=said)
        runs = [run for run in answer[listed] if asked.kind is Kind.CHECK or _is_of(run, asked.name)]
        state, value, said = _state(runs)
        return Evidence(asked.name, asked.kind, state, value, "success", at, said)


def _is_of(run: Json, file: str) -> bool:
    """Tell whether a run is of a workflow file. GitHub may write `path@ref`."""
    path, _, _ = str(run.get("path") or "").partition("@")
    return path == f".github/workflows/{file.removeprefix('.github/workflows/')}"


def _state(runs: Iterable[Json]) -> tuple[State, str, str]:
    """Read the run that began last."""
    newest = max(runs, key=_begun, default=None)
    if newest is None:
        return State.PENDING, "", NOT_BEGUN
    if newest["status"] != "completed":
        return State.PENDING, "", f"it is {newest['status'].replace('_', ' ')}"
    ended: str = newest.get("conclusion") or ""
    if ended == "success":
        return State.PASSED, ended, ""
    if ended in FAILING:
        return State.FAILED, ended, ""
    return State.UNKNOWN, ended, f"it ended as {ended.replace('_', ' ') or 'nothing'}, which says nothing of production"


def _begun(run: Json) -> tuple[str, int]:
    return run.get("run_started_at") or run.get("started_at") or "", run["id"]
