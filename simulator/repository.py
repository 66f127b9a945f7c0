"""One repository in the field's own language: commits, branches, pull requests, rules, CI and deployments."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from simulator import emit, indirectly, proposing
from simulator.actions import Actions
from simulator.ci import CI
from simulator.deployments import Deployment
from simulator.git import Draft, Git, Person
from simulator.history import History
from simulator.issues import Issue
from simulator.people import People
from simulator.records import CheckRun, CommitStatus, Dispatch, Ruleset, User
from simulator.under_way import QueueEntry

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.github import Simulator
    from simulator.installation import Installation
    from simulator.pull_request import PullRequest

Files: TypeAlias = Mapping[str, str | bytes | None]
ZERO = "0" * 40


@dataclass(slots=True)
class Settings:
    """What an owner can switch on a repository."""

    archived: bool = False
    private: bool = False
    merge_commits: bool = True
    squash: bool = True
    rebase: bool = True
    squash_title: str = "COMMIT_OR_PR_TITLE"
    squash_message: str = "COMMIT_MESSAGES"
    auto_merge: bool = True
    delete_merged: bool = False


@dataclass(slots=True)
class Told:
    """What others asked this repository to do."""

    dispatches: list[Dispatch] = field(default_factory=list)
    workflow_dispatches: list[Dispatch] = field(default_factory=list)
    queue: list[QueueEntry] = field(default_factory=list)


class Repository:
    """A repository: a bare git directory, and what GitHub keeps beside it. It may have no issues."""

    has_issues = True

    def __init__(self, github: Simulator, owner: User, name: str, path: Path) -> None:
        self.github = github
        self.id = github.next_id()
        self.owner = owner
        self.name = name
        self.default_branch = "main"
        self.git = github.open_git(path)
        self.history = History(self.git)
        self.settings = Settings()
        self.branches: dict[str, str] = {}
        self.rulesets: dict[str, Ruleset] = {}
        self.pulls: dict[int, PullRequest] = {}
        self.check_runs: dict[int, CheckRun] = {}
        self.checks_on: dict[str, list[CheckRun]] = {}
        self.statuses_on: dict[str, list[CommitStatus]] = {}
        self.suites: dict[tuple[str, int], int] = {}
        self.labels: dict[str, int] = {}
        self.deployments: list[Deployment] = []
        self.told = Told()
        self.people = People(self)
        self.issues: dict[int, Issue] = {}
        self.ci = CI(self)
        self.actions = Actions(self)
        self.created_at = github.now()
        self.merging = asyncio.Lock()
        self._numbers = 0

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    @property
    def installation(self) -> Installation | None:
        """The installation of the App that covers this repository, if any."""
        return self.github.installation_of(self)

    @property
    def outsiders(self) -> set[str]:
        """The logins of those who may not push; `people` says more."""
        return self.people.outsiders

    @property
    def dispatches(self) -> list[Dispatch]:
        """Every `repository_dispatch` that was asked for."""
        return self.told.dispatches

    @property
    def workflow_dispatches(self) -> list[Dispatch]:
        """Every `workflow_dispatch` that was asked for."""
        return self.told.workflow_dispatches

    @property
    def queue(self) -> list[QueueEntry]:
        """The merge queue, its first entry first."""
        return self.told.queue

    @property
    def head(self) -> str:
        """The tip of the default branch."""
        return self.branches[self.default_branch]

    def next_number(self) -> int:
        """Give the next number of an issue or pull request."""
        self._numbers += 1
        return self._numbers

    def label_id(self, name: str) -> int:
        """Give a label's id, creating the label where it is new."""
        return self.labels.setdefault(name, 1000 + len(self.labels))

    def ruleset(self, branch: str) -> Ruleset:
        """Say what a branch asks of a pull request."""
        return self.rulesets.get(branch, Ruleset())

    def require_checks(self, branch: str, *checks: tuple[str, int | None], strict: bool = False) -> None:
        """Require checks by (context, app id or None for any source); `strict` asks for an up-to-date branch."""
        self.require(branch, checks=tuple(checks), strict=strict)

    def require_approvals(self, branch: str, count: int) -> None:
        """Require approvals of people with write access."""
        self.require(branch, approvals=count)

    def require(self, branch: str, **asked: Any) -> None:  # noqa: ANN401 - the fields of Ruleset, which checks their names
        """Change what a branch asks of a pull request."""
        self.rulesets[branch] = replace(self.ruleset(branch), **asked)
        self.github.changed()

    async def load(self, path: Path) -> None:
        """Make every commit of an existing local repository usable here; nothing is copied."""
        await asyncio.to_thread(self.git.borrow, path)

    async def branch(self, name: str, *, at: str | None = None, tell: bool = True) -> str:
        """Create or move a branch to a commit (default: the tip of the default branch) and give that commit."""
        sha = await asyncio.to_thread(self.git.resolve, at or self.head)
        if sha is None:
            raise ValueError(f"{self.full_name} has no commit {at}")
        await asyncio.to_thread(self.git.set_ref, f"refs/heads/{name}", sha)
        await self.moved(name, sha, self.owner, tell=tell)
        return sha

    async def commit(
        self, branch: str, files: Files, message: str = "Change", *, author: str = "alice", tell: bool = True
    ) -> str:
        """Commit files (None deletes one) to a branch as a push does, and give the new commit."""
        while True:
            tip = self.branches.get(branch)
            sha = await self.write(f"refs/heads/{branch}", tip, files, (message, author))
            if self.branches.get(branch) == tip:
                break  # else somebody was faster, and a push onto an older commit is refused
        await self.moved(branch, sha, self.github.user(author), tell=tell)
        return sha

    async def write(self, ref: str, parent: str | None, files: Files, words: tuple[str, str]) -> str:
        """Make a commit of (message, author) on a full ref name, and tell nobody."""
        message, author = words
        user = self.github.user(author)
        draft = Draft(files, message, Person(user.login, user.email, self.github.now()))
        return await asyncio.to_thread(self.git.commit, ref, parent, draft)

    async def moved(self, branch: str, sha: str, by: User, *, tell: bool = True) -> None:
        """Record that a branch points elsewhere now, as every push does; pull requests from it follow."""
        before = self.branches.get(branch, ZERO)
        self.branches[branch] = sha
        self.github.changed()
        if tell:
            await emit.push(self, (branch, before, sha), by)
        for pull in self.pulls.values():
            if pull.head_branch == branch and not pull.fork and pull.open and pull.head != sha:
                await pull.follow(sha, by, tell=tell)
        if tell:
            await emit.suite_requested(self, branch, sha)
        await indirectly.merge(self, (branch, before), by, tell=tell)

    async def drop_branch(self, branch: str, *, tell: bool = True) -> None:
        """Delete a branch, as GitHub does: open pull requests from it close."""
        await asyncio.to_thread(self.git.delete_ref, f"refs/heads/{branch}")
        del self.branches[branch]
        self.github.changed()
        for pull in self.pulls.values():
            if pull.head_branch == branch and not pull.fork and pull.open:
                await pull.close(tell=tell)

    async def open_pull_request(
        self, *, files: Files | None = None, head_branch: str | None = None, tell: bool = True, **proposal: object
    ) -> PullRequest:
        """Open a pull request from new files, or from a branch that exists. See `Proposal` for what else it takes."""
        return await proposing.open_one(self, (head_branch, files), tell=tell, **proposal)

    def open_issue(self, title: str = "Something is wrong", *, body: str = "", author: str = "alice") -> Issue:
        """Open a plain issue."""
        github = self.github
        number = self.next_number()
        opened = Issue(self, number, github.next_id(), github.user(author), title, body, github.now())
        self.issues[number] = opened
        return opened

    def pulls_at(self, sha: str) -> list[PullRequest]:
        """List the open pull requests whose head is this commit."""
        return [pull for pull in self.pulls.values() if pull.open and pull.head == sha]

    def suite(self, sha: str, app_id: int) -> int:
        """Give the id of an App's check suite on a commit, creating it where it is new."""
        key = (sha, app_id)
        if key not in self.suites:
            self.suites[key] = self.github.next_id()
        return self.suites[key]

    def newest_checks(self, sha: str, as_of: int | None = None) -> list[CheckRun]:
        """List the check runs GitHub shows for a commit: the newest of each name, App and workflow."""
        newest = {
            (run.name, run.app.id, run.workflow): run
            for run in self.checks_on.get(sha, [])
            if run.history.at(as_of) is not None
        }
        return list(newest.values())

    def newest_statuses(self, sha: str, as_of: int | None = None) -> list[CommitStatus]:
        """List the statuses GitHub shows for a commit: the newest of each context."""
        known = [status for status in self.statuses_on.get(sha, []) if as_of is None or status.change <= as_of]
        return list({status.context: status for status in known}.values())

    async def found(self, source: Path | None, branch: str) -> None:
        """Create the bare repository with its first commit, or with an existing history."""
        await asyncio.to_thread(self.git.init, self.default_branch)
        ref = f"refs/heads/{self.default_branch}"
        if source is None:
            files: dict[str, str | bytes | None] = {"README.md": f"# {self.name}\n"}
            self.branches[self.default_branch] = await self.write(ref, None, files, ("Begin", self.owner.login))
            return
        sha = await asyncio.to_thread(Git(source).text, "rev-parse", f"{branch}^{{commit}}")
        await self.load(source)
        await asyncio.to_thread(self.git.set_ref, ref, sha)
        self.branches[self.default_branch] = sha
