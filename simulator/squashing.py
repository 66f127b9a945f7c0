"""The words of a squash merge that nobody chose otherwise: the repository's settings say how GitHub writes them.

Sources: REST, update a repository (squash_merge_commit_title and _message); GitHub docs, configuring commit squashing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.history import CommitFacts
    from simulator.pull_request import PullRequest

TRAILER = re.compile(r"^co-authored-by:\s*(?P<who>[^\n]*<(?P<email>[^>\n]+)>)\s*$", re.IGNORECASE | re.MULTILINE)


def squashed(pull: PullRequest, commits: tuple[CommitFacts, ...]) -> tuple[str, str]:
    """Write the title and the message of a squash merge, as the repository's settings want them.

    Words of the caller's own replace either; GitHub then adds no trailers (seen in settings of several projects).
    """
    settings = pull.repo.settings
    only = commits[0].message if len(commits) == 1 else None
    title = pull.now.title
    if settings.squash_title == "COMMIT_OR_PR_TITLE" and only is not None:
        title = only.partition("\n")[0]
    match settings.squash_message:
        case "BLANK":
            body = ""
        case "PR_BODY":
            body = _with_trailers(pull.now.body, pull, commits)
        case _ if only is not None:
            body = _with_trailers(only.partition("\n")[2].strip(), pull, commits)
        case _:
            body = _with_trailers("\n\n".join(f"* {commit.message}" for commit in commits), pull, commits)
    return f"{title} (#{pull.number})", body


def _with_trailers(body: str, pull: PullRequest, commits: tuple[CommitFacts, ...]) -> str:
    """Name every other author below a line, once each, where the words do not end with them already."""
    people = {commit.author.email: f"{commit.author.name} <{commit.author.email}>" for commit in commits}
    for commit in commits:
        people.update((found["email"], found["who"]) for found in TRAILER.finditer(commit.message))
    people.pop(pull.author.email, None)
    missing = [who for email, who in people.items() if len(commits) > 1 or f"<{email}>" not in body]
    if not missing:
        return body
    trailers = "\n".join(f"Co-authored-by: {who}" for who in missing)
    return f"{body}\n\n---------\n\n{trailers}" if body else trailers
