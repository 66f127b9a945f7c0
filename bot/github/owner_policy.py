"""The policy that an owner keeps for all their repositories: `.github/andon.yml` in the owner's repository `.github`.

It is read with a token of its own that opens nothing else, only where a repository has no policy or extends it, and of
nobody but the repository's own owner, as the same installation sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus

from cachetools import TTLCache

from bot.address import Repository
from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Later, Refused
from bot.github.queries import document
from bot.github.tokens import Purpose, Scope
from bot.snapshot import PolicyFile
from bot.text.oids import as_on_github
from rules.engine.policy import POLICY_PATH, extends_owner

OWNERS_REPOSITORY = ".github"
"""Where an owner keeps what holds for all their repositories (docs: "Creating a default community health file")."""

MISSING_SECONDS = 300.0
"""How long it is remembered that an owner has no policy that may be read; a push to `.github` ends it."""

RECENT_SECONDS = 60.0
"""How old a policy may be that a sweep compares with; what is decided and merged rests on one read just then."""

OWNERS_KEPT = 1024
_NOT_FOR_US = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
OWNER_POLICY = document("owner_policy")


class OwnerPolicies:
    """Reads the policies of owners over one connection."""

    def __init__(self, connection: Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._missing: TTLCache[tuple[int, str], bool] = TTLCache(OWNERS_KEPT, MISSING_SECONDS, clock)
        self._recent: TTLCache[tuple[int, str], PolicyFile] = TTLCache(OWNERS_KEPT, RECENT_SECONDS, clock)

    async def under(self, place: Repository, own: PolicyFile | None, *, recent: bool = False) -> PolicyFile | None:
        """Give what governs a repository: its own policy, with the owner's below it where it extends that, or that."""
        if is_owners(place) or (own is not None and not _extends(own)):
            return own
        owner = self._recent.get(_key(place)) if recent else None
        owner = owner or await self.of(place)
        if own is None or owner is None:
            return own or owner
        return replace(own, oid=f"{own.oid}+{owner.oid}", owner=owner)

    async def of(self, place: Repository) -> PolicyFile | None:
        """Read the policy of a repository's owner; None where there is none, or none that may be read."""
        if is_owners(place) or _key(place) in self._missing:
            return None
        found = await self._read(Repository(place.installation, place.owner, OWNERS_REPOSITORY))
        if found is None:
            self._missing[_key(place)] = True
        else:
            self._recent[_key(place)] = found
        return found

    def forget(self, place: Repository) -> None:
        """Read anew what is asked for next: something in the owner's `.github` may have changed."""
        self._missing.pop(_key(place), None)
        self._recent.pop(_key(place), None)

    async def _read(self, home: Repository) -> PolicyFile | None:
        variables = {"owner": home.owner, "name": home.name}
        try:
            answer = await self._connection.graphql(Scope.of(home, Purpose.READ_POLICY), OWNER_POLICY, variables)
        except Refused as refused:
            if refused.status not in _NOT_FOR_US:
                raise
            return None
        repo = answer.data.get("repository")
        if repo is None and not answer.failed:
            return None
        if answer.errors:
            raise Later(f"GitHub did not give the owner's policy: {'; '.join(answer.errors)}")
        is_theirs = repo["nameWithOwner"].lower() == home.full_name.lower()
        return _file(home, repo.get("policy")) if is_theirs else None


def is_owners(place: Repository) -> bool:
    """Tell whether a repository is the one in which its owner keeps the default."""
    return place.name.lower() == OWNERS_REPOSITORY


def _key(place: Repository) -> tuple[int, str]:
    return place.installation, place.owner.lower()


def _extends(own: PolicyFile) -> bool:
    return own.text is not None and _extends_owner(own.text)


@lru_cache(maxsize=512)
def _extends_owner(text: str) -> bool:
    return extends_owner(text)


def _file(home: Repository, blob: Json) -> PolicyFile | None:
    if not blob or "oid" not in blob:
        return None
    source = f"{home.full_name}@{as_on_github(blob['oid'])}:{POLICY_PATH}"
    return PolicyFile(source, blob["oid"], None if blob.get("isTruncated") else blob.get("text"))
