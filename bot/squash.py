"""The message of a squash merge, where GitHub's own words would lose who wrote it together. Pure.

GitHub leaves the message blank or puts a line of dashes above the names (docs: "Configuring commit squashing for pull
requests"); git reads trailers only from the last paragraph of a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.snapshot import Snapshot, SquashMessage
from rules.engine.people import normal_email
from rules.engine.pull_request import Author, PullRequest
from rules.engine.trailers import read_co_authors

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNFIT = re.compile(r"[<>\s]+")
_DIVIDER = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
"""Where git takes the message to end, and a patch to begin."""


def squash_message(snapshot: Snapshot) -> str | None:
    """Write the message below the title; None where GitHub's own words do: nobody else is named, and nothing is hidden.

    Where GitHub lists the commits' own messages, they are left to it.
    """
    pull_request, words = snapshot.pull_request, snapshot.merge_state.squash_message
    if words is SquashMessage.COMMIT_MESSAGES:
        return None
    body = _HIDDEN.sub("", pull_request.body).strip() if words is SquashMessage.PR_BODY else ""
    people = {normal_email(author.email): author for author in (*_of_commits(pull_request), *_of_text(body))}
    for own in _own(pull_request):
        people.pop(own, None)
    if not people:
        return body if words is SquashMessage.PR_BODY and _HIDDEN.search(pull_request.body) else None
    trailers = "\n".join(f"Co-authored-by: {_fit(one.name)} <{_fit(one.email)}>" for one in people.values())
    lines = (line for line in body.splitlines() if not read_co_authors(line).co_authors)
    above = _DIVIDER.sub("- - -", "\n".join(lines)).strip()
    return f"{above}\n\n{trailers}" if above else trailers


def _of_commits(pull_request: PullRequest) -> Iterator[Author]:
    for commit in pull_request.commits:
        if commit.parents < 2:  # noqa: PLR2004 - a merge from the trunk brings other people's work
            yield from commit.authors


def _of_text(body: str) -> Iterator[Author]:
    for named in read_co_authors(body).co_authors:
        yield Author(named.name, named.email)


def _own(pull_request: PullRequest) -> Iterator[str]:
    """List the addresses of the author of the pull request, whom GitHub makes the author of the commit."""
    for author in _of_commits(pull_request):
        if author.account and pull_request.author and author.account.id == pull_request.author.id:
            yield normal_email(author.email)


def _fit(text: str) -> str:
    return _UNFIT.sub(" ", text).strip()
