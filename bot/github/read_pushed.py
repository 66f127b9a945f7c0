"""Finds what was pushed straight to a branch and takes a landed commit back.

A message is a claim that anybody can write. What counts is content: the commit changes exactly the paths of the landed
one, and each is then as it was before that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from bot.address import CommitAt
from bot.github import read_files
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.nodes import nodes
from bot.github.queries import document
from bot.github.read_quads import Quads
from bot.github.tokens import Purpose, Scope
from rules.engine.pull_request import Commit
from rules.engine.reverts import named_revert

SINCE_LANDED = document("since_landed")

MOST_FILES = 300
"""GitHub lists this many files of a commit on its first page; a larger one is not proven to be taken back."""

MOST_READ = 10
"""Commits whose content is compared, the newest first; those whose messages name the landed one go before."""

Blobs = Mapping[str, str | None]
Json = Any


@dataclass(frozen=True, slots=True)
class Later:
    """A commit that came into a branch later: when it was committed (Unix time), and whether it says what it undoes.

    `pulls` are the merged pull requests that it came by, if it was asked for.
    """

    sha: str
    at: float
    claims: bool
    pulls: tuple[int, ...] = ()


class PushedReverts:
    """Reads over one connection."""

    def __init__(self, connection: Connection, quads: Quads) -> None:
        self._connection = connection
        self._quads = quads

    async def since(self, landed: CommitAt, branch: str) -> tuple[Later, ...]:
        """List what came into a branch after a commit, the newest first; none where that is not among the last 100."""
        place = landed.repository
        variables = {"owner": place.owner, "name": place.name, "branch": f"refs/heads/{branch}"}
        answer = await self._connection.graphql(Scope.of(place, Purpose.LOOK), SINCE_LANDED, variables)
        tip = (answer.data.get("repository") or {}).get("object") or {}
        listed = nodes(tip.get("history"))
        newer = list(takewhile(lambda node: node["oid"] != landed.sha, listed))
        if len(newer) == len(listed):
            return ()
        return tuple(_later(node, landed.sha) for node in newer if node["parents"]["totalCount"] == 1)

    async def proven(self, landed: CommitAt, branch: str, later: Sequence[Later]) -> Later | None:
        """Give the first of some commits that takes the landed one back, with the pull requests that it came by.

        One that does not say so is looked at only where the branch holds now what it held before.
        """
        before = await self._before(landed)
        if not before:
            return None
        claiming = [one for one in later if one.claims]
        is_gone = await self._held(landed, f"refs/heads/{branch}", before) == before
        for one in [*claiming, *(one for one in later if is_gone and not one.claims)][:MOST_READ]:
            commit = await self._read(landed, f"commits/{one.sha}")
            if commit and _blobs(commit) == before:
                return replace(one, pulls=await self._pulls_of(landed, one.sha))
        return None

    async def _before(self, landed: CommitAt) -> Blobs:
        """Read what the paths of a landed commit held before it; nothing where that cannot be told."""
        commit = await self._read(landed, f"commits/{landed.sha}")
        changed = _blobs(commit) if commit else {}
        if not changed or not commit["parents"]:
            return {}
        return await self._held(landed, commit["parents"][0]["sha"], changed)

    async def _held(self, landed: CommitAt, commit: str, paths: Blobs) -> Blobs:
        ordered = sorted(paths)
        found = await self._quads.blobs_of(landed.repository, [f"{commit}:{path}" for path in ordered])
        return dict(zip(ordered, found, strict=True))

    async def _pulls_of(self, landed: CommitAt, sha: str) -> tuple[int, ...]:
        """List the pull requests by which a commit landed: those are followed by themselves."""
        found = await self._read(landed, f"commits/{sha}/pulls?per_page=100") or ()
        return tuple(pull["number"] for pull in found if pull.get("merged_at"))

    async def _read(self, landed: CommitAt, what: str) -> Json:
        """Read something of the repository; None where GitHub does not give it."""
        path = f"/repos/{landed.repository.full_name}/{what}"
        try:
            return await self._connection.get(Scope.of(landed.repository, Purpose.LOOK), path)
        except Refused:
            return None


def _later(node: Json, sha: str) -> Later:
    at = datetime.fromisoformat(node["committedDate"]).timestamp()
    return Later(node["oid"], at, named_revert([Commit(node["oid"], node["message"], 1)]) == sha)


def _blobs(commit: Json) -> Blobs:
    """Read what each path of a commit holds afterwards; nothing where not all of them are listed."""
    files = commit.get("files") or []
    return read_files.blobs(files) if len(files) < MOST_FILES else {}
