"""Comments under a pull request or an issue: who wrote them, who edited them, and who reacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import emit
from simulator.records import REACTIONS, Comment, Reaction

if TYPE_CHECKING:
    from simulator.issues import Thread
    from simulator.repository import Repository


async def write(thread: Thread, by: str, body: str, *, tell: bool = True) -> Comment:
    """Write a comment."""
    github = thread.repo.github
    now = github.now()
    written = Comment(github.next_id(), github.user(by), body, now, now)
    thread.comments.append(written)
    thread.touched()
    if tell:
        await emit.commented(thread, written, written.author, "created")
    return written


async def edit(thread: Thread, comment: Comment, body: str, by: str, *, tell: bool = True) -> None:
    """Edit a comment, one's own or somebody else's; the author stays, the editor shows."""
    github = thread.repo.github
    before, comment.body = comment.body, body
    comment.editor = github.user(by)
    comment.edited_at = comment.updated_at = github.now()
    thread.touched()
    if tell:
        await emit.commented(thread, comment, comment.editor, "edited", before=before)


async def delete(thread: Thread, comment: Comment, by: str, *, tell: bool = True) -> None:
    """Delete a comment."""
    thread.comments.remove(comment)
    thread.touched()
    if tell:
        await emit.commented(thread, comment, thread.repo.github.user(by), "deleted")


def react(repo: Repository, comment: Comment, by: str, content: str) -> tuple[Reaction, bool]:
    """React, and say whether that is new: the same reaction of the same person is there once. No event tells it."""
    if content not in REACTIONS:
        raise ValueError(f"{content} is none of GitHub's reactions")
    github = repo.github
    author = github.user(by)
    for there in comment.reactions:
        if (there.author, there.content) == (author, content):
            return there, False
    made = Reaction(github.next_id(), author, content, github.now())
    comment.reactions.append(made)
    return made, True


def found(repo: Repository, number: int) -> tuple[Thread, Comment] | None:
    """Find a comment by its id, with what it is written under."""
    threads: list[Thread] = [*repo.pulls.values(), *repo.issues.values()]
    for thread in threads:
        for comment in thread.comments:
            if comment.id == number:
                return thread, comment
    return None
