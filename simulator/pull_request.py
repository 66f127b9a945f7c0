"""One pull request, moved the way people move it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator import auto_merge, comments, emit, merge_queue, pull_shapes, reviewing
from simulator.records import CheckRun, ForcePush, PullState, Review, User, Versions
from simulator.under_way import AutoMergeMoment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.history import CommitFacts, FileDiff
    from simulator.records import Comment, Json, Reaction
    from simulator.repository import Repository


class PullRequest:
    """A pull request: what it is now, and every state it was in."""

    def __init__(
        self, repo: Repository, ids: tuple[int, int], source: tuple[str, User], versions: Versions[PullState]
    ) -> None:
        self.repo = repo
        self.number, self.id = ids
        self.head_branch, self.author = source
        self.versions = versions
        self.fork = False
        self.comments: list[Comment] = []
        self.force_pushes: list[ForcePush] = []
        self.auto_merges: list[AutoMergeMoment] = []
        self.retargeted: list[float] = []

    @property
    def now(self) -> PullState:
        """Everything about it that can change, as it is now."""
        return self.versions.now

    @property
    def head(self) -> str:
        """The head commit."""
        return self.now.head

    @property
    def base(self) -> str:
        """The name of the base branch."""
        return self.now.base

    @property
    def base_tip(self) -> str:
        """The commit it is compared with: the tip of its base, or what that was when it was merged."""
        return self.now.landed_on or self.repo.branches.get(self.now.base, self.now.base_oid)

    @property
    def open(self) -> bool:
        """Whether it is open."""
        return self.now.state == "open"

    @property
    def state(self) -> str:
        """Open or closed; a merged one is closed."""
        return self.now.state

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.now.merged

    @property
    def merge_commit(self) -> str | None:
        """The commit it landed as."""
        return self.now.merge_commit

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels on it."""
        return self.now.labels

    def last_change(self) -> int:
        """Give the number of the last change to it or to a check on its head."""
        runs = self.repo.checks_on.get(self.head, [])
        statuses = self.repo.statuses_on.get(self.head, [])
        return max(
            self.versions.last_change,
            *(run.history.last_change for run in runs),
            *(status.change for status in statuses),
            0,
        )

    def check_run(self, name: str) -> CheckRun | None:
        """Find the newest check run of a name on its head."""
        runs = [run for run in self.repo.checks_on.get(self.head, []) if run.name == name]
        return runs[-1] if runs else None

    async def files(self, state: PullState | None = None) -> tuple[FileDiff, ...]:
        """List the files it changes, in one of its states (default: now)."""
        seen = state or self.now
        return await self.repo.history.files(self._tip(seen), seen.head)

    async def commits(self, state: PullState | None = None) -> tuple[CommitFacts, ...]:
        """List its commits, oldest first, in one of its states (default: now)."""
        seen = state or self.now
        return await self.repo.history.commits(self._tip(seen), seen.head)

    def _tip(self, state: PullState) -> str:
        return state.landed_on or self.repo.branches.get(state.base, state.base_oid)

    def change(self, **fields: Any) -> None:  # noqa: ANN401 - the fields of PullState, which checks their names
        """Bring it into a new state."""
        github = self.repo.github
        self.versions.put(github.changed(), replace(self.now, updated_at=github.now(), **fields))

    async def push(
        self, files: Mapping[str, str | bytes | None], message: str = "Change", *, author: str = "", tell: bool = True
    ) -> str:
        """Commit files on top of its head and give the new head."""
        return await self._write(self.head, files, (message, author or self.author.login), tell=tell)

    async def force_push(
        self,
        files: Mapping[str, str | bytes | None] | None = None,
        message: str = "Rewritten",
        *,
        at: str | None = None,
        tell: bool = True,
    ) -> str:
        """Rewrite its head: one commit of `files` on the tip of its base, or an existing commit `at`."""
        if at is None:
            return await self._write(self.base_tip, files or {}, (message, self.author.login), tell=tell)
        await asyncio.to_thread(self.repo.git.set_ref, self._ref, at)
        await self._arrived(at, self.author, tell=tell)
        return at

    @property
    def own_branch(self) -> str | None:
        """The branch of this repository that it comes from; a fork's is none."""
        return None if self.fork else self.head_branch

    @property
    def _ref(self) -> str:
        place = f"refs/forks/{self.author.login}" if self.fork else "refs/heads"
        return f"{place}/{self.head_branch}"

    async def _write(
        self, parent: str, files: Mapping[str, str | bytes | None], words: tuple[str, str], *, tell: bool
    ) -> str:
        sha = await self.repo.write(self._ref, parent, files, words)
        await self._arrived(sha, self.repo.github.user(words[1]), tell=tell)
        return sha

    async def _arrived(self, sha: str, by: User, *, tell: bool) -> None:
        if self.fork:
            await self.follow(sha, by, tell=tell)
            if tell:
                await emit.suite_requested(self.repo, self.head_branch, sha)
        else:
            await self.repo.moved(self.head_branch, sha, by, tell=tell)

    async def follow(self, sha: str, by: User, *, tell: bool = True) -> None:
        """Take a commit as the new head, as GitHub does when its branch moves."""
        before = self.head
        adds = await self.repo.history.contains(sha, before)
        if not self.open:
            return  # merged or closed meanwhile: it follows its branch no more
        if not adds:
            self.force_pushes.append(ForcePush(before, sha, by, self.repo.github.now()))
        reviews = reviewing.after_push(self, sha) if await self._is_stale(before, sha) else self.now.reviews
        self.change(head=sha, base_oid=self.repo.branches[self.base], reviews=reviews, pushed_by=by.login)
        await asyncio.to_thread(self.repo.git.set_ref, f"refs/pull/{self.number}/head", sha)
        await merge_queue.leave(self)
        if not self.repo.people.may_write(by):
            await auto_merge.disarm(self, by, tell=tell)
        if tell:
            await emit.pull_request(self, "synchronize", by, before=before, after=sha)

    async def _is_stale(self, before: str, after: str) -> bool:
        """Say whether a push takes the approvals: not one that proposes just what it did (orgs/community#37266)."""
        tip, files = self._tip(self.now), self.repo.history.files
        if not self.repo.ruleset(self.base).dismiss_stale:
            return False
        old, new = [[(one.path, one.patch or one.blob) for one in await files(tip, sha)] for sha in (before, after)]
        return old != new

    async def label(self, name: str, *, by: str = "alice", tell: bool = True) -> None:
        """Put a label on it."""
        if name in self.labels:
            return
        self.change(labels=(*self.labels, name))
        if tell:
            await emit.pull_request(self, "labeled", self.repo.github.user(by), label=name)

    async def unlabel(self, name: str, *, by: str = "alice", tell: bool = True) -> None:
        """Take a label off it."""
        if name not in self.labels:
            return
        self.change(labels=tuple(label for label in self.labels if label != name))
        if tell:
            await emit.pull_request(self, "unlabeled", self.repo.github.user(by), label=name)

    async def review(self, by: str, state: str, body: str = "", *, tell: bool = True) -> Review:
        """Submit a review: APPROVED, CHANGES_REQUESTED or COMMENTED."""
        github = self.repo.github
        review = Review(github.next_id(), github.user(by), state, self.head, body, github.now())
        asked = tuple(name for name in self.now.asked if name != review.author.login)
        self.change(reviews=(*self.now.reviews, review), asked=asked)
        if tell:
            await emit.review(self, review)
        await auto_merge.settle(self.repo)
        return review

    async def edit(
        self, *, title: str | None = None, body: str | None = None, base: str | None = None, tell: bool = True
    ) -> None:
        """Change its title, its text, or the branch it is aimed at."""
        asked = {"title": title, "body": body, "base": base}
        fields = {name: value for name, value in asked.items() if value is not None}
        before = {name: getattr(self.now, name) for name in fields}
        old_tip = self.base_tip
        if base is not None:
            fields["base_oid"] = self.repo.branches[base]
            self.retargeted.append(self.repo.github.now())
            await auto_merge.disarm(self, self.author, tell=tell)
        self.change(**fields)
        if tell:
            await emit.edited(self, before, old_tip)

    async def press(self, check: str, button: str, *, by: str = "alice", old_page: bool = False) -> None:
        """Press a button of the newest check run of a name; an old page may still show one that is gone."""
        run = self.check_run(check)
        shown = [action["identifier"] for action in run.state.actions] if run is not None else []
        if button not in shown and not old_page:
            raise ValueError(f"{check} shows no button {button}, only {shown}")
        await self._asked(check, "requested_action", by, button)

    async def rerequest(self, check: str, *, by: str = "alice") -> None:
        """Ask for the newest check run of a name to run again."""
        await self._asked(check, "rerequested", by, None)

    async def _asked(self, check: str, action: str, by: str, button: str | None) -> None:
        run = self.check_run(check)
        if run is None:
            raise ValueError(f"there is no check run {check} on {self.head}")
        await emit.check_run(self.repo, run, action, by=self.repo.github.user(by), requested=button)

    async def comment(self, by: str, body: str, *, tell: bool = True) -> Comment:
        """Write a comment under it."""
        return await comments.write(self, by, body, tell=tell)

    async def edit_comment(self, comment: Comment, body: str, *, by: str, tell: bool = True) -> None:
        """Edit a comment, one's own or somebody else's."""
        await comments.edit(self, comment, body, by, tell=tell)

    async def delete_comment(self, comment: Comment, *, by: str, tell: bool = True) -> None:
        """Delete a comment, one's own or somebody else's."""
        await comments.delete(self, comment, by, tell=tell)

    def react(self, comment: Comment, content: str, *, by: str) -> Reaction:
        """React to a comment with one of GitHub's eight, such as `+1` or `eyes`."""
        return comments.react(self.repo, comment, by, content)[0]

    def touched(self) -> None:
        """Record that something happened to it."""
        self.change()

    def issue_shape(self) -> Json:
        """Write it as the issue that it also is."""
        return pull_shapes.issue(self)

    async def close(self, *, by: str = "alice", tell: bool = True) -> None:
        """Close it without merging."""
        await self._turn("closed", by, tell=tell, state="closed", closed_at=self.repo.github.now())

    async def reopen(self, *, by: str = "alice", tell: bool = True) -> None:
        """Open it again."""
        await self._turn("reopened", by, tell=tell, state="open", closed_at=None)

    async def ready(self, *, by: str = "alice", tell: bool = True) -> None:
        """Take it out of draft."""
        await self._turn("ready_for_review", by, tell=tell, draft=False)

    async def convert_to_draft(self, *, by: str = "alice", tell: bool = True) -> None:
        """Make it a draft."""
        await self._turn("converted_to_draft", by, tell=tell, draft=True)

    async def _turn(self, action: str, by: str, *, tell: bool, **fields: Any) -> None:  # noqa: ANN401 - as `change`
        self.change(**fields)
        if tell:
            await emit.pull_request(self, action, self.repo.github.user(by))

    async def land(self, sha: str, landed_on: str, by: User) -> None:
        """Record that it was merged as `sha`, and tell as GitHub does: the push, then the closing; witnesses see it."""
        for witness in self.repo.github.witnesses:
            witness(self, by)
        now = self.repo.github.now()
        self.change(state="closed", merged_at=now, closed_at=now, merge_commit=sha, merged_by=by, landed_on=landed_on)
        await self.repo.moved(self.base, sha, by)
        await emit.pull_request(self, "closed", by)
