"""Somebody else's CI, reporting check runs and statuses through an App of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator import auto_merge, emit
from simulator.records import App, CheckRun, CheckRunState, CommitStatus, User, Versions

if TYPE_CHECKING:
    from simulator.repository import Repository

CI_APP = App(2002, "ci", User(902002, "ci[bot]", "Bot"))


async def start_check(
    repo: Repository, app: App, at: tuple[str, str], state: CheckRunState, *, workflow: str = ""
) -> CheckRun:
    """Create a check run of (name, commit), in one of the App's workflows, and tell."""
    github = repo.github
    name, sha = at
    run = CheckRun(github.next_id(), name, sha, app, Versions(github.changed(), state), workflow)
    repo.check_runs[run.id] = run
    repo.checks_on.setdefault(sha, []).append(run)
    repo.suite(sha, app.id)
    await emit.check_run(repo, run, "created")
    if state.status == "completed":
        await _completed(repo, run)
        await auto_merge.settle(repo)
    return run


async def change_check(repo: Repository, run: CheckRun, state: CheckRunState, *, tell: bool = True) -> None:
    """Bring a check run into a new state and tell where that completes it."""
    was = run.state.status
    run.history.put(repo.github.changed(), state)
    if tell and state.status == "completed" and was != "completed":
        await _completed(repo, run)
    await auto_merge.settle(repo)


async def _completed(repo: Repository, run: CheckRun) -> None:
    await emit.check_run(repo, run, "completed")
    mates = [other for other in repo.newest_checks(run.head_sha) if other.app.id == run.app.id]
    if all(other.status == "completed" for other in mates):
        await emit.suite_completed(repo, run)


class CI:
    """What CI reports on one repository's commits. Its App's id is 2002."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo

    async def starts(self, sha: str, name: str = "ci", *, tell: bool = True, workflow: str = "") -> CheckRun:
        """Begin a new check run on a commit."""
        state = CheckRunState("in_progress", started_at=self.repo.github.now())
        if tell:
            return await start_check(self.repo, CI_APP, (name, sha), state, workflow=workflow)
        with self.repo.github.silence():
            return await start_check(self.repo, CI_APP, (name, sha), state, workflow=workflow)

    async def succeeds(self, sha: str, name: str = "ci", *, tell: bool = True) -> CheckRun:
        """Finish the running check of a name with success; one that never started is started first."""
        return await self.finishes(sha, name, "success", tell=tell)

    async def fails(self, sha: str, name: str = "ci", *, tell: bool = True) -> CheckRun:
        """Finish the running check of a name with failure; one that never started is started first."""
        return await self.finishes(sha, name, "failure", tell=tell)

    async def finishes(self, sha: str, name: str, conclusion: str, *, tell: bool = True) -> CheckRun:
        """Finish the running check of a name with any conclusion; one that never started is started first."""
        running = [
            run
            for run in self.repo.newest_checks(sha)
            if (run.name, run.app.id, run.status) == (name, CI_APP.id, "in_progress")
        ]
        run = running[-1] if running else await self.starts(sha, name, tell=tell)
        done = replace(run.state, status="completed", conclusion=conclusion, completed_at=self.repo.github.now())
        await change_check(self.repo, run, done, tell=tell)
        return run

    async def status(
        self, sha: str, context: str, state: str, description: str | None = None, *, tell: bool = True
    ) -> CommitStatus:
        """Report a commit status: pending, success, failure or error."""
        return await report_status(self.repo, CI_APP.bot, (sha, context, state, description, None), tell=tell)


async def report_status(
    repo: Repository, by: User, words: tuple[str, str, str, str | None, str | None], *, tell: bool = True
) -> CommitStatus:
    """Record a commit status of (commit, context, state, description, target URL) and tell."""
    github = repo.github
    sha, context, state, description, target = words
    status = CommitStatus(
        github.next_id(), github.changed(), sha, context, state, description, target, by, github.now()
    )
    repo.statuses_on.setdefault(sha, []).append(status)
    if tell:
        await emit.status(repo, status)
    await auto_merge.settle(repo)
    return status
