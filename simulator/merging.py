"""Merging for real: git makes the commits, GitHub's laws decide whether it may."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.git import AnyGit, Person
from simulator.mergeability import merging_of
from simulator.routing import Refusal
from simulator.squashing import squashed
from simulator.wrong_landing import as_it_lands

if TYPE_CHECKING:
    from simulator.history import CommitFacts
    from simulator.installation import Token
    from simulator.pull_request import PullRequest
    from simulator.records import Json, User
    from simulator.repository import Repository

WORKFLOWS = ".github/workflows/"
WORDS = {
    "DIRTY": "Pull Request is not mergeable",
    "DRAFT": "Pull Request is still a draft",
    "BLOCKED": "Repository rule violations found\n\nRequired status checks or reviews are missing.",
    "BEHIND": "Repository rule violations found\n\nThe head branch is not up to date with the base branch.",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a merge asks for: by which method, at which head, in which words."""

    method: str = "merge"
    sha: str | None = None
    title: str | None = None
    message: str | None = None


def wish_of(body: Json) -> Wish:
    """Read the body of a merge call."""
    title, message = body.get("commit_title"), body.get("commit_message")
    return Wish(body.get("merge_method", "merge"), body.get("sha"), title, message)


async def merge(token: Token, pull: PullRequest, wish: Wish) -> str:
    """Merge a pull request and give the commit it landed as. Refuses as GitHub does (OpenAPI, merge a pull request)."""
    async with pull.repo.merging:
        await _refuse(token, pull, wish)
        return await carried_out(pull, wish, pull.repo.github.app.bot)


async def by_hand(pull: PullRequest, login: str, method: str = "squash") -> str:
    """Merge as somebody who may does on the page, past whatever is required; gives the commit it landed as."""
    async with pull.repo.merging:
        return await carried_out(pull, Wish(method), pull.repo.github.user(login))


async def carried_out(pull: PullRequest, wish: Wish, by: User) -> str:
    """Merge what may be merged, in somebody's name, and give the commit it landed as."""
    repo, base, head = pull.repo, pull.base, wish.sha or pull.head
    tip = repo.branches[base]
    commits = await pull.commits()
    now = repo.github.now()
    people = (Person(by.login, by.email, now), Person("GitHub", "noreply@github.com", now))
    job = Job(repo.git, pull, (tip, head), commits, people)
    sha = await asyncio.to_thread(job.run, wish)
    if sha is None:
        raise Refusal(405, WORDS["DIRTY"])
    sha = await as_it_lands(repo, sha)
    _refuse_moved(pull, (base, tip), head)
    await pull.land(sha, tip, by)
    await asyncio.to_thread(repo.git.set_ref, f"refs/heads/{base}", repo.branches[base])
    if repo.settings.delete_merged and not pull.fork:
        await repo.drop_branch(pull.head_branch)
    return sha


def _refuse_moved(pull: PullRequest, onto: tuple[str, str], head: str) -> None:
    """Refuse what was overtaken while git worked: a merge happens at once or not at all."""
    if pull.head != head:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    if not pull.open:
        raise Refusal(405, "Pull Request is not mergeable")
    if (pull.base, pull.repo.branches[onto[0]]) != onto:
        raise Refusal(405, "Base branch was modified. Review and try the merge again.")


async def _refuse(token: Token, pull: PullRequest, wish: Wish) -> None:
    repo = pull.repo
    if wish.sha is not None and wish.sha != pull.head:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    if repo.settings.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    if not pull.open:
        raise Refusal(405, "Pull Request is not mergeable")
    if repo.ruleset(pull.base).queue:
        raise Refusal(405, "Repository rule violations found\n\nChanges must be made through the merge queue")
    if repo.github.counts_down("base_modified"):
        raise Refusal(405, "Base branch was modified. Review and try the merge again.")
    merging = await merging_of(pull, pull.now)
    if merging.status in WORDS and not (merging.status == "BLOCKED" and repo.ruleset(pull.base).bypass):
        raise Refusal(405, WORDS[merging.status])
    await _refuse_method(repo, pull.base, wish.method)
    await _refuse_workflows(token, pull)


async def _refuse_method(repo: Repository, base: str, method: str) -> None:
    settings = repo.settings
    allowed = {"merge": settings.merge_commits, "squash": settings.squash, "rebase": settings.rebase}
    if method not in allowed:
        raise Refusal(422, f"Invalid request.\n\n{method} is not a member of merge, squash, rebase.")
    if not allowed[method]:
        raise Refusal(405, f"{method.capitalize()} merges are not allowed on this repository.")
    if method not in (repo.ruleset(base).methods or allowed):
        raise Refusal(405, f"Repository rule violations found\n\n{method} is not a merge method of this branch.")
    if method == "rebase" and "REQUIRED_SIGNATURES" in repo.ruleset(base).others:
        raise Refusal(405, "Repository rule violations found\n\nCommits must have verified signatures.")


async def _refuse_workflows(token: Token, pull: PullRequest) -> None:
    """Without the workflows permission an App may not touch workflow files (seen in the field; docs, permissions)."""
    if token.may("workflows", "write"):
        return
    for change in await pull.files():
        if change.path.startswith(WORKFLOWS):
            what = f"create or update workflow `{change.path}` without `workflows` permission"
            raise Refusal(403, f"refusing to allow a GitHub App to {what}")


@dataclass(frozen=True, slots=True)
class Job:
    """The git side of one merge, `at` a base's tip and a head; blocks, and runs in a thread."""

    git: AnyGit
    pull: PullRequest
    at: tuple[str, str]
    commits: tuple[CommitFacts, ...]
    people: tuple[Person, Person]

    def run(self, wish: Wish) -> str | None:
        """Make the commit or commits; None where git cannot."""
        if wish.method == "rebase":
            return self._rebased()
        tip, head = self.at
        tree = self.git.merged_tree(tip, head)
        if tree is None:
            return None
        squash = wish.method == "squash"
        parents = (tip,) if squash else (tip, head)
        return self.git.commit_tree(tree, parents, self._words(wish, squash=squash), self._people(squash=squash))

    def _people(self, *, squash: bool) -> tuple[Person, Person]:
        """Name author and committer: a squash is authored by the pull request's author."""
        author, committer = self.people
        user = self.pull.author
        return (Person(user.login, user.email, author.at) if squash else author), committer

    def _words(self, wish: Wish, *, squash: bool) -> str:
        pull = self.pull
        if squash:
            default = squashed(pull, self.commits)
            title = wish.title or default[0]
            body = wish.message if wish.message is not None else default[1]
        else:
            title = wish.title or f"Merge pull request #{pull.number} from {pull.head_branch}"
            body = wish.message if wish.message is not None else pull.now.title
        return f"{title}\n\n{body}".strip() + "\n"

    def _rebased(self) -> str | None:
        onto, _ = self.at
        for commit in self.commits:
            if len(commit.parents) != 1:
                return None
            tree = self.git.picked_tree(commit.sha, onto)
            if tree is None:
                return None
            onto = self.git.commit_tree(tree, (onto,), commit.message + "\n", (commit.author, self.people[1]))
        return onto
