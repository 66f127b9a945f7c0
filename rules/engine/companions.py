"""Finds who stands beside the author of a pull request: the co-authors of its commits, and how much of it is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.people import (
    PersonKind,
    is_human,
    kind_of_author,
    noreply_account,
    noreply_id,
    normal,
    normal_email,
    normal_login,
)
from rules.engine.pull_request import Author
from rules.engine.trailers import read_co_authors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.engine.pull_request import Account, Commit, PullRequest
    from rules.engine.trailers import NearMiss

_SUGGESTION_LINES: Final = 10  # added and deleted, of a commit made on GitHub's pages: a suggestion, not a pair
_MERGE: Final = 2  # parents
_WEB: Final = "web-flow"
_WEB_EMAIL: Final = "noreply@github.com"
_PEOPLE: Final = frozenset((PersonKind.HUMAN, PersonKind.SELF, PersonKind.UNKNOWN))


@dataclass(frozen=True, slots=True)
class Companion:
    """One person, bot or assistant besides the author that the commits name.

    `lines` counts what the commits hold that this one wrote together with somebody else who may be a person; of
    `total` in all. Where no commit's lines are known, both count commits.
    """

    author: Author
    kind: PersonKind
    lines: int
    total: int

    @property
    def account(self) -> Account | None:
        """Whom GitHub takes the author for."""
        return self.author.account

    @property
    def holds_most(self) -> bool:
        """Say whether more than half of the change is theirs too."""
        return 2 * self.lines > self.total


class Companions:
    """The people whom the commits of one pull request name."""

    def __init__(self, pr: PullRequest) -> None:
        self._pr = pr
        self._selves = frozenset(_names_of_author(pr))
        self._weights = _weights(pr)
        self.total = sum(self._weights.values())

    def all(self) -> tuple[Companion, ...]:
        """List everybody once, in the order in which the commits name them."""
        first: dict[str, Author] = {}
        lines: dict[str, int] = {}
        for commit in self._pr.commits:
            for at, author in enumerate(commit.authors):
                if at == 0 and self._is_plain_author(commit):
                    continue
                key = person(author)
                first.setdefault(key, author)
                lines[key] = lines.get(key, 0) + self._held(commit, author)
        for author in _of_description(self._pr):
            first.setdefault(person(author), author)
            lines[person(author)] = self.total
        return tuple(Companion(first[key], self.kind(first[key]), lines[key], self.total) for key in first)

    def kind(self, author: Author) -> PersonKind:
        """Say what somebody is; the author's other names and addresses are the author."""
        kind = kind_of_author(author)
        return PersonKind.SELF if kind is not PersonKind.AI and self._is_self(author, kind) else kind

    def _is_self(self, author: Author, kind: PersonKind) -> bool:
        if kind is PersonKind.HUMAN:
            return person(author) in self._selves
        return bool({person(author), f"name {normal(author.name)}", normal_email(author.email)} & self._selves)

    def _is_plain_author(self, commit: Commit) -> bool:
        """Say whether a commit's own author is no news: whose pull request it is, or who merged the trunk."""
        return self.kind(commit.authors[0]) is PersonKind.SELF or commit.parents > 1

    def _held(self, commit: Commit, author: Author) -> int:
        """Count the lines that somebody holds of one commit, none where nobody else who may be a person is named."""
        if _is_suggestion(commit, self._pr.author):
            return 0
        key = person(author)
        besides = any(person(other) != key and self.kind(other) in _PEOPLE for other in commit.authors)
        named_before = any(person(other) == key for other in commit.authors[: commit.authors.index(author)])
        return self._weights.get(commit.sha, 0) if besides and not named_before else 0


def _of_description(pr: PullRequest) -> Iterator[Author]:
    """Name whom the description claims for the whole change, where it becomes the message of the commit.

    Addresses are known there by GitHub's own form alone; whoever else is named belongs to no account.
    """
    for named in read_co_authors(pr.body).co_authors if pr.body_lands else ():
        yield Author(named.name, named.email, noreply_account(named.email))


def near_misses(pr: PullRequest) -> Iterator[tuple[str, NearMiss]]:
    """Give what was meant to name a co-author and does not, with the commit that it stands in."""
    for commit in pr.commits:
        yield from ((commit.sha, miss) for miss in read_co_authors(commit.message).near_misses)
    if pr.body_lands:
        yield from ((pr.head, miss) for miss in read_co_authors(pr.body).near_misses)


def person(author: Author) -> str:
    """Name one person by what does not change: the account's id, else the address, else the name."""
    if author.account is not None and author.account.id is not None:
        return f"id {author.account.id}"
    return normal_email(author.email) if "@" in author.email else f"name {normal(author.name)}"


def is_same(one: Account | None, other: Account | None) -> bool:
    """Say whether two accounts are one, whatever they are called by now; an account that is gone is nobody."""
    return one is not None and other is not None and one.id is not None and one.id == other.id


def wrote_alone(pr: PullRequest, account: Account) -> bool:
    """Say whether somebody wrote the newest commit without the author of the pull request, and so judges only oneself.

    Of a pull request that a bot opened, whoever any commit names is in the place of its author. A merge that GitHub
    made is looked past.
    """
    if pr.author is not None and not is_human(pr.author):
        return any(is_same(author.account, account) for commit in pr.commits for author in commit.authors)
    written = [commit for commit in pr.commits if commit.authors and not (commit.parents > 1 and commit.verified)]
    newest = written[-1].authors if written else ()
    return (
        bool(newest) and is_same(newest[0].account, account) and not any(is_same(o.account, pr.author) for o in newest)
    )


def only_by_its_author(pr: PullRequest) -> bool:
    """Say whether every commit is by the account that opened the pull request; a bot's must be signed by GitHub."""
    if pr.author is None or not pr.commits:
        return False
    return all(_is_by(commit, pr.author) for commit in pr.commits)


def _is_by(commit: Commit, account: Account) -> bool:
    if not commit.authors or (account.bot and not commit.verified):
        return False
    author = commit.authors[0]
    known = author.account.id if author.account is not None else noreply_id(author.email)
    return known is not None and known == account.id


def _names_of_author(pr: PullRequest) -> Iterator[str]:
    """List what the author is known by: the account, and the names and addresses on commits of that account.

    Locally it is whoever wrote the newest commit.
    """
    own = [commit.authors[0] for commit in pr.commits if commit.authors and commit.parents < _MERGE]
    if pr.number is None:
        known = own[-1:]
    else:
        known = [author for commit in pr.commits for author in commit.authors if is_same(author.account, pr.author)]
    for author in known:
        yield from (person(author), f"name {normal(author.name)}", normal_email(author.email))
    if pr.author is not None:
        login = normal_login(pr.author.login)
        yield from (f"id {pr.author.id}", f"name {login}")
        yield from (f"{login}{end}@users.noreply.github.com" for end in ("", "[bot]"))


def _weights(pr: PullRequest) -> dict[str, int]:
    """Weigh each commit by its lines. A merge from the trunk brings nothing of the pull request."""
    own = {commit.sha: commit.lines for commit in pr.commits if commit.parents < _MERGE}
    return own if any(own.values()) else dict.fromkeys(own, 1)


def _is_suggestion(commit: Commit, author: Account | None) -> bool:
    """Say whether a commit is an accepted suggestion: made on GitHub's pages, by the author, of few lines."""
    if commit.committer is None or not commit.authors or commit.lines > _SUGGESTION_LINES:
        return False
    account = commit.committer.account
    by_web = account.login == _WEB if account is not None else commit.committer.email == _WEB_EMAIL
    return by_web and is_same(commit.authors[0].account, author)
