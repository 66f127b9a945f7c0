"""What stands below the title of a merge: as the policy wants it, or so that a squash loses nobody's name. Pure.

GitHub leaves the message blank or puts a line of dashes above the names (docs: "Configuring commit squashing for pull
requests"); git reads trailers only from the last paragraph of a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.snapshot import Snapshot, SquashMessage
from rules.engine.people import normal_email
from rules.engine.pull_request import Account, Author, PullRequest
from rules.engine.sections import Merge
from rules.engine.trailers import read_co_authors

_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PLACE = re.compile(r"\{(title|number|body|author|url)\}")
_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: \S")
_UNFIT = re.compile(r"[<>\s]+")
_DIVIDER = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
"""Where git takes the message to end, and a patch to begin."""


def message_below(snapshot: Snapshot, terms: Merge) -> str | None:
    """Write what stands below the title of the commit that a merge makes; None where that is left to GitHub."""
    if terms.method == "rebase":
        return None
    squashes = terms.method == "squash"
    if terms.body is None:
        return squash_message(snapshot) if squashes else None
    body = _HIDDEN.sub("", snapshot.pull_request.body).strip()
    people = _people(snapshot.pull_request, body) if squashes else ()
    words = _words(snapshot, _without_names(body) if squashes else body)
    return _below(_PLACE.sub(lambda place: words[place[1]], terms.body), people)


def squash_message(snapshot: Snapshot) -> str | None:
    """Write the message below the title; None where GitHub's own words do.

    They do where nobody else is to be named, nothing is hidden, and no merge from the trunk is there, whose author
    GitHub would name. Where it lists the commits' own messages, they are left to it.
    """
    pull_request, words = snapshot.pull_request, snapshot.merge_state.squash_message
    if words is SquashMessage.COMMIT_MESSAGES:
        return None
    body = _HIDDEN.sub("", pull_request.body).strip() if words is SquashMessage.PR_BODY else ""
    people = _people(pull_request, body)
    if not people:
        says_more = bool(_HIDDEN.search(pull_request.body)) or any(one.parents > 1 for one in pull_request.commits)
        return body if words is SquashMessage.PR_BODY and says_more else None
    return _below(_without_names(body), people)


def _people(pull_request: PullRequest, body: str) -> Sequence[Author]:
    """List who wrote it with its author, each once."""
    people = {normal_email(author.email): author for author in (*_of_commits(pull_request), *_of_text(body))}
    for own in _own(pull_request):
        people.pop(own, None)
    return tuple(people.values())


def _without_names(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if not read_co_authors(line).co_authors)


def _below(text: str, people: Sequence[Author]) -> str:
    """Put the names below a text, in one block with the trailers that it ends with: git reads no other."""
    trailers = "\n".join(f"Co-authored-by: {_fit(one.name)} <{_fit(one.email)}>" for one in people)
    above = _DIVIDER.sub("- - -", text).strip()
    last = above.rpartition("\n\n")[2].splitlines()
    apart = "\n" if "\n\n" in above and all(_TRAILER.match(line) for line in last) else "\n\n"
    return apart.join(filter(None, (above, trailers)))


def _words(snapshot: Snapshot, body: str) -> Mapping[str, str]:
    pull_request = snapshot.pull_request
    return {
        "title": pull_request.title,
        "number": str(pull_request.number),
        "body": body,
        "author": _login(pull_request.author),
        "url": snapshot.merge_state.way.url,
    }


def _login(author: Account | None) -> str:
    """Name an account as commits do: a deleted one is GitHub's ghost, and its APIs write bots in two ways."""
    if author is None:
        return "ghost"
    return author.login.removesuffix("[bot]") + ("[bot]" if author.bot else "")


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
