"""GitHub Actions: runs of workflows on commits, and the artifacts that they upload as real zip archives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator import emit
from simulator.ci import change_check, start_check
from simulator.records import App, CheckRunState, User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.records import CheckRun
    from simulator.repository import Repository


GITHUB_ACTIONS = App(15368, "github-actions", User(41898282, "github-actions[bot]", "Bot"))
JOB = "tests"  # a run has one job, which shows as a check run of GitHub Actions (docs, checks of GitHub Actions)


@dataclass(slots=True, eq=False)
class Artifact:
    """What a run uploaded under a name."""

    id: int
    name: str
    content: bytes
    run: WorkflowRun
    at: float
    expired: bool = False


@dataclass(slots=True, eq=False)
class WorkflowRun:
    """One run of a workflow on one commit. `fork_id` is the repository that a fork's commit came from."""

    id: int
    number: int
    event: str
    head_sha: str
    head_branch: str
    actor: User
    started_at: float
    repository_id: int
    job: CheckRun
    fork_id: int | None = None
    status: str = "in_progress"
    conclusion: str | None = None
    updated_at: float = 0.0
    file: str = "tests.yml"
    artifacts: list[Artifact] = field(default_factory=list)


class Actions:
    """The workflow runs of one repository."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.runs: list[WorkflowRun] = []

    def artifacts(self) -> list[Artifact]:
        """List every artifact, newest first."""
        listed = [artifact for run in self.runs for artifact in run.artifacts]
        return sorted(listed, key=lambda artifact: artifact.id, reverse=True)

    async def run(
        self, sha: str, *, event: str = "pull_request", file: str = "tests.yml", tell: bool = True
    ) -> WorkflowRun:
        """Begin a run of a workflow file on a commit."""
        repo, github = self.repo, self.repo.github
        pull = next(iter(repo.pulls_at(sha)), None)
        actor = pull.author if pull is not None else repo.owner
        branch = pull.head_branch if pull is not None else repo.default_branch
        fork_id = repo.id + actor.id if pull is not None and pull.fork else None
        now = github.now()
        number = len(self.runs) + 1
        job = await self._job(sha, tell=tell)
        begun = WorkflowRun(
            github.next_id(), number, event, sha, branch, actor, now, repo.id, job, fork_id, updated_at=now, file=file
        )
        self.runs.append(begun)
        if tell:
            await emit.workflow_run(repo, begun, "requested")
        return begun

    async def _job(self, sha: str, *, tell: bool) -> CheckRun:
        state = CheckRunState("in_progress", started_at=self.repo.github.now())
        if tell:
            return await start_check(self.repo, GITHUB_ACTIONS, (JOB, sha), state)
        with self.repo.github.silence():
            return await start_check(self.repo, GITHUB_ACTIONS, (JOB, sha), state)

    def upload(self, run: WorkflowRun, name: str, content: bytes | Mapping[str, str | bytes]) -> Artifact:
        """Upload an artifact: the bytes of an archive, or files to pack into one."""
        github = self.repo.github
        packed = content if isinstance(content, bytes) else archive(content)
        uploaded = Artifact(github.next_id(), name, packed, run, github.now())
        run.artifacts.append(uploaded)
        return uploaded

    async def finish(self, run: WorkflowRun, conclusion: str = "success", *, tell: bool = True) -> None:
        """Complete a run, and tell."""
        now = self.repo.github.now()
        run.status, run.conclusion, run.updated_at = "completed", conclusion, now
        done = replace(run.job.state, status="completed", conclusion=conclusion, completed_at=now)
        await change_check(self.repo, run.job, done, tell=tell)
        if tell:
            await emit.workflow_run(self.repo, run, "completed")

    async def uploads(self, sha: str, name: str, content: bytes | Mapping[str, str | bytes]) -> Artifact:
        """Run on a commit, upload one artifact and finish with success."""
        run = await self.run(sha)
        uploaded = self.upload(run, name, content)
        await self.finish(run)
        return uploaded


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Pack files into a zip archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return packed.getvalue()
